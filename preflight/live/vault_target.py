"""Where Vault is, and what it is asked for: everything settled before anything is sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from preflight.live.handshake import TlsOptions
from preflight.model.record import Record, field

_PORTS = {"http": 80, "https": 443}


class VaultTarget(Record):
    """Where to connect, and what for."""

    address: str = field("URL of the server.")
    token: str | None = field("The token; None: there is none.", default=None, secret=True)
    namespace: str | None = field("The namespace.", default=None)
    tls: TlsOptions = field(
        "What is trusted and shown, for https; by default the system's CAs.", default=TlsOptions(system=True)
    )
    secret_path: str | None = field("Path of the secret, with its mount: `secret/service/certs`.", default=None)

    def __repr__(self) -> str:
        return "VaultTarget()"  # an address can hold a password, too


def parts_of(address: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an address; None where it is no http or https URL.

    Args:
        address: The URL.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or not address.isprintable() or " " in address:
        return None
    return parts.scheme, host, _PORTS[parts.scheme] if port is None else port
