"""What a reader of one dialect makes of a text, before anything is judged."""

from __future__ import annotations

from preflight.postgres.parameters import LIBPQ


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
        self.cut_elsewhere = (
            False  # whether other clients end the password at a delimiter that this one takes as a part of it
        )
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
        """Note an `@` where none belongs: after the credentials, outside the values of known parameters.

        Args:
            rest: What follows the credentials, as written.
        """
        location, _, query = rest.partition("?")
        if "@" in location or any("@" in piece and piece.partition("=")[0] not in LIBPQ for piece in query.split("&")):
            self.note("host_contains_at_sign")
            self.spilled = True
