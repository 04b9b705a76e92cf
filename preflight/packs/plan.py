"""The packs and profiles that ship, compiled ahead: no YAML is parsed at a start.

`tools/generate.py` writes `preflight/packs/builtin_plan.py` from `rules/`. Each entry is pinned to the digest of the text it was
compiled from; where a text differs, it is compiled afresh, so an edited rule is never ignored.
"""

from __future__ import annotations

from preflight.model.origin import Origin
from preflight.packs.model import Override, Pack, Parameter, Profile, Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from preflight.model.record import Record

_NESTED: dict[type, dict[str, type]] = {
    Pack: {"parameters": Parameter, "rules": Rule, "overrides": Override},
    Profile: {"overrides": Override},
}


def to_plain(record: Record) -> dict[str, Any]:
    """Return a pack or profile as literals: dictionaries, tuples, texts, numbers. Defaults are left out."""
    nested = _NESTED.get(type(record), {})
    plain: dict[str, Any] = {}
    for name, value in record.items():
        declared = type(record).fields()[name]
        if not declared.required and value == declared.default:
            continue
        if name in nested:
            plain[name] = tuple(to_plain(one) for one in value)
        elif isinstance(value, Origin):
            plain[name] = (value.file, value.line, value.column)
        elif name == "disable":
            plain[name] = tuple((rule, (place.file, place.line, place.column)) for rule, place in value)
        elif isinstance(record, Profile) and name == "parameters":
            plain[name] = {key: (one, (place.file, place.line, place.column)) for key, (one, place) in value.items()}
        else:
            plain[name] = value
    return plain


def pack_from_plain(plain: dict[str, Any]) -> Pack:
    """Return the pack that `to_plain` was given."""
    values = dict(plain)
    values["disable"] = _disabled(values)
    for name, kind in _NESTED[Pack].items():
        values[name] = tuple(_with_origin(kind, one) for one in values.get(name, ()))
    return Pack(**values)


def profile_from_plain(plain: dict[str, Any]) -> Profile:
    """Return the profile that `to_plain` was given."""
    values = dict(plain)
    values["disable"] = _disabled(values)
    values["overrides"] = tuple(_with_origin(Override, one) for one in values.get("overrides", ()))
    values["parameters"] = {key: (value, _origin(place)) for key, (value, place) in values["parameters"].items()}
    return Profile(**values)


def _disabled(values: dict[str, Any]) -> tuple[tuple[str, Origin], ...]:
    return tuple((rule, _origin(place)) for rule, place in values.get("disable", ()))


def _with_origin(kind: Any, plain: dict[str, Any]) -> Any:  # noqa: ANN401 - a class of records and one of it
    return kind(**{**plain, "origin": _origin(plain["origin"])})


def _origin(place: tuple[str | None, int | None, int | None]) -> Origin:
    file, line, column = place
    return Origin(file=file, line=line, column=column)
