"""Certificates from a CA that is there already: the renewal, and every CA that must not sign it."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from preflight.certificates.create import NAMES, CreateOptions, create
from preflight.cli.main import main
from preflight.errors import InputError, UsageError

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def made(tmp_path):
    """A folder with a CA of a hundred days, and what it issued."""
    options = CreateOptions(directory=str(tmp_path / "ssl"), days=30, ca_days=100, key_type="ec-p256")
    create(options, now=NOW)
    return tmp_path / "ssl"


def renew(made, *, now=NOW + 20 * DAY, ca="ca-cert.pem", key="ca-key.pem", **options):
    """Issue into a folder beside it."""
    wanted = {"directory": str(made.parent / "new"), "days": 30, "key_type": "ec-p256", **options}
    return create(CreateOptions(**wanted, ca_certificate=str(made / ca), ca_key=str(made / key)), now=now)


def load(path):
    return x509.load_pem_x509_certificate(Path(path).read_bytes())


def test_a_renewal_makes_the_server_and_the_client_and_no_ca(made):
    before = {path.name: path.read_bytes() for path in made.iterdir()}
    files = renew(made)
    assert [Path(file.path).name for file in files if file.kind != "gitignore"] == list(NAMES[2:])
    assert {path.name: path.read_bytes() for path in made.iterdir()} == before
    authority = load(made / "ca-cert.pem")
    for name in ("server", "client"):
        new = load(made.parent / f"new/{name}-cert.pem")
        new.verify_directly_issued_by(authority)
        assert new.not_valid_after_utc > load(made / f"{name}-cert.pem").not_valid_after_utc
        key = load_pem_private_key((made.parent / f"new/{name}-key.pem").read_bytes(), None)
        assert key.public_key() == new.public_key()
        assert key.public_key() != load(made / f"{name}-cert.pem").public_key()
        assert os.stat(made.parent / f"new/{name}-key.pem").st_mode & 0o777 == 0o600


def test_openssl_takes_old_and_new_by_the_same_ca(made, tmp_path):
    renew(made)
    paths = [made / "server-cert.pem", tmp_path / "new/server-cert.pem", tmp_path / "new/client-cert.pem"]
    command = ["openssl", "verify", "-x509_strict", "-attime", str(int((NOW + 21 * DAY).timestamp()))]
    subprocess.run([*command, "-CAfile", made / "ca-cert.pem", *paths], check=True, capture_output=True)


def test_the_ca_is_found_by_its_key_among_others(made, tmp_path):
    other = create(CreateOptions(directory=str(tmp_path / "other"), key_type="ec-p256"), now=NOW)
    both = made / "both.pem"
    both.write_bytes(Path(other[1].path).read_bytes() + (made / "ca-cert.pem").read_bytes())
    renew(made, ca="both.pem")
    load(tmp_path / "new/server-cert.pem").verify_directly_issued_by(load(made / "ca-cert.pem"))


def test_an_existing_file_is_never_overwritten(made):
    with pytest.raises(InputError) as refused:
        renew(made, directory=str(made))
    assert "server-key.pem" in str(refused.value.problems[0])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": "server-key.pem"}, "key_mismatch"),
        ({"ca": "server-cert.pem", "key": "server-key.pem"}, "not_a_ca"),
        ({"now": NOW + 101 * DAY}, "expired"),
        ({"now": NOW - DAY}, "not_yet_valid"),
        ({"ca": "ca-key.pem"}, "no_certificate"),
        ({"key": "ca-cert.pem"}, "no_key"),
        ({"ca": "gone.pem"}, "unreadable"),
        ({"key": "."}, "unreadable"),
    ],
)
def test_a_ca_that_must_not_sign_makes_nothing(made, changes, code):
    with pytest.raises(InputError) as refused:
        renew(made, **changes)
    (problem,) = refused.value.problems
    assert problem.code == code
    assert problem.hint
    assert not (made.parent / "new").exists()


def test_files_that_are_swapped_are_told_so(made):
    for changes in ({"ca": "ca-key.pem"}, {"key": "ca-cert.pem"}):
        with pytest.raises(InputError) as refused:
            renew(made, **changes)
        assert refused.value.problems[0].hint == "Are --ca-cert and --ca-key swapped?"


def test_an_encrypted_key_is_refused_without_asking(made):
    key = load_pem_private_key((made / "ca-key.pem").read_bytes(), None)
    closed = BestAvailableEncryption(os.urandom(8).hex().encode())
    (made / "closed.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, closed))
    with pytest.raises(InputError) as refused:
        renew(made, key="closed.pem")
    assert refused.value.problems[0].code == "encrypted"


def test_nothing_outlives_its_ca(made, tmp_path):
    with pytest.raises(UsageError) as refused:
        renew(made, days=81)
    assert refused.value.problems[0].code == "outlives_ca"
    assert refused.value.problems[0].hint.startswith("Give --days 80 or less")
    renew(made, days=80)
    assert load(tmp_path / "new/server-cert.pem").not_valid_after_utc == load(made / "ca-cert.pem").not_valid_after_utc


def test_half_a_ca_and_a_lifetime_for_one_that_is_there_are_wrong_usage(made):
    for options in ({"ca_certificate": "a"}, {"ca_key": "a"}, {"ca_certificate": "a", "ca_key": "b", "ca_days": 400}):
        with pytest.raises(UsageError):
            create(CreateOptions(directory=str(made.parent / "new"), **options))


def test_the_command_says_which_ca_clients_keep(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    quick = ("--key-type", "ed25519")
    assert main(["certs", "create", *quick]) == 0
    capfd.readouterr()
    arguments = ("--out", "new", "--ca-cert", "ssl/ca-cert.pem", "--ca-key", "ssl/ca-key.pem", "--format", "json")
    assert main(["certs", "create", *quick, *arguments]) == 0
    told = json.loads(capfd.readouterr().out)
    assert told["settings"]["client"] == {
        "sslmode": "verify-full", "sslrootcert": "ssl/ca-cert.pem",
        "sslcert": "new/client-cert.pem", "sslkey": "new/client-key.pem",
    }  # fmt: skip
    assert [file["path"] for file in told["files"]] == [f"new/{name}" for name in NAMES[2:]]
