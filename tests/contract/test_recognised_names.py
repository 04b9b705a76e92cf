"""The names that the documentation shows play the roles that it says."""

from __future__ import annotations

import pytest

from preflight.bindings import ROLES, Bindings
from preflight.bindings.examples import EXAMPLES, NO_ROLE


def test_every_role_has_its_examples():
    assert list(EXAMPLES) == list(ROLES)


@pytest.mark.parametrize(("role", "names"), EXAMPLES.items())
def test_each_example_plays_its_role(role, names):
    assert {name: Bindings().role(name) for name in names.split()} == dict.fromkeys(names.split(), role)


@pytest.mark.parametrize("name", NO_ROLE.split())
def test_what_looks_alike_plays_none(name):
    assert Bindings().role(name) is None
