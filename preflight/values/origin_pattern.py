r"""What a regular expression of origins lets in, told from its text: nothing is compiled and nothing is matched.

The expression is written out as the plain sequences it stands for (alternatives apart, optional parts with and without),
each a row of literal characters, of ends, and of places where something varies. A sequence is sound when it is tied to
both ends of the origin, and when what varies cannot run into the registered domain: `.*\.example\.com` is sound,
`.*example\.com` also matches `evilexample.com`.

Whatever cannot be followed (look-around, back references) counts as matching more than it should.
"""

from __future__ import annotations

from preflight.values.cors_origin import is_this_machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Sequence: TypeAlias = tuple[str, ...]

# Symbols besides literal characters, which are one character long.
_START, _END, _DOT, _VARIES = "start", "end", "dot", "varies"
_BUDGET = 200_000  # symbols written out: some 20 ms, and far more than any list of origins needs
_MOST_GROUPS = 20  # within each other
_CLASSES = frozenset("dwsDWS")
_ENDS = {"A": _START, "Z": _END, "z": _END}
_FLAGS = "dgimsuvy"
_QUANTIFIERS = {"*": (0, True), "+": (1, True), "?": (0, False)}


def pattern_codes(pattern: str) -> set[str]:
    """Return the codes of a regular expression of origins (keys of `preflight.values.cors_origin.CODES`).

    Args:
        pattern: The expression, bare or as a JavaScript literal between slashes.
    """
    try:
        return {_code(sequence) for sequence in _Reader(_bare(pattern)).sequences()}
    except _Lost as lost:
        return {str(lost.args[0])}


def _bare(pattern: str) -> str:
    """Take away JavaScript's slashes and flags, and flags such as `(?i)` at the start."""
    if pattern.startswith("/") and "/" in pattern[1:]:
        body, _, flags = pattern[1:].rpartition("/")
        if not flags.strip(_FLAGS):
            pattern = body
    flags, closed, rest = pattern.removeprefix("(?").partition(")")
    return rest if closed and pattern.startswith("(?") and flags.isalpha() else pattern


class _Lost(Exception):  # noqa: N818 - a way out of the recursion, with the code that says why
    pass


class _Reader:
    """Writes an expression out as the sequences it stands for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._budget = _BUDGET

    def sequences(self) -> list[Sequence]:
        """Return what the whole expression stands for.

        Raises:
            _Lost: It is malformed (`unparsable`), or cannot be followed (`regex_unanchored`).
        """
        found = self._alternatives()
        if self._at < len(self._text):
            raise _Lost("unparsable")  # a bracket that nothing opens
        return found

    def _alternatives(self) -> list[Sequence]:
        done: list[Sequence] = []
        current: list[Sequence] = [()]
        while self._peek() not in {"", ")"}:
            if self._peek() == "|":
                self._at += 1
                done += current
                current = [()]
                continue
            atoms = self._repeated(self._atom())
            current = [(*before, *atom) for before in current for atom in atoms]
            self._budget -= sum(map(len, current)) + len(current)
            if self._budget < 0:
                raise _Lost("regex_unanchored")
        return done + current

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _atom(self) -> list[Sequence]:
        if self._quantifier() is not None:
            raise _Lost("unparsable")  # nothing to repeat
        character = self._peek()
        self._at += 1
        if character == "\\":
            return [(self._escaped(),)]
        if character == "[":
            return [(self._class(),)]
        if character == "(":
            return self._group()
        return [({"^": _START, "$": _END, ".": _DOT}.get(character, character),)]

    def _escaped(self) -> str:
        character = self._peek()
        self._at += 1
        if not character:
            raise _Lost("unparsable")
        if character in _CLASSES:
            return _VARIES
        if character in _ENDS:
            return _ENDS[character]
        if character.isalnum():
            raise _Lost("regex_unanchored")  # \b, \x2e, \1, \p{…}
        return character

    def _class(self) -> str:
        """Read `[…]`: one character in brackets is that character (`[.]`), anything else varies."""
        start = self._at
        end = start + (self._text[start : start + 1] == "^")
        end += self._text[end : end + 1] == "]"
        while end < len(self._text) and self._text[end] != "]":
            end += 2 if self._text[end] == "\\" else 1
        if end >= len(self._text):
            raise _Lost("unparsable")
        self._at = end + 1
        inside = self._text[start:end]
        if len(inside) == 2 and inside[0] == "\\" and not inside[1].isalnum():
            return inside[1]
        return inside if len(inside) == 1 else _VARIES

    def _group(self) -> list[Sequence]:
        rest = self._text[self._at : self._at + 3]
        if rest.startswith("?:"):
            self._at += 2
        elif rest == "?P<" or (rest.startswith("?<") and rest not in {"?<=", "?<!"}):
            self._at = self._text.find(">", self._at) + 1 or len(self._text)
        elif rest.startswith("?"):
            raise _Lost("regex_unanchored")  # look-around, atomic groups, flags in the middle
        self._depth += 1
        if self._depth > _MOST_GROUPS:
            raise _Lost("regex_unanchored")
        found = self._alternatives()
        self._depth -= 1
        if self._peek() != ")":
            raise _Lost("unparsable")
        self._at += 1
        return found

    def _repeated(self, atoms: list[Sequence]) -> list[Sequence]:
        """Read a quantifier: what may be left out is written out both ways, what may come more often varies."""
        quantifier = self._quantifier()
        if quantifier is None:
            return atoms
        least, more = quantifier
        if self._peek() in {"?", "+"}:
            self._at += 1  # lazy or possessive: about how, not about what
        if self._quantifier() is not None or atoms in ([(_START,)], [(_END,)]):
            raise _Lost("regex_unanchored")  # most dialects refuse it, and the others differ
        repeated = [_again(atom) for atom in atoms] if more else atoms
        return repeated if least else [*repeated, ()]

    def _quantifier(self) -> tuple[int, bool] | None:
        mark = self._peek()
        if mark in _QUANTIFIERS:
            self._at += 1
            return _QUANTIFIERS[mark]
        inside, closed, _ = self._text[self._at + 1 :].partition("}")
        low, comma, high = inside.partition(",")
        if mark != "{" or not closed or not (low or high) or (low + high).strip("0123456789"):
            return None  # a brace that is no quantifier stands for itself
        self._at += len(inside) + 2
        least = int(low[:6] or "0")
        return least, bool(comma) or least > 1


def _again(atom: Sequence) -> Sequence:
    """Return what repetitions look like from outside: something that varies, then the last one whole."""
    if len(atom) == 1:
        return atom if atom[0] in {_START, _END} else (_VARIES,)
    return (_VARIES, *atom)


def _code(sequence: Sequence) -> str:
    """Judge one sequence."""
    tied = sequence[:1] == (_START,) and sequence[-1:] == (_END,)
    body = sequence[sequence[:1] == (_START,) : len(sequence) - (sequence[-1:] == (_END,))]
    if _START in body or _END in body:
        return "regex_unanchored"  # an end in the middle
    scheme, host = _scheme_and_host(body)
    if not any(len(symbol) == 1 and symbol not in ".:/" for symbol in host):
        return "reflects_any" if body or not tied else "unparsable"
    if not tied or scheme is None:
        return "regex_unanchored"
    if any(symbol == _DOT and _in_a_name(host[place - 1 : place + 2]) for place, symbol in enumerate(host)):
        return "regex_unescaped_dot"
    varied = [place for place, symbol in enumerate(host) if len(symbol) > 1]
    fixed = "".join(host[varied[-1] + 1 :] if varied else host)
    local = is_this_machine(fixed.lstrip("."))
    if varied and not (fixed.startswith(".") and ("." in fixed[1:] or local)):
        return "regex_unanchored"
    if local and scheme in {"http", "https"}:
        return "loopback"
    return "plain_http" if scheme == "http" else "regex_anchored"


def _in_a_name(around: Sequence) -> bool:
    """Whether a dot stands between letters of a name, where somebody forgot to escape it."""
    return len(around) == 3 and all(len(symbol) == 1 and symbol not in ".:/" for symbol in (around[0], around[2]))


def _scheme_and_host(body: Sequence) -> tuple[str | None, Sequence]:
    """Split a sequence into its scheme, None when that is not literal, and the symbols of its host.

    What follows a colon after the host is a port: an origin has nothing else there.
    """
    for place in range(len(body) - 2):
        if body[place : place + 3] == (":", "/", "/"):
            scheme = "".join(body[:place]) if place and all(len(symbol) == 1 for symbol in body[:place]) else None
            rest = body[place + 3 :]
            start = rest.index("]") if rest[:1] == ("[",) and "]" in rest else 0
            return scheme, rest[: rest.index(":", start)] if ":" in rest[start:] else rest
    return None, body
