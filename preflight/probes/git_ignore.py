"""Files of ignore patterns (gitignore(5)), and which pattern decides about a path."""

from __future__ import annotations

from preflight.probes.wildmatch import compiled, matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from preflight.probes.wildmatch import Symbol

_SPECIAL = b"*?[\\"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Pattern:
    """One pattern of a file."""

    __slots__ = ("_anchored", "_fold", "_literal", "_symbols", "_text", "directories_only", "negative")

    def __init__(self, line: bytes, *, fold: bool) -> None:
        self.negative = line.startswith(b"!")
        text = line[1:] if self.negative else line
        self.directories_only = text.endswith(b"/")
        text = text[:-1] if self.directories_only else text
        self._anchored = b"/" in text
        self._text = text.removeprefix(b"/")
        self._literal = next((at for at, byte in enumerate(self._text) if byte in _SPECIAL), len(self._text))
        self._symbols: tuple[Symbol, ...] | bool | None = False  # not compiled yet: most patterns never need it
        self._fold = fold

    def matches(self, path: bytes, *, directory: bool) -> bool:
        """Whether the pattern is about a path.

        Args:
            path: The path, from the folder of the pattern's file on; in lower case where case does not matter.
            directory: Whether it is a directory (a link to one is none).
        """
        if self.directories_only and not directory:
            return False
        if not self._anchored:
            path = path.rpartition(b"/")[2]  # it is about the name, at any depth
        literal = self._text[: self._literal]
        if self._fold:
            literal = literal.lower()
        if self._literal == len(self._text):
            return bool(literal) and path == literal
        if not path.startswith(literal):
            return False
        # git compares the literal beginning apart and the rest as a pattern of its own: `a**/b` crosses directories.
        start = self._literal if self._anchored else 0
        if isinstance(self._symbols, bool):
            self._symbols = compiled(self._text[start:], fold=self._fold)
        return matches(self._symbols, path[start:])


def parse_patterns(data: bytes, *, fold: bool = False) -> tuple[Pattern, ...]:
    """Return the patterns of a file, in order.

    Empty lines and lines that start with `#` are none; spaces at the end count only after a backslash.

    Args:
        data: The file's content.
        fold: Whether case does not matter (core.ignoreCase).
    """
    lines = data.removeprefix(_BYTE_ORDER_MARK).split(b"\n")
    kept = (_trimmed(line.removesuffix(b"\r").partition(b"\0")[0]) for line in lines if line and line[0] != ord("#"))
    return tuple(Pattern(line, fold=fold) for line in kept)


def _trimmed(line: bytes) -> bytes:
    bare = line.rstrip(b" ")
    escapes = len(bare) - len(bare.rstrip(b"\\"))
    return bare + line[len(bare) :][: escapes % 2]


def is_ignored(
    path: bytes,
    *,
    directory: bool,
    in_folder: Callable[[bytes], Sequence[Pattern]],
    everywhere: Sequence[Callable[[], Sequence[Pattern]]],
    fold: bool = False,
) -> bool:
    """Whether ignore rules cover a path, tracked or not.

    Of the patterns about a path the last one of the nearest folder decides. What lies in an ignored directory is ignored,
    and no pattern below it is asked.

    Args:
        path: The path from the root of the work tree on, without links.
        directory: Whether it is a directory.
        in_folder: Gives the patterns of a folder's own file; the folder is empty for the root, else ends in a slash.
        everywhere: Give the patterns that hold in the whole tree and are asked last, the most important first.
        fold: Whether case does not matter.
    """
    parts = path.split(b"/")
    nearest: list[tuple[int, Sequence[Pattern]]] = []
    for depth in range(1, len(parts) + 1):
        folder = b"".join(part + b"/" for part in parts[: depth - 1])
        nearest.insert(0, (len(folder), in_folder(folder)))
        current = b"/".join(parts[:depth])
        last = depth == len(parts)
        found = _deciding(
            current.lower() if fold else current, nearest, everywhere, directory=directory if last else True
        )
        if last or (found is not None and not found.negative):
            return found is not None and not found.negative
    raise AssertionError("a path has at least one part")


def _deciding(
    path: bytes,
    nearest: Sequence[tuple[int, Sequence[Pattern]]],
    everywhere: Sequence[Callable[[], Sequence[Pattern]]],
    *,
    directory: bool,
) -> Pattern | None:
    for start, patterns in nearest:
        found = _last(patterns, path[start:], directory=directory)
        if found is not None:
            return found
    for patterns_of in everywhere:
        found = _last(patterns_of(), path, directory=directory)
        if found is not None:
            return found
    return None


def _last(patterns: Sequence[Pattern], path: bytes, *, directory: bool) -> Pattern | None:
    return next((one for one in reversed(patterns) if one.matches(path, directory=directory)), None)
