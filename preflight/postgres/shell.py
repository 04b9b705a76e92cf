"""The simple commands of a shell script, in words, as far as they can be told without running it.

POSIX.1-2017, Shell Command Language, sections 2.2 (quoting), 2.3 (tokens) and 2.7 (redirection). Nothing is expanded: a word
with something in it that a shell would replace has no text.
"""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_BLANKS = " \t\r"
_ENDS = ";&|()\n"
_REDIRECTIONS = "<>"
_OF_REDIRECTIONS = "<>&|"  # `>>`, `>&`, `>|`
_QUOTES = "'\""
_REPLACED = "$`"
_ESCAPED_IN_QUOTES = '$`"\\'


class Word(Record):
    """A word of a command."""

    text: str | None = field("What it is; None where only a shell would know.")
    position: int = field("Which word of the whole command it is, or is a part of.", default=0)


def simple_commands(script: str, position: int = 0) -> Iterator[tuple[Word, ...]]:
    """Yield the simple commands of a script in order, without their redirections.

    Args:
        script: The script, such as what follows `sh -c`.
        position: Which word of the whole command the script is.
    """
    for words in _Reader(script).commands():
        yield tuple(Word(text=text, position=position) for text in words)


class _Reader:
    """Reads a script letter by letter."""

    def __init__(self, script: str) -> None:
        self.script = script
        self.at = 0
        self.words: list[str | None] = []
        self._start_word()
        self.redirected = False  # the word that comes is the file of a redirection

    def _start_word(self) -> None:
        self.word = ""
        self.begun = False  # a word in quotes counts when it is empty
        self.known = True

    def commands(self) -> Iterator[list[str | None]]:
        while self.at < len(self.script):
            letter = self._next()
            if letter in _QUOTES:
                self._quoted(letter)
            elif letter == "\\":
                self._escape("")
            elif letter in _REPLACED:
                self._substitution(letter)
            elif letter == "#" and not self.begun:
                end = self.script.find("\n", self.at)
                self.at = len(self.script) if end < 0 else end
            elif letter in _REDIRECTIONS:
                self._redirection()
            elif letter in _BLANKS:
                self._end_word()
            elif letter in _ENDS:
                yield from self._end_command()
            else:
                self._add(letter)
        yield from self._end_command()

    def _next(self) -> str:
        letter = self.script[self.at : self.at + 1]
        self.at += 1
        return letter

    def _add(self, text: str) -> None:
        self.word += text
        self.begun = True

    def _escape(self, quote: str) -> None:
        letter = self._next()
        if letter != "\n":  # which is a line continued
            self._add(letter if not quote or letter in _ESCAPED_IN_QUOTES else "\\" + letter)

    def _quoted(self, quote: str) -> None:
        """Take what stands in quotes; one that is not closed makes the word unknown, as no shell would run it."""
        self.begun = True
        while self.at < len(self.script):
            letter = self._next()
            if letter == quote:
                return
            if letter == "\\" and quote == '"':
                self._escape(quote)
            elif letter in _REPLACED and quote == '"':
                self._substitution(letter)
            else:
                self._add(letter)
        self.known = False

    def _substitution(self, letter: str) -> None:
        """Take what a shell would replace: a variable's name goes on like any word, a command ends at its parenthesis."""
        self.begun, self.known = True, False
        if letter == "`":
            end = self.script.find("`", self.at)
            self.at = len(self.script) if end < 0 else end + 1
        elif self.script[self.at : self.at + 1] == "(":
            depth = 0
            while self.at < len(self.script):
                depth += {"(": 1, ")": -1}.get(self._next(), 0)
                if depth == 0:
                    return

    def _redirection(self) -> None:
        if self.word.isdecimal():  # `2>file`
            self._start_word()
        self._end_word()
        while self.script[self.at : self.at + 1] in _OF_REDIRECTIONS and self.at < len(self.script):
            self.at += 1
        self.redirected = True

    def _end_word(self) -> None:
        if self.begun:
            if not self.redirected:
                self.words.append(self.word if self.known else None)
            self.redirected = False
        self._start_word()

    def _end_command(self) -> Iterator[list[str | None]]:
        self._end_word()
        self.redirected = False
        if self.words:
            yield self.words
        self.words = []
