"""What can be asked of `preflight certs create`, and what of it is refused before anything is made."""

from __future__ import annotations

from preflight.certificates.hosts import Host, HostError, read_host
from preflight.errors import UsageError
from preflight.model.problem import Problem
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    KeyType = Literal["rsa-4096", "rsa-2048", "ec-p256", "ed25519"]

KEY_TYPES = ("rsa-4096", "rsa-2048", "ec-p256", "ed25519")
CA_COMMON_NAME = "preflight development CA"
DEFAULT_DAYS = 365
DEFAULT_CA_DAYS = 3650
MAX_DAYS = 7300
"""The longest life given to any certificate, in days: twenty years, where the rules begin to warn about a CA."""
RECOMMENDED_MAX_DAYS = 825
"""The longest life of a private server or client certificate, in days, that clients in common use accept."""
ALWAYS_NAMED = ("localhost", "127.0.0.1", "::1")
_MAX_COMMON_NAME_BYTES = 64  # X.520 ub-common-name; a PostgreSQL role name has at most 63 bytes
_MAX_ORGANISATION = 64  # X.520 ub-organization-name
_MAX_PLACE = 128  # X.520 ub-state-name and ub-locality-name


class CreateOptions(Record):
    """What to make, and where."""

    directory: str = field("Where the files go; made with mode 0700 when it is not there, with its parents.")
    days: int = field(
        "Lifetime of the server's and the client's certificate in days, 1 to 7300. A year by default: within the 825 "
        "days that private certificates may live, and as often as keys should rotate.",
        default=DEFAULT_DAYS,
    )
    ca_days: int | None = field(
        "Lifetime of the CA's certificate in days, `days` to 7300; None: ten years, or a year more than `days` if that "
        "is longer.",
        default=None,
    )
    country: str = field("Country (C): two letters, ISO 3166-1.", default="US")
    state: str = field("State or province (ST), at most 128 characters; left out when empty.", default="State")
    city: str = field("City (L), at most 128 characters; left out when empty.", default="City")
    organisation: str = field("Organisation (O), at most 64 characters; left out when empty.", default="Development")
    common_name: str = field(
        "Common name (CN) of the server: the host that clients connect to; also its first subject alternative name.",
        default="postgres",
    )
    client_name: str = field(
        "Common name (CN) of the client: PostgreSQL's `cert` authentication takes it for the role's name.",
        default="app",
    )
    hosts: tuple[str, ...] = field(
        "More names and addresses of the server, beside `common_name`, localhost, 127.0.0.1 and ::1.", default=()
    )
    key_type: KeyType = field("What keys to make.", default="rsa-4096", choices=KEY_TYPES)
    ca_certificate: str | None = field(
        "File of the certificate of a CA that is there already, to issue from; None makes a new CA.", default=None
    )
    ca_key: str | None = field("File of that CA's key.", default=None)


class Plan(Record):
    """Options that were checked, with what follows from them."""

    days: int = field("Lifetime of the server's and the client's certificate in days.")
    ca_days: int = field("Lifetime of the CA's certificate in days.")
    place: tuple[tuple[str, str], ...] = field(
        "Pairs of attribute (`C`, `ST`, `L`, `O`) and value, none empty, in order."
    )
    common_name: str = field("Common name of the server.")
    client_name: str = field("Common name of the client.")
    hosts: tuple[Host, ...] = field("Every name of the server, the common name first, each once.")
    key_type: KeyType = field("What keys to make.")


def plan(options: CreateOptions) -> Plan:
    """Check the options.

    Returns:
        The plan that `preflight.certificates.issue` carries out.

    Raises:
        UsageError: With one problem for each thing that is wrong. No problem quotes what was given.
    """
    hosts, problems = _read_hosts(options)
    problems += _place_problems(options)
    problems += _client_name_problems(options)
    problems += _days_problems(options)
    problems += _authority_problems(options)
    if options.key_type not in KEY_TYPES:
        problems.append(
            _problem("unknown_key_type", "the key type is not known", f"Use one of {', '.join(KEY_TYPES)}.")
        )
    if not options.directory or "\0" in options.directory:
        problems.append(_problem("invalid_directory", "the directory has no name", "Name it with --out DIR."))
    if problems:
        raise UsageError(problems)
    place = (("C", options.country.upper()), ("ST", options.state), ("L", options.city), ("O", options.organisation))
    return Plan(
        days=options.days,
        ca_days=_ca_days(options),
        place=tuple((attribute, value) for attribute, value in place if value),
        common_name=options.common_name,
        client_name=options.client_name,
        hosts=hosts,
        key_type=options.key_type,
    )


def _ca_days(options: CreateOptions) -> int:
    if options.ca_days is not None:
        return options.ca_days
    return min(max(DEFAULT_CA_DAYS, options.days + DEFAULT_DAYS), MAX_DAYS)


def _problem(code: str, message: str, hint: str) -> Problem:
    return Problem(kind="input", code=code, message=f"{message}.", hint=hint)


def _read_hosts(options: CreateOptions) -> tuple[tuple[Host, ...], list[Problem]]:
    problems = []
    hosts: dict[Host, None] = {}
    asked = [("--cn", options.common_name), *((f"--host number {n}", host) for n, host in enumerate(options.hosts, 1))]
    for index, (where, text) in enumerate(asked):
        try:
            hosts[read_host(text)] = None
        except HostError as wrong:
            message = f"{where} is no host: {wrong}"
            problems.append(_problem("invalid_host", message, "Give a DNS name or an IP address."))
        if index == 0:
            hosts.update((read_host(name), None) for name in ALWAYS_NAMED)
    if len(options.common_name.encode(errors="replace")) > _MAX_COMMON_NAME_BYTES:
        message = f"--cn has more than {_MAX_COMMON_NAME_BYTES} characters, the most that a common name can hold"
        problems.append(_problem("too_long", message, "Give a short name there and the long one with --host."))
    return tuple(hosts), problems


def _place_problems(options: CreateOptions) -> Iterator[Problem]:
    country = options.country
    if not (len(country) == 2 and country.isascii() and country.isalpha()):
        yield _problem("invalid_country", "--country is not two letters", "Give an ISO 3166-1 code, such as US or DE.")
    texts = (
        ("--state", options.state, _MAX_PLACE),
        ("--city", options.city, _MAX_PLACE),
        ("--org", options.organisation, _MAX_ORGANISATION),
    )
    for name, text, limit in texts:
        if not text.isprintable():
            yield _problem("unprintable", f"{name} holds characters that cannot be printed", "Give plain text.")
        elif len(text) > limit:
            yield _problem("too_long", f"{name} has more than {limit} characters", "Shorten it.")


def _client_name_problems(options: CreateOptions) -> Iterator[Problem]:
    name = options.client_name
    if not name or not name.isprintable():
        yield _problem(
            "invalid_client", "--client is empty or cannot be printed", "Name the database role that connects."
        )
    elif len(name.encode()) > _MAX_COMMON_NAME_BYTES:
        message = f"--client has more than {_MAX_COMMON_NAME_BYTES} bytes, the most that a common name can hold"
        yield _problem("too_long", message, "Name the database role that connects.")
    elif name == CA_COMMON_NAME:
        # Subject and issuer would be equal, and verifiers would take the certificate for one that signed itself.
        yield _problem("invalid_client", "--client is the CA's own name", "Name the database role that connects.")


def _authority_problems(options: CreateOptions) -> Iterator[Problem]:
    if (options.ca_certificate is None) != (options.ca_key is None):
        missing = "--ca-key" if options.ca_key is None else "--ca-cert"
        message = f"{missing} is missing: a CA signs with its key, and is named by its certificate"
        yield _problem("half_a_ca", message, "Give both --ca-cert FILE and --ca-key FILE, or neither.")
    elif options.ca_certificate is not None and options.ca_days is not None:
        yield _problem(
            "ca_days_of_existing", "--ca-days is for a new CA, and --ca-cert names one", "Leave one of them out."
        )


def _days_problems(options: CreateOptions) -> Iterator[Problem]:
    if not 1 <= options.days <= MAX_DAYS:
        hint = f"A year ({DEFAULT_DAYS}) is the default; up to {RECOMMENDED_MAX_DAYS} is accepted everywhere."
        yield _problem("days_out_of_range", f"--days is not between 1 and {MAX_DAYS}", hint)
    elif options.ca_certificate is None and not options.days <= _ca_days(options) <= MAX_DAYS:
        message = f"--ca-days is not between --days and {MAX_DAYS}"
        yield _problem("days_out_of_range", message, "A CA must live at least as long as what it signs.")
