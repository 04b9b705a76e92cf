"""Whether PostgreSQL's client and server accept a private key file, by its mode and owner and who reads it.

Numbers in, a code out: the same answer for a file that is here, for one in a manifest, and for another user.
"""

from __future__ import annotations

import stat

_GROUP_OR_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MORE_THAN_GROUP_READ = stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO

# code: (what is the case, what to do)
REASONS = {
    "not_regular": ("it is no regular file", "Name the key's file."),
    "wrong_owner": ("neither the user who reads it nor root owns it", "Give it to that user (chown), mode 0600."),
    "group_or_others": ("its group or others have rights to it", "Let only its owner have any: chmod 600."),
    "others_or_group_write": (
        "root owns it, and more than reading is allowed to its group, or anything to others",
        "Let root's key be read by its group at most: chmod 640.",
    ),
    "not_readable": ("the user who reads it may not", "Give it to that user, or to a group of theirs with mode 0640."),
}


def libpq_client_key(mode: int, owner: int, group: int, *, uid: int, gids: tuple[int, ...] = ()) -> str | None:
    """Say why libpq refuses a client's key file, or None when it accepts it.

    A file of root may be readable by its group, any other by its owner alone; nobody asks whether the owner is the one
    who reads (libpq manual, section 32.19.2; fe-secure-openssl.c, `initialize_SSL`). The owner's execute bit is free.

    Args:
        mode: `st_mode` of the file that the path leads to; a mode without a type is taken as a regular file's.
        owner: Its user.
        group: Its group.
        uid: Who reads it.
        gids: That user's groups.

    Returns:
        A code of `REASONS`, in the order in which libpq looks.
    """
    if not _is_regular(mode):
        return "not_regular"
    if owner == 0:
        if mode & _MORE_THAN_GROUP_READ:
            return "others_or_group_write"
    elif mode & _GROUP_OR_OTHERS:
        return "group_or_others"
    return None if may_read(mode, owner, group, uid=uid, gids=gids) else "not_readable"


def server_key(mode: int, owner: int, group: int, *, uid: int, gids: tuple[int, ...] = ()) -> str | None:
    """Say why a PostgreSQL server refuses its key file (`ssl_key_file`), or None when it accepts it.

    The owner must be the server's user or root; the first may give no rights to anybody else, root may let the group
    read (be-secure-common.c, `check_ssl_key_file_permissions`; manual, section 18.9.1).

    Args:
        mode: `st_mode` of the file that the path leads to; a mode without a type is taken as a regular file's.
        owner: Its user.
        group: Its group.
        uid: The server's user: 999 in the Debian image of PostgreSQL, 70 in the Alpine one.
        gids: That user's groups.

    Returns:
        A code of `REASONS`, in the order in which the server looks.
    """
    if not _is_regular(mode):
        return "not_regular"
    if owner not in (uid, 0):
        return "wrong_owner"
    if owner == uid and mode & _GROUP_OR_OTHERS:
        return "group_or_others"
    if owner == 0 and mode & _MORE_THAN_GROUP_READ:
        return "others_or_group_write"
    return None if may_read(mode, owner, group, uid=uid, gids=gids) else "not_readable"


def may_read(mode: int, owner: int, group: int, *, uid: int, gids: tuple[int, ...] = ()) -> bool:
    """Say whether a user may read a file, by POSIX's rule: the first class that the user is in decides alone.

    Root may read everything. Access control lists are not looked at.
    """
    if uid == 0:
        return True
    if uid == owner:
        return bool(mode & stat.S_IRUSR)
    return bool(mode & (stat.S_IRGRP if group in gids else stat.S_IROTH))


def _is_regular(mode: int) -> bool:
    return stat.S_IFMT(mode) in (0, stat.S_IFREG)
