"""What is told beside the verdict; the verdict itself is held against OpenSSL in tests/differential."""

from __future__ import annotations

import pytest
from support.pki import DAY, NOW, Shape, ca, issue

from preflight.x509.certificate import CertificateFacts, read_certificate
from preflight.x509.chain import REASONS, chain_order, verify_chain

ROOT = ca()
BETWEEN = ca("Between", number=2)
LEAF = Shape()
PRESENTED = [issue(LEAF, BETWEEN), issue(BETWEEN, ROOT)]
TRUSTED = [issue(ROOT)]


def reasons(verdict) -> list[tuple[str, int]]:
    for one in verdict.failures:
        assert (one.message, one.hint) == REASONS[one.reason]
    return [(one.reason, one.depth) for one in verdict.failures]


def facts(*ders: bytes) -> list[CertificateFacts]:
    found = [read_certificate(der) for der in ders]
    return [one for one in found if isinstance(one, CertificateFacts)]


def test_an_accepted_chain_names_its_way_and_its_anchor():
    verdict = verify_chain(PRESENTED, TRUSTED, NOW)
    assert (verdict.accepted, verdict.reason, verdict.failures) == (True, None, ())
    assert verdict.path == ("CN=db.example.test,O=Example", "CN=Between,O=Example", "CN=Root,O=Example")
    assert verdict.anchor_sha256 == facts(*TRUSTED)[0].sha256


def test_a_failure_names_its_certificate():
    verdict = verify_chain(PRESENTED[:1], TRUSTED, NOW)
    (failure,) = verdict.failures
    assert (failure.reason, failure.depth) == ("issuer_not_found", 0)
    assert failure.subject == "CN=db.example.test,O=Example"
    assert (verdict.path, verdict.anchor_sha256) == (("CN=db.example.test,O=Example",), None)


def test_everything_that_is_wrong_is_told_in_the_order_of_openssl():
    leaf = Shape(key="rsa1024", hash="sha1", extended=("1.3.6.1.5.5.7.3.2",), not_after=NOW - DAY)
    between = ca("Between", number=2, not_after=NOW - DAY, excluded=("example.test",))
    verdict = verify_chain([issue(leaf, between), issue(between, ROOT)], TRUSTED, NOW)
    assert reasons(verdict) == [
        ("key_too_weak", 0),
        ("wrong_purpose", 0),
        ("signature_too_weak", 0),
        ("expired", 1),
        ("expired", 0),
        ("name_constraint", 0),
    ]


def test_expiry_is_told_also_where_the_issuer_is_missing():
    verdict = verify_chain([issue(Shape(not_after=NOW - DAY), BETWEEN)], TRUSTED, NOW)
    assert reasons(verdict) == [("issuer_not_found", 0), ("expired", 0)]


@pytest.mark.parametrize(
    ("presented", "trusted", "expected"),
    [
        ([], TRUSTED, [("no_certificate", 0)]),
        ([b"0"], TRUSTED, [("unreadable", 0)]),
        (PRESENTED[:1], [b"0", *TRUSTED], [("issuer_not_found", 0), ("unreadable", 1)]),
        ([PRESENTED[0], b"0"], TRUSTED, [("issuer_not_found", 0), ("unreadable", 1)]),
        (PRESENTED, [], [("issuer_not_found", 1)]),
    ],
)
def test_what_is_missing_or_unreadable_has_a_reason(presented, trusted, expected):
    assert reasons(verify_chain(presented, trusted, NOW)) == expected


def test_an_unreadable_certificate_that_nobody_needs_does_no_harm():
    assert verify_chain([*PRESENTED, b"0"], [b"0", *TRUSTED], NOW).accepted


def test_notafter_itself_is_over_and_notbefore_is_not():
    assert verify_chain(PRESENTED, TRUSTED, LEAF.not_before).accepted
    assert verify_chain(PRESENTED, TRUSTED, LEAF.not_after).reason == "expired"


@pytest.mark.parametrize(
    ("ders", "expected"),
    [
        (PRESENTED, "leaf_first"),
        ([*PRESENTED, *TRUSTED], "leaf_first"),
        (PRESENTED[:1], "leaf_first"),
        (TRUSTED, "leaf_first"),
        ([], "leaf_first"),
        (PRESENTED[::-1], "leaf_not_first"),
        ([*TRUSTED, *PRESENTED], "leaf_not_first"),
        ([PRESENTED[0], *TRUSTED, PRESENTED[1]], "unordered"),
        ([PRESENTED[0], issue(ca("Between", number=6), ROOT), PRESENTED[1]], "leaf_first"),
        ([*PRESENTED, issue(ca("Between", number=6), ca("Old", number=7)), *TRUSTED], "leaf_first"),
        ([PRESENTED[0], *TRUSTED, issue(ca("Between", number=6), ROOT), PRESENTED[1]], "unordered"),
        ([PRESENTED[0], issue(Shape("x", number=8), ca("Other", number=9))], "unrelated"),
    ],
)
def test_the_order_of_a_file(ders, expected):
    assert chain_order(facts(*ders)) == expected
