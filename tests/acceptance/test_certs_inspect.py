"""`preflight certs inspect` as a process: the shell script it stands in for, broken files of every kind, pipes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from support import certificate_folders as folders
from support import pki

# What people run from cron: days left of one certificate, and a word by 30 and 90 days.
SCRIPT = """\
EXPIRY_EPOCH=$(date -u -d "$(openssl x509 -in "$1" -noout -enddate | cut -d= -f2)" +%s)
NOW_EPOCH=$(date -u -d "$2" +%s)
DAYS_LEFT=$(( (EXPIRY_EPOCH - NOW_EPOCH) / 86400 ))
if [ $DAYS_LEFT -lt 30 ]; then echo "WARNING $DAYS_LEFT"; elif [ $DAYS_LEFT -lt 90 ]; then echo "NOTICE $DAYS_LEFT"
else echo "OK $DAYS_LEFT"; fi
"""
WORDS = {"valid": "OK", "notice": "NOTICE", "warning": "WARNING", "critical": "WARNING"}


@pytest.mark.parametrize("day", ["2026-06-01", "2026-06-11", "2026-06-12", "2026-08-09", "2026-08-11", "2026-09-05"])
@pytest.mark.usefixtures("openssl")
def test_it_counts_as_the_usual_script_does(preflight, tmp_path, day):
    # A life of two years, so that the limits are not scaled down.
    root = pki.ca(not_before=pki.NOW - 800 * pki.DAY)
    folders.write(tmp_path / "ssl/ca-cert.pem", pki.pem(pki.issue(root)))
    shape = pki.Shape(not_before=pki.NOW - 700 * pki.DAY)
    path = folders.write(tmp_path / "ssl/server-cert.pem", pki.pem(pki.issue(shape, root)))
    script = subprocess.run(
        ["sh", "-c", SCRIPT, "sh", path, f"{day} 00:00:00 UTC"], capture_output=True, text=True, check=True
    ).stdout.split()
    done = preflight("certs", "inspect", path, "--at", day, "--format", "json")
    (one,) = json.loads(done.stdout)["files"][0]["certificates"]
    assert [WORDS[one["validity"]], str(one["remaining_days"])] == script
    warned = preflight("certs", "inspect", "ssl", "--at", day, "--fail-within", "30d").returncode
    assert (warned == 1) is (script[0] == "WARNING")


def test_what_certs_create_makes_is_fine(preflight, tmp_path):
    preflight("certs", "create", "--key-type", "ec-p256", cwd=tmp_path)
    done = preflight("certs", "inspect", "--strict", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("FINE: 3 certificates and 3 keys in 6 files")


@pytest.fixture
def zoo(tmp_path):
    """One file of every kind that is wrong, in a folder; returns the reasons by name."""
    folder = tmp_path / "zoo"
    root = pki.ca()
    leaf = pki.issue(pki.Shape(), root)
    password = os.urandom(8).hex().encode()
    encrypted = pki.key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    folders.write(folder / "ca.crt", pki.pem(pki.issue(root)))
    folders.write(folder / "der.pem", leaf)
    folders.write(folder / "empty.crt", b"")
    folders.write(folder / "key.crt", pki.key_pem(pki.key()))
    folders.write(folder / "cert.key", pki.pem(leaf))
    folders.write(folder / "text.crt", b"no certificate\n")
    folders.write(folder / "cut.crt", pki.pem(leaf)[:200])
    folders.write(folder / "crlf.crt", b"\xef\xbb\xbf" + pki.pem(leaf).replace(b"\n", b"\r\n"))
    folders.write(folder / "encrypted.key", encrypted)
    folders.write(folder / "noise.pem", os.urandom(5000))
    with open(folder / "huge.crt", "wb") as file:
        file.truncate(50 * 1024 * 1024)
    os.mkfifo(folder / "fifo.pem")
    (folder / "docker.crt").mkdir()
    os.symlink("nowhere", folder / "dangling.crt")
    os.symlink("..", folder / "up")
    folders.write(folder / "volume/..2026/tls.crt", pki.pem(leaf))
    os.symlink("..2026", folder / "volume/..data")
    os.symlink("..data/tls.crt", folder / "volume/tls.crt")
    return {
        "der.pem": "der", "empty.crt": "empty", "key.crt": "key_instead_of_certificate", "cert.key": "certificate_instead_of_key",
        "text.crt": "not_pem", "cut.crt": "truncated", "noise.pem": None, "huge.crt": "too_large", "fifo.pem": "is_fifo",
        "docker.crt": "is_directory", "dangling.crt": "dangling_symlink",
    }  # fmt: skip


@pytest.mark.parametrize("form", ["text", "json", "prometheus"])
def test_every_broken_file_has_a_reason_and_none_a_traceback(preflight, zoo, form):
    done = preflight("certs", "inspect", "zoo", "--format", form, "--at", "2026-06-01T12:00:00Z", timeout=20)
    assert (done.returncode, done.stderr) == (1, "")
    if form != "json":
        return
    found = json.loads(done.stdout)
    reasons = {os.path.basename(one["path"]): one["code"] for one in found["findings"] if one["level"] == "failure"}
    assert reasons.keys() == zoo.keys()
    assert {name: code for name, code in zoo.items() if code} == {
        name: reasons[name] for name, code in zoo.items() if code
    }
    notes = {(os.path.basename(one["path"]), one["code"]) for one in found["findings"] if one["level"] == "note"}
    assert {("crlf.crt", "crlf"), ("crlf.crt", "byte_order_mark"), ("encrypted.key", "encrypted_key")} <= notes
    paths = [file["path"] for file in found["files"]]
    assert [path for path in paths if path.endswith("tls.crt")] == ["zoo/volume/tls.crt"]


def test_no_part_of_a_key_is_ever_said(preflight, tmp_path):
    folders.whole(tmp_path / "ssl")
    keys = b"".join((tmp_path / "ssl" / f"{name}-key.pem").read_bytes() for name in ("server", "client")).decode()
    secret = [line for line in keys.splitlines() if not line.startswith("-")]
    for form in ("text", "json", "prometheus"):
        done = preflight("certs", "inspect", "--format", form)
        assert not any(part in done.stdout + done.stderr for line in secret for part in (line, line[:12]))


def test_a_reader_that_goes_away_is_no_bug(preflight, tmp_path):
    folders.whole(tmp_path / "ssl")
    program = shutil.which("preflight", path=os.path.dirname(sys.executable)) or "preflight"
    done = subprocess.run(
        ["sh", "-c", f"{program} certs inspect ssl | head -1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


def test_completion_offers_it(preflight):
    for shell in ("bash", "zsh"):
        assert "--fail-within" in preflight("completion", shell).stdout
