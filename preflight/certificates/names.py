"""What the name of a file says about it: that it is a certificate or a key, and what belongs together.

Names are only a hint. They decide which files of a folder must hold something (`server.crt` that is empty is a mistake,
`notes.txt` is none), and which key is meant for which certificate when their public keys do not say so.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Expected = Literal["certificate", "private_key", "either"]

PLACES = (
    *("ssl", "tls", "pki", "cert", "certs", "certificates", "dev-certs", "keys", "secrets"),
    *("config/ssl", "config/certs", "deploy/ssl", "deploy/certs", "docker/ssl", "docker/certs", "nginx/ssl", "nginx/certs"),
)  # fmt: skip
"""Folders in which projects usually keep certificates, beside the project's own folder."""
PLACES_BY_PREFIX = ("ssl-", "tls-", "certs")
"""Beginnings of the names of more of them: what a renewal is put into, such as `ssl-2027`."""
LEFT_OUT = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", "site-packages"})
"""Folders that are not looked into unless they are named: what is in them is not the project's own."""

_CERTIFICATE = frozenset({"crt", "cert", "certs", "cer", "certificate", "certificates", "fullchain", "chain", "bundle"})
_KEY = frozenset({"key", "privkey", "privatekey"})
_AUTHORITY = frozenset({"ca", "root", "rootca", "cacert", "cacerts", "cabundle"})
# Suffixes of files that hold a certificate or a key and nothing else.
_EITHER = frozenset({"pem", "der", "p12", "pfx", "p7b", "p7c", "p8"})
_OTHER = frozenset({"csr", "req", "crl", "srl", "pub", "public", "dh", "dhparam", "dhparams", "request"})
_FILLING = _CERTIFICATE | _KEY | _EITHER | {"private", "priv"}
_SUFFIXES_OF_CERTIFICATES = frozenset({"crt", "cer", "cert"})


def expected_kind(path: str) -> Expected | None:
    """Say what a file should hold by its name: `server.key` and `server-key.pem` a key, `tls.crt` and `ca.pem` certificates.

    Args:
        path: Its path; only the last part counts.

    Returns:
        `either` for a name that says only that it is one of both (`server.pem`), None for any other name.
    """
    suffix = os.path.splitext(path)[1].lower().removeprefix(".")
    words = _words(path)
    if suffix == "key":
        return None if not _OTHER.isdisjoint(words) else "private_key"
    if suffix in _SUFFIXES_OF_CERTIFICATES:
        return "certificate"
    if suffix not in _EITHER:
        return None
    stems = [word.rstrip("0123456789") for word in words[:-1]]
    if not _OTHER.isdisjoint(words):
        return "either"
    if not _KEY.isdisjoint(stems):
        return "private_key"
    return "certificate" if not (_CERTIFICATE | _AUTHORITY).isdisjoint(stems) else "either"


def is_binary_name(path: str) -> bool:
    """Say whether a name announces DER: `.der`, and `.cer`, which other systems use for it."""
    return os.path.splitext(path)[1].lower() in {".der", ".cer"}


def stem(path: str) -> tuple[str, ...]:
    """Return what is left of a name without the words for certificates and keys: the same for those that belong together.

    `server-key.pem` and `server.crt` give `("server",)`, `privkey.pem` and `fullchain.pem` nothing, `privkey2.pem` and
    `cert2.pem` give `("2",)`.
    """
    left = []
    for word in _words(path):
        bare = word.rstrip("0123456789")
        rest = word[len(bare) :] if bare in _FILLING else word
        if rest:
            left.append(rest)
    return tuple(left)


def _words(path: str) -> list[str]:
    name = os.path.basename(path).lower()
    return "".join(one if one.isalnum() else " " for one in name).split() or [""]
