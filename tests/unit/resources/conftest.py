"""Collecting the resources of a Compose file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preflight.bindings import Bindings
from preflight.model.digest import KeyedDigest
from preflight.probes.clock import Clock
from preflight.probes.container_files import files_of
from preflight.probes.files import FileProbe
from preflight.probes.git import GitProbe
from preflight.resources import collect
from preflight.resources.base import Context
from preflight.sources.compose import load_project, subjects
from preflight.sources.secret_files import with_secret_files

if TYPE_CHECKING:
    from preflight.model.subject import Subject


def context_of(subject: Subject, host: FileProbe, folder: str) -> Context:
    """Return what a collector is given for one service."""
    return Context(
        bindings=Bindings(),
        files=files_of(subject, host),
        host=host,
        git=GitProbe({}, folder),
        clock=Clock(),
        stage="build",
        digest=KeyedDigest(),
        examples={},
        environment={},
    )


@pytest.fixture
def of_compose(tmp_path):
    """Return a function that collects one type of resource from the text of a Compose file, by name."""

    def run(resource_type, compose, *, environment=None, files=None):
        for name, text in {"compose.yaml": compose, **(files or {})}.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        project = load_project(["compose.yaml"], environment=environment or {}, folder=str(tmp_path))
        host = FileProbe(str(tmp_path))
        found = {}
        for subject in subjects(project):
            whole = with_secret_files(subject, Bindings(), files_of(subject, host))
            for resource in collect(resource_type, whole, context_of(whole, host, str(tmp_path))):
                found[resource.name] = resource
        return found

    return run
