"""What a reader of one dialect makes of a text, before anything is judged."""

from __future__ import annotations

from preflight.postgres.escapes import is_hole
from preflight.postgres.parameters import TLS_VERSIONS, VALUES

#: Parameters whose values may well contain an `@`.
_MAY_HOLD_AT_SIGN = frozenset({"user", "password", "host", "options", "application_name", "ApplicationName"})


class Reading:
    """Values under libpq's names (`host`, `port`, `user`, `password`, `dbname` and parameters), and what is wrong.

    Readers go on after a mistake, so that the rest of the text still tells something; `refused` says that the client
    does not.
    """

    __slots__ = (
        "codes",
        "cut_elsewhere",
        "incomplete",
        "password",
        "refused",
        "spilled",
        "ssl_true",
        "sslmode",
        "strangers",
        "values",
    )

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.password: str | None = None
        self.codes: list[tuple[str, str | None]] = []
        self.strangers: list[tuple[str, str]] = []  # parameters that libpq does not know
        self.refused = False
        self.ssl_true = False  # whether a URL says `ssl=true`, which libpq takes for sslmode=require
        self.sslmode: str | None = None  # sslmode as written, for clients that do not take `ssl=true` for it
        self.cut_elsewhere = False  # whether other clients end the password at a delimiter in it
        self.incomplete = False
        self.spilled = False  # whether a part of the password may stand in another field

    def refuse(self, code: str, parameter: str | None = None) -> None:
        """Note a mistake that makes the client refuse the text."""
        self.note(code, parameter)
        self.refused = True

    def note(self, code: str, parameter: str | None = None) -> None:
        """Note a mistake, once."""
        if (code, parameter) not in self.codes:
            self.codes.append((code, parameter))

    def look_for_spill(self, rest: str) -> None:
        """Note an `@` where none belongs: after the credentials, outside parameters that may well hold one.

        Args:
            rest: What follows the credentials, as written.
        """
        if has_stray_at_sign(rest):
            self.note("host_contains_at_sign")
            self.spilled = True


def has_stray_at_sign(rest: str) -> bool:
    """Say whether an `@` stands where it probably ends a password that began further left."""
    location, _, query = rest.partition("?")
    return "@" in location or any(
        "@" in piece and piece.partition("=")[0] not in _MAY_HOLD_AT_SIGN for piece in query.split("&")
    )


def shown_part(name: str, reading: Reading) -> str | None:
    """Return the user or the database, or None when none is written, it is a reference, or it may hold a password.

    Args:
        name: `user` or `dbname`.
        reading: What was read.
    """
    value = reading.values.get(name)
    if value is None or reading.spilled or is_hole(value) or not may_be_shown(name, value, reading):
        return None
    return value


def may_be_shown(name: str, value: str, reading: Reading) -> bool:
    """Say whether a value can hold no part of a password, and note a password that stands where none belongs.

    Args:
        name: The parameter.
        value: Its value.
        reading: What was read; gets the problem.
    """
    if reading.spilled:
        return value in VALUES.get(name, ()) or value.lower() in TLS_VERSIONS
    lowered = value.lower()
    names_password = "password=" in lowered or "passwd=" in lowered or "pwd=" in lowered
    if names_password or ("://" in value and (name != "oauth_issuer" or "@" in value)):
        reading.refuse("value_contains_password")
        return False
    return True
