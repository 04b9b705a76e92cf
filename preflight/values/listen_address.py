"""Addresses that servers bind, in the spellings that getaddrinfo(3) and server frameworks take.

A shortened address is an address: `127.1`, `2130706433` and `0x7f000001` are 127.0.0.1 for inet_aton(3), and so for every
program that resolves with getaddrinfo. Without `ipaddress`, which costs more than the rest of a start.
"""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.values._words import split

# From the widest to the narrowest audience; of several addresses the widest counts.
SCOPES = ("all", "unknown", "public", "name", "private", "loopback", "unix")
_ANY = frozenset({"", "*", "+"})  # Go's `:8080`; `*:80` of nginx and others; `http://+:80` of .NET
_LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain", "localhost6", "ip6-localhost", "ip6-loopback"})
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")
_SOCKET_SCHEMES = ("unix:", "unix-abstract:", "http+unix:", "https+unix:")
_HANDED_OVER = ("fd:", "fd@", "systemd:", "vsock:", "inetd:")
_PRIVATE_4 = (
    (0x0A000000, 8), (0xAC100000, 12), (0xC0A80000, 16),  # RFC 1918
    (0xA9FE0000, 16),  # link-local (RFC 3927)
    (0x64400000, 10),  # shared with the carrier (RFC 6598)
)  # fmt: skip
_MAPPED = 0xFFFF  # ::ffff:0:0/96, an IPv4 address in IPv6 clothes (RFC 4291, section 2.5.5.2)


class ListenAddress(Record):
    """One address."""

    scope: str = field(
        "Who can reach it: all (every interface), loopback, private, public, unix (a socket file), name (of a host), "
        "or unknown.",
        choices=SCOPES,
    )
    host: str = field("The host part as written, without brackets.", default="")
    port: str = field("The port part as written.", default="")


def parse_listen_address(text: str) -> ListenAddress:
    """Say what an address binds.

    Args:
        text: `0.0.0.0`, `[::]:80`, `*:80`, `:8080` (every interface, as Go reads it), `127.0.0.1:8000`,
            `unix:/run/app.sock`, `tcp://host:80`, or nothing, which getaddrinfo takes for every interface. A number up
            to 65535 alone is a port. Of several, between commas or white space, the one with the widest audience is
            returned.

    Returns:
        The address; its scope is `unknown` for whatever cannot be told here: an unexpanded variable, a descriptor that
        is handed over (`fd://3`), an address that is none.
    """
    words = split(text.strip().strip("\"'"), ",; \t\r\n")
    found = [_parse(word.strip("\"'")) for word in words] or [ListenAddress(scope="all")]
    return min(found, key=lambda address: SCOPES.index(address.scope))


def bind_addresses(arguments: str) -> tuple[str, ...]:
    """Return the addresses that gunicorn's arguments bind: `-b ADDRESS`, `--bind ADDRESS` or `--bind=ADDRESS`, each time.

    Args:
        arguments: `GUNICORN_CMD_ARGS`, taken apart as gunicorn does (POSIX quotes and backslashes).
    """
    found: list[str] = []
    words = iter(_shell_words(arguments))
    for word in words:
        if word in {"-b", "--bind"}:
            found += split(next(words, ""), ",") or [""]
        elif word.startswith("--bind="):
            found += split(word.removeprefix("--bind="), ",") or [""]
        elif word.startswith("-b") and not word.startswith("--"):
            found += split(word[2:].removeprefix("="), ",") or [""]
    return tuple(found)


def _shell_words(text: str) -> list[str]:
    """Split as POSIX quoting says (IEEE 1003.1, section 2.2), as `shlex` does; an open quote runs to the end."""
    words: list[str] = []
    current: list[str] | None = None
    quote = ""
    characters = iter(text)
    for character in characters:
        if character == "\\" and quote != "'":
            after = next(characters, "")
            kept = after if not quote or after in {'"', "\\"} else "\\" + after
            current = [*(current or []), kept]
        elif quote and character == quote:
            quote = ""
        elif quote:
            current = [*(current or []), character]
        elif character in "\"'":
            quote, current = character, current or []
        elif character in " \t\r\n":
            if current is not None:
                words.append("".join(current))
            current = None
        else:
            current = [*(current or []), character]
    return words if current is None else [*words, "".join(current)]


def _parse(word: str) -> ListenAddress:
    lower = word.lower()
    if lower.startswith(_SOCKET_SCHEMES) or word.startswith(("/", "./", "../", "@")):
        return ListenAddress(scope="unix", host=word)
    if "$" in word or lower.startswith(_HANDED_OVER):
        return ListenAddress(scope="unknown", host=word)
    if "://" in word:
        word = word.partition("://")[2].partition("/")[0]
    if word.isdecimal() and word.isascii() and len(word) <= 5 and 0 < int(word) <= 65535:
        return ListenAddress(scope="all", port=word)  # as an address it would be 0.0.x.y, which nothing can bind
    host, port = _host_and_port(word)
    return ListenAddress(scope=_scope(host.lower()), host=host, port=port)


def _host_and_port(word: str) -> tuple[str, str]:
    if word.startswith("["):
        host, bracket, tail = word[1:].partition("]")
        return (host, tail.removeprefix(":")) if bracket and tail[:1] in {"", ":"} else (word, "")
    host, _, port = word.rpartition(":")
    if word.count(":") == 1 or (word.count(":") > 1 and _ipv6(word.partition("%")[0]) is None):
        return host, port
    return word, ""


def _scope(host: str) -> str:
    if host in _ANY:
        return "all"
    number = _ipv4(host)
    if number is not None:
        return _scope_4(number)
    if ":" in host:
        number = _ipv6(host.partition("%")[0])  # `%eth0` names the interface (RFC 4007, section 11)
        return "unknown" if number is None else _scope_6(number)
    host = host.removesuffix(".")
    if host in _LOCAL_NAMES or host.endswith(".localhost"):
        return "loopback"
    last = host.rpartition(".")[2]
    named = bool(host) and all(character in _NAME or not character.isascii() for character in host)
    return "name" if named and not last.isdecimal() and ".." not in host else "unknown"


def _ipv4(host: str) -> int | None:
    """Return an IPv4 address as a number, in every spelling of inet_aton(3): parts left out, hexadecimal, octal."""
    numbers = [_number(part) for part in host.split(".")]
    if not 1 <= len(numbers) <= 4:
        return None
    value = 0
    for number in numbers[:-1]:
        if number is None or number > 255:
            return None
        value = value << 8 | number
    last, room = numbers[-1], 8 * (5 - len(numbers))
    return None if last is None or last >= 1 << room else value << room | last


def _number(part: str) -> int | None:
    base = 16 if part.startswith("0x") else 8 if part.startswith("0") and len(part) > 1 else 10
    digits = part[2:] if base == 16 else part
    if not digits or len(digits) > 32 or not all(digit in "0123456789abcdef"[:base] for digit in digits):
        return None
    return int(digits, base)


def _ipv6(host: str) -> int | None:
    """Return an IPv6 address as a number (RFC 4291, section 2.2), or None when it is none."""
    head, gap, tail = host.lower().partition("::")
    before, after = _groups(head, last=not gap), _groups(tail, last=True)
    if before is None or after is None or "::" in tail or tail.startswith(":"):
        return None
    missing = 8 - len(before) - len(after)
    if (missing < 1) if gap else missing:
        return None
    value = 0
    for group in (*before, *(0,) * missing, *after):
        value = value << 16 | group
    return value


def _groups(text: str, *, last: bool) -> list[int] | None:
    """Return the groups of 16 bits of one side of `::`; the last may be an IPv4 address in four decimal parts."""
    groups: list[int] = []
    parts = text.split(":") if text else []
    for position, part in enumerate(parts):
        if last and position == len(parts) - 1 and "." in part:
            number = _ipv4(part)
            plain = part.count(".") == 3 and all(p.isdecimal() and (p == "0" or p[0] != "0") for p in part.split("."))
            if number is None or not plain:
                return None
            groups += [number >> 16, number & 0xFFFF]
        elif 1 <= len(part) <= 4 and all(digit in "0123456789abcdef" for digit in part):
            groups.append(int(part, 16))
        else:
            return None
    return groups


def _scope_4(number: int) -> str:
    if number == 0:
        return "all"
    if number >> 24 == 127:
        return "loopback"
    if number >> 24 == 0:
        return "unknown"  # "this network" (RFC 1122, section 3.2.1.3): nothing can bind it, so it means something else
    private = any(number >> 32 - bits == network >> 32 - bits for network, bits in _PRIVATE_4)
    return "private" if private else "public"


def _scope_6(number: int) -> str:
    if number == 0:
        return "all"
    if number == 1:
        return "loopback"
    if number >> 32 == _MAPPED:
        return _scope_4(number & 0xFFFFFFFF)
    if number >> 32 == 0:
        return "unknown"  # ::/96 is retired; `::1:8080` in it is rather an address and a port without brackets
    private = number >> 121 == 0xFC >> 1 or number >> 118 in {0xFE80 >> 6, 0xFEC0 >> 6}
    return "private" if private else "public"
