"""The `dotenv` dialect: what python-dotenv, and so pydantic-settings, reads from `.env`.

The reading is python-dotenv 1.x's, held equal to the installed package by a differential test. This reader knows the
positions, and spares the start path that package's imports. Of note:

- Only `${NAME}` and `${NAME:-default}` are replaced, in single quotes too; there is no escape for a dollar sign.
- A line that does not parse is skipped, silently for the application. Here it is a problem.
- `KEY` alone sets the name without a value.
- The file is read with universal newlines: inside quotes, CRLF becomes LF.
"""

from __future__ import annotations

from preflight.model.secret_text import SecretText
from preflight.sources.env_file.document import (
    MAX_INSERTED,
    EnvDocument,
    EnvEntry,
    EnvProblem,
    EnvReference,
    unique,
)
from preflight.sources.env_file.lines import BYTE_ORDER_MARK, LineCounter, closing_quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.sources.env_file.document import Quote

_DOUBLE_ESCAPES = {
    "\\": "\\",
    "'": "'",
    '"': '"',
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
_SINGLE_ESCAPES = {"\\": "\\", "'": "'"}
_MESSAGES = {
    "not_an_assignment": "no assignment: python-dotenv skips the line",
    "unterminated_quote": "this quote is never closed: python-dotenv skips the line",
    "text_after_value": "text after the value: python-dotenv skips the line, so the name is not set",
}


def read(text: str, environment: Mapping[str, str], *, override: bool = True) -> EnvDocument:
    """Read an env file as python-dotenv does.

    Args:
        text: The file's text; a byte order mark at its start is skipped.
        environment: The variables the application starts with.
        override: What `${NAME}` finds first: the file's value (True, as `dotenv_values()` and pydantic-settings) or the
            environment's (False, as `load_dotenv()`).
    """
    return _Dotenv(text, environment, override=override).read()


class _Dotenv:
    """One reading of one file."""

    __slots__ = ("entries", "environment", "left", "lines", "override", "position", "problems", "text", "values")

    def __init__(self, text: str, environment: Mapping[str, str], *, override: bool) -> None:
        self.text = text
        self.environment = environment
        self.override = override
        self.lines = LineCounter(text)
        self.position = 1 if text.startswith(BYTE_ORDER_MARK) else 0
        self.entries: list[EnvEntry] = []
        self.problems: list[EnvProblem] = []
        self.values: dict[str, str | None] = {}
        self.left = MAX_INSERTED

    def read(self) -> EnvDocument:
        text, size = self.text, len(self.text)
        while True:
            position = self.position
            while position < size and text[position].isspace():
                position += 1
            self.position = position
            if position >= size:
                break
            code = self._binding(position)
            if code:
                line, column = self.lines.at(position)
                self.problems.append(EnvProblem(line=line, column=column, code=code, message=_MESSAGES[code]))
                self.position = self._line_end(self.position)
        return EnvDocument(
            entries=tuple(self.entries),
            settings={entry.name: entry.value for entry in self.entries},
            problems=tuple(self.problems),
        )

    def _binding(self, start: int) -> str:
        """Read one binding; return the code of what is wrong, with `position` where the reading stopped."""
        text = self.text
        if text.startswith("export", start):
            behind = self._skip_blanks(start + 6)
            start = behind if behind > start + 6 else start
        name_start = self.position = start
        if text.startswith("#", start):
            self.position = self._line_end(start)
            return ""
        name = self._name(start)
        if not name:
            return "not_an_assignment"
        self.position = self._skip_blanks(self.position)
        if not text.startswith("=", self.position):
            behind = self._behind(self.position)
            if behind < 0:
                return "not_an_assignment"
            self._add(name, None, name_start, name_start, "")
            self.position = behind
            return ""
        equals = self.position
        value_start = self.position = self._skip_blanks(equals + 1)
        quote: Quote = ""
        raw = ""
        if text.startswith(('"', "'"), value_start):
            quote = '"' if text[value_start] == '"' else "'"
            end = closing_quote(text, value_start + 1, quote)
            if end < 0:
                return "unterminated_quote"
            raw = _unescaped(text[value_start + 1 : end], _DOUBLE_ESCAPES if quote == '"' else _SINGLE_ESCAPES)
            self.position = end + 1
        elif not (text.startswith("#", value_start) and value_start > equals + 1):
            self.position = self._line_end(value_start)
            raw = _without_comment(text[value_start : self.position])
        behind = self._behind(self.position)
        if behind < 0:
            return "text_after_value"
        self._add(name, raw, name_start, value_start, quote)
        self.position = behind
        return ""

    def _name(self, start: int) -> str:
        """Read the name, and go behind it. Empty when there is none."""
        text, size = self.text, len(self.text)
        if text.startswith("'", start):
            end = text.find("'", start + 1)
            if end < 0:
                return ""
            self.position = end + 1
            return _universal_newlines(text[start + 1 : end])
        end = start
        while end < size and (character := text[end]) not in "=#" and not character.isspace():
            end += 1
        self.position = end
        return text[start:end]

    def _behind(self, start: int) -> int:
        """Return the offset of the line end that follows but for blanks and a comment, or -1."""
        text = self.text
        end = self._skip_blanks(start)
        if text.startswith("#", end):
            return self._line_end(end)
        return end if end >= len(text) or text[end] in "\r\n" else -1

    def _add(self, name: str, raw: str | None, start: int, value_start: int, quote: Quote) -> None:
        references: list[EnvReference] = []
        unset: list[str] = []
        value = self._interpolated(raw, references, unset, value_start) if raw and "${" in raw else raw
        self.values[name] = value
        line, column = self.lines.at(start)
        self.entries.append(
            EnvEntry(
                name=name,
                value=None if value is None else SecretText(value),
                line=line,
                column=column,
                value_column=self.lines.at(value_start)[1],
                quote=quote,
                references=tuple(references),
                unset=unique(unset),
            )
        )

    def _interpolated(self, raw: str, references: list[EnvReference], unset: list[str], offset: int) -> str:
        """Replace each `${name}` and `${name:-default}`; a name is anything without `}` and `:`."""
        pieces: list[str] = []
        copied = search = 0
        brace = colon = -1
        while (dollar := raw.find("${", search)) >= 0:
            start = dollar + 2
            if brace < start:
                brace = raw.find("}", start)
                if brace < 0:
                    break
            if start > colon >= 0 or colon == -1:
                colon = raw.find(":", start)
                colon = len(raw) if colon < 0 else colon
            if colon > brace:
                name, default, end = raw[start:brace], None, brace
            elif raw.startswith(":-", colon):
                end = raw.find("}", colon)
                name, default = raw[start:colon], raw[colon + 2 : end]
            else:
                search = dollar + 1
                continue
            pieces.append(raw[copied:dollar])
            pieces.append(self._resolved(name, default, references, unset, offset))
            copied = search = end + 1
        pieces.append(raw[copied:])
        return "".join(pieces)

    def _resolved(
        self, name: str, default: str | None, references: list[EnvReference], unset: list[str], offset: int
    ) -> str:
        in_file, in_environment = name in self.values, name in self.environment
        if in_file and (self.override or not in_environment):
            value = self.values[name]
            references.append(EnvReference(name=name, resolved="earlier" if value is not None else "unset"))
        elif in_environment:
            value = self.environment[name]
            references.append(EnvReference(name=name, resolved="environment"))
        else:
            value = default
            references.append(EnvReference(name=name, resolved="unset" if default is None else "default"))
        if not value:
            if value is None or not (in_file or in_environment):
                unset.append(name)
            return ""
        self.left -= len(value)
        if self.left < 0:
            self._too_long(offset)
            return ""
        return value

    def _too_long(self, offset: int) -> None:
        line, column = self.lines.at(offset)
        message = "variables make the values of this file too long"
        self.problems.append(EnvProblem(line=line, column=column, code="value_too_long", message=message, fatal=True))

    def _line_end(self, offset: int) -> int:
        text = self.text
        end = text.find("\n", offset)
        end = len(text) if end < 0 else end
        bare = text.find("\r", offset, end)
        return end if bare < 0 else bare

    def _skip_blanks(self, offset: int) -> int:
        text, size = self.text, len(self.text)
        while offset < size and (character := text[offset]).isspace() and character not in "\r\n":
            offset += 1
        return offset


def _without_comment(raw: str) -> str:
    """Cut an unquoted value at the first `#` that white space precedes."""
    mark = raw.find("#", 1)
    while mark > 0:
        if raw[mark - 1].isspace():
            return raw[:mark].rstrip()
        mark = raw.find("#", mark + 1)
    return raw.rstrip()


def _universal_newlines(raw: str) -> str:
    return raw.replace("\r\n", "\n").replace("\r", "\n") if "\r" in raw else raw


def _unescaped(raw: str, escapes: Mapping[str, str]) -> str:
    raw = _universal_newlines(raw)
    if "\\" not in raw:
        return raw
    pieces: list[str] = []
    start = 0
    while (slash := raw.find("\\", start)) >= 0:
        following = raw[slash + 1 : slash + 2]
        pieces.append(raw[start:slash])
        pieces.append(escapes.get(following, "\\"))
        start = slash + 2 if following in escapes else slash + 1
    pieces.append(raw[start:])
    return "".join(pieces)
