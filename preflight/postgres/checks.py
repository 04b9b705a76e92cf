"""Values that a driver refuses, alone or together."""

from __future__ import annotations

from preflight.postgres.parameters import TLS_VERSIONS, VALUES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

#: Drivers that hand sslmode and its neighbours to libpq, or read them as libpq does.
LIKE_LIBPQ = frozenset(
    {
        "libpq", "sqlalchemy-psycopg", "sqlalchemy-psycopg2", "sqlalchemy-psycopg2cffi", "django", "activerecord",
        "asyncpg", "pgx", "sqlx", "other",
    }
)  # fmt: skip
_SSLMODES = VALUES["sslmode"]
_LOWEST_TLS = "TLSv1.2"
_BELOW_REQUIRE = ("disable", "allow", "prefer")


def refused_values(
    parameters: Mapping[str, str], driver: str, *, elsewhere: Container[str] = ()
) -> Iterator[tuple[str, str | None]]:
    """Yield code and parameter of each value that the driver refuses.

    Args:
        parameters: Parameters by the driver's names. An `sslmode` that is not among them is not judged.
        driver: One of `DRIVERS`.
        elsewhere: Parameters that something else may set, or that are set to what is not known here: their defaults do not count.
    """
    if driver in LIKE_LIBPQ:
        yield from _libpq_values(parameters, driver)
        yield from _tls_versions(parameters, elsewhere)
        yield from _combinations(parameters, driver)
    elif driver == "sqlalchemy-asyncpg":
        mode = parameters.get("ssl")
        if mode is not None and mode.replace("_", "-") not in _SSLMODES:
            yield _wrong("ssl", mode, _SSLMODES)
    elif driver == "npgsql":
        mode = parameters.get("sslmode")
        if mode is not None and mode not in _SSLMODES:
            yield "invalid_value", "SSL Mode"
    elif driver == "jdbc":
        mode = parameters.get("sslmode")
        if mode is not None and mode.lower() not in _SSLMODES:
            yield "invalid_value", "sslmode"
    elif driver == "node-postgres":
        root = parameters.get("sslrootcert")
        if root == "system":
            yield "system_roots_unsupported", None
        if parameters.get("uselibpqcompat") == "true" and parameters.get("sslmode") == "verify-ca" and not root:
            yield "verify_ca_without_root", None


def _libpq_values(parameters: Mapping[str, str], driver: str) -> Iterator[tuple[str, str | None]]:
    for name, allowed in VALUES.items():
        value = parameters.get(name)
        if value is None or value in allowed:
            continue
        if name == "sslmode" and driver == "asyncpg" and value.replace("_", "-") in allowed:
            continue
        yield _wrong(name, value, allowed)


def _wrong(name: str, value: str, allowed: tuple[str, ...]) -> tuple[str, str | None]:
    if name == "sslmode" and not value:
        return "empty_sslmode", None
    if "#" in value:
        return "fragment_in_value", name
    if value.lower() in allowed:
        return "value_case", name
    return "invalid_value", name


def _tls_versions(parameters: Mapping[str, str], elsewhere: Container[str]) -> Iterator[tuple[str, str | None]]:
    # Absent, the minimum is TLS 1.2 (libpq manual, 32.1.2); empty, it is what OpenSSL is configured for.
    default = "" if "ssl_min_protocol_version" in elsewhere else _LOWEST_TLS
    lowest = parameters.get("ssl_min_protocol_version", default).lower()
    highest = parameters.get("ssl_max_protocol_version", "").lower()
    for name, value in (("ssl_min_protocol_version", lowest), ("ssl_max_protocol_version", highest)):
        if value and value not in TLS_VERSIONS:
            yield "tls_version_spelling", name
    if lowest in TLS_VERSIONS and highest in TLS_VERSIONS and TLS_VERSIONS[lowest] > TLS_VERSIONS[highest]:
        yield "tls_version_range", None


def _combinations(parameters: Mapping[str, str], driver: str) -> Iterator[tuple[str, str | None]]:
    mode = parameters.get("sslmode")
    if parameters.get("sslrootcert") == "system":
        if driver == "asyncpg":
            yield "system_roots_unsupported", None
        elif mode in _SSLMODES and mode != "verify-full":
            yield "weak_with_system_roots", None
    if parameters.get("sslnegotiation") == "direct" and mode in _BELOW_REQUIRE:
        yield "sslnegotiation_conflict", None
    if parameters.get("channel_binding") == "require" and mode == "disable":
        yield "channel_binding_without_tls", None
