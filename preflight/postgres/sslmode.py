"""What `sslmode` comes to: which of several settings counts, and what it means to the driver that reads it."""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.postgres.checks import refused_values
from preflight.postgres.drivers import mode_of
from preflight.postgres.effective import effective_parameters
from preflight.postgres.parameters import TLS_VERSIONS, VALUES
from preflight.postgres.problems import problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.postgres.connection import Connection, ConnectionProblem

#: Weakest first.
SSLMODES = VALUES["sslmode"]
SOURCES = (
    "connection_string",
    "split_setting",
    "service_file",
    "PGSSLMODE",
    "PGREQUIRESSL",
    "PGSSL",
    "sslrootcert",
    "driver_default",
    "unknown",
)
_ON = frozenset({"true", "1", "yes", "on", "y", "t", "enabled", "enable", "required"})
_OFF = frozenset({"false", "0", "no", "off", "n", "f", "disabled", "none"})
_UNVERIFIED = frozenset({"noverify", "insecure", "skipverify"})
_FOLDED = {mode.replace("-", ""): mode for mode in SSLMODES} | {"preferred": "prefer"}


class EffectiveSslMode(Record):
    """The TLS mode of a connection, and everything that decides it.

    `mode` is what the driver was told. libpq raises `require` to `verify-ca` when the file of `root_certificate` (or
    `~/.postgresql/root.crt`) exists, and only then; that is for the caller to look up.
    """

    mode: str | None = field(
        "Mode on libpq's scale; None when it does not apply, is refused, or is known only where the service starts.",
        choices=SSLMODES,
    )
    source: str = field("Which setting it comes from.", choices=SOURCES)
    applicable: bool = field("False when all servers are local sockets, where every driver ignores the mode.")
    network: str = field("Where the servers are.", choices=("local_socket", "loopback", "remote", "unknown"))
    reasons: tuple[str, ...] = field("Codes of what else there is to know.", default=())
    driver: str = field("The client whose meaning was taken.")
    driver_dependent: bool = field(
        "Whether another client, or another version of this one, makes something else of it."
    )
    disagrees: bool = field("Whether the connection string and the setting beside it ask for different modes.")
    candidates: tuple[tuple[str, str], ...] = field("(source, mode) of the settings of which the weaker counts.")
    parameters: Mapping[str, str] = field("Effective parameters, without passwords.")
    unknown: tuple[str, ...] = field("Parameters whose value is known only where the service starts.")
    problems: tuple[ConnectionProblem, ...] = field("What the driver refuses in the effective parameters.")

    def __hash__(self) -> int:
        return hash((self.mode, self.source, self.network, self.driver, self.candidates))

    @property
    def root_certificate(self) -> str | None:
        """Path of the CA file, `system` for the system's store, or None when none is named."""
        return self.parameters.get("sslrootcert") or None

    @property
    def client_certificate(self) -> str | None:
        """Path of the client's certificate, or None."""
        return self.parameters.get("sslcert") or None

    @property
    def client_key(self) -> str | None:
        """Path of the client's key, or None."""
        return self.parameters.get("sslkey") or None

    @property
    def min_tls_version(self) -> str | None:
        """Lowest TLS version that is written (`1.0` to `1.3`); None leaves the driver's default (libpq: 1.2)."""
        return TLS_VERSIONS.get(self.parameters.get("ssl_min_protocol_version", "").lower())


def strict(text: str) -> str | None:
    """Return the mode when the text is one to libpq, letter for letter; None when libpq refuses it."""
    return text if text in SSLMODES else None


def is_misspelt(text: str) -> bool:
    """Say whether a mode has quotes, blanks or capitals that libpq takes for a part of it, and so refuses it.

    Other spellings (`VERIFY_FULL`, `VerifyFull`) are an application's own, which it translates for its driver.
    """
    return text not in SSLMODES and text.strip().strip("\"'").strip().lower() in SSLMODES


def is_switch(text: str) -> bool:
    """Say whether the text turns TLS on or off without naming a mode."""
    word = _folded(text)
    return word in _ON or word in _OFF


def normalise(text: str) -> str | None:
    """Return the mode that a setting of the application means, or None when it means none that is known.

    Args:
        text: As people write it: `VERIFY_FULL`, `VerifyFull`, `verify full`. A switch that is on means `require`,
            because it says nothing of verification, and one that is off means `disable`; `no-verify` means `require`.
    """
    word = _folded(text)
    if word in _ON or word in _UNVERIFIED:
        return "require"
    if word in _OFF:
        return "disable"
    return _FOLDED.get(word)


def _folded(text: str) -> str:
    return text.strip().strip("\"'").lower().replace("-", "").replace("_", "").replace(" ", "")


def weaker(left: str, right: str) -> str:
    """Return the weaker of two modes."""
    return min(left, right, key=SSLMODES.index)


def split_sslmode(texts: Mapping[str, str | None]) -> tuple[str | None, tuple[str, ...]]:
    """Return the mode that separate settings ask for, None when they ask for none or say something unknown.

    Args:
        texts: Value by role, None for one that is not known here. Roles are `ssl_mode`, `ssl` (a mode or a switch),
            `ssl_require` (a switch that asks for no more than encryption), `ssl_disabled` (one that turns TLS off) and
            `ssl_verify` (whether certificates are verified, as Node's `rejectUnauthorized` says it).

    Returns:
        The mode, and reasons: `switch_names_no_mode`, `verification_off`, `unrecognised_mode`, `reference`.
    """
    modes: list[str] = []
    reasons: list[str] = []
    for role in ("ssl_mode", "ssl", "ssl_require", "ssl_disabled"):
        text = texts.get(role, "")
        if text is None:
            return None, ("reference",)
        if not text.strip():
            continue
        mode = normalise(text)
        if mode is None:
            return None, ("unrecognised_mode",)
        if role == "ssl_disabled":
            modes += ["disable"] if mode == "require" else []
            continue
        if is_switch(text):
            if role == "ssl_require" and mode == "disable":
                continue  # nothing is required; that turns nothing off
            reasons.append("switch_names_no_mode")
        modes.append(mode)
    if not modes:
        return None, ()
    mode = min(modes, key=SSLMODES.index)
    verifies = normalise(texts.get("ssl_verify") or "")
    if verifies == "disable" and mode in ("verify-ca", "verify-full"):
        return "require", (*reasons, "verification_off")
    if verifies == "require" and mode == "require" and "switch_names_no_mode" in reasons:
        return "verify-full", ()
    return mode, tuple(reasons)


def effective_sslmode(
    connection: Connection,
    environment: Mapping[str, str | None],
    *,
    split: Mapping[str, str | None] | None = None,
    service: Mapping[str, str] | None = None,
    driver: str | None = None,
) -> EffectiveSslMode:
    """Say which TLS mode a connection has.

    The connection string counts first, then its service file, then `PGSSLMODE`, then `PGREQUIRESSL`, then the
    driver's default (libpq manual, 32.1.2 and 32.15; fe-connect.c, `conninfo_add_defaults`). Settings of the
    application beside a connection string fill what it leaves open; where both speak, the weaker is taken, because
    which of them counts depends on code.

    Args:
        connection: What the connection string, or the group of settings, says.
        environment: The environment that the service starts with, values by name; None for one that is not known here.
        split: Value by role of the TLS settings beside it, see `split_sslmode`.
        service: The parameters of the service file's section that applies; None when they are not known.
        driver: The client, where it is known better than the text tells.
    """
    client = driver or connection.driver
    effective = effective_parameters(connection, environment, service=service, driver=client)
    told = mode_of(connection, effective, environment, client)
    asked, split_reasons = split_sslmode(split or {})
    mode, source, reasons = told.mode, told.source, (*told.reasons, *split_reasons)
    candidates: list[tuple[str, str]] = []
    written = source in ("connection_string", "sslrootcert") and mode is not None
    disagrees = False
    if asked is not None:
        candidates.append(("split_setting", asked))
        if mode is not None and written:
            candidates.insert(0, (source, mode))
            disagrees = asked != mode
            if weaker(asked, mode) != mode:
                mode, source = asked, "split_setting"
        elif source != "connection_string" and "reference" not in reasons:
            mode, source = asked, "split_setting"
            reasons = tuple(reason for reason in reasons if reason != "service_file_unknown")
    elif split_reasons:
        mode, source = None, "split_setting"
    elif mode is not None:
        candidates.append((source, mode))
    local = effective.network == "local_socket"
    parameters = dict(effective.parameters)
    if source == "split_setting" and mode is not None and effective.sources.get("sslmode") != "connection_string":
        parameters["sslmode"] = mode
    unknown = tuple(sorted({*connection.unknown, *effective.unknown}))
    codes = dict.fromkeys(refused_values(parameters, client, elsewhere=unknown))
    if is_misspelt((split or {}).get("ssl_mode") or ""):
        codes["mode_spelling", "sslmode"] = None
    return EffectiveSslMode(
        mode=None if local else mode,
        source=source,
        applicable=not local,
        network=effective.network,
        reasons=tuple(dict.fromkeys((*reasons, *(("local_socket",) if local else ())))),
        driver=client,
        driver_dependent=not local and (told.version_dependent or _depends_on_driver(connection, mode, known=driver)),
        disagrees=disagrees,
        candidates=tuple(candidates),
        parameters=parameters,
        unknown=unknown,
        problems=tuple(problem(code, parameter) for code, parameter in codes),
    )


def _depends_on_driver(connection: Connection, mode: str | None, *, known: str | None) -> bool:
    """Say whether clients that accept the same text make something else of it.

    node-postgres verifies under `prefer` and `require` and uses no TLS at all without a mode; Node's postgres package
    uses none by default. None of them reads keyword lists.
    """
    if known is not None or connection.form in ("keyword", "jdbc") or connection.driver not in ("libpq", "other"):
        return False
    return mode in ("allow", "prefer", "require")
