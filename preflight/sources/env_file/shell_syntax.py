"""The part of the shell's grammar that env files use: simple commands and the operators between them.

Source: POSIX.1-2017, XCU 2.9 (commands) and 2.10 (grammar). What is a program rather than a list of assignments (`if`,
functions, subshells, here-documents) is refused with the code `shell_code`.
"""

from __future__ import annotations

from preflight.sources.env_file.shell_tree import AndOr, Command, ShellError
from preflight.sources.env_file.shell_words import WordParser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.sources.env_file.shell_tree import Word

# Words that continue or end a compound command are errors where a command starts; the others start one.
_MISPLACED = frozenset({"then", "else", "elif", "fi", "do", "done", "esac", "}"})
_COMPOUND = frozenset({"if", "case", "for", "while", "until", "select", "function", "{", "[[", "!", "time", "coproc"})
_DIGITS = frozenset("0123456789")


def parse_line(text: str, start: int) -> tuple[list[AndOr], int]:
    """Parse one complete command: everything up to the line feed that ends it.

    Returns:
        What stands on the line, in order, and the offset of the next one.

    Raises:
        ShellError: The shell would stop here, or the line is more than simple commands.
    """
    return _Parser(text, start).line()


class _Parser(WordParser):
    """Reads commands."""

    __slots__ = ()

    def line(self) -> tuple[list[AndOr], int]:
        lists: list[AndOr] = []
        while True:
            self.blanks()
            if self.position >= len(self.text):
                return lists, self.position
            if self.text[self.position] == "\n":
                return lists, self.position + 1
            lists.append(self._and_or())

    def _and_or(self) -> AndOr:
        result = AndOr()
        operator = ""
        while True:
            result.pipelines.append((operator, self._pipeline()))
            operator = self._operator()
            if operator in {"&&", "||"}:
                self.newlines()
                continue
            result.background = operator == "&"
            return result

    def _operator(self) -> str:
        """Read what separates pipelines: `&&`, `||`, `;` or `&`; empty at the line's end."""
        text, position = self.text, self.position
        for operator in ("&&", "||", ";;", ";&", ";", "&"):
            if text.startswith(operator, position):
                if operator in {";;", ";&"}:
                    self.fail("syntax_error")
                self.position += len(operator)
                return operator
        return ""

    def _pipeline(self) -> list[Command]:
        commands = [self._command()]
        while self.text.startswith("|", self.position) and not self.text.startswith("||", self.position):
            self.position += 2 if self.text.startswith("|&", self.position) else 1
            self.newlines()
            commands.append(self._command())
        return commands

    def _command(self) -> Command:
        self.blanks()
        command = Command(self.position)
        while True:
            self.blanks()
            character = self.text[self.position : self.position + 1]
            if character == "(":
                # A subshell, a function's parentheses, or an error such as `A=a(b)`.
                plain = len(command.words) == 1 and not command.assignments
                starts = not command.words and not command.assignments
                self.fail("shell_code" if starts or (plain and self._empty_parentheses()) else "syntax_error")
            if character in {"", "\n", "|", ";", ")"} or (character == "&" and not self.at("&>")):
                break
            if character in "<>&" and not self.at("<(", ">("):
                self._redirection()
                command.redirected = True
                continue
            word = self.word(assignable=not command.words)
            if word.literal is not None and _DIGITS.issuperset(word.literal) and self.at("<", ">"):
                continue  # the number of a file descriptor
            self._place(word, command)
        if self.at(")") or not (command.words or command.assignments or command.redirected):
            self.fail("syntax_error")
        return command

    def _place(self, word: Word, command: Command) -> None:
        if not command.words:
            if word.assignment():
                command.assignments.append(word)
                return
            if not command.assignments and word.literal in _MISPLACED:
                raise ShellError("syntax_error", word.start)
            if not command.assignments and word.literal in _COMPOUND:
                raise ShellError("shell_code", word.start)
        command.words.append(word)

    def _redirection(self) -> None:
        start = self.position
        for operator in ("<<<", "<<", "&>>", "&>", ">>", ">|", ">&", "<&", "<>", "<", ">"):
            if self.at(operator):
                if operator == "<<":
                    self.fail("shell_code")  # a here-document
                self.position += len(operator)
                break
        self.blanks()
        if self.text[self.position : self.position + 1] in {"", *"\n|&;()<>"} and not self.at("<(", ">("):
            raise ShellError("syntax_error", start)
        self.word(assignable=False)

    def _empty_parentheses(self) -> bool:
        self.position += 1
        self.blanks()
        return self.at(")")
