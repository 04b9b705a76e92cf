"""Every resource module is whole."""

from __future__ import annotations

import sys

import pytest

from preflight.packs.facts import IDENTITY, fact_types
from preflight.packs.library import builtin_packs
from preflight.resources import collect, resource_class, resource_types
from preflight.resources.base import Resource


@pytest.mark.parametrize("name", resource_types())
def test_a_resource_has_documented_typed_facts_and_a_collector(name):
    resource = resource_class(name)
    module = sys.modules[resource.__module__]
    assert issubclass(resource, Resource)
    assert resource.__module__ == f"preflight.resources.{name}"
    assert callable(module.collect)
    assert module.__doc__
    for fact, declared in resource.fields().items():
        if fact not in IDENTITY:
            assert declared.doc.endswith("."), f"{name}.{fact} says what it is"
    assert fact_types(resource)


def test_only_names_of_this_folder_are_ever_imported():
    with pytest.raises(KeyError):
        collect("os", None, None)
    with pytest.raises(KeyError):
        resource_class("_values")


def test_every_resource_is_judged_by_some_rule():
    assert {rule.resource for pack in builtin_packs() for rule in pack.rules} == set(resource_types())


def test_facts_that_could_help_to_guess_a_secret_are_never_shown():
    shown = {"role", "state", "source", "reused_by", "example", "both_given", "remedy"}
    for fact, kind in fact_types(resource_class("secret")).items():
        assert kind.secret is (fact not in shown), fact
    for fact, kind in fact_types(resource_class("jwt_key")).items():
        assert kind.secret is (fact not in {"state", "algorithm", "family", "form"}), fact
