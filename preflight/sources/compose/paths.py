"""Relative paths of a model made absolute, against the folder that they are relative to. Nothing is looked up on disk."""

from __future__ import annotations

import os
import posixpath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.sources.compose.tree import Node

_MASK = "***"


class PathResolver:
    """Makes the paths of models absolute."""

    def __init__(self, home: str | None) -> None:
        self.home = home

    def path(self, text: str, base: str) -> str:
        """Return a path as an absolute one.

        Args:
            text: The path as written; `~` is the home folder.
            base: The folder that it is relative to.
        """
        if text.startswith("~") and self.home is not None:
            return posixpath.normpath(posixpath.join(self.home, text[1:].lstrip("/")))
        if text.startswith("/"):
            return text
        return _clean(posixpath.join(base, text))

    def model(self, root: Node, base: str) -> Node:
        """Return a model with its paths absolute."""
        changed: dict[str, Node] = {}
        services = root.child("services")
        if services is not None and isinstance(services.value, dict):
            changed["services"] = services.with_value(
                {name: self.service(service, base) for name, service in services.value.items()}
            )
        for section in ("secrets", "configs"):
            entries = root.child(section)
            if entries is not None and isinstance(entries.value, dict):
                changed[section] = entries.with_value(
                    {name: self._at(entry, "file", base) for name, entry in entries.value.items()}
                )
        volumes = root.child("volumes")
        if volumes is not None and isinstance(volumes.value, dict):
            changed["volumes"] = volumes.with_value(
                {name: self._device(entry, base) for name, entry in volumes.value.items()}
            )
        return root.with_children(changed) if changed else root

    def service(self, service: Node, base: str) -> Node:
        """Return a service with its paths absolute."""
        if not isinstance(service.value, dict):
            return service
        changed: dict[str, Node] = {}
        value = service.value
        if "build" in value:
            changed["build"] = self._build(value["build"], base)
        if "env_file" in value:
            changed["env_file"] = self._each(value["env_file"], "path", base)
        if "label_file" in value:
            changed["label_file"] = self._each(value["label_file"], None, base)
        extends = service.child("extends")
        if extends is not None:
            changed["extends"] = self._at(extends, "file", base)
        volumes = service.child("volumes")
        if volumes is not None and isinstance(volumes.value, list):
            changed["volumes"] = volumes.with_value([self._volume(item, base) for item in volumes.value])
        return service.with_children(changed) if changed else service

    def _at(self, node: Node, name: str, base: str) -> Node:
        path = node.child(name)
        if path is None or not isinstance(path.value, str):
            return node
        return node.with_children({name: path.with_value(self.path(path.value, base))})

    def _each(self, node: Node, name: str | None, base: str) -> Node:
        if isinstance(node.value, str):
            return node.with_value(self.path(node.value, base))
        if not isinstance(node.value, list):
            return node
        items = []
        for item in node.value:
            if isinstance(item.value, str) and item.value:
                items.append(item.with_value(self.path(item.value, base)))
            elif name is not None and isinstance(item.value, dict) and (path := item.child(name)) is not None:
                items.append(self._at(item, name, base) if path.value else item)
            else:
                items.append(item)
        return node.with_value(items)

    def _build(self, build: Node, base: str) -> Node:
        more = build.child("additional_contexts")
        if more is not None and isinstance(more.value, dict):
            contexts = {name: self._context(context, base) for name, context in more.value.items()}
            build = build.with_children({"additional_contexts": more.with_value(contexts)})
        context = build.child("context")
        return build if context is None else build.with_children({"context": self._context(context, base)})

    def _context(self, context: Node, base: str) -> Node:
        text = context.value
        if not isinstance(text, str) or not text or _is_remote(text) or text.startswith("service:"):
            return context
        return context.with_value(self.path(text, base))

    def _volume(self, volume: Node, base: str) -> Node:
        kind, source = volume.child("type"), volume.child("source")
        if kind is None or kind.value != "bind" or source is None or not isinstance(source.value, str):
            return volume
        if source.value[:1].isalpha() and source.value[1:3] in (":\\", ":/"):
            return volume  # a Windows drive
        return self._at(volume, "source", base)

    def _device(self, volume: Node, base: str) -> Node:
        options = volume.child("driver_opts")
        if options is None:
            return volume
        device, flags = options.child("device"), options.child("o")
        if device is None or flags is None or "bind" not in str(flags.value) or not isinstance(device.value, str):
            return volume
        return volume.with_children({"driver_opts": self._at(options, "device", base)})


def _clean(path: str) -> str:
    return posixpath.normpath(path)


def _is_remote(context: str) -> bool:
    return context.startswith(("https://", "http://", "git://", "ssh://", "github.com/", "git@")) or "://" in context


def home_of(environment: Mapping[str, str]) -> str | None:
    """Return the home folder that `~` stands for."""
    return environment.get("HOME") or None


def relative_name(path: str, directory: str) -> str:
    """Return a path as it is named in messages: relative to a folder where it lies below, else as it is.

    A remote address that stands where a path belongs (`include: https://user:token@host/…`) has its credentials masked.
    """
    prefix = directory.rstrip("/") + "/"
    return _without_credentials(path[len(prefix) :] if path.startswith(prefix) else os.fspath(path))


def _without_credentials(name: str) -> str:
    """Mask what stands before the host of an address (RFC 3986, 3.2.1), and behind its `?`; slashes may be collapsed already.

    A password may hold any character unescaped, so everything before the last `@` counts where a `:` is in it.
    """
    if "@" not in name and "?" not in name:
        return name
    head, scheme, rest = _split_at_scheme(name)
    before, question, _ = rest.partition("?")
    if scheme:
        rest = f"{before}?{_MASK}" if question and "@" not in rest[len(before) :] else rest
        authority = rest.partition("/")[0]
        user, at, _ = rest.rpartition("@")
        if at and ":" not in user:
            user, at, _ = authority.rpartition("@")
        return head + scheme + (_MASK + rest[len(user) :] if at else rest)
    user, at, _ = rest.rpartition("@")
    last = user.rpartition("/")[2]
    return rest if not at or ":" not in last else user[: len(user) - len(last)] + _MASK + rest[len(user) :]


def _split_at_scheme(name: str) -> tuple[str, str, str]:
    """Return what stands before a scheme, the scheme's end with its slashes, and what stands behind it."""
    head, colon, rest = name.partition(":/")
    if not colon or not head[-1:].isalnum():
        return "", "", name
    host = rest.lstrip("/")
    return head, colon + rest[: len(rest) - len(host)], host
