"""A table of a TOML file as a marked tree, so that one checker and one set of messages serve YAML and TOML.

`tomllib` tells no places. The place of a key is found by a look at the lines that open tables and assign keys; what
stands inside an inline table or an array has the place of the key it belongs to.
"""

from __future__ import annotations

from preflight.documents.nodes import Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from preflight.documents.nodes import Node

    Path = tuple[str, ...]
    Place = tuple[int, int]


class TomlError(Exception):
    """A document that cannot be read.

    Attributes:
        code: `syntax`, `wrong_type` for a table that is none, `unexpected_type` for a date or time.
        line: Line, counted from 1.
        column: Column, counted from 1.
        message: What is wrong, in our words: it never quotes a value.
    """

    def __init__(self, code: str, place: Place, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.line, self.column = place
        self.message = message


def mentions(text: str, *names: str) -> bool:
    """Tell cheaply whether a TOML text may have a table of that name, without loading `tomllib` (18 ms).

    Args:
        text: The document.
        names: The parts of the table's name.
    """
    bare = text.translate({ord(char): None for char in " \t\"'"})
    return ".".join(names) in bare or (f"[{names[0]}]" in bare and names[-1] in bare)


def load_table(text: str, *names: str) -> Mapping | None:
    """Read one table of a TOML document.

    Args:
        text: The document.
        names: The parts of the table's name.

    Returns:
        The table, or None when the document has none of that name.

    Raises:
        TomlError: It is not TOML, the name is no table's, or the table holds a date or time, which JSON does not know.
    """
    import tomllib

    try:
        found: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as bad:
        raise TomlError("syntax", _place_of(str(bad), text), "the file is not TOML from here on") from None
    except (ValueError, RecursionError):  # a number of thousands of digits; brackets nested a thousand times
        raise TomlError("syntax", (1, 1), "the file is not TOML") from None
    places = _places(text)
    for at, name in enumerate(names, 1):
        if not isinstance(found, dict):
            raise TomlError("wrong_type", places.get(names[: at - 1], (1, 1)), f"{'.'.join(names)} must be a table")
        if name not in found:
            return None
        found = found[name]
    place = places.get(names, (1, 1))
    if not isinstance(found, dict):
        raise TomlError("wrong_type", place, f"{'.'.join(names)} must be a table")
    node = _tree(found, names, place, places)
    return node if isinstance(node, Mapping) else None


def _tree(value: object, path: Path, place: Place, places: dict[Path, Place]) -> Node:
    line, column = place
    if isinstance(value, dict):
        pairs: list[tuple[Scalar, Node]] = []
        for name, inner in value.items():
            own = places.get((*path, name), place)
            pairs.append((Scalar(name, *own, plain=False), _tree(inner, (*path, name), own, places)))
        return Mapping(pairs, line, column)
    if isinstance(value, list):
        return Sequence([_tree(item, path, place, places) for item in value], line, column)
    if isinstance(value, bool):
        return Scalar("true" if value else "false", line, column)
    if isinstance(value, int):
        return Scalar(str(value), line, column)
    if isinstance(value, float):
        text = repr(value)
        return Scalar({"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}.get(text, text), line, column)
    if isinstance(value, str):
        return Scalar(value, line, column, plain=False)
    raise TomlError("unexpected_type", place, "a date or time stands here, and none is expected")


def _places(text: str) -> dict[Path, Place]:
    """Find where tables are opened and keys are assigned: the first line that looks like it."""
    places: dict[Path, Place] = {}
    table: Path = ()
    for number, line in enumerate(text.split("\n"), 1):
        start = line.lstrip(" \t")
        column = len(line) - len(start) + 1
        if start.startswith("["):
            table = _key(start.lstrip("[").partition("]")[0])
            _note(places, (), table, (number, column))
        elif "=" in start:
            _note(places, table, _key(start.partition("=")[0]), (number, column))
    return places


def _note(places: dict[Path, Place], table: Path, key: Path, place: Place) -> None:
    for length in range(1, len(key) + 1):
        places.setdefault((*table, *key[:length]), place)


def _key(text: str) -> Path:
    """Split a dotted key; quotes keep dots together (TOML 1.0, "Keys")."""
    parts: list[str] = []
    part, quote = "", ""
    for char in text:
        if quote:
            if char == quote:
                quote = ""
            else:
                part += char
        elif char in "\"'":
            quote = char
        elif char == ".":
            parts.append(part)
            part = ""
        elif char not in " \t":
            part += char
    return (*parts, part)


def _place_of(message: str, text: str) -> Place:
    """Read line and column off the end of tomllib's message: `(at line 3, column 5)` or `(at end of document)`."""
    numbers = [word.strip(",)") for word in message.rpartition("(at line ")[2].split()]
    if "(at line " in message and numbers[0].isdigit() and numbers[-1].isdigit():
        return int(numbers[0]), int(numbers[-1])
    return text.count("\n") + 1, 1
