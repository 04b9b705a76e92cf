"""Files of certificates, held against OpenSSL: which CA files `openssl verify` loads, and which chains a server loads."""

from __future__ import annotations

import ssl
import subprocess

import pytest
from support.pki import NOW, Shape, ca, issue, key, key_pem, pem

from preflight.x509.chain import verify_chain
from preflight.x509.loading import load_certificates
from preflight.x509.material import MaterialProblem

ROOT, LEAF = ca(), Shape()
ROOT_DER, LEAF_DER = issue(ROOT), issue(LEAF, ROOT)
ROOT_PEM, LEAF_PEM = pem(ROOT_DER), pem(LEAF_DER)
GARBAGE = pem(b"\x30\x03\x02\x01\x05")
SETTINGS = {
    "no settings": ["-trustout"],
    "an alias": ["-trustout", "-setalias", "name"],
    "trusted for servers": ["-trustout", "-addtrust", "serverAuth"],
    "trusted for clients": ["-trustout", "-addtrust", "clientAuth"],
    "trusted for anything": ["-trustout", "-addtrust", "anyExtendedKeyUsage"],
    "rejected for servers": ["-trustout", "-addreject", "serverAuth"],
    "rejected for clients": ["-trustout", "-addreject", "clientAuth"],
    "trusted for both, rejected for servers": ["-trustout", "-addtrust", "anyExtendedKeyUsage", "-addreject", "serverAuth"],
}  # fmt: skip


def inside(text: bytes, place: int, more: bytes) -> bytes:
    """Put lines into a block, before the line of that number."""
    lines = text.splitlines(keepends=True)
    return b"".join([*lines[:place], more, *lines[place:]])


def shapes(whole: bytes, der: bytes) -> dict[str, bytes]:
    """Return a block in many forms."""
    return {
        "plain": whole,
        "garbage behind": whole + GARBAGE,
        "garbage before": GARBAGE + whole,
        "cut": pem(der[:-1]),
        "more in the block": pem(der + b"\x05\0"),
        "settings in the block": pem(der + bytes.fromhex("30020c00")),
        "broken settings": pem(der + b"\x30\x02\x05\0").replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE"),
        "old label": whole.replace(b"CERTIFICATE", b"X509 CERTIFICATE"),
        "header": inside(whole, 1, b"X: y\n\n"),
        "headers of an encrypted block": inside(
            whole, 1, b"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
        ),
        "header without an end": inside(whole, 1, b"X: y\n"),
        "empty line first": inside(whole, 1, b"\n"),
        "line of spaces first": inside(whole, 1, b"  \n"),
        "two empty lines first": inside(whole, 1, b"\n\n"),
        "empty line within": inside(whole, 3, b"\n"),
        "empty line last": inside(whole, whole.count(b"\n") - 1, b"\n"),
        "a request beside it": whole + GARBAGE.replace(b"CERTIFICATE", b"CERTIFICATE REQUEST"),
        "text around": b"subject=x\n" + whole + b"issuer: y\n",
    }


CA_FILES, CHAINS = shapes(ROOT_PEM, ROOT_DER), shapes(LEAF_PEM, LEAF_DER)


def accepts(openssl, folder) -> bool:
    """Ask whether OpenSSL accepts the leaf with the file `bundle`, as a TLS client."""
    (folder / "leaf").write_bytes(LEAF_PEM)
    command = [openssl, "verify", "-no-CApath", "-no-CAstore", "-attime", str(int(NOW.timestamp()))]
    return (
        subprocess.run(
            [*command, "-purpose", "sslserver", "-CAfile", "bundle", "leaf"],
            cwd=folder,
            capture_output=True,
            check=False,
        ).returncode
        == 0
    )


def verifies(data: bytes) -> bool:
    """Say the same of what was loaded here."""
    found = load_certificates(data, trusted=True, anchors_for="server")
    if isinstance(found, MaterialProblem):
        return False
    return verify_chain([LEAF_DER], [block.data for block in found], NOW).accepted


@pytest.mark.parametrize("case", CA_FILES)
def test_a_ca_file_is_loaded_where_openssl_loads_it(openssl, tmp_path, case):
    (tmp_path / "bundle").write_bytes(CA_FILES[case])
    assert verifies(CA_FILES[case]) is accepts(openssl, tmp_path)


@pytest.mark.parametrize("case", SETTINGS)
@pytest.mark.parametrize("behind", [b"", ROOT_PEM], ids=["alone", "twice"])
def test_trust_settings_mean_what_they_mean_to_openssl(openssl, tmp_path, case, behind):
    (tmp_path / "root").write_bytes(ROOT_PEM)
    command = [openssl, "x509", "-in", "root", *SETTINGS[case]]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout + behind
    (tmp_path / "bundle").write_bytes(made)
    assert verifies(made) is accepts(openssl, tmp_path)


@pytest.mark.parametrize("case", CHAINS)
def test_a_chain_is_loaded_where_a_server_loads_it(tmp_path, case):
    (tmp_path / "chain").write_bytes(CHAINS[case])
    (tmp_path / "key").write_bytes(key_pem(key()))
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tmp_path / "chain", tmp_path / "key", "no passphrase")
    except ssl.SSLError:
        loads = False
    else:
        loads = True
    assert isinstance(load_certificates(CHAINS[case], trusted=True), tuple) is loads


def test_the_forms_are_of_both_kinds():
    assert {verifies(data) for data in CA_FILES.values()} == {True, False}
