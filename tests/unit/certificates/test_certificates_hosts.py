"""Which texts become subject alternative names, and which are refused without being quoted."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from preflight.certificates.hosts import Host, HostError, read_host

LABEL = st.from_regex(r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("postgres", "dns", "postgres"),
        ("DB.Example.COM", "dns", "db.example.com"),
        ("my_db", "dns", "my_db"),  # a Compose service name
        ("xn--bcher-kva.example", "dns", "xn--bcher-kva.example"),
        ("*.db.internal", "dns", "*.db.internal"),
        ("db-1.a", "dns", "db-1.a"),
        ("1db", "dns", "1db"),
        ("a" * 63, "dns", "a" * 63),
        ("10.0.0.5", "ip", "10.0.0.5"),
        ("::1", "ip", "::1"),
        ("2001:DB8:0:0::1", "ip", "2001:db8::1"),
        ("::ffff:10.0.0.5", "ip", str(ip_address("::ffff:10.0.0.5"))),
    ],
)
def test_a_host_is_a_name_or_an_address(text, kind, value):
    assert read_host(text) == Host(kind=kind, value=value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("b\u00fccher.example", "ASCII"),
        ("db:5432", "bare host"),
        ("postgresql://u:p@db/x", "bare host"),
        ("[::1]", "bare host"),
        ("fe80::1%eth0", "zone"),
        ("db.internal.", "trailing dot"),
        ("*", "two labels"),
        ("*.internal", "two labels"),
        ("f*.db.internal", "letters, digits"),
        ("a.*.internal", "letters, digits"),
        ("a..b", "empty label"),
        (".a", "empty label"),
        ("a b", "letters, digits"),
        ("a\n", "letters, digits"),
        ("-a", "hyphen"),
        ("a-", "hyphen"),
        ("a" * 64, "63 characters"),
        (".".join(["a" * 49] * 6), "253 characters"),
        ("10.0.0.256", "number"),
        ("10.1", "number"),
        ("127.0.0.01", "number"),
        ("\udc80", "ASCII"),
    ],
)
def test_what_is_no_host_is_refused_with_the_reason(text, why):
    with pytest.raises(HostError, match=why) as refused:
        read_host(text)
    assert len(text) < 5 or text not in str(refused.value)


@given(st.lists(LABEL, min_size=1, max_size=5).map(".".join))
def test_names_are_taken_in_any_case_and_reading_twice_changes_nothing(name):
    host = read_host(name.upper())
    assert host == Host(kind="dns", value=name) == read_host(host.value)


@given(st.ip_addresses())
def test_every_address_is_taken(address):
    host = read_host(str(address))
    assert (host.kind, ip_address(host.value)) == ("ip", address)


@given(st.text(max_size=300))
def test_whatever_is_taken_fits_into_a_certificate(text):
    try:
        host = read_host(text)
    except HostError:
        return
    assert x509.DNSName(host.value) if host.kind == "dns" else x509.IPAddress(ip_address(host.value))
