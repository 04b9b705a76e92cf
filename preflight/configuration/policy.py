"""What a variable would weaken.

Whoever controls the environment that is judged must not control the judge. A variable may make the gate stricter; one
that would make it weaker is refused unless the configuration file permits it, and shown in the report when it does.
"""

from __future__ import annotations

from preflight.configuration.fields import FIELDS
from preflight.model.finding import SEVERITY_RANK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def loosens(name: str, before: object, after: object) -> bool:
    """Tell whether a value is weaker than the one that holds without it.

    Args:
        name: The field, or `parameters.NAME`.
        before: The value by the file, or the default; None for a parameter that the file does not set.
        after: The value by the environment.
    """
    if FIELDS[name.partition(".")[0]].policy == "free" or (type(before) is type(after) and before == after):
        return False
    weaker = _WEAKER.get(name)
    return True if weaker is None else weaker(before, after)


# (before, after) -> whether it is weaker. A field without an entry has no order: every change may be.
_WEAKER: dict[str, Callable[[Any, Any], bool]] = {
    "profile": lambda _, after: after != "production",
    "stage": lambda _, after: after != "start",
    "fail_on": lambda before, after: SEVERITY_RANK[after] > SEVERITY_RANK[before],
    "process_env": lambda _, after: not after,
    "disable": lambda before, after: not set(before).issuperset(after),
    "not_secret": lambda before, after: not set(before).issuperset(after),
    "defer_paths": lambda before, after: not set(before).issuperset(after),
    "required_roles": lambda before, after: not set(after).issuperset(before),
    "deadline": lambda before, after: after > before,
    "live": lambda _, after: not after,
    "wait": lambda before, after: after > (before or 0),
    "live_timeout": lambda before, after: after > before,
    "endpoints": lambda before, after: not set(after).issuperset(before),
}
