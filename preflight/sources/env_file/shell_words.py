"""Words of the shell: quoting and expansions, read into their parts.

Sources: POSIX.1-2017, XCU 2.2 (quoting), 2.3 (token recognition) and 2.6 (word expansions), and the Bash manual for
`$'…'`, `$"…"`, `NAME+=`, arrays and process substitution. Nothing is run or replaced here.
"""

from __future__ import annotations

from preflight.sources.env_file.lines import closing_quote
from preflight.sources.env_file.shell_ansi import ansi_c
from preflight.sources.env_file.shell_tree import Parameter, ShellError, Unknown, Word, is_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

MAX_DEPTH = 20

_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
_DIGITS = frozenset("0123456789")
_NAME = _LETTERS | _DIGITS
_SPECIAL_PARAMETERS = frozenset("$?!#@*-")
_BREAKS = frozenset(" \t\n|&;()<>")
_WORD_STOPS = _BREAKS | frozenset("\\'\"`$")
_PATTERN_OPERATORS = frozenset("#%/^,@:[~")


class WordParser:
    """Reads words. `position` is the offset of the next character."""

    __slots__ = ("depth", "position", "text")

    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.depth = 0

    def word(self, *, assignable: bool) -> Word:
        """Read a word, up to what ends it outside quotes."""
        text, size = self.text, len(self.text)
        word = Word(self.position)
        while self.position < size:
            start = end = self.position
            while end < size and text[end] not in _WORD_STOPS:
                end += 1
            if end > start:
                self.position = end
                piece = text[start:end]
                if assignable and not word.parts and "[" in piece:
                    piece = self._subscripted(word, start, piece)
                word.add(piece, quoted=False)
                continue
            character = text[start]
            if character in _BREAKS:
                if self.at("<(", ">("):
                    self._process_substitution(word)
                elif character == "(" and assignable and self._array_starts(word):
                    self._array(word)
                else:
                    break
            else:
                self._quoting(word, character, quoted=False)
        word.end = self.position
        return word

    def _quoting(self, word: Word, character: str, *, quoted: bool) -> None:
        """Read what a backslash, quote, backquote or dollar sign starts."""
        text, start = self.text, self.position
        if character == "\\":
            following = text[start + 1 : start + 2]
            self.position += 2 if following else 1
            if following != "\n":
                word.add(following or "\\", quoted=True)
        elif character == "'":
            end = text.find("'", start + 1)
            if end < 0:
                self.fail("unterminated_quote")
            word.add(text[start + 1 : end], quoted=True)
            self._close_quote(word, end + 1)
        elif character == '"':
            self.position += 1
            self._double_quoted(word, start)
            self._close_quote(word, self.position)
        elif character == "`":
            self._backquoted(word, quoted=quoted)
        else:
            self._dollar(word, quoted=quoted)

    def _close_quote(self, word: Word, end: int) -> None:
        self.position = end
        if word.first_quote_end < 0:
            word.first_quote_end = end

    def _double_quoted(self, word: Word, opening: int) -> None:
        """Read up to the closing double quote, and go behind it."""
        text, size = self.text, len(self.text)
        self._deeper()
        word.add("", quoted=True)
        while self.position < size:
            start = end = self.position
            while end < size and text[end] not in '"\\`$':
                end += 1
            if end > start:
                word.add(text[start:end], quoted=True)
                self.position = end
            elif text[start] == '"':
                self.position += 1
                self.depth -= 1
                return
            elif text[start] == "\\":
                self._backslash_in_double_quotes(word, '$`"\\')
            else:
                self._quoting(word, text[start], quoted=True)
        raise ShellError("unterminated_quote", opening)

    def _backslash_in_double_quotes(self, word: Word, escaped: str) -> None:
        following = self.text[self.position + 1 : self.position + 2]
        self.position += 2 if following else 1
        if following in escaped and following:
            word.add(following, quoted=True)
        elif following != "\n":
            word.add("\\" + following, quoted=True)

    def _backquoted(self, word: Word, *, quoted: bool) -> None:
        text, start = self.text, self.position
        end = closing_quote(text, start + 1, "`")
        if end < 0:
            self.fail("unterminated_quote")
        word.parts.append(Unknown("command", start, quoted=quoted, source=text[start + 1 : end]))
        self.position = end + 1

    def _dollar(self, word: Word, *, quoted: bool) -> None:
        text, start = self.text, self.position
        following = text[start + 1 : start + 2]
        if following in _LETTERS and following:
            end = start + 2
            while end < len(text) and text[end] in _NAME:
                end += 1
            word.parts.append(Parameter(text[start + 1 : end], start, quoted=quoted))
            self.position = end
        elif following == "{":
            self._braced(word, quoted=quoted)
        elif following == "(":
            self.position = start + 2
            self._parentheses(start)
            source = text[start + 2 : self.position - 1]
            arithmetic = source.startswith("(") and source.endswith(")")
            self._computed(word, start, source, "computed" if arithmetic else "command", quoted=quoted)
        elif following == "[":
            end = text.find("]", start)
            if end < 0:
                self.fail("unterminated_quote")
            self.position = end + 1
            self._computed(word, start, text[start + 2 : end], "computed", quoted=quoted)
        elif following == "'" and not quoted:
            self.position = start + 1
            value, self.position = ansi_c(text, start + 2)
            if self.position < 0:
                raise ShellError("unterminated_quote", start)
            word.add(value, quoted=True)
        elif following == '"' and not quoted:
            self.position = start + 2
            self._double_quoted(word, start)
        elif following and (following in _DIGITS or following in _SPECIAL_PARAMETERS):
            word.parts.append(Parameter(following, start, quoted=quoted))
            self.position = start + 2
        elif text.startswith("\\\n", start + 1):
            self.fail("shell_code")  # a `$` on one line, what it applies to on the next
        else:
            word.add("$", quoted=True)
            self.position = start + 1

    def _computed(self, word: Word, start: int, source: str, kind: str, *, quoted: bool) -> None:
        """Add an expansion that is not computed here. One that could assign a variable is refused."""
        if kind == "computed" and ("=" in source or "++" in source or "--" in source):
            raise ShellError("shell_code", start)
        word.parts.append(Unknown(kind, start, quoted=quoted, source=source if kind == "command" else ""))

    def _braced(self, word: Word, *, quoted: bool) -> None:
        """Read `${…}`."""
        text, start = self.text, self.position
        position = start + 2
        length = text.startswith("#", position) and text[position + 1 : position + 2] not in {"}", *"-=?+:#%/"}
        position += length
        end = position
        if text[position : position + 1] in _LETTERS:
            while text[end : end + 1] in _NAME and end < len(text):
                end += 1
        elif text[position : position + 1] in _DIGITS:
            while text[end : end + 1] in _DIGITS and end < len(text):
                end += 1
        elif text[position : position + 1] in _SPECIAL_PARAMETERS:
            end += 1
        name = text[position:end]
        colon = text.startswith(":", end)
        operator = text[end + colon : end + colon + 1]
        if not name or length or operator not in {"-", "=", "?", "+"}:
            operator, colon = "", False
        self.position = end + colon + len(operator)
        inner = self._brace_word(start, quoted=quoted)
        empty = not inner.parts
        if name == "!" and not empty and not operator:
            word.parts.append(Unknown("computed", start, quoted=quoted))  # indirection
        elif name and (operator or empty):
            kind = "#" if length else (":" if colon else "") + operator
            word.parts.append(Parameter(name, start, quoted=quoted, operator=kind, word=inner if operator else None))
        elif name and not length and text[end] in _PATTERN_OPERATORS and text[end : end + 2] != ":}":
            word.parts.append(Unknown("computed", start, quoted=quoted))
        else:
            word.parts.append(Unknown("bad", start, quoted=quoted))

    def _brace_word(self, opening: int, *, quoted: bool) -> Word:
        """Read the word inside `${name-…}` up to the closing brace, and go behind that."""
        text, size = self.text, len(self.text)
        self._deeper()
        word = Word(self.position)
        while self.position < size:
            start = end = self.position
            while end < size and text[end] not in "}\\'\"`$":
                end += 1
            if end > start:
                word.add(text[start:end], quoted=quoted)
                self.position = end
                continue
            character = text[start]
            if character == "}":
                self.position += 1
                self.depth -= 1
                return word
            if text.startswith("$${", start):
                self.fail("shell_code")  # bash reads it in two ways, one after the other
            if not quoted:
                self._quoting(word, character, quoted=False)
            elif character == "\\":
                self._backslash_in_double_quotes(word, '$`"\\}')
            elif character == "'":
                self._single_quotes_in_double_quotes(word)
            elif text.startswith("$'", start):
                self.fail("shell_code")  # bash and other shells differ
            else:
                self._quoting(word, character, quoted=True)
        raise ShellError("unterminated_quote", opening)

    def _single_quotes_in_double_quotes(self, word: Word) -> None:
        """Read `'…'` inside `"${name-…}"`: bash keeps the quotes but looks for both of them."""
        text, start = self.text, self.position
        end = text.find("'", start + 1)
        if end < 0:
            self.fail("unterminated_quote")
        inner = text[start : end + 1]
        if any(character in inner for character in '}"\\$`'):
            self.fail("shell_code")
        word.add(inner, quoted=True)
        self.position = end + 1

    def _parentheses(self, opening: int) -> None:
        """Go behind the parenthesis that closes the one before `position`; quotes inside are skipped."""
        text, size = self.text, len(self.text)
        depth = 1
        while self.position < size:
            character = text[self.position]
            if character == "(":
                depth += 1
            elif character == ")":
                depth -= 1
                if not depth:
                    self.position += 1
                    return
            elif character == "\\":
                self.position += 1
            elif character in "'\"`":
                end = text.find(character, self.position + 1)
                if end < 0:
                    self.fail("unterminated_quote")
                if character != "'" and "\\" in text[self.position : end]:
                    self.fail("shell_code")
                self.position = end
            elif character == "#" and text[self.position - 1] in " \t\n;(":
                self.fail("shell_code")  # a comment can hold anything
            self.position += 1
        raise ShellError("unterminated_quote", opening)

    def _process_substitution(self, word: Word) -> None:
        start = self.position
        self.position += 2
        self._parentheses(start)
        word.parts.append(Unknown("command", start, quoted=True, source="<"))

    def _subscripted(self, word: Word, start: int, piece: str) -> str:
        """Take in the whole subscript of `NAME[…]=`, blanks included."""
        name = piece.partition("[")[0]
        if not is_name(name):
            return piece
        line_end = self.text.find("\n", start)
        end = self.text.find("]", start, line_end if line_end >= 0 else len(self.text))
        if end >= 0 and self.text.startswith(("=", "+="), end + 1):
            word.array = True
            self.position = max(self.position, end + 1)
            return self.text[start : self.position]
        return piece

    def _array_starts(self, word: Word) -> bool:
        literal = word.literal
        return literal is not None and literal.endswith("=") and literal.count("=") == 1 and word.assignment() > 0

    def _array(self, word: Word) -> None:
        opening = self.position
        word.array = True
        self.position += 1
        while True:
            self.newlines()
            if self.position >= len(self.text):
                raise ShellError("unterminated_quote", opening)
            if self.at(")"):
                self.position += 1
                return
            if self.text[self.position] in "|&;(<>":
                self.fail("syntax_error")
            self.word(assignable=False)

    def blanks(self) -> None:
        """Go over blanks, continued lines and a comment."""
        text, size = self.text, len(self.text)
        while self.position < size:
            character = text[self.position]
            if character in " \t":
                self.position += 1
            elif character == "\\" and text.startswith("\n", self.position + 1):
                self.position += 2
            elif character == "#":
                end = text.find("\n", self.position)
                self.position = size if end < 0 else end
            else:
                break

    def newlines(self) -> None:
        """Skip newlines and comments."""
        self.blanks()
        while self.at("\n"):
            self.position += 1
            self.blanks()

    def at(self, *operators: str) -> bool:
        """Say whether one of the operators stands here."""
        return self.text.startswith(operators, self.position)

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("nesting_too_deep")

    def fail(self, code: str) -> NoReturn:
        """Stop reading: the shell refuses what stands here."""
        raise ShellError(code, self.position)
