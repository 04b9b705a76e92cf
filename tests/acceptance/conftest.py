"""Starting the installed command as a process."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PREFLIGHT = shutil.which("preflight", path=os.path.dirname(sys.executable)) or "preflight"


@pytest.fixture
def preflight(tmp_path):
    """Run the command in an empty folder with an empty environment."""

    def run(*arguments, env=None, stdin=None, timeout=60, **options):
        environment = {"PATH": f"{os.path.dirname(PREFLIGHT)}:{os.defpath}", **(env or {})}
        return subprocess.run(
            [PREFLIGHT, *map(str, arguments)], cwd=options.pop("cwd", tmp_path), env=environment, capture_output=True, text=True, check=False,
            timeout=timeout, stdin=stdin or subprocess.DEVNULL, **options,
        )  # fmt: skip

    return run


@pytest.fixture
def good():
    """A production environment that passes."""
    return {
        "ENV": "production",
        "PAYMENTS_DATABASE_HOST": "db.internal",
        "PAYMENTS_DATABASE_PASSWORD": base64.b64encode(secrets.token_bytes(32)).decode(),
        "PAYMENTS_DATABASE_SSL_MODE": "verify-full",
        "PAYMENTS_DATABASE_SSL_ROOT_CERT": "system",
        "PAYMENTS_AUTH_JWT_SECRET": base64.b64encode(secrets.token_bytes(48)).decode(),
        "PAYMENTS_SERVER_CORS_ALLOWED_ORIGINS": "https://app.example.com",
    }


@pytest.fixture
def root():
    """The repository."""
    return Path(__file__).resolve().parents[2]
