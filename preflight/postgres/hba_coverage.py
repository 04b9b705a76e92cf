"""What rows of `pg_hba.conf` leave to those below them, told without comparing each row with each.

Rows with the same databases and users are one group. A row's groups are found by one database and one user that it names, or
by `all`; within a group an address is found by its masks. What that costs is counted, and bounded: of a file that is made to be
costly some rows count as reached that are not, which is the strict side.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.postgres.addresses import Block
    from preflight.postgres.hba import Row
    from preflight.postgres.hba_fields import Field

    Name = tuple[str, bool]

_ALL = ("all", False)
_REPLICATION = ("replication", False)
_MOST_ENTRIES = 100_000  # pairs of a database and a user that rows are kept under
_MOST_STEPS = 1_000_000  # names and masks that are compared


class _Group:
    """Rows that match the same databases and users."""

    __slots__ = ("databases", "masks", "names", "users")

    def __init__(self, databases: frozenset[Name], users: frozenset[Name]) -> None:
        self.databases = databases
        self.users = users
        self.masks: dict[tuple[int, int], set[int]] = {}  # family and mask: the addresses under it
        self.names: set[str] = set()

    def add(self, blocks: tuple[Block, ...]) -> None:
        for block in blocks:
            if block.mask is None:
                self.names.add(block.name)
            else:
                self.masks.setdefault((block.family, block.mask), set()).add(block.start & block.mask)

    def has(self, block: Block) -> bool:
        """Whether a row of the group matches all that a block does."""
        if block.mask is None:
            return block.name in self.names
        return any(
            family == block.family and mask & block.mask == mask and block.start & mask in starts
            for (family, mask), starts in self.masks.items()
        )


class Above:
    """The rows above the one that is looked at."""

    __slots__ = ("_entries", "_groups", "_steps", "_under")

    def __init__(self) -> None:
        self._groups: dict[tuple[frozenset[Name], frozenset[Name]], _Group] = {}
        self._under: dict[tuple[Name, Name], list[_Group]] = {}
        self._entries = 0
        self._steps = 0

    def add(self, row: Row) -> None:
        """Put a row above the next.

        Args:
            row: The row.
        """
        key = (frozenset(row.databases), frozenset(row.users))
        group = self._groups.get(key)
        if group is None:
            self._entries += len(key[0]) * len(key[1])
            if self._entries > _MOST_ENTRIES:
                return  # it covers nothing then
            group = self._groups[key] = _Group(*key)
            for database in key[0]:
                for user in key[1]:
                    self._under.setdefault((database, user), []).append(group)
        group.add(row.addresses)

    def cover(self, row: Row) -> bool:
        """Whether every remote address of a row, with its databases and users, is matched by one row above it.

        Args:
            row: The row.
        """
        groups = self._groups_for(row)
        return all(any(group.has(block) for group in groups) for block in row.addresses if not block.is_local)

    def _groups_for(self, row: Row) -> list[_Group]:
        """Return the groups whose rows match all databases and users of a row."""
        database, user = row.databases[0], row.users[0]
        found: dict[int, _Group] = {}
        for one in {database, _ALL}:
            for other in {user, _ALL}:
                for group in self._under.get((one, other), ()):
                    self._steps += len(row.databases) + len(row.users) + len(group.masks)
                    if self._steps > _MOST_STEPS:
                        return list(found.values())
                    if _names_cover(group.databases, row.databases, databases=True) and _names_cover(
                        group.users, row.users, databases=False
                    ):
                        found[id(group)] = group
        return list(found.values())


def _names_cover(outer: frozenset[Name], inner: Field, *, databases: bool) -> bool:
    # `all` matches every database, but no physical replication, which a file of names (`@names`) may hold; in quotes it is a name
    # (hba.c, `check_db`).
    every = _ALL in outer
    return all(one in outer or (every and not (databases and _may_replicate(one))) for one in inner)


def _may_replicate(name: Name) -> bool:
    word, quoted = name
    return name == _REPLICATION or (word.startswith("@") and not quoted)
