"""YAML with the place of everything, from libyaml's events.

One pass over the events of libyaml's parser gives line and column, refuses duplicate keys naming both lines, applies the
YAML 1.2 core schema, and is bounded: by size, by depth, and by what aliases would expand to. `import yaml` costs more
than parsing a pack, so only PyYAML's binding to libyaml is loaded (`_binding`).
"""

from __future__ import annotations

import sys

from preflight.documents.nodes import Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from preflight.documents.nodes import Node

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 2_000_000  # as expanded: an alias weighs what it stands for


class YamlError(Exception):
    """A document that cannot be read.

    Attributes:
        code: `syntax`, `duplicate_key`, `too_deep`, `too_large`, `unknown_anchor`, `recursive_anchor`, `key_not_text`,
            `invalid_characters`.
        line: Line, counted from 1.
        column: Column, counted from 1.
        message: What is wrong, in our words: it never quotes a value.
    """

    def __init__(self, code: str, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.line = line
        self.column = column
        self.message = message


def load(text: str | bytes) -> Node | None:
    """Read a document of at most one YAML document.

    Args:
        text: The document.

    Returns:
        Its root node, or None when it is empty.

    Raises:
        YamlError: It is not YAML, holds several documents, or breaks a bound.
    """
    documents = load_all(text)
    if len(documents) > 1:
        second = documents[1]
        raise YamlError("syntax", second.line, second.column, "a second document starts here, and only one is expected")
    return documents[0] if documents else None


def load_all(
    text: str | bytes,
    *,
    max_bytes: int = MAX_BYTES,
    max_nodes: int = MAX_NODES,
    max_aliased: int | None = None,
    joined: bool = False,
) -> list[Node]:
    """Read every document of a stream.

    Args:
        text: The stream.
        max_bytes: Most bytes (or characters) it may have.
        max_nodes: Most nodes a document may have, as expanded.
        max_aliased: Most nodes that its aliases may stand for together; None leaves that to `max_nodes`.
        joined: Whether the documents are taken together, as go-yaml does: those without content are returned too, as an empty
            plain scalar, and an anchor is known in the documents after its own.

    Raises:
        YamlError: It is not YAML, or breaks a bound.
    """
    if len(text) > max_bytes:
        raise YamlError("too_large", 1, 1, f"the document has more than {max_bytes // (1024 * 1024)} MiB")
    return _Builder(text, max_nodes, max_nodes if max_aliased is None else max_aliased).documents(joined=joined)


_TAB = "a tab stands here: YAML is indented with spaces only"


class _Builder:
    """Builds nodes from events, iteratively, so that depth costs no Python stack."""

    def __init__(self, text: str | bytes, max_nodes: int, max_aliased: int) -> None:
        parser, events, error = _binding()
        self._text = text
        self._max_nodes = max_nodes
        self._max_aliased = max_aliased
        self._events = events
        self._error = error
        try:
            self._parser = parser(text)
        except (UnicodeError, ValueError):
            raise YamlError(
                "invalid_characters", 1, 1, "the document holds characters that YAML does not allow"
            ) from None

    def _next(self) -> Any:  # noqa: ANN401 - PyYAML's events are untyped
        try:
            return self._parser.get_event()
        except self._error as bad:
            mark = getattr(bad, "problem_mark", None) or getattr(bad, "context_mark", None)
            line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
            raise YamlError("syntax", line, column, _TAB if self._is_tab(line, column) else _explain(bad)) from None
        except (UnicodeError, ValueError):
            raise YamlError(
                "invalid_characters", 1, 1, "the document holds characters that YAML does not allow"
            ) from None

    def _is_tab(self, line: int, column: int) -> bool:
        """Tell whether a tab stands at a place: libyaml says only that it is a character that it did not expect."""
        text = self._text if isinstance(self._text, str) else self._text.decode("utf-8", "replace")
        lines = text.split("\n", line)
        return len(lines) >= line and lines[line - 1][column - 1 : column] == "\t"

    def documents(self, *, joined: bool = False) -> list[Node]:
        """Return the root node of each document, or of each that is not empty."""
        anchors: dict[str, tuple[Node, int] | None] = {}
        events = self._events
        found: list[Node] = []
        while True:
            event = self._next()
            kind = event.__class__
            if kind is events.StreamEndEvent:
                return found
            if kind is events.DocumentStartEvent:
                root = self._document(anchors if joined else {})
                if joined or not (isinstance(root, Scalar) and root.plain and root.text == "" and root.tag is None):
                    found.append(root)

    def _document(self, anchors: dict[str, tuple[Node, int] | None]) -> Node:  # noqa: C901, PLR0912, PLR0915 - one loop over the five kinds of event, kept flat because it is the hot path
        events = self._events
        # Each open collection: node, its anchor, the key that waits for a value, keys seen with their lines.
        stack: list[tuple[Sequence | Mapping, str | None, list[Scalar], dict[str, int]]] = []
        weights: list[int] = []
        total = aliased = 0
        while True:
            event = self._next()
            kind = event.__class__
            mark = event.start_mark
            line, column = mark.line + 1, mark.column + 1
            weight = counted = 1
            node: Node
            if kind is events.ScalarEvent:
                node = Scalar(event.value, line, column, plain=event.implicit[0], tag=event.tag)
                if event.anchor is not None:
                    anchors[event.anchor] = (node, 1)
            elif kind is events.MappingStartEvent or kind is events.SequenceStartEvent:
                if len(stack) >= MAX_DEPTH:
                    raise YamlError("too_deep", line, column, f"nested more than {MAX_DEPTH} levels deep")
                opened: Sequence | Mapping
                opened = (
                    Mapping([], line, column, tag=event.tag)
                    if kind is events.MappingStartEvent
                    else Sequence([], line, column, tag=event.tag)
                )
                if event.anchor is not None:
                    anchors[event.anchor] = None
                stack.append((opened, event.anchor, [], {}))
                weights.append(1)
                continue
            elif kind is events.MappingEndEvent or kind is events.SequenceEndEvent:
                node, anchor, _, _ = stack.pop()
                weight = weights.pop()
                if anchor is not None:
                    anchors[anchor] = (node, weight)
            elif kind is events.AliasEvent:
                known = anchors.get(event.anchor)
                if known is None:
                    if event.anchor in anchors:
                        raise YamlError("recursive_anchor", line, column, "the alias stands inside what it names")
                    # A value that begins with `*` without quotes looks like an alias, and may be a secret.
                    raise YamlError("unknown_anchor", line, column, "no anchor of that name stands before this alias")
                node, weight = known
                counted = weight
                aliased += weight
                if aliased > self._max_aliased:
                    raise YamlError(
                        "too_large", line, column, f"its aliases expand to more than {self._max_aliased} nodes"
                    )
            else:  # the document's end comes after its root was returned
                continue
            total += counted
            if total > self._max_nodes:
                raise YamlError("too_large", line, column, f"it expands to more than {self._max_nodes} nodes")
            if not stack:
                return node
            weights[-1] += weight
            parent, _, pending, seen = stack[-1]
            if isinstance(parent, Sequence):
                parent.items.append(node)
            elif pending:
                parent.pairs.append((pending.pop(), node))
            else:
                pending.append(_key(node, line, column, seen))


def _key(node: Node, line: int, column: int, seen: dict[str, int]) -> Scalar:
    if not isinstance(node, Scalar):
        raise YamlError("key_not_text", line, column, "a key must be plain text, not a list or a mapping")
    if node.text in seen:
        raise YamlError(
            "duplicate_key", line, column, f"the key {node.text!r} is written twice: here and on line {seen[node.text]}"
        )
    seen[node.text] = line
    return node


def _explain(bad: Any) -> str:  # noqa: ANN401 - an exception of PyYAML, untyped
    """Say what libyaml found, without its quoted context: its problem texts are fixed strings of libyaml's source."""
    problem = getattr(bad, "problem", None) or "it is not YAML"
    context = getattr(bad, "context", None)
    return f"{problem} ({context})" if context else str(problem)


_loaded: tuple[Any, Any, Any] | None = None


def _binding() -> tuple[Any, Any, Any]:
    """Return libyaml's parser class, the events module and the error class."""
    global _loaded  # noqa: PLW0603 - the import is done once in a process
    if _loaded is None:
        _loaded = _light_binding() or _whole_binding()
    return _loaded


def _light_binding() -> tuple[Any, Any, Any] | None:
    """Load PyYAML's C binding without the rest of PyYAML, which costs 13 ms and a dozen regular expressions.

    The binding needs `yaml.error`, `yaml.tokens`, `yaml.events` and `yaml.nodes`, and from the other modules only the names
    of their exceptions. Stand-ins for those make it load alone; they are taken away again, so that a later `import yaml`
    finds the whole library.
    """
    if "yaml" in sys.modules:
        return None
    module = type(sys)
    stand_ins = ["yaml"]
    try:
        from importlib.machinery import PathFinder

        spec = PathFinder.find_spec("yaml")
        if spec is None or spec.submodule_search_locations is None:
            return None
        shell: Any = module("yaml")
        shell.__path__ = list(spec.submodule_search_locations)
        sys.modules["yaml"] = shell
        import yaml.error as errors
        import yaml.events
        import yaml.nodes
        import yaml.tokens  # noqa: F401 - the binding reads them from the package

        for name, exception in _BINDING_ERRORS:
            stand_in = module(f"yaml.{name}")
            setattr(stand_in, exception, type(exception, (errors.MarkedYAMLError,), {}))
            setattr(shell, name, stand_in)
            sys.modules[stand_in.__name__] = stand_in
            stand_ins.append(stand_in.__name__)
        stand_in_reader: Any = shell.reader
        stand_in_reader.ReaderError = type("ReaderError", (errors.YAMLError,), {"__init__": _reader_error})
        from yaml._yaml import CParser
    except Exception:  # noqa: BLE001 - whatever a future PyYAML does, the whole library is the answer
        sys.modules.pop("yaml._yaml", None)
        return None
    finally:
        for name in stand_ins:
            sys.modules.pop(name, None)
    return CParser, sys.modules["yaml.events"], errors.YAMLError


_BINDING_ERRORS = (
    ("reader", "ReaderError"),
    ("scanner", "ScannerError"),
    ("parser", "ParserError"),
    ("composer", "ComposerError"),
    ("constructor", "ConstructorError"),
    ("emitter", "EmitterError"),
    ("serializer", "SerializerError"),
    ("representer", "RepresenterError"),
)


def _reader_error(self: Any, name: str, position: int, character: object, encoding: str, reason: str) -> None:  # noqa: ANN401, ARG001
    """Take what PyYAML's own ReaderError takes, and keep none of it: it would quote the input."""
    self.problem = "it holds a character that YAML does not allow"


def _whole_binding() -> tuple[Any, Any, Any]:
    import yaml
    from yaml import cyaml, events

    parser: Any = cyaml
    return parser.CParser, events, yaml.YAMLError
