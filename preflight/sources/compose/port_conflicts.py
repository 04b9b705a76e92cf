"""Ports that two services want to publish: Docker starts the first, and refuses the second."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from preflight.sources.compose.model import ComposeService

_EVERY = frozenset({None, "", "0.0.0.0", "::"})  # noqa: S104 - compared, not bound


def port_conflicts(services: Iterable[ComposeService]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return for each service that has a conflict, and each of its ports, the names of the others that want the same.

    A single port conflicts; of a range for one container port Docker takes whichever is free.

    Args:
        services: The services that would run.
    """
    wanted: dict[tuple[str, int], list[tuple[str, str | None, int]]] = {}
    rows = [service for service in services if service.ports and service.network_mode != "host"]
    for service in rows:
        for position, port in enumerate(service.ports):
            for number in _numbers(port.published):
                wanted.setdefault((port.protocol, number), []).append((service.name, port.host_ip, position))
    found: dict[str, dict[int, dict[str, None]]] = {}
    for takers in wanted.values():
        if len({name for name, _, _ in takers}) < 2:
            continue
        for name, address, position in takers:
            others = {other: None for other, at, _ in takers if other != name and _overlap(address, at)}
            if others:
                found.setdefault(name, {}).setdefault(position, {}).update(others)
    return {
        service.name: tuple(tuple(found[service.name].get(position, ())) for position in range(len(service.ports)))
        for service in rows
        if service.name in found
    }


def _overlap(first: str | None, second: str | None) -> bool:
    return first in _EVERY or second in _EVERY or first == second


def _numbers(published: str | None) -> tuple[int, ...]:
    return (int(published),) if published and published.isdecimal() else ()
