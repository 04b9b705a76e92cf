"""Private key files, before anybody looks inside.

libpq refuses a client key that others could read: owned by root, group may read it; owned by anyone else, nobody but the
owner (libpq manual, section 32.19.2). Servers are held to the same.
"""

from __future__ import annotations

from preflight.model.fact import Deferred, Unknown
from preflight.model.record import field
from preflight.resources._files import FileResource, or_unknown
from preflight.resources._tls_files import tls_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

_GROUP_OR_OTHERS = 0o077
_MORE_THAN_GROUP_READ = 0o037


class PrivateKeyFile(FileResource):
    """One file of a private key."""

    tracked: Fact[bool] = field("Whether git tracks it; absent where it is no file of this machine.")
    private: Fact[bool] = field("Whether its owner and mode are those that libpq accepts for a key.")


RESOURCE = PrivateKeyFile


def collect(subject: Subject, context: Context) -> Iterator[PrivateKeyFile]:
    """Collect the files that settings and connection strings name."""
    for one in tls_files(subject, context, "key"):
        yield PrivateKeyFile(
            name=one.label,
            origin=one.origin,
            via=one.setting.via,
            tracked=_tracked(one.facts, context),
            private=_private(one.facts),
            **one.facts,
        )


def _tracked(facts: dict[str, Any], context: Context) -> Fact[bool]:
    if facts["kind"] != "regular" or not isinstance(facts["file"], str):
        return None if isinstance(facts["kind"], str) else facts["kind"]
    seen = context.git.inspect(facts["file"])
    return or_unknown(seen.tracked, seen.reason)


def _private(facts: dict[str, Any]) -> Fact[bool]:
    mode = facts["mode"]
    if mode is None or isinstance(mode, (Unknown, Deferred)):
        return mode
    refused = _MORE_THAN_GROUP_READ if facts["owner"] == 0 else _GROUP_OR_OTHERS
    return int(mode, 8) & refused == 0
