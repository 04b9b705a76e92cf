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
_ESCAPES = frozenset(
    {
        "host_contains_at_sign", "unescaped_delimiter", "unescaped_blank", "invalid_percent_encoding", "invalid_port",
        "invalid_host", "extra_separator",
    }
)  # fmt: skip
_REFERENCES = frozenset({"unexpanded_reference"})
_WRAPPING = frozenset({"surrounding_blank", "wrapped_in_quotes"})
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


def remedy(driver: str, form: str, setting: str | None = None) -> str:
    """Say what to write, in sentences.

    Args:
        driver: The client, one of `DRIVERS`.
        form: How the connection is written, one of `FORMS`.
        setting: The setting beside it that asks for a TLS mode, where there is one.
    """
    if driver in _BY_DRIVER:
        return _BY_DRIVER[driver]
    if form == "environment":
        return "Set PGSSLMODE=verify-full (or verify-ca), and " + _CA.format("PGSSLROOTCERT")
    if setting is not None:
        return f"Set {setting}=verify-full (or verify-ca), and " + _CA.format("the driver's sslrootcert")
    return _LIBPQ


def correction(problems: Iterable[ConnectionProblem], driver: str, form: str) -> str | None:
    """Say how to correct what the driver refuses or misreads, in sentences; None where there is nothing to correct.

    Args:
        problems: What is wrong.
        driver: The client, one of `DRIVERS`.
        form: How the connection is written, one of `FORMS`.
    """
    said: list[str] = []
    for one in problems:
        if one.code in _ESCAPES:
            said.append("Percent-encode the user and the password (@ is %40, / is %2F, # is %23, ? is %3F, % is %25).")
        elif one.code in _REFERENCES:
            said.append("Let whatever starts the service replace the reference, or write the value itself.")
        elif one.code in _WRAPPING:
            said.append("Write the connection string alone: no quotes, blanks or line ends around it.")
        elif one.code == "trust_with_verification":
            said.append("Take Trust Server Certificate out.")
        elif one.code == "invalid_value" and one.parameter == "SSL Mode":
            said.append("Write SSL Mode=VerifyFull.")
        elif one.code.startswith("driver_unsupported") and one.parameter in _TLS_PARAMETERS:
            said.append(remedy(driver, form))
        elif one.code in {"empty_sslmode", "mode_spelling"} or (
            one.code in {"value_case", "invalid_value"} and one.parameter in {"sslmode", "ssl"}
        ):
            name = one.parameter or "sslmode"
            said.append(f"Write {name} in lower case and without quotes, as one of {', '.join(VALUES['sslmode'])}.")
        else:
            said.append("Use the names and values of your driver's own parameters, each once.")
    return " ".join(dict.fromkeys(said)) or None
