"""Commands of containers: does a PostgreSQL server start, and with which settings."""

from __future__ import annotations

import pytest

from preflight.postgres.server_command import PROBLEMS, read_command
from preflight.postgres.shell import simple_commands


def read(*words, image=True, entrypoint=None):
    return read_command(entrypoint, list(words) or None, server_image=image)


def settings(found):
    return [(one.name, one.value) for one in found.settings]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["postgres", "-c", "ssl=on"], [("ssl", "on")]),
        (["-c", "ssl=on"], [("ssl", "on")]),
        (["postgres", "-cssl=on"], [("ssl", "on")]),
        (["postgres", "--ssl=on"], [("ssl", "on")]),
        (["postgres", "--SSL-Min-Protocol-Version=TLSv1.3"], [("ssl_min_protocol_version", "TLSv1.3")]),
        (["postgres", "-l"], [("ssl", "on")]),
        (["postgres", "-Fl", "-N", "50"], [("ssl", "on"), ("max_connections", "50")]),
        (["postgres", "-B", "1GB", "-S64", "-k", "/sockets"], [("shared_buffers", "1GB"), ("work_mem", "64"), ("unix_socket_directories", "/sockets")]),
        (["postgres", "-d", "5", "-f", "s", "-t", "pa", "-W", "0", "-r", "/o", "-beEnOPsTj"], []),
        (["postgres", "-il"], [("listen_addresses", "*"), ("ssl", "on")]),
        (["postgres", "-D", "/data", "-h", "10.0.0.1", "-p5433"], [("-D", "/data"), ("listen_addresses", "10.0.0.1"), ("port", "5433")]),
        (["postgres", "-c", "ssl=on", "-c", "ssl=off"], [("ssl", "on"), ("ssl", "off")]),
        (["postgres", "-c", "archive_command=cp a=b c"], [("archive_command", "cp a=b c")]),
        (["/usr/lib/postgresql/17/bin/postgres", "-l"], [("ssl", "on")]),
        (["docker-entrypoint.sh", "-c", "ssl=on"], [("ssl", "on")]),
        (["docker-entrypoint.sh", "postgres", "-l"], [("ssl", "on")]),
        (["gosu", "postgres", "postgres", "-l"], [("ssl", "on")]),
        (["tini", "-g", "--", "docker-entrypoint.sh", "postgres", "-l"], [("ssl", "on")]),
        (["env", "LANG=C", "postgres", "-l"], [("ssl", "on")]),
        (["/opt/bitnami/scripts/postgresql/run.sh", "-c", "ssl=on"], [("ssl", "on")]),
        (["/opt/bitnami/scripts/postgresql/entrypoint.sh", "/opt/bitnami/scripts/postgresql/run.sh"], []),
    ],
)  # fmt: skip
def test_the_settings_of_a_command(words, expected):
    found = read(*words)
    assert (found.starts, settings(found), found.problems, found.complete) == ("server", expected, (), True)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("cp /a /b && chown postgres /b && exec docker-entrypoint.sh postgres -c ssl=on", [("ssl", "on")]),
        ("chmod 600 /k; exec postgres \\\n  -c ssl=on # for all\n", [("ssl", "on")]),
        ("exec postgres -c 'ssl=on' -c \"ssl_key_file=/a b\" > /log 2>&1", [("ssl", "on"), ("ssl_key_file", "/a b")]),
        ("PGDATA=/x postgres -l", [("ssl", "on")]),
        ("if true; then exec postgres -l; fi", [("ssl", "on")]),
        ("echo 'postgres -c ssl=off'; postgres -l", [("ssl", "on")]),
        ("postgres -c ssl=off; postgres -c ssl=on", [("ssl", "on")]),
    ],
)
@pytest.mark.parametrize("shell", [["sh", "-c"], ["/bin/bash", "-euc"], ["bash", "-o", "pipefail", "-ec"]])
def test_the_server_that_a_script_starts(script, expected, shell):
    found = read(*shell, script)
    assert (found.starts, settings(found)) == ("server", expected)


def test_what_only_a_shell_knows_is_not_known():
    found = read("sh", "-c", 'exec postgres -c ssl=on -c "ssl_key_file=$KEY" "$@"')
    assert settings(found) == [("ssl", "on")]
    assert not found.complete


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["postgres", "-c", "ssl"], "no_value"),
        (["postgres", "--ssl"], "no_value"),
        (["postgres", "-c"], "no_value"),
        (["postgres", "-x"], "unknown_option"),
        (["postgres", "-D", "/d", "-V"], "unknown_option"),
        (["postgres", "-D", "/d", "-?"], "unknown_option"),
        (["postgres", "-D", "/d", "--help"], "no_value"),
        (["postgres", "-D", "/d", "--single"], "no_value"),
        (["postgres", "-d", "9"], "bad_value"),
        (["postgres", "-f", "q"], "bad_value"),
        (["postgres", "-t", "zz"], "bad_value"),
        (["postgres", "ssl=on"], "unexpected_word"),
        (["postgres", "--", "-l"], "unexpected_word"),
    ],
)
def test_what_the_server_refuses(words, code):
    assert read(*words).problems == (code,)
    assert code in PROBLEMS


@pytest.mark.parametrize(
    "words",
    [
        ["pg_dump", "-h", "db"], ["sh", "-c", "pg_isready -h db"], ["psql", "-c", "select 1"], ["sleep", "infinity"],
        ["postgres", "--version"], ["postgres", "-C", "ssl"], ["postgres", "--single"], ["--help"], ["echo", "disabled"],
    ],
)  # fmt: skip
def test_what_is_no_server(words):
    assert read(*words).starts == "other"


@pytest.mark.parametrize(
    "words", [["/scripts/start.sh"], ["sh", "/start"], ["bash", "-c", "./setup.sh && ./run.sh"], ["sh", "-c", "$RUN"]]
)
def test_scripts_may_start_one(words):
    assert read(*words).starts == "script"


@pytest.mark.parametrize(
    ("words", "starts"),
    [
        (["-c", "max_connections=200"], "server"),
        (["-c", "hba_file=/etc/pg_hba.conf"], "server"),
        (["-c", "nginx.conf"], "other"),
        (["-c", "mode=fast"], "other"),
        (["--api=true"], "other"),
        (["postgres", "-l"], "server"),
        (["./wait-for", "postgres:5432"], "other"),
        ([], "other"),
    ],
)
def test_images_that_are_not_known(words, starts):
    assert read(*words, image=False).starts == starts


def test_an_entrypoint_takes_the_place_of_the_images_and_drops_its_command():
    assert read(entrypoint=["echo", "disabled"]).starts == "other"
    found = read("postgres", "-c", "ssl=on", entrypoint=["docker-entrypoint.sh"])
    assert [(one.name, one.position) for one in found.settings] == [("ssl", 2)]
    assert read_command(["sh", "-c", "exec postgres -l"], None, server_image=True).of("ssl").position == -1


def test_the_place_of_a_setting_is_the_word_that_says_so():
    found = read("postgres", "-c", "ssl=on", "--ssl-cert-file=/c")
    assert [(one.position, one.written) for one in found.settings] == [(2, "ssl="), (3, "ssl-cert-file=")]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("a b; c", [["a", "b"], ["c"]]),
        ("a 'b c' d\\ e", [["a", "b c", "d e"]]),
        ("a $X b", [["a", None, "b"]]),
        ("a '$X' \"\\$X\"", [["a", "$X", "$X"]]),
        ("a $(b; c) d", [["a", None, "d"]]),
        ("a `b; c` d", [["a", None, "d"]]),
        ("a '' \"\"", [["a", "", ""]]),
        ("a#b # c\nd", [["a#b"], ["d"]]),
        ("a >b 2>>c <d e", [["a", "e"]]),
        ("a && b | c || d & (e)", [["a"], ["b"], ["c"], ["d"], ["e"]]),
        ("a \\\n b", [["a", "b"]]),
        ("a 'b", [["a", None]]),
        ('a "b $(c', [["a", None]]),
        ("a \\", [["a", ""]]),
        ("", []),
    ],
)
def test_words_of_a_script(script, words):
    assert [[word.text for word in one] for one in simple_commands(script)] == words
