"""The `shell` dialect: the environment after `set -a; . file` in bash.

Nothing is run. Lines are parsed whole, as the shell does (`shell_syntax`), and their assignments carried out. What the
shell would do besides assigning is a problem: a command that follows a blank, `&` or `;`, an opened file, an array. Where
the file is a program, so that its result cannot be known (`if`, `eval`, `.`, …), reading stops with a fatal problem.
"""

from __future__ import annotations

from preflight.model.secret_text import SecretText
from preflight.sources.env_file.document import EnvDocument, EnvEntry, EnvProblem, unique
from preflight.sources.env_file.lines import LineCounter
from preflight.sources.env_file.shell_expansion import NOT_ASSIGNABLE, READ_ONLY, Expansion, GiveUp, Variables
from preflight.sources.env_file.shell_syntax import parse_line
from preflight.sources.env_file.shell_tree import Parameter, ShellError, Text, Unknown, is_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.sources.env_file.document import Quote
    from preflight.sources.env_file.shell_tree import AndOr, Command, Word

# After so many errors the rest of a file is not looked at: an unclosed quote may read to the end each time.
MAX_ERRORS = 50

_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:@%+,=-^!?*[]{}#")
_ASSIGNING = frozenset({"export", "readonly", "declare", "typeset"})
_OPTIONS = (("declare", ["-x"]), ("typeset", ["-x"]), ("export", ["-n"]))
# Builtins that change variables or leave the file in ways this reader does not follow.
_CHANGING = frozenset(
    {
        *(".", "source", "eval", "exec", "exit", "return", "read", "mapfile", "readarray", "printf", "getopts", "let"),
        *("shift", "trap", "alias", "unalias", "shopt", "enable", "builtin", "command", "cd", "pushd", "popd", "wait"),
        *("break", "continue", "logout"),
    }
)
_MESSAGES = {
    "unterminated_quote": "this is never closed: the shell reads nothing from here on",
    "syntax_error": "a syntax error: the shell reads nothing from here on",
    "shell_code": "a program, not assignments: its result is known only to the shell that runs it",
    "nesting_too_deep": "expansions are nested too deeply",
}
_LOST = "the shell takes what follows the blank for a command, and the assignment before it is lost"
_BACKGROUND = "`&` sends what is before it to the background, where its assignments are lost"


def read(text: str, environment: Mapping[str, str], *, recover: bool = False) -> EnvDocument:
    """Read an env file as `set -a; . file` does in bash.

    Args:
        text: The file's text. A byte order mark is a part of the first word, as it is for the shell.
        environment: The variables the shell starts with.
        recover: Go on with the next line where the shell would stop. For comparing line by line.

    Returns:
        The document; `settings` are the exported variables that the file assigns, `entries` all it assigns.
    """
    return _Shell(text, environment, recover=recover).read()


class _Argument:
    """One argument of `export` and its like, expanded. `value` is None for a name alone."""

    __slots__ = ("appends", "expansion", "name", "quote", "start", "value", "value_start")

    def __init__(self, word: Word, expansion: Expansion) -> None:
        self.start = self.value_start = word.start
        self.expansion = expansion
        self.name = ""
        self.value: str | None = None
        self.appends = False
        self.quote: Quote = ""


class _Shell:
    """One reading of one file."""

    __slots__ = (
        *("allexport", "entries", "exported", "lines", "position", "problems", "readonly", "recover", "settings"),
        *("text", "variables"),
    )

    def __init__(self, text: str, environment: Mapping[str, str], *, recover: bool) -> None:
        self.text = text
        self.recover = recover
        self.lines = LineCounter(text)
        self.position = 0
        self.variables = Variables(environment)
        self.entries: list[EnvEntry] = []
        self.problems: list[EnvProblem] = []
        self.settings: dict[str, SecretText | None] = {}
        self.allexport = True
        self.exported: set[str] = set()
        self.readonly = set(READ_ONLY)

    def read(self) -> EnvDocument:
        errors = 0
        while self._skip_plain():
            start = self.position
            try:
                lists, self.position = parse_line(self.text, start)
                for item in lists:
                    self._and_or(item)
            except ShellError as error:
                self._problem(error.offset, error.code, _MESSAGES[error.code], fatal=True)
                stops = True
            except GiveUp as given:
                stops = given.leaves
            else:
                continue
            errors += stops
            if stops and (not self.recover or errors > MAX_ERRORS):
                break
            if self.position == start:
                end = self.text.find("\n", start)
                self.position = len(self.text) if end < 0 else end + 1
        return EnvDocument(entries=tuple(self.entries), settings=self.settings, problems=tuple(self.problems))

    def _skip_plain(self) -> bool:
        """Carry out lines without any special character; stop at the next other line. False at the end."""
        text, position, size = self.text, self.position, len(self.text)
        while position < size:
            if text[position] in " \t\n":
                position += 1
                continue
            end = text.find("\n", position)
            end = size if end < 0 else end
            if text[position] != "#":
                equals = text.find("=", position, end)
                name = text[position:equals]
                value = text[equals + 1 : end]
                if equals < 0 or not is_name(name) or not _PLAIN.issuperset(value) or self._special(name):
                    break
                self._set(name, value, position, equals + 1, "", None)
            position = end
        self.position = position
        return position < size

    # Commands

    def _and_or(self, item: AndOr) -> None:
        if item.background:
            self._problem(item.pipelines[0][1][0].start, "runs_in_background", _BACKGROUND)
            return
        status: bool | None = True  # None: only a run knows
        for operator, commands in item.pipelines:
            if operator and status is None:
                raise ShellError("shell_code", commands[0].start)
            if operator and status is (operator == "||"):
                continue
            if len(commands) > 1:
                self._problem(commands[0].start, "command_executed", "a pipeline: assignments in it are lost")
                status = None
            else:
                status = self._command(commands[0])

    def _command(self, command: Command) -> bool | None:
        """Carry out a command; return whether it succeeds, or None."""
        if command.redirected:
            self._problem(command.start, "redirection", "the shell opens a file here")
        words = [word for word in command.words if not self._vanishes(word)]
        if not words:
            ran = False
            for word in command.assignments:
                self._assignment(word)
                ran = ran or any(isinstance(part, Unknown) and part.kind == "command" for part in word.parts)
            return None if ran or command.redirected else True
        name = _static(words[0])
        if name is None or name in _CHANGING:
            raise ShellError("shell_code", words[0].start)
        if name in _ASSIGNING or name in {"set", "unset"}:
            if command.assignments or command.redirected:
                raise ShellError("shell_code", command.start)
            return self._builtin(name, words)
        for word in command.assignments:
            self._expansion().text(word, word.assignment())
        for word in words[1:]:
            self._expansion().text(word)
        if name in {":", "true", "false"}:
            return name != "false"
        message = _LOST if command.assignments else "the shell runs a command here"
        self._problem(words[0].start, "command_executed", message)
        return None

    def _vanishes(self, word: Word) -> bool:
        """Whether a word is an unquoted variable that is empty, so that the shell drops it."""
        part = word.parts[0] if len(word.parts) == 1 else None
        if not isinstance(part, Parameter) or part.quoted or part.operator:
            return False
        value, resolved = self.variables.find(part.name)
        return not value and resolved != "shell"

    def _builtin(self, name: str, words: list[Word]) -> bool | None:
        start = words[0].start
        arguments = words[1:]
        options: list[str] = []
        while arguments and (option := _static(arguments[0]) or "")[:1] in {"-", "+"} and option:
            arguments = arguments[1:]
            if option == "--":
                break
            options.append(option)
        if name == "set":
            self._set_options(options, arguments, start)
        elif name == "unset":
            self._unset(options, arguments, start)
        elif not options or (name, options) in _OPTIONS:
            # All arguments are expanded before the first is assigned.
            export = name == "export" or options == ["-x"]
            for argument in [self._argument(word) for word in arguments]:
                self._declare(name, argument, export=export, withdraw=options == ["-n"])
        else:
            raise ShellError("shell_code", start)
        return True

    def _set_options(self, options: list[str], arguments: list[Word], start: int) -> None:
        names = [_static(word) for word in arguments]
        if (options, names) in ((["-a"], []), (["-o"], ["allexport"])):
            self.allexport = True
        elif (options, names) in ((["+a"], []), (["+o"], ["allexport"])):
            self.allexport = False
        else:
            raise ShellError("shell_code", start)

    def _unset(self, options: list[str], arguments: list[Word], start: int) -> None:
        for word in arguments:
            name = _static(word)
            if (
                options
                or name is None
                or not is_name(name)
                or name in self.variables.environment
                or self._special(name)
            ):
                raise ShellError("shell_code", start)
            self.variables.values.pop(name, None)
            self.variables.removed.add(name)
            self.settings.pop(name, None)
            self.exported.discard(name)

    def _argument(self, word: Word) -> _Argument:
        """Expand an argument of `export`, `readonly`, `declare` or `typeset`."""
        if any(isinstance(part, Text) and not part.quoted and "{" in part.text for part in word.parts):
            raise ShellError("shell_code", word.start)  # braces are expanded here
        skip = word.assignment()
        if not skip and not all(isinstance(part, Text) or part.quoted for part in word.parts):
            raise ShellError("shell_code", word.start)  # the words of a variable's value
        argument = _Argument(word, self._expansion())
        text = argument.expansion.text(word, skip)
        if skip:
            argument.name, argument.appends = word.target()
            argument.value = text
        else:
            name, equals, value = text.partition("=")
            argument.appends = bool(equals) and name.endswith("+")
            argument.name = name.removesuffix("+") if argument.appends else name
            argument.value = value if equals else None
        argument.value_start = word.start + skip
        argument.quote = self._quote(word, skip)
        return argument

    def _declare(self, builtin: str, argument: _Argument, *, export: bool, withdraw: bool) -> None:
        """Carry out one argument of `export`, `readonly`, `declare` or `typeset`."""
        name, value, start = argument.name, argument.value, argument.start
        if not is_name(name):
            self._problem(start, "invalid_name", "no name that the shell can assign")
            return
        if self._special(name):
            if builtin != "export" or name not in READ_ONLY:
                raise ShellError("shell_code", start)
            self._problem(start, "readonly_variable", f"{name} is the shell's own and keeps its value")
            argument.expansion.undetermined = True
            self._set(name, "", start, argument.value_start, "", argument.expansion, export=True)
            return
        if value is not None and argument.appends:
            value = (self.variables.find(name)[0] or "") + value
        if withdraw:
            self._withdraw(name, value)
        elif value is not None:
            self._set(name, value, start, argument.value_start, argument.quote, argument.expansion, export=export)
        elif export and name in self.variables.values:
            self._export(name)
        if builtin == "readonly":
            self.readonly.add(name)

    def _withdraw(self, name: str, value: str | None) -> None:
        if name in self.variables.environment:
            raise ShellError("shell_code", self.position)
        if value is not None:
            self.variables.values[name] = value
        self.settings.pop(name, None)
        self.exported.discard(name)

    def _export(self, name: str) -> None:
        self.exported.add(name)
        for entry in reversed(self.entries):
            if entry.name == name:
                self.settings[name] = entry.value
                break

    # Assignments

    def _assignment(self, word: Word) -> None:
        skip = word.assignment()
        name, appends = word.target()
        if word.array:
            self._problem(word.start, "array_assignment", "an array, which is never exported")
            return
        expansion = self._expansion()
        value = expansion.text(word, skip)
        if appends:
            before, resolved = self.variables.find(name)
            expansion.undetermined = expansion.undetermined or resolved == "shell"
            value = (before or "") + value
        self._set(name, value, word.start, word.start + skip, self._quote(word, skip), expansion)

    def _expansion(self) -> Expansion:
        return Expansion(self.variables, self.lines, self.problems, self._assign_default)

    def _assign_default(self, name: str, value: str, offset: int, expansion: Expansion) -> None:
        self._set(name, value, offset, offset, "", expansion)

    def _set(
        self,
        name: str,
        value: str,
        start: int,
        value_start: int,
        quote: Quote,
        expansion: Expansion | None,
        *,
        export: bool = False,
    ) -> None:
        if name in self.readonly and not export:
            self._problem(start, "readonly_variable", f"{name} cannot be assigned: the shell gives up the line")
            raise GiveUp(leaves=False)
        if name in NOT_ASSIGNABLE:
            self._problem(start, "readonly_variable", f"{name} is the shell's own: what is assigned is not exported")
            return
        secret = SecretText(value)
        line, column = self.lines.at(start)
        undetermined = expansion is not None and expansion.undetermined
        self.entries.append(
            EnvEntry(
                name=name,
                value=secret,
                line=line,
                column=column,
                value_column=self.lines.at(value_start)[1],
                quote=quote,
                references=tuple(expansion.references) if expansion else (),
                unset=unique(expansion.unset) if expansion else (),
                undetermined=undetermined,
            )
        )
        self.variables.values[name] = value
        self.variables.removed.discard(name)
        if undetermined:
            self.variables.undetermined.add(name)
        else:
            self.variables.undetermined.discard(name)
        if self.allexport or export or name in self.exported or name in self.variables.environment:
            self.exported.add(name)
            self.settings[name] = secret

    def _quote(self, word: Word, skip: int) -> Quote:
        opening = self.text[word.start + skip : word.start + skip + 1]
        if word.first_quote_end != word.end:
            return ""
        return "'" if opening == "'" else '"' if opening == '"' else ""

    def _special(self, name: str) -> bool:
        return name in self.readonly or name in NOT_ASSIGNABLE

    def _problem(self, offset: int, code: str, message: str, *, fatal: bool = False) -> None:
        line, column = self.lines.at(offset)
        self.problems.append(EnvProblem(line=line, column=column, code=code, message=message, fatal=fatal))


def _static(word: Word) -> str | None:
    """Return the text of a word without expansions, or None."""
    if all(isinstance(part, Text) for part in word.parts):
        return "".join(part.text for part in word.parts if isinstance(part, Text))
    return None
