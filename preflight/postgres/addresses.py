"""Addresses of `pg_hba.conf`: which connections a block of addresses, a host name or a keyword matches (manual, 20.1)."""

from __future__ import annotations

from preflight.model.record import Record, field

_BITS = {4: 32, 6: 128}
_LOOPBACK_4 = 127 << 24  # 127.0.0.0/8 (RFC 1122, 3.2.1.3)
_LOOPBACK_6 = 1  # ::1 (RFC 4291, 2.5.3)


class Block(Record):
    """Addresses that a row matches together."""

    family: int = field("4 or 6 for addresses, 0 for a host name or a keyword.")
    start: int = field("An address in it, as a number.", default=0)
    mask: int | None = field("The bits that count; None where the mask must follow.", default=None)
    name: str = field("The keyword, or `host` and the host name.", default="")

    @property
    def needs_mask(self) -> bool:
        """Whether the mask stands in the next field."""
        return bool(self.family) and self.mask is None

    @property
    def is_local(self) -> bool:
        """Whether only connections from the server's own host match it."""
        if not self.family:
            return self.name in ("samehost", "host localhost")
        loopback = (
            Block(family=4, start=_LOOPBACK_4, mask=0xFF << 24)
            if self.family == 4
            else Block(family=6, start=_LOOPBACK_6, mask=_all_ones(6))
        )
        return loopback.covers(self)

    def covers(self, other: Block) -> bool:
        """Whether it matches everything that another matches."""
        if self.mask is None or other.mask is None:
            return self.family == other.family and self.name == other.name
        return (
            self.family == other.family
            and self.mask & other.mask == self.mask
            and self.start & self.mask == other.start & self.mask
        )

    def masked(self, mask: str) -> Block | None:
        """Return the block with the mask of the next field, or None where that is none."""
        read = _number(mask)
        if read is None or read[0] != self.family:
            return None
        block: Block = self.replace(mask=read[1])
        return block


def blocks(word: str) -> tuple[Block, ...] | None:
    """Return what an address of a row matches; None for what can be no address.

    Args:
        word: A host name, or an address with or without a number of bits.
    """
    address, slash, bits = word.partition("/")
    read = _number(address)
    if read is None:
        return None if slash or not word else (Block(family=0, name=f"host {word.lower()}"),)
    family, start = read
    if not slash:
        return (Block(family=family, start=start),)
    digits = bits.removeprefix("+")  # `strtol` takes it
    if not digits.isdecimal() or not digits.isascii() or int(digits[:9]) > _BITS[family]:
        return None
    free = (1 << (_BITS[family] - int(digits))) - 1
    return (Block(family=family, start=start, mask=_all_ones(family) ^ free),)


def keyword(word: str) -> tuple[Block, ...]:
    """Return what `all`, `samehost` and `samenet` match, written without quotes.

    Args:
        word: One of them.
    """
    if word == "all":
        return (Block(family=4, mask=0), Block(family=6, mask=0))
    return (Block(family=0, name=word),)


def _all_ones(family: int) -> int:
    return (1 << _BITS[family]) - 1


def _number(address: str) -> tuple[int, int] | None:
    """Return the family and number of an address, as `getaddrinfo` reads one: `127.1` is 127.0.0.1, `010.0.0.1` 8.0.0.1."""
    import socket  # only services with a database get this far

    for family, read in ((4, socket.inet_aton), (6, lambda text: socket.inet_pton(socket.AF_INET6, text))):
        try:
            return family, int.from_bytes(read(address.partition("%")[0]), "big")
        except (OSError, ValueError):
            continue
    return None
