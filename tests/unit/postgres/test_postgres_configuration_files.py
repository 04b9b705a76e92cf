"""Settings of a PostgreSQL server: files and values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.postgres.server_settings import canonical, is_known, read_configuration, read_flag, tls_version


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("ssl = on", "ssl", "on"),
        ("ssl on", "ssl", "on"),
        ("\tSSL=on#comment", "ssl", "on"),
        ("ssl_ca_file = ''", "ssl_ca_file", ""),
        ("ssl_ca_file = '/a b''c\\n\\101'  # said\r", "ssl_ca_file", "/a b'c\nA"),
        ("ssl_min_protocol_version = TLSv1.2", "ssl_min_protocol_version", "TLSv1.2"),
        ("password_encryption = scram-sha-256", "password_encryption", "scram-sha-256"),
        ("shared_buffers = 128MB", "shared_buffers", "128MB"),
        ("seq_page_cost = 1.5e3", "seq_page_cost", "1.5e3"),
        ("x.y = z", "x.y", "z"),
    ],
)
def test_lines_that_set_something(line, name, value):
    read = read_configuration(f"# first\n{line}\n")
    assert [(one.name, one.value, one.line) for one in read.entries] == [(name, value, 2)]
    assert not read.errors


@pytest.mark.parametrize(
    "line", ["ssl", "ssl =", "= on", "ssl = on off", "ssl == on", "ssl = /etc/x", "ssl = 'on", 'ssl = "on"', "ssl-a = on", "1 = 2", "ssl = on;"]
)  # fmt: skip
def test_lines_that_keep_the_server_from_starting(line):
    read = read_configuration(f"{line}\nssl = off")
    assert [(place.line, code) for place, code in read.errors] == [(1, "syntax")]
    assert read.of("ssl").line == 2


def test_the_last_of_a_name_wins_and_an_include_behind_it_may():
    read = read_configuration("ssl = on\ninclude 'a.conf'\nSSL = off\ninclude_dir 'conf.d'\nport = 5433\n")
    assert read.of("ssl").value == "off"
    assert [place.line for place, _, _ in read.unread] == [2, 4]
    assert read.unread_after(read.of("ssl"))[0].line == 4
    assert read.unread_after(read.of("port")) is None
    assert read.unread_after(None)[0].line == 2


def test_of_two_spellings_of_a_name_both_are_looked_at():
    read = read_configuration("ssl = 1x\nssl = on\nSSL = off\n")
    assert [one.line for one in read.looked_at()] == [2, 3]


@pytest.mark.parametrize("word", ["on", "ON", "t", "tr", "true", "y", "Yes", "1"])
def test_on(word):
    assert read_flag(word) is True


@pytest.mark.parametrize("word", ["of", "off", "f", "False", "n", "no", "0"])
def test_off(word):
    assert read_flag(word) is False


@pytest.mark.parametrize("word", ["", "o", "onn", "01", "2", " on", "on ", "enabled", "truer"])
def test_neither_on_nor_off(word):
    assert read_flag(word) is None


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("ssl", "of", "off"),
        ("ssl_min_protocol_version", "tlsv1.3", "TLSv1.3"),
        ("ssl_min_protocol_version", "1.3", None),
        ("ssl_min_protocol_version", "", None),
        ("ssl_max_protocol_version", "", ""),
        ("password_encryption", "MD5", "md5"),
        ("password_encryption", "on", None),
        ("ssl_cert_file", "/any thing", "/any thing"),
    ],
)
def test_values_as_the_server_shows_them(name, value, shown):
    assert canonical(name, value) == shown


def test_passwords_could_be_hashed_with_on_before_14():
    assert canonical("password_encryption", "on", major=13) == "md5"
    assert canonical("password_encryption", "on", major=14) is None


@pytest.mark.parametrize(
    ("value", "version"), [("TLSv1", "1.0"), ("TLSv1.1", "1.1"), ("TLSv1.2", "1.2"), ("TLSv1.3", "1.3")]
)
def test_versions_on_the_scale(value, version):
    assert tls_version(value) == version


@pytest.mark.parametrize(
    ("name", "known"),
    [("ssl", True), ("ssl_groups", True), ("max_connections", True), ("ssl_min_protocol", False), ("ssl ", False), ("_a", False), ("a.b", True)],
)  # fmt: skip
def test_names(name, known):
    assert is_known(name) is known


@given(st.text())
def test_any_text_is_read(text):
    read = read_configuration(text)
    lines = [one.line for one in read.entries]
    lines += [place.line for place, *_ in (*read.unread, *read.errors)]
    assert len(lines) == len(set(lines))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)
