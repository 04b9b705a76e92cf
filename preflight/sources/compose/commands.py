"""Commands written as one text: split into words without a shell.

Compose splits with `github.com/mattn/go-shellwords`, which reads quotes and backslashes and stops at the first `;`, `&`,
`|`, `<` or `>` outside quotes. What follows is dropped without a word.
"""

from __future__ import annotations

_BLANKS = frozenset(" \t\r\n")
_SHELL = ("`", "(")  # what a shell would run: kept as it is, with its backslashes
_QUOTES = frozenset("'\"`()")
_STOPS = frozenset(";&|<>")
_ESCAPES = {"t": "\t", "n": "\n"}
_SPECIAL = frozenset("\\`)(\"';&|<>\v\f\x1c\x1d\x1e\x1f")


class Words:
    """A command in words.

    Attributes:
        words: The words.
        dropped: Whether something after a shell operator was dropped.
    """

    __slots__ = ("dropped", "words")

    def __init__(self, words: list[str], *, dropped: bool) -> None:
        self.words = words
        self.dropped = dropped


def split(text: str) -> Words | None:
    """Split a command.

    Args:
        text: The command.

    Returns:
        Its words, or None where a quote or a parenthesis is not closed or a backslash stands last.
    """
    if text.isascii() and _SPECIAL.isdisjoint(text):
        return Words(text.split(), dropped=False)
    return _Splitter(text).words()


class _Splitter:
    """Splits a command letter by letter, with the states of go-shellwords."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[str] = []
        self.word = ""
        self.begun = False  # a word in quotes counts when it is empty
        self.escaped = False
        self.quote = ""  # one of ' " ` (

    def words(self) -> Words | None:
        for letter in self.text:
            if self.escaped:
                self.escaped = False
                self.add("\\" + letter if self.quote in _SHELL else _ESCAPES.get(letter, letter))
            elif letter == "\\" and self.quote != "'":
                self.escaped = True
            elif letter in _BLANKS:
                self.blank(letter)
            elif letter in _QUOTES:
                if not self.quoted(letter):
                    return None
            elif letter in _STOPS and not self.quote:
                # `2>file` drops the number as well.
                if self.begun and not (letter == ">" and self.word.isascii() and self.word.isdigit()):
                    self.found.append(self.word)
                return Words(self.found, dropped=True)
            else:
                self.add(letter)
        if self.begun:
            self.found.append(self.word)
        return None if self.escaped or self.quote else Words(self.found, dropped=False)

    def add(self, letter: str) -> None:
        self.word += letter
        self.begun = True

    def blank(self, letter: str) -> None:
        if self.quote:
            self.word += letter
        elif self.begun:
            self.found.append(self.word)
            self.word = ""
            self.begun = False

    def quoted(self, letter: str) -> bool:
        """Take a quote or a parenthesis; return whether the command may go on."""
        if letter in "'\"" and self.quote in ("", letter):
            self.begun = self.begun or bool(self.quote)
            self.quote = "" if self.quote else letter
            return True
        if letter == "`" and self.quote in ("", letter):
            self.quote = "" if self.quote else letter
        elif letter == "(" and self.quote in ("", letter):
            if self.quote or not self.word.endswith("$"):
                return False
            self.quote = letter
        elif letter == ")" and self.quote in ("", "("):
            if not self.quote:
                return False
            self.quote = ""
        self.add(letter)
        return True
