"""Why a PostgreSQL server does not let the service in, in words of our own.

What the server says is known by its SQLSTATE (manual, appendix A) and by the name of the C function that raised it: the
message itself is translated (`lc_messages`) and quotes names. Functions are those of PostgreSQL 12 to 18: auth.c,
miscinit.c, postinit.c.
"""

from __future__ import annotations

from preflight.live.failures import LiveFailure, failure
from preflight.live.reasons import REASONS, Reason
from preflight.model.record import Record, field

TYPE_CHECKING = False

_WAITING_HELPS = True
# code: (what is the case, what to do)
_RETRIABLE = {
    "starting_up": (
        "The PostgreSQL server is starting, stopping or recovering.",
        "Wait until it accepts connections; --wait does.",
    ),
    "too_many_connections": (
        "The PostgreSQL server, or this role or database, has no connection left.",
        "Close idle connections, use a pooler, or raise max_connections or the role's CONNECTION LIMIT.",
    ),
    "out_of_resources": (
        "The PostgreSQL server has no memory, disk or process left for another connection.",
        "Look into the server's log and at the machine's limits.",
    ),
}
_PERMANENT = {
    # What keeps libpq from trying.
    "unresolved_reference": (
        "A part of the connection is a reference that is known only where the service starts.",
        "Run the live check where the service starts.",
    ),
    "settings_refused": (
        "The driver or the server refuses a connection parameter or its value.",
        "See what the static checks say of this connection; compare with libpq's parameter list.",
    ),
    "service_file": (
        "The connection comes from a service file, which live checks do not read.",
        "Write the parameters into the connection string or into PG* variables.",
    ),
    "driver_missing": (
        "psycopg or libpq is not installed, so nothing can log in.",
        "Install preflight with its dependencies: pip install preflight-startup-gate.",
    ),
    "host_missing": (
        "sslmode=verify-full compares the certificate with host, and only hostaddr is given.",
        "Set host to the server's name beside hostaddr.",
    ),
    "ca_file_missing": (
        "The sslmode verifies the server's certificate, and the CA file is not there.",
        "Mount the CA's file and point sslrootcert at it, or use sslrootcert=system for a public CA.",
    ),
    "crl_not_regular": (
        "The revocation list is neither a file nor a directory.",
        "Point sslcrl at a PEM file, or remove it.",
    ),
    "key_missing": (
        "There is a client certificate, but its private key is not there.",
        "Mount the key and point sslkey at it.",
    ),
    "key_not_regular": (
        "The client's private key is no regular file, so libpq refuses it.",
        "Name a regular file; Docker makes a directory where a mounted file is missing.",
    ),
    "key_permissions": (
        "Others may read the client's private key, so libpq refuses it.",
        "chmod 600 the key; a key of root's may be 640. Kubernetes: defaultMode: 0400 with fsGroup.",
    ),
    # TLS, before the login.
    "plaintext_only": (
        "The PostgreSQL server does not speak TLS, and the sslmode asks for it.",
        "Turn TLS on in the server (ssl = on, with certificate and key).",
    ),
    "direct_tls_unsupported": (
        "sslnegotiation=direct needs a PostgreSQL server of version 17 or later.",
        "Remove sslnegotiation=direct, or upgrade the server.",
    ),
    "data_before_tls": (
        "The server sends data in clear before TLS begins: a proxy is broken, or somebody sits between.",
        "Look whether the port is PostgreSQL's, and what stands between the service and the server (CVE-2021-23222).",
    ),
    "not_postgresql": (
        "What answers on that port does not speak PostgreSQL's protocol.",
        "Correct host and port.",
    ),
    # The login.
    "password_refused": ("The server refuses the password, or has no such role.", "Correct user and password; both sides must have the same."),
    "password_in_clear": (
        "The login would cross the network in clear, password and all, so it was not tried.",
        "Set sslmode=verify-full and sslrootcert, and turn TLS on in the server where it is off (ssl = on).",
    ),
    "password_missing": (
        "The server asks for a password, and the connection has none.",
        "Configure the password, or a passfile that only its owner can read.",
    ),
    "no_hba_entry": (
        "No line of the server's pg_hba.conf lets this user, database, address and encryption in.",
        "Add a hostssl line to pg_hba.conf and reload, or correct sslmode, user or database.",
    ),
    "client_certificate_required": (
        "The server wants a client certificate, and got none.",
        "Set sslcert and sslkey to a certificate that the server's CA signed.",
    ),
    "client_certificate_user": (
        "The client certificate is valid, but does not belong to this user.",
        "Issue one whose common name is the role's name, or map it in pg_ident.conf.",
    ),
    "client_certificate_unasked": (
        "sslcertmode=require, but no client certificate was exchanged: there is none, or the server asks for none.",
        "Set ssl_ca_file in the server, and sslcert and sslkey here; or remove sslcertmode=require.",
    ),
    "role_missing": ("The role does not exist or may not log in.", "Create it: CREATE ROLE … LOGIN; or correct the user."),
    "database_missing": ("The database does not exist.", "Create it, or correct the database's name."),
    "database_forbidden": ("The role may not connect to this database.", "GRANT CONNECT ON DATABASE … TO the role."),
    "database_closed": (
        "The database accepts no connections.",
        "ALTER DATABASE … ALLOW_CONNECTIONS true, or correct the database's name.",
    ),
    "channel_binding_impossible": (
        "channel_binding=require, but the login binds no channel: it needs SCRAM over TLS.",
        "Give the role a SCRAM password and a hostssl line with scram-sha-256, or remove channel_binding=require.",
    ),
    "channel_binding_digest": (
        "libpq finds no hash to bind the login to the server's certificate, as with Ed25519 keys.",
        "Use a server certificate with an RSA or ECDSA key, or channel_binding=disable.",
    ),
    "method_refused": (
        "The server's way of authentication is not one that require_auth allows.",
        "Change the method in pg_hba.conf, or require_auth.",
    ),
    "wrong_session_attributes": (
        "No server has the role that target_session_attrs asks for.",
        "Look which server is the primary, or correct target_session_attrs.",
    ),
    "login_refused": ("The server refuses the login for a reason that has no name here.", "Look into the server's log."),
    "login_failed": (
        "libpq gives the connection up for a reason that has no name here.",
        "Compare with psql and the same parameters.",
    ),
}  # fmt: skip

POSTGRES_REASONS: dict[str, Reason] = {
    **REASONS,
    **{code: Reason(retriable=_WAITING_HELPS, message=said, hint=hint) for code, (said, hint) in _RETRIABLE.items()},
    **{
        code: Reason(retriable=not _WAITING_HELPS, message=said, hint=hint) for code, (said, hint) in _PERMANENT.items()
    },
}
"""Reasons by code: those of every server, and PostgreSQL's."""

_SQLSTATE_LETTERS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_ROUTINE_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_BY_SQLSTATE = {
    "28P01": "password_refused",
    "3D000": "database_missing",
    "42501": "database_forbidden",
    "55000": "database_closed",
    "53300": "too_many_connections",
    "57P01": "starting_up",
    "57P02": "starting_up",
    "57P03": "starting_up",
    "22023": "settings_refused",  # a value in options that the server does not take
    "42704": "settings_refused",  # a parameter in options that it does not know
}
_NOT_AUTHORISED = "28000"
_BY_ROUTINE = {
    "InitializeSessionUserId": "role_missing",
    "ClientAuthentication": "client_certificate_required",  # what it raises besides names pg_hba.conf
}


class ServerError(Record):
    """An ErrorResponse, as far as it is the same in every language."""

    sqlstate: str = field("Five digits and capital letters; empty when the server gave none.")
    routine: str = field("The C function that raised it; empty when the server gave none.")
    names_hba: bool = field("Whether the message names `pg_hba.conf`, which no translation replaces.")


def server_error(sqlstate: bytes, routine: bytes, message: bytes) -> ServerError:
    """Make a `ServerError` of what a server sent; whatever has not the form it should have is left out.

    Args:
        sqlstate: Field `C` of the ErrorResponse (manual, 54.8).
        routine: Field `R`.
        message: Field `M`; it is only looked into.
    """
    state, function = sqlstate.decode("latin-1"), routine.decode("latin-1")
    return ServerError(
        sqlstate=state if len(state) == 5 and _SQLSTATE_LETTERS.issuperset(state) else "",
        routine=function if len(function) < 64 and _ROUTINE_LETTERS.issuperset(function) else "",
        names_hba=b"pg_hba.conf" in message,
    )


def reason_of(error: ServerError, *, certificate_sent: bool) -> str:
    """Return the code of a server's refusal.

    Args:
        error: What it said.
        certificate_sent: Whether the client showed a certificate.
    """
    if error.sqlstate == _NOT_AUTHORISED:
        if error.names_hba:
            return "no_hba_entry"
        if error.routine == "auth_failed" and certificate_sent:
            return "client_certificate_user"
        return _BY_ROUTINE.get(error.routine, "login_refused")
    if error.sqlstate.startswith("53"):  # insufficient resources
        return _BY_SQLSTATE.get(error.sqlstate, "out_of_resources")
    return _BY_SQLSTATE.get(error.sqlstate, "login_refused")


def postgres_failure(code: str) -> LiveFailure:
    """Make a failure from its code."""
    return failure(code, POSTGRES_REASONS)
