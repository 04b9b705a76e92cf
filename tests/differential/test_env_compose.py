"""Random env files: preflight and Docker Compose accept the same ones, and make the same of them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import docker_compose
import pytest
from env_texts import ENVIRONMENT, env_texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preflight.sources.env_file import parse


def theirs(texts: list[str]) -> dict[str, Any]:
    """Ask about many files at once: each is the env file of a service of its own."""
    with tempfile.TemporaryDirectory() as created:
        folder = Path(created).resolve()
        services = ["name: n", "services:"]
        for number, text in enumerate(texts):
            (folder / f"{number}.env").write_bytes(text.encode())
            services += [f"  s{number}:", "    image: i", f"    env_file: [{number}.env]"]
        (folder / "compose.yaml").write_text("\n".join(services) + "\n")
        return docker_compose.config(folder, [], ENVIRONMENT)


def ours(text: str) -> dict[str, str] | None:
    document = parse(text, dialect="compose", environment=ENVIRONMENT)
    if document.fatal:
        return None
    # A name without a value is taken from the environment, and left out where it has none.
    values = {name: ENVIRONMENT.get(name) if value is None else value for name, value in document.values.items()}
    return {name: value for name, value in values.items() if value is not None}


@pytest.mark.slow
@given(st.lists(st.one_of(env_texts(operators=False), env_texts(operators=True)), min_size=12, max_size=12))
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_preflight_reads_what_docker_compose_reads(texts: list[str]) -> None:
    docker_compose.required()
    readings = [(text, ours(text)) for text in texts]
    accepted = [(text, values) for text, values in readings if values is not None]
    answer = theirs([text for text, _ in accepted])
    if answer["ok"]:
        for number, (text, values) in enumerate(accepted):
            assert (answer["project"]["services"][f"s{number}"].get("environment") or {}) == values, repr(text)
    else:
        for text, _ in accepted:
            alone = theirs([text])
            assert alone["ok"], f"{text!r} is refused: {alone['error']}"
    for text in [text for text, values in readings if values is None][:3]:
        assert not theirs([text])["ok"], f"{text!r} is accepted"
