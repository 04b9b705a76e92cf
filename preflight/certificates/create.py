"""A development CA, a server's and a client's certificate, with their keys: six files as PostgreSQL takes them.

With a CA that is there already it is the latter two: the renewal before they end.

Not for the internet: the CA is one's own, its key lies beside what it signed until somebody puts it away, and nothing
is ever revoked.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from preflight.certificates.folder import Folder, NewFile
from preflight.certificates.options import CreateOptions, plan
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from preflight.certificates.issue import Issued

    FileKind = Literal["private_key", "certificate", "gitignore"]

__all__ = ["GITIGNORE", "NAMES", "CreateOptions", "CreatedFile", "create"]

NAMES = ("ca-key.pem", "ca-cert.pem", "server-key.pem", "server-cert.pem", "client-key.pem", "client-cert.pem")
"""Key and certificate of the CA, of the server and of the client."""
GITIGNORE = ".gitignore"
KEY_MODE = 0o600
CERTIFICATE_MODE = 0o644


class CreatedFile(Record):
    """A file that was made."""

    path: str = field("Its path: the directory as given, and the name.")
    kind: FileKind = field("What it is.", choices=("private_key", "certificate", "gitignore"))
    mode: int = field("Its permission bits.")
    names: tuple[str, ...] = field("What a certificate is valid for; empty for the other files.", default=())
    not_after: datetime | None = field("The last second in which a certificate is valid, UTC.", default=None)


def create(options: CreateOptions, *, now: datetime | None = None) -> tuple[CreatedFile, ...]:
    """Make the six files, four with a CA that is there, all or none, and never over an existing one.

    In a git work tree a directory without a `.gitignore` also gets one, because a key that was committed once is a key
    that is known. It ignores everything (`*`) in a directory that was new or empty, and only those files in one that
    holds other things.

    Args:
        options: What to make, and where.
        now: The time with its zone; the clock's by default.

    Returns:
        What was made, in the order of `NAMES`, then the `.gitignore` if there is a new one.

    Raises:
        UsageError: An option is wrong; nothing was made.
        InputError: A file exists already, the CA to issue from cannot be used, or the directory cannot be made or written to; nothing was made.
    """
    planned = plan(options)
    directory = options.directory
    with Folder(directory) as folder:
        names = NAMES if options.ca_certificate is None else NAMES[2:]
        folder.refuse_existing(names)
        ignored = not folder.has(GITIGNORE) and _in_git_work_tree(directory)
        # Not before the checks: they should be quick to say no, and cryptography is slow to load.
        from preflight.certificates.issue import issue

        at = now if now is not None else datetime.now(UTC)
        if options.ca_certificate is None:
            made = issue(planned, at)
        else:
            from preflight.certificates.authority import read_authority, refuse_unverifiable

            authority = read_authority(options, planned, at)
            made = issue(planned, at, authority=authority)
            refuse_unverifiable(made, authority, options.ca_certificate, at)
        keys = [NewFile(name=name, content=one.key, mode=KEY_MODE) for name, one in zip(names[::2], made, strict=True)]
        certificates = [
            NewFile(name=name, content=one.certificate, mode=CERTIFICATE_MODE)
            for name, one in zip(names[1::2], made, strict=True)
        ]
        files = [file for pair in zip(keys, certificates, strict=True) for file in pair]
        if ignored:
            patterns = "*\n" if folder.was_empty else "".join(f"/{name}\n" for name in names)
            # First, so that no key is ever there without it.
            files.insert(0, NewFile(name=GITIGNORE, content=patterns.encode(), mode=CERTIFICATE_MODE))
        folder.write(files)
    return _created(directory, names, made, ignored=ignored)


def _created(
    directory: str, names: tuple[str, ...], made: tuple[Issued, ...], *, ignored: bool
) -> tuple[CreatedFile, ...]:
    created = []
    for one, key, certificate in zip(made, names[::2], names[1::2], strict=True):
        created.append(CreatedFile(path=_path(directory, key), kind="private_key", mode=KEY_MODE))
        created.append(
            CreatedFile(
                path=_path(directory, certificate),
                kind="certificate",
                mode=CERTIFICATE_MODE,
                names=one.names,
                not_after=one.not_after,
            )
        )
    if ignored:
        created.append(CreatedFile(path=_path(directory, GITIGNORE), kind="gitignore", mode=CERTIFICATE_MODE))
    return tuple(created)


def _path(directory: str, name: str) -> str:
    return os.path.join(directory, name)


def _in_git_work_tree(directory: str) -> bool:
    """Say whether a directory, or one above it, has a `.git`: a folder, or a file in a worktree or a submodule."""
    at = os.path.realpath(directory)
    while True:
        if os.path.lexists(os.path.join(at, ".git")):
            return True
        above = os.path.dirname(at)
        if above == at:
            return False
        at = above
