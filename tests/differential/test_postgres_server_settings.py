"""What PostgreSQL itself makes of commands, configuration files and pg_hba.conf, and what is read here: they must agree."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support import pki
from support import postgres_cluster as postgres

from preflight.postgres.hba import read_access
from preflight.postgres.includes import Listed, Opened
from preflight.postgres.server_command import read_command
from preflight.postgres.server_settings import DEFAULTS, canonical, is_known, read_configuration

pytestmark = [pytest.mark.server, pytest.mark.slow]

_SETTINGS = ("ssl", "ssl_min_protocol_version", "ssl_max_protocol_version", "password_encryption", "ssl_cert_file")
_MANY = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
_SOME = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


class Server:
    """A server that is asked for a setting, and says how it reads its command and its files."""

    def __init__(self, binaries, data):
        self._binary = binaries / "postgres"
        self._data = data
        self.file = data.parent / "generated.conf"

    def show(self, name, words):
        """Return a setting's value, or None where the server refuses the words."""
        done = subprocess.run(
            [
                os.fsencode(self._binary),
                b"-D",
                os.fsencode(self._data),
                *(word.encode() for word in words),
                b"-C",
                name.encode(),
            ],
            **postgres._arguments(self._data.parent),
            capture_output=True,
            check=False,
        )
        return done.stdout.decode().removesuffix("\n") if done.returncode == 0 else None


@pytest.fixture(scope="module")
def server(postgres_binaries, postgres_template):
    return Server(postgres_binaries, postgres_template)


def _ours(read, name):
    """Return what is read here: the value, or None for a command that the server refuses."""
    if read.problems or not all(is_known(one.name) for one in read.settings):
        return None
    if any(canonical(one.name, one.value) is None for one in read.settings):
        return None
    stated = read.of(name)
    return canonical(name, stated.value) if stated is not None else DEFAULTS[name]


_CASES = st.sampled_from([str.lower, str.upper, str.title, str])
_NAMES = st.builds(
    lambda name, change, dashes: change(name.replace("_", "-") if dashes else name),
    st.sampled_from(_SETTINGS),
    _CASES,
    st.booleans(),
)
_VALUES = st.one_of(
    st.sampled_from(
        "on off ON true t tr f fa y n no ye o of onn 1 0 01 2 TLSv1 TLSv1.1 tlsv1.2 TLSv1.3 TLSv1.4 1.3 md5 MD5 scram-sha-256 scram".split()
    ),
    st.sampled_from(["", " on", "on ", "'on'", "a b", "=", "on=off", "TLSv1.2 "]),
)
_LONG = st.builds(lambda name, value: f"{name}={value}", _NAMES, _VALUES)
_OPTIONS = st.one_of(
    _LONG.map(lambda text: ["-c", text]),
    _LONG.map(lambda text: [f"-c{text}"]),
    _LONG.map(lambda text: [f"--{text}"]),
    _LONG.map(lambda text: ["-Fc", text]),
    st.sampled_from([["-l"], ["-lF"], ["-N", "20"], ["-p5433"], ["-h", "127.0.0.1"], ["-B", "64"], ["-i"], ["-e"]]),
    st.sampled_from(
        [["-c", "ssl"], ["--ssl"], ["-c"], ["-x"], ["word"], ["-"], ["--"], ["-c", "ssl_nothing=1"], ["-c", "a.b=c"]]
    ),
)


@_MANY
@example(options=[["-c", "ssl=on"], ["-c", "ssl=off"]], name="ssl")
@example(options=[["-c", "ssl = on"]], name="ssl")
@example(options=[["-l"], ["--SSL=of"]], name="ssl")
@example(options=[["--"], ["word"]], name="ssl")
@given(options=st.lists(_OPTIONS, max_size=4), name=st.sampled_from(_SETTINGS))
def test_commands(server, options, name):
    words = [word for option in options for word in option]
    # With `-C` behind them, an option that lacks its value takes that, and `--` ends the options: both are refused by themselves.
    bare = words[-1:] in (["-c"], ["-Fc"])
    read = read_command(None, ["postgres", *words], server_image=True)
    if bare or "--" in words:
        assert not bare or read.problems
        return
    assert _ours(read, name) == server.show(name, words), words


_TOKENS = st.one_of(
    _NAMES,
    _VALUES,
    st.sampled_from(
        ["=", " = ", "\t", " ", "#", "'", "''", "'on'", "'o''n'", "'o\\n'", "'\\157n'", "\\", "\r", '"on"', ";", "é", ".", "0x1F", "1.5e3",
         "-1", "12MB", "a/b", "/a", "a:b", "a.b", "a.b.c", "include", "# ssl = on"]
    ),
)  # fmt: skip
_LINES = st.one_of(
    st.builds(
        lambda name, equals, value, rest: f"{name}{equals}{value}{rest}",
        st.sampled_from(_SETTINGS).flatmap(lambda name: st.sampled_from([name, name.upper(), name.replace("_", "-")])),
        st.sampled_from(["=", " = ", " ", "\t=", "=="]),
        _VALUES.flatmap(lambda value: st.sampled_from([value, f"'{value}'"])),
        st.sampled_from(["", " ", "# said", " # said", "\r", " on"]),
    ),
    st.lists(_TOKENS, max_size=5).map("".join),
)


@_MANY
@example(lines=["ssl = on", "ssl = 'off' # no"], name="ssl")
@example(lines=["ssl_cert_file = /etc/ssl/server.crt"], name="ssl_cert_file")
@example(lines=["ssl_min_protocol_version = 1.3"], name="ssl_min_protocol_version")
@given(lines=st.lists(_LINES, max_size=4), name=st.sampled_from(_SETTINGS))
def test_configuration_files(server, lines, name):
    text = "\n".join(lines) + "\n"
    read = read_configuration(text)
    if read.unread:
        return  # of a file that is not there
    looked_at = read.looked_at()
    names = {entry.name for entry in looked_at}
    foreign = [one for one in names if one not in DEFAULTS and is_known(one) and "." not in one]
    if foreign:
        return  # a name that is not about TLS: whether PostgreSQL knows it is not looked at here
    server.file.write_text(text, encoding="utf-8", newline="")
    server.file.chmod(0o644)
    refused = bool(read.errors) or not all(map(is_known, names))
    refused = refused or any(canonical(entry.name, entry.value) is None for entry in looked_at)
    entry = read.of(name)
    ours = None if refused else canonical(name, entry.value) if entry is not None else DEFAULTS[name]
    shown = server.show(name, ["-c", f"config_file={server.file}"])
    assert shown == ours, text


class Tree:
    """Files below a folder, as the server opens them."""

    def file(self, path):
        try:
            return Opened(shown=path, text=Path(path).read_text(encoding="utf-8"))
        except OSError:
            return Opened(shown=path)

    def folder(self, path):
        return Listed(names=tuple(os.listdir(path)) if os.path.isdir(path) else None)


_PLACES = ("main.conf", "a.conf", "d/b.conf", "d/c.conf", "d/.hidden.conf", "d/b.txt")
_INCLUDED = st.builds(
    lambda kind, path: f"{kind} = '{path}'",
    st.sampled_from(["include", "include", "INCLUDE_if_exists", "include_dir"]),
    st.sampled_from(
        ["a.conf", "b.conf", "d/b.conf", "../a.conf", "./d/../d/c.conf", "d", ".", "", "main.conf", "nowhere.conf"]
    ),
)
_SAID = st.sampled_from(["on", "off"]).map(lambda value: f"ssl = {value}")


@_MANY
@example(texts=[["ssl = on", "include_dir = 'd'"], [], ["ssl = off"], [], ["ssl = on"], ["ssl = on"]])
@example(texts=[["include = 'd/b.conf'", "ssl = off"], ["ssl = on"], ["include '../a.conf'"], [], [], []])
@example(texts=[["include = 'a.conf'"], ["include 'd/b.conf'"], ["include '../a.conf'"], [], [], []])
@given(texts=st.lists(st.lists(st.one_of(_SAID, _INCLUDED), max_size=3), min_size=6, max_size=6))
def test_included_files(server, texts):
    folder = server.file.parent / "included"
    (folder / "d").mkdir(parents=True, exist_ok=True)
    for name, lines in zip(_PLACES, texts, strict=True):
        (folder / name).write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        (folder / name).chmod(0o644)
    folder.chmod(0o755)
    (folder / "d").chmod(0o755)
    main = folder / "main.conf"
    read = read_configuration(main.read_text(encoding="utf-8"), path=str(main), files=Tree())
    assert not read.unread
    entry = read.of("ssl")
    ours = None if read.errors else entry.value if entry is not None else "off"
    assert server.show("ssl", ["-c", f"config_file={main}"]) == ours, texts


# -- pg_hba.conf -------------------------------------------------------------------------------------------------------

_DATABASES = ("one", "two", "postgres")
_USERS = ("ann", "bob", "cat")
_ADDRESSES = (
    "all", "0.0.0.0/0", "::/0", "127.1.0.0/16", "127.1.0.0 255.255.0.0", "127.1.2.0/24", "127.1.2.3/32", "127.2.0.0/16", "127.0.0.0/8",
    "127.1.2.3 255.0.255.255", "samehost",
)  # fmt: skip
_ROWS = st.builds(
    lambda kind, databases, users, address, method: f"{kind} {databases} {users} {address} {method}",
    st.sampled_from(["host", "hostssl", "hostnossl", "hostnogssenc", "hostgssenc", "host"]),
    st.sampled_from(["all", '"all"', "one", "two", "one,two", "sameuser", "replication", "all,replication"]),
    st.sampled_from(["all", "ann", "bob", "ann,bob", '"ann"', '"all"']),
    st.sampled_from(_ADDRESSES),
    st.sampled_from(["trust", "reject", "scram-sha-256", "md5", "password", "reject"]),
)


@pytest.fixture(scope="module")
def cluster(postgres_binaries, postgres_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    shape = pki.ca()
    (folder / "certificate.pem").write_bytes(pki.pem(pki.issue(shape)))
    (folder / "key.pem").write_bytes(pki.key_pem(shape.private_key))
    files = {"certificate": folder / "certificate.pem", "key": folder / "key.pem", "ca": folder / "certificate.pem"}
    with postgres.start(
        postgres_binaries, postgres_template, hba="", settings={"listen_addresses": "*"}, **files
    ) as running:
        running.execute(
            *(f"CREATE DATABASE {name}" for name in _DATABASES[:2]),
            *(f"CREATE ROLE {name} LOGIN REPLICATION" for name in _USERS),
        )
        yield running


@pytest.fixture(scope="module")
def superuser(cluster):
    with psycopg.connect(**cluster.superuser(), autocommit=True) as connection:
        yield connection


# What the server asks for (manual, 55.7 "Message Formats"), by the method of the row: nothing, the password, its MD5, or SASL.
_CODES = {"trust": {0}, "password": {3}, "md5": {5, 10}, "scram-sha-256": {10}, "reject": set()}


def _asked(port, source, user, database):
    """Return what the server asks for without TLS, None where it turns the connection away."""
    with socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(source, 0)) as connection:
        words = ["user", user, *(["replication", "true"] if database == "replication" else ["database", database])]
        body = struct.pack("!I", 196608) + b"".join(word.encode() + b"\0" for word in words) + b"\0"
        connection.sendall(struct.pack("!I", len(body) + 4) + body)
        answer = connection.recv(9, socket.MSG_WAITALL)
        return struct.unpack("!I", answer[5:9])[0] if answer[:1] == b"R" else None


@_SOME
@example(rows=["hostnossl all all all reject", "host all all all trust"])
@example(rows=["hostnossl all all 0.0.0.0/0 reject", "host replication all all trust"])
@example(rows=["host all all all reject", "host all,replication all all trust"])
@example(rows=["hostnossl one all 127.1.0.0/16 reject", "host one,two all 127.1.2.0/24 trust"])
@given(rows=st.lists(_ROWS, min_size=1, max_size=4))
def test_who_gets_in_without_tls(cluster, superuser, rows):
    """Whoever the server lets in comes in by a row that is named, with that row's method."""
    # What counts as another host here cannot be 127.0.0.0/8: the rows that are judged have 10.0.0.0/8 in its place.
    read = read_access("\n".join(rows).replace("127.", "10."))
    assert not read.errors
    (cluster.directory / "data" / "pg_hba.conf").write_text(
        "\n".join([f"local all {postgres.SUPERUSER} trust", *rows]) + "\n", encoding="utf-8"
    )
    superuser.execute("SELECT pg_reload_conf()")
    shown = superuser.execute("SELECT type, auth_method, error FROM pg_hba_file_rules ORDER BY line_number").fetchall()
    assert [(row.type, row.method, None) for row in read.rows] == shown[1:]
    let_in = {
        code
        for source in ("127.1.2.3", "127.1.9.9", "127.2.0.1", "127.9.9.9")
        for user in _USERS
        for database in (*_DATABASES, "replication")
        if (code := _asked(cluster.port, source, user, database)) is not None
    }
    named = read.plaintext_rows()
    assert let_in <= {code for row in named for code in _CODES[row.method]}, (rows, let_in)
    if len(rows) == 1 and not any(_is_out_of_reach(row) for row in named):
        assert bool(named) is bool(let_in)


def _is_out_of_reach(row):
    nobody = {("all", True), ("sameuser", False)}  # a database or user of that name, of which there is none here
    return bool(nobody & {*row.databases, *row.users}) or all(block.family == 6 for block in row.addresses)


_HBA_WORDS = st.one_of(
    st.sampled_from(
        [*_ADDRESSES, "local", "host", "hostssl", "hostnossl", "HOST", '"host"', "all", '"all"', "one,two", "one,", ",", "samenet", "db.example.com",
         "10.0.0.0", "255.0.0.0", "10.0.0.0/8", "10.0.0/8", "10.0.0.1/+8", "10.0.0.1/33", "10.0.0.1/", "::1/128", "::1/129", "fe80::/10",
         "trust", "reject", "md5", "MD5", '"md5"', "password", "scram-sha-256", "peer", "ident", "cert", "clientcert=verify-ca",
         "clientcert=verify-full", "clientcert=1", "nothing", "#", '"', '""', 'a""b', "\\"]
    ),
)  # fmt: skip
_HBA_LINES = st.one_of(
    st.lists(_HBA_WORDS, min_size=1, max_size=7).map(" ".join),
    st.builds(
        lambda kind, address, method, option: f"{kind} all all {address} {method} {option}",
        st.sampled_from(["local", "host", "hostssl", "hostnossl"]),
        st.sampled_from(["", *_ADDRESSES, "10.0.0.0 255.0.0.0", "10.0.0.0/33", "db.example.com/8", "10.0.0.0"]),
        st.sampled_from(["trust", "reject", "md5", "peer", "ident", "cert", "gss", "nothing"]),
        st.sampled_from(
            ["", "clientcert=verify-full", "clientcert=verify-ca", "clientcert=no", "clientcert", "# said"]
        ),
    ),
)


@_MANY
@example(line="hostssl all all all cert clientcert=verify-ca")
@example(line="host all all 10.0.0.0 255.0.255.0 md5")
@example(line="host a , b all all md5")
@given(line=_HBA_LINES)
def test_rows(cluster, superuser, line):
    """A line is a row for both, or for neither; and both read the same names, addresses and method."""
    read = read_access(line + "\n", major=15)
    path = cluster.directory / "data" / "pg_hba.conf"
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text(line + "\n", encoding="utf-8")
        shown = superuser.execute(
            "SELECT type, database, user_name, auth_method, error FROM pg_hba_file_rules"
        ).fetchall()
    finally:
        path.write_text(before, encoding="utf-8")
    errors = [error for kind, *_, error in shown if kind is None or error is not None]  # some errors have no text
    assert len(read.errors) == len(errors), (line, errors)
    ours = [(row.type, [word for word, _ in row.databases], [word for word, _ in row.users]) for row in read.rows]
    assert ours == [(kind, databases, users) for kind, databases, users, _, error in shown if not errors], line
