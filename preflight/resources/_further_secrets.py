"""Secrets in texts that are neither settings nor commands: lists of options, files within a Compose file, Dockerfiles, URLs.

What a file is to whoever reads it is not known, so that its lines are looked at for what most formats have in common: a name,
`=` or `:` or a blank, and a value; connection strings; private keys. What looks like a program's expression is no value.
"""

from __future__ import annotations

from preflight.resources._commands import SECRET_OPTIONS, FoundOption, shown_option, variables_in
from preflight.resources._given import given_by, issued, of_option, of_part, password_of
from preflight.resources._url import parse_url
from preflight.resources._written import mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preflight.bindings import Bindings
    from preflight.resources._written import Variable

_MOST_READ = 262_144  # characters of one text; a longer one is data
_COMMENTS = ("#", "//", ";", "--", "/*")
_QUOTES = "\"'"
_EXPRESSION = frozenset("()[]{}<>|*\\")
_SHORTEST_TOKEN = 20
_SQL = frozenset({"password", "by"})  # PASSWORD 'x' (PostgreSQL), IDENTIFIED BY 'x' (MySQL, Oracle)


def in_options(written: str, bindings: Bindings) -> Iterator[FoundOption]:
    """Yield the secrets in options between commas, such as `username=app,password=x`.

    Args:
        written: The text as written.
        bindings: Which names are secrets.
    """
    marked = mark(written)
    for option in marked.text.split(","):
        name, equals, value = option.strip().partition("=")
        if equals and _is_secret(name, value, bindings):
            yield _found(name, of_option(value, marked.variables), value, marked.variables)


def in_url(written: str) -> Iterator[FoundOption]:
    """Yield the secret before the host of a URL: a password, or a token that stands for user and password.

    Args:
        written: The text as written.
    """
    given = given_by(written, password_of)
    if given is None:
        given = given_by(written, _token_of)
    if given is not None:
        marked = mark(written)
        yield _found("a URL", given, marked.text, marked.variables)


def in_content(written: str, bindings: Bindings) -> Iterator[FoundOption]:
    """Yield the secrets in what a file will hold, each name once.

    Args:
        written: The text as written.
        bindings: Which names are secrets.
    """
    if len(written) > _MOST_READ:
        return
    if "PRIVATE KEY-----" in written and "-----BEGIN" in written:
        yield _found("a private key", "literal", "", {})
    marked = mark(written)
    seen: set[str] = set()
    in_pem = False
    for line in marked.text.split("\n"):
        bare = line.strip()
        in_pem = (in_pem or "-----BEGIN" in bare) and "-----END" not in bare
        if in_pem or not bare or bare.startswith(_COMMENTS):
            continue
        for found in _in_line(bare, marked.variables, bindings):
            if found.given != "nothing" and found.label not in seen:
                seen.add(found.label)
                yield found


def in_dockerfile(written: str) -> Iterator[tuple[str, str]]:
    """Yield the instructions of a Dockerfile, each with its arguments, continued lines joined.

    Args:
        written: The text as written.
    """
    pending = ""
    for line in written.split("\n"):
        bare = line.strip()
        if bare.startswith("#"):
            continue
        pending += bare
        if pending.endswith("\\"):
            pending = pending[:-1].rstrip() + " "
            continue
        instruction, _, arguments = pending.partition(" ")
        pending = ""
        if arguments.strip():
            yield instruction.upper(), arguments.strip()


def assignments(arguments: str) -> Iterator[tuple[str, str]]:
    """Yield what `ENV` or `ARG` sets, by name, as written: `A=1 B="two words"`, or the old `A words to the end`.

    Args:
        arguments: What stands behind the instruction.
    """
    first = arguments.split(None, 1)
    if "=" not in first[0]:
        if len(first) > 1:
            yield first[0], first[1]
        return
    word, quote = "", ""
    for letter in arguments + " ":
        if letter in _QUOTES and quote in {"", letter}:
            quote = "" if quote else letter
        elif letter in " \t" and not quote:
            name, equals, value = word.partition("=")
            if equals:
                yield name, value
            word = ""
        else:
            word += letter


def _in_line(line: str, variables: Mapping[str, Variable], bindings: Bindings) -> Iterator[FoundOption]:
    if "://" in line or ("=" in line and "password" in line.lower()):
        given = _connection(line, variables)
        if given is not None:
            yield _found("a connection string", given, line, variables)
    pieces = _pieces(line)
    for piece in pieces:
        name, value = _assignment(piece)
        if value and "://" not in value and _is_secret(name, value, bindings):
            text, is_quoted = _unquoted(value)
            if is_quoted or not _is_expression(text):
                yield _found(name, of_option(text, variables), text, variables)
    words = line.rstrip(";").split()
    for word, following in zip(words, words[1:], strict=False):
        if word.lower() in _SQL and following[:1] == "'" and following.endswith("'"):
            yield _found("a password in SQL", of_part(following, variables), following, variables)


def _connection(line: str, variables: Mapping[str, Variable]) -> str | None:
    """Say how the password of a connection string in a line is given; None where there is none."""
    for separator in (" ", '"', "'"):
        for word in line.split(separator):
            start = word.find("://")
            if start < 0:
                continue
            while start and (word[start - 1].isalnum() or word[start - 1] in "+-."):
                start -= 1
            password = password_of(word[start:].rstrip("\"',;)]}>"))
            if password:
                return of_part(password, variables, password_of)
    _, value = _assignment(line)
    text, is_quoted = _unquoted(value)
    password = password_of(text) if is_quoted and "://" not in text else None
    return of_part(password, variables, password_of) if password else None


def _pieces(line: str) -> list[str]:
    """Return the assignments of a line: of JSON and its kin there are several in one."""
    if not line.startswith("{") and "{" not in line and '",' not in line:
        return [line]
    pieces, piece, quote = [], "", ""
    for letter in line:
        if letter in _QUOTES and quote in {"", letter}:
            quote = "" if quote else letter
        if letter in "{}," and not quote:
            pieces.append(piece)
            piece = ""
        else:
            piece += letter
    return [*pieces, piece]


def _assignment(text: str) -> tuple[str, str]:
    """Return name and value of `name = value`, `name: value`, `- name: value`, `export name=value` and `name value`."""
    bare = text.strip().removeprefix("- ").removeprefix("export ").strip()
    places = [place for place in (bare.find("="), bare.find(":")) if place > 0]
    if places:
        at = min(places)
        name, value = bare[:at], bare[at + 1 :].lstrip("=>~ \t")
    else:
        name, _, value = bare.partition(" ")
        if len(value.split()) != 1:
            return "", ""
    name = name.strip().removeprefix("export ").strip(_QUOTES + " ")
    return (name, value.strip().rstrip(",;").strip()) if _is_name(name) else ("", "")


def _is_name(name: str) -> bool:
    return bool(name) and name.isascii() and all(letter.isalnum() or letter in "_.-/" for letter in name)


def _unquoted(value: str) -> tuple[str, bool]:
    """Return a value without its quotes and what follows them, and whether it had any."""
    quote = value[:1]
    if quote and quote in _QUOTES:
        end = value.find(quote, 1)
        return (value[1:end], True) if end > 0 else (value[1:], True)
    return value.partition(" #")[0].strip(), False


def _is_expression(text: str) -> bool:
    """Whether a value without quotes is rather a program's expression, or a sentence: `get_token()`, `settings.password`."""
    if not _EXPRESSION.isdisjoint(text) or " " in text:
        return True
    return "." in text and all(part.isidentifier() for part in text.split("."))


def _is_secret(name: str, value: str, bindings: Bindings) -> bool:
    bare = name.rpartition("/")[2]
    last = bare.rpartition(".")[2]
    known = bindings.is_secret(bare, value.strip(_QUOTES)) or last.lower() in SECRET_OPTIONS
    return bool(bare) and known and not value.startswith(("$__", "env."))


def _token_of(text: str) -> str | None:
    """Return the user of a URL without a password where it is rather a token: hosts of repositories take one in its place."""
    url = parse_url(text)
    if url is None or url.password is not None or not url.user or not url.scheme.startswith("http"):
        return None
    user = url.user
    if issued(user):
        return user
    digits = sum(letter.isdigit() for letter in user)
    return user if len(user) >= _SHORTEST_TOKEN and user.isalnum() and digits > 1 else None


def _found(name: str, given: str, text: str, variables: Mapping[str, Variable]) -> FoundOption:
    label = name if " " in name else shown_option(name)
    return FoundOption(label=label, given=given, text=0, variables=variables_in(text, variables))
