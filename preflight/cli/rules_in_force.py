"""The rules that a project judges by, for commands that talk about rules without judging: packs, profile, configuration."""

from __future__ import annotations

from preflight.configuration.reader import resolve
from preflight.errors import ConfigurationError
from preflight.gate.own_packs import own_pack_texts
from preflight.packs.library import Changes, assemble, builtin_packs, read_packs
from preflight.probes.files import FileProbe
from preflight.sources.process import environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping

    from preflight.configuration.model import Configuration
    from preflight.model.origin import Origin
    from preflight.packs.library import RuleSet


def texts_of(paths: Iterable[str]) -> dict[str, str]:
    """Read rule packs, folders opened up.

    Raises:
        ConfigurationError: One of them cannot be read.
    """
    texts, problems = own_pack_texts(paths, FileProbe())
    if problems:
        raise ConfigurationError(problems)
    return texts


def rules_in_force(options: argparse.Namespace) -> tuple[RuleSet, Mapping[str, str]]:
    """Put together the rules that `preflight check` would judge by in this folder.

    The configuration counts as it does there. Only the environment that inputs declare is not looked at: where nobody
    names a profile, it is production.

    Args:
        options: The parsed command line: `pack`, `config`, `no_config` and, where the command has it, `profile`.

    Returns:
        The rules, and the texts of the project's own packs by path.

    Raises:
        ConfigurationError: A pack, the configuration or the profile's name is wrong.
    """
    configuration = resolve(
        folder=".",
        config_file=options.config,
        no_config=options.no_config,
        environment=environment(),
        command_line={"packs": tuple(options.pack) or None, "profile": getattr(options, "profile", None)},
    )
    texts = texts_of(configuration.packs)
    own = read_packs(texts, texts, before=builtin_packs()) if texts else ()
    return assemble(configuration.profile or "production", own, changes_of(configuration)), texts


def changes_of(configuration: Configuration) -> Changes:
    """Return what a configuration changes in the rules."""
    return Changes(
        disable=configuration.disable,
        overrides=configuration.override,
        parameters={
            name: (value, _source(source, origin), origin)
            for name, (value, source, origin) in configuration.parameters.items()
        },
    )


def _source(source: str, origin: Origin | None) -> str:
    return source if origin is None else f"{source} ({origin})"
