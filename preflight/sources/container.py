"""Whether this process runs in a container."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# Docker and Podman leave a file; Kubernetes and systemd-nspawn set a variable for every process inside.
_MARKER_FILES = ("/.dockerenv", "/run/.containerenv")
_MARKER_VARIABLES = ("KUBERNETES_SERVICE_HOST", "container")


def in_container(environment: Mapping[str, str]) -> bool:
    """Say whether the marks that container engines leave are there.

    Args:
        environment: The process environment.
    """
    return any(os.path.exists(path) for path in _MARKER_FILES) or any(
        environment.get(name) for name in _MARKER_VARIABLES
    )
