"""What to do about a line of an env file that its readers read differently: by its cause."""

from __future__ import annotations

import secrets

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
        (b"GREETING='${HOME}'\n", "in double quotes"),
        (b"A=1\nGREETING=${A}&c\n", "Put the value in double quotes; in single ones"),
        (b"A=1\nGREETING=$A.\n", "Write `${NAME}` instead of `$NAME`."),
        (b"A=1\nGREETING=${A-x}\n", "Write `${NAME}` or `${NAME:-text}`"),
        (b"GREETING=${HOME\n", "Close the brace"),
        (b"GREETING hello\n", "with an equals sign instead of the blank"),
        (b"NICE GREETING=hello\n", "Take the blank out of the name"),
        (b"GREETING=a\nGREETING=b\n", "Keep one of the lines"),
        (b"GREETING: hello\n", "Write NAME=value"),
        (b"\xef\xbb\xbfGREETING=hello\n", "without a byte order mark"),
        (b"ENV=production\nGREETING=it's\n", "quote"),
    ],
)
def test_the_remedy_is_the_one_for_the_cause(tmp_path, line, said):
    assert said in remedy(tmp_path, line)


def lines_of(tmp_path, text, dialect="dotenv"):
    """Return what is said of the lines of an env file: rule, severity, name and message."""
    path = tmp_path / ".env.production"
    path.write_text(text)
    path.chmod(0o600)
    report = judge(tmp_path, process=None, env_files=(path.name,), stage="build", dialect=dialect)
    return [
        (one["rule"], one["severity"], one["resource"]["name"], one["message"])
        for one in report["findings"]
        if one["rule"].startswith("env-line") and one["status"] == "fail"
    ]


@pytest.mark.parametrize("dialect", ["dotenv", "compose", "shell"])
@pytest.mark.parametrize(
    ("line", "name", "said"),
    [
        ("SECRET_KEY {}", "SECRET_KEY", "the `=` behind the name is missing"),
        ("SECRET_KEY {}==", "SECRET_KEY", "the `=` behind the name is missing"),
        ("GREETING {}", "GREETING", "the `=` behind the name is missing"),
        ("db_password {}", "line 2", "the `=` behind the name is missing"),
        ("BAD LINE={}", "line 2", "its name has a blank in it"),
        ("SMTP_PASSWORD: {}", "SMTP_PASSWORD", "a colon stands in the place of the `=`"),
        ("SMTP_PASSWORD:{}", "SMTP_PASSWORD", "a colon stands in the place of the `=`"),
    ],
)
def test_a_line_that_sets_nothing_is_one_finding_that_names_the_mistake(tmp_path, line, name, said, dialect):
    value = secrets.token_hex(32)
    text = f"ENV=production\n{line.format(value)}\n"
    ((rule, severity, named, message),) = lines_of(tmp_path, text, dialect)
    assert (rule, severity, named) == ("env-line-assignment", "high", name)
    assert said in message
    assert value not in str(lines_of(tmp_path, text, dialect))


@pytest.mark.parametrize("line", ["set -a", "export GREETING", "# A B=c", "GREETING=a", "export GREETING=a"])
def test_what_a_shell_does_besides_is_no_such_mistake(tmp_path, line):
    assert "env-line-assignment" not in {one[0] for one in lines_of(tmp_path, f"ENV=production\n{line}\n")}


def test_every_line_at_which_a_reader_gives_up_is_told(tmp_path):
    text = "A_TOKEN=<your token>\nB_TOKEN=<your token>\nC_TOKEN=<your token>\nBAD LINE=x\nWORSE LINE=x\n"
    assert [one[2] for one in lines_of(tmp_path, text)] == ["line 4", "line 5", "A_TOKEN", "B_TOKEN", "C_TOKEN"]


def test_a_reference_is_told_only_where_readers_differ_about_it(tmp_path):
    value = secrets.token_hex(16)
    url = "DATABASE_URL=postgresql://app:${DB_PASSWORD}@db.internal/app"
    assert lines_of(tmp_path, f"DB_PASSWORD={value}\n{url}\n") == []
    assert [one[2] for one in lines_of(tmp_path, f"DB_PASSWORD={value}$x\n{url}\n")] == ["DB_PASSWORD"]
    ((_, _, name, message),) = lines_of(tmp_path, f"DB_PASSWORD={value}\n{url}?a=b&c=d\n")
    assert name == "DATABASE_URL"
    assert message.endswith("from this line: a shell ends the value at `&` or `;`")


def test_no_sentence_of_a_remedy_is_said_twice(tmp_path):
    said = remedy(tmp_path, b"GREETING=pa$word&c; d\n")
    assert said.count("Put the value in single quotes") == 1


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
