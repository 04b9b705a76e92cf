"""libpq's own rules; those of OpenSSL are held against the program in tests/differential/test_x509_hosts.py."""

from __future__ import annotations

import pytest

from preflight.x509.hosts import is_ip_address, match_libpq, match_openssl, match_openssl_address

DNS = "dns"
IP = "ip"


@pytest.mark.parametrize(
    ("pattern", "host", "expected"),
    [
        ("db.a.test", "db.a.test", True),
        ("DB.a.Test", "db.A.tesT", True),
        ("*.a.test", "db.a.test", True),
        ("*.A.TEST", "db.a.test", True),
        ("*.a.test", "x.db.a.test", False),
        ("*.a.test", "a.test", False),
        ("*.a.test", ".a.test", False),
        ("*.test", "db.test", True),
        ("*.a", "db.a", True),
        ("*.", "db.", False),
        ("*", "db", False),
        ("d*.a.test", "db.a.test", False),
        ("*b.a.test", "db.a.test", False),
        ("*.*.test", "db.a.test", False),
        ("*.a.test", "d_b.a.test", True),
        ("*.a.test", "*.a.test", True),
        ("db.a.test", "db.a.test.", False),
        ("db.a.test.", "db.a.test.", True),
        ("*.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("É.test", "é.test", False),
    ],
)
def test_a_name_matches(pattern, host, expected):
    found = match_libpq(host, ((DNS, pattern),), ())
    assert found.matches is expected
    assert found.reason == ("matches_san" if expected else "no_name_matches")
    assert found.name == (pattern if expected else None)


@pytest.mark.parametrize(
    ("address", "host", "expected"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.1", True),
        ("127.0.0.1", "0x7f000001", True),
        ("127.0.0.1", "2130706433", True),
        ("127.0.0.1", "0177.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("2001:db8::1", "2001:DB8:0:0::1", True),
        ("2001:db8::1", "2001:db8::2", False),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.1", True),
        ("10.0.0.1", "::ffff:10.0.0.1", False),
        ("fe80::1", "fe80::1%eth0", False),
        ("127.0.0.1", "localhost", False),
    ],
)
def test_an_address_matches(address, host, expected):
    assert match_libpq(host, ((IP, address),), ()).matches is expected


@pytest.mark.parametrize(
    ("host", "sans", "expected"),
    [
        ("db.test", (), True),
        ("db.test", ((IP, "10.0.0.1"),), True),
        ("db.test", (("email", "a@db.test"),), True),
        ("db.test", ((DNS, "other.test"),), False),
        ("10.0.0.1", ((DNS, "other.test"),), True),
        ("10.0.0.1", ((IP, "10.0.0.2"),), False),
    ],
)
def test_the_common_name_counts_only_without_names_of_the_hosts_kind(host, sans, expected):
    found = match_libpq(host, sans, (host, "second.test"))
    assert found.matches is expected
    assert found.reason == ("matches_common_name" if expected else "no_name_matches")


def test_only_the_first_common_name_counts_for_libpq_and_all_for_openssl():
    assert not match_libpq("b.test", (), ("a.test", "b.test")).matches
    assert match_openssl("b.test", (), ("a.test", "b.test")).matches


def test_a_certificate_without_names_says_so():
    assert match_libpq("a.test", (("email", "a@a.test"),), ()).reason == "no_names"
    assert match_openssl("a.test", (), ()).reason == "no_names"
    assert match_openssl_address("::1", ()).reason == "no_names"


@pytest.mark.parametrize("host", ["", "a.test"])
def test_a_name_with_a_nul_byte_ends_the_search(host):
    expected = "embedded_nul" if host else "no_host"
    assert match_libpq(host, ((DNS, "a.test\0.evil.test"), (DNS, "a.test")), ()).reason == expected
    assert match_libpq(host, (), ("a.test\0.evil.test",)).reason == expected


def test_a_match_before_a_name_with_a_nul_byte_counts():
    assert match_libpq("a.test", ((DNS, "a.test"), (DNS, "\0")), ()).matches


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("1.2.3.4", True),
        ("1", True),
        ("::1", True),
        ("1.2.3.4.5", False),
        ("db1", False),
        ("[::1]", False),
        ("\udcff", False),
    ],
)
def test_what_libpq_takes_for_an_address(host, expected):
    assert is_ip_address(host) is expected


def test_parts_of_labels_can_be_forbidden():
    sans = ((DNS, "db*.a.test"),)
    assert match_openssl("db1.a.test", sans, ()).matches
    assert not match_openssl("db1.a.test", sans, (), partial_wildcards=False).matches


@pytest.mark.parametrize("host", ["", ".a.test", "a\0.test"])
def test_openssl_is_not_asked_about_what_is_no_host(host):
    assert match_openssl(host, ((DNS, "a.test"),), ()).reason == "no_host"


@pytest.mark.parametrize("address", ["127.1", "a.test", "", "1.2.3.4.5"])
def test_openssl_takes_no_other_spelling_of_an_address(address):
    assert match_openssl_address(address, ((IP, "127.0.0.1"),)).reason == "no_host"
