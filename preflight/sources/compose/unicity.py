"""Lists whose entries are told apart by a key: a later entry replaces an earlier one in its place.

Environment entries by name, mounts by target, ports by host address, published port, target and protocol.
"""

from __future__ import annotations

from preflight.sources.compose.tree import Node, refuse
from preflight.sources.compose.volumes import parse_volume

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Key: TypeAlias = Callable[[Node], object]

_EACH = "*"


def enforce(root: Node) -> Node:
    """Return a model without entries that a later one replaces.

    Raises:
        Refused: An entry has no key to tell it by.
    """
    return _apply(root, _PLAN)


def _apply(node: Node, plan: Any) -> Node:  # noqa: ANN401 - a plan or a key
    value = node.value
    if isinstance(value, list):
        return _unique(node, plan) if callable(plan) else node
    if not isinstance(value, dict) or callable(plan):
        return node
    every = plan.get(_EACH)
    changed: dict[str, Node] = {}
    for name in value if every is not None else plan.keys() & value.keys():
        old = value[name]
        new = _apply(old, every if every is not None else plan[name])
        if new is not old:
            changed[name] = new
    return node.with_children(changed) if changed else node


def _unique(node: Node, key_of: Key) -> Node:
    found: dict[object, Node] = {}
    for item in node.value:
        try:
            found[key_of(item)] = item
        except TypeError:  # a mapping where a text belongs, which the schema refuses later
            found[id(item)] = item
    return node if len(found) == len(node.value) else node.with_value(list(found.values()))


def _name(item: Node) -> object:
    value = item.value
    if isinstance(value, str):
        return value.partition("=")[0]
    if isinstance(value, (dict, list)):
        raise refuse("wrong_type", "a text is expected here", "Write NAME=VALUE.", item)
    raise refuse("wrong_type", "a text is expected here, and this is a number, a boolean or nothing", "Quote it.", item)


def _volume(item: Node) -> object:
    if isinstance(item.value, dict):
        target = item.child("target")
        if target is None or not isinstance(target.value, str):
            raise refuse(
                "missing_target", "the mount has no target", "Add `target:` with the path in the container.", item
            )
        return target.value
    return parse_volume(item)["target"] if isinstance(item.value, str) else None


def _device(item: Node) -> object:
    if isinstance(item.value, dict):
        target = item.child("target")
        if target is None or not isinstance(target.value, str):
            raise refuse("missing_target", "the device has no target", "Add `target:`.", item)
        return target.value
    if isinstance(item.value, str):
        parts = item.value.split(":")
        return parts[1] if len(parts) > 1 else parts[0]
    return None


def _exposed(item: Node) -> object:
    if isinstance(item.value, (str, int)) and not isinstance(item.value, bool):
        return str(item.value)
    raise refuse("wrong_type", "a port is expected here", "Write the port as a number or a text.", item)


def _env_file(item: Node) -> object:
    path = item.child("path")
    return path.value if path is not None else item.value if isinstance(item.value, str) else id(item)


def _granted(default: str) -> Key:
    def key(item: Node) -> object:
        if isinstance(item.value, str):
            return f"{default}/{item.value}"
        if not isinstance(item.value, dict):
            raise refuse("wrong_type", "a name or a mapping is expected here", "Write the name of the entry.", item)
        target, source = item.child("target"), item.child("source")
        if target is not None:
            return target.value
        return f"{default}/{source.value if source is not None else '<nil>'}"

    return key


def _port(item: Node) -> object:
    value = item.value
    if isinstance(value, dict):
        target = item.child("target")
        if target is None or not isinstance(target.value, (int, float)):
            raise refuse(
                "missing_target", "the port has no target", "Add `target:` with the port in the container.", item
            )
        published, address, protocol = (item.child(name) for name in ("published", "host_ip", "protocol"))
        return (
            address.value if address is not None else "0.0.0.0",  # noqa: S104 - as Compose compares them
            published.value if published is not None else None,  # absent and "" are two to Compose, as are 80 and "80"
            target.value,
            protocol.value if protocol is not None else "tcp",
        )
    return str(value) if isinstance(value, (str, int)) else id(item)


_SERVICE: dict[str, Any] = {
    "annotations": _name,
    "build": {"args": _name, "additional_contexts": _name, "tags": _name, "labels": _name},
    "cap_add": _name,
    "cap_drop": _name,
    "configs": _granted(""),
    "deploy": {"labels": _name},
    "devices": _device,
    "dns": _name,
    "dns_opt": _name,
    "dns_search": _name,
    "environment": _name,
    "env_file": _env_file,
    "expose": _exposed,
    "labels": _name,
    "links": _name,
    "networks": {_EACH: {"aliases": _name, "link_local_ips": _name}},
    "ports": _port,
    "profiles": _name,
    "secrets": _granted("/run/secrets"),
    "sysctls": _name,
    "tmpfs": _name,
    "volumes": _volume,
}
_PLAN: dict[str, Any] = {"services": {_EACH: _SERVICE}, "networks": {_EACH: {"labels": _name}}}
