"""What there is to judge in a folder, and what a path given on the command line is."""

from __future__ import annotations

import os

from preflight.model.record import Record, field

EXAMPLE_WORDS = ("example", "sample", "template", "dist", "tmpl", "defaults")
# A production file is what the gate is for; a bare .env is what is left.
# The names that Docker Compose looks for (Docker documentation, "How Compose works").
COMPOSE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_COMPOSE_BEGINNINGS = ("compose.", "compose-", "docker-compose.", "docker-compose-")
PREFERRED = (".env.production", ".env.prod", "production.env", "prod.env", ".env")


class Found(Record):
    """The env files of a folder."""

    taken: tuple[str, ...] = field("Judged, in order.")
    examples: tuple[str, ...] = field("Example files: their values must not be kept.")
    compose: tuple[str, ...] = field(
        "What looks like a Compose file under a name that Docker does not look for.", default=()
    )
    others: tuple[str, ...] = field("Env files of other environments: their secrets must not be reused.")


def is_env_name(path: str) -> bool:
    """Whether a path's name is an env file's."""
    name = os.path.basename(path)
    return name == ".env" or name.startswith(".env.") or name.endswith(".env")


def is_compose_name(path: str) -> bool:
    """Whether a path's name is that of a YAML file, which as an input is a Compose file."""
    return path.endswith((".yaml", ".yml"))


def is_example_name(path: str) -> bool:
    """Whether a path's name is that of an example file, which holds no real values."""
    name = os.path.basename(path).lower()
    return any(word in name.replace("-", ".").replace("_", ".").split(".") for word in EXAMPLE_WORDS)


def discover(folder: str) -> Found:
    """Find the env files of a folder.

    Args:
        folder: The project folder.

    Returns:
        The most production-like one as taken (the others of the list are other environments), examples and others. All are
        relative to the folder.
    """
    try:
        entries = sorted(os.listdir(folder))
    except OSError:
        entries = []
    names = [name for name in entries if is_env_name(name)]
    real = [name for name in names if not is_example_name(name)]
    taken = next(((name,) for name in PREFERRED if name in real), ())
    return Found(
        taken=taken,
        examples=tuple(name for name in names if is_example_name(name)),
        others=tuple(name for name in real if name not in taken),
        compose=tuple(
            name
            for name in entries
            if is_compose_name(name) and name.startswith(_COMPOSE_BEGINNINGS) and name not in COMPOSE_NAMES
        ),
    )
