"""Lines for people: wrapped to a width, free of control characters, plain or in colour."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    Piece: TypeAlias = tuple[str, str]  # (style, text)

# Styles by what they say, in rich's words. Only the eight colours that every terminal lets its user choose.
_STYLES = {
    "good": "bold green",
    "bad": "bold red",
    "loud": "bold yellow",
    "critical": "bold white on red",
    "high": "bold red",
    "medium": "bold yellow",
    "low": "bold blue",
    "error": "bold magenta",
    "deferred": "bold cyan",
    "waived": "bold",
    "pass": "green",
    "name": "bold",
    "place": "cyan",
    "command": "bold green",
    "dim": "dim",
}
# Letters and symbols by category, yet blank on the screen: they could be taken for a space or for nothing.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Page:
    """Collects lines of styled pieces.

    Args:
        width: Columns to wrap to.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._lines: list[list[Piece]] = []

    @property
    def height(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def blank(self) -> None:
        """Add an empty line, unless one ends the page already."""
        if self._lines and self._lines[-1]:
            self._lines.append([])

    def line(self, *pieces: Piece) -> None:
        """Add a line as it is, however long: a verdict, or a command that is to be copied."""
        self._lines.append([(style, clean(text)) for style, text in pieces])

    def paragraph(self, lead: Piece, *pieces: Piece, width: int | None = None) -> None:
        """Add text behind a lead, wrapped below itself. Words (and so paths without spaces) are never cut.

        Args:
            lead: What stands before the first line; the next ones are indented by its length.
            pieces: The text. Words may span pieces.
            width: Columns to wrap to, where they are fewer than the page's.
        """
        limit = min(self._width, width or self._width)
        indent = cells(lead[1])
        words = lead[1].rstrip(" ")
        line: list[Piece] = [(lead[0], words), ("", " " * (indent - cells(words)))]
        used = indent
        empty = True
        for gap, word in _words((style, clean(text)) for style, text in pieces):
            size = sum(cells(text) for _, text in word)
            if empty:
                line += word
                used += size
            elif used + gap + size <= limit:
                line += [("", " " * gap), *word]
                used += gap + size
            else:
                self._lines.append(line)
                line = [("", " " * indent), *word]
                used = indent + size
            empty = False
        self._lines.append(line)

    def plain(self) -> str:
        """Return the page without any colour."""
        return "".join("".join(text for _, text in line).rstrip(" ") + "\n" for line in self._lines)

    def coloured(self) -> str:
        """Return the page with ANSI colours: `plain()`, and escape sequences between its characters."""
        from rich.color import ColorSystem
        from rich.style import Style

        styles = {name: Style.parse(words) for name, words in _STYLES.items()}
        lines: list[str] = []
        for line in self._lines:
            parts = [
                styles[style].render(text, color_system=ColorSystem.STANDARD) if style else text
                for style, text in _trimmed(_joined(line))
            ]
            lines.append("".join(parts) + "\n")
        return "".join(lines)


def clean(text: str) -> str:
    r"""Return a text in which whatever a terminal would not show as itself is written out, such as `\n` or `\x1b`.

    That covers line breaks, escape sequences, marks of direction, letters without a shape, and bytes that are no UTF-8
    (which Python holds as lone surrogates), so that no name, path or value can forge a line.
    """
    if text.isprintable() and text.isascii():
        return text
    return "".join(one if one.isprintable() and one not in _BLANK else _escaped(one) for one in text)


def cells(text: str) -> int:
    """Return how many columns of a terminal a clean text takes (Unicode Standard Annex #11)."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)


def _escaped(one: str) -> str:
    code = ord(one)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8 (PEP 383)
        return f"\\x{code - 0xDC00:02x}"
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return _SHORT_ESCAPES.get(one) or (f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}")


def _words(pieces: Iterable[Piece]) -> Iterator[tuple[int, list[Piece]]]:
    """Yield each word, which may change its style on the way, with the number of spaces before it."""
    gap = 0
    word: list[Piece] = []
    for style, text in pieces:
        for index, part in enumerate(text.split(" ")):
            if index:
                if word:
                    yield gap, word
                    gap, word = 0, []
                gap += 1
            if part:
                word.append((style, part))
    if word:
        yield gap, word


def _joined(line: Iterable[Piece]) -> list[Piece]:
    """Put neighbours of one style, and the spaces between them, together."""
    joined: list[Piece] = []
    for style, text in line:
        if len(joined) > 1 and joined[-1][1].isspace() and not joined[-1][0] and joined[-2][0] == style:
            space = joined.pop()[1]
            joined[-1] = (style, joined[-1][1] + space + text)
        elif joined and joined[-1][0] == style:
            joined[-1] = (style, joined[-1][1] + text)
        else:
            joined.append((style, text))
    return joined


def _trimmed(line: list[Piece]) -> list[Piece]:
    """Take the spaces off the end of a line."""
    while line and not line[-1][1].rstrip(" "):
        line.pop()
    if line:
        line[-1] = (line[-1][0], line[-1][1].rstrip(" "))
    return line
