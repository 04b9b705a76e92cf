"""The casts that follow interpolation: texts at fixed places become booleans and numbers.

They apply to every text there, also to one that no variable was in: `privileged: yes` is a text to YAML 1.2 and true to
Compose, and `privileged: "1"` is refused.
"""

from __future__ import annotations

from preflight.sources.compose.tree import Node, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Cast: TypeAlias = Callable[[str], Any]
    Plan: TypeAlias = "dict[str, Plan | Cast]"

_BOOLEANS = {
    **dict.fromkeys(("y", "yes", "true", "on"), True),
    **dict.fromkeys(("n", "no", "false", "off"), False),
}
_LARGEST = 2**63


def boolean(text: str) -> bool:
    """Cast to a boolean.

    Raises:
        ValueError: It is none of y, yes, true, on, n, no, false, off in any case.
    """
    value = _BOOLEANS.get(text.lower())
    if value is None:
        raise ValueError
    return value


def integer(text: str) -> int:
    """Cast to a whole number, as Go's `strconv.Atoi`: no blanks, no underscores, 64 bits.

    Raises:
        ValueError: It is none.
    """
    body = text[1:] if text[:1] in ("+", "-") else text
    if not body.isdigit() or not body.isascii() or len(body) > 20:
        raise ValueError
    value = int(text)
    if not -_LARGEST <= value < _LARGEST:
        raise ValueError
    return value


def number(text: str) -> float:
    """Cast to a number, as Go's `strconv.ParseFloat` for what people write.

    Raises:
        ValueError: It is none.
    """
    if "_" in text or text != text.strip() or not text.isascii():
        raise ValueError
    return float(text)


_EACH = "*"
_ITEMS = "[]"
_ULIMIT: Any = {"": integer, "hard": integer, "soft": integer}
_ROLL: Any = {"parallelism": integer, "max_failure_ratio": number}
_SERVICE: Plan = {
    "cpu_count": integer,
    "cpu_percent": number,
    "cpu_period": integer,
    "cpu_quota": integer,
    "cpu_rt_period": integer,
    "cpu_rt_runtime": integer,
    "cpus": number,
    "cpu_shares": integer,
    "init": boolean,
    "depends_on": {_EACH: {"required": boolean, "restart": boolean}},
    "deploy": {
        "replicas": integer,
        "update_config": _ROLL,
        "rollback_config": _ROLL,
        "restart_policy": {"max_attempts": integer},
        "placement": {"max_replicas_per_node": integer},
    },
    "healthcheck": {"retries": integer, "disable": boolean},
    "oom_kill_disable": boolean,
    "oom_score_adj": integer,
    "pids_limit": integer,
    "ports": {_ITEMS: {"target": integer}},
    "privileged": boolean,
    "read_only": boolean,
    "scale": integer,
    "stdin_open": boolean,
    "tty": boolean,
    "ulimits": {_EACH: _ULIMIT},
    "volumes": {_ITEMS: {"read_only": boolean, "volume": {"nocopy": boolean}}},
}
_PLAN: Plan = {
    "services": {_EACH: _SERVICE},
    "networks": {
        _EACH: {
            "external": boolean,
            "internal": boolean,
            "attachable": boolean,
            "enable_ipv4": boolean,
            "enable_ipv6": boolean,
        }
    },
    "volumes": {_EACH: {"external": boolean}},
    "secrets": {_EACH: {"external": boolean}},
    "configs": {_EACH: {"external": boolean}},
}
_KINDS = {boolean: "true or false", integer: "a whole number", number: "a number"}


def cast(root: Node) -> Node:
    """Return a document with the texts at the known places cast.

    Raises:
        Refused: A text cannot be cast.
    """
    return _apply(root, _PLAN)


def _apply(node: Node, plan: Any) -> Node:  # noqa: ANN401 - a plan or a cast
    value = node.value
    if isinstance(value, str):
        own = plan.get("") if isinstance(plan, dict) else plan
        return node if own is None else _cast(node, own)
    if not isinstance(plan, dict):
        return node
    if isinstance(value, list):
        below = plan.get(_ITEMS)
        if below is None:
            return node
        items = [_apply(item, below) for item in value]
        return node.with_value(items) if any(new is not old for new, old in zip(items, value, strict=True)) else node
    if not isinstance(value, dict):
        return node
    every = plan.get(_EACH)
    changed: dict[str, Node] = {}
    if every is not None:
        for name, child in value.items():
            new = _apply(child, every)
            if new is not child:
                changed[name] = new
    else:
        for name in plan.keys() & value.keys():
            new = _apply(value[name], plan[name])
            if new is not value[name]:
                changed[name] = new
    return node.with_children(changed) if changed else node


def _cast(node: Node, own: Cast) -> Node:
    try:
        value = own(node.value)
    except ValueError:
        kind = _KINDS[own]  # type: ignore[index]  # the casts above
        hint = "Write true or false." if own is boolean else "Write it in digits."
        if node.trace is not None and node.trace.blanked:
            hint = node.trace.set_them()
        raise refuse("wrong_type", f"{kind} is expected here", hint, node) from None
    return Node(value, node.file, node.line, node.column, trace=node.trace)
