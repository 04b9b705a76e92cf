"""Rows of pg_hba.conf: who gets in, and how."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.postgres.addresses import blocks
from preflight.postgres.hba import PROBLEMS, read_access, weak_rows


def plaintext(*rows):
    return [row.line for row in read_access("\n".join(rows)).plaintext_rows()]


@pytest.mark.parametrize(
    "row",
    [
        "host all all all scram-sha-256", "host all all 0.0.0.0/0 md5", "hostnossl app app 10.0.0.0/8 scram-sha-256",
        "hostnogssenc all all ::/0 trust", "host all all samenet trust",
        "host all all db.example.com md5", "host all all .example.com md5", "host all all 10.0.0.0 255.0.0.0 md5",
        "host all all 126.0.0.0/7 md5", 'host all all "samehost.example.com" md5', "host replication repl 10.0.0.0/8 md5",
    ],
)  # fmt: skip
def test_rows_that_let_plaintext_in(row):
    assert plaintext(row) == [1]


@pytest.mark.parametrize(
    "row",
    [
        "hostssl all all all scram-sha-256", "host all all 127.0.0.1/32 trust", "host all all 127.0.0.0 255.0.0.0 trust",
        "host all all ::1/128 trust", "host all all localhost trust", "host all all samehost trust", "local all all trust",
        "host all all all reject", "hostgssenc all all all trust", "# host all all all trust", "",
    ],
)  # fmt: skip
def test_rows_that_do_not(row):
    assert plaintext(row) == []


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (["hostnossl all all all reject", "host all all all md5"], []),
        (["hostnossl all all 0.0.0.0/0 reject", "host all all all md5"], [2]),
        (["hostnossl all all 0.0.0.0/0 reject", "hostnossl all all ::/0 reject", "host all all all md5"], []),
        (["hostnossl all all 10.0.0.0/8 reject", "host app app 10.1.0.0/16 md5"], []),
        (["hostnossl all all 10.1.0.0/16 reject", "host app app 10.0.0.0/8 md5"], [2]),
        (["hostssl all all all reject", "host all all all md5"], [2]),
        (["hostnossl app all all reject", "host app,other all all md5"], [2]),
        (["hostnossl app,other all all reject", "host app all all md5"], []),
        (["hostnossl all ann all reject", "host all all all md5"], [2]),
        (["hostnossl all all all reject", "host replication all all md5"], [2]),
        (["hostnossl all,replication all all reject", "host replication all all md5"], []),
        (['hostnossl "all" all all reject', "host all all all md5"], [2]),
        (["host all all all md5", "hostnossl all all all reject"], [1]),
        (["host all all all scram-sha-256", "host all all 10.0.0.0/8 trust"], [1]),
        (["hostnossl all all all reject \\", "  ", "host all all all md5"], []),
    ],
)
def test_the_first_row_that_matches_decides(rows, lines):
    assert plaintext(*rows) == lines


@pytest.mark.parametrize(
    ("row", "methods"),
    [
        ("hostssl all all all trust", ["trust"]),
        ("hostssl all all all trust clientcert=verify-full", []),
        ("hostssl all all all trust clientcert=verify-ca", ["trust"]),
        ("hostssl all all all cert", []),
        ("host all all 127.0.0.1/32 trust", []),
        ("host all all samenet ident", ["ident"]),
        ("hostssl all all all scram-sha-256", []),
    ],
)
def test_weak_methods(row, methods):
    read = read_access(row)
    rows = (*read.plaintext_rows(), *read.encrypted_rows())
    assert [one.method for one in weak_rows(rows, "trust", "password", "ident", "md5")] == methods


def test_client_certificates():
    read = read_access(
        "hostssl a a all cert\nhostssl b b all scram-sha-256 clientcert=verify-ca\nhostssl c c all md5\n"
    )
    assert [row.client_certificate for row in read.encrypted_rows()] == [True, True, False]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("HOST all all all md5", "unknown_type"),
        ("host,hostssl all all all md5", "several_values"),
        ("host all all", "missing_fields"),
        ("host all all all", "missing_fields"),
        ("host all all 10.0.0.0/33 md5", "invalid_address"),
        ("host all all 10.0.0.0 md5", "invalid_address"),
        ("host all all db.example.com/8 md5", "invalid_address"),
        ("host all all all MD5", "unknown_method"),
        ("host all all all peer", "method_does_not_fit"),
        ("host all all all cert", "method_does_not_fit"),
        ("local all all gss", "method_does_not_fit"),
        ("host all all all md5 yes", "invalid_option"),
        ("host all all all md5 clientcert=verify-ca", "clientcert_without_tls"),
        ("hostssl all all all md5 clientcert=1", "invalid_clientcert"),
        ("hostssl all all all cert clientcert=verify-ca", "invalid_clientcert"),
    ],
)
def test_rows_that_keep_the_server_from_starting(row, code):
    read = read_access(f"local all all trust\n{row}\n")
    assert [(place.line, found) for place, found in read.errors] == [(2, code)]
    assert code in PROBLEMS


def test_a_row_is_shown_without_its_options():
    (row,) = read_access('host  "my db",app\tall 10.0.0.0 255.0.0.0 ldap ldapbindpasswd=x # said').rows
    assert row.text == "host my db,app all 10.0.0.0 255.0.0.0 ldap"


def test_includes_that_nothing_opens_are_told():
    read = read_access("host all all all trust\ninclude more.conf\ninclude_dir x\nhost all all all md5\n")
    assert [place.line for place, _ in read.unread] == [2, 3]
    # What stands above the first of them is what it is, whatever they say.
    assert [row.line for row in read.plaintext_rows()] == [1]


@pytest.mark.parametrize("major", [15, 13])
def test_before_version_16_nothing_is_included(major):
    read = read_access("include more.conf\n", major=major)
    assert [(place.line, code) for place, code in read.errors] == [(1, "unknown_type")]


@pytest.mark.parametrize("line", ["include", "include a b", "INCLUDE a", "include_if_exist a"])
def test_lines_that_include_nothing(line):
    assert [code for _, code in read_access(line).errors] == ["unknown_type"]


def test_a_file_of_names_may_hold_replication():
    """`all` covers no replication, and what a file of names holds is not looked at."""
    rows = ["hostnossl all all all reject", "host @names all all trust"]
    assert plaintext(*rows) == [2]
    assert plaintext(rows[0], 'host "@names" all all trust') == []


@pytest.mark.parametrize(
    ("outer", "inner", "covers"),
    [
        ("10.0.0.0/8", "10.1.0.0/16", True),
        ("10.1.0.0/16", "10.0.0.0/8", False),
        ("all", "192.0.2.1/32", True),
        ("all", "2001:db8::/32", True),
        ("0.0.0.0/0", "::/0", False),
        ("127.1/8", "127.0.0.1/32", True),
        ("010.0.0.0/8", "8.0.0.0/8", True),
        ("db.example.com", "DB.example.com", True),
        ("db.example.com", "10.0.0.1/32", False),
    ],
)
def test_addresses(outer, inner, covers):
    from preflight.postgres.addresses import keyword

    above = keyword(outer) if outer == "all" else blocks(outer)
    assert any(one.covers(block) for one in above for block in blocks(inner)) is covers


@given(st.text())
def test_any_text_is_read(text):
    read = read_access(text)
    lines = [row.line for row in read.rows] + [place.line for place, _ in (*read.unread, *read.errors)]
    assert len(lines) == len(set(lines))


@given(st.lists(st.sampled_from(["10.0.0.0/8", "10.1.0.0/16", "::/0", "samenet"]), min_size=1, max_size=4))
def test_rejecting_plaintext_first_leaves_none(addresses):
    rows = [f"host all,replication all {address} trust" for address in addresses]
    assert plaintext(*rows)
    above = [f"hostnossl all,replication all {address} reject" for address in addresses]
    assert plaintext(*above, *rows) == []
