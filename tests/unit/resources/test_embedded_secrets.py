"""Secrets that stand within a longer text: JSON, XML, lists, SQL, files of programs; and what looks like one and is none."""

from __future__ import annotations

import json

import pytest

from preflight.model.fact import Unknown
from preflight.resources._written import mark

S = "hunter2Hunter2hunter2"
KEY = f"-----BEGIN PRIVATE KEY-----\\n{S}{S}\\n-----END PRIVATE KEY-----\\n"


def given(of_compose, service, project=None, **options):
    whole = {"services": {"app": {"image": "example/app:1", **service}}, **(project or {})}
    found = of_compose("compose_secret", json.dumps(whole), **options)
    return {name: one.given for name, one in found.items()}


def in_config(of_compose, content):
    found = given(of_compose, {"configs": ["one"]}, {"configs": {"one": {"content": content}}})
    return {name.removeprefix("config one, "): how for name, how in found.items()}


SETTINGS = [
    ("SPRING_APPLICATION_JSON", json.dumps({"spring.datasource.password": S}), "spring.datasource.password"),
    ("SPRING_APPLICATION_JSON", json.dumps({"spring": {"datasource": {"password": S}}}), "password"),
    ("SETTINGS", json.dumps({"inner": json.dumps({"password": S})}), "password"),
    ("SETTINGS", json.dumps([{"name": "DB_PASSWORD", "value": S}]), "DB_PASSWORD"),
    ("SETTINGS", "{'password': '" + S + "'}", "password"),
    ("GOOGLE_CREDENTIALS", '{"private_key":"' + KEY + '"}', "a private key"),
    ("STORAGE", f"AccountName=x;AccountKey={S};EndpointSuffix=core.windows.net", "AccountKey"),
    ("OTEL_EXPORTER_OTLP_HEADERS", f"api-key={S}", "api-key"),
    ("OTEL_EXPORTER_OTLP_HEADERS", f"x=y,Authorization=Bearer {S}", "Authorization"),
    ("OTEL_EXPORTER_OTLP_HEADERS", f"Authorization=Basic%20{S}", "Authorization"),
    ("WEBHOOK", f"https://example.com/?api_key={S}", "api_key"),
    ("SETTINGS", f"server: 1\npassword: {S}\n", "password"),
    ("SETTINGS", f"token is ghp_{S}{S}", "a token"),
    ("START", f"--verbose --password {S}", "--password"),
]


@pytest.mark.parametrize(("name", "value", "label"), SETTINGS)
def test_within_a_setting(of_compose, name, value, label):
    assert given(of_compose, {"environment": {name: value}})[f"{name}, {label}"] == "literal"


WHOLE = [
    ("LDAP_BIND_PW", S, "LDAP_BIND_PW"),
    ("SMB_PASSWORD2", S, "SMB_PASSWORD2"),
    ("REDISCLI_AUTH", S, "REDISCLI_AUTH"),
    ("AUTHORIZATION", f"Bearer {S}", "AUTHORIZATION"),
    ("MYSQL_DSN", f"app:{S}@tcp(db:3306)/app", "MYSQL_DSN (password)"),
    ("MYSQL_DSN", f"app:{S}@unix(/run/mysqld.sock)/app", "MYSQL_DSN (password)"),
    ("DATABASE", f"jdbc:sqlserver://db:1433;user=a;password={S}", "DATABASE (password)"),
]


@pytest.mark.parametrize(("name", "value", "label"), WHOLE)
def test_a_setting_as_a_whole(of_compose, name, value, label):
    assert given(of_compose, {"environment": {name: value}}) == {label: "literal"}


NOTHING = [
    ("SETTINGS", json.dumps({"password_file": "/run/secrets/x", "password": "", "use_password": True})),
    ("SETTINGS", json.dumps({"max_tokens": 4096, "token_header": "X-Api-Key"})),
    ("LDAP_FILTER", "(&(objectClass=person)(uid=%s))"),
    ("COOKIES", "HttpOnly; Secure; SameSite=Lax"),
    ("AUTH", "Basic authentication"),
    ("AUTH_HEADER", "Authorization"),
    ("SCRIPT", 'console.log("export JWT_SECRET="+text)'),
    ("LOADER", "npm_config_loglevel=warn"),
    ("PW", "/srv"),
    ("SETTINGS", '{"password": "{{ password }}"}'),
]


@pytest.mark.parametrize(("name", "value"), NOTHING)
def test_nothing_within_a_setting(of_compose, name, value):
    assert given(of_compose, {"environment": {name: value}}) == {}


FILLED_IN = [
    ('{"password": "/run/secrets/password"}', "file"),
    ('{"password": "$${PASSWORD}"}', "reference"),
    ('{"password": "${PW:?}"}', "required"),
    ('{"password": "${PW}"}', "variable"),
    ('{"password": "${PW:-hunter2hunter2}"}', "default"),
    ('{"password": "%s"}', "reference"),
    ('{"password": "$$2y$$10$$abcdefghijklmnopqrstuv"}', "reference"),
    ('{"password": "pa$$word"}', "literal"),
]


@pytest.mark.parametrize(("value", "expected"), FILLED_IN)
def test_how_a_secret_within_a_setting_is_given(of_compose, value, expected):
    found = given(of_compose, {"environment": {"SETTINGS": value}}, environment={"PW": "x"})
    assert found == {"SETTINGS, password": expected}


def test_a_setting_of_an_env_file_is_not_in_the_compose_file(of_compose):
    files = {"app.env": "SETTINGS=" + json.dumps({"password": S}) + "\n"}
    assert given(of_compose, {"env_file": ["app.env"]}, files=files) == {}


COMMANDS = [
    (f"psql -c \"ALTER USER a PASSWORD '{S}'\"", "a password in SQL", "literal"),
    (["psql", "-c", f"ALTER USER a PASSWORD '{S}'"], "a password in SQL", "literal"),
    (["sh", "-c", f"psql -c \"ALTER ROLE a WITH ENCRYPTED PASSWORD '{S}'\""], "a password in SQL", "literal"),
    (f"mysql -e \"CREATE USER a IDENTIFIED BY '{S}'\"", "a password in SQL", "literal"),
    (["sh", "-c", "psql -c \"ALTER USER a PASSWORD '$$PW'\""], "a password in SQL", "reference"),
    (f"REDISCLI_AUTH={S} redis-cli ping", "REDISCLI_AUTH", "literal"),
    (f"redis-cli CONFIG SET requirepass {S}", "requirepass", "literal"),
    (["./run", f"ghp_{S}{S}"], "a token", "literal"),
    (["redis-server", "--user", "app", "on", f">{S}", "~*"], "a user's password", "literal"),
    (f'redis-server --user app on ">{S}"', "a user's password", "literal"),
    (f"openssl rsa -in /k -passin pass:{S}", "-passin", "literal"),
    (["sh", "-c", f"echo root:{S} | chpasswd"], "chpasswd", "literal"),
    (["sh", "-c", f"chpasswd <<< 'root:{S}'"], "chpasswd", "literal"),
    (["sh", "-c", 'echo "root:$$PW" | chpasswd'], "chpasswd", "reference"),
    (["sh", "-c", f"cat > /c <<EOF\npassword: {S}\nEOF\nexec run"], "password", "literal"),
    (["sh", "-c", f"cat <<-'EOF' > /c\n  password: {S}\n  EOF\nexec run"], "password", "literal"),
    (["sh", "-c", "cat > /c <<EOF\npassword: $$PW\nEOF\n"], "password", "reference"),
    (f"curl -H'Authorization: Bearer {S}' http://localhost", "-H Authorization", "literal"),
    (f'curl -d \'{{"user": "a", "password": "{S}"}}\' http://localhost', "password", "literal"),
    (["sh", "-c", "run " + "--verbose " * 30_000 + f"--password {S}"], "--password", "literal"),
]


@pytest.mark.parametrize("place", ["command", "healthcheck"])
@pytest.mark.parametrize(("command", "label", "expected"), COMMANDS)
def test_within_a_command(of_compose, place, command, label, expected):
    test = ["CMD", *command] if isinstance(command, list) else command
    service = {"command": command} if place == "command" else {"healthcheck": {"test": test}}
    assert given(of_compose, service) == {f"{place}, {label}": expected}


@pytest.mark.parametrize(("password", "state"), [("hunter2", "set"), ("it's a $one (really)", "set"), ("", "empty")])
@pytest.mark.parametrize(
    "script", ["cat > /c <<EOF\npassword: ${PW}\nEOF\n", "psql -c \"ALTER USER a PASSWORD '${PW}'\""]
)
def test_whether_what_is_within_a_command_has_a_value(of_compose, script, password, state):
    text = json.dumps({"services": {"app": {"image": "example/app:1", "command": ["sh", "-c", script]}}})
    (found,) = of_compose("compose_secret", text, environment={"PW": password}).values()
    assert (found.given, found.state, found.variables) == ("variable", state, ("PW",))


HARMLESS = [
    "openssl rsa -passin env:PW -in /k",
    "psql -c 'ALTER USER a PASSWORD NULL'",
    "psql -c 'SELECT 1' -v password_encryption=x",
    "npm_config_loglevel=warn npm i",
    "grep -q 'BEGIN PRIVATE KEY-----' /run/secrets/key",
    "app --user me on >/dev/null",
    "cat <<EOF > /c\nport: 80\nEOF\n",
]


@pytest.mark.parametrize("command", HARMLESS)
def test_nothing_within_a_command(of_compose, command):
    assert not {"literal", "default"} & set(given(of_compose, {"command": command}).values())


CONTENTS = [
    (f"[databases]\napp = host=h user=u password={S}", "a connection string"),
    (f'"app" "{S}"\n"other" "md5abc"', "a user's password"),
    (f"<c>\n <password>{S}</password>\n</c>", "password"),
    (f"<c><user>a</user><password><![CDATA[{S}]]></password></c>", "password"),
    (f'<db user="a" password="{S}"/>', "password"),
    (f'<property name="connection.password">{S}</property>', "connection.password"),
    (f'<add key="DbPassword" value="{S}"/>', "DbPassword"),
    (f"env:\n  - name: DB_PASSWORD\n    value: {S}", "DB_PASSWORD"),
    (f"host:5432:db:user:{S}", "a line of a password file"),
    (f"*:*:*:user:{S}", "a line of a password file"),
    (f"machine h login u password {S}", "password"),
    (f"user app on >{S} ~* +@all", "a user's password"),
    (f"--password {S}", "--password"),
    (f"#!/bin/sh\nmysql -uroot -p{S} db", "-p"),
    (f"password: |\n  {S}", "password"),
    ("password = Ab.Cd", "password"),
    ("password = x(y", "password"),
    ("password = ab*cd|ef", "password"),
    ("password = ab$$cd12", "password"),
    (f'proxy_set_header Authorization "Bearer {S}";', "Authorization"),
    (f"dsn: app:{S}@tcp(db:3306)/app", "a connection string"),
    (f"a: postgresql://a:$${{X}}@h/d\nb: postgresql://a:{S}@h/d", "a connection string"),
    ("a = b\n" * 60_000 + f"password = {S}", "password"),
]


@pytest.mark.parametrize(("content", "label"), CONTENTS)
def test_within_a_config(of_compose, content, label):
    assert in_config(of_compose, content)[label] == "literal"


PROGRAMS = [
    "import os\npassword = os.environ.get('X')\ntoken = a.b\nsecret_key = config['SECRET_KEY']\n",
    "const password = process.env.PW;\nmodule.exports = { secretKey: process.env.X, apiKey: getKey() }\n",
    '#!/bin/sh\nPASSWORD="$$(cat /run/secrets/x)"\nmysql -p"$$PASSWORD"\ncurl -u "a:$$PASSWORD" x\n',
    "authorization:\n  type: Bearer\n  credentials_file: /x\n",
    "password: *pw\napi_key: {{ env.KEY }}\npassword: <password>\n",
    "proxy_set_header Authorization $$http_authorization;\nproxy_pass http://a:80;\n",
    "127.0.0.1:80:81\na:b:c:d:e\n00:11:22:33:44\n",
    "ALTER USER a PASSWORD :'pw';\n-- password: none\n",
    "password = $${PASSWORD}\nurl = postgresql://a:$${PASSWORD}@h/d\n",
    'console.log("export JWT_SECRET="+text)',
]


@pytest.mark.parametrize("content", PROGRAMS)
def test_nothing_plain_within_a_config(of_compose, content):
    assert not {"literal", "default"} & set(in_config(of_compose, content).values())


def test_the_worst_of_several_counts(of_compose):
    content = "password = ${PW:?}\npassword = hunter2hunter2\npassword = ${PW:?}\n"
    found = given(of_compose, {"configs": ["c"]}, {"configs": {"c": {"content": content}}}, environment={"PW": "x"})
    assert found == {"config c, password": "literal"}


def test_what_is_too_long_is_not_known(of_compose):
    long = "x " * 300_000
    for found in (
        in_config(of_compose, long),
        given(of_compose, {"command": ["sh", "-c", long]}),
        given(of_compose, {"environment": {"A": f"a={long}"}}),
    ):
        assert [how.reason for how in found.values() if isinstance(how, Unknown)] == ["too_large"]


LABELS = [
    ("com.example.settings", json.dumps({"password": S}), {"com.example.settings (label), password": "literal"}),
    ("traefik.http.middlewares.a.basicauth.users", f"a:{S}", "literal"),
    ("traefik.http.middlewares.a.basicauth.users", "a:$$apr1$$abcdefgh$$0123456789abcdefghijkl", None),
    ("traefik.http.middlewares.a.basicauth.users", "a:{SHA}abcdefgh=", None),
    ("traefik.http.middlewares.a.basicauth.users", "a:${PW}", None),
    ("traefik.http.routers.a.rule", "Host(`a.example.com`) && PathPrefix(`/api`)", None),
]


@pytest.mark.parametrize(("name", "value", "expected"), LABELS)
def test_of_labels(of_compose, name, value, expected):
    found = given(of_compose, {"labels": {name: value}}, environment={"PW": "x"})
    if isinstance(expected, str):
        expected = {f"{name} (label), a user's password": expected}
    assert found == (expected or {})


def test_the_options_of_a_provider(of_compose):
    provider = {"type": "x", "options": {"password": S, "arg": [f"api_key={S}"], "size": "1"}}
    assert given(of_compose, {"provider": provider}) == {
        "password (provider)": "literal",
        "arg (provider), api_key": "literal",
    }


def test_what_is_run_where_a_watched_file_changes(of_compose):
    def watching(ran):
        rule = {"path": "./a", "target": "/a", "action": "sync+exec", "exec": ran}
        return given(of_compose, {"build": ".", "develop": {"watch": [rule]}})

    for environment in ({"DB_PASSWORD": S}, [f"DB_PASSWORD={S}"]):
        found = watching({"command": "x", "environment": environment})
        assert found == {"environment of develop.watch, DB_PASSWORD": "literal"}
    assert watching({"command": f"x --password {S}"}) == {"develop.watch, --password": "literal"}


@pytest.mark.parametrize("options", [f"username=a,password2={S}", f"username=a%{S}"])
def test_further_options_of_a_share(of_compose, options):
    volumes = {"volumes": {"vol": {"driver_opts": {"type": "cifs", "device": "//nas/x", "o": options}}}}
    assert list(given(of_compose, {"volumes": ["vol:/x"]}, volumes).values()) == ["literal"]


@pytest.mark.parametrize(("name", "value", "label"), SETTINGS)
def test_no_value_is_in_a_name(of_compose, name, value, label):
    found = given(of_compose, {"environment": {name: value}})
    assert f"{name}, {label}" in found
    assert S not in str(found)


@pytest.mark.parametrize("key", [f"{S}{S} key", f"{S}{S}_api_key", f"a/{S}{S}/api_key"])
def test_no_key_that_may_be_a_secret_is_shown(of_compose, key):
    found = given(of_compose, {"environment": {"SETTINGS": json.dumps({f"{key} api_key": S})}})
    assert "literal" in found.values()
    assert S not in str(found)


def test_variables_beside_the_last_letter_there_is():
    marked = mark("\U0010ffff$A")
    assert [one.name for one in marked.variables.values()] == ["A"]


def test_many_variables_without_an_end_take_no_time():
    assert not mark("${a" * 100_000).variables  # a search to the end of the text for each would take minutes
