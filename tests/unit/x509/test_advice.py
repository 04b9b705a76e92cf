from __future__ import annotations

import pytest
from support.pki import DAY, NOW, Shape, ca, issue

from preflight.x509.advice import ADVICE, strict_advice


def advise(leaf: Shape, *above: Shape, trusted: tuple[bytes, ...] = ()) -> tuple[str, ...]:
    chain = [issue(one, next_one) for one, next_one in zip((leaf, *above), (*above, None), strict=True)]
    found = strict_advice(chain[:-1] or chain, [*trusted, chain[-1]], NOW)
    assert set(found) <= set(ADVICE)
    return found


@pytest.mark.parametrize(
    ("leaf", "root", "expected"),
    [
        (Shape(), ca(), ()),
        (Shape(dns=("*.example.test",)), ca(), ()),
        (Shape(dns=(), ips=("10.0.0.1",)), ca(), ()),
        (Shape(version=1), ca(), ("v1",)),
        (Shape(), ca(version=1), ("v1",)),
        (Shape(dns=()), ca(), ("no_san",)),
        (Shape(), ca(usage=None), ("no_key_usage",)),
        (Shape(), ca(ca=None), ("no_basic_constraints",)),
        (Shape(extended=None), ca(), ("no_extended_key_usage",)),
        (Shape(ca=True), ca(), ("ca_leaf",)),
        (Shape(identifiers=False), ca(), ("no_authority_key_identifier",)),
        (Shape(key="rsa1024"), ca(), ("unusual_key",)),
        (Shape(key="ed25519"), ca(), ("unusual_key",)),
        (Shape(key="k1"), ca(), ("unusual_key",)),
        (Shape(key="rsa2048"), ca(), ()),
        (Shape(hash="sha1"), ca(), ("unusual_signature",)),
        (Shape(), ca(hash="sha1"), ()),
        (Shape(serial_bytes=b"\x01" + bytes(20)), ca(), ("serial_too_long",)),
        (Shape(serial_bytes=b"\0\x80" + bytes(19)), ca(), ("serial_too_long",)),
        (Shape(serial_bytes=b"\0"), ca(), ("serial_not_positive",)),
        (Shape(serial_bytes=b"\xfb"), ca(), ("serial_not_positive",)),
        (Shape(serial=2**159 - 1), ca(), ()),
        (Shape(not_after=NOW - DAY), ca(), ("strict_refused",)),
    ],
)
def test_what_strict_verifiers_dislike(leaf, root, expected):
    assert advise(leaf, root) == expected


def test_a_self_signed_servers_certificate_as_openssl_makes_it():
    leaf = Shape(ca=True, usage=None, extended=None)
    assert advise(leaf) == ("ca_leaf", "no_extended_key_usage")


def test_cas_of_the_bundle_that_the_chain_does_not_lead_to_do_not_count():
    other = issue(ca("Other", number=9, version=1))
    assert advise(Shape(), ca("Between", number=2), ca(), trusted=(other,)) == ()


def test_cas_between_count():
    assert advise(Shape(), ca("Between", number=2, usage=None), ca()) == ("no_key_usage",)


def test_what_cannot_be_read_is_said():
    assert strict_advice([b"0"], [], NOW) == ("unreadable",)
    assert strict_advice([], [], NOW) == ()
    assert strict_advice([issue(Shape(), ca())], [], NOW) == ("strict_refused",)
