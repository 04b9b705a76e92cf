"""What the command of a container says to a PostgreSQL server: which settings, and whether it starts one at all.

The options are those of `postgres` (manual, "postgres" reference page; `PostmasterMain`), read as glibc's getopt does; a name in
`-c name=value` and `--name=value` may be written with `-` for `_` and in any case, and the last of two wins. In front may stand
what starts it: the entrypoints of images, `gosu`, `sh -c`.
"""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.postgres.shell import Word, simple_commands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    Starts = Literal["server", "script", "other"]

_SERVERS = ("postgres", "postmaster")
_ENTRYPOINTS = ("docker-entrypoint.sh", "docker-ensure-initdb.sh")
_BITNAMI_SCRIPTS = "/opt/bitnami/scripts/postgresql/"
_SHELLS = ("sh", "bash", "ash", "dash")
_PREFIXES = frozenset({"exec", "nohup", "time", "command", "then", "do", "else", "{", "!"})
_USER_PREFIXES = frozenset({"gosu", "su-exec"})
_INITS = frozenset({"tini", "dumb-init", "catatonit", "env", "nice", "ionice"})
# What makes `postgres` say something and end, or run without a network, where it is the first word (main.c).
_NO_SERVER = frozenset({"--help", "-?", "--version", "-V", "--describe-config", "--single", "--boot", "--check"})
_WITH_ARGUMENT = frozenset("BCcDdfhkNprStW-")
_FLAGS = frozenset("bEeFijlnOPsT")
_SET_BY = {
    "B": "shared_buffers", "D": "-D", "h": "listen_addresses", "k": "unix_socket_directories", "N": "max_connections",
    "p": "port", "S": "work_mem",
}  # fmt: skip
# How the values of these must begin (`set_plan_disabling_options`, `get_stats_option_name`); the highest of `-d`.
_BEGINNINGS = {"f": ("s", "o", "i", "b", "t", "n", "m", "h"), "t": ("pa", "pl", "e")}
_MOST_DEBUG = 5

# Settings whose name alone tells that a command is PostgreSQL's, where no image and no program does.
_TELLING = frozenset(
    """config_file hba_file data_directory listen_addresses max_connections shared_buffers shared_preload_libraries wal_level
    password_encryption ssl ssl_cert_file ssl_key_file ssl_ca_file ssl_min_protocol_version max_wal_size work_mem
    log_statement max_replication_slots max_wal_senders effective_cache_size""".split()
)

#: What the server says of a command that it does not start with, by code.
PROBLEMS = {
    "no_value": "an option needs a value (-c name=value, without blanks around the equals sign)",
    "unknown_option": "an option is none of postgres",
    "bad_value": "an option (-d, -f or -t) has a value that it does not take",
    "unexpected_word": "a word is neither an option nor the value of one",
}


class CommandSetting(Record):
    """A setting that the command makes."""

    name: str = field("Its name, in lower case and with underscores; `-D` for the folder, which is no setting.")
    value: str | None = field("Its value; None where only a shell would know.")
    written: str = field("How the word that says so begins: `ssl=`, or `-l`.")
    position: int = field("Which word of the command says so.")


class ServerCommand(Record):
    """What a command comes to."""

    starts: Starts = field(
        "Whether it starts a server, a script that may, or something else.", choices=("server", "script", "other")
    )
    settings: tuple[CommandSetting, ...] = field(
        "The settings it makes, in order: the last of a name wins.", default=()
    )
    problems: tuple[str, ...] = field("Why the server would not start, as codes.", default=())
    complete: bool = field("Whether all of its words are known here.", default=True)

    def of(self, name: str) -> CommandSetting | None:
        """Return what the command says last about a setting."""
        return next((one for one in reversed(self.settings) if one.name == name), None)


def read_command(
    entrypoint: Sequence[str] | None, command: Sequence[str] | None, *, server_image: bool
) -> ServerCommand:
    """Read what a container runs.

    Args:
        entrypoint: The words of its entrypoint; None is the image's.
        command: The words of its command; None is the image's, or nothing where there is an entrypoint.
        server_image: Whether its image runs a PostgreSQL server by itself.
    """
    words = [Word(text=text, position=position) for position, text in enumerate(command or ())]
    if entrypoint:
        words = [*(Word(text=text, position=-1) for text in entrypoint), *words]
        return _started(words) or ServerCommand(starts=_otherwise(words))
    if not words:
        return ServerCommand(starts="server" if server_image else "other")
    if (words[0].text or "").startswith("-"):
        return _options(words) if server_image or _sets(command or ()) else ServerCommand(starts="other")
    return _started(words) or ServerCommand(starts=_otherwise(words) if server_image else "other")


def _sets(command: Sequence[str]) -> bool:
    """Whether a command without a program is settings of PostgreSQL, as the entrypoint of its image takes them."""
    name, equals, _ = command[1].partition("=") if len(command) > 1 and command[0] == "-c" else ("", "", "")
    return bool(equals) and setting_name(name) in _TELLING


def _started(words: Sequence[Word]) -> ServerCommand | None:
    """Return what reaches the server, or None where no server is started by name."""
    rest = list(words)
    while rest:
        first = rest[0].text
        if first is None:
            return None
        program = first.rpartition("/")[2]
        if program in _SERVERS:
            return _options(rest[1:])
        if first.startswith(_BITNAMI_SCRIPTS):
            if program == "run.sh":
                return _options(rest[1:])
            rest = rest[1:]
        elif program in _ENTRYPOINTS:
            rest = rest[1:]
            if rest and (rest[0].text or "").startswith("-"):
                return _options(rest)
        elif program in _SHELLS:
            return _of_shell(rest[1:])
        elif program in _PREFIXES or _is_assignment(first):
            rest = rest[1:]
        elif program in _USER_PREFIXES:
            rest = rest[2:]
        elif program in _INITS:
            rest = rest[1:]
            while rest and ((rest[0].text or "").startswith("-") or _is_assignment(rest[0].text or "")):
                rest = rest[1:]
        else:
            return None
    return None


def _is_assignment(text: str) -> bool:
    name, equals, _ = text.partition("=")
    return bool(equals) and name.replace("_", "a").isalnum() and not name[:1].isdigit()


def _of_shell(words: Sequence[Word]) -> ServerCommand | None:
    script = _script(words)
    if script is None or script.text is None:
        return None
    found = None
    for simple in simple_commands(script.text, script.position):
        found = _started(simple) or found
    return found


def _script(words: Sequence[Word]) -> Word | None:
    """Return the script of `sh -c script`, None where a file is run."""
    wanted, skip = False, False
    for word in words:
        text = word.text or ""
        if skip:
            skip = False
        elif text[:1] in ("-", "+") and len(text) > 1:
            wanted = wanted or (text[0] == "-" and text[1] != "-" and "c" in text)
            skip = text[1] != "-" and text.endswith("o")
        else:
            return word if wanted else None
    return None


def _otherwise(words: Sequence[Word]) -> Starts:
    """Say whether words that name no server run a script, in which everything is possible."""
    programs = [words[0]]
    if (words[0].text or "").rpartition("/")[2] in _SHELLS:
        script = _script(words[1:])
        programs = (
            [simple[0] for simple in simple_commands(script.text)]
            if script is not None and script.text is not None
            else [word for word in words[1:] if not (word.text or "").startswith("-")][:1]
        )
    for word in programs:
        text = word.text
        if text is None or text.endswith(".sh") or (text.startswith(("/", "./")) and "/bin/" not in text):
            return "script"
    return "other"


def _options(words: Sequence[Word]) -> ServerCommand:
    """Read the words behind `postgres`."""
    settings: list[CommandSetting] = []
    problems: list[str] = []
    complete, ended = True, False
    if words and words[0].text in _NO_SERVER:
        return ServerCommand(starts="other")
    rest = iter(words)
    for word in rest:
        text = word.text
        if text is None:
            complete = False
        elif ended or not text.startswith("-") or text == "-":
            problems.append("unexpected_word")
        elif text == "--":
            ended = True
        else:
            for at, letter in enumerate(text[1:], start=2):
                if letter in _FLAGS:
                    settings += _of_flag(letter, word)
                    continue
                if letter not in _WITH_ARGUMENT:
                    problems.append("unknown_option")
                    continue
                value = Word(text=text[at:], position=word.position) if text[at:] else next(rest, None)
                if value is None:
                    problems.append("no_value")
                elif letter == "C":
                    return ServerCommand(starts="other")
                else:
                    complete = _take(letter, value, settings, problems) and complete
                break
    return ServerCommand(
        starts="server", settings=tuple(settings), problems=tuple(dict.fromkeys(problems)), complete=complete
    )


def _of_flag(letter: str, word: Word) -> list[CommandSetting]:
    made = {"l": ("ssl", "on"), "i": ("listen_addresses", "*")}.get(letter)
    return [CommandSetting(name=made[0], value=made[1], written=f"-{letter}", position=word.position)] if made else []


def _take(letter: str, value: Word, settings: list[CommandSetting], problems: list[str]) -> bool:
    """Take an option with its argument; return whether it is known what it sets."""
    if letter in _SET_BY:
        settings.append(
            CommandSetting(name=_SET_BY[letter], value=value.text, written=f"-{letter}", position=value.position)
        )
    elif letter in "c-":
        if value.text is None:
            return False
        written, equals, text = value.text.partition("=")
        if not equals:
            problems.append("no_value")
        else:
            settings.append(
                CommandSetting(name=setting_name(written), value=text, written=f"{written}=", position=value.position)
            )
    elif value.text is not None and _is_refused(letter, value.text):
        problems.append("bad_value")
    return True


def _is_refused(letter: str, value: str) -> bool:
    """Whether an option that sets nothing of its own name does not take a value."""
    if letter == "d":
        return value.isascii() and value.isdecimal() and int(value[:9]) > _MOST_DEBUG
    return letter in _BEGINNINGS and not value.startswith(_BEGINNINGS[letter])


def setting_name(written: str) -> str:
    """Return the name of a setting as the command line takes it: in any case, with `-` for `_` (`ParseLongOption`)."""
    return written.replace("-", "_").lower() if written.isascii() else written.replace("-", "_")
