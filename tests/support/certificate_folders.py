"""Folders of certificates and keys for `preflight certs inspect`, with the modes they should have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from support import pki

if TYPE_CHECKING:
    from pathlib import Path

CLIENT = "1.3.6.1.5.5.7.3.2"
SERVER = "1.3.6.1.5.5.7.3.1"
ROOT = pki.ca("Example Root")
CA = pki.ca("Example CA", number=2)
SERVER_LEAF = pki.Shape()
CLIENT_LEAF = pki.Shape(common_name="app", number=3, extended=(CLIENT,), dns=())


def write(path: Path, content: bytes, mode: int | None = None) -> Path:
    """Write a file with its parents; keys get 0600 and everything else 0644 unless a mode is given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.chmod(path, mode if mode is not None else 0o600 if b"PRIVATE KEY" in content else 0o644)
    return path


def pair(folder: Path, name: str, shape: pki.Shape, issuer: pki.Shape | None = None, *, key: Any = None) -> Path:
    """Write NAME-cert.pem and NAME-key.pem, and return the certificate's path."""
    write(folder / f"{name}-key.pem", pki.key_pem(key or shape.private_key))
    return write(folder / f"{name}-cert.pem", pki.pem(pki.issue(shape, issuer)))


def whole(folder: Path) -> Path:
    """Write a root, a server's and a client's pair: everything is fine."""
    write(folder / "ca-cert.pem", pki.pem(pki.issue(ROOT)))
    pair(folder, "server", SERVER_LEAF, ROOT)
    pair(folder, "client", CLIENT_LEAF, ROOT)
    return folder
