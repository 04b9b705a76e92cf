"""What Compose adds to a whole project: the default network, dependencies that follow from other fields, names."""

from __future__ import annotations

from preflight.sources.compose.checks import is_external
from preflight.sources.compose.defaults import each_service, passed, with_services
from preflight.sources.compose.tree import Node, at, mapping_at
from preflight.sources.compose.volumes import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.sources.compose.variables import Variables

_NAMED = ("networks", "volumes", "configs", "secrets")
_NAMESPACES = ("network_mode", "ipc", "pid", "uts", "cgroup")


def normalize(root: Node, project: str, variables: Variables) -> Node:
    """Return a model with what the project as a whole adds.

    Args:
        root: The model.
        project: The project's name.
        variables: Variables for build arguments without a value.
    """
    changed = {}
    default = False
    for name, service in each_service(root).items():
        new, uses = _service(service, variables)
        default = default or uses
        changed[name] = new
    root = with_services(root, changed)
    networks = root.child("networks")
    if default and (networks is None or "default" not in (networks.value or {})):
        made = at(root, None)
        base = networks if networks is not None and isinstance(networks.value, dict) else mapping_at(root, {})
        root = root.with_children({"networks": base.with_children({"default": made})})
    for section in _NAMED:
        entries = root.child(section)
        if entries is not None and isinstance(entries.value, dict):
            named = {key: _named(entry, key, project) for key, entry in entries.value.items()}
            root = root.with_children({section: entries.with_value(named)})
    return root


def _named(entry: Node, key: str, project: str) -> Node:
    if not isinstance(entry.value, dict):
        entry = mapping_at(entry, {})
    name = entry.child("name")
    if name is not None and name.value:
        return entry
    return entry.with_children({"name": at(entry, key if is_external(entry) else f"{project}_{key}")})


def _service(service: Node, variables: Variables) -> tuple[Node, bool]:
    new: dict[str, Node] = {}
    networks, mode = service.child("networks"), service.child("network_mode")
    uses_default = False
    if (mode is None or not mode.value) and "provider" not in service.value:
        if networks is None or not networks.value:
            new["networks"] = mapping_at(service, {"default": at(service, None)})
            uses_default = True
        else:
            uses_default = "default" in networks.value
    build = service.child("build")
    if build is not None and isinstance(build.value, dict):
        new["build"] = _build(build, variables)
    volumes = service.child("volumes")
    if volumes is not None and isinstance(volumes.value, list):
        new["volumes"] = volumes.with_value([_clean(volume) for volume in volumes.value])
    dependencies = _implied(service)
    depends_on = service.child("depends_on")
    if dependencies:
        known = depends_on or mapping_at(service, {})
        missing = {name: one for name, one in dependencies.items() if name not in known.value}
        new["depends_on"] = known.with_children(missing)
    policy = service.child("pull_policy")
    if policy is not None and policy.value == "if_not_present":
        new["pull_policy"] = policy.with_value("missing")
    return service.with_children(new), uses_default


def _build(build: Node, variables: Variables) -> Node:
    new: dict[str, Node] = {}
    if "dockerfile" not in build.value and "dockerfile_inline" not in build.value:
        new["dockerfile"] = at(build, "Dockerfile")
    args = build.child("args")
    if args is not None and isinstance(args.value, list):
        items = []
        for item in args.value:
            value = None if "=" in item.value else variables.get(item.value)
            if "=" in item.value:
                items.append(item)
            elif value is not None:
                items.append(passed(item, item.value, f"{item.value}={value}", variables))
        new["args"] = args.with_value(items)
    elif args is not None and isinstance(args.value, dict):
        kept = {}
        for name, child in args.value.items():
            value = variables.get(name) if child.value is None else None
            if value is not None:
                kept[name] = passed(child, name, value, variables)
            elif child.value is not None:
                kept[name] = child
        new["args"] = args.with_value(kept)
    return build.with_children(new)


def _clean(volume: Node) -> Node:
    target = volume.child("target")
    if target is None or not isinstance(target.value, str):
        return volume
    path = clean(target.value)
    return volume if path == target.value else volume.with_children({"target": target.with_value(path)})


def _implied(service: Node) -> dict[str, Node]:
    """Return the dependencies that follow from links, shared namespaces and shared volumes."""
    found: dict[str, Node] = {}

    def add(place: Node, name: str, *, restart: bool) -> None:
        values = {"condition": "service_started", "required": True, "restart": restart}
        found.setdefault(name, mapping_at(place, {key: at(place, value) for key, value in values.items()}))

    links, shared = service.child("links"), service.child("volumes_from")
    for link in links.value if links is not None and isinstance(links.value, list) else ():
        add(link, link.value.partition(":")[0], restart=True)
    for name in _NAMESPACES:
        mode = service.child(name)
        if mode is not None and isinstance(mode.value, str) and mode.value.startswith("service:"):
            add(mode, mode.value.removeprefix("service:"), restart=True)
    for volume in shared.value if shared is not None and isinstance(shared.value, list) else ():
        if not volume.value.startswith("container:"):
            add(volume, volume.value.partition(":")[0], restart=False)
    return found
