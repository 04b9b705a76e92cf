"""What a file's name says about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.certificates.names import expected_kind, is_binary_name, stem


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("server.crt", "certificate"), ("tls.crt", "certificate"), ("x/ca.pem", "certificate"), ("root.CRT", "certificate"),
        ("ca-cert.pem", "certificate"), ("fullchain.pem", "certificate"), ("cert3.pem", "certificate"), ("server-ca.pem", "certificate"),
        ("server.cer", "certificate"), ("server.key", "private_key"), ("server-key.pem", "private_key"), ("privkey1.pem", "private_key"),
        ("db_key.PEM", "private_key"), ("key.der", "private_key"), ("server.pem", "either"), ("example.com.pem", "either"),
        ("keystore.p12", "either"), ("dhparam.pem", "either"), ("public-key.pem", "either"), ("example.public.key", None),
        ("notes.txt", None), ("api-key", None), ("certs", None), ("ca", None), (".pem", None), ("", None), ("key.py", None),
        ("server.csr", None), ("crl.pem", "either"),
    ],
)  # fmt: skip
def test_a_name_says_what_a_file_should_hold(path, kind):
    assert expected_kind(path) == kind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("server-key.pem", "server-cert.pem"), ("server.key", "server.crt"), ("privkey.pem", "fullchain.pem"), ("tls.key", "tls.crt"),
        ("privkey2.pem", "cert2.pem"), ("example.com-key.pem", "example.com.pem"), ("server-ca-key.pem", "server-ca.pem"),
        ("postgresql.key", "postgresql.crt"), ("Server_Key.pem", "server.cer"), ("private.key", "certificate.crt"),
    ],
)  # fmt: skip
def test_names_of_one_pair_have_one_stem(one, other):
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("server-key.pem", "client-cert.pem"), ("privkey1.pem", "cert2.pem"), ("ca-key.pem", "cert.pem"),
        ("server-key.pem", "server-ca.pem"), ("example.com.key", "example.org.crt"),
    ],
)  # fmt: skip
def test_names_of_two_pairs_have_two(one, other):
    assert stem(one) != stem(other)


def test_only_some_names_announce_der():
    assert is_binary_name("a/server.DER")
    assert is_binary_name("server.cer")
    assert not is_binary_name("server.pem")
    assert not is_binary_name("der")


@given(st.text(max_size=40))
def test_every_name_has_an_answer(text):
    assert expected_kind(text) in {"certificate", "private_key", "either", None}
    assert all(stem(text))
