"""Invariants of the readers of certificates and keys: no input makes them crash, and the mildest rule is the mildest."""

from __future__ import annotations

import base64
from datetime import timedelta

from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st
from support.pki import DAY, NOW, Shape, ca, issue, key, key_pem, pem

from preflight.x509.certificate import PROBLEMS as CERTIFICATE_PROBLEMS
from preflight.x509.certificate import CertificateFacts, load, read_certificate
from preflight.x509.chain import verify_chain
from preflight.x509.hosts import match_libpq, match_openssl
from preflight.x509.keys import read_key
from preflight.x509.lifetime import lifetime
from preflight.x509.material import (
    PROBLEMS,
    Block,
    Material,
    MaterialProblem,
    read_certificates,
    read_material,
    read_private_key,
    read_setting,
)
from preflight.x509.permissions import libpq_client_key, server_key

LEAF = issue(Shape(), ca())
CHAIN = pem(LEAF, issue(ca()))
KEY = key_pem(key())
modes = st.integers(0, 0o777)
ids = st.integers(0, 3)


@st.composite
def damaged(draw, whole: bytes) -> bytes:
    """Some bytes with a few of them changed, and perhaps an end cut off."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 3))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.sampled_from([len(data), len(data), draw(st.integers(0, len(data)))]))])


@given(st.one_of(st.binary(max_size=300), damaged(CHAIN + KEY), damaged(LEAF)))
def test_any_bytes_are_read_or_refused_with_a_code(data):
    for found in (read_material(data), read_certificates(data), read_private_key(data)):
        assert isinstance(found, (Material, Block)) or found.code in PROBLEMS


@given(st.one_of(st.text(max_size=200), damaged(CHAIN).map(lambda data: data.decode("utf-8", "surrogateescape"))))
def test_any_setting_is_read_or_refused_with_a_code(text):
    found = read_setting(text)
    assert isinstance(found, Material) or found.code in PROBLEMS


@given(damaged(LEAF))
def test_any_damaged_certificate_is_read_or_refused_with_a_code(der):
    found = read_certificate(der)
    assert isinstance(found, CertificateFacts) or found.code in CERTIFICATE_PROBLEMS
    if verify_chain([der], [issue(ca())], NOW).accepted:
        accepted = load(der)
        assert isinstance(accepted, x509.Certificate)
        assert accepted.tbs_certificate_bytes == x509.load_der_x509_certificate(LEAF).tbs_certificate_bytes


@given(damaged(KEY))
def test_any_damaged_key_is_read_or_refused(data):
    block = read_private_key(data)
    if isinstance(block, MaterialProblem):
        return
    found = read_key(block, passphrase="x")
    assert found.opened or found.problem is not None or found.passphrase in ("wrong", "missing")


@given(
    st.lists(st.sampled_from([CHAIN, KEY, b"text\n", pem(LEAF)]), min_size=1, max_size=4),
    st.sampled_from([b"\n", b"\r\n", b" \n"]),
    st.booleans(),
)
def test_line_ends_and_marks_do_not_matter(parts, line_end, mark):
    plain = b"".join(parts)
    changed = b"\xef\xbb\xbf" * mark + plain.replace(b"\n", line_end)
    assert read_material(changed) == read_material(plain)
    assert read_setting(plain.decode().replace("\n", "\\n")) == read_setting(plain.decode())
    if b"-----BEGIN " in plain:
        assert read_setting(base64.b64encode(plain).decode()) == read_material(plain)


@given(modes, ids, ids, ids, st.lists(ids, max_size=2))
def test_fewer_rights_never_make_a_readable_key_unacceptable(mode, owner, group, uid, gids):
    for rule in (libpq_client_key, server_key):
        if rule(mode, owner, group, uid=uid, gids=tuple(gids)) is None:
            without_others = rule(mode & 0o770, owner, group, uid=uid, gids=tuple(gids))
            assert without_others in (None, "not_readable")
    if server_key(mode, owner, group, uid=uid, gids=tuple(gids)) is None:
        assert libpq_client_key(mode, owner, group, uid=uid, gids=tuple(gids)) is None


@given(st.integers(1, 5000), st.floats(-10, 5000), st.floats(0, 100))
def test_time_only_makes_things_worse(days, left, later):
    end = NOW + timedelta(days=days)
    order = ("valid", "notice", "warning", "critical", "expired")
    now = end - timedelta(days=min(left, days))
    first, second = lifetime(NOW, end, now), lifetime(NOW, end, now + timedelta(days=later))
    assert order.index(first.state) <= order.index(second.state)
    assert first.remaining_seconds >= second.remaining_seconds


@given(
    st.lists(st.sampled_from(["a.test", "*.a.test", "b.a.test", "*", "*.test", "A.TEST"]), max_size=3),
    st.sampled_from(["a.test", "b.a.test", "c.b.a.test", "B.A.TEST", "test"]),
)
def test_case_does_not_matter_and_more_names_never_hide_one(names, host):
    sans = tuple(("dns", one) for one in names)
    for match in (match_libpq, match_openssl):
        assert match(host, sans, ()).matches == match(host.swapcase(), sans, ()).matches
        if names and match(host, sans[:1], ()).matches:
            assert match(host, sans, ()).matches


@given(st.integers(-30, 130))
def test_a_chain_is_valid_in_its_days_alone(day):
    verdict = verify_chain([LEAF], [issue(ca())], NOW + day * DAY)
    assert verdict.accepted == (-10 <= day < 100)
