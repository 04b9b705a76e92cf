"""What to do about a line of an env file that its readers read differently: by its cause."""

from __future__ import annotations

import pytest
from gating import judge


def remedy(tmp_path, line):
    path = tmp_path / ".env"
    path.write_bytes(line)
    path.chmod(0o600)
    report = judge(tmp_path, process=None, env_files=(".env",), stage="build", dialect="dotenv")
    found = [one for one in report["findings"] if one["rule"].startswith("env-line") and one["status"] == "fail"]
    return " ".join(one["remediation"] for one in found)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"GREETING=hello\r\n", "Save the file with line feeds alone"),
        (b"GREETING=hello world\n", "Put the value in single quotes."),
        (b"GREETING= #c\n", "Put the value in single quotes."),
        (b"GREETING=pa$word\n", "Put the value in single quotes; where it holds `${`"),
        (b"GREETING='${HOME}'\n", "Make a value without `${`"),
        (b"GREETING=a\nGREETING=b\n", "Keep one of the lines"),
        (b"GREETING: hello\n", "Write NAME=value"),
        (b"\xef\xbb\xbfGREETING=hello\n", "without a byte order mark"),
        (b"ENV=production\nGREETING=it's\n", "quote"),
    ],
)
def test_the_remedy_is_the_one_for_the_cause(tmp_path, line, said):
    assert said in remedy(tmp_path, line)


def test_a_carriage_return_is_not_told_to_be_quoted(tmp_path):
    assert "single quotes" not in remedy(tmp_path, b"GREETING=hello\r\n")


@pytest.mark.parametrize(
    ("settings", "said"),
    [({}, "no lowest TLS version is set"), ({"SERVER_TLS_MIN_VERSION": "1.2"}, "the lowest TLS version is 1.2")],
)
def test_a_version_that_is_not_set_is_said_to_be_not_set(tmp_path, settings, said):
    report = judge(tmp_path, process={"ENV": "production", "SERVER_TLS_ENABLED": "true", **settings})
    assert said in next(one["message"] for one in report["findings"] if one["rule"] == "tls-recommended-version")


def test_no_message_holds_a_placeholder_or_a_missing_value(tmp_path):
    (tmp_path / "folder").mkdir()
    settings = {
        "SERVER_TLS_ENABLED": "true", "SERVER_TLS_CERT_FILE": "folder", "SERVER_TLS_KEY_FILE": "gone.pem", "CORS_ORIGINS": "*",
        "API_TOKEN_FILE": "folder", "DATABASE_URL": "postgresql://h/d", "REDIS_URL": "redis://r", "JWT_ALGORITHM": "HS256",
    }  # fmt: skip
    report = judge(tmp_path, process=settings, env_files=())
    for one in report["findings"]:
        if one["status"] in {"fail", "error"}:
            said = one["message"] + one["remediation"]
            assert "(none)" not in said
            assert "{" not in said.replace("${", "")
