"""What Compose does to a project silently, or with a warning that scrolls away: blanked variables, changed texts, ports.

None of these keeps a project from loading, and each has let a wrong password or an open port into production.
"""

from __future__ import annotations

from preflight.model.service import Trap
from preflight.sources.compose.commands import split
from preflight.sources.names import UNNAMED, presentable_variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from preflight.model.origin import Origin
    from preflight.model.service import PublishedPort
    from preflight.sources.compose.env_files import EnvValue
    from preflight.sources.compose.model import ComposeService
    from preflight.sources.compose.tree import Node, Trace


def find_traps(
    root: Node,
    services: list[ComposeService],
    obsolete: list[Origin],
    values: Mapping[str, EnvValue],
    line: Callable[[str, int], str],
) -> tuple[Trap, ...]:
    """Return what Compose does silently to a project, in the order of its services.

    Args:
        root: The project.
        services: Its services.
        obsolete: Where `version:` is written.
        values: What the env files of the project set.
        line: Gives a line of a Compose file.
    """
    found = [
        Trap(code="obsolete_version", message="Compose ignores `version:`", hint="Remove it.", origin=origin)
        for origin in obsolete
    ]
    for name, value in values.items():
        if value.blanked:
            found.append(_dollar(None, name, value.origin, value.blanked, value.line))
        if value.text.startswith("#"):
            found.append(_comment(None, name, value.origin))
    for service in services:
        found += _blanked(service)
        found += _settings(service)
        found += _nothing(service, line)
        found += _commands(service)
        found += _ports(service)
    for section in ("secrets", "configs"):
        entries = root.child(section)
        for name, node in (entries.value if entries is not None and isinstance(entries.value, dict) else {}).items():
            for trace, origin in _traces(node):
                if trace.blanked:
                    found.append(_unset(trace, origin, None, f"{section}.{name}"))
    return tuple(found)


def _traces(node: Node) -> Iterator[tuple[Trace, Origin]]:
    value = node.value
    if isinstance(value, dict):
        for child in value.values():
            yield from _traces(child)
    elif isinstance(value, list):
        for child in value:
            yield from _traces(child)
    elif node.trace is not None:
        yield node.trace, node.origin()


def _unset(trace: Trace, origin: Origin, service: str | None, setting: str | None) -> Trap:
    shown = trace.blanked_shown
    if setting not in _PLAIN:
        shown = tuple(dict.fromkeys(presentable_variable(name, trace.written) for name in trace.blanked))
    names = ", ".join(shown) or UNNAMED
    return Trap(
        code="variable_blanked",
        message=f"{names} is unset, and its part of the text came out empty",
        hint=_SET_THEM.format(names=names) if trace.blanked_shown else trace.set_them(),
        origin=origin,
        service=service,
        setting=setting,
        variables=shown or (UNNAMED,),
    )


# Fields without passwords, where `$TAG` is a variable and nothing else.
_PLAIN = frozenset({"image", "volumes", "ports", "container_name", "hostname", "networks", "user", "extra_hosts"})
_SET_THEM = "Set {names}, write ${{NAME:?}} to insist on it, or ${{NAME:-}} to say that empty is meant."


def _blanked(service: ComposeService) -> list[Trap]:
    found: dict[tuple[str, ...], Trap] = {}
    for field, node in service.tree.value.items():
        if field == "environment":
            continue
        for trace, origin in _traces(node):
            if trace.blanked:
                found.setdefault((str(origin), *trace.blanked), _unset(trace, origin, service.name, field))
    return list(found.values())


def _settings(service: ComposeService) -> list[Trap]:
    found = []
    own = service.tree.child("environment")
    nodes: dict[str, Node] = own.value if own is not None and isinstance(own.value, dict) else {}
    for name, setting in service.environment.items():
        node = nodes.get(name)
        if setting.blanked_by:
            written = _written(name, node)
            found.append(_dollar(service.name, name, setting.origin, setting.blanked_by, written))
        if node is not None and _is_changed(node):
            found.append(
                Trap(
                    code="text_changed",
                    message=f"{name} is written without quotes and is a number, date or boolean to YAML, so its text changes",
                    hint="Put the value in quotes.",
                    origin=setting.origin,
                    service=service.name,
                    setting=name,
                )
            )
        text = setting.text
        if node is None and text is not None and text.startswith("#"):
            found.append(_comment(service.name, name, setting.origin))
    return found


def _written(name: str, node: Node | None) -> str | None:
    """Return the text of a setting as written, without the `NAME=` of the list form; None for one from an env file."""
    return node.trace.written.removeprefix(f"{name}=") if node is not None and node.trace is not None else None


def _is_changed(node: Node) -> bool:
    """Tell whether a text is another than is written; `True` for `true` is none that anybody notices."""
    return node.written is not None and node.value is not None and node.written.lower() != node.value.lower()


def _dollar(service: str | None, name: str, origin: Origin, blanked: tuple[str, ...], written: str | None) -> Trap:
    """Say of a setting that a variable in it was unset; a `$` glued to a text was hardly meant as one."""
    meant = UNNAMED not in blanked if written is None else _meant(blanked, written)
    if not meant:
        return Trap(
            code="dollar_in_value",
            message=f"{name} has a `$` that begins the name of an unset variable, so the value is cut there",
            hint="Write `$$` for a dollar sign that is meant as one (in an env file, put the value in single quotes).",
            origin=origin,
            service=service,
            setting=name,
        )
    shown = blanked if written is None else tuple(presentable_variable(one, written) for one in blanked)
    names = ", ".join(dict.fromkeys(shown))
    return Trap(
        code="variable_blanked",
        message=f"{name} is made of {names}, which is unset, and its part came out empty",
        hint=_SET_THEM.format(names=names),
        origin=origin,
        service=service,
        setting=name,
        variables=shown,
    )


def _meant(names: tuple[str, ...], written: str) -> bool:
    """Tell whether variables were meant as such: in braces, or in capitals at the beginning."""
    return all(f"{{{name}" in written or (name.isupper() and written.startswith("$")) for name in names)


def _comment(service: str | None, name: str, origin: Origin) -> Trap:
    return Trap(
        code="comment_as_value",
        message=f"{name} has no value before its comment, so the comment is its value",
        hint='Write NAME="" before the comment, or set the value.',
        origin=origin,
        service=service,
        setting=name,
    )


def _nothing(service: ComposeService, line: Callable[[str, int], str]) -> Iterator[Trap]:
    """Find values that begin with `#`, which makes a comment of them: the variable is passed through instead."""
    own = service.tree.child("environment")
    for name, node in own.value.items() if own is not None and isinstance(own.value, dict) else ():
        origin = own.key_origin(name, name) if own is not None else node.origin(name)
        passed = node.value is None or (node.trace is not None and node.trace.written == name)
        if not passed or origin.file is None or origin.line is None or origin.column is None:
            continue
        rest = line(origin.file, origin.line)[origin.column - 1 :]
        _, colon, after = rest.partition(":")
        if colon and after.lstrip().startswith("#"):
            yield Trap(
                code="value_is_comment",
                message=f"what is written for {name} begins with `#`, so it is a comment and {name} has no value",
                hint="Put the value in quotes, or remove the comment.",
                origin=origin,
                service=service.name,
                setting=name,
            )


def _commands(service: ComposeService) -> list[Trap]:
    found = []
    for field in ("command", "entrypoint"):
        node = service.tree.child(field)
        if node is None or node.written is None:
            continue
        done = split(node.written)
        if done is not None and done.dropped:
            found.append(
                Trap(
                    code="command_cut",
                    message=f"Compose starts no shell, so {field} ends at its first `&`, `;`, `|`, `<` or `>`",
                    hint="Write `sh -c '...'`, or quote the character.",
                    origin=service.origin_of(field),
                    service=service.name,
                    setting=field,
                )
            )
    return found


def _ports(service: ComposeService) -> list[Trap]:
    found = []
    public: dict[tuple[str | None, int, str], PublishedPort] = {}
    for port in service.ports:
        key = (port.published, port.target, port.protocol)
        if _is_public(port):
            public.setdefault(key, port)
            if port.blanked_by and port.host_ip is None:
                found.append(_open_port(service, port))
    for port in service.ports:
        beside = public.get((port.published, port.target, port.protocol))
        if beside is None or _is_public(port):
            continue
        found.append(
            Trap(
                code="loopback_beside_public",
                message=f"port {port.target} is published on {port.host_ip}, and beside it on every interface ({beside.origin})",
                hint="An override adds ports; write `ports: !override` to replace them.",
                origin=port.origin,
                service=service.name,
                setting="ports",
            )
        )
    return found


def _is_public(port: PublishedPort) -> bool:
    return port.host_ip in (None, "", "0.0.0.0", "::")  # noqa: S104 - compared, not bound


def _open_port(service: ComposeService, port: PublishedPort) -> Trap:
    shown = tuple(name for name in port.blanked_by if name.isidentifier())
    names = ", ".join(shown)
    what = "a port that Docker chooses" if port.published is None else f"port {port.published}"
    return Trap(
        code="port_opened_by_unset_variable",
        message=f"{names} is unset, so {what} is published on every interface for port {port.target}",
        hint=f"Set {names}, or write ${{{port.blanked_by[0]}:?}} to insist on it.",
        origin=port.origin,
        service=service.name,
        setting="ports",
        variables=shown,
    )
