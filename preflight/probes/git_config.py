"""Git's configuration files (git-config(1)), as far as tracking and ignoring depend on them."""

from __future__ import annotations

import os

from preflight.probes.files import FileProblem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.probes.files import FileProbe

_RELEVANT = frozenset(
    {
        "core.worktree",
        "core.bare",
        "core.excludesfile",
        "core.ignorecase",
        "extensions.objectformat",
        "extensions.worktreeconfig",
        "include.path",
    }
)
_MOST_INCLUDES = 10
_ESCAPES = {"n": "\n", "t": "\t", "b": "\b", "\\": "\\", '"': '"'}
_BLANKS = " \t\r"
_MALFORMED = "git's configuration is malformed"
_NONE = frozenset({"missing", "dangling_symlink", "not_a_directory", "empty"})


class UnanswerableError(Exception):
    """A question about a repository that its files do not answer here; the argument is the reason, for people."""


def read_optional(files: FileProbe, path: str, what: str, *, limit: int = 1024 * 1024) -> bytes:
    """Read a file of git's that need not exist.

    Args:
        files: Reads it.
        path: Its path.
        what: What to call it.
        limit: Most bytes it may have.

    Returns:
        Its content; nothing where there is none.

    Raises:
        UnanswerableError: It is there and cannot be read.
    """
    found = files.read_bytes(path, limit=limit)
    if not isinstance(found, FileProblem):
        return found
    if found.code in _NONE:
        return b""
    raise UnanswerableError(f"{what} cannot be read: {found.message}")


class Settings:
    """The settings of a repository, from the least to the most specific file.

    Args:
        files: Reads the files.
        home: The user's home directory, where it is known.
    """

    def __init__(self, files: FileProbe, home: str | None) -> None:
        self._files = files
        self._home = home
        self._values: dict[str, str | None] = {}

    def load(self, path: str) -> None:
        """Take over the settings of a file; those it sets win over what was loaded before.

        Raises:
            UnanswerableError: It cannot be read or is malformed, or what it says depends on what is not looked at here.
        """
        self._load(path, 0)

    def _load(self, path: str, depth: int) -> None:
        if depth > _MOST_INCLUDES:
            raise UnanswerableError("git's configuration files include each other")
        for name, value in self._entries(path):
            if name == "include.path":
                self._load(self._included(path, value), depth + 1)
            elif name.startswith("includeif.") and name.endswith(".path"):
                included = self._entries(self._included(path, value))
                if any(other in _RELEVANT or other.startswith("includeif.") for other, _ in included):
                    raise UnanswerableError("git's configuration sets what is ignored under a condition (includeIf)")
            elif name in _RELEVANT:
                self._values[name] = value

    def _entries(self, path: str) -> Iterator[tuple[str, str | None]]:
        data = read_optional(self._files, path, "git's configuration")
        return parse_config(data.decode("utf-8", "surrogateescape"))

    def _included(self, path: str, value: str | None) -> str:
        return os.path.join(os.path.dirname(path), self.expanded(value or ""))

    def text(self, name: str) -> str | None:
        """Return a setting's text, or None where it is not set."""
        return self._values.get(name)

    def flag(self, name: str) -> bool:
        """Whether a setting is on; a name without a value is.

        Raises:
            UnanswerableError: It is no truth value.
        """
        if name not in self._values:
            return False
        value = self._values[name]
        lower = "true" if value is None else value.lower()
        if lower in {"true", "yes", "on"}:
            return True
        if lower in {"", "false", "no", "off"}:
            return False
        if lower.removeprefix("-").isdecimal():
            return int(lower) != 0
        raise UnanswerableError(f"git's configuration sets {name} to what is no truth value")

    def expanded(self, path: str) -> str:
        """Return a path with `~/` replaced by the home directory.

        Raises:
            UnanswerableError: The home directory is not known, or is another user's, or the path is git's own.
        """
        if path.startswith("~/") and self._home:
            return self._home + path[1:]
        if path.startswith(("~", "%(", ":(")):
            raise UnanswerableError("git's configuration names a path that cannot be resolved here")
        return path


def parse_config(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield the settings of a configuration file: name and value, None for a name without one.

    Section and key are in lower case, a subsection as written: `core.bare`, `includeif.gitdir:~/work/.path`.

    Raises:
        UnanswerableError: It is malformed.
    """
    section = ""
    lines = iter(text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"))
    for line in lines:
        rest = line.lstrip(_BLANKS)
        while rest.startswith("["):
            section, rest = _section(rest)
        if not rest or rest[0] in "#;":
            continue
        key, equals, value = rest.partition("=")
        key = key.rstrip(_BLANKS)
        if not key[:1].isalpha() or not all(map(_is_key, key)):
            raise UnanswerableError(_MALFORMED)
        name = f"{section}.{key.lower()}" if section else key.lower()
        yield name, _value(value, lines) if equals else None


def _section(text: str) -> tuple[str, str]:
    """Read `[section]`, `[section "subsection"]` or `[section.subsection]`; return its name and what stands behind it."""
    end = 1
    while end < len(text) and (_is_key(text[end]) or text[end] == "."):
        end += 1
    name, rest = text[1:end].lower(), text[end:]
    if name and rest.startswith("]"):
        return name, rest[1:].lstrip(_BLANKS)
    if not rest.startswith(tuple(_BLANKS)) or not rest.lstrip(_BLANKS).startswith('"'):
        raise UnanswerableError(_MALFORMED)
    rest = rest.lstrip(_BLANKS)
    subsection, position = "", 1
    while rest[position : position + 1] not in {'"', ""}:
        position += rest[position] == "\\"
        subsection += rest[position : position + 1]
        position += 1
    if not rest.startswith('"]', position):
        raise UnanswerableError(_MALFORMED)
    return f"{name}.{subsection}", rest[position + 2 :].lstrip(_BLANKS)


def _is_key(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "-")


def _value(text: str, lines: Iterator[str]) -> str:
    """Read a value: quotes, escapes, comments, and a backslash at the end of a line that takes the next one along.

    Raises:
        UnanswerableError: A quote stays open, or an escape is unknown.
    """
    found = ""
    kept = 0  # how much of it stays when blanks at the end are taken away
    quoted = False
    position = 0
    while position < len(text):
        character = text[position]
        position += 1
        if character == '"':
            quoted = not quoted
            kept = max(kept, len(found))
        elif character == "\\" and position == len(text):
            text, position = next(lines, ""), 0
        elif character == "\\":
            if text[position] not in _ESCAPES:
                raise UnanswerableError(_MALFORMED)
            found += _ESCAPES[text[position]]
            position += 1
            kept = len(found)
        elif character in "#;" and not quoted:
            break
        elif found or quoted or character not in _BLANKS:
            found += character
            kept = len(found) if quoted or character not in _BLANKS else kept
    if quoted:
        raise UnanswerableError(_MALFORMED)
    return found[:kept]
