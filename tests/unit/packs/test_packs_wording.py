"""Texts of rules, filled in."""

from __future__ import annotations

import pytest

from preflight.model.fact import Deferred, Unknown
from preflight.model.origin import Origin
from preflight.model.record import field
from preflight.packs.wording import filled, generic
from preflight.resources.base import Resource


class Thing(Resource):
    path: str | None = field("A path.", default=None)
    mode: str | None = field("A mode.", default=None)


def thing(**facts):
    return Thing(name="A_FILE", origin=Origin(), **facts)


def fill(template, **facts):
    return filled(template, thing(**facts), "A_FILE", {"least": 12})


@pytest.mark.parametrize(
    ("template", "facts", "text"),
    [
        ("{name}: at least {$least}", {}, "A_FILE: at least 12"),
        ("{path} ({mode})", {"path": "/a", "mode": "0640"}, "/a (0640)"),
        ("{path}[, mode {mode}].", {"path": "/a", "mode": "0640"}, "/a, mode 0640."),
        ("{path}[, mode {mode}].", {"path": "/a"}, "/a."),
        ("[mode {mode}|no mode]; {$least}", {"mode": "0640"}, "mode 0640; 12"),
        ("[mode {mode}|no mode]; {$least}", {}, "no mode; 12"),
        ("[a] and [{mode}", {"mode": "1"}, "[a] and [1"),
        ("${NAME:-default} {name}", {}, "${NAME:-default} A_FILE"),
        ("{path}", {"path": Unknown(reason="no_path", detail="its value is no path")}, "(its value is no path)"),
        ("Do.\n$ chmod 600 {path}", {"path": "/a b"}, "Do.\n$ chmod 600 '/a b'"),
        ("Do.\n$ chmod 600 {path}", {"path": "it's"}, "Do.\n$ chmod 600 'it'\\''s'"),
        ("Do.\n$ chmod 600 {path}", {}, "Do."),
        ("Do.\n$ chmod 600 {path}", {"path": Unknown(reason="no_path", detail="its value is no path")}, "Do."),
        ("Do.\n$ chmod 600 {path}", {"path": Deferred(reason="reference", detail="later")}, "Do."),
        ("$ test [ -f {path} ]", {"path": "/a"}, "$ test [ -f /a ]"),
    ],
)
def test_values_stand_where_they_are_and_nothing_where_there_is_none(template, facts, text):
    assert fill(template, **facts) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{name}: {$least}", "NAME: 12"),
        ("Do.\n$ chmod 600 {path}", "Do.\n$ chmod 600 PATH"),
        ("[mode {mode}|any mode]", "any mode"),
        ("{path}[, mode {mode}]", "PATH, mode MODE"),
    ],
)
def test_without_a_resource_placeholders_are_words(template, text):
    assert generic(template, {"least": 12}) == text


def test_without_a_resource_its_kind_can_stand_for_its_name():
    assert generic("{name} required", {}, name="JWT key") == "JWT key required"
