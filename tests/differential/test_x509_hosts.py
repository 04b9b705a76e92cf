"""Names of hosts, held against `openssl x509 -checkhost` and `-checkip`."""

from __future__ import annotations

import itertools
import subprocess

import pytest
from support.pki import Shape, issue, name, pem

from preflight.x509.certificate import CertificateFacts, read_certificate
from preflight.x509.hosts import match_openssl, match_openssl_address

PATTERNS = (
    "db.example.test",
    "DB.Example.Test",
    "*.example.test",
    "*.test",
    "*.a.example.test",
    "db*.example.test",
    "*db.example.test",
    "d*b.example.test",
    "*.*.example.test",
    "db.*.test",
    "*",
    "*.example.test.",
    "*-.example.test",
    "*-db.example.test",
    "-*.example.test",
    "db-*.example.test",
    "xn--*.example.test",
    "*xn--a.example.test",
    "*.xn--a.test",
    "d_b.example.test",
    "*.ex_ample.test",
    "*.example-.test",
    "127.0.0.1",
    "*.0.0.1",
    "localhost",
)
HOSTS = (
    "db.example.test",
    "DB.EXAMPLE.TEST",
    "db1.example.test",
    "a.db.example.test",
    "db.a.example.test",
    "example.test",
    "db.example.test.",
    "d_b.example.test",
    "xn--a.example.test",
    "xn--b.xn--a.test",
    "db-1.example.test",
    "1-db.example.test",
    "a.test",
    "*.example.test",
    "db.ex_ample.test",
    "127.0.0.1",
    "localhost",
    "db",
)
# Alternative names and common names of one certificate.
MIXTURES = (
    (("a.test", "db.example.test"), "other.test", ()),
    ((), "db.example.test", ()),
    ((), "*.example.test", ()),
    (("other.test",), "db.example.test", ()),
    ((), "db.example.test", ("127.0.0.1",)),
    ((), "127.0.0.1", ()),
    (("127.0.0.1",), "x", ("10.0.0.1",)),
    ((), "x", ("10.0.0.1", "2001:db8::1", "::ffff:10.0.0.2")),
)
ADDRESSES = ("127.0.0.1", "10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:DB8:0::1", "::ffff:10.0.0.2", "::1")


def ask(openssl: str, folder, ders: list[bytes], option: str, value: str) -> list[bool]:
    """Ask the program about certificates, one run each."""
    answers = []
    for der in ders:
        (folder / "cert").write_bytes(pem(der))
        ran = subprocess.run(
            [openssl, "x509", "-noout", "-in", "cert", option, value],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
        assert "match certificate" in ran.stdout
        answers.append("does match" in ran.stdout)
    return answers


def facts(der: bytes) -> CertificateFacts:
    found = read_certificate(der)
    assert isinstance(found, CertificateFacts)
    return found


@pytest.fixture(scope="module")
def by_pattern() -> list[bytes]:
    return [issue(Shape(dns=(pattern,), subject=name(""))) for pattern in PATTERNS]


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_matches_patterns_as_for_openssl(openssl, tmp_path, by_pattern, host):
    theirs = ask(openssl, tmp_path, by_pattern, "-checkhost", host)
    ours = [match_openssl(host, facts(der).sans, facts(der).common_names).matches for der in by_pattern]
    assert dict(zip(PATTERNS, ours, strict=True)) == dict(zip(PATTERNS, theirs, strict=True))


@pytest.mark.parametrize("place", range(len(MIXTURES)))
def test_common_names_and_addresses_count_as_for_openssl(openssl, tmp_path, place):
    dns, common_name, ips = MIXTURES[place]
    der = issue(Shape(common_name=common_name, dns=dns, ips=ips))
    read = facts(der)
    for option, value in itertools.chain(
        (("-checkhost", one) for one in ("db.example.test", "other.test", "127.0.0.1")),
        (("-checkip", one) for one in ADDRESSES),
    ):
        (theirs,) = ask(openssl, tmp_path, [der], option, value)
        by_name, by_address = (
            match_openssl(value, read.sans, read.common_names),
            match_openssl_address(value, read.sans),
        )
        ours = by_name if option == "-checkhost" else by_address
        assert ours.matches == theirs, (option, value, ours)
