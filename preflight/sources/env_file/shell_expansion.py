"""Expansions of the shell: what a word of an assignment stands for, without running anything.

Sources: POSIX.1-2017, XCU 2.6 (tilde, parameter and command substitution), and the Bash manual for the variables that
bash sets by itself.
"""

from __future__ import annotations

from preflight.sources.env_file.document import MAX_INSERTED, EnvProblem, EnvReference, shown
from preflight.sources.env_file.shell_tree import Parameter, Text, is_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from preflight.sources.env_file.document import Resolution
    from preflight.sources.env_file.lines import LineCounter
    from preflight.sources.env_file.shell_tree import Part, Unknown, Word

# Assigning one of these fails (`UID=1000` is common), or does not stick, or has another meaning.
READ_ONLY = frozenset({"BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID"})
NOT_ASSIGNABLE = frozenset(
    {
        *(
            "BASHPID",
            "BASH_ALIASES",
            "BASH_ARGC",
            "BASH_ARGV",
            "BASH_CMDS",
            "BASH_COMMAND",
            "BASH_LINENO",
            "BASH_SOURCE",
        ),
        *("BASH_SUBSHELL", "COMP_WORDBREAKS", "DIRSTACK", "EPOCHREALTIME", "EPOCHSECONDS", "FUNCNAME", "GROUPS"),
        *("HISTCMD", "LINENO", "PIPESTATUS", "RANDOM", "SECONDS", "SRANDOM", "_"),
    }
)
# What bash sets where the environment does not.
_SET_BY_SHELL = frozenset(
    {
        *("BASH", "BASH_EXECUTION_STRING", "BASH_VERSION", "HOME", "HOSTNAME", "HOSTTYPE", "IFS", "MACHTYPE", "OLDPWD"),
        *("OPTERR", "OPTIND", "OSTYPE", "PATH", "PS4", "PWD", "SHELL", "SHLVL", "TERM"),
    }
)
# A process id is not known before the shell runs; 1 is what the shell has that starts a container.
_SPECIAL = {"$": "1", "?": "0", "#": "0", "-": "", "0": "", "!": ""}
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:@%+,=-")


class GiveUp(Exception):  # noqa: N818 - control flow, no error
    """The shell gives up this line; `leaves` says that it exits."""

    def __init__(self, *, leaves: bool) -> None:
        super().__init__()
        self.leaves = leaves


class Variables:
    """The shell's variables while it reads the file."""

    __slots__ = ("environment", "left", "removed", "undetermined", "values")

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.values: dict[str, str] = {}
        self.removed: set[str] = set()
        self.undetermined: set[str] = set()
        self.left = MAX_INSERTED

    def find(self, name: str) -> tuple[str | None, Resolution]:
        """Return a variable's or a special parameter's value and where it comes from; None when it is unset."""
        if name in _SPECIAL:
            return _SPECIAL[name], "shell"
        if not is_name(name) or name in self.removed:
            return None, "unset"  # positional parameters: the file is read without any
        if name in NOT_ASSIGNABLE or name in READ_ONLY:
            return "", "shell"
        if name in self.values:
            return self.values[name], "earlier"
        if name in self.environment:
            return self.environment[name], "environment"
        return ("", "shell") if name in _SET_BY_SHELL else (None, "unset")


class Expansion:
    """The expansion of one word. Collects the variables it meets."""

    __slots__ = ("_assign", "_lines", "_problems", "_variables", "references", "undetermined", "unset")

    def __init__(
        self,
        variables: Variables,
        lines: LineCounter,
        problems: list[EnvProblem],
        assign: Callable[[str, str, int, Expansion], None],
    ) -> None:
        self._variables = variables
        self._lines = lines
        self._problems = problems
        self._assign = assign
        self.references: list[EnvReference] = []
        self.unset: list[str] = []
        self.undetermined = False

    def text(self, word: Word, skip: int = 0) -> str:
        """Return what a word stands for, without splitting it.

        Args:
            word: The word.
            skip: How many characters at its start are the assignment's `NAME=`.

        Raises:
            GiveUp: The shell would not go on with the line.
        """
        return self._parts(word.parts, skip)

    def _parts(self, parts: Sequence[Part], skip: int = 0, *, colons: bool = True) -> str:
        pieces: list[str] = []
        last = len(parts) - 1
        for index, part in enumerate(parts):
            if isinstance(part, Text):
                text = part.text[skip:] if index == 0 else part.text
                if not part.quoted and "~" in text:
                    text = self._tildes(text, first=index == 0, last=index == last, colons=colons)
                pieces.append(text)
            elif isinstance(part, Parameter):
                pieces.append(self._parameter(part))
            else:
                pieces.append(self._unknown(part))
        return "".join(pieces)

    def _tildes(self, text: str, *, first: bool, last: bool, colons: bool) -> str:
        """Replace the tildes at the start of the value and behind colons (XCU 2.6.1)."""
        pieces: list[str] = []
        copied = 0
        tilde = text.find("~")
        while tilde >= 0:
            if (tilde == 0 and first) or (colons and tilde and text[tilde - 1] == ":"):
                end = text.find(":", tilde)
                end = len(text) if end < 0 else end
                slash = text.find("/", tilde, end)
                end = end if slash < 0 else slash
                if end < len(text) or last:
                    pieces.append(text[copied:tilde])
                    pieces.append(self._home(text[tilde:end]))
                    copied = end
            tilde = text.find("~", tilde + 1)
        pieces.append(text[copied:])
        return "".join(pieces)

    def _home(self, prefix: str) -> str:
        name = {"~": "HOME", "~+": "PWD", "~-": "OLDPWD"}.get(prefix)
        value, resolved = self._variables.find(name) if name else (None, "shell")
        self.references.append(EnvReference(name=name or "~", resolved=resolved))
        if not name or resolved == "shell" or value is None:
            self.undetermined = True  # the user database knows
            return prefix
        return value

    def _parameter(self, part: Parameter) -> str:
        value, resolved = self._variables.find(part.name)
        operator = part.operator[-1:]
        if resolved == "shell" or part.name in self._variables.undetermined:
            self.undetermined = True
        if operator == "#":
            self._refer(part.name, resolved)
            return str(len(value or ""))
        present = value is not None and (resolved == "shell" or part.operator[:1] != ":" or value != "")
        if operator in {"-", "+"} and present is (operator == "+"):
            return self._beside(part, value)
        if operator in {"=", "?"} and not present:
            return self._required(part) if operator == "?" else self._assigned(part)
        self._refer(part.name, resolved)
        if value is None:
            self.unset.append(part.name)
            return ""
        return self._insert(value, part.offset)

    def _beside(self, part: Parameter, value: str | None) -> str:
        """Return the word of `${name-word}` or `${name+word}`."""
        # In bash, the word of `=` knows a tilde at its start only.
        colons = not part.operator.endswith("=")
        result = self._parts(part.word.parts, colons=colons) if part.word else ""
        self._refer(part.name, "default")
        if value is None and not result:
            self.unset.append(part.name)
        return result

    def _assigned(self, part: Parameter) -> str:
        """Carry out `${name=word}`."""
        if not is_name(part.name):
            self._problem(part.offset, "bad_substitution", "this cannot be assigned: the shell gives up the line")
            raise GiveUp(leaves=False)
        result = self._beside(part, None)
        self._assign(part.name, result, part.offset, self)
        return result

    def _required(self, part: Parameter) -> str:
        message = f"{shown(part.name)} is required here and is not set: the shell exits"
        self._problem(part.offset, "required_variable_missing", message)
        raise GiveUp(leaves=True)

    def _unknown(self, part: Unknown) -> str:
        if part.kind == "bad":
            self._problem(part.offset, "bad_substitution", "no valid `${…}`: the shell gives up the line")
            raise GiveUp(leaves=False)
        if part.kind == "command":
            self._problem(part.offset, "command_executed", "the shell runs a command here", fatal=False)
            words = part.source.split()
            # The one command whose output is known without running it.
            if words[:1] == ["echo"] and all(_PLAIN.issuperset(word) and word[0] != "-" for word in words):
                return " ".join(words[1:])
        self.undetermined = True
        return ""

    def _insert(self, value: str, offset: int) -> str:
        left = self._variables.left
        if left < 0:
            return ""
        self._variables.left = left - len(value)
        if self._variables.left < 0:
            self._problem(offset, "value_too_long", "variables make the values of this file too long")
            return ""
        return value

    def _refer(self, name: str, resolved: Resolution) -> None:
        self.references.append(EnvReference(name=name, resolved=resolved))

    def _problem(self, offset: int, code: str, message: str, *, fatal: bool = True) -> None:
        line, column = self._lines.at(offset)
        self._problems.append(EnvProblem(line=line, column=column, code=code, message=message, fatal=fatal))
