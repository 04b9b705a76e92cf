"""The TLS mode that each driver takes from the effective parameters."""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.postgres.effective import ON_LIBPQ
from preflight.postgres.parameters import VALUES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.postgres.connection import Connection
    from preflight.postgres.effective import Effective

_MODES = VALUES["sslmode"]
_DEFAULT = "driver_default"
_TEXT = "connection_string"
_NODE_TLS_FILES = ("sslcert", "sslkey", "sslrootcert")


class Told(Record):
    """What a driver was told."""

    mode: str | None = field("Mode on libpq's scale; None when it is refused or not known.")
    source: str = field("Where it comes from.")
    reasons: tuple[str, ...] = field("Codes of what else there is to know.", default=())
    version_dependent: bool = field("Whether versions of this driver differ.", default=False)


def mode_of(connection: Connection, effective: Effective, environment: Mapping[str, str | None], driver: str) -> Told:
    """Return the TLS mode as a driver understands the effective parameters.

    Args:
        connection: What the text says.
        effective: The parameters the driver ends up with.
        environment: The environment that the service starts with.
        driver: One of `DRIVERS`.
    """
    if {"sslmode", "ssl"}.intersection((*connection.unknown, *effective.unknown)) or (
        connection.incomplete and not {"sslmode", "ssl"}.intersection(connection.parameters)
    ):
        return Told(mode=None, source=_TEXT, reasons=("reference",))
    if driver == "jdbc":
        return _jdbc(effective)
    if driver == "npgsql":
        return _npgsql(effective)
    if driver == "sqlalchemy-pg8000":
        return _pg8000(effective)
    if driver == "sqlalchemy-asyncpg":
        return _sqlalchemy_asyncpg(effective)
    if driver == "node-postgres":
        return _node_postgres(effective)
    if driver == "porsager":
        return _porsager(effective)
    if driver == "prisma":
        return _prisma(effective)
    if connection.form == "unknown":
        return Told(mode=None, source="unknown", reasons=("unrecognised_notation",))
    return _libpq(effective, environment, driver)


def _libpq(effective: Effective, environment: Mapping[str, str | None], driver: str) -> Told:
    """Read it as libpq (fe-connect.c) and the drivers that follow it do.

    asyncpg also takes `verify_full`; a client that is not known may have a switch named `ssl`.
    """
    parameters, sources = effective.parameters, effective.sources
    written = parameters.get("sslmode")
    source = sources.get("sslmode", _DEFAULT)
    if effective.service_unknown and source != _TEXT:
        return Told(mode=None, source="service_file", reasons=("service_file_unknown",))
    if written is None and driver == "other" and "ssl" in parameters:
        on = parameters["ssl"].lower() in ("true", "1")
        return Told(mode="require" if on else "disable", source=_TEXT)
    if written is not None:
        mode = written.replace("_", "-") if driver == "asyncpg" else written
        if mode in _MODES:
            return Told(mode=mode, source=source)
        return Told(mode=None, source=source, reasons=("refused_value",))
    if driver in ON_LIBPQ and (environment.get("PGREQUIRESSL") or "").startswith("1"):
        return Told(mode="require", source="PGREQUIRESSL")
    if parameters.get("sslrootcert") == "system" and driver not in ("asyncpg", "sqlx"):
        return Told(mode="verify-full", source="sslrootcert", reasons=("system_roots",))
    return Told(mode="prefer", source=_DEFAULT)


def _jdbc(effective: Effective) -> Told:
    """Read it as pgjdbc's `SslMode.of` does: without sslmode, `ssl=true` and a bare `ssl` mean verify-full."""
    parameters = effective.parameters
    written = parameters.get("sslmode")
    switch = parameters.get("ssl")
    if written is not None:
        mode = written.lower() if written.lower() in _MODES else None
        told = Told(mode=mode, source=_TEXT, reasons=() if mode else ("refused_value",))
    elif switch is not None and switch.lower() in ("", "true"):
        told = Told(mode="verify-full", source=_TEXT)
    elif effective.service_unknown:
        return Told(mode=None, source="service_file", reasons=("service_file_unknown",))
    else:
        told = Told(mode="prefer", source=_DEFAULT)
    if parameters.get("sslfactory", "").endswith("NonValidatingFactory") and told.mode in ("verify-ca", "verify-full"):
        return Told(mode="require", source=_TEXT, reasons=("validation_disabled",))
    return told


def _npgsql(effective: Effective) -> Told:
    """Read it as Npgsql 6 and later do: prefer by default, and only VerifyCA and VerifyFull verify.

    Before 6.0, the default was not to use TLS, and Require verified (https://www.npgsql.org/doc/security.html).
    """
    written = effective.parameters.get("sslmode")
    if written is None:
        return Told(mode="prefer", source=_DEFAULT)
    known = written in _MODES
    return Told(mode=written if known else None, source=_TEXT, reasons=() if known else ("refused_value",))


def _pg8000(effective: Effective) -> Told:
    """Read it as pg8000 does: it takes TLS from code alone, and SQLAlchemy stops at an sslmode in the URL.

    The mode that such a URL means is told all the same: nothing connects with a weaker one.
    """
    written = effective.parameters.get("sslmode")
    if written in _MODES and effective.sources["sslmode"] == _TEXT:
        return Told(mode=written, source=_TEXT, reasons=("driver_refuses_it",))
    return Told(mode="prefer", source=_DEFAULT, reasons=("driver_cannot_verify",))


def _sqlalchemy_asyncpg(effective: Effective) -> Told:
    """Read it as asyncpg's `connect(ssl=…)` does: the parameter, then PGSSLMODE, then prefer.

    An `sslmode` in the URL is what SQLAlchemy stops at; it is told all the same, because nothing connects with a weaker one.
    """
    for name in ("ssl", "sslmode"):
        written = effective.parameters.get(name)
        if written is not None:
            mode = written.replace("_", "-")
            known = mode in _MODES
            return Told(
                mode=mode if known else None,
                source=effective.sources[name],
                reasons=() if known else ("refused_value",),
            )
    return Told(mode="prefer", source=_DEFAULT)


def _node_postgres(effective: Effective) -> Told:
    """Read it as pg-connection-string 2.14 and pg 8.23 do.

    `prefer`, `require` and `verify-ca` verify like verify-full there, and mean what libpq means with
    `uselibpqcompat=true` and in the next major version: the weaker meaning is taken.
    """
    parameters = effective.parameters
    written = parameters.get("sslmode")
    source = effective.sources.get("sslmode", _DEFAULT)
    own = source == _TEXT
    switch = parameters.get("ssl")
    if not own and (any(parameters.get(name) for name in _NODE_TLS_FILES) or switch in ("true", "1")):
        return Told(mode="verify-full", source=_TEXT)
    if not own and switch is not None:
        if switch == "no-verify":
            return Told(mode="require", source=_TEXT)
        if switch in ("0", "false"):  # "false" is a text, so a true value to pg; it was meant to turn TLS off
            reasons = ("ssl_false_is_truthy",) if switch == "false" else ()
            return Told(mode="disable", source=_TEXT, reasons=reasons)
        return Told(mode=None, source=_TEXT, reasons=("refused_value",))
    if not own and parameters.get("sslnegotiation") == "direct" and effective.sources["sslnegotiation"] == _TEXT:
        return Told(mode="verify-full", source=_TEXT)
    if not written:
        return Told(mode="disable", source=_DEFAULT, reasons=("no_tls_by_default",))
    if written == "no-verify":
        return Told(mode="require", source=source)
    if written in ("disable", "verify-full"):
        return Told(mode=written, source=source)
    if written in _MODES:
        return Told(mode=written, source=source, reasons=("version_dependent",), version_dependent=True)
    return Told(mode=None, source=source, reasons=("refused_value",))


def _porsager(effective: Effective) -> Told:
    """Read it as the npm package `postgres` 3.4 does: no TLS by default, and only verify modes verify."""
    parameters = effective.parameters
    if parameters.get("sslrootcert") == "system":
        return Told(mode="verify-full", source="sslrootcert")
    name = "sslmode" if parameters.get("sslmode") else "ssl"
    written = parameters.get(name)
    if not written:
        return Told(mode="disable", source=_DEFAULT, reasons=("no_tls_by_default",))
    mode = {"false": "disable", "true": "verify-full"}.get(written, written)
    known = mode in _MODES
    return Told(
        mode=mode if known else None, source=effective.sources[name], reasons=() if known else ("refused_value",)
    )


def _prisma(effective: Effective) -> Told:
    """Read it as Prisma's own engine does.

    It knows disable, prefer and require, takes everything else for prefer, and verifies only with `sslaccept=strict`.
    """
    parameters = effective.parameters
    written = parameters.get("sslmode")
    accepts = parameters.get("sslaccept", "accept_invalid_certs")
    mode = written if written in ("disable", "require") else "prefer"
    source = _DEFAULT if written is None else _TEXT
    if mode == "require" and accepts != "accept_invalid_certs":
        return Told(mode="verify-full", source=source)
    if written in ("verify-ca", "verify-full"):
        return Told(mode="prefer", source=source, reasons=("mode_unknown_to_driver",), version_dependent=True)
    return Told(mode=mode, source=source)
