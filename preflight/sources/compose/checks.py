"""What Compose checks of a model before it is put to use: where secrets and configs come from, external volumes, addresses."""

from __future__ import annotations

from preflight.sources.compose.ports import is_address
from preflight.sources.compose.tree import Node, Refused, problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.model.problem import Problem


def check_sources(root: Node) -> None:
    """Check a model.

    Raises:
        Refused: Something is wrong; all of it is given.
    """
    found: list[Problem] = []
    for section, sources in (("secrets", ("file", "environment")), ("configs", ("file", "environment", "content"))):
        entries = root.child(section)
        if entries is not None and isinstance(entries.value, dict):
            for name, entry in entries.value.items():
                found += _one_source(entry, f"{section}.{name}", sources)
    volumes = root.child("volumes")
    if volumes is not None and isinstance(volumes.value, dict):
        for name, entry in volumes.value.items():
            found += _external_volume(entry, name)
    services = root.child("services")
    if services is not None and isinstance(services.value, dict):
        for name, service in services.value.items():
            found += _addresses(service, name)
            found += _sourceless(service, name)
    if found:
        raise Refused(found)


def is_external(entry: Node) -> bool:
    """Tell whether a resource is made outside of the project."""
    external = entry.child("external")
    return external is not None and external.value is True


def _one_source(entry: Node, path: str, sources: tuple[str, ...]) -> list[Problem]:
    if not isinstance(entry.value, dict):
        return []
    given = [source for source in sources if source in entry.value]
    listed = ", ".join(sources)
    if len(given) > 1:
        message = f"{path} has both {' and '.join(given)}, and they exclude each other"
        return [
            problem(
                "two_sources", message, "Keep one; an override adds to what it overrides.", entry.key_origin(given[-1])
            )
        ]
    if not given and "driver" not in entry.value and "external" not in entry.value:
        return [problem("no_source", f"{path} needs one of {listed}", "Say where its content is.", entry.origin())]
    return []


def _external_volume(entry: Node, name: str) -> list[Problem]:
    if not isinstance(entry.value, dict) or not is_external(entry):
        return []
    more = [key for key in entry.value if key not in ("external", "name") and not key.startswith("x-")]
    if not more:
        return []
    message = f"volumes.{name} is external, so {more[0]} has no meaning"
    return [problem("external_with_settings", message, "Remove one of the two.", entry.key_origin(more[0]))]


def _addresses(service: Node, name: str) -> list[Problem]:
    ports = service.child("ports")
    found = []
    for port in ports.value if ports is not None and isinstance(ports.value, list) else ():
        address = port.child("host_ip")
        if address is not None and not (isinstance(address.value, str) and is_address(address.value)):
            hint = "Write an address such as 127.0.0.1."
            if address.trace is not None and address.trace.blanked:
                hint = address.trace.set_them()
            found.append(
                problem("invalid_address", f"host_ip of a port of {name} is no IP address", hint, address.origin())
            )
    return found


def _sourceless(service: Node, name: str) -> list[Problem]:
    volumes = service.child("volumes")
    found = []
    for volume in volumes.value if volumes is not None and isinstance(volumes.value, list) else ():
        kind = volume.child("type")
        if kind is not None and kind.value == "bind" and "source" not in volume.value:
            message = f"a bind mount of {name} has no source"
            found.append(
                problem("missing_source", message, "Add `source:` with the path on the host.", volume.origin())
            )
    return found
