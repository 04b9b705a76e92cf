"""`inspect`: what it says of files as they should be, and of every way in which they should not."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat, pkcs12
from support import certificate_folders as folders
from support import pki

from preflight.certificates.document import document
from preflight.certificates.inspect import inspect
from preflight.certificates.schema import InspectionModel
from preflight.errors import InputError

NOW, DAY = pki.NOW, pki.DAY
ROOT, CA, LEAF = folders.ROOT, folders.CA, folders.SERVER_LEAF
PASSWORD = b"only for this test"


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def look(tmp_path):
    """Inspect, hold the document against its schema, and return both."""

    def call(*paths, at=NOW, **options):
        found = inspect([str(path) for path in paths] or [str(tmp_path)], at, **options)
        InspectionModel.model_validate(document(found))
        return found

    return call


def said(found, *levels):
    """Return (code, file name) of the findings of some levels; all by default."""
    return [(one.code, os.path.basename(one.path)) for one in found.findings if not levels or one.level in levels]


def only(found):
    """Return the one certificate that there is."""
    (one,) = [one for file in found.files for one in file.certificates]
    return one


# -- everything is fine ------------------------------------------------------------------------------------------------


def test_a_whole_folder_is_fine(look, tmp_path):
    folders.whole(tmp_path)
    found = look()
    assert (found.exit_code, said(found, "failure", "warning")) == (0, [])
    by_name = {os.path.basename(file.path): file for file in found.files}
    assert {name: (file.kind, file.mode) for name, file in by_name.items()} == {
        "ca-cert.pem": ("ca", 0o644), "client-cert.pem": ("certificate", 0o644), "client-key.pem": ("private_key", 0o600),
        "server-cert.pem": ("certificate", 0o644), "server-key.pem": ("private_key", 0o600),
    }  # fmt: skip
    server = by_name["server-cert.pem"].certificates[0]
    assert (server.role, server.chain.verdict, server.life.remaining_days) == ("server", "verified", 100)
    assert server.chain.anchor == str(tmp_path / "ca-cert.pem")
    assert server.chain.path == ("CN=db.example.test,O=Example", "CN=Example Root,O=Example")
    assert server.keys == (str(tmp_path / "server-key.pem"),)
    assert by_name["server-key.pem"].keys[0].certificates == (str(tmp_path / "server-cert.pem"),)
    assert by_name["client-cert.pem"].certificates[0].role == "client"
    assert by_name["ca-cert.pem"].certificates[0].role == "root"


def test_roles_follow_the_extensions(look, tmp_path):
    shapes = {
        "both": pki.Shape(extended=(folders.SERVER, folders.CLIENT)), "any": pki.Shape(extended=None),
        "code": pki.Shape(extended=("1.3.6.1.5.5.7.3.3",)), "ca": pki.ca("Below"), "v1": pki.Shape(version=1),
    }  # fmt: skip
    for name, shape in shapes.items():
        folders.write(tmp_path / f"{name}.crt", pki.pem(pki.issue(shape, ROOT)))
    roles = {os.path.basename(file.path): file.certificates[0].role for file in look().files}
    assert roles == {
        "both.crt": "server_and_client", "any.crt": "server_and_client", "code.crt": "other", "ca.crt": "ca", "v1.crt": "server_and_client",
    }  # fmt: skip


def test_nothing_of_a_private_key_is_in_the_document_or_in_a_repr(look, tmp_path):
    folders.whole(tmp_path)
    found = look()
    pem = (tmp_path / "server-key.pem").read_text(encoding="ascii").splitlines()[1:-1]
    text = repr(found) + repr(document(found))
    assert not any(line in text for line in pem)


# -- time --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "levels", "exit_code"),
    [
        (NOW, [], 0),
        (NOW + 60 * DAY, [("note", "expires_in_months")], 0),
        (NOW + 80 * DAY, [("warning", "expires_soon")], 0),
        (NOW + 99 * DAY, [("warning", "expires_soon")], 0),
        (LEAF.not_after - timedelta(seconds=1), [("warning", "expires_soon")], 0),
        (LEAF.not_after, [("failure", "expired")], 1),
        (NOW + 200 * DAY, [("failure", "expired")], 1),
        (NOW - 20 * DAY, [("failure", "not_yet_valid")], 1),
        (LEAF.not_before - timedelta(seconds=1), [("failure", "not_yet_valid")], 1),
        (LEAF.not_before, [], 0),
    ],
)
def test_validity_is_said_once_for_what_it_concerns(look, tmp_path, at, levels, exit_code):
    folders.write(tmp_path / "ca.pem", pki.pem(pki.issue(pki.ca(not_before=NOW - 1000 * DAY))))
    folders.write(tmp_path / "server.crt", pki.pem(pki.issue(LEAF, pki.ca(not_before=NOW - 1000 * DAY))))
    found = look(at=at)
    assert [(one.level, one.code) for one in found.findings if one.path.endswith("server.crt")] == levels
    assert (found.exit_code, said(found, "failure")[1:]) == (exit_code, [])


def test_an_expired_ca_fails_what_it_issued(look, tmp_path):
    old = pki.ca(not_after=NOW - DAY)
    folders.write(tmp_path / "ca.pem", pki.pem(pki.issue(old)))
    folders.write(tmp_path / "server.crt", pki.pem(pki.issue(LEAF, old)))
    found = look()
    assert said(found, "failure") == [("expired", "ca.pem"), ("expired", "server.crt")]
    assert found.findings[1].message == "OpenSSL refuses its chain: it has expired (CN=Root,O=Example)"


@pytest.mark.parametrize(("within", "fails"), [(99.9, False), (100.0, False), (100.1, True), (365, True)])
def test_fail_within_counts_to_the_second(look, tmp_path, within, fails):
    folders.whole(tmp_path)
    found = look(fail_within=within)
    assert (found.exit_code == 1) is fails
    assert (("expires_within", "server-cert.pem") in said(found, "failure")) is fails


def test_strict_lets_warnings_fail(look, tmp_path):
    folders.whole(tmp_path)
    os.chmod(tmp_path / "server-key.pem", 0o644)
    assert look().exit_code == 0
    assert look(strict=True).exit_code == 1


# -- chains ------------------------------------------------------------------------------------------------------------


def test_another_ca_of_the_same_name_fails(look, tmp_path):
    folders.write(tmp_path / "ca.pem", pki.pem(pki.issue(pki.ca("Example Root", number=7))))
    folders.write(tmp_path / "server.crt", pki.pem(pki.issue(LEAF, ROOT)))
    found = look()
    assert (found.exit_code, said(found, "failure")) == (1, [("wrong_ca", "server.crt")])
    # Without key identifiers the name alone leads to it, and the signature tells.
    plain = pki.Shape(identifiers=False)
    folders.write(tmp_path / "server.crt", pki.pem(pki.issue(plain, ROOT)))
    assert said(look(), "failure") == [("signature_invalid", "server.crt")]


def test_a_ca_that_is_not_here_is_a_warning(look, tmp_path):
    folders.write(tmp_path / "server.crt", pki.pem(pki.issue(LEAF, ROOT)))
    found = look()
    assert (found.exit_code, said(found)) == (0, [("issuer_not_found", "server.crt")])
    assert only(found).chain.verdict == "issuer_not_found"


def test_a_ca_file_that_is_named_is_the_only_one_trusted(look, tmp_path):
    folders.whole(tmp_path / "ssl")
    other = folders.write(tmp_path / "other.pem", pki.pem(pki.issue(pki.ca("Other", number=7))))
    right = folders.write(tmp_path / "right.pem", pki.pem(pki.issue(ROOT)))
    assert look(tmp_path / "ssl", trusted=[str(right)]).exit_code == 0
    found = look(tmp_path / "ssl", trusted=[str(other)])
    assert said(found, "failure") == [("issuer_not_found", "client-cert.pem"), ("issuer_not_found", "server-cert.pem")]
    found = look(tmp_path / "ssl" / "server-cert.pem", trusted=[str(right)])
    assert (only(found).chain.verdict, only(found).chain.anchor) == ("verified", None)


@pytest.mark.parametrize("content", [None, b"", b"text", "key"])
def test_a_ca_file_that_cannot_be_used_is_said_before_anything(look, tmp_path, content):
    folders.whole(tmp_path)
    path = tmp_path / "trust"
    if content is not None:
        path.write_bytes(pki.key_pem(pki.key()) if content == "key" else content)
    with pytest.raises(InputError, match="the CA file cannot be used"):
        look(trusted=[str(path)])


def test_an_intermediate_of_another_file_is_found_and_said(look, tmp_path):
    folders.write(tmp_path / "root.crt", pki.pem(pki.issue(ROOT)))
    folders.write(tmp_path / "chain.pem", pki.pem(pki.issue(CA, ROOT)))
    folders.write(tmp_path / "cert.pem", pki.pem(pki.issue(LEAF, CA)))
    found = look()
    assert (found.exit_code, said(found)) == (0, [("intermediate_elsewhere", "cert.pem")])
    folders.write(tmp_path / "cert.pem", pki.pem(pki.issue(LEAF, CA), pki.issue(CA, ROOT)))
    assert said(look()) == []


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (pki.Shape(key="rsa1024"), "key_too_weak"),
        (pki.Shape(hash="sha1"), "signature_too_weak"),
        (pki.Shape(usage=("key_cert_sign",)), "wrong_purpose"),
        (pki.Shape(broken=True), "signature_invalid"),
    ],
)
def test_what_openssl_refuses_fails_by_its_reason(look, tmp_path, shape, code):
    folders.write(tmp_path / "ca.pem", pki.pem(pki.issue(ROOT)))
    folders.write(tmp_path / "server.crt", pki.pem(pki.issue(shape, ROOT)))
    found = look()
    assert (found.exit_code, said(found, "failure")) == (1, [(code, "server.crt")])


def test_a_certificate_for_both_uses_must_serve_both(look, tmp_path):
    both = pki.Shape(extended=(folders.SERVER, folders.CLIENT), usage=("key_encipherment",))
    folders.write(tmp_path / "ca.pem", pki.pem(pki.issue(ROOT)))
    folders.write(tmp_path / "server.crt", pki.pem(pki.issue(both, ROOT)))
    assert said(look(), "failure") == [("wrong_purpose", "server.crt")]
    folders.write(
        tmp_path / "server.crt", pki.pem(pki.issue(pki.Shape(extended=None, usage=("key_encipherment",)), ROOT))
    )
    assert said(look(), "failure") == []


def test_version_1_and_a_ca_without_key_usage_pass_openssl_and_are_noted(look, tmp_path):
    root = pki.ca(usage=None)
    folders.write(tmp_path / "server-ca.pem", pki.pem(pki.issue(root)))
    folders.write(tmp_path / "client-cert.pem", pki.pem(pki.issue(pki.Shape(version=1), root)))
    found = look()
    assert found.exit_code == 0
    assert {code for code, _ in said(found, "note")} == {"v1", "no_key_usage"}


def test_a_self_signed_server_is_trusted_by_itself_and_noted(look, tmp_path):
    folders.pair(tmp_path, "server", pki.Shape(ca=True, extended=None))
    found = look()
    assert (only(found).role, only(found).chain.verdict, found.exit_code) == ("server_and_client", "verified", 0)
    assert "self_signed" in {code for code, _ in said(found, "note")}
    folders.write(
        tmp_path / "below.crt", pki.pem(pki.issue(LEAF.__class__(number=5), pki.Shape(ca=True, extended=None)))
    )
    roles = {os.path.basename(file.path): [one.role for one in file.certificates] for file in look().files}
    assert roles["server-cert.pem"] == ["root"]


def test_long_lives_and_weak_curves_are_said(look, tmp_path):
    folders.write(tmp_path / "ca.pem", pki.pem(pki.issue(ROOT)))
    long = pki.Shape(key="k1", not_after=NOW + 900 * DAY)
    folders.write(tmp_path / "server.crt", pki.pem(pki.issue(long, ROOT)))
    found = look()
    assert ("weak_key", "server.crt") in said(found, "warning")
    assert ("long_life", "server.crt") in said(found, "note")


def test_odd_serial_numbers_are_read_without_a_warning(look, tmp_path):
    from cryptography import x509

    root = pki.ca(serial_bytes=b"\x00")
    named = x509.AuthorityKeyIdentifier.from_issuer_public_key(root.private_key.public_key())
    named = x509.AuthorityKeyIdentifier(named.key_identifier, [x509.DirectoryName(root.full_name)], 1)
    folders.write(tmp_path / "ca.pem", pki.pem(pki.issue(root)))
    folders.write(tmp_path / "server.crt", pki.pem(pki.issue(pki.Shape(authority=named), root)))
    assert said(look(), "failure") == [("wrong_ca", "server.crt")]


# -- keys --------------------------------------------------------------------------------------------------------------


def test_a_key_that_is_meant_for_a_certificate_and_does_not_belong_to_it_fails(look, tmp_path):
    folders.whole(tmp_path)
    folders.write(tmp_path / "server-key.pem", pki.key_pem(pki.key("p256", 9)))
    found = look()
    assert (found.exit_code, said(found, "failure")) == (1, [("key_mismatch", "server-key.pem")])
    assert str(tmp_path / "server-cert.pem") in found.findings[0].message


def test_keys_that_were_swapped_fail_both(look, tmp_path):
    folders.whole(tmp_path)
    os.rename(tmp_path / "server-key.pem", tmp_path / "kept.pem")
    os.rename(tmp_path / "client-key.pem", tmp_path / "server-key.pem")
    os.rename(tmp_path / "kept.pem", tmp_path / "client-key.pem")
    assert said(look(), "failure") == [("key_mismatch", "client-key.pem"), ("key_mismatch", "server-key.pem")]


def test_one_of_several_certificates_of_the_name_is_enough(look, tmp_path):
    folders.write(tmp_path / "ca.pem", pki.pem(pki.issue(ROOT)))
    folders.write(tmp_path / "chain.pem", pki.pem(pki.issue(CA, ROOT)))
    folders.write(tmp_path / "fullchain.pem", pki.pem(pki.issue(LEAF, CA), pki.issue(CA, ROOT)))
    folders.write(tmp_path / "privkey.pem", pki.key_pem(LEAF.private_key))
    assert said(look(), "failure") == []


def test_a_key_alone_and_the_key_of_a_ca_are_noted(look, tmp_path):
    folders.write(tmp_path / "other.key", pki.key_pem(pki.key("p256", 9)))
    folders.write(tmp_path / "ca.key", pki.key_pem(ROOT.private_key))
    folders.write(tmp_path / "ca.crt", pki.pem(pki.issue(ROOT)))
    found = look()
    assert (found.exit_code, said(found)) == (0, [("ca_key_here", "ca.key"), ("key_alone", "other.key")])


def test_a_key_in_the_file_of_its_certificate(look, tmp_path):
    folders.write(tmp_path / "ca.crt", pki.pem(pki.issue(ROOT)))
    both = pki.pem(pki.issue(LEAF, ROOT)) + pki.key_pem(LEAF.private_key)
    folders.write(tmp_path / "server.pem", both)
    found = look()
    assert (found.files[1].kind, found.exit_code, said(found)) == ("certificate_and_key", 0, [])
    os.chmod(tmp_path / "server.pem", 0o644)
    assert said(look()) == [("key_open", "server.pem")]
    folders.write(tmp_path / "server.pem", pki.pem(pki.issue(LEAF, ROOT)) + pki.key_pem(pki.key("p256", 9)))
    assert said(look(), "failure") == [("key_mismatch", "server.pem")]


def test_an_encrypted_key_is_noted_and_not_asked_for(look, tmp_path):
    folders.whole(tmp_path)
    encrypted = LEAF.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSWORD))
    folders.write(tmp_path / "server-key.pem", encrypted)
    found = look()
    assert (found.exit_code, said(found)) == (0, [("encrypted_key", "server-key.pem")])
    assert found.files[-1].keys[0].facts.encrypted


def test_a_key_in_opensshs_form_and_a_broken_one(look, tmp_path):
    openssh = LEAF.private_key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, pki.NoEncryption())
    folders.write(tmp_path / "a.key", openssh)
    folders.write(tmp_path / "b.key", b"-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n")
    found = look()
    assert said(found, "failure", "warning") == [("malformed_key", "b.key"), ("unusual_key_form", "a.key")]
    assert (found.files[1].kind, found.files[1].problem) == ("unreadable", "malformed_key")


@pytest.mark.parametrize(
    ("places", "told"),
    [
        (("certs/production", "certs/staging"), True),
        (("certs/prod", "certs/prd"), False),
        (("prod-certs", "dev-certs"), True),
        (("production/tls", "staging/tls/more"), True),
        (("certs/a", "certs/b"), False),
        (("certs", "certs/staging"), False),
    ],
)
def test_the_same_key_in_two_environments_is_a_warning(look, tmp_path, places, told):
    for place in places:
        folders.pair(tmp_path / "x" / place, "server", pki.Shape(), ROOT)
        folders.write(tmp_path / "x" / place / "ca.crt", pki.pem(pki.issue(ROOT)))
    found = look("x")
    shared = [one for one in found.findings if one.code == "shared_between_environments"]
    assert (len(shared), {one.level for one in shared}) == ((1, {"warning"}) if told else (0, set()))


def test_a_link_into_another_environment_shares_its_key(look, tmp_path):
    folders.pair(tmp_path / "x/production", "server", pki.Shape(), ROOT)
    (tmp_path / "x/staging").mkdir()
    os.symlink("../production/server-key.pem", tmp_path / "x/staging/server-key.pem")
    assert "shared_between_environments" in {one.code for one in look("x").findings}


# -- modes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_modes_of_keys_that_libpq_takes(look, tmp_path, mode):
    folders.write(tmp_path / "server.key", pki.key_pem(pki.key()), mode)
    assert said(look(), "warning") == []


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604, 0o666])
def test_modes_of_keys_that_libpq_refuses(look, tmp_path, mode):
    folders.write(tmp_path / "server.key", pki.key_pem(pki.key()), mode)
    assert said(look(), "warning") == [("key_open", "server.key")]


def test_a_kubernetes_volume_says_what_to_set(look, tmp_path):
    folders.write(tmp_path / "tls/..1/tls.key", pki.key_pem(pki.key()), 0o644)
    os.symlink("..1", tmp_path / "tls/..data")
    os.symlink("..data/tls.key", tmp_path / "tls/tls.key")
    found = look("tls")
    assert [file.path for file in found.files] == ["tls/tls.key"]
    (one,) = [one for one in found.findings if one.code == "key_open"]
    assert "defaultMode" in one.hint


@pytest.mark.parametrize(
    ("mode", "codes"),
    [(0o644, []), (0o444, []), (0o664, ["certificate_writable"]), (0o646, ["certificate_writable"]), (0o600, ["certificate_not_readable"])],
)  # fmt: skip
def test_modes_of_certificates(look, tmp_path, mode, codes):
    folders.write(tmp_path / "ca.crt", pki.pem(pki.issue(ROOT)), mode)
    assert [code for code, _ in said(look())] == codes


def test_a_folder_that_others_write_to_is_said(look, tmp_path):
    folders.write(tmp_path / "open/server.key", pki.key_pem(pki.key()))
    os.chmod(tmp_path / "open", 0o777)  # noqa: S103 - that is what is tested
    assert ("replaceable", "server.key") in said(look(), "warning")


# -- files that are not what they should be ----------------------------------------------------------------------------


def _der(_):
    return pki.issue(LEAF, ROOT)


def _pem(_):
    return pki.pem(pki.issue(LEAF, ROOT))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("server.crt", _der, "der"),
        ("server.crt", lambda _: b"", "empty"),
        ("server.crt", lambda _: b"\n \n", "empty"),
        ("server.crt", lambda _: b"hello\n", "not_pem"),
        ("server.crt", lambda _: pki.key_pem(pki.key()), "key_instead_of_certificate"),
        ("server-cert.pem", lambda _: pki.key_pem(pki.key()), "key_instead_of_certificate"),
        ("server.key", _pem, "certificate_instead_of_key"),
        ("server.crt", lambda _: _pem(_)[:-30], "truncated"),
        ("server.crt", lambda _: _pem(_).replace(b"\n", b" "), "one_line"),
        ("server.crt", lambda _: b"  " + _pem(_).replace(b"\n", b"\n  "), "indented"),
        ("server.crt", lambda _: _pem(_).decode().encode("utf-16"), "nul_bytes"),
        ("server.crt", lambda _: _pem(_).replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE"), "trusted_certificate"),
        ("server.crt", lambda _: _pem(_).replace(b"CERTIFICATE", b"CERTIFICATE REQUEST"), "request_instead_of_certificate"),
        ("server.pem", lambda _: _pem(_).replace(b"CERTIFICATE", b"PKCS7"), "pkcs7"),
        ("server.crt", lambda _: pki.pem(b"\x30\x03\x02\x01\x01"), "malformed"),
        ("server.pem", lambda _: b"\x30\x03\x02\x01\x01", "der"),
        ("store.p12", lambda _: pkcs12.serialize_key_and_certificates(b"x", pki.key(), None, None, BestAvailableEncryption(PASSWORD)), "pkcs12"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("named", [True, False])
def test_each_wrong_content_has_its_own_reason(look, tmp_path, name, content, code, named):
    folders.write(tmp_path / name, content(None))
    found = look(*([tmp_path / name] if named else []))
    assert (found.exit_code, said(found, "failure")) == (1, [(code, name)])


def test_a_file_of_50_mb_is_not_read(look, tmp_path):
    with open(tmp_path / "huge.pem", "wb") as file:
        file.truncate(50_000_000)
    found = look()
    assert (found.exit_code, said(found)) == (1, [("too_large", "huge.pem")])


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("server.crt", os.mkfifo, "is_fifo"),
        ("server.crt", os.makedirs, "is_directory"),
        ("server.crt", lambda path: os.symlink("gone", path), "dangling_symlink"),
        ("server.crt", lambda path: os.symlink("server.crt", path), "symlink_loop"),
    ],
)
def test_what_is_no_file_has_its_own_reason(look, tmp_path, name, make, code):
    make(tmp_path / name)
    found = look()
    assert (found.exit_code, said(found)) == (1, [(code, name)])
    assert (found.files[0].kind, found.files[0].problem) == ("not_a_file", code)


def test_line_ends_of_windows_and_a_byte_order_mark_are_read_and_noted(look, tmp_path):
    folders.write(tmp_path / "ca.pem", b"\xef\xbb\xbf" + pki.pem(pki.issue(ROOT)).replace(b"\n", b"\r\n"))
    found = look()
    assert (found.exit_code, said(found)) == (0, [("byte_order_mark", "ca.pem"), ("crlf", "ca.pem")])
    assert only(found).facts.common_name == "Example Root"


@pytest.mark.parametrize("name", ["server.der", "server.cer"])
def test_der_under_its_own_name_is_read_and_noted(look, tmp_path, name):
    folders.write(tmp_path / "ca.pem", pki.pem(pki.issue(ROOT)))
    folders.write(tmp_path / name, _der(None))
    found = look()
    assert (found.exit_code, said(found)) == (0, [("der", name)])
    assert found.files[1].certificates[0].chain.verdict == "verified"


def test_a_key_in_der_is_read_as_libpq_reads_it(look, tmp_path):
    der = LEAF.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, pki.NoEncryption())
    folders.write(tmp_path / "server.key", der, 0o600)
    folders.write(tmp_path / "server.crt", _pem(None))
    found = look()
    assert said(found, "failure") == []
    assert found.files[1].keys[0].certificates == (str(tmp_path / "server.crt"),)


def test_other_files_of_a_folder_are_left_alone(look, tmp_path):
    folders.whole(tmp_path)
    (tmp_path / "README.md").write_text("-----BEGIN CERTIFICATE-----\n...\n", encoding="ascii")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "server.csr").write_bytes(_pem(None).replace(b"CERTIFICATE", b"CERTIFICATE REQUEST"))
    os.mkfifo(tmp_path / "pipe")
    os.symlink("gone", tmp_path / "link")
    found = look()
    assert (found.exit_code, len(found.files)) == (0, 5)
    assert look(tmp_path / "README.md").exit_code == 1


def test_certificates_under_any_name_are_found_by_what_is_in_them(look, tmp_path):
    folders.write(tmp_path / "ca", pki.pem(pki.issue(ROOT)))
    folders.write(tmp_path / "tls", _pem(None))
    found = look()
    assert [os.path.basename(file.path) for file in found.files] == ["ca", "tls"]


def test_one_certificate_of_a_bundle_that_cannot_be_read_does_not_hide_the_others(look, tmp_path):
    folders.write(tmp_path / "ca.pem", pki.pem(pki.issue(ROOT), b"\x30\x03\x02\x01\x01"))
    found = look()
    assert (said(found, "failure"), found.findings[0].certificate) == ([("malformed", "ca.pem")], 2)
    assert document(found)["summary"]["unreadable"] == 1
    assert len(found.files[0].certificates) == 1


def test_requests_public_keys_and_parameters_are_listed(look, tmp_path):
    folders.write(tmp_path / "a.pem", _pem(None).replace(b"CERTIFICATE", b"CERTIFICATE REQUEST"))
    folders.write(tmp_path / "b.pem", _pem(None).replace(b"CERTIFICATE", b"PUBLIC KEY"))
    folders.write(tmp_path / "dhparam.pem", _pem(None).replace(b"CERTIFICATE", b"DH PARAMETERS"))
    assert [file.kind for file in look().files] == ["request", "public_key", "other"]


# -- nothing -----------------------------------------------------------------------------------------------------------


def test_nothing_found_is_said_with_what_to_do(look, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    found = look("empty")
    assert (found.exit_code, [one.code for one in found.findings]) == (4, ["nothing_found"])
    (tmp_path / "ssl").mkdir()
    found = inspect([], NOW)
    assert found.exit_code == 4
    assert found.findings[0].message == "there is no certificate, no key and no CA file in this folder, ssl"
    assert "preflight certs create" in found.findings[0].hint


def test_a_path_that_is_not_there_beside_one_that_is(look, tmp_path):
    folders.whole(tmp_path / "ssl")
    found = look("ssl", "gone.pem")
    assert (found.exit_code, said(found, "failure")) == (4, [("missing", "gone.pem")])
    assert len(found.files) == 5


def test_the_same_input_gives_the_same_document(look, tmp_path):
    folders.whole(tmp_path)
    assert document(look()) == document(look())


def test_a_hundred_certificates_take_little_time(look, tmp_path):
    # 120 leaves of one CA: each chain is built from those of its own names.
    der = pki.issue(CA, ROOT)
    folders.write(tmp_path / "ca.pem", pki.pem(pki.issue(ROOT), der))
    leaf = pki.issue(LEAF, CA)
    for number in range(120):
        folders.write(tmp_path / f"{number:03}.crt", pki.pem(leaf))
    found = look()
    assert sum(one.chain.verdict == "verified" for file in found.files for one in file.certificates) == 122
