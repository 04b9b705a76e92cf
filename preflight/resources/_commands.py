"""Secrets in the words of commands: options, assignments, passwords glued to an option, connection strings.

A list is a command's words; a text, or an element with blanks in it (`sh -c "..."`), is split as a shell would, without running one.
"""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.model.secret_text import SecretText
from preflight.resources._given import of_option, of_part, password_of
from preflight.resources._written import Marked, mark, shown_variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from preflight.bindings import Bindings
    from preflight.model.setting import Setting
    from preflight.resources._written import Variable

_BLANKS = " \t\r\n"
_STOPS = ";&|()"
_LONGEST_WORD = 20
_MOST_READ = 65_536  # characters of one text; a longer one is a program
# Options that no setting is named like. `redis-server --requirepass`, `redis-server --masterauth`, `psql`'s kin.
SECRET_OPTIONS = frozenset(
    {"requirepass", "masterauth", "pass", "pwd", "passphrase", "secret", "token", "userpass", "oauth2-bearer"}
)
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


class Word(Record):
    """A word of a command."""

    text: str = field("The word, a letter for each variable.")
    origin: int = field("Which of the texts it is from.")


class FoundOption(Record):
    """A secret in a command."""

    label: str = field("What it is called: an option, a variable, `a URL`.")
    given: str = field("How it is given.")
    text: int = field("Which of the texts it is in.")
    variables: tuple[str, ...] = field("The variables in it, by names that can be shown.", default=())


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
            continue
        marked = Marked(written, {}) if resolved else mark(written, len(variables))
        variables |= marked.variables
        words += [Word(text=word, origin=position) for word in _split(marked.text)]
    found, others = _of_headers(words, variables, bindings)
    yield from found
    yield from _secrets(others, variables, bindings)


def _secrets(words: list[Word], variables: Mapping[str, Variable], bindings: Bindings) -> Iterator[FoundOption]:
    program = ""
    following = ""
    for position, word in enumerate(words):
        text = word.text
        if following:
            label, following = following, ""
            if not text.startswith("-"):
                if label in _USER_PASSWORD["curl"]:
                    text = text.partition(":")[2]
                yield _found(label, text, word, variables)
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
        elif (program in _SHORT and text == _SHORT[program]) or text in _USER_PASSWORD.get(program, ()):
            following = text
        elif program and position and text in _STOPS:
            program = ""


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
        if text.startswith(_HEADER_ASSIGNED):
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
    return bindings.is_secret(name) or (option and name.lower() in SECRET_OPTIONS)


def shown_option(key: str) -> str:
    """Return an option as it can be shown: what has a long word in it is rather a key than a name.

    Args:
        key: The option as written.
    """
    longest = max(map(len, key.replace("-", "_").replace(".", "_").split("_")))
    return key if _is_name(key) and longest < _LONGEST_WORD else "an option"


def _split(text: str) -> list[str]:
    """Split a text as a shell would; what stands in quotes and holds blanks is a script of its own, and split as well."""
    if not any(blank in text for blank in _BLANKS):
        return [text] if text else []
    words: list[str] = []
    for word, quoted in _words(text):
        if quoted and any(blank in word for blank in _BLANKS):
            words += [inner for inner, _ in _words(word)]
        elif word:
            words.append(word)
    return words


def _words(text: str) -> Iterator[tuple[str, bool]]:
    word, quote, quoted, escaped = "", "", False, False
    for character in text:
        if escaped:
            word += character
            escaped = False
        elif character == "\\" and quote != "'":
            escaped = True
        elif quote:
            if character == quote:
                quote = ""
            else:
                word += character
        elif character in "'\"":
            quote, quoted = character, True
        elif character in _BLANKS:
            if word:
                yield word, quoted
            word, quoted = "", False
        elif character in _STOPS:
            if word:
                yield word, quoted
            yield character, False
            word, quoted = "", False
        else:
            word += character
    if word:
        yield word, quoted
