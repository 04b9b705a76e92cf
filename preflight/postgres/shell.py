"""The simple commands of a shell script, in words, as far as they can be told without running it.

POSIX.1-2017, Shell Command Language, sections 2.2 (quoting), 2.3 (tokens) and 2.7 (redirection). Nothing is expanded: a word
with a `$` or a backquote that a shell would replace has no text.
"""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_BLANKS = " \t\r"
_ENDS = ";&|()\n"
_OPERATORS = "&|"  # of these, a redirection's own are taken with it: `>&`, `>|`


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
    words: list[Word] = []
    for text, kind in _tokens(script):
        if kind == "word":
            words.append(Word(text=text, position=position))
        elif words:
            yield tuple(words)
            words = []
    if words:
        yield tuple(words)


def _tokens(script: str) -> Iterator[tuple[str | None, str]]:
    """Yield words, and an `end` after each command."""
    word, begun, known, quote, redirected = "", False, True, "", False
    at, size = 0, len(script)
    while at <= size:
        character = script[at] if at < size else "\n"
        at += 1
        if quote == "'":
            quote = "" if character == "'" else quote
            word += "" if character == "'" else character
        elif character == "\\":
            follower = script[at] if at < size else ""
            at += 1
            if follower != "\n":
                kept = "\\" if quote and follower not in '$`"\\' else ""
                word, begun = word + kept + follower, True
        elif quote and character == '"':
            quote = ""
        elif character in "$`":
            at = _behind_substitution(script, at, character)
            begun, known = True, False
        elif quote:
            word += character
        elif character in "'\"":
            quote, begun = character, True
        elif character in _BLANKS or character in _ENDS or character in "<>":
            number = character in "<>" and word.isdecimal()  # `2>file`
            if begun and not number:
                if not redirected:
                    yield (word if known else None), "word"
                redirected = False
            word, begun, known = "", False, True
            if character in "<>":
                redirected = True
                while at < size and script[at] in "<>" + _OPERATORS:
                    at += 1
            elif character in _ENDS:
                redirected = False
                yield None, "end"
        elif character == "#" and not begun:
            end = script.find("\n", at)
            at = size if end < 0 else end
        else:
            word, begun = word + character, True
    if quote:  # not closed: no shell would run this
        yield None, "word"


def _behind_substitution(script: str, at: int, opening: str) -> int:
    """Return where a command's substitution ends, or the same place for a variable."""
    if opening == "`":
        end = script.find("`", at)
        return len(script) if end < 0 else end + 1
    if script[at : at + 1] != "(":
        return at
    depth = 0
    for position in range(at, len(script)):
        depth += {"(": 1, ")": -1}.get(script[position], 0)
        if depth == 0:
            return position + 1
    return len(script)
