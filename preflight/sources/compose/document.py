"""A project in the shape of `docker compose config --format json`, with each text as the caller wants it shown."""

from __future__ import annotations

from preflight.sources.compose.scalars import Timestamp, float_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from preflight.model.secret_text import SecretText
    from preflight.sources.compose.model import ComposeProject, ComposeService
    from preflight.sources.compose.tree import Node

_NOT_SHOWN = frozenset(("env_file", "label_file", "extends", "content"))
_SECTIONS = ("networks", "volumes", "secrets", "configs")


def as_document(project: ComposeProject, show: Callable[[SecretText], str]) -> dict[str, Any]:
    """Return a project as plain dictionaries and lists.

    Args:
        project: The project.
        show: Makes a text of a value that may be a secret: `str` redacts it.
    """
    from preflight.model.secret_text import SecretText

    def text(value: str) -> str:
        return show(SecretText(value))

    document: dict[str, Any] = {"name": project.name, "services": {}}
    for service in project.services:
        document["services"][service.name] = _service(service, text, show)
    for section in _SECTIONS:
        used = _used(project, section)
        entries = project.tree.child(section)
        known = entries.value if entries is not None and isinstance(entries.value, dict) else {}
        shown = {name: _plain(node, _keep) for name, node in known.items() if name in used}
        if section == "configs":
            for name, entry in shown.items():
                content = known[name].child("content")
                if content is not None and "environment" not in entry:
                    entry["content"] = text(content.value)
        if section == "networks":
            for entry in shown.values():
                entry.setdefault("ipam", {})
        if shown:
            document[section] = shown
    return document


def _keep(value: str) -> str:
    return value


def _service(service: ComposeService, text: Callable[[str], str], show: Callable[[SecretText], str]) -> dict[str, Any]:
    made: dict[str, Any] = {"command": None, "entrypoint": None}
    for name, node in service.tree.value.items():
        if name in _NOT_SHOWN or name.startswith("x-") or name == "environment":
            continue
        secret = name in ("command", "entrypoint", "healthcheck", "labels", "build", "annotations")
        made[name] = _plain(node, text if secret else _keep)
    if service.environment:
        made["environment"] = {
            name: None if setting.text is None or setting.value is None else show(setting.value)  # type: ignore[arg-type]  # a literal, as `text` says
            for name, setting in service.environment.items()
        }
    return made


def _plain(node: Node, text: Callable[[str], str]) -> Any:  # noqa: ANN401 - plain values
    value = node.value
    if isinstance(value, dict):
        return {
            name: _plain(child, text)
            for name, child in value.items()
            if name != "content" and not name.startswith("x-")
        }
    if isinstance(value, list):
        return [_plain(item, text) for item in value]
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Timestamp):
        return value.text
    if isinstance(value, float) and value.is_integer():
        return int(value) if abs(value) < 1e15 else float_text(value)
    return value


def _used(project: ComposeProject, section: str) -> set[str]:
    """Return the names that enabled services use: Compose leaves the others out."""
    if section == "networks":
        return {name for service in project.services for name in service.networks}
    if section == "volumes":
        return {
            mount.source
            for service in project.services
            for mount in service.mounts
            if mount.type == "volume" and mount.source
        }
    used = {
        grant.source
        for service in project.services
        for grant in (service.secrets if section == "secrets" else service.configs)
    }
    if section == "secrets":
        for service in project.services:
            used |= {entry.get("source") for entry in service.value("build", "secrets") or ()}
    return used
