"""Secrets in texts that are neither settings nor commands: lists of options, files within a Compose file, Dockerfiles, URLs.

What a file is to whoever reads it is not known, so that its lines are looked at for what most formats have in common: a name,
`=` or `:` or a blank, and a value; connection strings; private keys. What looks like a program's expression is no value.
"""

from __future__ import annotations

from preflight.resources._commands import SECRET_OPTIONS, TOO_LARGE, FoundOption, in_words, shown_option, variables_in
from preflight.resources._embedded import MOST_READ, PRIVATE_KEY, basic_users, embedded, is_named
from preflight.resources._expressions import is_expression, is_program
from preflight.resources._given import given_by, issued, of_inner, of_option, of_part, password_of, worst_of
from preflight.resources._url import parse_url
from preflight.resources._written import mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preflight.bindings import Bindings
    from preflight.resources._written import Variable

_COMMENTS = ("#", "//", ";", "-- ", "/*")
_QUOTES = "\"'"
_BLOCKS = frozenset({"|", ">", "|-", ">-", "|+", ">+"})  # YAML 1.2, "Block Scalars": the value is what follows
_USERS = frozenset({"user", "username"})
_FILLED_IN = ("$__", "env.")  # Grafana's `$__file{...}`; what templates take from the environment
_FIELDS = 5  # of a line of libpq's password file
_HIGHEST_PORT = 65535
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
        if equals and name.lower() in _USERS and "%" in value:
            value = value.partition("%")[2]  # mount.cifs(8): `username=name%password`
        elif not equals or not _is_secret(name, value, bindings):
            continue
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


def in_value(name: str, written: str, bindings: Bindings) -> Iterator[FoundOption]:
    """Yield the secrets within the value of a setting, a label or an option that is no secret as a whole.

    Args:
        name: Its name.
        written: Its text as written.
        bindings: Which names are secrets.
    """
    if "\n" in written.strip():
        yield from in_content(written, bindings)
        return
    if len(written) > MOST_READ:
        yield FoundOption(label="all of it", given=TOO_LARGE, text=0)
        return
    marked = mark(written)
    several = [
        _found(label, of_inner(value, marked.variables), value, marked.variables)
        for label, value in embedded(marked.text, bindings)
        if not is_expression(value, lenient=False)
    ]
    if "basicauth" in name.lower() and name.lower().endswith("users"):
        several += [
            _found("a user's password", of_inner(value, marked.variables), value, marked.variables)
            for value in basic_users(marked.text)
        ]
    yield from _worst_of(several)


def in_content(written: str, bindings: Bindings, *, by_shell: bool = False) -> Iterator[FoundOption]:
    """Yield the secrets in what a file will hold, each name once, as it is given worst.

    Args:
        written: The text as written.
        bindings: Which names are secrets.
        by_shell: Whether a shell puts its variables into the text.
    """
    if len(written) > MOST_READ:
        yield FoundOption(label="all of it", given=TOO_LARGE, text=0)
        return
    marked = mark(written)
    by_shell = by_shell or written.startswith("#!")
    yield from _worst_of(list(_in_text(marked.text, marked.variables, bindings, by_shell=by_shell)))


def _worst_of(several: list[FoundOption]) -> Iterator[FoundOption]:
    found: dict[str, FoundOption] = {}
    for one in several:
        if one.given != "nothing":
            before = found.get(one.label)
            if before is None or worst_of(before.given, one.given) != before.given:
                found[one.label] = one
    return iter(found.values())


def _in_text(
    text: str, variables: Mapping[str, Variable], bindings: Bindings, *, by_shell: bool
) -> Iterator[FoundOption]:
    lenient = is_program(text)
    lines = [line.strip() for line in text.split("\n")]
    shown = [line for line in lines if line and not line.startswith(_COMMENTS)]
    for name, value in embedded("\n".join(shown), bindings):
        if name == PRIVATE_KEY or not (is_expression(value, lenient=lenient) or value.startswith(_FILLED_IN)):
            yield _found(name, of_inner(value, variables, by_shell=by_shell), value, variables)
    in_pem = False
    pending = ""
    for line in shown:
        if in_pem or "-----BEGIN" in line:
            in_pem = "-----END" not in line
            pending = ""
            continue
        if pending:
            yield _found(pending, of_inner(line, variables, by_shell=by_shell), line, variables)
        pending = ""
        for found in _in_line(line, variables, bindings, lenient=lenient, by_shell=by_shell):
            if found.given == _BLOCK:
                pending = found.label
            else:
                yield found
    yield from _as_tables(shown, variables)


_BLOCK = "block"  # for the lines of a text only: the secret stands in the next one


def _as_tables(lines: list[str], variables: Mapping[str, Variable]) -> Iterator[FoundOption]:
    """Yield the passwords in files of users: libpq's password file, and PgBouncer's `"user" "password"`."""
    quoted = [line.split('"') for line in lines]
    if all(len(parts) == _FIELDS and not (parts[0] or parts[2].strip() or parts[4].strip()) for parts in quoted):
        for parts in quoted:
            if not parts[3].startswith("md5"):
                yield _found("a user's password", of_inner(parts[3], variables), parts[3], variables)
    for line in lines:
        if line.count(":") < _FIELDS - 1 or " " in line:
            continue
        fields = line.replace("\\:", "\0").split(":")
        port = fields[1]
        if (
            len(fields) == _FIELDS
            and all(fields)
            and not fields[0].isdigit()
            and (port == "*" or (port.isdecimal() and int(port[:6]) <= _HIGHEST_PORT))
        ):
            value = fields[4].replace("\0", ":")
            yield _found("a line of a password file", of_inner(value, variables), value, variables)


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


def _in_line(
    line: str, variables: Mapping[str, Variable], bindings: Bindings, *, lenient: bool, by_shell: bool
) -> Iterator[FoundOption]:
    for password in _connections(line):
        if not is_expression(password, lenient=lenient):
            given = of_part(password, variables, password_of, by_shell=by_shell)
            yield _found("a connection string", given, line, variables)
    for piece in _pieces(line):
        name, value = _assignment(piece)
        if value and "://" not in value and _is_secret(name, value, bindings):
            text, is_quoted = _unquoted(value)
            if text in _BLOCKS:
                yield FoundOption(label=shown_option(name), given=_BLOCK, text=0)
            elif is_quoted or not is_expression(text, lenient=lenient):
                yield _found(name, of_inner(text, variables, by_shell=by_shell), text, variables)
    words = line.rstrip(";").split()
    for word, following in zip(words, words[1:], strict=False):
        if word.lower() in _SQL and following[:1] == "'" and following.endswith("'"):
            yield _found("a password in SQL", of_part(following, variables), following, variables)
    if words[0] in _NETRC and "login" in words and "password" in words[:-1]:
        value = words[words.index("password") + 1]
        yield _found("password", of_inner(value, variables), value, variables)
    elif words[0] == "user" and "on" in words:  # of Redis' access lists
        for word in words:
            if word[0] == ">" and len(word) > 1:
                yield _found("a user's password", of_inner(word[1:], variables), word, variables)
    if line.startswith("--") or " -" in line or "chpasswd" in line or "_AUTH=" in line:
        yield from _as_command(line, variables, bindings)


_NETRC = frozenset({"machine", "default"})  # of curl's and ftp's .netrc


def _as_command(line: str, variables: Mapping[str, Variable], bindings: Bindings) -> Iterator[FoundOption]:
    """Yield the secrets in a line as a shell would read it: files of options, scripts."""
    for found in in_words(line, variables, bindings):
        if found.label != "a URL":  # a connection string, and found as such
            yield found


def _connections(line: str) -> Iterator[str]:
    """Yield the passwords of the connection strings in a line."""
    if "://" in line:
        for word in _words(line):
            start = word.find("://")
            if start < 0:
                continue
            while start and (word[start - 1].isalnum() or word[start - 1] in "+-."):
                start -= 1
            password = password_of(word[start:].rstrip("\"',;)]}>"))
            if password:
                yield password
    elif "@" in line or ("=" in line and "password" in line.lower()):
        _, value = _assignment(line)
        password = password_of(_unquoted(value)[0])
        if password:
            yield password


def _words(line: str) -> Iterator[str]:
    for separator in (" ", '"', "'"):
        if separator in line or separator == " ":
            yield from line.split(separator)


def _pieces(line: str) -> list[str]:
    """Return the assignments of a line: of JSON and its kin there are several in one."""
    if not line.startswith("{") and "{" not in line and '",' not in line:
        return [line]
    pieces, piece, quote = [], "", ""
    for letter in line:
        if letter in _QUOTES and quote in {"", letter}:
            quote = "" if quote else letter
        if letter in "{}," and not quote and piece[-1:] != "$":
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


def _is_secret(name: str, value: str, bindings: Bindings) -> bool:
    bare = name.rpartition("/")[2]
    last = bare.rpartition(".")[2]
    known = is_named(bare, bindings, value.strip(_QUOTES)) or last.lower() in SECRET_OPTIONS
    return bool(bare) and known and not value.startswith(_FILLED_IN)


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
