"""Secrets in the words of commands: options, assignments, passwords glued to an option, connection strings.

A list is a command's words; a text, or an element with blanks in it (`sh -c "..."`), is split as a shell would, without running one.
"""

from __future__ import annotations

from preflight.model.fact import Unknown
from preflight.model.record import Record, field
from preflight.model.secret_text import SecretText
from preflight.resources._given import of_inner, of_option, of_part, password_of
from preflight.resources._written import Marked, mark, shown_variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from preflight.bindings import Bindings
    from preflight.model.fact import Fact
    from preflight.model.setting import Setting
    from preflight.resources._written import Variable

_BLANKS = " \t\r\n"
_STOPS = ";&|()"
_LONGEST_WORD = 20
_MOST_READ = 524_288  # characters of one text
_SHORTEST_READ = 16  # characters; a shorter text holds no JSON with a secret, and no token
_SQL_VERBS = ("alter", "create", "set ")
_DEEPEST = 4  # quotes within quotes: `sh -c "psql -c \\"...\\""`
TOO_LARGE = Unknown(reason="too_large", detail="the text is longer than 524,288 characters, and was not looked at")
# Options that no setting is named like. `redis-server --requirepass`, `redis-server --masterauth`, `psql`'s kin, `openssl`.
SECRET_OPTIONS = frozenset(
    """requirepass masterauth pass pwd passphrase secret token userpass oauth2-bearer passin passout""".split()
)
_DIRECTIVES = frozenset({"requirepass", "masterauth"})  # CONFIG SET requirepass
_USERS = frozenset({"--user", "user", "setuser", "SETUSER"})  # of Redis' access lists: `user app on >password`
_PHRASES = ("env:", "file:", "fd:", "stdin", "prompt")  # openssl-passphrase-options(1); `pass:` is the password itself
# Programs whose `-p` takes the password in the same word, or in the next.
_GLUED = frozenset(
    {"mysql", "mysqladmin", "mysqldump", "mysqlcheck", "mariadb", "mariadb-admin", "mariadb-dump", "mariadb-check"}
)
_SHORT = {"sshpass": "-p", "redis-cli": "-a", "valkey-cli": "-a", "mongo": "-p", "mongosh": "-p", "mongodump": "-p", "sqlcmd": "-P"}  # fmt: skip
_USER_PASSWORD = {"curl": ("-u", "--user", "-U", "--proxy-user")}
_USER_ASSIGNED = ("-u", "--user=")
# Headers of HTTP (RFC 9110), and the options that programs take them by.
_HEADER_OPTIONS = ("-H", "--header")
_HEADER_ASSIGNED = "--header="
_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})
_SCHEMES = frozenset({"bearer", "basic", "token", "apikey", "digest"})


class Word:
    """A word of a command.

    Attributes:
        text: The word, a letter for each variable.
        origin: Which of the texts it is from.
    """

    __slots__ = ("origin", "text")

    def __init__(self, text: str, origin: int) -> None:
        self.text = text
        self.origin = origin


class FoundOption(Record):
    """A secret in a command."""

    label: str = field("What it is called: an option, a variable, `a URL`.")
    given: Fact[str] = field("How it is given.")
    text: int = field("Which of the texts it is in.")
    variables: tuple[str, ...] = field("The variables in it, by names that can be shown.", default=())
    inner: bool = field("Whether it is a piece of a text in another language than the shell's.", default=False)


def secrets_in(texts: Sequence[Setting], bindings: Bindings, *, resolved: bool = False) -> Iterator[FoundOption]:
    """Yield the secrets in the texts of a command: those in headers of HTTP, then the others, in the order written.

    Args:
        texts: Its words, or its one text.
        bindings: Which names are secrets.
        resolved: Whether to look at the texts with their variables put in, not as they are written.
    """
    words: list[Word] = []
    variables: dict[str, Variable] = {}
    for position, text in enumerate(texts):
        shown = text.value if resolved or text.written is None else text.written
        written = shown.reveal() if isinstance(shown, SecretText) else ""
        if len(written) > _MOST_READ:
            yield FoundOption(label="all of it", given=TOO_LARGE, text=position)
            continue
        marked = Marked(written, {}) if resolved else mark(written, len(variables))
        variables |= marked.variables
        words += [Word(word, position) for word in _split(marked.text)]
        if len(written) >= _SHORTEST_READ:
            yield from _within(marked.text, position, variables, bindings)
            if "<<" in written and "\n" in written:
                from preflight.resources._here_documents import in_here_documents

                for found in in_here_documents(written, bindings):
                    yield found.replace(text=position, inner=True)
    headers, others = _of_headers(words, variables, bindings)
    yield from headers
    yield from _secrets(others, variables, bindings)
    yield from _of_users(others, variables)


def in_words(text: str, variables: Mapping[str, Variable], bindings: Bindings) -> Iterator[FoundOption]:
    """Yield the secrets in a text that a shell, or a program that reads options, takes apart into words.

    Args:
        text: The text, a letter for each variable.
        variables: The variable behind each letter.
        bindings: Which names are secrets.
    """
    headers, others = _of_headers([Word(word, 0) for word in _split(text)], variables, bindings)
    yield from headers
    yield from _secrets(others, variables, bindings)
    yield from _of_users(others, variables)


def _within(text: str, position: int, variables: Mapping[str, Variable], bindings: Bindings) -> Iterator[FoundOption]:
    """Yield the secrets in JSON and the like that a command holds, issued tokens, and those in SQL and for `chpasswd`."""
    from preflight.resources._embedded import embedded

    several = list(embedded(text, bindings, pairs=False))
    low = text.lower()
    if "chpasswd" in low or ("password" in low and any(verb in low for verb in _SQL_VERBS)) or "identified" in low:
        from preflight.resources._programs import in_sql, of_chpasswd

        words = _split(text)
        several += [("a password in SQL", value) for value in in_sql(words)]
        several += [("chpasswd", value) for value in of_chpasswd(words)]
    for name, value in several:
        label = name if " " in name else shown_option(name)
        given = of_inner(value, variables, by_shell=True)
        if given != "nothing":
            yield FoundOption(
                label=label,
                given=given,
                text=position,
                variables=variables_in(value, variables),
                inner=True,
            )


def _secrets(words: list[Word], variables: Mapping[str, Variable], bindings: Bindings) -> Iterator[FoundOption]:
    program = ""
    following = ""
    for position, word in enumerate(words):
        text = word.text
        if following:
            label, following = following, ""
            if not text.startswith("-"):
                yield _found(label, _argument(label, text), word, variables)
                continue
        name = text.rpartition("/")[2]
        if name in _GLUED or name in _SHORT or name in _USER_PASSWORD:
            program = name
            continue
        key, equals, value = text.partition("=")
        bare = key.removeprefix("-D").lstrip("-")
        option = key.startswith("-")
        if "://" in text and (given := _url(value if equals and "://" in value else text, variables)) is not None:
            yield FoundOption(label="a URL", given=given, text=word.origin, variables=variables_in(text, variables))
        elif equals and _is_assigned(bare, value) and _is_secret(bare, bindings, option=key.startswith("--")):
            yield _found(shown_option(key), value, word, variables)
        elif not equals and option and _is_name(bare) and _is_secret(bare, bindings, option=True):
            following = shown_option(key)
        elif program in _GLUED and text.startswith("-p") and len(text) > len("-p") and not text.startswith("-port"):
            yield _found("-p", text[2:], word, variables)
        elif program in _USER_PASSWORD and text.startswith(_USER_ASSIGNED) and ":" in text:
            yield _found(text[: 2 + 4 * text.startswith("--")], text.partition(":")[2], word, variables)
        elif (
            (program in _SHORT and text == _SHORT[program])
            or text in _USER_PASSWORD.get(program, ())
            or text in _DIRECTIVES
        ):
            following = text
        elif program and position and text in _STOPS:
            program = ""


def _argument(label: str, text: str) -> str:
    """Return the secret in the word behind an option; empty where the word says where it is kept."""
    if label in _USER_PASSWORD["curl"]:
        return text.partition(":")[2]
    if label.startswith("-pass"):
        return "" if text.startswith(_PHRASES) else text.removeprefix("pass:")
    return text


def _of_users(words: list[Word], variables: Mapping[str, Variable]) -> Iterator[FoundOption]:
    """Yield the passwords in Redis' access lists: `user app on >password`."""
    user = on = False
    for word in words:
        text = word.text
        if text in _USERS:
            user, on = True, False
        elif user and text == "on":
            on = True
        elif on and text[0] == ">" and len(text) > 1:
            yield _found("a user's password", text[1:], word, variables)


def _of_headers(
    words: list[Word], variables: Mapping[str, Variable], bindings: Bindings
) -> tuple[list[FoundOption], list[Word]]:
    """Return the secrets in headers of HTTP, and the words that belong to none."""
    found: list[FoundOption] = []
    others: list[Word] = []
    header = ""
    for word in words:
        text = word.text
        if text in _HEADER_OPTIONS:
            header = text
            continue
        if text.startswith("-H") and ":" in text:
            header, text = _HEADER_OPTIONS[0], text.removeprefix("-H")
        elif text.startswith(_HEADER_ASSIGNED):
            header, text = _HEADER_OPTIONS[1], text.removeprefix(_HEADER_ASSIGNED)
        if not header:
            others.append(word)
            continue
        label, value = _of_header(header, text, bindings)
        if value:
            found.append(_found(label, value, word, variables))
        header = "" if value else label
    return found, others


def _of_header(label: str, text: str, bindings: Bindings) -> tuple[str, str]:
    """Return what to call the header that a word belongs to, and the secret in it; both empty where it holds none.

    Args:
        label: The option before it, with the name of the header where that was a word of its own.
        text: The word: `Authorization:`, `Bearer`, the secret, or all of them together.
        bindings: Which names are secrets.
    """
    if label in _HEADER_OPTIONS:
        name, colon, text = text.partition(":")
        if not colon or not _is_name(name) or not (name.lower() in _HEADERS or bindings.is_secret(name)):
            return "", ""
        label = f"{label} {shown_option(name)}"
    text = text.strip()
    return label, "" if text.lower() in _SCHEMES else text


def _found(label: str, value: str, word: Word, variables: Mapping[str, Variable]) -> FoundOption:
    return FoundOption(
        label=label, given=of_option(value, variables), text=word.origin, variables=variables_in(value, variables)
    )


def variables_in(value: str, variables: Mapping[str, Variable]) -> tuple[str, ...]:
    """Return the variables in a marked text by names that can be shown, those in their defaults included.

    Args:
        value: The text, a letter for each variable.
        variables: The variable behind each letter.
    """
    names: dict[str, None] = {}
    for letter in value:
        variable = variables.get(letter)
        if variable is not None and variable.braced:
            names[variable.name] = None
            names.update(dict.fromkeys(shown_variables(variable.word)))
    return tuple(names)


def _url(text: str, variables: Mapping[str, Variable]) -> str | None:
    password = password_of(text)
    if password is None:
        return None
    return of_part(password, variables, password_of, by_shell=True)


def _is_name(text: str) -> bool:
    return bool(text) and text.isascii() and all(character.isalnum() or character in "_.-" for character in text)


def _is_assigned(name: str, value: str) -> bool:
    """Whether `name=value` is an assignment of a shell or an option, not a piece of another language (`"NAME="+text`)."""
    return _is_name(name) and not value.startswith("+")


def _is_secret(name: str, bindings: Bindings, *, option: bool) -> bool:
    if bindings.is_secret(name) or (option and name.lower() in SECRET_OPTIONS):
        return True
    from preflight.resources._embedded import is_named

    return is_named(name, bindings)


def shown_option(key: str) -> str:
    """Return an option as it can be shown: what has a long word in it is rather a key than a name.

    Args:
        key: The option as written.
    """
    longest = max(map(len, key.replace("-", "_").replace(".", "_").split("_")))
    return key if _is_name(key) and longest < _LONGEST_WORD else "an option"


def _split(text: str, depth: int = 1) -> list[str]:
    """Split a text as a shell would; what stands in quotes and holds blanks is a script of its own, and split as well."""
    if " " not in text and "\n" not in text and "\t" not in text and "\r" not in text:
        return [text] if text else []
    if "'" not in text and '"' not in text and "\\" not in text:
        for stop in _STOPS:
            if stop in text:
                text = text.replace(stop, f" {stop} ")
        return text.split()
    words: list[str] = []
    for word, quoted in _words(text):
        if quoted and depth < _DEEPEST and any(blank in word for blank in _BLANKS):
            words += _split(word, depth + 1)
        elif word:
            words.append(word)
    return words


_parts: list[re.Pattern[str]] = []  # of a shell's words; compiled at their first use


def _words(text: str) -> Iterator[tuple[str, bool]]:
    if not _parts:
        import re

        _parts.append(
            re.compile(r"""([^\s'"\\;&|()]+)|(\s+)|'([^']*)'?|"((?:[^"\\]|\\.)*)\\?"?|\\(.?)|([;&|()])""", re.DOTALL)
        )
        _parts.append(re.compile(r"\\(.)", re.DOTALL))
    pieces: list[str] = []
    quoted = False
    for match in _parts[0].finditer(text):
        kind = match.lastindex
        if kind == _PLAIN:
            pieces.append(match[0])
        elif kind in (_BLANK, _STOP):
            if pieces:
                yield "".join(pieces), quoted
                pieces, quoted = [], False
            if kind == _STOP:
                yield match[0], False
        elif kind == _ESCAPED:
            pieces.append(match[_ESCAPED])
        else:
            quoted = True
            inner = match[kind or 0]
            pieces.append(_parts[1].sub(r"\1", inner) if kind == _DOUBLE and "\\" in inner else inner)
    if pieces:
        yield "".join(pieces), quoted


_PLAIN, _BLANK, _SINGLE, _DOUBLE, _ESCAPED, _STOP = range(1, 7)
