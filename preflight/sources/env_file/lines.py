"""Offsets to lines and columns, counted once through the text."""

from __future__ import annotations

BYTE_ORDER_MARK = "\ufeff"


class LineCounter:
    """Line and column of offsets that mostly grow. Lines end with a line feed; both count from 1."""

    __slots__ = ("_line", "_offset", "_start", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._line = 1
        self._offset = 0
        self._start = 1 if text.startswith(BYTE_ORDER_MARK) else 0

    def at(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset."""
        text = self._text
        if offset < self._offset:
            # Only a value that is looked at after what follows it comes here: go back to its line.
            self._line -= text.count("\n", offset, self._offset)
            self._start = text.rfind("\n", 0, offset) + 1
            if not self._start and text.startswith(BYTE_ORDER_MARK):
                self._start = 1
        else:
            breaks = text.count("\n", self._offset, offset)
            if breaks:
                self._line += breaks
                self._start = text.rfind("\n", self._offset, offset) + 1
        self._offset = offset
        return self._line, max(offset - self._start + 1, 1)


def closing_quote(text: str, start: int, quote: str) -> int:
    """Return the offset of the first `quote` at or after `start` that no backslash escapes, or -1.

    A backslash escapes whatever follows it, so that the second of two starts no escape.
    """
    end = text.find(quote, start)
    while end >= 0:
        slash = text.find("\\", start, end)
        if slash < 0:
            return end
        start = slash + 2
        if end < start:
            end = text.find(quote, start)
    return -1
