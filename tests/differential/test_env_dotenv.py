"""Random env files: preflight and python-dotenv make the same of them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from unittest import mock

import dotenv
import pytest
from env_texts import ENVIRONMENT, env_texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preflight.sources.env_file import parse


def theirs(text: str) -> dict[str, str | None]:
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, ENVIRONMENT, clear=True):
        path = Path(folder) / ".env"
        path.write_bytes(text.encode())
        return dict(dotenv.dotenv_values(path))


@pytest.mark.filterwarnings("ignore")
@given(st.one_of(env_texts(operators=False), env_texts(operators=True)))
@settings(max_examples=1_500, deadline=None, suppress_health_check=list(HealthCheck))
def test_preflight_reads_what_python_dotenv_reads(text: str) -> None:
    assert parse(text, dialect="dotenv", environment=ENVIRONMENT).values == theirs(text)
