"""The last step of reading a service: every field in its final type, as Compose binds it to its structures.

Environment, labels and arguments become mappings of texts, sizes numbers of bytes, durations what Go prints, commands lists
of words.
"""

from __future__ import annotations

from preflight.sources.compose import units
from preflight.sources.compose.casting import boolean
from preflight.sources.compose.commands import split
from preflight.sources.compose.scalars import Timestamp, text_of
from preflight.sources.compose.tree import Node, Refused, at, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from preflight.model.problem import Problem

    Bind: TypeAlias = Callable[[Node], Node]

_EACH = "*"
_ITEMS = "[]"


def bind(root: Node) -> Node:
    """Return a project with every service, network, volume, secret and config bound.

    Raises:
        Refused: A value does not fit its field; every such value is given.
    """
    found: list[Problem] = []
    changed: dict[str, Node] = {}
    for section, plan in _SECTIONS.items():
        entries = root.child(section)
        if entries is None or not isinstance(entries.value, dict):
            continue
        bound = {}
        for name, entry in entries.value.items():
            try:
                bound[name] = _apply(entry, plan)
            except Refused as refused:
                found += refused.problems
        changed[section] = entries.with_value(bound)
    if found:
        raise Refused(found)
    return root.with_children(changed)


def _apply(node: Node, plan: Any) -> Node:  # noqa: ANN401 - a plan or a function
    if callable(plan):
        bound: Node = plan(node)
        return bound
    value = node.value
    if isinstance(value, list):
        below = plan.get(_ITEMS)
        return node if below is None else node.with_value([_apply(item, below) for item in value])
    if not isinstance(value, dict):
        return node
    every = plan.get(_EACH)
    if every is not None:
        return node.with_value({name: _apply(child, every) for name, child in value.items()})
    changed = {name: _apply(value[name], plan[name]) for name in plan.keys() & value.keys()}
    return node.with_children(changed) if changed else node


# -- texts -------------------------------------------------------------------------------------------------------------


def _text(node: Node) -> Node:
    if isinstance(node.value, Timestamp):
        raise refuse("wrong_type", "a text is expected here, and this is a date", "Quote it.", node)
    return node


def _texts(node: Node) -> Node:
    """Bind a list of texts, or a text that stands for a list of one."""
    if isinstance(node.value, list):
        return node.with_value([_as_text(_text(item)) for item in node.value])
    return node if node.value is None else Node([_as_text(_text(node))], node.file, node.line, node.column)


def _as_text(node: Node) -> Node:
    if isinstance(node.value, str) or node.value is None:
        return node
    return Node(text_of(node.value), node.file, node.line, node.column, trace=node.trace, written=node.written)


def _pairs(node: Node) -> Node:
    """Bind `KEY=VALUE` entries or a mapping to a mapping of texts; a key without a value has None."""
    value = node.value
    if isinstance(value, dict):
        for child in value.values():
            if not isinstance(child.value, str) and child.value is not None:
                return node.with_value({name: _as_text(child) for name, child in value.items()})
        return node
    if not isinstance(value, list):
        return node
    made: dict[str, Node] = {}
    marks = {}
    for item in value:
        name, mark, text = item.value.partition("=")
        made[name] = Node(
            text if mark else None, item.file, item.line, item.column, trace=item.trace, written=item.written
        )
        marks[name] = (item.file, item.line, item.column)
    return Node(made, node.file, node.line, node.column, marks=marks)


def _labels(node: Node) -> Node:
    """Bind labels: one without a value is empty."""
    pairs = _pairs(node)
    if not isinstance(pairs.value, dict):
        return pairs
    return pairs.with_value(
        {name: at(child, "") if child.value is None else child for name, child in pairs.value.items()}
    )


def _options(node: Node) -> Node:
    if not isinstance(node.value, dict):
        return node
    return node.with_value(
        {name: at(child, "") if child.value is None else _as_text(child) for name, child in node.value.items()}
    )


def _hosts(node: Node) -> Node:
    """Bind extra hosts, `HOST=ADDRESS`, `HOST:ADDRESS` or a mapping of hosts to addresses, to sorted `HOST=ADDRESS`."""
    found: list[tuple[str, Node]] = []
    if isinstance(node.value, dict):
        for host, child in node.value.items():
            several = child.value if isinstance(child.value, list) else [child]
            found += [(host, at(one, "" if one.value is None else text_of(one.value))) for one in several]
    elif isinstance(node.value, list):
        for item in node.value:
            host, mark, address = item.value.partition("=" if "=" in item.value else ":")
            if not mark or not host:
                hint = "Write HOST=ADDRESS."
                if item.trace is not None and item.trace.blanked:
                    hint = item.trace.set_them()
                raise refuse("invalid_host", "an extra host needs a name and an address", hint, item)
            found.append((host, at(item, address)))
    else:
        return node
    made = []
    for host, address in found:
        text = address.value
        bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
        made.append(at(address, f"{host}={bare}"))
    return node.with_value(sorted(made, key=lambda entry: entry.value))


def _command(node: Node) -> Node:
    if isinstance(node.value, Timestamp):
        raise refuse("wrong_type", "a command is expected here, and this is a date", "Quote it.", node)
    if isinstance(node.value, list):
        return node.with_value([_text(item) for item in node.value])
    if not isinstance(node.value, str):
        return node
    done = split(node.value)
    if done is None:
        raise refuse(
            "invalid_command",
            "the command has an open quote or parenthesis",
            "Close it, or write the command as a list.",
            node,
        )
    words = [at(node, word) for word in done.words]
    return Node(words, node.file, node.line, node.column, trace=node.trace, written=node.value)


def _test(node: Node) -> Node:
    if isinstance(node.value, str):
        return Node([at(node, "CMD-SHELL"), node], node.file, node.line, node.column, trace=node.trace)
    return _texts(node)


# -- numbers -----------------------------------------------------------------------------------------------------------


def _size(node: Node) -> Node:
    value = node.value
    if isinstance(value, str):
        try:
            return at(node, str(units.size(value)))
        except ValueError:
            raise refuse(
                "invalid_size", "this is no size", "Write a number with a unit, such as 512m or 1g.", node
            ) from None
    if isinstance(value, int) and not isinstance(value, bool):
        return at(node, str(value))
    return at(node, None) if isinstance(value, float) else node  # Compose takes a fraction of bytes for nothing


def _duration(node: Node) -> Node:
    if not isinstance(node.value, str):
        return _text(node)
    try:
        return at(node, units.duration_text(units.duration(node.value)))
    except ValueError:
        raise refuse(
            "invalid_duration", "this is no duration", "Write it with units, such as 30s or 1m30s.", node
        ) from None


def _integer(node: Node) -> Node:
    value = node.value
    if isinstance(value, str):
        try:
            return at(node, int(value.replace("_", "x"), 10))
        except ValueError:
            raise refuse("wrong_type", "a whole number is expected here", "Write it in digits.", node) from None
    return at(node, int(value)) if isinstance(value, float) and value.is_integer() else node


def _number(node: Node) -> Node:
    if not isinstance(node.value, str):
        return node
    try:
        return at(node, float(node.value))
    except ValueError:
        raise refuse("wrong_type", "a number is expected here", "Write it in digits.", node) from None


def _boolean(node: Node) -> Node:
    if not isinstance(node.value, str):
        return node
    try:
        return at(node, boolean(node.value))
    except ValueError:
        raise refuse("wrong_type", "true or false is expected here", "Write true or false.", node) from None


def _mode(node: Node) -> Node:
    """Bind a file mode: a text is read in base 8, a number is one already. It is shown in base 8 with a leading zero."""
    value = node.value
    if isinstance(value, str):
        try:
            value = int(value, 8)
        except ValueError:
            raise refuse(
                "invalid_mode", "this is no file mode", 'Write it in base 8 and in quotes, such as "0400".', node
            ) from None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return at(node, f"0{value:o}") if isinstance(value, int) and not isinstance(value, bool) else node


def _number_only(node: Node) -> Node:
    if isinstance(node.value, str):
        raise refuse("wrong_type", "a number is expected here", "Write it without quotes, such as 0755.", node)
    return node


def _published(node: Node) -> Node:
    return _as_text(node)


_GRANT: Any = {"source": _text, "target": _text, "uid": _text, "gid": _text, "mode": _mode}
_RESOURCES: Any = {"cpus": _number, "memory": _size, "pids": _integer}
_UPDATE: Any = {"parallelism": _integer, "delay": _duration, "monitor": _duration, "max_failure_ratio": _number}
_RATES: Any = {_ITEMS: {"path": _text, "rate": _size}}
_HOOK: Any = {"command": _command, "environment": _pairs, "privileged": _boolean, "user": _text, "working_dir": _text}
_TEXT_FIELDS = (
    "cgroup cgroup_parent container_name cpuset domainname hostname image ipc isolation mac_address network_mode pid"
    " platform pull_policy restart runtime stop_signal user userns_mode uts working_dir"
).split()
_LIST_FIELDS = (
    "cap_add cap_drop device_cgroup_rules dns dns_opt dns_search expose external_links group_add label_file links profiles"
    " security_opt tmpfs volumes_from"
).split()
_SERVICE: Any = {
    **dict.fromkeys(_TEXT_FIELDS, _text),
    **dict.fromkeys(_LIST_FIELDS, _texts),
    "annotations": _labels,
    "attach": _boolean,
    "blkio_config": {
        "weight": _integer,
        "device_read_bps": _RATES,
        "device_read_iops": _RATES,
        "device_write_bps": _RATES,
        "device_write_iops": _RATES,
    },
    "build": {
        "args": _pairs,
        "labels": _labels,
        "shm_size": _size,
        "no_cache": _boolean,
        "pull": _boolean,
        "privileged": _boolean,
        "secrets": {_ITEMS: _GRANT},
        "extra_hosts": _hosts,
    },
    "command": _command,
    "configs": {_ITEMS: _GRANT},
    "cpus": _number,
    "deploy": {
        "labels": _labels,
        "resources": {"limits": _RESOURCES, "reservations": _RESOURCES},
        "restart_policy": {"delay": _duration, "window": _duration, "max_attempts": _integer},
        "update_config": _UPDATE,
        "rollback_config": _UPDATE,
    },
    "devices": {_ITEMS: {"source": _text, "target": _text, "permissions": _text}},
    "entrypoint": _command,
    "env_file": {_ITEMS: {"required": _boolean}},
    "environment": _pairs,
    "extra_hosts": _hosts,
    "healthcheck": {
        "test": _test,
        **dict.fromkeys(("interval", "timeout", "start_period", "start_interval"), _duration),
    },
    "labels": _labels,
    "logging": {"driver": _text, "options": _options},
    "mem_limit": _size,
    "mem_reservation": _size,
    "mem_swappiness": _size,
    "memswap_limit": _size,
    "ports": {_ITEMS: {"published": _published, "target": _integer}},
    "post_start": {_ITEMS: _HOOK},
    "pre_stop": {_ITEMS: _HOOK},
    "secrets": {_ITEMS: _GRANT},
    "shm_size": _size,
    "stop_grace_period": _duration,
    "storage_opt": _options,
    "sysctls": _labels,
    "volumes": {
        _ITEMS: {
            "source": _text,
            "target": _text,
            "bind": {"create_host_path": _boolean},
            "tmpfs": {"size": _size, "mode": _number_only},
        }
    },
}
_SECTIONS: dict[str, Any] = {
    "services": {**_SERVICE},
    "networks": {"labels": _labels, "driver_opts": _options},
    "volumes": {"labels": _labels, "driver_opts": _options},
    "secrets": {"labels": _labels, "driver_opts": _options},
    "configs": {"labels": _labels},
}
