"""The verdict on a chain, held against `openssl verify`: the same answer, the same first reason, the same certificate."""

from __future__ import annotations

import random
import re
import subprocess
from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from cryptography import x509
from support.pki import DAY, NOW, Shape, ca, issue, name, pem

from preflight.x509.chain import verify_chain

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

SERVER, CLIENT, ANY = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0"
SGC, CODE = "1.3.6.1.4.1.311.10.3.3", "1.3.6.1.5.5.7.3.3"
NETSCAPE = x509.ObjectIdentifier("2.16.840.1.113730.1.1")
UNKNOWN = x509.ObjectIdentifier("1.2.3.4.5")
RANDOM = 260
# X509_V_ERR_* (include/openssl/x509_vfy.h) in words of ours.
CODES = {
    2: "root_missing",
    7: "signature_invalid",
    9: "not_yet_valid",
    10: "expired",
    18: "self_signed_leaf",
    19: "self_signed_in_chain",
    20: "issuer_not_found",
    21: "issuer_not_found",
    22: "chain_too_long",
    25: "path_length",
    26: "wrong_purpose",
    32: "not_a_ca",
    34: "unknown_critical_extension",
    40: "proxy_certificate",
    47: "name_constraint",
    48: "name_constraint",
    66: "key_too_weak",
    67: "key_too_weak",
    68: "signature_too_weak",
    79: "not_a_ca",
    94: "explicit_curve",
}


class Chain(NamedTuple):
    """What is presented, and what is trusted."""

    presented: list[bytes]
    trusted: list[bytes]
    at: datetime = NOW
    purpose: Any = "server"
    level: int = 2


def netscape(bits: int) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(NETSCAPE, bytes([3, 2, 0, bits]))


def three(leaf: Shape | None = None, between: Shape | None = None, root: Shape | None = None, **more: Any) -> Chain:
    """A leaf, an intermediate and a root, of which the first two are presented and the last is trusted."""
    root = root or ca()
    between = between or ca("Between", number=2, path_length=0)
    leaf = leaf or Shape()
    return Chain([issue(leaf, between), issue(between, root)], [issue(root)], **more)


def two(leaf: Shape | None = None, root: Shape | None = None, **more: Any) -> Chain:
    """A leaf under a root."""
    root = root or ca()
    return Chain([issue(leaf or Shape(), root)], [issue(root)], **more)


def self_signed(shape: Shape, *, trusted: bool, **more: Any) -> Chain:
    one = issue(shape)
    return Chain([one], [one] if trusted else [issue(ca())], **more)


def rearranged(change: Callable[[list[bytes], list[bytes]], tuple[list[bytes], list[bytes]]], **more: Any) -> Chain:
    """The usual chain of three, with other things presented and trusted."""
    chain = three()
    presented, trusted = change(chain.presented, chain.trusted)
    return Chain(presented, trusted, **more)


def cross_signed(*, old_trusted: bool, new_trusted: bool) -> Chain:
    """An intermediate that two roots have signed; both of its certificates are presented."""
    old, new, between = ca("Old"), ca("New", number=3), ca("Between", number=2)
    trusted = [issue(old)] * old_trusted + [issue(new)] * new_trusted or [issue(ca("Other", number=4))]
    return Chain([issue(Shape(), between), issue(between, old), issue(between, new)], trusted)


def renewed_root() -> Chain:
    """Two roots of the same name with different keys, both trusted, the wrong one first."""
    first, second = ca(number=1), ca(number=5)
    return Chain([issue(Shape(), second)], [issue(first), issue(second)])


def expired_twin() -> Chain:
    """The root twice with the same key: expired, and renewed."""
    old, new = ca(not_before=NOW - 900 * DAY, not_after=NOW - DAY), ca()
    return Chain([issue(Shape(), new)], [issue(old), issue(new)])


def written_otherwise(organization: str, common_name: str) -> Chain:
    """The issuer's name in the leaf is not written as the CA writes it."""
    root = ca()
    other = replace(root, subject=name(common_name, organization=organization))
    return Chain([issue(Shape(), other)], [issue(root)])


def authority(*, serial: int, issuer: str | None = None) -> Chain:
    names = [x509.DirectoryName(name(issuer or "Root"))]
    return two(Shape(authority=x509.AuthorityKeyIdentifier(None, names, serial)))


def rollover(*, old_trusted: bool) -> Chain:
    """A CA with a new key: the old key has signed the new one, and both roots have the same name."""
    old, new = ca(number=1), ca(number=5)
    return Chain([issue(Shape(), new), issue(new, old)], [issue(old)] if old_trusted else [issue(new)])


def limited(
    *,
    permitted: tuple[Any, ...] = (),
    excluded: tuple[Any, ...] = (),
    dns: tuple[str, ...] = ("db.example.test",),
    ips: tuple[str, ...] = (),
    sans: tuple[x509.GeneralName, ...] = (),
) -> Chain:
    between = ca("Between", number=2, permitted=permitted, excluded=excluded)
    return three(Shape(dns=dns, ips=ips, sans=sans), between)


def network(text: str) -> x509.IPAddress:
    return x509.IPAddress(ip_network(text))


def directory(organization: str) -> x509.DirectoryName:
    return x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organization)]))


def email(text: str) -> x509.RFC822Name:
    return x509.RFC822Name(text)


def uri(text: str) -> x509.UniformResourceIdentifier:
    return x509.UniformResourceIdentifier(text)


def explicit(*, at_leaf: bool) -> Chain:
    return two(Shape(explicit=at_leaf), ca(explicit=not at_leaf))


CASES: dict[str, Callable[[], Chain]] = {
    "sound": three,
    "sound client": lambda: three(Shape(extended=(CLIENT,)), purpose="client"),
    "no purpose": lambda: three(Shape(extended=(CLIENT,)), purpose=None),
    "expired leaf": lambda: three(Shape(not_after=NOW - DAY)),
    "expired this second": lambda: three(Shape(not_after=NOW)),
    "expired a second ago": lambda: three(at=NOW + 100 * DAY + DAY / 86400),
    "leaf not yet valid": lambda: three(Shape(not_before=NOW + DAY)),
    "intermediate expired": lambda: three(between=ca("Between", number=2, not_after=NOW - DAY)),
    "root expired": lambda: two(root=ca(not_after=NOW - DAY)),
    "root not yet valid": lambda: two(root=ca(not_before=NOW + DAY)),
    "two expired": lambda: three(Shape(not_after=NOW - DAY), ca("Between", number=2, not_after=NOW - 2 * DAY)),
    "expired and for clients": lambda: three(Shape(not_after=NOW - DAY, extended=(CLIENT,))),
    "expired and weak": lambda: three(Shape(not_after=NOW - DAY, key="rsa1024")),
    "reversed": lambda: rearranged(lambda p, t: (p[::-1], t)),
    "root presented first": lambda: rearranged(lambda p, t: ([*t, *p], t)),
    "root presented last": lambda: rearranged(lambda p, t: ([*p, *t], t)),
    "intermediate missing": lambda: rearranged(lambda p, t: (p[:1], t)),
    "intermediate trusted, not presented": lambda: rearranged(lambda p, t: (p[:1], [*t, p[1]])),
    "only the intermediate trusted": lambda: rearranged(lambda p, t: (p, [p[1]])),
    "only the leaf trusted": lambda: rearranged(lambda p, t: (p, [p[0]])),
    "wrong CA": lambda: rearranged(lambda p, t: (p, [issue(ca("Other", number=4))])),
    "wrong CA, root presented": lambda: rearranged(lambda p, t: ([*p, *t], [issue(ca("Other", number=4))])),
    "another root of the same name": lambda: two()._replace(trusted=[issue(ca(number=4))]),
    "another of the same name, no identifiers": lambda: two(Shape(identifiers=False), ca(identifiers=False))._replace(
        trusted=[issue(ca(number=4, identifiers=False))]
    ),
    "two roots of the same name": renewed_root,
    "old and renewed root": expired_twin,
    "cross-signed, old": lambda: cross_signed(old_trusted=True, new_trusted=False),
    "cross-signed, new": lambda: cross_signed(old_trusted=False, new_trusted=True),
    "cross-signed, both": lambda: cross_signed(old_trusted=True, new_trusted=True),
    "cross-signed, none": lambda: cross_signed(old_trusted=False, new_trusted=False),
    "self-signed, untrusted": lambda: self_signed(Shape(), trusted=False),
    "self-signed, trusted": lambda: self_signed(Shape(), trusted=True),
    "self-signed CA as leaf": lambda: self_signed(
        ca("db.example.test", dns=("db.example.test",), usage=None), trusted=True
    ),
    "self-signed CA with key usage as leaf": lambda: self_signed(ca("db.example.test"), trusted=True),
    "self-signed version 1": lambda: self_signed(Shape(version=1), trusted=True),
    "version 1 leaf": lambda: two(Shape(version=1)),
    "version 1 root": lambda: two(root=ca(version=1)),
    "version 1 intermediate": lambda: three(between=ca("Between", number=2, version=1)),
    "version 1 all": lambda: two(Shape(version=1), ca(version=1)),
    "not a CA": lambda: three(between=Shape("Between", number=2)),
    "root not a CA": lambda: two(root=Shape("Root", number=1)),
    "CA without key usage": lambda: two(root=ca(usage=None)),
    "CA that may not sign": lambda: two(root=ca(usage=("digital_signature",))),
    "path length": lambda: three(root=ca(path_length=0)),
    "path length of the intermediate": lambda: three(between=ca("Between", number=2, path_length=0)),
    "names permitted": lambda: three(between=ca("Between", number=2, permitted=("example.test",))),
    "names not permitted": lambda: three(between=ca("Between", number=2, permitted=("other.test",))),
    "names excluded": lambda: three(between=ca("Between", number=2, excluded=("example.test",))),
    "names not permitted, common name only": lambda: three(
        Shape(dns=()), ca("Between", number=2, permitted=("other.test",))
    ),
    "SHA-1 leaf": lambda: two(Shape(hash="sha1")),
    "SHA-1 leaf at level 0": lambda: two(Shape(hash="sha1"), level=0),
    "SHA-1 intermediate": lambda: three(between=ca("Between", number=2, hash="sha1")),
    "SHA-1 root": lambda: two(root=ca(hash="sha1")),
    "MD5 leaf": lambda: two(Shape(hash="md5"), ca(key="rsa2048")),
    "RSA 1024": lambda: two(Shape(key="rsa1024")),
    "RSA 1024 at level 1": lambda: two(Shape(key="rsa1024"), level=1),
    "RSA 1024 root": lambda: two(root=ca(key="rsa1024")),
    "RSA 1984": lambda: two(Shape(key="rsa1984")),
    "RSA 2032": lambda: two(Shape(key="rsa2032")),
    "RSA 2048 at level 3": lambda: two(Shape(key="rsa2048"), level=3),
    "P-192": lambda: two(Shape(key="p192")),
    "P-224": lambda: two(Shape(key="p224")),
    "P-256 at level 4": lambda: two(level=4),
    "P-384 and SHA-384 at level 4": lambda: two(
        Shape(key="p384", hash="sha384"), ca(key="p384", hash="sha384"), level=4
    ),
    "secp256k1": lambda: two(Shape(key="k1")),
    "brainpool": lambda: two(Shape(key="brainpool")),
    "Ed25519": lambda: two(Shape(key="ed25519"), ca(key="ed25519")),
    "Ed448 at level 4": lambda: two(Shape(key="ed448"), ca(key="ed448"), level=4),
    "DSA": lambda: two(Shape(key="dsa")),
    "for clients only": lambda: two(Shape(extended=(CLIENT,))),
    "for servers only, as client": lambda: two(purpose="client"),
    "for both": lambda: two(Shape(extended=(CLIENT, SERVER)), purpose="client"),
    "for anything": lambda: two(Shape(extended=(ANY,))),
    "for gated servers": lambda: two(Shape(extended=(SGC,))),
    "for code": lambda: two(Shape(extended=(CODE,))),
    "no extended key usage": lambda: two(Shape(extended=None)),
    "intermediate for clients": lambda: three(between=ca("Between", number=2, extended=(CLIENT,))),
    "root for clients": lambda: two(root=ca(extended=(CLIENT,))),
    "key agreement only": lambda: two(Shape(usage=("key_agreement",))),
    "key encipherment only, as client": lambda: two(
        Shape(usage=("key_encipherment",), extended=None), purpose="client"
    ),
    "signing certificates only": lambda: two(Shape(usage=("key_cert_sign",))),
    "Netscape type client": lambda: two(Shape(extended=None, extra=(netscape(0x80),))),
    "Netscape type server": lambda: two(Shape(extended=None, extra=(netscape(0x40),))),
    "unknown extension": lambda: two(Shape(extra=(x509.UnrecognizedExtension(UNKNOWN, b"\5\0"),))),
    "unknown critical extension": lambda: two(
        Shape(extra=(x509.UnrecognizedExtension(UNKNOWN, b"\5\0"),), extra_critical=True)
    ),
    "broken leaf signature": lambda: two(Shape(broken=True)),
    "broken intermediate signature": lambda: three(between=ca("Between", number=2, broken=True)),
    "broken root signature": lambda: two(root=ca(broken=True)),
    "empty subject": lambda: two(Shape(subject=name(""))),
    "the same name at leaf and root": lambda: two(Shape("Root")),
    "the CA's name written otherwise": lambda: written_otherwise("  example ", "rOOT"),
    "the CA's name with other words": lambda: written_otherwise("Example", "Root 2"),
    "authority named by serial": lambda: authority(serial=4711),
    "authority named by another serial": lambda: authority(serial=4712),
    "authority named by its issuer": lambda: authority(serial=4711, issuer="Root"),
    "authority named by another issuer": lambda: authority(serial=4711, issuer="Other"),
    "new key, old root trusted": lambda: rollover(old_trusted=True),
    "new key, new root trusted": lambda: rollover(old_trusted=False),
    "addresses permitted": lambda: limited(ips=("10.1.2.3",), permitted=(network("10.0.0.0/8"),)),
    "addresses not permitted": lambda: limited(ips=("192.0.2.1",), permitted=(network("10.0.0.0/8"),)),
    "addresses excluded": lambda: limited(ips=("2001:db8::1",), excluded=(network("2001:db8::/32"),)),
    "directory permitted": lambda: limited(permitted=(directory("Example"),)),
    "directory not permitted": lambda: limited(permitted=(directory("Other"),)),
    "email of a host": lambda: limited(sans=(email("a@example.test"),), permitted=(email("example.test"),)),
    "email of a host below": lambda: limited(sans=(email("a@x.example.test"),), permitted=(email("example.test"),)),
    "email of a domain": lambda: limited(sans=(email("a@x.example.test"),), permitted=(email(".example.test"),)),
    "email of another person": lambda: limited(sans=(email("b@example.test"),), permitted=(email("a@example.test"),)),
    "URI of a host": lambda: limited(sans=(uri("https://db.example.test:1/x"),), permitted=(uri("db.example.test"),)),
    "URI of a domain, excluded": lambda: limited(
        sans=(uri("https://db.example.test/"),), excluded=(uri(".example.test"),)
    ),
    "names of a domain with a dot": lambda: limited(permitted=(".example.test",)),
    "the domain itself, with a dot": lambda: limited(dns=("example.test",), permitted=(".example.test",)),
    "wildcard permitted": lambda: limited(dns=("*.example.test",), permitted=("example.test",)),
    "end of a label": lambda: limited(dns=("notexample.test",), permitted=("example.test",)),
    "constraints at the root": lambda: three(root=ca(permitted=("other.test",))),
    "nothing trusted but a stranger": lambda: rearranged(lambda p, t: (p[:1], [issue(Shape("x", number=8))])),
    "presented twice": lambda: rearranged(lambda p, t: ([*p, *p, *t], [*t, *t])),
    "explicit curve": lambda: explicit(at_leaf=True),
    "explicit curve of the root": lambda: explicit(at_leaf=False),
    "serial number zero": lambda: two(Shape(serial_bytes=b"\0")),
    "negative serial number": lambda: two(Shape(serial_bytes=b"\xfb"), ca(serial_bytes=b"\xff")),
    "long serial number": lambda: two(Shape(serial_bytes=b"\x7f" * 40)),
    "RSA-PSS": lambda: two(Shape(hash="pss"), ca(key="rsa2048", hash="pss")),
    "P-521 and SHA-512": lambda: two(Shape(key="p521", hash="sha512"), ca(key="p521", hash="sha512"), level=5),
    "root without basicConstraints": lambda: two(root=ca(ca=None)),
    "intermediate without basicConstraints": lambda: three(between=ca("Between", number=2, ca=None)),
    "a stale intermediate of the same name first": lambda: rearranged(
        lambda p, t: ([p[0], issue(ca("Between", number=6), ca()), p[1]], t)
    ),
    "a stale intermediate of the same name last": lambda: rearranged(
        lambda p, t: ([*p, issue(ca("Between", number=6), ca())], t)
    ),
    "Ed25519 under RSA": lambda: two(Shape(key="ed25519"), ca(key="rsa2048")),
}


def random_chain(seed: int) -> Chain:
    """A chain of up to three with some things wrong, the same for the same seed."""
    draw = random.Random(seed)

    def sometimes(share: float, **changes: Any) -> dict[str, Any]:
        return {key: draw.choice(values) for key, values in changes.items() if draw.random() < share}

    dates = {"not_before": [NOW + DAY, NOW - 400 * DAY], "not_after": [NOW - DAY, NOW + 5 * DAY, NOW]}
    shapes = [replace(ca(), **sometimes(0.1, **dates, version=[1], usage=[None, ("digital_signature",)],
              key=["rsa2048", "rsa1024", "ed25519", "k1", "p384"], path_length=[0, 1], hash=["sha1"],
              extended=[(SERVER,), (CLIENT,)], permitted=[("example.test",), ("other.test",)], identifiers=[False],
              ca=[False, None], broken=[True]))]  # fmt: skip
    for level in range(draw.choice([0, 1, 1, 2])):
        usual = ca(f"Between {level}", number=2 + level)
        shapes.append(replace(usual, **sometimes(0.12, **dates, version=[1], usage=[None, ("digital_signature",)],
                      key=["rsa2048", "rsa1024", "ed25519", "p192"], path_length=[0, 1], hash=["sha1", "sha512"],
                      ca=[False, None], extended=[(SERVER,), (CLIENT,), (ANY, SERVER)], identifiers=[False],
                      excluded=[("example.test",), ("other.test",)], broken=[True])))  # fmt: skip
    shapes.append(replace(Shape(), **sometimes(0.12, **dates, version=[1], usage=[None, ("key_encipherment",), ("crl_sign",)],
                  key=["rsa2048", "rsa1024", "ed25519", "k1", "p384", "p224"], hash=["sha1", "md5"], ca=[True, None],
                  extended=[(CLIENT,), (ANY,), (SERVER, CLIENT), None], identifiers=[False], broken=[True],
                  dns=[(), ("a.other.test",), ("*.example.test",)], common_name=["Root", "Between 0"])))  # fmt: skip
    shapes = [one if one.not_before < one.not_after else replace(one, not_before=NOW - 9 * DAY) for one in shapes]
    issued = [issue(shapes[0])]
    for above, shape in zip(shapes, shapes[1:], strict=False):
        # MD5 can only be written for a signature of RSA.
        usable = shape if shape.hash != "md5" or above.key.startswith("rsa") else replace(shape, hash="sha256")
        issued.append(issue(usable, above))
    leaf, *others = issued[::-1]
    trusted = draw.choice([[others[-1]]] * 6 + [others[:1], others, [issue(ca("Other", number=9))], [leaf, others[-1]]])
    presented = [leaf, *others[:-1]]
    twist = draw.random()
    if twist < 0.1:
        draw.shuffle(presented)
    elif twist < 0.2:
        presented.pop(draw.randrange(1, len(presented)) if len(presented) > 1 else 0)
    elif twist < 0.3:
        presented.append(others[-1])
    return Chain(
        presented or [leaf],
        trusted,
        NOW,
        draw.choice(["server", "server", "client", None]),
        draw.choice([0, 1, 2, 2, 2, 3]),
    )


def judge(openssl: str, folder: Path, chain: Chain) -> tuple[int, int] | None:
    """Ask `openssl verify`: None for accepted, else the first error and its depth."""
    for file, ders in (("leaf", chain.presented[:1]), ("rest", chain.presented[1:]), ("bundle", chain.trusted)):
        (folder / file).write_bytes(pem(*ders))
    arguments = ["-attime", str(int(chain.at.timestamp())), "-CAfile", "bundle", "-auth_level", str(chain.level)]
    if chain.presented[1:]:
        arguments += ["-untrusted", "rest"]
    if chain.purpose is not None:
        arguments += ["-purpose", f"ssl{chain.purpose}"]
    ran = subprocess.run(
        [openssl, "verify", "-no-CApath", "-no-CAstore", *arguments, "leaf"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    found = re.search(r"^error (\d+) at (\d+) depth", ran.stderr + ran.stdout, re.MULTILINE)
    assert (found is None) == (ran.returncode == 0), ran
    return (int(found[1]), int(found[2])) if found else None


def compare(openssl: str, folder: Path, chain: Chain) -> None:
    theirs = judge(openssl, folder, chain)
    verdict = verify_chain(chain.presented, chain.trusted, chain.at, purpose=chain.purpose, security_level=chain.level)
    first = verdict.failures[0] if verdict.failures else None
    assert verdict.accepted == (theirs is None), (theirs, verdict)
    if theirs is not None and first is not None:
        assert (first.reason, first.depth) == (CODES.get(theirs[0]), theirs[1]), (theirs, verdict)


@pytest.mark.parametrize("case", CASES)
def test_named_chains_are_judged_as_openssl_judges_them(openssl, tmp_path, case):
    compare(openssl, tmp_path, CASES[case]())


@pytest.mark.parametrize("seed", range(RANDOM))
def test_drawn_chains_are_judged_as_openssl_judges_them(openssl, tmp_path, seed):
    compare(openssl, tmp_path, random_chain(seed))


def test_drawn_chains_are_of_many_kinds():
    verdicts = [
        verify_chain(chain.presented, chain.trusted, chain.at, purpose=chain.purpose, security_level=chain.level)
        for chain in map(random_chain, range(RANDOM))
    ]
    reasons = {failure.reason for verdict in verdicts for failure in verdict.failures[:1]}
    assert sum(verdict.accepted for verdict in verdicts) >= RANDOM // 6
    assert len(reasons) >= 12, reasons
