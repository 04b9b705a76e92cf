"""Finding and reading the configuration file."""

from __future__ import annotations

import os

from preflight.documents.nodes import Mapping
from preflight.errors import ConfigurationError
from preflight.model.digest import sha256_hex
from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.model.record import Record, field
from preflight.probes.files import FileProbe, FileText

NAMES = ("preflight.yaml", "preflight.yml")
PYPROJECT = "pyproject.toml"
TABLE = ("tool", "preflight")
MAX_BYTES = 1024 * 1024
SCHEMA = "config.schema.json"
_HINT = "See `preflight schema config`."


class Document(Record):
    """A configuration file that has the shape of one."""

    root: Mapping = field("Its content.")
    path: str = field("Its path as given, or its name in the project folder.")
    sha256: str = field("Digest of its text.")


class Location(Record):
    """Where a configuration file lies."""

    path: str = field("The path to open.")
    shown: str = field("The path as given, or the name in the project folder.")
    named: bool = field("Whether somebody named it, so that it must have something to say.")


def locate(folder: str, config_file: str | None) -> Location | None:
    """Find the configuration file.

    Args:
        folder: The project folder, in which it is looked for: `preflight.yaml` (or `.yml`), else `pyproject.toml`.
        config_file: The file to read instead.

    Raises:
        ConfigurationError: There are two.
    """
    if config_file is not None:
        return Location(path=config_file, shown=config_file, named=True)
    here = [name for name in NAMES if os.path.lexists(f"{folder}/{name}")]
    if len(here) > 1:
        message = f"there are two configuration files: {' and '.join(here)}"
        raise _wrong("ambiguous", message, "Keep one of them.", here[1])
    if not here and os.path.lexists(f"{folder}/{PYPROJECT}"):
        here = [PYPROJECT]
    return Location(path=f"{folder}/{here[0]}", shown=here[0], named=False) if here else None


def read_document(folder: str, config_file: str | None) -> Document | None:
    """Find the configuration file, read it, and hold it against its schema.

    Args:
        folder: The project folder.
        config_file: The file to read instead of the folder's; one that ends in `.toml` is read as a pyproject.toml.

    Returns:
        The document, or None when the folder has none (a `pyproject.toml` without `[tool.preflight]` is none).

    Raises:
        ConfigurationError: It cannot be read, there are two, or it is wrong; every mistake is named.
    """
    location = locate(folder, config_file)
    if location is None:
        return None
    text = read_text(location)
    # From here on only runs with a configuration file pay for reading one.
    from preflight.documents.schema import check
    from preflight.documents.schemas import json_schema

    shown = location.shown
    root = _toml(text, shown, named=location.named) if shown.endswith(".toml") else parse_yaml(text, shown)
    if root is None:
        return None
    problems = check(root, json_schema(SCHEMA), file=shown)
    if problems:
        raise ConfigurationError(problems)
    return Document(root=root, path=shown, sha256=sha256_hex(text.encode()))


def parse_yaml(text: str, shown: str) -> Mapping:
    """Parse a `preflight.yaml`.

    Raises:
        ConfigurationError: It is not YAML, empty, or no mapping.
    """
    from preflight.documents.yaml import YamlError, load

    try:
        root = load(text)
    except YamlError as bad:
        raise _wrong(bad.code, bad.message, "Correct the YAML.", shown, (bad.line, bad.column)) from None
    if root is None:
        # More often a file that was not written to its end than the wish to configure nothing.
        hint = "Write a setting, or delete the file to use the defaults."
        raise _wrong("empty", "the configuration file is empty", hint, shown, (1, 1))
    if not isinstance(root, Mapping):
        message = "the configuration file must be a mapping of names to values"
        raise _wrong("wrong_type", message, _HINT, shown, (root.line, root.column))
    return root


def _toml(text: str, shown: str, *, named: bool) -> Mapping | None:
    from preflight.documents import toml

    if not named and not toml.mentions(text, *TABLE):
        return None
    try:
        root = toml.load_table(text, *TABLE)
    except toml.TomlError as bad:
        raise _wrong(bad.code, bad.message, "Correct the TOML.", shown, (bad.line, bad.column)) from None
    if root is None and named:
        raise _wrong("missing_key", "the file has no table [tool.preflight]", "Add one.", shown, (1, 1))
    return root


def read_text(location: Location) -> str:
    """Read a configuration file; without its byte order mark.

    Raises:
        ConfigurationError: It is missing, unreadable, no regular file, larger than `MAX_BYTES`, or no UTF-8 text.
    """
    found = FileProbe().read(location.path, limit=MAX_BYTES)
    if isinstance(found, FileText):
        return found.text.removeprefix("\ufeff")
    if found.code == "empty":
        return ""  # whoever parses it decides: an empty pyproject.toml is no mistake, an empty preflight.yaml is
    hint = found.hint if location.named else f"{found.hint} With --no-config no configuration file is read."
    raise _wrong(found.code, f"{location.shown} cannot be read: {found.message}", hint, location.shown)


def _wrong(code: str, message: str, hint: str, path: str, place: tuple[int, int] | None = None) -> ConfigurationError:
    line, column = place or (None, None)
    origin = Origin(file=path, line=line, column=column)
    return ConfigurationError([Problem(kind="configuration", code=code, message=message, hint=hint, origin=origin)])
