"""Whatever form a secret stands in, and however innocent its setting is called, `preflight config` does not show it."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from preflight.bindings import Bindings
from preflight.model.origin import Origin
from preflight.model.secret_text import SecretText
from preflight.model.setting import Setting
from preflight.resources._redaction import MASK, Redaction

ADDRESSES = (
    "postgres://u:a@h1:5432,u:{}@h2/d",
    "postgres://u:{}@h1:5432,u:b@h2/d",
    "http://a/ http://u:{}@h/",
    "http://u:a@a/,http://u:{}@h/",
    "amqp://u:a@h1,amqp://u:{}@h2",
    "redis://{}@h:6379/0",
    "https://{}@github.com/org/repo",
    "https://h/x#access_token={}",
    "https://h/x?a=1#access_token={}&b=2",
    "https://h/x;password={}",
    "jdbc:sqlserver://h:1433;databaseName=d;password={};encrypt=true",
    "https://h/x?auth={}",
    "https://h/x?code={}&state=1",
    "https://h/x?credential={}",
    "https://h/x?sv=2022-11-02&sig={}",
    "https://h/x?X-Amz-Signature={}",
    "jdbc:oracle:thin:u/{}@h",
    "jdbc:oracle:thin:u/{}@//h:1521/x",
    "u/{}@db",
    "//u:{}@h",
    "u:{}@h",
    "u:{}@tcp(db:3306)/app",
    "amqp:u:{}@h",
)
FORMS = (
    '{{"password":"{}"}}',
    '{{"a":{{"b":[1,{{"apiKey":"{}"}}]}}}}',
    '{{"a":"{{\\"client_secret\\": \\"{}\\"}}"}}',
    '[{{"name":"DB_PASSWORD","value":"{}"}}]',
    '{{"url":"http://u:{}@h/"}}',
    '{{"password":"{}",',
    "{{'password': '{}'}}",
    "password: {}",
    "user: a, password: {}",
    "password:{}",
    "<password>{}</password>",
    "<c><user>a</user><password>{}</password></c>",
    '<add key="password" value="{}"/>',
    "AccountName=a;AccountKey={};EndpointSuffix=core.windows.net",
    "Endpoint=sb://h/;SharedAccessKey={}",
    "api-key={}",
    "x-tenant=a,api-key={}",
    "Authorization=Basic {}",
    "Authorization: {}",
    "Bearer {}",
    "bearer {}",
    "Basic {}",
    "Authorization=Bearer%20{}",
    "-Xmx512m -Ddb.pass={} -Da=b",
    "-Dspring.datasource.password={}",
    "--user a --pass {}",
    "--user a --pass={}",
    "-u admin:{}",
    "-uadmin:{}",
    "--user admin:{} -k",
    "mysql -uroot -p{}",
    "redis-cli -a {} ping",
    "requirepass {}",
    "machine h login u password {}",
    "host=h dbname=d password='{}'",
    "db:5432:app:u:{}",
    "SESSION_KEYS={}",
)
NAMES_OF_SECRETS = (
    "PGPASS", "MAIL_PW", "PASSWORT", "DB_PASSWORT", "SESSION_KEYS", "BASIC_AUTH", "CREDS", "CREDENTIALS", "LOGIN", "KEYPHRASE",
    "PASS", "PW", "TOKEN", "dbpassword", "clientsecret", "ADMIN_LOGIN_OLD", "DB_PASS2",
)  # fmt: skip

# Made of what no form ends at; never a word of a form's own.
canaries = st.text("bcdfghjklmnpqrstvwxz", min_size=7, max_size=13).map(lambda text: f"q{text}7")
names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", min_size=1, max_size=12).map(lambda text: f"X{text}")


def shown(name, text):
    one = Setting(name=name, value=SecretText(text), origin=Origin(setting=name))
    return Redaction(Bindings(), [one]).setting(one)


@pytest.mark.parametrize("form", [*ADDRESSES, *FORMS])
@settings(max_examples=25)  # of each of many forms
@given(canary=canaries, name=names)
def test_no_form_shows_its_secret(form, canary, name):
    text = form.format(canary)
    assert canary not in (shown(name, text) or "")
    assert canary not in (shown(name, quote(text, safe="")) or "")
    assert canary not in (shown(name, json.dumps({"a": [text]})) or "")


@pytest.mark.parametrize("form", ADDRESSES)
@settings(max_examples=50)
@given(canary=st.text("bcdfghkq79-_.!~*'()$+,;=/?#:@%", min_size=5, max_size=12))
def test_no_sign_in_a_password_shows_a_piece_of_it(form, canary):
    text = form.format(f"{canary}qzqzq")
    assume("=qzqzq" not in text and "&" not in canary)
    assert "qzqzq" not in (shown("X", text) or "")


@pytest.mark.parametrize("form", [*ADDRESSES, *FORMS])
def test_what_is_secret_in_one_form_is_shown_in_no_other_setting(form):
    canary = "qbvxkzw7"
    rows = [
        Setting(name=name, value=SecretText(text), origin=Origin(setting=name))
        for name, text in (("X", form.format(canary)), ("Y", canary))
    ]
    assert Redaction(Bindings(), rows).setting(rows[1]) is None


@pytest.mark.parametrize("name", NAMES_OF_SECRETS)
def test_values_of_these_names_are_hidden(name):
    assert shown(name, "qbvxkzw7") is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("BASIC_AUTH", "true"),
        ("API_AUTH", "oidc"),
        ("LOGIN", "https://sso.example.com/login"),
        ("GOOGLE_CREDENTIALS", "/run/secrets/google.json"),
        ("PWD", "/srv/app"),
        ("EMAIL", "Shop <admin@example.com>"),
        ("MAILTO", "mailto:admin@example.com"),
        ("IMAGE", "registry:5000/team/app:1.2@sha256:abc"),
        ("REPOSITORY", "git@github.com:org/repo.git"),
        ("SCHEDULE", "@every 5m"),
        ("SERVER", "h1:5432,h2:5432"),
        ("LISTEN", "[::1]:8080"),
        ("RESOLVER", "fd00:10:0:0:0:0:0:1"),
        ("MAC", "00:11:22:33:44:55"),
        ("AUTH_SERVER", "auth:9000"),
        ("ORIGINS", '["https://a.example.com", "https://b.example.com:8443"]'),
        ("JSON", '{"level": "info", "pool": {"size": 5, "hosts": ["a", "b"]}, "auth": true}'),
        ("HOSTS", "http://a:9200,http://b:9200"),
        ("DSN", "postgresql://app@db.internal/app?sslmode=verify-full&connect_timeout=5"),
        ("JAVA_OPTS", "-Xms256m -Xmx512m -Djava.security.egd=file:/dev/urandom"),
        ("FORMAT", "%(asctime)s %(levelname)s: %(message)s"),
        ("LOGGERS", "a.security.auth=INFO,b=WARN"),
        ("DESCRIPTION", "A basic service: it takes orders"),
        ("RUN_AS", "-u 1000:1000"),
        ("ENCODED", "https://h/a%20b?x=%2Fy"),
        ("TEMPLATE", "https://%{host}:${PORT}/"),
        ("MONGO", "mongodb://h1:27017,h2:27017/app?authSource=admin&authMechanism=SCRAM-SHA-256"),
        ("ODD", "https://h/?allowPublicKeyRetrieval=true"),
        ("STATE", '{"password": "", "token": null}'),
    ],
)
def test_what_holds_no_secret_stays_as_it_is(name, text):
    assert shown(name, text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("u:S@tcp(db:3306)/app", f"u:{MASK}@tcp(db:3306)/app"),
        ("amqp:u:S@h", f"amqp:{MASK}@h"),
        ("//u:S@h", f"//u:{MASK}@h"),
        ("http://a/ http://u:S@h/", f"http://a/ http://{MASK}@h/"),
        ("postgres://u:a@h1:5432,u:S@h2/d", f"postgres://u:{MASK}@h2/d"),
        ("https://h/x?sv=1&sig=S&a=b", f"https://h/x?sv=1&sig={MASK}&a=b"),
        ("https://h/x#access_token=S", f"https://h/x#access_token={MASK}"),
    ],
)
def test_of_addresses_the_rest_is_shown(text, expected):
    assert shown("X", text) == expected


def test_a_long_text_is_hidden_at_once():
    assert shown("X", "a:b " * 250_000) is None


def test_options_of_a_command():
    words = [
        "curl",
        "-u",
        "admin:qbvxkzw7",
        "-Ddb.pass=qbvxkzw7",
        "--login",
        "qbvxkzw7",
        "amqp:u:qbvxkzw7@h",
        "--level=info",
    ]
    assert Redaction(Bindings(), []).words(map(SecretText, words)) == [
        "curl", "-u", f"admin:{MASK}", f"-Ddb.pass={MASK}", "--login", MASK, f"amqp:{MASK}@h", "--level=info",
    ]  # fmt: skip


def test_a_project_says_what_is_no_secret():
    one = Setting(name="LOGIN", value=SecretText("guest"), origin=Origin(setting="LOGIN"))
    assert Redaction(Bindings(not_secret=["LOGIN"]), [one]).setting(one) == "guest"
