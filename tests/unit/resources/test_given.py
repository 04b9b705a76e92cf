"""How a secret is given in a text of a Compose file."""

from __future__ import annotations

import pytest

from preflight.resources._given import given_by, issued, password_of, whole

WHOLE = [
    ("hunter2hunter2", "literal"),
    ("pa$$word", "literal"),
    ("${X}", "variable"),
    ("$X", "variable"),
    ("${X:-}", "variable"),
    ("${X-''}", "variable"),
    ("${X:-null}", "variable"),
    ("${X:?}", "required"),
    ("${X?set it}", "required"),
    ("${X:-admin1234}", "default"),
    ("${X-admin1234}", "default"),
    ("${X:+admin1234}", "default"),
    ("${X:-${Y:-admin1234}}", "default"),
    ("${X:-${Y}}", "variable"),
    ("${X:-${Y:?}}", "required"),
    ("${X:-vault:secret/db#password}", "reference"),
    ("pre-${X}", "mixed"),
    ("${X}-${Y}", "variable"),
    ("base64:${X}", "variable"),
    ("Bearer ${X:?}", "required"),
    ("", "nothing"),
    ("null", "nothing"),
    ("false", "nothing"),
    ("vault:secret/data/api#token", "reference"),
    ("op://vault/item/field", "reference"),
    ("<FROM_SECRETS_MANAGER>", "reference"),
    ("{{ db_password }}", "reference"),
    ("$${DB_PASSWORD}", "reference"),
    ("$$(cat /run/secrets/db)", "reference"),
    ("/run/secrets/db", "reference"),
    ("changeme123", "literal"),
]


@pytest.mark.parametrize(("written", "given"), WHOLE)
def test_a_secret_as_a_whole(written, given):
    assert given_by(written, whole) == given


@pytest.mark.parametrize(
    ("written", "given"),
    [
        ("postgresql://app:s3cret@db/app", "literal"),
        ("postgresql://app:${PW}@db/app", "variable"),
        ("postgresql://${USER}:${PW:?}@${HOST:-db}:${PORT:-5432}/app", "required"),
        ("postgresql://app:${PW:-s3cret}@db/app", "default"),
        ("postgresql://app:s3${PW}cret@db/app", "mixed"),
        ("${SCHEME}://app:s3cret@db/app", "literal"),
        ("${URL}", None),
        ("${URL:?}", None),
        ("${URL:-postgresql://app:s3cret@db/app}", "default"),
        ("${URL:-postgresql://app:${PW}@db/app}", "variable"),
        ("${URL:-postgresql://app@db/app}", None),
        ("postgresql://app@db/app", None),
        ("postgresql://db/app?user=app&password=s3cret", "literal"),
        ("jdbc:postgresql://db/app?user=app&password=${PW}", "variable"),
        ("host=db user=app password=s3cret", "literal"),
        ("host=db user=app password=${PW}", "variable"),
        ("Server=db;User Id=sa;Password=s3cret;", "literal"),
        ("redis://:${PW}@cache:6379/0", "variable"),
        ("https://key@errors.example.com/1", None),
        ("a=b", None),
    ],
)
def test_the_password_of_a_connection_string(written, given):
    assert given_by(written, password_of) == given


def test_a_dollar_that_cuts_a_password_is_a_piece_of_it():
    assert given_by("pa$word", whole, cut=True) == "literal"
    assert given_by("$WORD", whole, cut=True) == "variable"
    assert given_by("pa${word}", whole, cut=True) == "variable"


def test_what_a_shell_puts_in_is_no_literal():
    assert given_by("$$PASSWORD", whole, by_shell=True) == "reference"
    assert given_by("a$$(cat file)", whole, by_shell=True) == "reference"


def test_tokens_are_known_by_what_issuers_put_before_them():
    assert issued("_".join(("sk", "live", "0" * 24)))
    assert issued("-".join(("glpat", "0" * 20)))
    assert issued("-----BEGIN " + "PRIVATE KEY-----\nx")
    assert not issued("-----BEGIN CERTIFICATE-----\nx")
    assert not issued("npm_config")
    assert not issued("SG. stands for Singapore")
