"""Env files as Compose reads them: for interpolation (`.env`, `--env-file`) and for containers (`env_file:`)."""

from __future__ import annotations

from preflight.model.origin import Origin
from preflight.sources.compose.reading import read_bytes
from preflight.sources.compose.tree import Refused, problem, refuse
from preflight.sources.env_file.compose import read as parse_env

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from preflight.model.problem import Problem
    from preflight.sources.compose.variables import Variables


MOST_READ = 32 * 1024 * 1024  # characters; a file with variables is read again for each service


class EnvValue:
    """A value of an env file.

    Attributes:
        text: The value; may be a secret.
        origin: Where it is written.
        via: The places that its variables came from.
        names: The variables it was made of.
        blanked: Those of them that were unset.
        line: For one made of variables, the line it is written on; may hold a secret.
    """

    __slots__ = ("blanked", "line", "names", "origin", "text", "via")

    def __init__(
        self,
        text: str,
        origin: Origin,
        via: tuple[Origin, ...],
        names: tuple[str, ...],
        blanked: tuple[str, ...],
        line: str = "",
    ) -> None:
        self.text = text
        self.origin = origin
        self.via = via
        self.names = names
        self.blanked = blanked
        self.line = line

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Return its place and the places its variables came from."""
        return (self.origin, *self.via)


class EnvFiles:
    """Reads env files, each once."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._fixed: dict[str, dict[str, EnvValue]] = {}
        self._read = 0

    def text(self, path: str, name: str, place: Origin | None) -> str:
        """Return a file's text.

        Raises:
            Refused: It cannot be read, or is not UTF-8.
        """
        known = self._texts.get(path)
        if known is None:
            data = read_bytes(path, name, place)
            try:
                known = data.decode("utf-8")
            except UnicodeDecodeError as bad:
                line = data.count(b"\n", 0, bad.start) + 1
                origin = Origin(file=name, line=line, column=1)
                hint = "Save the file as UTF-8."
                raise Refused((problem("not_utf8", "the file is not UTF-8", hint, origin),)) from None
            self._texts[path] = known
        return known

    def read(
        self,
        path: str,
        name: str,
        environment: Mapping[str, str],
        earlier: dict[str, EnvValue],
        place: Origin | None,
        *,
        origins_of: Callable[[str], tuple[Origin, ...]],
    ) -> None:
        """Read a file into what earlier files gave; later values win.

        Args:
            path: Where it lies.
            name: How it is called in origins.
            environment: Variables that `${NAME}` sees first.
            earlier: What earlier files gave; changed.
            place: Where the file is asked for.
            origins_of: Where a variable of the environment was set.

        Raises:
            Refused: It cannot be read, or Compose would refuse a line of it.
        """
        fixed = self._fixed.get(path)
        if fixed is not None:
            earlier.update(fixed)
            return
        text = self.text(path, name, place)
        self._read += len(text)
        if self._read > MOST_READ:
            message = f"env files with variables are read too often: {MOST_READ // (1024 * 1024)} MiB altogether"
            raise refuse("too_large", message, "Read a smaller file.", place or Origin(file=name))
        document = parse_env(text, environment, {key: value.text for key, value in earlier.items()})
        fatal: list[Problem] = [
            problem(
                one.code,
                one.message,
                "Correct the line; Compose refuses the file.",
                Origin(file=name, line=one.line, column=one.column),
            )
            for one in document.problems
            if one.fatal
        ]
        if fatal:
            raise Refused(fatal)
        found: dict[str, EnvValue] = {}
        lines: list[str] = []
        for entry in document.entries:
            if entry.value is None:
                continue
            via: dict[Origin, None] = {}
            for reference in entry.references:
                if reference.resolved == "environment" and reference.name in environment:
                    via.update(dict.fromkeys(origins_of(reference.name)))
                elif (known := found.get(reference.name) or earlier.get(reference.name)) is not None:
                    via.update(dict.fromkeys(known.origins))
            origin = Origin(file=name, line=entry.line, column=entry.column, setting=entry.name)
            names = tuple(dict.fromkeys(reference.name for reference in entry.references))
            line = ""
            if names:
                lines = lines or text.split("\n")
                line = lines[entry.line - 1]
            found[entry.name] = EnvValue(entry.value.reveal(), origin, tuple(via), names, tuple(entry.unset), line)
        if _is_fixed(text):
            self._fixed[path] = found
        earlier.update(found)

    def raw(
        self, path: str, name: str, earlier: dict[str, EnvValue], variables: Variables, place: Origin | None
    ) -> None:
        """Read a file of `format: raw`: everything after `=` is the value, as `docker run --env-file` reads it.

        The rules are those of docker/cli's `pkg/kvfile`.

        Raises:
            Refused: It cannot be read, or a line is malformed.
        """
        text = self.text(path, name, place).removeprefix("\ufeff")
        for number, line in enumerate(text.split("\n"), 1):
            line = line.removesuffix("\r").lstrip(_BLANKS)  # noqa: PLW2901 - the line without what does not count
            if not line or line.startswith("#"):
                continue
            key, mark, value = line.partition("=")
            origin = Origin(file=name, line=number, column=1, setting=key)
            if not key or any(blank in key for blank in _BLANKS):
                where = Origin(file=name, line=number, column=1)
                hint = "Write NAME=VALUE without blanks around the name."
                raise Refused((problem("malformed_line", "the name before `=` is empty or has blanks", hint, where),))
            if mark:
                earlier[key] = EnvValue(value, origin, (), (), ())
            elif (known := variables.get(key)) is not None:
                earlier[key] = EnvValue(known, origin, variables.origins(key), (key,), ())


def _is_fixed(text: str) -> bool:
    """Tell whether a file says the same in every environment: it has no variable, and no name without a value."""
    return "$" not in text and all(
        "=" in line or ":" in line or not line.strip() or line.lstrip().startswith("#") for line in text.split("\n")
    )


_BLANKS = " \t\v\f\r\x85\xa0"
