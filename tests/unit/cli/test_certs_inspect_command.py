"""`preflight certs inspect`: its options, formats, places to write to, and exit codes."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest
from prometheus_client.parser import text_string_to_metric_families
from support import certificate_folders as folders
from support import pki

from preflight.cli.commands.certs_inspect import _duration, _moment, shows_unicode
from preflight.cli.main import main
from preflight.documents.schemas import json_schema
from preflight.errors import UsageError

AT = ("--at", "2026-06-01T12:00:00Z")


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")


@pytest.fixture
def inspect(capfd):
    """Run the command; returns exit code, standard output and standard error."""

    def call(*arguments):
        code = main(["certs", "inspect", *map(str, arguments)])
        said = capfd.readouterr()
        return code, said.out, said.err

    return call


def test_text_is_the_default_and_ascii_in_a_plain_locale(inspect, tmp_path, monkeypatch):
    folders.whole(tmp_path / "ssl")
    code, out, err = inspect(*AT)
    assert (code, err) == (0, "")
    assert out.startswith("FINE: 3 certificates and 2 keys in 5 files")
    assert out.isascii()
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert "█" in inspect(*AT)[1]


def test_json_is_one_document_by_its_schema(inspect, tmp_path):
    folders.whole(tmp_path / "ssl")
    schema = json_schema("certificates.schema.json")
    code, out, _ = inspect("ssl", "--format", "json", "--fail-within", "26w", *AT)
    found = json.loads(out)
    jsonschema.validate(found, schema)
    assert (code, found["exit_code"], found["at"], found["fail_within_days"]) == (1, 1, "2026-06-01T12:00:00Z", 182)
    assert {one["code"] for one in found["findings"]} == {"expires_within"}
    code, out, _ = inspect("gone", "--format", "json", *AT)
    found = json.loads(out)
    jsonschema.validate(found, schema)
    assert (code, found["exit_code"], found["findings"][0]["code"]) == (4, 4, "missing")


def test_without_at_it_is_now(inspect, tmp_path):
    now = datetime.now(UTC).replace(microsecond=0)
    shape = pki.Shape(not_before=now - timedelta(days=1), not_after=now + timedelta(days=2, hours=1), ca=True)
    folders.write(tmp_path / "server.crt", pki.pem(pki.issue(shape)))
    (one,) = json.loads(inspect("--format", "json")[1])["files"][0]["certificates"]
    assert (one["remaining_days"], one["validity"]) == (2, "valid")


@pytest.mark.parametrize(("text", "days"), [("30d", 30), ("2w", 14), ("12h", 0.5), ("7", 7), ("0d", 0), ("1D", 1)])
def test_durations(text, days):
    assert _duration(text) == days


@pytest.mark.parametrize("text", ["", "d", "soon", "-3d", "1.5d", "30 d", "30m", "٣d", "9999999d"])
def test_what_is_no_duration_is_wrong_usage(inspect, text):
    with pytest.raises(UsageError):
        _duration(text)
    code, out, err = inspect(f"--fail-within={text}")
    assert (code, out) == (2, "")
    assert "--fail-within 30d" in err


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-01-31", datetime(2027, 1, 31, tzinfo=UTC)),
        ("2027-01-31T12:30:00Z", datetime(2027, 1, 31, 12, 30, tzinfo=UTC)),
        ("2027-01-31T12:30:00+02:00", datetime(2027, 1, 31, 10, 30, tzinfo=UTC)),
        ("2027-01-31 12:30", datetime(2027, 1, 31, 12, 30, tzinfo=UTC)),
    ],
)
def test_moments(text, moment):
    assert _moment(text) == moment


@pytest.mark.parametrize("text", ["", "tomorrow", "31.01.2027", "2027-02-30", "0001-01-01T00:00:00+23:00"])
def test_what_is_no_date_is_wrong_usage(inspect, text):
    code, out, err = inspect(f"--at={text}")
    assert (code, out) == (2, "")
    assert "ISO 8601" in err


@pytest.mark.parametrize("at", ["0001-01-01", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_can_be_looked_from(inspect, tmp_path, at):
    folders.whole(tmp_path)
    for form in ("text", "json", "prometheus"):
        assert inspect("--at", at, "--format", form)[0] == 1


@pytest.mark.parametrize(
    ("variables", "answer"),
    [
        ({}, False), ({"LANG": "C"}, False), ({"LANG": "en_US.UTF-8"}, True), ({"LC_CTYPE": "C.utf8", "LANG": "C"}, True),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, False), ({"LC_ALL": "", "LANG": "de_DE.UTF-8"}, True),
        ({"LANG": "C.UTF-8", "TERM": "dumb"}, False), ({"LANG": "C.UTF-8", "TERM": "linux"}, False),
    ],
)  # fmt: skip
def test_the_locale_says_what_may_be_drawn(variables, answer):
    assert shows_unicode(variables) is answer


def test_a_file_is_replaced_at_once(inspect, tmp_path):
    folders.whole(tmp_path / "ssl")
    target = tmp_path / "certificates.prom"
    target.write_text("old", encoding="ascii")
    os.chmod(target, 0o600)
    before = target.stat().st_ino
    code, out, err = inspect("ssl", "--format", "prometheus", "-o", target, *AT)
    assert (code, out, err) == (0, "", "")
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert target.stat().st_ino != before
    families = {one.name for one in text_string_to_metric_families(target.read_text(encoding="utf-8"))}
    assert "preflight_certificate_not_after_timestamp_seconds" in families
    assert sorted(os.listdir(tmp_path)) == ["certificates.prom", "ssl"]


def test_a_link_stays_a_link_and_a_failure_keeps_its_code(inspect, tmp_path):
    (tmp_path / "real").write_text("old", encoding="ascii")
    os.symlink("real", tmp_path / "link")
    assert inspect("gone", "--format", "json", "-o", "link")[0] == 4
    assert os.readlink(tmp_path / "link") == "real"
    assert json.loads((tmp_path / "real").read_text(encoding="utf-8"))["exit_code"] == 4


def test_what_cannot_be_written_is_said_and_leaves_nothing(inspect, tmp_path):
    folders.whole(tmp_path / "ssl")
    code, out, err = inspect("ssl", "-o", "gone/file", *AT)
    assert (code, out) == (4, "")
    assert "gone/file: the output cannot be written" in err
    (tmp_path / "folder").mkdir()
    assert inspect("ssl", "-o", "folder", *AT)[0] == 4
    assert sorted(os.listdir(tmp_path)) == ["folder", "ssl"]


def test_a_write_that_breaks_off_leaves_the_old_file(inspect, tmp_path, monkeypatch):
    folders.whole(tmp_path / "ssl")
    (tmp_path / "old").write_text("old", encoding="ascii")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)
    assert inspect("ssl", "-o", "old", *AT)[0] == 4
    assert (tmp_path / "old").read_text(encoding="ascii") == "old"
    assert sorted(os.listdir(tmp_path)) == ["old", "ssl"]


def test_a_ca_file_that_cannot_be_used_is_an_input_error(inspect, tmp_path):
    folders.whole(tmp_path / "ssl")
    code, out, err = inspect("ssl", "--ca", "gone.pem")
    assert (code, out) == (4, "")
    assert "gone.pem: the CA file cannot be used: there is no such file. Create it" in err


def test_an_action_that_does_not_exist_is_suggested_right(capfd):
    assert main(["certs", "inspct"]) == 2
    assert "did you mean inspect?" in capfd.readouterr().err
