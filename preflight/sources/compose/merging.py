"""Merging one model over another, field by field as Compose does: override files, `extends`, `include`, documents.

Mappings merge, lists append, scalars replace; the exceptions are in `_rules`. Lists only ever grow, which is why an
override cannot take a published port away without `!override`.
"""

from __future__ import annotations

from preflight.sources.compose.scalars import text_of
from preflight.sources.compose.tree import Node, mapping_at, plain, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Merge: TypeAlias = Callable[[Node, Node, str], Node]
    Rules: TypeAlias = "dict[str, Rules | Merge]"

_EACH = "*"
_SELF = ""


def merge(base: Node, over: Node) -> Node:
    """Return a whole model merged over another.

    Raises:
        Refused: A mapping meets a list.
    """
    return _merge(base, over, _RULES, "")


def merge_service(base: Node, over: Node, name: str) -> Node:
    """Return a service merged over another, as `extends` does it.

    Raises:
        Refused: A mapping meets a list.
    """
    return _merge(base, over, _SERVICE, f"services.{name}")


def merge_resource(base: Node, over: Node, section: str, name: str) -> Node:
    """Return an entry of a section merged over another, as `include` does it.

    Raises:
        Refused: A mapping meets a list.
    """
    rules: Any = _RULES.get(section, {})
    return _merge(base, over, rules.get(_EACH, {}) if isinstance(rules, dict) else {}, f"{section}.{name}")


def _merge(base: Node, over: Node, rules: Any, path: str) -> Node:  # noqa: ANN401 - rules or a merge
    if callable(rules):
        merged: Node = rules(base, over, path)
        return merged
    own = rules.get(_SELF)
    if own is not None:
        base, over = own(base, path), own(over, path)
    old, new = base.value, over.value
    if new is None:
        return base
    if isinstance(old, dict):
        if not isinstance(new, dict):
            raise _conflict(over, path)
        return _mappings(base, over, rules, path)
    if isinstance(old, list):
        if not isinstance(new, list):
            raise _conflict(over, path)
        return base.with_value(_joined(old, new))
    return over


def _joined(old: list[Node], new: list[Node]) -> list[Node]:
    """Return a list with what another adds to it: an entry that is there already is not added again."""
    seen = {_identity(item) for item in old}
    joined = list(old)
    for item in new:
        identity = _identity(item)
        if identity not in seen:
            seen.add(identity)
            joined.append(item)
    return joined


def _identity(item: Node) -> object:
    return repr(plain(item)) if isinstance(item.value, (dict, list)) else (type(item.value), item.value)


def _conflict(over: Node, path: str) -> Exception:
    return refuse(
        "cannot_override",
        f"{path} is a list in one place and a mapping in another, so it cannot be merged",
        "Write both in the same form, or tag the later one with !override.",
        over,
    )


def _mappings(base: Node, over: Node, rules: Any, path: str) -> Node:  # noqa: ANN401 - rules
    values = dict(base.value)
    marks = dict(base.marks or {})
    every = rules.get(_EACH)
    for name, new in over.value.items():
        old = values.get(name)
        if old is None:
            values[name] = new
            mark = over.marks.get(name) if over.marks else None
        else:
            below = rules.get(name, every)
            merged = _merge(old, new, {} if below is None else below, f"{path}.{name}" if path else name)
            values[name] = merged
            # A mapping or list that grew is still where it began; what replaced a value is where it is written.
            mark = over.marks.get(name) if over.marks and not isinstance(merged.value, (dict, list)) else None
        if mark is not None:
            marks[name] = mark
    return Node(values, base.file, base.line, base.column, marks=marks, trace=base.trace)


# -- the exceptions --------------------------------------------------------------------------------------------------


def _replace(_: Node, over: Node, __: str) -> Node:
    return over


def sequence(node: Node) -> list[Node]:
    """Return a mapping or a text in list form: `KEY=VALUE`, or `KEY` where there is no value."""
    value = node.value
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return [node]
    if not isinstance(value, dict):
        return []
    found = []
    for name in sorted(value):
        child = value[name]
        mark = node.marks.get(name) if node.marks else None
        file, line, column = mark or (child.file, child.line, child.column)
        text = name if child.value is None else f"{name}={_shown(child.value)}"
        found.append(Node(text, file, line, column, trace=child.trace, written=child.written))
    return found


def _shown(value: Any) -> str:  # noqa: ANN401 - any YAML value
    if isinstance(value, list):
        return "[" + " ".join(_shown(item.value) for item in value) + "]"
    if isinstance(value, dict):
        return "map[" + " ".join(f"{name}:{_shown(value[name].value)}" for name in sorted(value)) + "]"
    return text_of(value)


def _append(base: Node, over: Node, _: str) -> Node:
    return Node(sequence(base) + sequence(over), base.file, base.line, base.column)


def _hosts(base: Node, over: Node, _: str) -> Node:
    def entries(node: Node) -> list[Node]:
        if not isinstance(node.value, dict):
            return sequence(node)
        found = []
        for name in sorted(node.value):
            child = node.value[name]
            addresses = child.value if isinstance(child.value, list) else [child]
            found += [one.with_value(f"{name}={_shown(one.value)}") for one in addresses]
        return found

    seen: dict[object, Node] = {}
    for one in entries(base) + entries(over):
        seen.setdefault(one.value if isinstance(one.value, str) else id(one), one)
    return base.with_value(list(seen.values()))


def _logging(base: Node, over: Node, path: str) -> Node:
    for node in (base, over):
        if not isinstance(node.value, dict):
            raise refuse("not_a_mapping", f"{path} must be a mapping", "Write `driver:` and `options:` below it.", node)
    old, new = base.child("driver"), over.child("driver")
    if old is None or new is None or old.value == new.value:
        return _mappings(base, over, {}, path)
    return over


def _limits(base: Node, over: Node, path: str) -> Node:
    if isinstance(base.value, dict) and isinstance(over.value, dict):
        return _mappings(base, over, {}, path)
    return over


def _subnets(base: Node, over: Node, path: str) -> Node:
    for node in (base, over):
        if not isinstance(node.value, list):
            raise refuse("wrong_type", f"{path} must be a list", "Begin each entry with `- subnet:`.", node)
    merged: list[Node] = list(base.value)
    for new in over.value:
        subnet = new.child("subnet")
        for place, old in enumerate(merged):
            same = old.child("subnet")
            if subnet is not None and same is not None and subnet.value == same.value:
                merged[place] = _mappings(old, new, {}, path)
                break
        else:
            merged.append(new)
    return base.with_value(merged)


def _context(node: Node, _: str) -> Node:
    return mapping_at(node, {"context": node}) if isinstance(node.value, str) else node


def _started(node: Node, _: str) -> Node:
    if not isinstance(node.value, list):
        return node
    return _named(node, {"condition": "service_started", "required": True})


def _listed(node: Node, _: str) -> Node:
    return _named(node, None) if isinstance(node.value, list) else node


def _named(node: Node, value: dict[str, Any] | None) -> Node:
    """Return a list of names as a mapping of each to a value."""
    made = {}
    marks = {}
    for item in node.value:
        if not isinstance(item.value, str):
            raise refuse("wrong_type", "a name is expected here", "Write names, one each.", item)
        content = None if value is None else {name: item.with_value(one) for name, one in value.items()}
        made[item.value] = Node(content, item.file, item.line, item.column)
        marks[item.value] = (item.file, item.line, item.column)
    return Node(made, node.file, node.line, node.column, marks=marks)


_SERVICE: Rules = {
    "annotations": _append,
    "build": {
        _SELF: _context,  # type: ignore[dict-item]  # prepares both sides instead of merging them
        "args": _append,
        "additional_contexts": _append,
        "extra_hosts": _hosts,
        "labels": _append,
    },
    "command": _replace,
    "depends_on": {_SELF: _started},  # type: ignore[dict-item]  # as above
    "deploy": {"labels": _append},
    "dns": _append,
    "dns_opt": _append,
    "dns_search": _append,
    "entrypoint": _replace,
    "env_file": _append,
    "label_file": _append,
    "environment": _append,
    "extra_hosts": _hosts,
    "healthcheck": {"test": _replace},
    "labels": _append,
    "logging": _logging,
    "models": {_SELF: _listed},  # type: ignore[dict-item]  # as above
    "networks": {_SELF: _listed},  # type: ignore[dict-item]  # as above
    "sysctls": _append,
    "tmpfs": _append,
    "ulimits": {_EACH: _limits},
}
_RULES: Rules = {
    "services": {_EACH: _SERVICE},
    "networks": {_EACH: {"ipam": {"config": _subnets}, "labels": _append}},
    "volumes": {_EACH: {"labels": _append}},
}
