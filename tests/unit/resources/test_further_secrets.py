"""Secrets in what is neither a setting nor a command: configs, volumes, log drivers, builds, hooks, headers."""

from __future__ import annotations

import pytest

HEAD = "services:\n  app:\n    image: example/app:1\n"
PEM = "-----BEGIN {}-----\nYWJjZGVmZ2hpamtsbW5vcA==\n-----END {}-----"


def given(of_compose, rest, **options):
    found = of_compose("compose_secret", HEAD + rest, **options)
    return {name: (one.place, one.given) for name, one in found.items()}


CONTENTS = [
    ("password = hunter2hunter2", {"password": "literal"}),
    ("password=hunter2hunter2", {"password": "literal"}),
    ("  db_password: 'hunter2 hunter2' # a comment", {"db_password": "literal"}),
    ("export API_TOKEN=hunter2hunter2", {"API_TOKEN": "literal"}),
    ("requirepass hunter2hunter2", {"requirepass": "literal"}),
    ('{"user": "app", "password": "hunter2,hunter2"}', {"password": "literal"}),
    ("spring.datasource.password=hunter2hunter2", {"spring.datasource.password": "literal"}),
    ("url: postgresql://app:hunter2hunter2@db/app", {"a connection string": "literal"}),
    ("url = 'host=db user=app password=hunter2hunter2'", {"a connection string": "literal"}),
    ("ALTER USER app PASSWORD 'hunter2hunter2';", {"a password in SQL": "literal"}),
    ("CREATE USER app IDENTIFIED BY 'hunter2hunter2';", {"a password in SQL": "literal"}),
    (PEM.format("PRIVATE KEY", "PRIVATE KEY"), {"a private key": "literal"}),
    (PEM.format("EC PRIVATE KEY", "EC PRIVATE KEY"), {"a private key": "literal"}),
    ("password = ${PW}", {"password": "variable"}),
    ("password = ${PW:-hunter2hunter2}", {"password": "default"}),
    ("url: postgresql://app:${PW}@db/app", {"a connection string": "variable"}),
    ("password: {{ .Env.PASSWORD }}", {}),
    ("password_file: /run/secrets/pw", {}),
    ("password: /run/secrets/pw", {"password": "file"}),
    ("password = $$__file{/run/secrets/pw}", {}),
    ("# password = hunter2hunter2", {}),
    ("; password = hunter2hunter2", {}),
    ("password = os.environ['PW']", {}),
    ("password = settings.password", {}),
    ("token = get_token()", {}),
    ("password_encryption = scram-sha-256", {}),
    ("password:", {}),
    ("ssl_certificate_key /etc/tls/server.key;", {}),
    ("proxy_pass http://app:8000;", {}),
    ("the password is asked for at the start", {}),
    (PEM.format("CERTIFICATE", "CERTIFICATE"), {}),
]  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), CONTENTS)
def test_of_the_content_of_a_config(of_compose, content, expected):
    indented = content.replace("\n", "\n      ")
    rest = f"    configs: [one]\nconfigs:\n  one:\n    content: |\n      {indented}\n"
    found = given(of_compose, rest, environment={"PW": "hunter2hunter2"})
    assert {name.removeprefix("config one, "): how for name, (_, how) in found.items()} == expected
    assert {place for place, _ in found.values()} <= {"config"}


def test_no_name_that_may_be_a_piece_of_a_secret_is_shown(of_compose):
    rest = (
        "    configs: [one]\nconfigs:\n  one:\n    content: |\n      Zm9vYmFyYmF6cXV4enl6enlLRVk_key = hunter2hunter2\n"
    )
    assert not any("Zm9v" in name for name in given(of_compose, rest))


def test_a_config_from_a_variable_or_a_file_is_not_in_the_compose_file(of_compose):
    rest = "    configs: [a, b]\nconfigs:\n  a: {environment: PW}\n  b: {file: ./b}\n"
    assert not given(of_compose, rest, environment={"PW": "password=hunter2hunter2"})


VOLUMES = [
    (
        "{type: cifs, device: //nas/share, o: 'username=app,password=hunter2hunter2'}",
        {"volume vol, password": "literal"},
    ),
    ("{type: cifs, device: //nas/share, o: 'username=app,pass=hunter2hunter2'}", {"volume vol, pass": "literal"}),
    ("{type: cifs, device: //nas/share, o: 'username=app,password=${PW}'}", {"volume vol, password": "variable"}),
    ("{type: cifs, device: //nas/share, o: 'credentials=/etc/cifs'}", {}),
    ("{type: nfs, device: ':/x', o: 'addr=nas,rw'}", {}),
    ("{password: hunter2hunter2}", {"volume vol, password": "literal"}),
]


@pytest.mark.parametrize(("options", "expected"), VOLUMES)
def test_of_the_options_of_a_volume(of_compose, options, expected):
    rest = f"    volumes: ['vol:/x']\nvolumes:\n  vol:\n    driver_opts: {options}\n"
    found = of_compose("compose_secret", HEAD + rest, environment={"PW": "x"})
    assert {name: one.given for name, one in found.items()} == expected
    assert all((one.place, one.origin.line) == ("volume", 7) for one in found.values())


def test_a_volume_that_nobody_uses_is_nobodys(of_compose):
    assert not given(of_compose, "volumes:\n  vol: {driver_opts: {o: 'password=hunter2hunter2'}}\n")


ELSEWHERE = [
    ("logging: {driver: splunk, options: {splunk-token: hunter2hunter2}}", {"splunk-token (logging)": ("logging", "literal")}),
    ("logging: {driver: loki, options: {loki-url: 'https://a:hunter2@loki/push'}}", {"loki-url (logging, password)": ("logging", "literal")}),
    ("logging: {driver: splunk, options: {splunk-token: '${PW}'}}", {"splunk-token (logging)": ("logging", "variable")}),
    ("logging: {driver: json-file, options: {max-size: 10m}}", {}),
    ("annotations: {com.example.api-token: hunter2hunter2}", {"com.example.api-token (annotation)": ("annotation", "literal")}),
    ("annotations: ['com.example.team=shop']", {}),
    ("build: 'https://ci:hunter2hunter2@git.example.com/a.git'", {"context, a URL": ("build_context", "literal")}),
    ("build: 'https://ci:${PW}@git.example.com/a.git'", {"context, a URL": ("build_context", "variable")}),
    ("build: 'https://0123456789abcdef0123456789@git.example.com/a.git'", {"context, a URL": ("build_context", "literal")}),
    ("build: 'https://someone@git.example.com/a.git'", {}),
    ("build: 'https://git.example.com/a.git'", {}),
    ("build: .", {}),
    ("build: {context: ., additional_contexts: {base: 'https://ci:hunter2@git.example.com/a.git'}}", {"base, a URL": ("build_context", "literal")}),
    ("build: {context: ., additional_contexts: ['base=https://ci:hunter2@git.example.com/a.git']}", {"base, a URL": ("build_context", "literal")}),
    ("build: {context: ., cache_to: ['type=s3,secret_access_key=hunter2hunter2']}", {"cache_to, secret_access_key": ("build_context", "literal")}),
    ("post_start: [{command: ./a, environment: {DB_PASSWORD: hunter2hunter2}}]", {"DB_PASSWORD (post_start)": ("environment", "literal")}),
    ("pre_stop: [{command: ./a, environment: ['DB_PASSWORD=hunter2hunter2']}]", {"DB_PASSWORD (pre_stop)": ("environment", "literal")}),
    ("post_start: [{command: ./a --token hunter2hunter2}]", {"post_start, --token": ("command", "literal")}),
    ("post_start: [{command: [./a, --token, '${PW}']}]", {"post_start, --token": ("command", "variable")}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), ELSEWHERE)
def test_of_other_places(of_compose, line, expected):
    assert given(of_compose, f"    {line}\n", environment={"PW": "x"}) == expected


DOCKERFILES = [
    ("ENV API_TOKEN=hunter2hunter2", {"ENV API_TOKEN": "literal"}),
    ("ENV A=1 API_TOKEN='hunter2 hunter2'", {"ENV API_TOKEN": "literal"}),
    ("ENV API_TOKEN hunter2hunter2", {"ENV API_TOKEN": "literal"}),
    ("ENV A=1 \\\n    API_TOKEN=hunter2hunter2", {"ENV API_TOKEN": "literal"}),
    ("ARG DB_PASSWORD=hunter2hunter2", {"ARG DB_PASSWORD": "literal"}),
    ("ARG DB_PASSWORD=${PW}", {"ARG DB_PASSWORD": "variable"}),
    ("ARG DB_PASSWORD", {}),
    ("ENV API_TOKEN=$$API_TOKEN", {"ENV API_TOKEN": "reference"}),
    ("ENV LOG_LEVEL=info", {}),
    ("RUN curl -u ci:hunter2hunter2 https://files.example.com", {"-u": "literal"}),
    ("# ENV API_TOKEN=hunter2hunter2", {}),
]


@pytest.mark.parametrize(("instruction", "expected"), DOCKERFILES)
def test_of_a_dockerfile_in_the_compose_file(of_compose, instruction, expected):
    indented = instruction.replace("\n", "\n        ")
    rest = (
        f"    build:\n      context: .\n      dockerfile_inline: |\n        FROM example/base:1\n        {indented}\n"
    )
    found = given(of_compose, rest, environment={"PW": "x"})
    assert {name.removeprefix("dockerfile_inline, "): how for name, (_, how) in found.items()} == expected
    assert {place for place, _ in found.values()} <= {"build_argument"}


HEADERS = [
    ("[CMD, curl, -H, 'Authorization: Bearer hunter2hunter2', 'http://localhost']", {"-H Authorization": "literal"}),
    ("curl -H 'Authorization: Bearer hunter2hunter2' http://localhost", {"-H Authorization": "literal"}),
    ("curl -H Authorization:hunter2hunter2 http://localhost", {"-H Authorization": "literal"}),
    ("curl --header 'X-Api-Key: hunter2hunter2' http://localhost", {"--header X-Api-Key": "literal"}),
    ("wget --header='X-Vault-Token: hunter2hunter2' http://localhost", {"--header X-Vault-Token": "literal"}),
    ("sh -c \"curl -H 'Authorization: Bearer hunter2hunter2' http://localhost\"", {"-H Authorization": "literal"}),
    ('curl -H "Authorization: Bearer $${TOKEN}" http://localhost', {"-H Authorization": "reference"}),
    ("curl -H 'Authorization: Bearer ${PW}' http://localhost", {"-H Authorization": "variable"}),
    ("curl -H 'Accept: application/json' --fail http://localhost", {}),
    ("curl -H 'Accept: a' --user me:hunter2hunter2 http://localhost", {"--user": "literal"}),
    ("curl -ume:hunter2hunter2 http://localhost", {"-u": "literal"}),
    ("curl --user=me:hunter2hunter2 http://localhost", {"--user": "literal"}),
    ("ldapsearch -H ldap://localhost -x", {}),
]  # fmt: skip


@pytest.mark.parametrize(("test", "expected"), HEADERS)
def test_of_headers(of_compose, test, expected):
    written = test if test.startswith("[") else "'" + test.replace("'", "''") + "'"
    found = given(of_compose, f"    healthcheck: {{test: {written}}}\n", environment={"PW": "x"})
    assert {name.removeprefix("healthcheck, "): how for name, (_, how) in found.items()} == expected
