"""libpq's TLS, as its client does it: which files count, what is verified, which name must match.

Source: fe-secure-openssl.c, `initialize_SSL`, and libpq manual, 32.19.
"""

from __future__ import annotations

import os
import stat

from preflight.live.handshake import ClientCertificate, TlsOptions
from preflight.model.record import Record, field
from preflight.postgres.parameters import TLS_VERSIONS
from preflight.x509.permissions import libpq_client_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.live.postgres_target import PostgresTarget

VERIFYING = ("verify-ca", "verify-full")
DEMANDING = ("require", *VERIFYING)
_ALPN = "postgresql"  # as libpq 17 and later say
_KEY_REASONS = {"not_regular": "key_not_regular", "not_readable": "client_key_unusable"}


class LibpqTls(Record):
    """How libpq would do TLS with one server."""

    options: TlsOptions = field("What is trusted and shown; names are compared afterwards, by libpq's own rules.")
    name: str | None = field("The host that the certificate must be for; None where it is not compared.")
    shows: bool = field(
        "Whether libpq shows a certificate of the client's. With a key in DER it does, and `options` cannot."
    )
    problem: str | None = field("What on this side keeps libpq from doing it; None when nothing does.")


def libpq_tls(target: PostgresTarget, host: str) -> LibpqTls:
    """Say how libpq would do TLS.

    Args:
        target: The connection.
        host: `host` of the server, not `hostaddr`; empty where only that is given.
    """
    parameters = target.parameters
    root, problem = _root(target)
    shown = _client_certificate(target)
    if isinstance(shown, str):
        problem = problem or shown
    certificate = shown if isinstance(shown, ClientCertificate) and not _is_der(shown.key_file or "") else None
    lowest = TLS_VERSIONS.get(parameters.get("ssl_min_protocol_version", "").lower())
    options = TlsOptions(
        server_name=host if host and parameters.get("sslsni") != "0" else None,
        check_name=False,
        ca_file=None if root == "system" else root,
        system=root == "system",
        minimum=lowest or "1.2",
        maximum=TLS_VERSIONS.get(parameters.get("ssl_max_protocol_version", "").lower()),
        certificate=certificate,
        alpn=(_ALPN,),
    )
    return LibpqTls(
        options=options,
        name=host if target.sslmode == "verify-full" else None,
        shows=isinstance(shown, ClientCertificate),
        problem=problem,
    )


def unopenable(target: PostgresTarget) -> str | None:
    """Return the code of a file that libpq must not be let near: opening a FIFO or a device could take for ever.

    Args:
        target: The connection.
    """
    parameters = target.parameters
    for parameter, own, code in (
        ("sslrootcert", "root.crt", "ca_unusable"),
        ("sslcert", "postgresql.crt", "client_certificate_unusable"),
        ("sslcrl", "root.crl", "crl_not_regular"),
    ):
        try:
            mode = os.stat(parameters.get(parameter) or _own_file(own)).st_mode
        except (OSError, ValueError):
            continue
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # a directory is refused at once
            return code
    return None


def _root(target: PostgresTarget) -> tuple[str | None, str | None]:
    """Return the file of trusted CAs, and the problem with it.

    A file that is there is used in every mode; one that is not there matters to the modes that verify, and to no other.
    """
    path = target.parameters.get("sslrootcert") or _own_file("root.crt")
    if path == "system" or _is_there(path):
        return path, None
    return None, "ca_file_missing" if target.sslmode in VERIFYING else None


def _client_certificate(target: PostgresTarget) -> ClientCertificate | str | None:
    """Return what the client shows, the problem with it, or None: without the certificate's file libpq shows none."""
    parameters = target.parameters
    if parameters.get("sslcertmode") == "disable":
        return None
    path = parameters.get("sslcert") or _own_file("postgresql.crt")
    if not _is_there(path):
        return None
    key = parameters.get("sslkey") or _own_file("postgresql.key")
    try:
        at = os.stat(key)
    except (OSError, ValueError):
        return "key_missing"
    refused = libpq_client_key(at.st_mode, at.st_uid, at.st_gid, uid=os.geteuid(), gids=(os.getegid(), *os.getgroups()))
    if refused is not None:
        return _KEY_REASONS.get(refused, "key_permissions")
    secret = target.key_passphrase
    return ClientCertificate(
        certificate_file=path, key_file=key, passphrase=None if secret is None else secret.reveal()
    )


def _is_der(path: str) -> bool:
    """Say whether a key is in DER, which libpq reads as well, and Python does not."""
    try:
        with open(path, "rb") as file:
            return file.read(1) == b"\x30"
    except OSError:
        return False


def _own_file(name: str) -> str:
    return os.path.join(os.path.expanduser("~"), ".postgresql", name)


def _is_there(path: str) -> bool:
    """Say whether `stat` finds something, which is all that libpq asks."""
    try:
        os.stat(path)
    except (OSError, ValueError):
        return False
    return True
