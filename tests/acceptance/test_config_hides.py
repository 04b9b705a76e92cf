"""`preflight config` and `preflight check` show no secret, in whatever form it stands and however its setting is called."""

from __future__ import annotations

import json
import random
import string

import pytest

FORMS = (
    "postgres://u:a@h1:5432,u:{}@h2/d", "http://a/ http://u:{}@h/", "https://h/x#access_token={}", "https://h/x;password={}",
    "https://h/x?auth={}", "https://h/x?code={}", "https://h/x?credential={}", "https://h/x?sig={}", "jdbc:oracle:thin:u/{}@h",
    "//u:{}@h", "u:{}@h", "u:{}@tcp(db:3306)/app", "amqp:u:{}@h", "postgres%3A%2F%2Fu%3A{}%40h", '{{"password":"{}"}}',
    '{{"a":[{{"clientSecret":"{}"}}]}}', "password: {}", "<password>{}</password>", "AccountName=a;AccountKey={}", "api-key={}",
    "Bearer {}", "Basic {}", "-Ddb.pass={}", "--user a --pass {}", "-u admin:{}",
)  # fmt: skip
NAMES = ("PGPASS", "MAIL_PW", "PASSWORT", "SESSION_KEYS", "BASIC_AUTH", "CREDS", "CREDENTIALS", "LOGIN", "KEYPHRASE")


def word(size):
    return "".join(random.choices(string.ascii_lowercase, k=size))


@pytest.fixture
def canaries(tmp_path):
    """Write a project whose env file and service hold a secret in each form; return the secrets."""
    rows = {f"X_{word(6).upper()}_{number}": form for number, form in enumerate(FORMS)} | dict.fromkeys(NAMES, "{}")
    found = {name: f"q{word(9)}{random.randrange(10)}" for name in rows}
    texts = {name: form.format(found[name]) for name, form in rows.items()}
    (tmp_path / ".env").write_text("".join(f"{name}='{text}'\n" for name, text in texts.items()), encoding="utf-8")
    (tmp_path / ".env").chmod(0o600)
    service = {
        "image": "registry.example.com/api:1.4.2",
        "environment": {f"S_{name}" if name not in NAMES else name: text for name, text in texts.items()}
        | {"LOG_LEVEL": "info"},
        "command": ["serve", "-u", f"admin:{found['LOGIN']}", f"-Ddb.pass={found['CREDS']}", "--level=info"],
    }
    # JSON is YAML; `$` is in none of the texts.
    (tmp_path / "compose.yaml").write_text(json.dumps({"services": {"api": service}}), encoding="utf-8")
    return found


@pytest.mark.parametrize("command", ["config", "check"])
@pytest.mark.parametrize("kind", ["text", "json"])
def test_no_form_is_shown(preflight, canaries, command, kind):
    for arguments in (["."], [".env"], ["-f", "compose.yaml"]):
        done = preflight(command, *arguments, "--format", kind)
        assert done.returncode in {0, 1}, done.stderr
        assert len(done.stdout) > 1000
        seen = {name for name, canary in canaries.items() if canary in done.stdout + done.stderr}
        assert not seen


def test_what_is_no_secret_is_shown(preflight, canaries):
    assert canaries
    services = json.loads(preflight("config", "-f", "compose.yaml", "--format", "json").stdout)["subjects"]
    api = next(one for one in services if one["id"] == "service:api")
    values = {one["name"]: one["value"] for one in api["settings"]}
    assert values["LOG_LEVEL"] == "info"
    assert any(value == "postgres://u:***@h2/d" for value in values.values())
    assert api["command"] == ["serve", "-u", "admin:***", "-Ddb.pass=***", "--level=info"]
