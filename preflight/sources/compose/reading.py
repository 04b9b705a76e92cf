"""From the text of a Compose file to trees: merge keys, tags, scalar types and interpolation.

The order is Compose's own: YAML is decoded whole, then each text is interpolated once, and what comes out is neither
interpolated nor typed again.
"""

from __future__ import annotations

import os
import posixpath
import stat

from preflight.documents import yaml
from preflight.documents.nodes import Mapping, Scalar, Sequence
from preflight.documents.suggestions import did_you_mean
from preflight.model.origin import Origin
from preflight.sources.compose.scalars import Timestamp, resolve
from preflight.sources.compose.tree import Node, Refused, problem, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from preflight.documents.nodes import Node as YamlNode
    from preflight.sources.compose.interpolating import Interpolator
    from preflight.sources.compose.tree import Mark

MAX_BYTES = 8 * 1024 * 1024
MAX_NODES = 600_000  # 10,000 services of the usual size have 350,000
MAX_ALIASED = 100_000  # Compose's own bound on the nodes that it visits through aliases

_STANDARD = "tag:yaml.org,2002:"
_KINDS = {"int": int, "float": float, "bool": bool, "null": type(None), "timestamp": Timestamp}
_MERGE = (None, _STANDARD + "merge")


class Document:
    """One document of a file.

    Attributes:
        root: Its mapping.
        resets: Paths that `!reset` and `!override` take out of what was loaded before.
    """

    __slots__ = ("resets", "root")

    def __init__(self, root: Node, resets: tuple[tuple[str, ...], ...]) -> None:
        self.root = root
        self.resets = resets


def _beside(path: str, name: str) -> str:
    """Return what to do about a file that was given and is missing: another one of its folder may be meant."""
    folder, own = posixpath.split(path)
    try:
        names = sorted(one for one in os.listdir(folder) if one.endswith((".yaml", ".yml")))
    except OSError:
        return "Check the path; there is no such folder."
    same = [one for one in names if _stem(one) == _stem(own)]
    near = same[0] if same else did_you_mean(own, names)
    return f"Did you mean {posixpath.join(posixpath.dirname(name), near)}?" if near else "Check the path."


def _stem(name: str) -> str:
    return posixpath.splitext(name)[0].removeprefix("docker-")


def read_bytes(path: str, name: str, place: Origin | None) -> bytes:
    """Read a file, at most `MAX_BYTES`.

    Args:
        path: Where it lies.
        name: How it is called in messages.
        place: Where it is asked for, or None when that was the command line.

    Raises:
        Refused: It is missing, no file, unreadable or too large.
    """
    origin = place or Origin(file=name)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        hint = "Check the path; it is relative to the file that names it." if place is not None else _beside(path, name)
        raise refuse("missing", f"the file {name} does not exist", hint, origin) from None
    except OSError:
        raise refuse("unreadable", f"the file {name} cannot be read", "Check its permissions.", origin) from None
    try:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            message = f"{name} is a directory, and a file is expected"
            raise refuse("is_directory", message, "Name the file in it.", origin)
        pieces: list[bytes] = []
        left = MAX_BYTES + 1
        while left > 0:
            piece = os.read(descriptor, left)
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
            left -= len(piece)
    except OSError:
        raise refuse("unreadable", f"the file {name} cannot be read", "Check what it is.", origin) from None
    finally:
        os.close(descriptor)
    raise refuse(
        "too_large",
        f"the file {name} has more than {MAX_BYTES // (1024 * 1024)} MiB",
        "A Compose file of this size is not read.",
        origin,
    )


def parse(data: bytes, file: str) -> list[Mapping]:
    """Read the YAML of a Compose file.

    Args:
        data: The file's bytes.
        file: Its path as given, for origins.

    Returns:
        The documents that are not empty, in order; at least one.

    Raises:
        Refused: It is not YAML that Compose reads, has no document, or a document is no mapping.
    """
    try:
        roots = yaml.load_all(data, max_bytes=MAX_BYTES, max_nodes=MAX_NODES, max_aliased=MAX_ALIASED, joined=True)
    except yaml.YamlError as bad:
        origin = Origin(file=file, line=bad.line, column=bad.column)
        hint = _HINTS.get(bad.code, "Correct the YAML; Compose refuses the file as well.")
        raise Refused((problem(bad.code, bad.message, hint, origin),)) from None
    if not roots or (len(roots) == 1 and isinstance(roots[0], Scalar) and not roots[0].text):
        raise refuse(
            "empty",
            "the Compose file is empty",
            "Write at least `services:` into it.",
            Origin(file=file, line=1, column=1),
        )
    found = []
    for root in roots:
        if not isinstance(root, Mapping):
            raise refuse(
                "not_a_mapping",
                "a Compose file must be a mapping with `services:` and the like",
                "Indent the services below `services:`.",
                Origin(file=file, line=root.line, column=root.column),
            )
        found.append(root)
    return found


def convert(root: Mapping, file: str, interpolator: Interpolator, *, tagged: bool) -> Document:
    """Turn a document into a tree, with merge keys resolved and variables replaced.

    Args:
        root: The document.
        file: Its path as given, for origins.
        interpolator: Replaces variables and collects what is missing.
        tagged: Whether the file may use `!reset` or `!override`.

    Raises:
        Refused: A key is no text, or `<<` names something that cannot be merged.
    """
    resets = tuple(dict.fromkeys(_resets(root, ()))) if tagged else ()
    return Document(_Converter(file, interpolator).mapping(root), resets)


def declared_name(root: Mapping) -> str | None:
    """Return the project name that a document declares, before interpolation."""
    name = root.get("name")
    return name.text if isinstance(name, Scalar) and name.text else None


_HINTS = {
    "duplicate_key": "Merge the two into one key; Compose refuses the file as well.",
    "too_large": "A Compose file of this size is not read.",
    "too_deep": "A Compose file is not nested that deep.",
}


def _resets(node: YamlNode, path: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the paths of the tags in a mapping, once for each use of an alias."""
    found: list[tuple[str, ...]] = []
    if isinstance(node, Sequence):
        for item in node.items:
            found += _resets(item, path)
    elif isinstance(node, Mapping):
        for key, value in node.pairs:
            below = path if _is_merge(key) else (*path, key.text)
            if value.tag in ("!reset", "!override") and below is not path:
                found.append(below)
            if value.tag != "!reset" and not (isinstance(value, Sequence) and below is not path):
                found += _resets(value, below)
    return found


def _is_merge(key: Scalar) -> bool:
    return key.text == "<<" and key.plain and key.tag in _MERGE


class _Converter:
    """Turns a document's YAML nodes into a tree; an anchor is converted once, and its aliases share the result."""

    def __init__(self, file: str, interpolator: Interpolator) -> None:
        self.file = file
        self.interpolate = interpolator.text
        self.known: dict[int, Node] = {}

    def node(self, node: YamlNode) -> Node:
        if isinstance(node, Scalar):
            return self.scalar(node)
        if isinstance(node, Mapping):
            return self.mapping(node)
        known = self.known.get(id(node))
        if known is None:
            known = self.known[id(node)] = Node(
                [self.node(item) for item in node.items], self.file, node.line, node.column
            )
        return known

    def scalar(self, node: Scalar) -> Node:
        text = node.text
        value: Any = text
        if node.tag is not None:
            value = self.tagged(node)
        elif node.plain:
            value = resolve(text)
            if value is not text:
                if isinstance(value, float) and value - value != 0:
                    raise refuse(
                        "not_finite",
                        "infinity and not-a-number have no place in a Compose file",
                        "Quote it if it is text.",
                        self.origin(node),
                    )
                return Node(value, self.file, node.line, node.column, written=text)
        if isinstance(value, str) and "$" in value:
            replaced, trace = self.interpolate(value, self.file, node.line, node.column)
            return Node(replaced, self.file, node.line, node.column, trace=trace)
        return Node(value, self.file, node.line, node.column)

    def tagged(self, node: Scalar) -> Any:  # noqa: ANN401 - any scalar
        tag = node.tag or ""
        if not tag.startswith(_STANDARD):
            return node.text
        kind = tag[len(_STANDARD) :]
        if kind == "binary":
            import binascii

            try:
                return binascii.a2b_base64(node.text).decode("utf-8", "surrogateescape")
            except ValueError:
                raise refuse(
                    "bad_tag", "the value of !!binary is not base64", "Leave the tag out.", self.origin(node)
                ) from None
        if kind in ("int", "float", "bool", "null", "timestamp"):
            value = resolve(node.text)
            if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
                value = float(value)
            if type(value) is not _KINDS[kind]:
                raise refuse(
                    "bad_tag", f"the value of !!{kind} is none", "Leave the tag out, or quote it.", self.origin(node)
                )
            return value
        return node.text

    def mapping(self, node: Mapping) -> Node:
        known = self.known.get(id(node))
        if known is not None:
            return known
        file = self.file
        values: dict[str, Node] = {}
        marks: dict[str, Mark] = {}
        merged: tuple[Scalar, YamlNode] | None = None
        for key, value in node.pairs:
            name = key.text
            if name == "<<" and _is_merge(key):
                merged = (key, value)
                continue
            if key.plain and key.tag is None and not isinstance(resolve(name), str):
                raise refuse(
                    "key_not_text",
                    "a key must be text, not a number, a boolean or nothing",
                    "Quote the key.",
                    self.origin(key),
                )
            if value.tag == "!reset":
                continue
            values[name] = self.scalar(value) if value.__class__ is Scalar else self.node(value)
            marks[name] = (file, key.line, key.column)
        if merged is not None:
            self.merge(*merged, values, marks)
        made = self.known[id(node)] = Node(values, file, node.line, node.column, marks=marks)
        return made

    def merge(self, key: Scalar, source: YamlNode, values: dict[str, Node], marks: dict[str, Mark]) -> None:
        """Add what `<<` names, below what is written and what came before."""
        sources = source.items if isinstance(source, Sequence) else [source]
        for one in sources:
            if not isinstance(one, Mapping):
                hint = "A list cannot be merged; name the mapping."
                raise refuse("bad_merge", "`<<` takes a mapping or a list of mappings", hint, self.origin(key))
            tree = self.mapping(one)
            for name, value in tree.value.items():
                if name not in values:
                    values[name] = value
                    if tree.marks and name in tree.marks:
                        marks[name] = tree.marks[name]

    def origin(self, node: YamlNode) -> Origin:
        return Origin(file=self.file, line=node.line, column=node.column)
