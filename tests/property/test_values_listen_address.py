"""Listen addresses: the same numbers as inet_aton(3), getaddrinfo(3) and `ipaddress` find, and words as `shlex` finds."""

from __future__ import annotations

import ipaddress
import shlex
import socket

from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.values.listen_address import SCOPES, bind_addresses, parse_listen_address


def scope_of(number: int) -> str:
    address = ipaddress.IPv4Address(number)
    if number == 0:
        return "all"
    if address.is_loopback:
        return "loopback"
    if number < 1 << 24:
        return "unknown"
    networks = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10")
    return "private" if any(address in ipaddress.ip_network(network) for network in networks) else "public"


interesting = st.one_of(
    st.sampled_from(
        [0, 1, 0x7F000001, 0x7FFFFFFF, 0x0A000001, 0xAC100000, 0xAC200000, 0xC0A80101, 0xA9FEA9FE, 0x64400001]
    ),
    st.integers(0, 2**32 - 1),
)
base = st.sampled_from(["{}", "0x{:x}", "0{:o}"])


@st.composite
def shortened(draw: st.DrawFn) -> str:
    """An IPv4 address as inet_aton(3) takes it: one to four parts, each decimal, octal or hexadecimal."""
    number, count = draw(interesting), draw(st.integers(1, 4))
    parts = [number >> 8 * (3 - place) & 0xFF for place in range(count - 1)]
    parts.append(number & (1 << 8 * (5 - count)) - 1)
    return ".".join(draw(base).format(part) for part in parts)


@settings(deadline=None)
@given(shortened())
def test_every_spelling_of_inet_aton_counts(text: str) -> None:
    number = int.from_bytes(socket.inet_aton(text), "big")
    is_port = text.isdecimal() and len(text) <= 5 and 0 < int(text, 10) <= 65535
    assert parse_listen_address(text).scope == ("all" if is_port else scope_of(number))
    assert parse_listen_address(f"{text}:8000").scope == scope_of(number)


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="0123456789abcx.", min_size=1, max_size=12))
def test_what_getaddrinfo_takes_for_a_number_is_no_name(text: str) -> None:
    try:
        found = socket.getaddrinfo(text, 80, socket.AF_INET, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        assert parse_listen_address(f"{text}:80").scope in {"name", "unknown"}
        return
    number = int.from_bytes(socket.inet_aton(str(found[0][4][0])), "big")
    assert parse_listen_address(f"{text}:80").scope == scope_of(number)


@settings(deadline=None)
@given(
    st.one_of(
        st.integers(0, 2**128 - 1), st.sampled_from([0, 1]), st.integers(0xFFFF << 32, (0xFFFF << 32) + 2**32 - 1)
    )
)
def test_every_spelling_of_an_ipv6_address_counts(number: int) -> None:
    address = ipaddress.IPv6Address(number)
    found = {parse_listen_address(text).scope for text in (
        str(address), address.exploded, f"[{address}]", f"[{address}]:80", str(address).upper(), f"[{address}%eth0]:80",
    )}  # fmt: skip
    assert len(found) == 1
    scope = found.pop()
    if address.ipv4_mapped is not None:
        assert scope == scope_of(int(address.ipv4_mapped))
    elif number < 2:
        assert scope == ("all", "loopback")[number]
    elif number >> 32 == 0:
        assert scope == "unknown"
    else:
        local = address.is_link_local or address.is_site_local or address in ipaddress.ip_network("fc00::/7")
        assert scope == ("private" if local else "public")


@settings(deadline=None, max_examples=400)
@given(st.text(alphabet="0123f:.", min_size=2, max_size=14))
def test_what_is_no_ipv6_address_is_not_taken_for_one(text: str) -> None:
    try:
        valid = bool(ipaddress.IPv6Address(text))
    except ValueError:
        valid = False
    bracketed = parse_listen_address(f"[{text}]")
    if ":" in text and not valid:
        # In brackets nothing but an address can stand, and a port without a host behind it is none.
        assert bracketed.scope in {"unknown", *((parse_listen_address(text).scope,))}
    if valid:
        assert bracketed.host == text


@settings(deadline=None)
@given(st.text())
def test_every_text_has_a_scope(text: str) -> None:
    assert parse_listen_address(text).scope in SCOPES
    assert all(isinstance(address, str) for address in bind_addresses(text))


words = st.text(alphabet="ab-./:[] '\"\\", max_size=8)


@settings(deadline=None)
@given(st.lists(words, max_size=5), words.filter(lambda word: "," not in word))
def test_arguments_are_split_as_shlex_splits_them(others: list[str], address: str) -> None:
    arguments = shlex.join(["--name", *(f"x{other}" for other in others), "--bind", address, "--workers", "2"])
    assert bind_addresses(arguments) == (address,)
