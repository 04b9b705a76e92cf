"""Secrets that programs are handed in languages of their own, as words of a command: SQL, and the lines of `chpasswd`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_VERBS = frozenset({"alter", "create", "set", "grant"})
# What follows PASSWORD without being one (PostgreSQL "ALTER ROLE", MySQL "ALTER USER").
_NO_PASSWORDS = frozenset(
    {"null", "expire", "never", "require", "history", "reuse", "lock", "for", "password", "random"}
)
_CHPASSWD = "chpasswd"
_STOPS = frozenset({";", "&", "(", ")"})


def in_sql(words: Sequence[str]) -> Iterator[str]:
    """Yield the passwords in statements that make or change users.

    Args:
        words: The words of the text, without their quotes.
    """
    armed = identified = False
    previous = ""
    for word in words:
        low = word.lower()
        if low in _VERBS:
            armed, identified = True, False
        elif word == ";":
            armed = identified = False
        elif armed and (previous == "password" or (previous == "by" and identified)):
            if low == "=":
                continue
            value = word.strip("'\"`;,")
            if value and low not in _NO_PASSWORDS and not value.startswith((":", "?", "@")):
                yield value
        elif low == "identified":
            identified = armed
        previous = low.lstrip("'\"")


def of_chpasswd(words: Sequence[str]) -> Iterator[str]:
    """Yield the passwords of the lines `user:password` that `chpasswd` is given, from a pipe or as a here-document.

    Args:
        words: The words of the text, without their quotes.
    """
    since: list[str] = []  # the last command, and what is piped into it
    reads = False
    for word in words:
        if word.rpartition("/")[2] == _CHPASSWD:
            yield from (found for one in since if (found := _password(one)))
            since, reads = [], True
        elif word in _STOPS:
            since, reads = [], False
        elif reads:
            if found := _password(word.lstrip("<")):
                yield found
        else:
            since.append(word)


def _password(word: str) -> str:
    user, colon, password = word.partition(":")
    return (
        password.removesuffix("\\n")
        if colon and user.replace("-", "").replace("_", "").isalnum() and not password.startswith("//")
        else ""
    )
