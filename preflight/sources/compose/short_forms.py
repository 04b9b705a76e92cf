"""The canonical form of a model: every short form written out, as Compose does after validating."""

from __future__ import annotations

from preflight.sources.compose.ports import parse_port
from preflight.sources.compose.tree import Node, Refused, at, mapping_at, refuse
from preflight.sources.compose.volumes import clean, parse_volume

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Rewrite: TypeAlias = Callable[[Node], Node]


MOST_PORTS = 70_000  # every port once; ranges are written out, and a file of a few lines could ask for millions


def canonical(root: Node) -> Node:
    """Return a model with its short forms written out.

    Raises:
        Refused: A short form is malformed.
    """
    changed: dict[str, Node] = {}
    for section, rewrite in _SECTIONS.items():
        entries = root.child(section)
        if entries is None or not isinstance(entries.value, dict):
            continue
        new = {}
        ports = 0
        for name, entry in entries.value.items():
            new[name] = made = rewrite(entry)
            if section == "services" and (published := made.child("ports")) is not None:
                ports += len(published.value or ())
                if ports > MOST_PORTS:
                    raise _too_many(published)
        changed[section] = entries.with_value(new)
    return root.with_children(changed) if changed else root


def _too_many(place: Node) -> Refused:
    message = f"the project publishes more than {MOST_PORTS} ports"
    return refuse("too_many_ports", message, "Publish a smaller range.", place)


def _service(service: Node) -> Node:
    if not isinstance(service.value, dict):
        return service
    changed: dict[str, Node] = {}
    for name in _REWRITES.keys() & service.value.keys():
        old = service.value[name]
        new = _REWRITES[name](old)
        if new is not old:
            changed[name] = new
    # `dns: ""` comes from a variable that is unset, and Compose drops such entries.
    dns = changed.get("dns") or service.value.get("dns")
    if dns is not None and isinstance(dns.value, list):
        changed["dns"] = dns.with_value([item for item in dns.value if item.value != ""])
    return service.with_children(changed) if changed else service


def _list_of(rewrite: Rewrite) -> Rewrite:
    def every(node: Node) -> Node:
        if not isinstance(node.value, list):
            return node
        items = [rewrite(item) for item in node.value]
        return node.with_value(items)

    return every


def _map_of(rewrite: Rewrite) -> Rewrite:
    def every(node: Node) -> Node:
        if not isinstance(node.value, dict):
            return node
        return node.with_value({name: rewrite(child) for name, child in node.value.items()})

    return every


def _made(place: Node, values: dict[str, Any]) -> Node:
    """Return made-up values at the place of the short form that they stand for."""
    return mapping_at(
        place,
        {name: _made(place, value) if isinstance(value, dict) else at(place, value) for name, value in values.items()},
    )


def _ports(node: Node) -> Node:
    if not isinstance(node.value, list):
        return node
    ports = []
    for item in node.value:
        value = item.value
        if isinstance(value, dict):
            ports.append(item)
        elif isinstance(value, str):
            ports += [_made(item, port) for port in parse_port(item)]
            if len(ports) > MOST_PORTS:
                raise _too_many(item)
        elif isinstance(value, int) and not isinstance(value, bool):
            ports += [_made(item, port) for port in parse_port(item.with_value(str(value)))]
        else:
            hint = (
                "Quote it: a number that begins with 0 is read in base 8."
                if item.written
                else "Write HOST:CONTAINER in quotes."
            )
            raise refuse("invalid_port", "a port must be a whole number, a text or a mapping", hint, item)
    return node.with_value(ports)


def _volume(node: Node) -> Node:
    if not isinstance(node.value, str):
        return node
    mount = parse_volume(node)
    # Entries were told apart by targets as written before; from here on `/x/` is `/x`.
    return _made(node, {**mount, "target": clean(mount["target"])})


def _granted(node: Node) -> Node:
    return _made(node, {"source": node.value}) if isinstance(node.value, str) else node


def _device(node: Node) -> Node:
    if not isinstance(node.value, str):
        return node
    parts = node.value.split(":")
    if len(parts) > 3:
        raise refuse("invalid_device", "the device has too many colons", "Write SOURCE:TARGET:PERMISSIONS.", node)
    target = parts[1] if len(parts) > 1 else parts[0]
    permissions = parts[2] if len(parts) > 2 else "rwm"
    return _made(node, {"source": parts[0], "target": target, "permissions": permissions})


def _env_files(node: Node) -> Node:
    def entry(item: Node) -> Node:
        if isinstance(item.value, str):
            return _made(item, {"path": item.value, "required": True})
        if isinstance(item.value, dict) and "required" not in item.value:
            return item.with_children({"required": at(item, value=True)})
        return item

    if isinstance(node.value, str):
        return at(node, [entry(node)])
    return _list_of(entry)(node)


def _text_or_list(node: Node) -> Node:
    return Node([node], node.file, node.line, node.column) if isinstance(node.value, str) else node


def _depends_on(node: Node) -> Node:
    if isinstance(node.value, list):
        return _named(node, {"condition": "service_started", "required": True})
    if isinstance(node.value, dict):
        return _map_of(_required)(node)
    return node


def _required(entry: Node) -> Node:
    if isinstance(entry.value, dict) and "required" not in entry.value:
        return entry.with_children({"required": at(entry, value=True)})
    return entry


def _names(node: Node) -> Node:
    return _named(node, None) if isinstance(node.value, list) else node


def _named(node: Node, value: dict[str, Any] | None) -> Node:
    made = {}
    marks = {}
    for item in node.value:
        made[item.value] = at(item, None) if value is None else _made(item, value)
        marks[item.value] = (item.file, item.line, item.column)
    return Node(made, node.file, node.line, node.column, marks=marks)


def _build(node: Node) -> Node:
    if isinstance(node.value, str):
        return mapping_at(node, {"context": node})
    if not isinstance(node.value, dict):
        return node
    changed = {name: rewrite(node.value[name]) for name, rewrite in _BUILD.items() if name in node.value}
    return node.with_children(changed) if changed else node


def _pairs(node: Node) -> Node:
    """Return `KEY=VALUE` entries as a mapping."""
    if not isinstance(node.value, list):
        return node
    made = {}
    for item in node.value:
        name, mark, value = str(item.value).partition("=")
        made[name] = item.with_value(value if mark else None)
    return Node(made, node.file, node.line, node.column)


def _external(node: Node) -> Node:
    """Rewrite `external: {name: X}`, which was the form of version 2."""
    external = node.child("external")
    if external is None or not isinstance(external.value, dict):
        return node
    name = external.child("name")
    own = node.child("name")
    if name is not None and own is not None and own.value != name.value:
        raise refuse("two_names", "`name` and `external.name` say different names", "Keep `name`.", own)
    return node.with_children({"external": at(external, value=True), **({} if name is None else {"name": name})})


_BUILD: dict[str, Rewrite] = {
    "secrets": _list_of(_granted),
    "additional_contexts": _pairs,
}
_REWRITES: dict[str, Rewrite] = {
    "build": _build,
    "configs": _list_of(_granted),
    "depends_on": _depends_on,
    "devices": _list_of(_device),
    "dns": _text_or_list,
    "env_file": _env_files,
    "label_file": _text_or_list,
    "models": _names,
    "networks": _names,
    "ports": _ports,
    "secrets": _list_of(_granted),
    "volumes": _list_of(_volume),
}
_SECTIONS: dict[str, Rewrite] = {
    "services": _service,
    "volumes": _external,
    "networks": _external,
    "secrets": _external,
    "configs": _external,
}
