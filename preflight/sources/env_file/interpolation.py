"""Compose's variable interpolation: `$V ${V} ${V:-d} ${V-d} ${V:?e} ${V?e} ${V:+a} ${V+a}`, nested, and `$$`.

The grammar is the Compose specification's ("Interpolation"), with the details that its reference implementation has: a
`$` before anything else stays; an operator's text ends at the brace that closes it, or, where none does, at the last
closing brace of the line; it may not hold a line break; and it is evaluated only when it is used.
"""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal, TypeAlias

    Lookup: TypeAlias = Callable[[str], str | None]
    Treatment: TypeAlias = Literal["value", "default", "blank", "required"]

MAX_DEPTH = 20
MAX_INSERTED = 1024 * 1024

_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
# The grammar ignores case by Unicode's simple folding, where these two are a `k` and an `s`.
_NAME_START = _LETTERS | {"\u212a", "\u017f"}
_NAME = _NAME_START | frozenset("0123456789")


class Substitution(Record):
    """One variable that was replaced."""

    name: str = field("Its name.")
    treatment: Treatment = field(
        "Replaced by its value, by the text beside it, by nothing, or refused because it is required.",
        choices=("value", "default", "blank", "required"),
    )


class RequiredVariable(Record):
    """A variable of the form `${NAME:?message}` that is missing."""

    name: str = field("Its name.")
    message: bool = field("Whether a message is written beside it.")


class InterpolationError(Record):
    """Why a text cannot be interpolated."""

    offset: int = field("Offset in the text, counted from 0.")
    code: str = field("What is wrong.", choices=("invalid_interpolation", "nesting_too_deep", "value_too_long"))


class Interpolated(Record):
    """A text with its variables replaced."""

    text: str = field("The result. Where there are errors, as far as it is known.")
    substitutions: tuple[Substitution, ...] = field("The variables, in the order they were replaced.", default=())
    unset: tuple[str, ...] = field("Names that are unset and came out as empty, each once.", default=())
    required: tuple[RequiredVariable, ...] = field("Required variables that are missing.", default=())
    errors: tuple[InterpolationError, ...] = field("What keeps the text from being interpolated.", default=())
    inserted: int = field("Characters that values of variables put in.", default=0)

    @property
    def ok(self) -> bool:
        """Return whether Compose would accept the text."""
        return not self.required and not self.errors


def interpolate(text: str, lookup: Lookup, *, limit: int = MAX_INSERTED) -> Interpolated:
    """Replace the variables of a text as Compose does.

    Args:
        text: The text, such as `postgres://app:${PASSWORD:?set it}@db/app`.
        lookup: Gives a variable's value; None when it is unset. Empty and unset are two states.
        limit: Most characters that values may put in. What is above it is left out and is an error.

    Returns:
        The result with all that is missing or wrong. Nothing is raised; depth is bounded by `MAX_DEPTH`.
    """
    if "$" not in text:
        return Interpolated(text=text)
    run = _Run(lookup, limit)
    result = run.replace(text, 0, 0)
    return Interpolated(
        text=result,
        substitutions=tuple(run.substitutions),
        unset=tuple(dict.fromkeys(run.unset)),
        required=tuple(run.required),
        errors=tuple(InterpolationError(offset=offset, code=code) for code, offset in run.errors.items()),
        inserted=run.inserted,
    )


def name_end(text: str, start: int) -> int:
    """Return the offset behind the variable name that starts at `start`; `start` itself when none does."""
    size = len(text)
    if start >= size or text[start] not in _NAME_START:
        return start
    end = start + 1
    while end < size and text[end] in _NAME:
        end += 1
    return end


class _Run:
    """One interpolation. Collects what it meets."""

    __slots__ = ("errors", "inserted", "limit", "lookup", "required", "substitutions", "unset")

    def __init__(self, lookup: Lookup, limit: int) -> None:
        self.lookup = lookup
        self.limit = limit
        self.inserted = 0
        self.substitutions: list[Substitution] = []
        self.unset: list[str] = []
        self.required: list[RequiredVariable] = []
        self.errors: dict[str, int] = {}  # the first of each kind

    def replace(self, text: str, base: int, depth: int) -> str:
        """Return `text` with its variables replaced; `base` is its offset in the whole."""
        pieces: list[str] = []
        position = 0
        line_end = last_brace = -1  # of the line that `dollar` is on; found once for each line
        while (dollar := text.find("$", position)) >= 0:
            pieces.append(text[position:dollar])
            following = text[dollar + 1 : dollar + 2]
            if following == "{":
                if dollar >= line_end:
                    line_end = text.find("\n", dollar)
                    line_end = len(text) if line_end < 0 else line_end
                    last_brace = text.rfind("}", dollar, line_end)
                piece, position = self._braced(text, dollar, last_brace, base, depth)
                pieces.append(piece)
            elif following == "$":
                pieces.append("$")
                position = dollar + 2
            elif (end := name_end(text, dollar + 1)) > dollar + 1:
                pieces.append(self._plain(text[dollar + 1 : end], base + dollar))
                position = end
            else:
                pieces.append("$")
                position = dollar + 1
        pieces.append(text[position:])
        return "".join(pieces)

    def _braced(self, text: str, dollar: int, last_brace: int, base: int, depth: int) -> tuple[str, int]:
        """Replace the `${…}` at `dollar`; return what takes its place and the offset behind it."""
        start = dollar + 2
        end = name_end(text, start)
        name = text[start:end]
        if name and text.startswith("}", end):
            return self._plain(name, base + dollar), end + 1
        colon = text.startswith(":", end)
        operator = text[end + colon : end + colon + 1]
        word_start = end + colon + 1
        if not name or operator not in {"-", "?", "+"} or last_brace < word_start:
            self.errors.setdefault("invalid_interpolation", base + dollar)
            return "", start
        word_end = _closing_brace(text, dollar + 1, last_brace)
        value = self.lookup(name)
        present = value is not None and not (colon and not value)
        result = value or ""
        if operator == "?" and not present:
            self.required.append(RequiredVariable(name=name, message=word_end > word_start))
            self.substitutions.append(Substitution(name=name, treatment="required"))
        elif operator != "?" and present is (operator == "+"):
            result = self._word(text[word_start:word_end], base + word_start, depth + 1)
            self.substitutions.append(Substitution(name=name, treatment="default"))
        elif value is None:  # `${NAME:+word}` says that nothing is meant where NAME is unset, and Compose does not warn
            self.substitutions.append(Substitution(name=name, treatment="default"))
        else:
            result = self._insert(value, base + dollar)
            self.substitutions.append(Substitution(name=name, treatment="value"))
        return result, word_end + 1

    def _plain(self, name: str, offset: int) -> str:
        value = self.lookup(name)
        if value is None:
            self._blank(name)
            return ""
        self.substitutions.append(Substitution(name=name, treatment="value"))
        return self._insert(value, offset)

    def _blank(self, name: str) -> None:
        self.substitutions.append(Substitution(name=name, treatment="blank"))
        self.unset.append(name)

    def _word(self, word: str, base: int, depth: int) -> str:
        if depth > MAX_DEPTH:
            self.errors.setdefault("nesting_too_deep", base)
            return ""
        return self.replace(word, base, depth) if "$" in word else word

    def _insert(self, value: str, offset: int) -> str:
        if self.inserted + len(value) > self.limit:
            self.errors.setdefault("value_too_long", offset)
            return ""
        self.inserted += len(value)
        return value


def _closing_brace(text: str, opening: int, last: int) -> int:
    """Return the offset of the brace that closes the one at `opening`, or `last` when none does.

    The character behind an opening brace is not looked at, so that `{}` inside a word does not close.
    """
    depth = 0
    offset = opening
    while offset <= last:
        character = text[offset]
        if character == "}":
            depth -= 1
            if not depth:
                return offset
        elif character == "{":
            depth += 1
            offset += 1
        offset += 1
    return last
