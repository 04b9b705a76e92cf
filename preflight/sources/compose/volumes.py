"""The short form of a mount: `SOURCE:TARGET:OPTIONS`."""

from __future__ import annotations

import posixpath

from preflight.sources.compose.tree import Node, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PROPAGATIONS = frozenset(("rprivate", "private", "rshared", "shared", "rslave", "slave"))
_SELINUX = frozenset(("z", "Z"))
_SHORTEST_WITH_COLON = 3


def parse_volume(node: Node) -> dict[str, Any]:
    """Read a short form.

    Args:
        node: The text.

    Returns:
        `type`, `target`, and where they are given `source`, `read_only`, `bind`, `volume`.

    Raises:
        Refused: A part is empty, or there are too many.
    """
    text: str = node.value
    if not text:
        raise refuse("empty_volume", "the mount is empty", _hint(node, "Write SOURCE:TARGET."), node)
    if len(text) < _SHORTEST_WITH_COLON:
        return {"type": "volume", "target": text}
    parts = _parts(text)
    if "" in parts:
        raise refuse(
            "empty_volume",
            "a part of the mount between the colons is empty",
            _hint(node, "Write SOURCE:TARGET:OPTIONS."),
            node,
        )
    if len(parts) > 3:
        raise refuse(
            "invalid_volume",
            "the mount has too many colons",
            "Write SOURCE:TARGET:OPTIONS, options separated by commas.",
            node,
        )
    source = parts[0] if len(parts) > 1 else None
    mount: dict[str, Any] = {"target": parts[1] if len(parts) > 1 else parts[0]}
    if source is not None:
        mount["source"] = source
    bind: dict[str, Any] = {}
    volume: dict[str, Any] = {}
    for option in parts[2].split(",") if len(parts) == 3 else ():
        if option in ("ro", "rw"):
            mount["read_only"] = option == "ro"
        elif option == "nocopy":
            volume["nocopy"] = True
        elif option in _PROPAGATIONS:
            bind["propagation"] = option
        elif option in _SELINUX:
            bind["selinux"] = option
    if not mount.get("read_only"):
        mount.pop("read_only", None)
    if source is not None and is_path(source):
        bound = {"type": "bind", **mount, "bind": {**bind, "create_host_path": True}}
        return {**bound, "volume": volume} if volume else bound
    made = {"type": "volume", **mount, "volume": volume}
    return {**made, "bind": bind} if bind else made


def _parts(text: str) -> list[str]:
    """Split at colons, but not after a single letter at the start of a part: that is a Windows drive."""
    parts: list[str] = []
    part = ""
    for letter in text:
        if letter == ":" and not (len(part) == 1 and part.isalpha()):
            parts.append(part)
            part = ""
        else:
            part += letter
    return [*parts, part]


def clean(path: str) -> str:
    """Return a path in a container without what has no effect, as Go's `path.Clean` does: one slash at the beginning."""
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def is_path(source: str) -> bool:
    """Tell whether a mount's source is a path on the host, not the name of a volume."""
    if source[:1] in (".", "/", "~") or source.startswith("\\\\"):
        return True
    return len(source) > 1 and source[1] == ":" and source[0].isalpha()


def _hint(node: Node, otherwise: str) -> str:
    if node.trace is not None and node.trace.blanked:
        return node.trace.set_them()
    return otherwise
