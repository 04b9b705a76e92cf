"""Files that hold a secret: `NAME_FILE`."""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources._files import FileResource, file_facts, unknown_file
from preflight.resources._values import not_literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context


class SecretFile(FileResource):
    """One file of a secret, called by the secret's name: what else is asked of the secret waits for it."""

    secret: Fact[str] = field("Name of the secret that it holds.")


RESOURCE = SecretFile


def collect(subject: Subject, context: Context) -> Iterator[SecretFile]:
    """Collect the files that `NAME_FILE` settings name, where NAME is a secret's name."""
    if not context.knows_paths:
        return
    for name, setting in subject.settings.items():
        base = name.removesuffix("_FILE")
        if base == name or not context.bindings.is_secret(base) or not setting.is_set:
            continue
        other = not_literal(setting)
        facts = unknown_file(other) if other is not None else file_facts(setting.text or "", context)
        yield SecretFile(name=base, origin=setting.origin, via=setting.via, secret=base, **facts)
