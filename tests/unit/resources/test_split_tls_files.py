"""Certificates and keys that parts of a split PostgreSQL connection name are judged as those of libpq's variables are."""

from __future__ import annotations

import secrets

import pytest
from gating import every_output, judge
from support.chains import Issuer

from preflight.bindings import Bindings
from preflight.postgres.names import FILE_ROLES, role_of
from preflight.probes.clock import Clock

PREFIXES = ("DB_", "PG_", "POSTGRES_", "PAYMENTS_DATABASE_", "DB_REPLICA_", "payments.database.")
NAMES = {
    "certificate-file-exists": "SSLROOTCERT SSLCERT SSLCRL SSL_ROOT_CERT ROOT_CERT CA_CERT CA_BUNDLE SSL_CA SSL_CAFILE SSL_CA_FILE"
    " SSLROOTCERT_FILE TLS_CA CLIENT_CERT SSL_CERT SSL_CERT_FILE",
    "private-key-file-exists": "SSLKEY SSL_KEY SSL_KEY_PATH CLIENT_KEY TLS_KEY",
}


def connection(prefix="DB_", **more):
    parts = {"HOST": "db.internal", "USER": "app", "PASSWORD": secrets.token_hex(16), "SSLMODE": "verify-full", **more}
    return {f"{prefix}{name.lower() if '.' in prefix else name}": value for name, value in parts.items()}


def judged(tmp_path, settings, **more):
    return judge(tmp_path, process={"ENV": "production", **settings}, clock=Clock(), **more)


def failed(tmp_path, settings, **more):
    return [
        (one["rule"], one["resource"]["name"])
        for one in judged(tmp_path, settings, **more)["findings"]
        if one["status"] in {"fail", "error"}
    ]


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(("rule", "name"), [(rule, name) for rule, names in NAMES.items() for name in names.split()])
def test_a_file_that_is_missing_is_told_once_whatever_the_setting_is_called(tmp_path, prefix, rule, name):
    settings = connection(prefix, **{name: "/etc/app/nowhere.pem"})
    written = list(settings)[-1]
    found = failed(tmp_path, settings)
    assert (rule, written) in found
    assert [setting for _, setting in found].count(written) == 1


@pytest.mark.parametrize("name", ["DB_SSL_CERT_DIR", "DB_SSLCRLDIR", "MYSQL_SSL_CA_DIR", "DB_SSL_CERT_NAME"])
def test_what_names_no_file_is_let_alone(tmp_path, name):
    assert not [one for one in failed(tmp_path, {**connection(), name: "/etc/app/nowhere"}) if one[1] == name]


def test_a_file_of_a_group_that_is_no_postgresql_client_is_looked_at_too(tmp_path):
    assert ("certificate-file-exists", "DB_SSLROOTCERT") in failed(tmp_path, {"DB_SSLROOTCERT": "/etc/app/nowhere.pem"})


@pytest.fixture
def material(tmp_path):
    """A CA, a client certificate of its own, and another one; with their files' paths."""
    root = Issuer("root", ca=True)
    root.write(tmp_path, "ca")
    Issuer("app", root).write(tmp_path, "client")
    Issuer("other", root).write(tmp_path, "other")
    Issuer("app", root).write(tmp_path, "locked", passphrase="a passphrase of tests")
    return {file.name: str(file) for file in tmp_path.iterdir()}


def test_contents_are_looked_at_and_keys_are_held_to_their_certificates(tmp_path, material):
    right = {"SSLROOTCERT": material["ca.pem"], "SSLCERT": material["client.pem"], "SSLKEY": material["client.key"]}
    told = {"certificate-key-recommended", "certificate-names"}
    assert {rule for rule, _ in failed(tmp_path, connection(**right))} <= told
    assert ("private-key-matches", "DB_SSLKEY") in failed(
        tmp_path, connection(**{**right, "SSLKEY": material["other.key"]})
    )
    assert ("ca-parses", "DB_SSLROOTCERT") in failed(
        tmp_path, connection(**{**right, "SSLROOTCERT": material["client.key"]})
    )


def test_one_name_by_its_role_and_one_as_a_part_belong_together(tmp_path, material):
    settings = connection(SSL_CERT=material["client.pem"], SSLKEY=material["other.key"])
    assert ("private-key-matches", "DB_SSLKEY") in failed(tmp_path, settings)


def test_the_passphrase_beside_the_key_opens_it(tmp_path, material):
    settings = connection(SSLCERT=material["locked.pem"], SSLKEY=material["locked.key"])
    assert "private-key-passphrase" in {rule for rule, _ in failed(tmp_path, settings)}
    opened = failed(tmp_path, {**settings, "DB_SSLPASSWORD": "a passphrase of tests"})
    assert "private-key-passphrase" not in {rule for rule, _ in opened}


def test_a_key_that_others_read_is_refused_by_libpqs_rule(tmp_path, material):
    (tmp_path / "client.key").chmod(0o644)
    settings = connection(SSLCERT=material["client.pem"], SSLKEY=material["client.key"])
    assert ("private-key-file-private", "DB_SSLKEY") in failed(tmp_path, settings)


def test_a_list_of_revoked_certificates_is_a_file_and_no_ca(tmp_path):
    (tmp_path / "revoked.pem").write_text("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n")
    found = failed(tmp_path, connection(SSLROOTCERT="system", SSLCRL=str(tmp_path / "revoked.pem")))
    assert "DB_SSLCRL" not in {setting for _, setting in found}


def test_a_text_in_place_of_a_path_is_read_and_never_shown(tmp_path, material):
    key = (tmp_path / "other.key").read_text()
    settings = connection(SSLCERT=(tmp_path / "client.pem").read_text(), SSLKEY=key)
    found = failed(tmp_path, settings)
    assert ("private-key-matches", "DB_SSLKEY") in found
    assert not [one for one in found if "file" in one[0]]
    assert key.splitlines()[1] not in every_output(judged(tmp_path, settings))


def test_a_client_key_is_a_file_and_no_token():
    assert Bindings().role("DB_CLIENT_KEY") is None
    assert Bindings().role("OAUTH_CLIENT_KEY") == "token"
    assert role_of("DB_CLIENT_KEY")[1] in FILE_ROLES


@pytest.mark.parametrize("named", [{}, {"SSLROOTCERT": "system"}])
def test_a_connection_that_verifies_names_its_ca_in_settings_too(tmp_path, named):
    found = [one for one in judged(tmp_path, connection("SHOP_DB_", **named))["findings"] if one["status"] == "fail"]
    assert [one["rule"] for one in found] == ([] if named else ["postgres-root-certificate"])
    assert named or "Set SHOP_DB_SSLROOTCERT to the CA's file" in found[0]["remediation"]


def test_a_reference_is_a_ca_and_a_certificate(tmp_path):
    names = ("SSLROOTCERT", "SSLCERT", "SSLKEY")
    (tmp_path / ".env.production").write_text(
        "ENV=production\n"
        + "".join(f"{name}={value}\n" for name, value in connection(**{one: f"${{{one}}}" for one in names}).items())
    )
    report = judge(tmp_path, env_files=(".env.production",), process=None, stage="build")
    status = {one["rule"]: one["status"] for one in report["findings"]}
    assert status["postgres-root-certificate"] == "deferred"
    assert status["postgres-client-certificate-pair"] == "pass"
