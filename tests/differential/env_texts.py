"""Random env files: lines as people write them, and lines that only go through a parser's darkest corners."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = ("A", "B", "C_1", "SECRET")
ENVIRONMENT = {"B": "bee", "EMPTY": "", "HOME": "/home/somebody"}

_WORDS = ("a", "b1", "word", "x.y", "/p/q", "ü", "日", "=", "==", ":", ",", "@", "%", "+", "-", "_", "^", "!", "?")
_SIGNS = (" ", "  ", "\t", "#", " #", " # ", "'", '"', "\\", "\\\\", "\\n", "\\t", "\\$", '\\"', "\\'", "\\ ")
_DOLLARS = (
    "$", "$$", "$A", "$B", "${A}", "${B}", "$UNSET", "${UNSET}", "${EMPTY}", "${UNSET:-d}", "${EMPTY:-d}", "${EMPTY-d}",
    "${UNSET-d}", "${B:+alt}", "${UNSET:+alt}", "${B", "$1", "${}", "$é",
)  # fmt: skip
_SHELL = ("&", ";", "|", "<", ">", "(", ")", "`", "~", "*", "{", "}", "[", "]")


def _value(fragments: tuple[str, ...]) -> st.SearchStrategy[str]:
    parts = st.sampled_from(fragments)
    inside = st.lists(parts, max_size=6).map("".join)
    single = st.lists(parts.filter(lambda one: "'" not in one), max_size=5).map("".join)
    double = st.lists(parts.filter(lambda one: '"' not in one or one == '\\"'), max_size=5).map("".join)
    comment = st.sampled_from(("", "", "", " # note", "# note", " #", " "))
    return st.one_of(
        inside,
        st.tuples(single, comment).map(lambda pair: f"'{pair[0]}'{pair[1]}"),
        st.tuples(double, comment).map(lambda pair: f'"{pair[0]}"{pair[1]}'),
        st.tuples(inside, single, inside).map(lambda three: f"{three[0]}'{three[1]}'{three[2]}"),
    )


def _line(fragments: tuple[str, ...]) -> st.SearchStrategy[str]:
    names = st.sampled_from(NAMES)
    assignment = st.tuples(
        st.sampled_from(("", "", "", "", "export ", " ", "\t", "export  ")),
        names,
        st.sampled_from(("=", "=", "=", "=", "=", " = ", "= ", " =", ": ", ":")),
        _value(fragments),
    ).map("".join)
    return st.one_of(
        assignment,
        assignment,
        assignment,
        assignment,
        st.sampled_from(
            ("", "# comment", "  # comment", "A", "export A", "A ", "=x", "A-B=c", "A.B=c", "1A=x", "A B=c")
        ),
        st.lists(st.sampled_from((*fragments, *NAMES)), max_size=5).map("".join),
    )


def env_texts(*, operators: bool, longest: int = 5) -> st.SearchStrategy[str]:
    """Generate env files.

    Args:
        operators: Whether signs that only a shell knows are among them.
        longest: Most lines.
    """
    fragments = (*_WORDS, *_SIGNS, *_DOLLARS, *(_SHELL if operators else ()))
    endings = st.sampled_from(("\n", "\n", "\n", "\n", "\r\n"))
    lines = st.lists(st.tuples(_line(fragments), endings).map("".join), min_size=1, max_size=longest)
    start = st.sampled_from(("", "", "", "", "", "\ufeff"))
    cut = st.sampled_from((0, 0, 0, 1))  # whether the last line has no end
    return st.tuples(start, lines, cut).map(lambda three: three[0] + ("".join(three[1]))[: -1 if three[2] else None])
