"""The `compose` dialect: what Docker Compose reads from `.env`, `--env-file` and `env_file:`.

Syntax and interpolation are those of the Compose specification ("Env_file format", "Interpolation") with the details of
its reference implementation, against whose binary the tests compare. Of note:

- The environment wins over earlier entries when `${NAME}` is looked up, but never replaces an assigned value.
- `KEY: value` assigns too; `KEY` alone takes its value from the environment, or is not set.
- A comment starts at a space and a `#`; a tab or nothing before the `#` makes it part of the value, and so does
  `KEY= # comment`, because leading blanks go first.
- One bad line makes Compose refuse the whole file. This reader then goes on with the next line, to report all of them.
"""

from __future__ import annotations

from preflight.model.secret_text import SecretText
from preflight.sources.env_file.document import (
    MAX_INSERTED,
    EnvDocument,
    EnvEntry,
    EnvProblem,
    EnvReference,
    shown,
)
from preflight.sources.env_file.interpolation import interpolate
from preflight.sources.env_file.lines import BYTE_ORDER_MARK, LineCounter, closing_quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.sources.env_file.document import Quote, Resolution
    from preflight.sources.env_file.interpolation import Interpolated

# Go's unicode.IsSpace, and the part of it that the parser calls a blank.
_SPACE = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
    "\u205f\u3000"
)
_SPACES = frozenset(_SPACE)
_BLANKS = frozenset(" \t\v\f\r\x85\xa0")
_EXPORT_BLANKS = frozenset(" \t\n\f\r")
_ESCAPES = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    '"': '"',
    "\\": "\\",
    "$": "$$",  # interpolation makes it one
}
_OCTAL = frozenset("01234567")
_ERRORS = {
    "invalid_interpolation": "a `${` here is no valid variable: close its brace, or write `$$` for a dollar sign",
    "nesting_too_deep": "variables are nested too deeply",
    "value_too_long": "variables make the values of this file too long",
}


def read(text: str, environment: Mapping[str, str], earlier: Mapping[str, str] | None = None) -> EnvDocument:
    """Read an env file as Compose does.

    Args:
        text: The file's text; a byte order mark at its start is skipped.
        environment: The variables Compose runs with (or, for a service's `env_file:`, its project environment).
        earlier: What files read before this one gave; `${NAME}` sees it below what this file has assigned so far.

    Returns:
        The document. Where a problem is fatal, `settings` is empty: Compose starts nothing from such a file.
    """
    return _Compose(text, environment, earlier or {}).read()


class _Compose:
    """One reading of one file."""

    __slots__ = ("entries", "environment", "inserted", "lines", "position", "problems", "settings", "text", "values")

    def __init__(self, text: str, environment: Mapping[str, str], earlier: Mapping[str, str]) -> None:
        self.text = text
        self.environment = environment
        self.lines = LineCounter(text)
        self.position = 1 if text.startswith(BYTE_ORDER_MARK) else 0
        self.entries: list[EnvEntry] = []
        self.problems: list[EnvProblem] = []
        self.settings: dict[str, SecretText | None] = {}
        self.values: dict[str, str] = dict(earlier)
        self.inserted = 0

    def read(self) -> EnvDocument:
        while self._at_statement():
            self._statement()
        refused = any(problem.fatal for problem in self.problems)
        return EnvDocument(
            entries=tuple(self.entries), settings={} if refused else self.settings, problems=tuple(self.problems)
        )

    def _at_statement(self) -> bool:
        """Go to the next statement, over blank lines and comments."""
        text, position, size = self.text, self.position, len(self.text)
        while position < size:
            character = text[position]
            if character == "#":
                position = self._line_end(position)
            elif character not in _SPACES:
                break
            else:
                position += 1
        self.position = position
        return position < size

    def _statement(self) -> None:
        text, start = self.text, self.position
        if text.startswith("export", start) and text[start + 6 : start + 7] in _EXPORT_BLANKS:
            start = self._skip_blanks(start + 6)
        if start >= len(text):
            self._problem(
                self.position, "not_an_assignment", "`export` and nothing else: Compose refuses the file", fatal=True
            )
            self.position = start
            return
        end = self._key_end(start)
        if end < 0:
            return
        last = end >= len(text)
        key = "" if last else text[start:end].rstrip(_SPACE)
        if " " in key:
            self._problem(start, "invalid_name", "a name with a space in it: Compose refuses the file", fatal=True)
            self.position = self._line_end(end)
        elif last:
            # The last line, with neither a separator nor a line end, is taken for the value of the empty name.
            self._problem(start, "not_an_assignment", "no `=` and no line end: Compose sets a variable without name")
            self._assign("", start, start)
        elif text[end] == "\n":
            self.position = end + 1
            self._inherit(key, start)
        else:
            self._assign(key, start, self._skip_blanks(end + 1))

    def _key_end(self, start: int) -> int:
        """Return the offset of what ends the key (`=`, `:` or a line feed; the text's end without any), or -1."""
        text = self.text
        equals = text.find("=", start, self._line_end(start))
        if equals > start and text[start:equals].isidentifier() and text[start:equals].isascii():
            return equals
        for offset in range(start, len(text)):
            character = text[offset]
            if character in "=:\n":
                return offset
            if (
                character not in _BLANKS
                and character not in "_.-[]"
                and not (character.isalpha() or character.isnumeric())
            ):
                self._problem(
                    offset, "invalid_name", "a character that no name may hold: Compose refuses the file", fatal=True
                )
                self.position = self._line_end(offset)
                return -1
        return len(text)

    def _inherit(self, key: str, start: int) -> None:
        value = self._lookup(key)
        line, column = self.lines.at(start)
        if value is not None:
            self._keep(key, SecretText(value), value)
        reference = EnvReference(name=key, resolved=self._resolved(key))
        self.entries.append(
            EnvEntry(
                name=key,
                value=None if value is None else SecretText(value),
                line=line,
                column=column,
                value_column=column,
                references=(reference,),
                unset=(key,) if value is None else (),
            )
        )

    def _assign(self, key: str, start: int, value_start: int) -> None:
        text = self.text
        quote: Quote = ""
        if text.startswith(('"', "'"), value_start):
            quote = '"' if text[value_start] == '"' else "'"
            end = closing_quote(text, value_start + 1, quote)
            if end < 0:
                self._problem(
                    value_start,
                    "unterminated_quote",
                    "this quote is never closed: Compose refuses the file",
                    fatal=True,
                )
                self.position = self._line_end(value_start)
                return
            raw = _without_escaped_quotes(text[value_start + 1 : end], quote)
            raw = _unescaped(raw) if quote == '"' else raw
            self.position = end + 1
        else:
            end = self._line_end(value_start)
            raw = text[value_start:end].partition(" #")[0].rstrip(_SPACE)
            self.position = end + 1
        references: tuple[EnvReference, ...] = ()
        unset: tuple[str, ...] = ()
        if quote == "'" or "$" not in raw:
            value = raw
        else:
            result = interpolate(raw, self._lookup, limit=MAX_INSERTED - self.inserted)
            self.inserted += result.inserted
            self._refuse(result, value_start)
            references, unset, value = self._references(result), result.unset, result.text
        line, column = self.lines.at(start)
        secret = SecretText(value)
        self.entries.append(
            EnvEntry(
                name=key,
                value=secret,
                line=line,
                column=column,
                value_column=self.lines.at(value_start)[1],
                quote=quote,
                references=references,
                unset=unset,
            )
        )
        self._keep(key, secret, value)

    def _keep(self, key: str, secret: SecretText, value: str) -> None:
        self.settings[key] = secret
        self.values[key] = value

    def _lookup(self, name: str) -> str | None:
        value = self.environment.get(name)
        return self.values.get(name) if value is None else value

    def _resolved(self, name: str) -> Resolution:
        if name in self.environment:
            return "environment"
        return "earlier" if name in self.values else "unset"

    def _references(self, result: Interpolated) -> tuple[EnvReference, ...]:
        made: dict[tuple[str, str], EnvReference] = {}  # a value can refer to one variable many times
        found: list[EnvReference] = []
        for one in result.substitutions:
            key = (one.name, one.treatment)
            if key not in made:
                resolved = "default" if one.treatment == "default" else self._resolved(one.name)
                made[key] = EnvReference(name=one.name, resolved=resolved)
            found.append(made[key])
        return tuple(found)

    def _refuse(self, result: Interpolated, offset: int) -> None:
        for required in result.required:
            message = f"{shown(required.name)} is required here and is not set: Compose refuses the file"
            self._problem(offset, "required_variable_missing", message, fatal=True)
        for error in result.errors:
            self._problem(offset, error.code, _ERRORS[error.code], fatal=True)

    def _problem(self, offset: int, code: str, message: str, *, fatal: bool = False) -> None:
        line, column = self.lines.at(offset)
        self.problems.append(EnvProblem(line=line, column=column, code=code, message=message, fatal=fatal))

    def _line_end(self, offset: int) -> int:
        end = self.text.find("\n", offset)
        return len(self.text) if end < 0 else end

    def _skip_blanks(self, offset: int) -> int:
        text, size = self.text, len(self.text)
        while offset < size and text[offset] in _BLANKS:
            offset += 1
        return offset


def _without_escaped_quotes(raw: str, quote: str) -> str:
    """Take the backslash from every escaped quote; other escapes stay."""
    if "\\" not in raw:
        return raw
    pieces: list[str] = []
    start = 0
    while (slash := raw.find("\\", start)) >= 0:
        following = raw[slash + 1 : slash + 2]
        pieces.append(raw[start:slash])
        pieces.append(following if following == quote else "\\" + following)
        start = slash + 2
    pieces.append(raw[start:])
    return "".join(pieces)


def _unescaped(raw: str) -> str:
    r"""Replace the escapes of a double-quoted value: `\n` and its like, `\$`, and `\0` with three octal digits."""
    pieces: list[str] = []
    start = 0
    while (slash := raw.find("\\", start)) >= 0:
        following = raw[slash + 1 : slash + 2]
        pieces.append(raw[start:slash])
        if following == "0":
            digits = _digits(raw, slash + 2)
            start = slash + 2 + len(digits)
            octal = len(digits) == 3 and _OCTAL.issuperset(digits) and digits < "400"
            pieces.append(chr(int(digits, 8)) if octal else "\\" + digits)
        else:
            start = slash + 2 if following in _ESCAPES else slash + 1
            pieces.append(_ESCAPES.get(following, "\\"))
    pieces.append(raw[start:])
    return "".join(pieces)


def _digits(raw: str, start: int) -> str:
    end = start
    while end < start + 3 and raw[end : end + 1] in frozenset("0123456789"):
        end += 1
    return raw[start:end]
