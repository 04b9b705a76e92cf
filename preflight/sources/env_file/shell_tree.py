"""The words and commands of a shell's line, as `shell_syntax` reads them and `shell` carries them out."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Part: TypeAlias = "Text | Parameter | Unknown"


class ShellError(Exception):
    """The text is no list of simple commands. Says where and why, never what is written there."""

    def __init__(self, code: str, offset: int) -> None:
        super().__init__(code)
        self.code = code
        self.offset = offset


class Text:
    """Literal text; `quoted` when no tilde, glob or assignment is seen in it."""

    __slots__ = ("pieces", "quoted")

    def __init__(self, text: str, *, quoted: bool) -> None:
        self.pieces = [text]
        self.quoted = quoted

    @property
    def text(self) -> str:
        """The text; it is put together when first asked for, so that adding to it stays cheap."""
        if len(self.pieces) > 1:
            self.pieces = ["".join(self.pieces)]
        return self.pieces[0]


class Parameter:
    """`$name` or `${name}`, with an operator (`-`, `:-`, `=`, `:=`, `?`, `:?`, `+`, `:+`, or `#` for the length)."""

    __slots__ = ("name", "offset", "operator", "quoted", "word")

    def __init__(self, name: str, offset: int, *, quoted: bool, operator: str = "", word: Word | None = None) -> None:
        self.name = name
        self.offset = offset
        self.quoted = quoted
        self.operator = operator
        self.word = word


class Unknown:
    """An expansion whose result only the shell knows.

    Attributes:
        kind: `command`, `computed` (arithmetic, patterns, indirection) or `bad` (a bad substitution).
        source: The text of a command; otherwise empty.
    """

    __slots__ = ("kind", "offset", "quoted", "source")

    def __init__(self, kind: str, offset: int, *, quoted: bool, source: str = "") -> None:
        self.kind = kind
        self.offset = offset
        self.quoted = quoted
        self.source = source


class Word:
    """A word as written: its parts, and where it starts and ends."""

    __slots__ = ("array", "end", "first_quote_end", "parts", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = start
        self.parts: list[Part] = []
        self.array = False
        self.first_quote_end = -1  # offset behind the first closing quote

    def add(self, text: str, *, quoted: bool) -> None:
        """Append literal text."""
        last = self.parts[-1] if self.parts else None
        if isinstance(last, Text) and last.quoted is quoted:
            last.pieces.append(text)
        else:
            self.parts.append(Text(text, quoted=quoted))

    @property
    def literal(self) -> str | None:
        """The word's text when it is unquoted and literal, else None."""
        only = self.parts[0] if len(self.parts) == 1 else None
        return only.text if isinstance(only, Text) and not only.quoted else None

    def assignment(self) -> int:
        """Return the length of a `NAME=` or `NAME+=` that starts the word, or 0."""
        first = self.parts[0] if self.parts else None
        if not isinstance(first, Text) or first.quoted:
            return 0
        name, equals, _ = first.text.partition("=")
        bare = name.removesuffix("+")
        bare = bare.partition("[")[0] if self.array else bare
        return len(name) + 1 if equals and is_name(bare) else 0

    def target(self) -> tuple[str, bool]:
        """Return the name that an assignment sets, and whether it appends (`NAME+=`)."""
        first = self.parts[0]
        name = first.text.partition("=")[0] if isinstance(first, Text) else ""
        return name.removesuffix("+"), name.endswith("+")


class Command:
    """A simple command: its assignments, then its words."""

    __slots__ = ("assignments", "redirected", "start", "words")

    def __init__(self, start: int) -> None:
        self.start = start
        self.assignments: list[Word] = []
        self.words: list[Word] = []
        self.redirected = False


class AndOr:
    """Pipelines joined by `&&` and `||`; the first one's operator is empty."""

    __slots__ = ("background", "pipelines")

    def __init__(self) -> None:
        self.pipelines: list[tuple[str, list[Command]]] = []
        self.background = False


def is_name(text: str) -> bool:
    """Return whether `text` is a name by XBD 3.235: letters, digits and underscores, no digit first."""
    return text.isascii() and text.isidentifier()
