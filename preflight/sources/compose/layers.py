"""Loading models: documents merged in turn, with what they include and extend.

Every document goes through the same steps, in Compose's order: interpolate, cast, include, reset, extend, merge, tell
entries apart, validate, write out short forms, tell entries apart again.
"""

from __future__ import annotations

import os

from preflight.model.origin import Origin
from preflight.sources.compose import casting, merging, reading, shape, short_forms, unicity
from preflight.sources.compose.checks import check_sources
from preflight.sources.compose.defaults import with_defaults, with_environment
from preflight.sources.compose.env_files import EnvFiles
from preflight.sources.compose.extending import Extender
from preflight.sources.compose.including import included
from preflight.sources.compose.tree import Node, Refused, refuse, without

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.documents.nodes import Mapping
    from preflight.sources.compose.interpolating import Interpolator
    from preflight.sources.compose.paths import PathResolver
    from preflight.sources.compose.tree import SourceFile

MOST_FILES = 500  # read in one project, includes counted each time
MOST_BYTES = 2 * reading.MAX_BYTES


class Layers:
    """Loads the models of one project.

    Attributes:
        read: The files read, in order.
        obsolete: Where `version:` is written, which Compose ignores.
        env_files: Reads env files.
    """

    def __init__(self, resolver: PathResolver, boundary: str, directory: str) -> None:
        self.resolver = resolver
        self.boundary = boundary
        self.directory = directory
        self.read: dict[str, SourceFile] = {}
        self.obsolete: list[Origin] = []
        self.env_files = EnvFiles()
        self._parsed: dict[str, tuple[list[Mapping], bool]] = {}
        self._texts: dict[str, bytes] = {}
        self._lines: dict[str, list[bytes]] = {}
        self._loads = 0
        self._bytes = 0
        self.extender = Extender(self)

    def documents(self, file: SourceFile, place: Origin | None) -> tuple[list[Mapping], bool]:
        """Return a file's documents, read once, and whether it may use tags that reset.

        Raises:
            Refused: It cannot be read.
        """
        known = self._parsed.get(file.path)
        if known is None:
            data = reading.read_bytes(file.path, file.name, place)
            self._bytes += len(data)
            if self._bytes > MOST_BYTES:
                message = f"the project's files have more than {MOST_BYTES // (1024 * 1024)} MiB together"
                raise refuse(
                    "too_large", message, "Compose files of this size are not read.", place or Origin(file=file.name)
                )
            self.read[file.path] = file
            self._texts[file.name] = data
            known = self._parsed[file.path] = (
                reading.parse(data, file.name),
                b"!reset" in data or b"!override" in data,
            )
        return known

    def line(self, file: str, number: int) -> str:
        """Return a line of a Compose file, counted from 1; empty where there is none. It may hold a secret."""
        if file not in self._lines:
            self._lines[file] = self._texts.get(file, b"").splitlines()
        lines = self._lines[file]
        return lines[number - 1].decode("utf-8", "replace") if 0 < number <= len(lines) else ""

    # -- models --------------------------------------------------------------------------------------------------------

    def model(
        self,
        files: list[SourceFile],
        directory: str,
        interpolator: Interpolator,
        trail: tuple[str, ...],
        place: Origin | None,
    ) -> Node:
        """Load files over each other into one model, checked, with defaults, absolute paths and environment.

        Args:
            files: The files, later over earlier.
            directory: The folder that relative paths are relative to.
            interpolator: Replaces variables.
            trail: Files that include these.
            place: Where they are asked for.

        Raises:
            Refused: Compose would refuse them.
        """
        root = Node({}, files[0].name, 1, 1, marks={})
        for file in files:
            roots, tagged = self.documents(file, place)
            for one in roots:
                document = reading.convert(one, file.name, interpolator, tagged=tagged)
                root = self._layer(root, document, file, directory, interpolator, (*trail, file.path))
        if interpolator.problems:
            raise Refused(interpolator.problems)
        root = with_defaults(root)
        check_sources(root)
        root = self.resolver.model(root, directory)
        return with_environment(root, interpolator.variables)

    def _layer(
        self,
        root: Node,
        document: reading.Document,
        file: SourceFile,
        directory: str,
        interpolator: Interpolator,
        trail: tuple[str, ...],
    ) -> Node:
        try:
            own = casting.cast(document.root)
            own = included(self, own, document.resets, directory, interpolator, trail)
            for path in document.resets:
                root = without(root, path)
            own = self.extender.services(own, file, document.resets, directory, interpolator)
            root = unicity.enforce(merging.merge(root, own))
            shape.validate(root)
            version = root.child("version")
            if version is not None:
                self.obsolete.append(root.key_origin("version"))
                root = root.without("version")
            return unicity.enforce(short_forms.canonical(root))
        except Refused:
            # What is missing comes first: the rest may follow from texts that could not be put together.
            if interpolator.problems:
                raise Refused(interpolator.problems) from None
            raise

    def count(self, node: Node, path: str) -> None:
        """Count a file that another names, and hold it inside the project.

        Raises:
            Refused: There are too many, or it lies outside.
        """
        self._loads += 1
        if self._loads > MOST_FILES:
            raise refuse(
                "too_many_files",
                f"the project reads more than {MOST_FILES} files",
                "Check for files that include each other.",
                node,
            )
        if "\0" in path:
            raise refuse("invalid_path", "no path can hold a NUL byte", "Correct the path.", node)
        real = os.path.realpath(path)
        if real != self.boundary and not real.startswith(self.boundary.rstrip("/") + "/"):
            raise refuse(
                "outside_project",
                "the file lies outside the project",
                f"Only files below {self.boundary} are read; start in a folder that holds both.",
                node,
            )
