"""Which secrets share a value."""

from __future__ import annotations

import time

from preflight.model.digest import KeyedDigest
from preflight.model.origin import Origin
from preflight.model.secret_text import SecretText
from preflight.model.setting import Setting
from preflight.resources._secrets import FoundSecret
from preflight.resources.secret import _reuse


class Surroundings:
    digest = KeyedDigest()


def found(label, text, role="password"):
    value = SecretText(text)
    return FoundSecret(setting=Setting(name=label, value=value, origin=Origin()), role=role, value=value, label=label)


def test_each_names_the_others():
    rows = [found("A", "same value"), found("B", "another one"), found("C", "same value")]
    assert _reuse(rows, Surroundings) == [("C",), (), ("A",)]


def test_a_credential_written_twice_is_no_reuse():
    rows = [found("A", "same value", "database_password"), found("B", "same value", "database_password")]
    assert _reuse([*rows, found("C", "same value")], Surroundings) == [("C",), ("C",), ("A", "B")]


def test_of_many_the_first_are_named_and_the_rest_are_counted():
    reused = _reuse([found(f"S{number}", "same value") for number in range(20)], Surroundings)
    assert reused[0] == (*(f"S{number}" for number in range(1, 9)), "11 more")
    assert reused[-1] == (*(f"S{number}" for number in range(8)), "11 more")


def test_twenty_thousand_equal_secrets_take_no_quadratic_time():
    for role in ("password", "database_password"):
        rows = [found(f"S{number}", "same value", role) for number in range(20_000)]
        begun = time.monotonic()
        reused = _reuse(rows, Surroundings)
        assert time.monotonic() - begun < 10
        assert bool(reused[0]) is (role == "password")
