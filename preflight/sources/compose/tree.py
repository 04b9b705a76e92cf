"""The tree of a Compose model: plain values, each with its place and what interpolation did to it.

Trees are never changed in place. Aliases share their nodes, so merging and normalising build new nodes along the way.
"""

from __future__ import annotations

from preflight.model.origin import Origin
from preflight.model.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Mark = tuple[str, int, int]  # file, line, column


class Trace:
    """What interpolation did to a text.

    Attributes:
        written: The text as written; may hold a secret.
        via: Where the variables got their values, in order of use.
        names: The variables that the value was made of.
        blanked: Those of them that were unset, and came out empty.
        defaults: Those whose default in the file was taken.
    """

    __slots__ = ("blanked", "defaults", "names", "via", "written")

    def __init__(
        self,
        written: str,
        via: tuple[Origin, ...],
        names: tuple[str, ...],
        blanked: tuple[str, ...],
        defaults: tuple[str, ...] = (),
    ) -> None:
        self.written = written
        self.via = via
        self.names = names
        self.blanked = blanked
        self.defaults = defaults

    @property
    def blanked_shown(self) -> tuple[str, ...]:
        """Return the unset variables by names that may be shown: `word` in `pa$word` is rather a piece of a password."""
        return tuple(name for name in self.blanked if name.isupper() or f"{{{name}" in self.written)

    def set_them(self) -> str:
        """Return the hint to set the variables that were unset."""
        names = ", ".join(self.blanked_shown)
        if names:
            return f"Set {names}: it is unset and came out empty."
        return "Write `$$` for a dollar sign: here one begins the name of an unset variable."


class Node:
    """A value with its place.

    Attributes:
        value: A scalar, a `dict` of names to nodes, or a `list` of nodes.
        file: The file it is written in, as given.
        line: Line, counted from 1.
        column: Column, counted from 1.
        marks: For a mapping, the place of each key.
        trace: What interpolation did to it, or None where nothing was to do.
        written: For a plain scalar that is not text, how it is written.
    """

    __slots__ = ("column", "file", "line", "marks", "trace", "value", "written")

    def __init__(
        self,
        value: Any,  # noqa: ANN401 - any YAML value
        file: str,
        line: int,
        column: int,
        *,
        marks: dict[str, Mark] | None = None,
        trace: Trace | None = None,
        written: str | None = None,
    ) -> None:
        self.value = value
        self.file = file
        self.line = line
        self.column = column
        self.marks = marks
        self.trace = trace
        self.written = written

    def with_value(self, value: Any) -> Node:  # noqa: ANN401 - any YAML value
        """Return a node with another value at the same place."""
        return Node(value, self.file, self.line, self.column, marks=self.marks, trace=self.trace)

    def child(self, name: str) -> Node | None:
        """Return the value of a key of a mapping, or None."""
        found: Node | None = self.value.get(name) if isinstance(self.value, dict) else None
        return found

    def origin(self, setting: str | None = None) -> Origin:
        """Return its place."""
        return Origin(file=self.file, line=self.line, column=self.column, setting=setting)

    def key_origin(self, name: str, setting: str | None = None) -> Origin:
        """Return the place of a key of a mapping, or of the mapping where the key was made up."""
        mark = self.marks.get(name) if self.marks else None
        if mark is None:
            return self.origin(setting)
        return Origin(file=mark[0], line=mark[1], column=mark[2], setting=setting)

    def with_children(self, children: dict[str, Node]) -> Node:
        """Return a mapping with some values set."""
        return self.with_value({**self.value, **children})

    def without(self, name: str) -> Node:
        """Return a mapping without a key."""
        return self.with_value({key: value for key, value in self.value.items() if key != name})


def mapping_at(place: Node, values: dict[str, Node]) -> Node:
    """Return a made-up mapping at the place of a node."""
    return Node(values, place.file, place.line, place.column)


def at(place: Node, value: Any) -> Node:  # noqa: ANN401 - any YAML value
    """Return a made-up value at the place of a node, with its trace."""
    return Node(value, place.file, place.line, place.column, trace=place.trace)


class SourceFile:
    """A Compose file.

    Attributes:
        path: Where it lies, absolute.
        name: How it is called in messages: as given, or relative to what named it.
    """

    __slots__ = ("name", "path")

    def __init__(self, path: str, name: str) -> None:
        self.path = path
        self.name = name


class Refused(Exception):  # noqa: N818 - what Compose refuses is an outcome, and travels as one up to `load_project`
    """Compose would refuse the project.

    Attributes:
        problems: What is wrong, each with its place and what to do.
        outcome: `refused`, or the name of an outcome of its own.
    """

    def __init__(self, problems: Iterable[Problem], outcome: str = "refused") -> None:
        super().__init__()
        self.problems = tuple(problems)
        self.outcome = outcome


def problem(code: str, message: str, hint: str, origin: Origin | None) -> Problem:
    """Return a problem of an input."""
    return Problem(kind="input", code=code, message=message, hint=hint, origin=origin)


def refuse(code: str, message: str, hint: str, place: Node | Origin | None) -> Refused:
    """Return the refusal for one problem."""
    origin = place.origin() if isinstance(place, Node) else place
    return Refused((problem(code, message, hint, origin),))


def plain(node: Node | None) -> Any:  # noqa: ANN401 - any YAML value
    """Return dictionaries, lists and scalars without their places."""
    if node is None:
        return None
    value = node.value
    if isinstance(value, dict):
        return {name: plain(child) for name, child in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def without(root: Node, path: tuple[str, ...]) -> Node:
    """Return a tree without what lies at a path."""
    if not isinstance(root.value, dict):
        return root
    child = root.value.get(path[0])
    if child is None:
        return root
    if len(path) == 1:
        return root.without(path[0])
    new = without(child, path[1:])
    return root if new is child else root.with_children({path[0]: new})
