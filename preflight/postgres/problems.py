"""The problems a connection can have, and their wording: fixed, because what was written may hold a password."""

from __future__ import annotations

from preflight.postgres.connection import ConnectionProblem

#: Message by code. `{parameter}` stands for a parameter that the driver documents, never for what was written.
MESSAGES: dict[str, str] = {
    # The text as a whole.
    "not_a_connection_string": "it is neither a PostgreSQL URL nor a list of keyword=value pairs",
    "unknown_scheme": "its scheme names no PostgreSQL client that is known here",
    "misspelled_scheme": "it does not begin with a scheme that a client knows; {parameter} seems to be meant",
    "scheme_case": "the scheme is not written in lower case, so libpq does not take the text for a URL",
    "surrounding_blank": "blanks or line ends around the URL are part of what the driver reads",
    "wrapped_in_quotes": "quotes around the connection string are part of the value, so the driver does not recognise it",
    "invalid_character": "it contains a NUL character, where libpq stops reading",
    "unexpanded_reference": "it still contains a reference such as ${NAME} that nothing has replaced",
    # The authority.
    "host_contains_at_sign": (
        "an unescaped @ or / in the password moves a part of it out of the password; percent-encode it as %40 or %2F"
    ),
    "unescaped_delimiter": (
        "the password contains an unescaped # or ?, where some clients cut it; percent-encode it as %23 or %3F"
    ),
    "unescaped_blank": "it contains a space that is not percent-encoded as %20",
    "invalid_percent_encoding": "a % is not followed by two hexadecimal digits; percent-encode it as %25",
    "unclosed_bracket": "an IPv6 address in brackets is empty, not closed, or followed by something else than a port",
    "invalid_port": "a port is not a number from 1 to 65535",
    "invalid_host": "the host is no name, no address and no directory of a socket",
    "port_count_mismatch": "the numbers of hosts, host addresses and ports do not fit together",
    "jdbc_userinfo": "JDBC takes no user:password@ before the host; give them as the parameters user and password",
    "jdbc_without_database": "a JDBC URL needs a / after the host and port",
    # The parameters.
    "missing_separator": "a parameter has no =, or a value with a blank in it has no quotes around it",
    "extra_separator": "a parameter has two = signs; percent-encode the second as %3D",
    "unterminated_quote": "a quoted value is not closed",
    "unknown_parameter": "it contains a parameter that libpq does not know and refuses",
    "misspelled_parameter": "it contains a parameter that libpq does not know; {parameter} seems to be meant",
    "duplicate_parameter": "{parameter} is given twice, which this driver refuses",
    "driver_unsupported_parameter": "the driver in the URL takes no {parameter}, so the application does not start",
    "driver_unsupported_parameters": "the driver in the URL refuses a parameter, so the application does not start",
    "parameter_of_another_client": "{parameter} is no parameter of libpq; only another client accepts it",
    "value_contains_password": "a value other than the password contains a password",
    "empty_sslmode": "sslmode is empty, which libpq refuses; an empty value is not the default",
    "mode_spelling": "the setting of the TLS mode has quotes, blanks or capitals, which libpq takes for a part of it and refuses",
    "value_case": "{parameter} has a value that libpq refuses: values are case-sensitive and in lower case",
    "fragment_in_value": "connection strings have no fragments: what follows a # is part of the value of {parameter}",
    "invalid_value": "{parameter} has a value that its driver refuses",
    "tls_version_spelling": "{parameter} has a value that libpq refuses; it is written TLSv1.2 or TLSv1.3",
    "tls_version_range": "ssl_max_protocol_version is below ssl_min_protocol_version, which is TLSv1.2 where nothing sets it",
    "weak_with_system_roots": "sslrootcert=system is refused together with any sslmode but verify-full",
    "system_roots_unsupported": "sslrootcert=system is a word of libpq; this driver looks for a file of that name",
    "trust_with_verification": (
        "an SSL Mode that verifies is contradicted by Trust Server Certificate=true, which Npgsql 6 and 7 refuse and later versions"
        " pass over"
    ),
    "sslnegotiation_conflict": "sslnegotiation=direct is refused with an sslmode below require",
    "channel_binding_without_tls": "channel_binding=require needs TLS, which sslmode=disable turns off",
    "verify_ca_without_root": "with uselibpqcompat=true, node-postgres refuses sslmode=verify-ca without sslrootcert",
    # Advice: true of another client than the presumed one, or of some versions.
    "scheme_not_supported_by_sqlalchemy": "SQLAlchemy does not know the scheme postgres://; write postgresql://",
    "ssl_parameter_depends_on_client": (
        "ssl=true means sslmode=require to libpq, full verification to node-postgres, nothing to asyncpg, and"
        " SQLAlchemy refuses it"
    ),
}


def problem(code: str, parameter: str | None = None) -> ConnectionProblem:
    """Return the problem of a code.

    Args:
        code: A key of `MESSAGES`.
        parameter: The documented name of the parameter it is about, for a message that names one.
    """
    return ConnectionProblem(
        code=code, message=MESSAGES[code].replace("{parameter}", parameter or ""), parameter=parameter
    )
