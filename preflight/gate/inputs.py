"""The inputs of a run: what is read, what it becomes, and what could not be read."""

from __future__ import annotations

import os

from preflight.bindings import Bindings
from preflight.gate.own_packs import own_pack_texts
from preflight.gate.report import Input
from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.sources.contract import read_contract
from preflight.sources.discovery import COMPOSE_NAMES, discover, is_env_name, is_example_name
from preflight.sources.env_subject import env_subject, read_text
from preflight.sources.examples import example_digests
from preflight.sources.process import process_subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.gate.request import Request
    from preflight.model.digest import KeyedDigest
    from preflight.model.subject import Subject
    from preflight.resources.base import ContractKey
    from preflight.sources.env_file import Dialect


class Inputs:
    """Reads what a request names.

    Attributes:
        read_inputs: What was read, for the report.
        subjects: What will start.
        contract: The keys that the contracts ask for.
        examples: Digests of values that must not be kept.
        problems: What could not be read.
        notes: What the report should say besides.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self.read_inputs: list[Input] = []
        self.subjects: tuple[Subject, ...] = ()
        self.contract: tuple[ContractKey, ...] = ()
        self.examples: dict[bytes, Origin] = {}
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._interpolated: tuple[str, ...] = ()

    def read(self, bindings: Bindings, digest: KeyedDigest) -> None:
        """Read everything; nothing is raised for an input that is wrong."""
        request = self._request
        if request.configuration_file is not None:
            path, digest_of_file = request.configuration_file
            self.read_inputs.append(Input(kind="configuration", path=path, sha256=digest_of_file))
        services = self._services()
        paths, examples = self._paths()
        files = [one for path in paths if (one := self._env_file(path)) is not None]
        self._contracts(bindings)
        for path in examples:
            text = read_text(path, request.files, kind="input")
            if isinstance(text, str):
                for value, place in example_digests(text, path, digest).items():
                    self.examples.setdefault(value, place)  # the project's own contract and example tell most
                kind = "examples" if is_example_name(path) or path in request.contracts else "other_environment"
                self.read_inputs.append(Input(kind=kind, path=path))
        if request.process is not None:
            self.read_inputs.append(Input(kind="process_environment"))
            self.subjects = (process_subject(request.process, files, files_win=request.dialect == "shell"),)
        else:
            self.subjects = (*files, *services)
        if not self.subjects and not self.problems:
            where = "the current folder" if request.folder == "." else request.folder
            hint = "Name the files to judge, or judge the environment of this process with --process-env."
            self.problems.append(
                Problem(kind="input", code="no_inputs", message=f"there is nothing to judge in {where}", hint=hint)
            )

    def bindings(self, before: Bindings) -> Bindings:
        """Return the bindings with what the contract marks as sensitive."""
        sensitive = [key.name for key in self.contract if key.sensitive and not before.is_secret(key.name)]
        return Bindings(self._request.bindings, self._request.not_secret, sensitive) if sensitive else before

    def own_packs(self) -> tuple[list[str], dict[str, str], list[Problem]]:
        """Return the paths and texts of the project's own packs, folders opened up, and what could not be read."""
        texts, problems = own_pack_texts(self._request.packs, self._request.files, folder=self._request.folder)
        self.read_inputs += [Input(kind="pack", path=path) for path in texts]
        return list(texts), texts, problems

    # -- parts -----------------------------------------------------------------------------------------------------

    def _at(self, path: str) -> str:
        return path if self._request.folder == "." else os.path.join(self._request.folder, path)

    def _services(self) -> tuple[Subject, ...]:
        """Return the services of the Compose project, where there is one."""
        request = self._request
        named = request.compose
        if named is None:
            return ()
        from preflight.gate.compose import services

        found = services(named, env_files=request.env_files, folder=request.folder)
        self.read_inputs += [Input(kind="compose_file", path=path) for path in found.files]
        self.problems += found.problems
        self.notes += found.notes
        self._interpolated = found.env_files
        read = dict.fromkeys(file.path for subject in found.subjects for file in subject.env_files)
        self.read_inputs += [Input(kind="env_file", path=path) for path in read]
        return found.subjects

    def _paths(self) -> tuple[list[str], list[str]]:
        """Return the env files to judge and the files whose values must not be kept."""
        request = self._request
        paths = list(request.env_files)
        examples = [*request.contracts, *(request.examples or ())]
        if not request.env_files and not request.discover:
            paths += self._interpolated
        for folder in dict.fromkeys(os.path.dirname(path) for path in paths) if paths else (".",):
            found = discover(self._at(folder or "."))
            beside = [
                os.path.join(folder, name) if folder not in {"", "."} else name
                for name in (*found.examples, *found.others)
            ]
            if request.discover and not request.env_files:
                if request.compose is None:
                    self.notes += [f"{name} was found and is not judged; name it with -f" for name in found.compose]
                paths += dict.fromkeys((*self._interpolated, *found.taken))
                left = [name for name in found.others if name not in paths]
                self.notes += [f"{name} was found and is not judged; name it to judge it" for name in left]
            if request.examples is None:
                examples += beside
        return paths, [path for path in dict.fromkeys(examples) if path not in paths]

    def _env_file(self, path: str) -> Subject | None:
        request = self._request
        if not is_env_name(path) and path not in request.env_files:
            return None
        text = read_text(path, request.files, kind="input")
        if isinstance(text, Problem):
            self.problems.append(text)
            return None
        subject, problems = env_subject(path, text, dialect=self._dialect(), environment=request.process)
        self.problems += problems
        self.read_inputs.append(Input(kind="env_file", path=path))
        if not subject.settings and not problems:
            hint = "Write NAME=value lines, or name the right file."
            self.problems.append(
                Problem(
                    kind="input",
                    code="no_settings",
                    message="the file sets nothing",
                    hint=hint,
                    origin=Origin(file=path),
                )
            )
        return subject

    def _dialect(self) -> Dialect:
        request = self._request
        if request.dialect is not None:
            return request.dialect
        if request.compose is not None:
            return "compose"
        compose = any(os.path.exists(self._at(name)) for name in COMPOSE_NAMES)
        return "compose" if compose else "dotenv"

    def _contracts(self, bindings: Bindings) -> None:
        for path in self._request.contracts:
            text = read_text(path, self._request.files, kind="configuration")
            if isinstance(text, Problem):
                self.problems.append(text)
                continue
            keys, problems = read_contract(text, path, bindings)
            self.contract += keys
            self.problems += problems
            self.read_inputs.append(Input(kind="contract", path=path))


def recognise(path: str) -> str:
    """Say what a path given on the command line is: `env_file` or `unknown`."""
    return "env_file" if is_env_name(path) and not is_example_name(path) else "unknown"
