"""What Compose fills in: defaults of a model, and variables without a value taken from the environment."""

from __future__ import annotations

from preflight.sources.compose.tree import Node, Trace, at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.sources.compose.variables import Variables


def each_service(root: Node) -> dict[str, Node]:
    """Return the services of a model that are mappings."""
    services = root.child("services")
    if services is None or not isinstance(services.value, dict):
        return {}
    return {name: service for name, service in services.value.items() if isinstance(service.value, dict)}


def with_services(root: Node, services: dict[str, Node]) -> Node:
    """Return a model with other services."""
    place = root.child("services")
    if place is None or not services:
        return root
    return root.with_children({"services": place.with_value({**place.value, **services})})


def with_defaults(root: Node) -> Node:
    """Return a model with the defaults of ports, secrets and builds."""
    changed = {}
    for name, service in each_service(root).items():
        new: dict[str, Node] = {}
        build, ports, secrets = service.child("build"), service.child("ports"), service.child("secrets")
        if build is not None and isinstance(build.value, dict) and "context" not in build.value:
            new["build"] = build.with_children({"context": at(build, ".")})
        if ports is not None:
            new["ports"] = ports.with_value([_port(port) for port in ports.value])
        if secrets is not None:
            new["secrets"] = secrets.with_value([_secret(secret) for secret in secrets.value])
        if new:
            changed[name] = service.with_children(new)
    return with_services(root, changed)


def _port(port: Node) -> Node:
    missing = {
        name: at(port, value) for name, value in (("protocol", "tcp"), ("mode", "ingress")) if name not in port.value
    }
    return port.with_children(missing) if missing else port


def _secret(secret: Node) -> Node:
    source = secret.child("source")
    if "target" in secret.value or source is None:
        return secret
    return secret.with_children({"target": at(source, f"/run/secrets/{source.value}")})


def with_environment(root: Node, variables: Variables) -> Node:
    """Return a model whose variables without a value have that of the project's environment, where it has one."""
    changed = {}
    for name, service in each_service(root).items():
        environment = service.child("environment")
        new = environment and _passed(environment, variables)
        if new is not None and new is not environment:
            changed[name] = service.with_children({"environment": new})
    root = with_services(root, changed)
    for section in ("secrets", "configs"):
        entries = root.child(section)
        if entries is None or not isinstance(entries.value, dict):
            continue
        known = {}
        for name, entry in entries.value.items():
            variable = entry.child("environment")
            if variable is not None and isinstance(variable.value, str):
                value = variables.get(variable.value)
                if value is not None:
                    known[name] = entry.with_children({"content": passed(variable, variable.value, value, variables)})
        if known:
            root = root.with_children({section: entries.with_children(known)})
    return root


def passed(place: Node, name: str, value: str, variables: Variables) -> Node:
    """Return a variable's value as a node at the place that names the variable."""
    trace = Trace(name, variables.origins(name), (name,), ())
    return Node(value, place.file, place.line, place.column, trace=trace)


def _passed(environment: Node, variables: Variables) -> Node:
    if isinstance(environment.value, list):
        items = []
        for item in environment.value:
            value = None if "=" in item.value else variables.get(item.value)
            items.append(item if value is None else passed(item, item.value, f"{item.value}={value}", variables))
        return environment.with_value(items)
    if not isinstance(environment.value, dict):
        return environment
    changed = {}
    for name, child in environment.value.items():
        value = variables.get(name) if child.value is None else None
        if value is not None:
            changed[name] = passed(child, name, value, variables)
    return environment.with_children(changed) if changed else environment
