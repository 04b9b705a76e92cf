"""The types of resources: one module each, found by walking this folder."""

from __future__ import annotations

import os

from preflight.resources.base import Context, Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeAlias

    from preflight.model.subject import Subject

    Collector: TypeAlias = Callable[[Subject, Context], Iterable[Resource]]

__all__ = ["LIVE_TYPES", "Context", "Resource", "collect", "collector", "resource_class", "resource_types"]

LIVE_TYPES = frozenset({"postgres_session", "redis_session", "tls_endpoint", "vault_session"})
"""The types whose facts come from live servers. Rules about them run only where live checks were asked for."""

_found_types: tuple[str, ...] = ()
_modules: dict[str, Any] = {}


def resource_types() -> tuple[str, ...]:
    """Return the names of all resource types, sorted: the modules of this folder."""
    global _found_types  # noqa: PLW0603 - the folder is read once in a process
    if not _found_types:
        names = (os.path.splitext(entry)[0] for entry in os.listdir(__path__[0]))
        _found_types = tuple(sorted({name for name in names if not name.startswith("_") and name != "base"}))
    return _found_types


def resource_class(resource_type: str) -> type[Resource]:
    """Return the class of a resource type.

    Raises:
        KeyError: There is no such type.
    """
    found: type[Resource] = _module(resource_type).RESOURCE
    return found


def collect(resource_type: str, subject: Subject, context: Context) -> Iterable[Resource]:
    """Collect the resources of one type from a subject.

    Raises:
        KeyError: There is no such type.
    """
    return collector(resource_type)(subject, context)


def collector(resource_type: str) -> Collector:
    """Return what collects the resources of one type.

    Raises:
        KeyError: There is no such type.
    """
    found: Collector = _module(resource_type).collect
    return found


def _module(resource_type: str):  # type: ignore[no-untyped-def] # noqa: ANN202 - a module, whose names are checked by a contract test
    found = _modules.get(resource_type)
    if found is None:
        if resource_type not in resource_types():  # never import a name from input that is not one of ours
            raise KeyError(resource_type)
        found = _modules[resource_type] = __import__(f"{__name__}.{resource_type}", fromlist=("RESOURCE",))
    return found
