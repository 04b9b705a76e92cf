"""Env files themselves: who can read them, and whether git has them."""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources._files import FileResource, file_facts, or_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context


class EnvFileResource(FileResource):
    """One env file."""

    repository: Fact[bool] = field("Whether it lies in a git work tree.")
    tracked: Fact[bool] = field("Whether git tracks it.")
    ignored: Fact[bool] = field("Whether git ignores it.")
    holds_secrets: Fact[bool] = field("Whether it sets a secret to a literal value.")


RESOURCE = EnvFileResource


def collect(subject: Subject, context: Context) -> Iterator[EnvFileResource]:
    """Collect the env files that a subject is made of."""
    for source in subject.env_files:
        facts = file_facts(source.path, context, on_host=True)
        seen = context.git.inspect(source.path)
        held = any(
            setting.origin.file == source.path
            and setting.text
            and context.bindings.is_secret(setting.name, setting.text)
            for setting in subject.settings.values()
        )
        yield EnvFileResource(
            name=source.path,
            origin=subject.origin.replace(file=source.path, line=1, column=1, setting=None),
            repository=seen.repository,
            tracked=or_unknown(seen.tracked, seen.reason),
            ignored=or_unknown(seen.ignored, seen.reason),
            holds_secrets=held,
            **facts,
        )
