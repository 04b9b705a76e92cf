"""Whether the enabled services of a project fit together, as Compose checks before it starts anything."""

from __future__ import annotations

from preflight.sources.compose.checks import is_external
from preflight.sources.compose.tree import Refused, problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.model.origin import Origin
    from preflight.model.problem import Problem
    from preflight.sources.compose.tree import Node

# Codes that a lone override fragment has: what it refers to is in the file that it overrides.
FRAGMENT_CODES = frozenset(
    ("no_image", "undefined_network", "undefined_volume", "undefined_secret", "undefined_config", "undefined_service")
)


def check_consistency(root: Node, services: Mapping[str, Node], disabled: Mapping[str, Node]) -> None:
    """Check a project.

    Args:
        root: The project, for its networks, volumes, secrets and configs.
        services: The enabled services.
        disabled: Services that no profile enables.

    Raises:
        Refused: Something is wrong; all of it is given.
    """
    found: list[Problem] = []
    for name, service in services.items():
        found += _Service(name, service, root, services, disabled).problems()
    found += _without_content(root)
    found += _cycles(services)
    found += _same_names(services)
    if found:
        raise Refused(found)


class _Service:
    def __init__(
        self, name: str, node: Node, root: Node, services: Mapping[str, Node], disabled: Mapping[str, Node]
    ) -> None:
        self.name = name
        self.node = node
        self.root = root
        self.services = services
        self.disabled = disabled
        self.found: list[Problem] = []

    def add(self, code: str, message: str, hint: str, origin: Origin) -> None:
        self.found.append(problem(code, f"the service {self.name} {message}", hint, origin))

    def problems(self) -> list[Problem]:
        value = self.node.value
        image, build = self.node.child("image"), self.node.child("build")
        if build is None and (image is None or not image.value) and "provider" not in value:
            if image is not None and image.trace is not None and image.trace.blanked:
                hint = image.trace.set_them()
                self.add("blank_image", "has an empty image", hint, self.node.key_origin("image"))
            else:
                hint = "Add `image:`, or give the file it overrides with -f before this one."
                self.add("no_image", "has neither an image nor a build", hint, self.node.origin())
        self._networks()
        self._defined_lists()
        self._dependencies()
        self._healthcheck()
        self._scale()
        self._same_values()
        self._mounts()
        return self.found

    def _defined(self, section: str) -> Mapping[str, Node]:
        entries = self.root.child(section)
        return entries.value if entries is not None and isinstance(entries.value, dict) else {}

    def _networks(self) -> None:
        networks, mode = self.node.child("networks"), self.node.child("network_mode")
        if networks is None or not isinstance(networks.value, dict):
            return
        if mode is not None and mode.value and networks.value:
            hint = "Remove one of the two."
            self.add(
                "two_networks", "has both `network_mode` and `networks`", hint, self.node.key_origin("network_mode")
            )
        defined = self._defined("networks")
        for network in networks.value:
            if network not in defined:
                hint = f"Define {network} below `networks:`, or give the file that does with -f."
                self.add(
                    "undefined_network",
                    f"uses the network {network}, which is not defined",
                    hint,
                    networks.key_origin(network),
                )

    def _defined_lists(self) -> None:
        volumes = self.node.child("volumes")
        defined = self._defined("volumes")
        for volume in volumes.value if volumes is not None else ():
            kind, source = volume.child("type"), volume.child("source")
            if kind is None or kind.value != "volume" or source is None or not source.value:
                continue
            if source.value not in defined:
                hint = f"Define {source.value} below `volumes:`, or begin a path with `./`."
                self.add(
                    "undefined_volume", f"uses the volume {source.value}, which is not defined", hint, volume.origin()
                )
        build = self.node.child("build")
        grants = [(self.node.child("secrets"), "secret"), (self.node.child("configs"), "config")]
        if build is not None:
            grants.append((build.child("secrets"), "secret"))
        for granted, kind_name in grants:
            defined = self._defined(kind_name + "s")
            for entry in granted.value if granted is not None and isinstance(granted.value, list) else ():
                source = entry.child("source")
                if source is None:
                    hint = "Add `source:` with its name."
                    self.add("missing_source", f"is given a {kind_name} without a source", hint, entry.origin())
                elif source.value not in defined:
                    hint = f"Define {source.value} below `{kind_name}s:`."
                    message = f"uses the {kind_name} {source.value}, which is not defined"
                    self.add(f"undefined_{kind_name}", message, hint, entry.origin())
        models = self.node.child("models")
        if models is None or not isinstance(models.value, dict):
            return
        for model in models.value:
            if model not in self._defined("models"):
                hint = f"Define {model} below `models:`."
                self.add(
                    "undefined_model", f"uses the model {model}, which is not defined", hint, models.key_origin(model)
                )

    def _dependencies(self) -> None:
        depends_on = self.node.child("depends_on")
        if depends_on is None or not isinstance(depends_on.value, dict):
            return
        for other, entry in depends_on.value.items():
            required = entry.child("required")
            optional = required is not None and required.value is False
            if other in self.services or (optional and other in self.disabled):
                continue
            origin = depends_on.key_origin(other)
            if other in self.disabled:
                hint = f"Enable it with its profile, or write `required: false` for {other}."
                self.add("disabled_service", f"depends on {other}, which no profile enables", hint, origin)
            else:
                hint = f"Define {other}, or give the file that does with -f."
                self.add("undefined_service", f"depends on {other}, which is not defined", hint, origin)

    def _healthcheck(self) -> None:
        check = self.node.child("healthcheck")
        test = check.child("test") if check is not None else None
        if test is None or not isinstance(test.value, list) or not test.value:
            return
        if test.value[0].value not in ("CMD", "CMD-SHELL", "NONE"):
            hint = "Begin the list with CMD or CMD-SHELL, or write the command as one text."
            self.add(
                "invalid_healthcheck",
                "has a health check that begins with none of CMD, CMD-SHELL and NONE",
                hint,
                test.origin(),
            )

    def _scale(self) -> None:
        scale = self.node.child("scale")
        deploy = self.node.child("deploy")
        replicas = deploy.child("replicas") if deploy is not None else None
        if scale is not None and replicas is not None and scale.value != replicas.value:
            self.add(
                "two_scales", "has different numbers in `scale` and `deploy.replicas`", "Keep one.", scale.origin()
            )
            return
        count = scale or replicas
        container = self.node.child("container_name")
        if (
            count is not None
            and isinstance(count.value, int)
            and count.value > 1
            and container is not None
            and container.value
        ):
            hint = "Remove `container_name`: two containers cannot have one name."
            self.add(
                "name_with_scale",
                "has a container name and more than one replica",
                hint,
                self.node.key_origin("container_name"),
            )

    def _same_values(self) -> None:
        """Check the old fields for limits against those below `deploy`, which mean the same."""
        deploy = self.node.child("deploy")
        resources = deploy.child("resources") if deploy is not None else None
        if resources is None:
            return
        for field, part, name in _SAME:
            old = self.node.child(field)
            group = resources.child(part)
            if old is None or group is None or not isinstance(group.value, dict) or not _number(old):
                continue
            # What the group leaves out counts as 0 for Compose, which is another number.
            new = group.child(name)
            if (_number(new) if new is not None else 0.0) == _number(old):
                continue
            message = f"has different numbers in `{field}` and `deploy.resources.{part}.{name}`"
            hint = f"Keep one: write `{name}` below `deploy.resources.{part}`, and take `{field}` out."
            self.add("two_limits", message, hint, self.node.key_origin(field))

    def _mounts(self) -> None:
        temporary, volumes = self.node.child("tmpfs"), self.node.child("volumes")
        paths: set[str] = set()
        for entry in temporary.value if temporary is not None else ():
            path = entry.value.partition(":")[0]
            if path in paths:
                self.add("two_mounts", f"mounts {path} twice in `tmpfs`", "Keep one.", entry.origin())
            paths.add(path)
        for entry in volumes.value if volumes is not None else ():
            target = entry.child("target")
            if target is None or not target.value:
                continue
            if target.value in paths:
                self.add("two_mounts", f"mounts {target.value} twice", "Mount one of them elsewhere.", entry.origin())
            paths.add(target.value)


_SAME = (
    ("cpus", "limits", "cpus"),
    ("mem_limit", "limits", "memory"),
    ("mem_reservation", "reservations", "memory"),
    ("pids_limit", "limits", "pids"),
)


def _number(node: Node) -> float:
    try:
        return float(node.value)
    except (TypeError, ValueError):
        return 0.0


def _without_content(root: Node) -> list[Problem]:
    secrets = root.child("secrets")
    found = []
    for name, entry in secrets.value.items() if secrets is not None and isinstance(secrets.value, dict) else ():
        if not is_external(entry) and "file" not in entry.value and "environment" not in entry.value:
            message = f"secrets.{name} needs one of file, environment"
            found.append(problem("no_source", message, "Say where its content is.", entry.origin()))
    return found


def _cycles(services: Mapping[str, Node]) -> list[Problem]:
    """Find one cycle of dependencies, without recursion: a chain may be as long as the project."""
    state: dict[str, int] = {}
    for start in services:
        if start in state:
            continue
        path: list[str] = []
        stack = [(start, iter(_needed(services[start], services)))]
        state[start] = 1
        path.append(start)
        while stack:
            current, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[current] = 2
                path.pop()
                stack.pop()
            elif state.get(following) == 1:
                cycle = [*path[path.index(following) :], following]
                depends_on = services[current].child("depends_on")
                origin = (depends_on or services[current]).key_origin(following)
                message = f"services depend on each other: {' needs '.join(cycle)}"
                return [problem("dependency_cycle", message, "Take one of the dependencies out.", origin)]
            elif following not in state:
                state[following] = 1
                path.append(following)
                stack.append((following, iter(_needed(services[following], services))))
    return []


def _needed(service: Node, services: Mapping[str, Node]) -> list[str]:
    depends_on = service.child("depends_on")
    if depends_on is None or not isinstance(depends_on.value, dict):
        return []
    return [name for name in depends_on.value if name in services]


def _same_names(services: Mapping[str, Node]) -> list[Problem]:
    seen: dict[str, str] = {}
    found = []
    for name, service in services.items():
        container = service.child("container_name")
        if container is None or not container.value:
            continue
        if container.value in seen:
            message = f"the services {seen[container.value]} and {name} have the same container name"
            found.append(
                problem("same_container_name", message, "Give each its own.", service.key_origin("container_name"))
            )
        seen.setdefault(container.value, name)
    return found
