"""Docker Compose projects, read as Docker Compose reads them."""

from __future__ import annotations

from preflight.sources.compose.loading import load_project
from preflight.sources.compose.model import ComposeProject, ComposeRefusal, ComposeService, ServiceEnvFile, Volume
from preflight.sources.compose.subjects import subjects

__all__ = [
    "ComposeProject",
    "ComposeRefusal",
    "ComposeService",
    "ServiceEnvFile",
    "Volume",
    "load_project",
    "subjects",
]
