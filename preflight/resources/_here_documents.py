"""Secrets in here-documents: what a command writes to a file, or hands to a program (POSIX shell, "Here-Document")."""

from __future__ import annotations

from preflight.resources._further_secrets import in_content

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.bindings import Bindings
    from preflight.resources._commands import FoundOption


def in_here_documents(text: str, bindings: Bindings) -> Iterator[FoundOption]:
    """Yield the secrets in the here-documents of a script.

    Args:
        text: The script as written.
        bindings: Which names are secrets.
    """
    body: list[str] = []
    end = ""
    for line in text.split("\n"):
        if not end:
            end = _delimiter(line)
        elif line.strip() == end:
            end = ""
            body.append("")
        else:
            body.append(line)
    if body:
        yield from in_content("\n".join(body), bindings, by_shell=True)


def _delimiter(line: str) -> str:
    """Return the word that ends the here-document which begins on a line; empty where none begins."""
    _, found, rest = line.partition("<<")
    if not found or rest.startswith("<"):
        return ""
    words = rest.removeprefix("-").split(None, 1)
    word = words[0].partition(";")[0].partition("|")[0].partition(">")[0].strip("'\"\\") if words else ""
    return word if word.replace("_", "").isalnum() and not word.isdigit() else ""
