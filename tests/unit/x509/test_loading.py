"""Certificates of a file as OpenSSL loads them; what it makes of each file is asked of it in tests/differential."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pki import Shape, ca, element, issue, key, key_pem, pem

from preflight.x509.loading import load_certificates
from preflight.x509.material import Block, MaterialProblem

ROOT, OTHER = issue(ca()), issue(ca("Other", number=3))
CHAIN = [issue(Shape(), ca("Between", number=2)), issue(ca("Between", number=2), ca())]
FOR_SERVERS, FOR_CLIENTS = (bytes.fromhex(f"06082b060105050703{last}") for last in ("01", "02"))
ANYTHING = bytes.fromhex("0604551d2500")


def trusted(der: bytes, *, trust: bytes = b"", reject: bytes = b"", alias: bytes = b"") -> bytes:
    """Return a block with trust settings (`X509_CERT_AUX`)."""
    lists = [element(tag, uses) for tag, uses in ((0x30, trust), (0xA0, reject), (0x0C, alias)) if uses]
    return pem(der + element(0x30, *lists)).replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE")


def ders(found: tuple[Block, ...] | MaterialProblem) -> list[bytes]:
    assert not isinstance(found, MaterialProblem), found.code
    assert {block.kind for block in found} == {"certificate"}
    return [block.data for block in found]


def code(found: tuple[Block, ...] | MaterialProblem) -> tuple[str, int]:
    assert isinstance(found, MaterialProblem)
    return found.code, found.line


def test_all_certificates_are_loaded_in_order_and_the_key_is_not():
    assert ders(load_certificates(pem(*CHAIN) + key_pem(key()))) == CHAIN


def test_one_block_that_is_no_certificate_spoils_the_file():
    garbage = pem(b"\x30\x03\x02\x01\x05")
    assert code(load_certificates(garbage + pem(ROOT))) == ("malformed", 1)
    assert code(load_certificates(pem(ROOT) + garbage)) == ("malformed", pem(ROOT).count(b"\n") + 1)
    assert code(load_certificates(pem(ROOT[:-1]))) == ("malformed", 1)


def test_what_stands_behind_a_certificate_in_its_block_is_not_looked_at():
    assert ders(load_certificates(pem(ROOT + b"\x05\0"), anchors_for="server")) == [ROOT]
    assert code(load_certificates(pem(ROOT + b"\x05\0"))) == ("malformed", 1), "but that of the first one presented"


def test_what_only_cryptography_refuses_is_loaded():
    version = issue(ca()).replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05", 1)
    assert ders(load_certificates(pem(version))) == [version]


def test_trust_settings_are_for_openssl_alone():
    assert code(load_certificates(trusted(ROOT))) == ("trusted_certificate", 1)
    assert ders(load_certificates(trusted(ROOT), trusted=True)) == [ROOT]


@pytest.mark.parametrize(
    ("settings", "server", "client"),
    [
        ({}, True, True),
        ({"alias": b"name"}, True, True),
        ({"trust": FOR_SERVERS}, True, False),
        ({"trust": FOR_CLIENTS}, False, True),
        ({"trust": FOR_CLIENTS + FOR_SERVERS}, True, True),
        ({"trust": ANYTHING}, True, True),
        ({"reject": FOR_SERVERS}, False, True),
        ({"reject": ANYTHING}, False, False),
        ({"trust": ANYTHING, "reject": FOR_CLIENTS}, True, False),
    ],
)
def test_trust_settings_say_whose_chains_a_root_may_verify(settings, server, client):
    for purpose, allowed in (("server", server), ("client", client)):
        found = load_certificates(trusted(ROOT, **settings), trusted=True, anchors_for=purpose)
        assert (found if isinstance(found, MaterialProblem) else ders(found)) == (
            [ROOT] if allowed else MaterialProblem(code="trusted_certificate", line=1)
        )


def test_the_first_of_two_that_are_the_same_counts():
    refused, plain = trusted(ROOT, reject=FOR_SERVERS), pem(ROOT)
    assert ders(load_certificates(plain + refused, trusted=True, anchors_for="server")) == [ROOT, ROOT]
    assert code(load_certificates(refused + plain, trusted=True, anchors_for="server")) == ("trusted_certificate", 1)
    assert ders(load_certificates(refused + plain + pem(OTHER), trusted=True, anchors_for="server")) == [OTHER]


def test_in_what_is_presented_only_the_first_may_have_trust_settings():
    broken = pem(b"none").replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE")
    assert ders(load_certificates(trusted(CHAIN[0]) + pem(CHAIN[1]) + broken, trusted=True)) == CHAIN


@given(st.binary(max_size=60), st.sampled_from(["server", "client"]))
def test_settings_of_any_kind_end_in_an_answer(settings, purpose):
    block = pem(ROOT + settings).replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE")
    found = load_certificates(block, trusted=True, anchors_for=purpose)
    assert isinstance(found, MaterialProblem) or ders(found) == [ROOT]
