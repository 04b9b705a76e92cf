"""What makes a connection verify its server, in the words of whoever reads its settings.

libpq manual, 34.19; SQLAlchemy 2.0, "PostgreSQL" dialects; asyncpg, pg8000, pgjdbc, Prisma and Npgsql manuals.
"""

from __future__ import annotations

from preflight.postgres.parameters import VALUES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from preflight.postgres.connection import ConnectionProblem

_TLS_PARAMETERS = ("sslmode", "ssl", "sslrootcert")
_ESCAPE = "Percent-encode the user and the password (@ is %40, / is %2F, # is %23, ? is %3F, % is %25)."
_ALONE = "Write the connection string alone: no quotes, blanks or line ends around it."
_LOWER = "Write {parameter} in lower case and without quotes, as one of {values}."
#: What corrects a problem, by its code; what depends on the driver says `correction`. `{values}` are those of the parameter.
_CORRECTIONS = {
    "not_a_connection_string": "Write postgresql://USER:PASSWORD@HOST:5432/DATABASE, or host=HOST dbname=DATABASE user=USER.",
    "unknown_scheme": "Write postgresql:// at its start, or postgresql+psycopg:// (or another driver of SQLAlchemy's).",
    "misspelled_scheme": "Write {parameter} at its start.",
    "scheme_case": "Write the scheme in lower case: postgresql://.",
    "surrounding_blank": _ALONE,
    "wrapped_in_quotes": _ALONE,
    "invalid_character": "Take the NUL character out.",
    "unexpanded_reference": "Let whatever starts the service replace the reference, or write the value itself.",
    "host_contains_at_sign": _ESCAPE,
    "unescaped_delimiter": _ESCAPE,
    "unescaped_blank": "Write %20 for each space.",
    "invalid_percent_encoding": _ESCAPE,
    "unclosed_bracket": "Write an IPv6 address as [2001:db8::1]:5432.",
    "invalid_port": "Write the port as a number from 1 to 65535, such as 5432.",
    "invalid_host": "Write the host's name or address alone.",
    "port_count_mismatch": "Write one port for all hosts, or one for each; and as many host addresses as hosts.",
    "jdbc_userinfo": "Give them as parameters: jdbc:postgresql://HOST/DATABASE?user=USER&password=PASSWORD.",
    "jdbc_without_database": "Write jdbc:postgresql://HOST:5432/DATABASE.",
    "missing_separator": "Write each parameter as NAME=VALUE, and put single quotes around a value with a blank in it.",
    "extra_separator": "Write %3D for an = inside a value, and & between parameters.",
    "unterminated_quote": "Close the quote, and write a quote or backslash inside of it with a backslash before it.",
    "unknown_parameter": "Take the parameter out, or write one of those in the libpq manual, 32.1.2.",
    "misspelled_parameter": "Write {parameter}.",
    "duplicate_parameter": "Keep one {parameter}.",
    "driver_unsupported_parameter": "Take {parameter} out; where the driver needs it, pass it in code.",
    "driver_unsupported_parameters": "Take out what the driver has no argument for; where it needs it, pass it in code.",
    "parameter_of_another_client": "Take {parameter} out, or let the client read the URL that knows it.",
    "value_contains_password": "Make a new password, because this one may be in logs, and write it where passwords belong alone.",
    "empty_sslmode": _LOWER,
    "mode_spelling": _LOWER,
    "value_case": "Write the value of {parameter} in lower case.",
    "fragment_in_value": "Take the # and what follows it out of {parameter}, or write %23 where the value has one.",
    "invalid_value": "Write a value that the driver knows for {parameter}.",
    "tls_version_spelling": "Write {parameter}=TLSv1.2 or {parameter}=TLSv1.3.",
    "tls_version_range": "Remove ssl_max_protocol_version, or set it to TLSv1.3.",
    "weak_with_system_roots": "Set sslmode=verify-full, or name the file of a CA in place of system.",
    "system_roots_unsupported": "Name the file of the CA that signed the server's certificate in place of system.",
    "trust_with_verification": "Take Trust Server Certificate out.",
    "sslnegotiation_conflict": "Set sslmode=verify-full, or take sslnegotiation out.",
    "channel_binding_without_tls": "Set sslmode=verify-full, or take channel_binding out.",
    "verify_ca_without_root": "Name the file of the CA as sslrootcert.",
    "scheme_not_supported_by_sqlalchemy": "Write postgresql:// at its start.",
    "ssl_parameter_depends_on_client": "Write sslmode=verify-full in place of ssl=true.",
}
_CA = "point {} at the CA that signed the server's certificate."
_LIBPQ = "Set sslmode=verify-full (or verify-ca), and " + _CA.format("sslrootcert")
_BY_DRIVER = {
    "sqlalchemy-asyncpg": (
        "Write ?ssl=verify-full in the URL (SQLAlchemy hands asyncpg ssl, and no sslmode), and "
        + _CA.format("PGSSLROOTCERT")
    ),
    "sqlalchemy-pg8000": (
        "A URL tells pg8000 nothing of TLS: pass connect_args={'ssl_context': ssl.create_default_context()} in code, or "
        "use a driver on libpq (postgresql+psycopg://) with ?sslmode=verify-full."
    ),
    "npgsql": "Write SSL Mode=VerifyFull, and " + _CA.format("Root Certificate"),
    "prisma": (
        "Write sslmode=require&sslaccept=strict in the URL (Prisma knows no verify-full), and " + _CA.format("sslcert")
    ),
    "porsager": "Write sslmode=verify-full in the URL, and pass the CA that signed the server's certificate as ssl.ca in code.",
}


def remedy(
    driver: str, form: str, setting: str | None = None, authority: str | None = None, instead_of: tuple[str, ...] = ()
) -> str:
    """Say what to write, in sentences.

    Args:
        driver: The client, one of `DRIVERS`.
        form: How the connection is written, one of `FORMS`.
        setting: The setting of its TLS mode, where one stands beside it or should.
        authority: The setting of its CA's file, likewise.
        instead_of: Settings beside it that keep it from verifying, whatever the mode is.
    """
    if driver in _BY_DRIVER:
        return _BY_DRIVER[driver]
    if form == "environment":
        return "Set PGSSLMODE=verify-full (or verify-ca), and " + _CA.format("PGSSLROOTCERT")
    replaced = f" in place of {' and '.join(instead_of)}" if instead_of else ""
    if setting is not None:
        return f"Set {setting}=verify-full (or verify-ca){replaced}, and " + _CA.format(
            authority or "the driver's sslrootcert"
        )
    if replaced:
        return f"Set sslmode=verify-full (or verify-ca) in the connection string{replaced}, and " + _CA.format(
            "sslrootcert"
        )
    return _LIBPQ


def correction(problems: Iterable[ConnectionProblem], driver: str, form: str) -> str | None:
    """Say how to correct what the driver refuses or misreads, in sentences; None where there is nothing to correct.

    Args:
        problems: What is wrong.
        driver: The client, one of `DRIVERS`.
        form: How the connection is written, one of `FORMS`.
    """
    return " ".join(dict.fromkeys(_correction(one, driver, form) for one in problems)) or None


def _correction(one: ConnectionProblem, driver: str, form: str) -> str:
    if one.code.startswith("driver_unsupported") and one.parameter in _TLS_PARAMETERS:
        return remedy(driver, form)
    if one.code == "invalid_value" and one.parameter == "SSL Mode":
        return "Write SSL Mode=VerifyFull."
    if one.code == "duplicate_parameter" and one.parameter is None:
        return "Write each parameter once."
    name = one.parameter or "sslmode"
    values = VALUES["sslmode"] if name == "ssl" else VALUES.get(name, ())
    said = _LOWER if one.code in {"value_case", "invalid_value"} and values else _CORRECTIONS[one.code]
    if one.code in {"invalid_port", "invalid_host"} and form in {"uri", "jdbc"}:
        said += " Where the password has an @, / or :, percent-encode it."
    return said.replace("{parameter}", name).replace("{values}", ", ".join(values))
