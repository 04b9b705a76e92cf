"""`extends`: services put over others, of the same file or of another one."""

from __future__ import annotations

import posixpath

from preflight.sources.compose import casting, merging, reading, short_forms, unicity
from preflight.sources.compose.paths import relative_name
from preflight.sources.compose.tree import Node, Refused, SourceFile, refuse, without

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.sources.compose.interpolating import Interpolator
    from preflight.sources.compose.layers import Layers

MOST_INHERITED = 300_000  # entries that services inherit, all together
LONGEST_CHAIN = 100  # of services that extend each other


class Extender:
    """Resolves the `extends` of one project; each file that is extended is read once."""

    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        self._bases: dict[tuple[str, Interpolator], tuple[Node, tuple[tuple[str, ...], ...]]] = {}
        self._inherited = 0

    def services(
        self,
        own: Node,
        file: SourceFile,
        resets: tuple[tuple[str, ...], ...],
        directory: str,
        interpolator: Interpolator,
    ) -> Node:
        """Return a document whose services have what they extend below them.

        Args:
            own: The document.
            file: Its file.
            resets: Paths that its tags take out of what it extends.
            directory: The folder that paths are relative to.
            interpolator: Replaces variables.

        Raises:
            Refused: A service extends one that does not exist, or itself.
        """
        services = own.child("services")
        if "services" not in own.value:
            return own
        if services is None or not isinstance(services.value, dict):
            raise refuse(
                "wrong_type", "services must be a mapping", "Indent the services below `services:`.", services or own
            )
        extending = [
            name
            for name, service in services.value.items()
            if isinstance(service.value, dict) and "extends" in service.value
        ]
        if not extending:
            return own
        made = dict(services.value)
        for name in extending:
            self._extend(name, made, file, resets, directory, interpolator, ())
        return own.with_children({"services": services.with_value(made)})

    def _extend(
        self,
        name: str,
        services: dict[str, Node],
        file: SourceFile,
        resets: tuple[tuple[str, ...], ...],
        directory: str,
        interpolator: Interpolator,
        trail: tuple[tuple[str, str], ...],
    ) -> Node:
        """Return a service with all it extends below it, following the chain; replaces the services on the way."""
        chain: list[tuple[str, Node]] = []
        seen = list(trail)
        current = name
        base = services[name]
        while (extends := base.child("extends")) is not None:
            self._step(file, current, seen, extends)
            chain.append((current, base))
            wanted, other = _extends(extends, current)
            if other is not None:
                base, more = self._far(wanted, other, resets, directory, interpolator, tuple(seen))
                resets = (*resets, *more)
                break
            if wanted.value not in services:
                raise _unknown_service(wanted, file.name)
            current = wanted.value
            base = services[current]
        for one, service in reversed(chain):
            base = self._over(base, service, one, resets)
            services[one] = base
        return base

    @staticmethod
    def _step(file: SourceFile, name: str, seen: list[tuple[str, str]], extends: Node) -> None:
        """Note a service of the chain.

        Raises:
            Refused: It was there before, or the chain is too long.
        """
        if (file.path, name) in seen:
            message = f"the service {name} extends itself, through others"
            raise refuse("extends_cycle", message, "Take one of the `extends` out.", extends)
        seen.append((file.path, name))
        if len(seen) > LONGEST_CHAIN:
            message = f"more than {LONGEST_CHAIN} services extend each other"
            raise refuse("too_deep", message, "Make the chain shorter.", extends)

    def _far(
        self,
        wanted: Node,
        other: Node,
        resets: tuple[tuple[str, ...], ...],
        directory: str,
        interpolator: Interpolator,
        trail: tuple[tuple[str, str], ...],
    ) -> tuple[Node, tuple[tuple[str, ...], ...]]:
        """Return a service of another file with all it extends, and what the tags of that file take out."""
        path = self.layers.resolver.path(other.value, directory)
        far = SourceFile(path, relative_name(path, self.layers.directory))
        model, more = self._base(far, other, interpolator)
        services = model.child("services")
        if services is None or not isinstance(services.value, dict) or wanted.value not in services.value:
            raise _unknown_service(wanted, far.name)
        own = dict(services.value)
        return self._extend(wanted.value, own, far, (*resets, *more), directory, interpolator, trail), more

    def _over(self, base: Node, service: Node, name: str, resets: tuple[tuple[str, ...], ...]) -> Node:
        """Return a service merged over the one it extends."""
        if not isinstance(base.value, dict):
            return service
        self._inherit(base, service)
        wrapped = Node({"services": Node({name: base}, base.file, base.line, base.column)}, base.file, 1, 1)
        for reset in resets:
            wrapped = without(wrapped, reset)
        below = wrapped.value["services"].value.get(name)
        if below is None:
            return service.without("extends")
        return merging.merge_service(below, service, name).without("extends")

    def _inherit(self, base: Node, service: Node) -> None:
        """Count what a service inherits.

        Raises:
            Refused: All services together inherit too much.
        """
        for child in base.value.values():
            if isinstance(child.value, (dict, list)):
                self._inherited += len(child.value)
        if self._inherited > MOST_INHERITED:
            message = f"services inherit more than {MOST_INHERITED} entries through `extends`"
            raise refuse("too_large", message, "A project of this size is not read.", service)

    def _base(
        self, file: SourceFile, place: Node, interpolator: Interpolator
    ) -> tuple[Node, tuple[tuple[str, ...], ...]]:
        """Return the model of a file that a service extends: not validated, and without what it includes or extends."""
        key = (file.path, interpolator)
        known = self._bases.get(key)
        if known is not None:
            return known
        self.layers.count(place, file.path)
        root = Node({}, file.name, 1, 1, marks={})
        resets: tuple[tuple[str, ...], ...] = ()
        roots, tagged = self.layers.documents(file, place.origin())
        for one in roots:
            document = reading.convert(one, file.name, interpolator, tagged=tagged)
            resets = document.resets
            for path in resets:
                root = without(root, path)
            root = unicity.enforce(merging.merge(root, casting.cast(document.root)))
            root = unicity.enforce(short_forms.canonical(root))
        root = self.layers.resolver.model(root, posixpath.dirname(file.path))
        self._bases[key] = (root, resets)
        return root, resets


def _extends(extends: Node, name: str) -> tuple[Node, Node | None]:
    """Return the service that is extended, and its file where it is another one."""
    if isinstance(extends.value, str):
        return extends, None
    if not isinstance(extends.value, dict):
        raise refuse(
            "wrong_type", f"services.{name}.extends must be a text or a mapping", "Write the service's name.", extends
        )
    service, file = extends.child("service"), extends.child("file")
    if service is None or not isinstance(service.value, str):
        raise refuse(
            "missing_key", f"services.{name}.extends needs the key service", "Write the service's name.", extends
        )
    if file is None or file.value is None:
        return service, None
    if not isinstance(file.value, str):
        raise refuse("wrong_type", f"services.{name}.extends.file must be a text", "Write the file's path.", file)
    return service, file


def _unknown_service(wanted: Node, name: str) -> Refused:
    message = f"the service {wanted.value} that is extended is not in {name}"
    return refuse("unknown_service", message, "Check the name and the file.", wanted)
