"""How the secrets of a Compose service are given to it."""

from __future__ import annotations

import pytest

HEAD = "services:\n  app:\n    image: postgres:17.2\n"


def given(of_compose, entry, **options):
    """Return how the secrets of one line of `environment:` are given, by name."""
    found = of_compose("compose_secret", f"{HEAD}    environment:\n      {entry}\n", **options)
    return {name: one.given for name, one in found.items()}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("DB_PASSWORD: hunter2hunter2", {"DB_PASSWORD": "literal"}),
        ("- DB_PASSWORD=hunter2hunter2", {"DB_PASSWORD": "literal"}),
        ("- DB_PASSWORD=${X}", {"DB_PASSWORD": "variable"}),
        ("- DB_PASSWORD=${X:-hunter2}", {"DB_PASSWORD": "default"}),
        ("DB_PASSWORD: ${DB_PASSWORD:-hunter2}", {"DB_PASSWORD": "default"}),
        ("DB_PASSWORD: pa$word", {"DB_PASSWORD": "literal"}),
        ("- DB_PASSWORD=pa$word", {"DB_PASSWORD": "literal"}),
        ("DB_PASSWORD:", {}),
        ("DB_PASSWORD_FILE: /run/secrets/db", {"DB_PASSWORD": "file"}),
        ("DATABASE_URL: postgresql://app:hunter2@db/app", {"DATABASE_URL (password)": "literal"}),
        ("ANYTHING: https://me:hunter2@example.com/", {"ANYTHING (password)": "literal"}),
        ("JAVA_OPTS: -Xmx1g -Djavax.net.ssl.keyStorePassword=hunter2", {"JAVA_OPTS, -Djavax.net.ssl.keyStorePassword": "literal"}),
        ("REDIS_ARGS: --requirepass ${X}", {"REDIS_ARGS, --requirepass": "variable"}),
        ("PASSWORD_MIN_LENGTH: 16", {}),
        ("SECRET_ROTATION_DAYS: 30", {}),
        ("POSTGRES_HOST_AUTH_METHOD: scram-sha-256", {}),
        ("POSTGRES_INITDB_ARGS: --auth-host=scram-sha-256", {}),
        ("KMS_KEY_ALIAS: alias/app", {}),
        ('MYSQL_ALLOW_EMPTY_PASSWORD: "yes"', {}),
        ("SENTRY_DSN: https://key@errors.example.com/1", {}),
    ],
)  # fmt: skip
def test_of_the_environment(of_compose, entry, expected):
    assert given(of_compose, entry) == expected


def test_a_name_alone_passes_what_the_shell_has(of_compose):
    for entry in ("- DB_PASSWORD", "DB_PASSWORD:"):
        assert given(of_compose, entry, environment={"DB_PASSWORD": "x"}) == {"DB_PASSWORD": "passed"}


def test_a_default_counts_where_the_variable_is_set_too(of_compose):
    entry = "DATABASE_URL: ${DATABASE_URL:-postgresql://app:hunter2@db/app}"
    expected = {"DATABASE_URL (password)": "default"}
    assert given(of_compose, entry) == expected
    assert given(of_compose, entry, environment={"DATABASE_URL": "postgresql://app@db/app"}) == expected


def test_an_env_file_of_a_service(of_compose):
    found = of_compose(
        "compose_secret", f"{HEAD}    env_file: app.env\n", files={"app.env": "API_TOKEN=${X}\nPLAIN=1\n"}
    )
    assert {name: one.given for name, one in found.items()} == {"API_TOKEN": "env_file"}


def test_a_token_is_known_without_a_name(of_compose):
    token = "_".join(("ghp", "0" * 36))
    assert given(of_compose, f"UPSTREAM: {token}") == {"UPSTREAM": "literal"}


COMMANDS = [
    ("command: redis-server --requirepass hunter2", {"command, --requirepass": "literal"}),
    ("command: redis-server --requirepass=hunter2", {"command, --requirepass": "literal"}),
    ("command: [redis-server, --requirepass, hunter2]", {"command, --requirepass": "literal"}),
    ('command: [redis-server, --requirepass, "${X}"]', {"command, --requirepass": "variable"}),
    ("command: redis-server --requirepass ${X:?}", {"command, --requirepass": "required"}),
    ("command: sh -c 'redis-server --requirepass \"$$PW\"'", {"command, --requirepass": "reference"}),
    ("command: app --password hunter2 --api-key=abc", {"command, --password": "literal", "command, --api-key": "literal"}),
    ("command: app --password-file /run/secrets/pw --max-tokens 100", {}),
    ("command: app --token /run/secrets/token", {"command, --token": "file"}),
    ("command: app --auth-token --verbose", {}),
    ("command: postgres -c password_encryption=scram-sha-256 -c ssl=on", {}),
    ("entrypoint: sh -c 'PGPASSWORD=hunter2 psql postgresql://a:b@h/d'", {"entrypoint, PGPASSWORD": "literal", "entrypoint, a URL": "literal"}),
    ("healthcheck: {test: mysqladmin ping -uroot -phunter2}", {"healthcheck, -p": "literal"}),
    ("healthcheck: {test: [CMD, mysqladmin, ping, -phunter2]}", {"healthcheck, -p": "literal"}),
    ("healthcheck: {test: mysqladmin ping -p$$MYSQL_ROOT_PASSWORD}", {"healthcheck, -p": "reference"}),
    ("healthcheck: {test: redis-cli -a hunter2 ping}", {"healthcheck, -a": "literal"}),
    ("healthcheck: {test: curl -u me:hunter2 http://localhost}", {"healthcheck, -u": "literal"}),
    ("healthcheck: {test: curl -f http://localhost/health?token=x}", {}),
    ("healthcheck: {test: pg_isready -U app -p 5432}", {}),
    ("command: mkdir -p /data", {}),
    ("command: node -e 'log(\"export JWT_SECRET=\"+text)'", {}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), COMMANDS)
def test_of_commands(of_compose, line, expected):
    found = of_compose("compose_secret", f"{HEAD}    {line}\n", environment={"X": "x"})
    assert {name: one.given for name, one in found.items()} == expected


@pytest.mark.parametrize(
    ("line", "variables", "state"),
    [
        ("redis-server --requirepass ${X}", {}, "empty"),
        ("redis-server --requirepass ${X} --appendonly yes", {}, "empty"),
        ("redis-server --requirepass ${X:-}", {"X": ""}, "empty"),
        ("redis-server --requirepass ${X}", {"X": "x"}, "set"),
        ("redis-cli -a ${X} ping", {}, "empty"),
        ("app --url redis://:${X}@cache", {}, "empty"),
        ("app --url redis://:${X}@cache", {"X": "x"}, "set"),
    ],
)
def test_a_secret_of_a_command_that_came_out_empty(of_compose, line, variables, state):
    found = of_compose("compose_secret", f"{HEAD}    command: {line}\n", environment=variables)
    assert [one.state for one in found.values()] == [state]


def test_build_arguments_and_labels(of_compose):
    compose = f"""{HEAD}    build:
      context: .
      args: {{NPM_TOKEN: "${{X}}", VERSION: 3, VITE_API_KEY: abc, INDEX: "https://a:b@example.com/"}}
    labels: {{com.example.api-token: abc, traefik.enable: "true"}}
"""
    found = of_compose("compose_secret", compose, environment={"X": "x"})
    assert {name: (one.place, one.given) for name, one in found.items()} == {
        "NPM_TOKEN (build argument)": ("build_argument", "variable"),
        "INDEX (build argument, password)": ("build_argument", "literal"),
        "com.example.api-token (label)": ("label", "literal"),
    }


SECRETS = """
secrets:
  one: {file: ./one.txt}
  two: {file: ./two.txt}
  three: {environment: THREE}
  four: {environment: FOUR}
  five: {external: true}
"""


def test_secrets_of_the_project(of_compose):
    compose = (
        f"{HEAD}    environment: {{POSTGRES_PASSWORD_FILE: /run/secrets/two}}\n"
        f"    secrets: [one, two, three, four, five]\n{SECRETS}"
    )
    found = of_compose("compose_secret", compose, environment={"THREE": "x"}, files={"one.txt": "x"})
    assert {name: (one.given, one.state, one.kind) for name, one in found.items()} == {
        "POSTGRES_PASSWORD": ("file", "unreadable", None),
        "one": ("file", "set", "regular"),
        "two": ("file", "set", "missing"),
        "three": ("variable", "set", None),
        "four": ("variable", "unset", None),
        "five": ("external", "reference", None),
    }
    assert found["two"].read_by == ("POSTGRES_PASSWORD_FILE",)
    assert found["one"].file == "one.txt"
    assert str(found["one"].via[0]) == "compose.yaml:8:3"


def test_images_that_take_it_as_a_file(of_compose):
    entry = '    environment: {POSTGRES_PASSWORD: "${X}", MYSQL_PASSWORD: "${X}", GF_SECURITY_ADMIN_PASSWORD: "${X}"}\n'  # fmt: skip
    for image, name in (
        ("postgres:17", "POSTGRES_PASSWORD"),
        ("docker.io/library/postgres@sha256:00", "POSTGRES_PASSWORD"),
        ("registry.example.com:5000/mariadb:11", "MYSQL_PASSWORD"),
        ("grafana/grafana:11", "GF_SECURITY_ADMIN_PASSWORD"),
    ):
        found = of_compose("compose_secret", f"services:\n  app:\n    image: {image}\n{entry}", environment={"X": "x"})
        assert [one.name for one in found.values() if one.file_form] == [name]


def test_a_key_on_the_command_line_is_not_shown(of_compose):
    key = "Zx9" * 10
    found = of_compose("compose_secret", f"{HEAD}    command: app --{key}-password=x --password x\n")
    assert list(found) == ["command, an option", "command, --password"]
    assert not any(key in str(value) for one in found.values() for _, value in one.items())


def test_a_path_that_is_none_is_told_as_such(of_compose):
    text = f'{HEAD}    secrets: [key]\nsecrets:\n  key: {{file: "a\\0b"}}\n'
    (found,) = of_compose("compose_secret", text).values()
    assert found.kind == "invalid_path"
