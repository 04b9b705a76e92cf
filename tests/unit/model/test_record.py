"""Frozen records."""

from __future__ import annotations

import pytest

from preflight.model.record import Record, field


class Point(Record):
    x: int = field("Across.")
    y: int = field("Down.", default=0)


class Named(Point):
    name: str = field("Its name.", default="")


class Bare(Point):
    """Adds nothing."""


def test_fields_are_given_by_name_and_defaults_fill_the_rest():
    assert dict(Point(x=1).items()) == {"x": 1, "y": 0}


def test_a_missing_field_and_an_unknown_field_are_refused():
    with pytest.raises(TypeError, match="'x'"):
        Point()
    with pytest.raises(TypeError, match="'z'"):
        Point(x=1, z=2)


def test_a_record_cannot_change():
    point = Point(x=1)
    with pytest.raises(AttributeError, match="frozen"):
        point.x = 2
    with pytest.raises(AttributeError, match="frozen"):
        del point.x
    assert point.replace(y=5) == Point(x=1, y=5)
    assert point == Point(x=1)


def test_equality_needs_the_same_type_and_values():
    assert Point(x=1) == Point(x=1)
    assert hash(Point(x=1)) == hash(Point(x=1))
    assert Point(x=1) != Point(x=2)
    assert Point(x=1) != Named(x=1)


def test_subclasses_inherit_fields_with_their_docs():
    assert list(Named.fields()) == ["x", "y", "name"]
    assert Named.fields()["x"].doc == "Across."
    assert list(Bare.fields()) == ["x", "y"]
    assert Bare.fields()["y"].doc == "Down."
    assert repr(Bare(x=3)) == "Bare(x=3, y=0)"
