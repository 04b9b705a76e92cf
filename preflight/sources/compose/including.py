"""`include`: whole models from other files, loaded on their own and put below the document that names them."""

from __future__ import annotations

import os
import posixpath

from preflight.sources.compose import merging
from preflight.sources.compose.paths import relative_name
from preflight.sources.compose.tree import Node, SourceFile, refuse, without

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.sources.compose.env_files import EnvValue
    from preflight.sources.compose.interpolating import Interpolator
    from preflight.sources.compose.layers import Layers
    from preflight.sources.compose.variables import Variables

_SECTIONS = ("services", "volumes", "networks", "secrets", "configs", "models")


MOST_LEVELS = 100


def included(
    layers: Layers,
    own: Node,
    resets: tuple[tuple[str, ...], ...],
    directory: str,
    interpolator: Interpolator,
    trail: tuple[str, ...],
) -> Node:
    """Return a document with what it includes below it.

    Args:
        layers: Loads the included models.
        own: The document.
        resets: Paths that its tags take out of what it includes.
        directory: The folder that paths are relative to.
        interpolator: Replaces variables.
        trail: The files that led here.

    Raises:
        Refused: An included file cannot be read, or Compose would refuse it.
    """
    include = own.child("include")
    if include is None:
        return own
    own = own.without("include")
    if include.value is None:
        return own
    if not isinstance(include.value, list):
        raise refuse("wrong_type", "`include` must be a list", "Begin each entry with `- `.", include)
    for entry in include.value:
        imported = _include(layers, entry, directory, interpolator, trail)
        for path in resets:
            imported = without(imported, path)
        own = _import(imported, own)
    return own


def _include(layers: Layers, entry: Node, directory: str, interpolator: Interpolator, trail: tuple[str, ...]) -> Node:
    paths = _texts(entry, "path", bare=True)
    if not paths:
        raise refuse("missing_key", "the include has no path", "Write `path:` with the file.", entry)
    files = []
    for node in paths:
        path = layers.resolver.path(node.value, directory)
        files.append(SourceFile(path, relative_name(path, layers.directory)))
        layers.count(node, path)
        if os.path.isdir(path):
            raise refuse(
                "is_directory",
                f"{files[-1].name} is a directory, and a file is expected",
                "Name the file in it.",
                node,
            )
    if files[0].path in trail:
        shown = " includes ".join(relative_name(path, layers.directory) for path in (*trail, files[0].path))
        raise refuse(
            "include_cycle", f"the files include each other: {shown}", "Take one of the includes out.", paths[0]
        )
    if len(trail) >= MOST_LEVELS:
        raise refuse(
            "too_deep",
            f"files include each other more than {MOST_LEVELS} levels deep",
            "Include them directly.",
            paths[0],
        )
    own_directory = entry.child("project_directory")
    base = posixpath.dirname(files[0].path)
    if own_directory is not None and own_directory.value:
        base = layers.resolver.path(str(own_directory.value), directory)
    variables = _include_variables(layers, entry, base, directory, interpolator.variables)
    return layers.model(files, base, interpolator.seeing(variables), trail, paths[0].origin())


def _include_variables(layers: Layers, entry: Node, base: str, directory: str, variables: Variables) -> Variables:
    named = _texts(entry, "env_file", bare=False)
    found: dict[str, EnvValue] = {}
    if named:
        for node in named:
            path = layers.resolver.path(node.value, directory)
            name = relative_name(path, layers.directory)
            layers.env_files.read(path, name, variables.values(), found, node.origin(), origins_of=variables.origins)
    elif os.path.isfile(path := posixpath.join(base, ".env")):
        name = relative_name(path, layers.directory)
        layers.env_files.read(path, name, variables.values(), found, None, origins_of=variables.origins)
    if not found:
        return variables
    return variables.below(
        {name: value.text for name, value in found.items()},
        {name: value.origins for name, value in found.items()},
    )


def _import(imported: Node, own: Node) -> Node:
    """Return a document with what it includes below it: on the same name, the document's own is merged over."""
    changed: dict[str, Node] = {}
    for section in _SECTIONS:
        theirs = imported.child(section)
        if theirs is None or not isinstance(theirs.value, dict):
            continue
        ours = own.child(section)
        if ours is not None and not isinstance(ours.value, dict):
            if ours.value is None and section != "services":
                ours = None
            else:
                raise refuse(
                    "wrong_type", f"{section} must be a mapping", f"Indent the entries below `{section}:`.", ours
                )
        values = dict(ours.value) if ours is not None else {}
        marks = dict((ours.marks if ours is not None else None) or {})
        for name, entry in theirs.value.items():
            values[name] = merging.merge_resource(entry, values[name], section, name) if name in values else entry
            if theirs.marks and name in theirs.marks:
                marks.setdefault(name, theirs.marks[name])
        place = ours or theirs
        changed[section] = Node(values, place.file, place.line, place.column, marks=marks)
    return own.with_children(changed)


def _texts(entry: Node, name: str, *, bare: bool) -> list[Node]:
    """Return the texts of a key that takes one or a list; with `bare`, the entry may be the text itself."""
    if isinstance(entry.value, str):
        return [entry] if bare else []
    if not isinstance(entry.value, dict):
        raise refuse("wrong_type", "an include must be a text or a mapping", "Write the file's path.", entry)
    node = entry.child(name)
    if node is None or node.value is None:
        return []
    nodes = node.value if isinstance(node.value, list) else [node]
    for one in nodes:
        if not isinstance(one.value, str):
            raise refuse(
                "wrong_type", f"include.{name} must be a text or a list of texts", "Write the file's path.", one
            )
    return nodes
