"""A project's contract: its example file says which settings must exist.

Every key of a `.env.production.example` is asked for. Comments directly above a key, or behind it, refine that:

    # @required            must be set (every key is, unless @optional says otherwise)
    # @optional            need not be set
    # @sensitive           is a secret, whatever its name
    # @type=port           one of: string integer number port boolean url host path email duration list enum(a, b)
"""

from __future__ import annotations

from preflight.documents.suggestions import did_you_mean
from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.model.secret_text import SecretText
from preflight.resources._types import TYPES
from preflight.resources.base import ContractKey
from preflight.sources.env_file import parse
from preflight.sources.names import presentable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.bindings import Bindings

_PLAIN = ("required", "optional", "sensitive")


def read_contract(text: str, path: str, bindings: Bindings) -> tuple[tuple[ContractKey, ...], tuple[Problem, ...]]:
    """Read the keys of a contract.

    Args:
        text: The example file.
        path: Its path as given.
        bindings: Which names are secrets without `@sensitive`.

    Returns:
        The keys in order, and what is wrong with the file.
    """
    lines = text.splitlines()
    document = parse(text, dialect="compose", environment={})
    problems: list[Problem] = []
    keys: list[ContractKey] = []
    for entry in document.entries:
        name = presentable(entry.name, entry.line, assigned=entry.value is not None)
        if name != entry.name or entry.stray:
            continue  # no name that somebody could set
        origin = Origin(file=path, line=entry.line, column=entry.column, setting=entry.name)
        marks = _decorators(lines, entry.line, path, problems)
        kind = marks.get("type")
        choices: tuple[str, ...] = ()
        if kind is not None and kind.startswith("enum(") and kind.endswith(")"):
            choices = tuple(word.strip() for word in kind[5:-1].split(",") if word.strip())
            kind = "enum"
        if kind is not None and (kind not in TYPES or (kind == "enum" and not choices)):
            near = did_you_mean(kind, TYPES)
            hint = f'Did you mean "{near}"?' if near else f"Types: {', '.join(TYPES[:-1])}, enum(a, b)."
            problems.append(
                Problem(
                    kind="configuration", code="unknown_type", message=f'"{kind}" is no type', hint=hint, origin=origin
                )
            )
            kind = None
        keys.append(
            ContractKey(
                name=entry.name,
                required="optional" not in marks,
                sensitive="sensitive" in marks or bindings.is_secret(entry.name),
                type=kind,
                choices=choices,
                example=_written(lines, entry.line),
                origin=origin,
            )
        )
    if not keys:
        problems.append(
            Problem(
                kind="configuration",
                code="empty",
                message="the contract names no key",
                hint="Write NAME=example lines.",
                origin=Origin(file=path),
            )
        )
    problems += [
        Problem(
            kind="configuration",
            code=one.code,
            message=one.message,
            hint="Correct the line.",
            origin=Origin(file=path, line=one.line, column=one.column),
        )
        for one in document.problems
        if one.fatal and one.code != "required_variable_missing"
    ]
    return tuple(keys), tuple(problems)


def _written(lines: list[str], line: int) -> SecretText:
    """Return the example's value as written, so that `${NAME}` is kept a placeholder."""
    value = lines[line - 1].partition("=")[2].strip()
    if value[:1] in {'"', "'"} and value[:1] in value[1:]:
        return SecretText(value[1 : value.index(value[0], 1)])
    return SecretText(value.partition(" #")[0].strip())


def _decorators(lines: list[str], line: int, path: str, problems: list[Problem]) -> dict[str, str]:
    found: dict[str, str] = {}
    above = line - 2
    while above >= 0 and lines[above].lstrip().startswith("#"):
        _scan(lines[above], above + 1, path, found, problems)
        above -= 1
    _, mark, behind = lines[line - 1].partition(" #")
    if mark:
        _scan(behind, line, path, found, problems)
    return found


def _scan(comment: str, line: int, path: str, found: dict[str, str], problems: list[Problem]) -> None:
    rest = comment
    while "@" in rest:
        before, _, rest = rest.partition("@")
        if before and not before[-1].isspace() and before[-1] != "#":
            continue  # an address such as ops@example.com
        word = rest.partition(" ")[0] if "(" not in rest.partition(" ")[0] else rest.partition(")")[0] + ")"
        name, equals, value = word.strip().partition("=")
        if name == "type" and equals:
            found.setdefault("type", value)
        elif name in _PLAIN and not equals:
            found[name] = ""
        else:
            near = did_you_mean(name, (*_PLAIN, "type"))
            hint = f'Did you mean "@{near}"?' if near else "Known: @required, @optional, @sensitive, @type=…."
            column = comment.find("@" + name) + 1
            origin = Origin(file=path, line=line, column=max(column, 1))
            problems.append(
                Problem(
                    kind="configuration",
                    code="unknown_decorator",
                    message="this decorator means nothing here",
                    hint=hint,
                    origin=origin,
                )
            )
