"""An env file as a subject."""

from __future__ import annotations

from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.model.setting import Reference, Setting
from preflight.model.subject import AmbiguousLine, EnvFile, Subject
from preflight.probes.files import FileText
from preflight.sources.env_file import MISTAKES, ambiguous_lines, parse
from preflight.sources.names import presentable, presentable_variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.model.problem import ProblemKind
    from preflight.model.secret_text import SecretText
    from preflight.model.setting import Value
    from preflight.probes.files import FileProbe
    from preflight.sources.env_file import Dialect, EnvEntry

LIMIT = 4 * 1024 * 1024


def read_text(path: str, files: FileProbe, *, kind: str, limit: int = LIMIT) -> str | Problem:
    """Read an input, or say why not.

    Args:
        path: Its path as given.
        files: Reads it.
        kind: `input` or `configuration`: whose fault it is when it cannot be read.
        limit: Most bytes it may have.
    """
    read = files.read(path, limit=limit)
    if isinstance(read, FileText):
        return read.text
    whose: ProblemKind = "configuration" if kind == "configuration" else "input"
    return Problem(
        kind=whose, code=read.code, message=f"cannot be read: {read.message}", hint=read.hint, origin=Origin(file=path)
    )


def env_subject(
    path: str, text: str, *, dialect: Dialect, environment: Mapping[str, str] | None
) -> tuple[Subject, tuple[Problem, ...]]:
    """Return an env file as a subject, and what its reader would refuse.

    Args:
        path: Its path as given.
        text: Its text.
        dialect: Whose rules it is read by.
        environment: Variables it may refer to; None where they are not known (stage build), so that a value made of an
            unset variable is a reference instead of empty.
    """
    document = parse(text, dialect=dialect, environment=environment or {})
    written = text.split("\n")
    settings: dict[str, Setting] = {}
    stray: list[int] = []
    found = ambiguous_lines(text, environment or {})
    mistaken = {one.line for one in found if not MISTAKES.isdisjoint(one.reasons)}
    for entry in document.entries:
        if entry.stray:
            stray.append(entry.line)
            continue  # the second line of a pasted secret sets nothing that anybody reads
        name = presentable(entry.name, entry.line, assigned=entry.value is not None)
        if name != entry.name and entry.line not in mistaken:
            stray.append(entry.line)
        line = written[entry.line - 1] if entry.line <= len(written) else ""
        unset = tuple(dict.fromkeys(presentable_variable(one, line) for one in entry.unset))
        settings[name] = Setting(
            name=name,
            value=_value(entry, unset, known=environment is not None),
            origin=Origin(file=path, line=entry.line, column=entry.column, setting=name),
            references=tuple(presentable_variable(reference.name, line) for reference in entry.references),
            blanked_by=unset if environment is not None else (),
        )
    problems = tuple(
        Problem(
            kind="input",
            code=one.code,
            message=one.message,
            hint=_hint(dialect),
            origin=Origin(file=path, line=one.line, column=one.column),
        )
        for one in document.problems
        if one.fatal
    )
    lines = tuple(
        AmbiguousLine(
            name=presentable(one.name, one.line, assigned=MISTAKES.isdisjoint(one.reasons)),
            line=one.line,
            column=one.column,
            reasons=tuple(one.reasons),
            dialects=tuple(one.dialects),
            shortened=bool(one.shortened_in),
        )
        for one in found
    )
    file = EnvFile(path=path, dialect=dialect, ambiguous=lines, stray=tuple(stray))
    return Subject(
        kind="env_file", name=path, settings=settings, origin=Origin(file=path, line=1, column=1), env_files=(file,)
    ), problems


def _value(entry: EnvEntry, unset: tuple[str, ...], *, known: bool) -> Value:
    if unset and not known:
        return Reference(kind="variable", target=", ".join(unset))
    if entry.undetermined:
        return Reference(kind="shell_expression", target=f"line {entry.line}")
    value: SecretText | None = entry.value
    return value


def _hint(dialect: str) -> str:
    reader = {"compose": "Docker Compose", "dotenv": "python-dotenv", "shell": "a shell"}[dialect]
    return f"Correct the line ({reader} would refuse the file), or name its reader with --dialect."
