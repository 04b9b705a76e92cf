"""From the resolved trees of a project to its records."""

from __future__ import annotations

from preflight.model.secret_text import SecretText
from preflight.model.service import ContentSource, Dependency, Grant, Mount, Network, PublishedPort
from preflight.sources.compose.checks import is_external
from preflight.sources.compose.model import ComposeService, Volume

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.model.origin import Origin
    from preflight.model.setting import Setting
    from preflight.sources.compose.model import ServiceEnvFile
    from preflight.sources.compose.tree import Node


def service_record(
    name: str, tree: Node, origin: Origin, environment: Mapping[str, Setting], env_files: tuple[ServiceEnvFile, ...]
) -> ComposeService:
    """Return the record of a service."""
    networks = tree.child("networks")
    return ComposeService(
        name=name,
        origin=origin,
        image=_text(tree, "image"),
        environment=environment,
        env_files=env_files,
        ports=tuple(_port(node) for node in _items(tree, "ports")),
        mounts=tuple(_mount(node) for node in _items(tree, "volumes")),
        secrets=tuple(_grant(node, "/run/secrets/") for node in _items(tree, "secrets")),
        configs=tuple(_grant(node, "/") for node in _items(tree, "configs")),
        command=_words(tree, "command"),
        entrypoint=_words(tree, "entrypoint"),
        network_mode=_text(tree, "network_mode"),
        networks=tuple(networks.value) if networks is not None and isinstance(networks.value, dict) else (),
        depends_on=_dependencies(tree),
        tree=tree,
    )


def content_source(name: str, node: Node, origin: Origin) -> ContentSource:
    """Return the record of a secret or config."""
    content = node.child("content")
    file, variable = _text(node, "file"), _text(node, "environment")
    kind = "content"
    if is_external(node):
        kind = "external"
    elif file is not None:
        kind = "file"
    elif variable is not None:
        kind = "environment"
    elif content is None:
        kind = "driver"
    trace = content.trace if content is not None else None
    return ContentSource(
        name=name,
        resource_name=_text(node, "name") or name,
        kind=kind,  # type: ignore[arg-type]  # one of its words
        file=file,
        variable=variable,
        content=SecretText(content.value) if content is not None and isinstance(content.value, str) else None,
        origin=origin,
        via=trace.via if trace is not None else (),
    )


def network(name: str, node: Node, origin: Origin) -> Network:
    """Return the record of a network."""
    return Network(
        name=name,
        resource_name=_text(node, "name") or name,
        external=is_external(node),
        internal=_flag(node, "internal"),
        driver=_text(node, "driver"),
        driver_opts=_options(node),
        origin=origin,
    )


def volume(name: str, node: Node, origin: Origin) -> Volume:
    """Return the record of a named volume."""
    options = _options(node)
    bound = "bind" in options.get("o", "").split(",") or "rbind" in options.get("o", "").split(",")
    return Volume(
        name=name,
        resource_name=_text(node, "name") or name,
        external=is_external(node),
        driver=_text(node, "driver"),
        device=options.get("device") if bound else None,
        origin=origin,
    )


def _items(tree: Node, name: str) -> list[Node]:
    node = tree.child(name)
    return node.value if node is not None and isinstance(node.value, list) else []


def _text(node: Node, name: str) -> str | None:
    child = node.child(name)
    return child.value if child is not None and isinstance(child.value, str) else None


def _flag(node: Node, name: str) -> bool:
    child = node.child(name)
    return child is not None and child.value is True


def _options(node: Node) -> dict[str, str]:
    options = node.child("driver_opts")
    if options is None or not isinstance(options.value, dict):
        return {}
    return {name: str(child.value) for name, child in options.value.items()}


def _words(tree: Node, name: str) -> tuple[SecretText, ...] | None:
    node = tree.child(name)
    if node is None or not isinstance(node.value, list):
        return None
    return tuple(SecretText(str(item.value)) for item in node.value)


def _port(node: Node) -> PublishedPort:
    target = node.child("target")
    # The short form's parts share the trace of the text, the long form's have their own.
    traces = list(dict.fromkeys(child.trace for child in node.value.values() if child.trace is not None))
    return PublishedPort(
        host_ip=_text(node, "host_ip"),
        published=_text(node, "published") or None,
        target=target.value if target is not None else 0,
        protocol=_text(node, "protocol") or "tcp",
        mode=_text(node, "mode") or "ingress",
        origin=node.origin(),
        via=tuple(dict.fromkeys(place for trace in traces for place in trace.via)),
        references=tuple(dict.fromkeys(name for trace in traces for name in trace.names)),
        blanked_by=tuple(dict.fromkeys(name for trace in traces for name in trace.blanked)),
    )


def _mount(node: Node) -> Mount:
    source = node.child("source")
    options = node.child("volume")
    trace = source.trace if source is not None else None
    return Mount(
        type=_text(node, "type") or "volume",
        source=_text(node, "source"),
        target=_text(node, "target"),
        read_only=_flag(node, "read_only"),
        subpath=_text(options, "subpath") if options is not None else None,
        origin=node.origin(),
        via=trace.via if trace is not None else (),
    )


def _grant(node: Node, folder: str) -> Grant:
    source = _text(node, "source") or ""
    target = _text(node, "target") or source
    return Grant(
        source=source,
        target=target if target.startswith("/") else folder + target,
        mode=_text(node, "mode"),
        uid=_text(node, "uid"),
        gid=_text(node, "gid"),
        origin=node.origin(),
    )


def _dependencies(tree: Node) -> tuple[Dependency, ...]:
    depends_on = tree.child("depends_on")
    if depends_on is None or not isinstance(depends_on.value, dict):
        return ()
    found = []
    for name, node in depends_on.value.items():
        required = node.child("required")
        found.append(
            Dependency(
                service=name,
                condition=_text(node, "condition") or "service_started",
                required=required is None or required.value is not False,
                origin=depends_on.key_origin(name),
            )
        )
    return tuple(found)
