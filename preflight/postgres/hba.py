"""Who may connect to a PostgreSQL server, and how: the rows of `pg_hba.conf`.

Read as `hba.c` does (manual, 20.1 "The pg_hba.conf File"). The first row that matches a connection's kind, database, user and
address decides, and no other is looked at. What a row leaves over from those above it is told by whole rows: a row counts as
covered when one above it matches everything that it matches.
"""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.postgres.addresses import Block, blocks, keyword
from preflight.postgres.hba_coverage import Above
from preflight.postgres.hba_fields import fields_of, lines_of
from preflight.postgres.includes import INCLUDES, Include, Place, Unread, followed
from preflight.postgres.includes import PROBLEMS as _OF_INCLUDES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from preflight.postgres.hba_fields import Field
    from preflight.postgres.includes import Files

_TYPES = ("local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc")
# In clear text, over TLS: which of the two a kind of row matches. What GSSAPI encrypts is neither.
_PLAIN = frozenset({"host", "hostnossl", "hostnogssenc"})
_ENCRYPTED = frozenset({"host", "hostssl", "hostnogssenc"})
METHODS = frozenset(
    {
        "trust", "reject", "md5", "password", "scram-sha-256", "gss", "sspi", "ident", "peer", "pam", "ldap", "radius", "bsd",
        "cert", "oauth",
    }
)  # fmt: skip
_INCLUDES_SINCE = 16  # before, `include` is no type of connection
_FIELDS_OF_INCLUDE = 2

#: What keeps the server from reading a row, by code.
PROBLEMS = {
    "unknown_type": "it begins with no type of connection (host, hostssl, hostnossl, local)",
    "several_values": "it has several values where one belongs",
    "missing_fields": "it ends before its method",
    "invalid_address": "its address or mask is none",
    "unknown_method": "its method is none of PostgreSQL's",
    "method_does_not_fit": "its method does not go with its type of connection",
    "invalid_option": "an option is not written name=value",
    "clientcert_without_tls": "clientcert belongs to hostssl rows alone",
    "invalid_clientcert": "clientcert is verify-ca or verify-full",
    **_OF_INCLUDES,
}


class Row(Record):
    """A row that the server can read."""

    line: int = field("Line, counted from 1.")
    file: str = field(
        "What to call the file that it is included from; empty where it is included from none.", default=""
    )
    text: str = field("Its fields up to the method, with single blanks.")
    type: str = field("Type of connection.", choices=_TYPES)
    databases: Field = field("Names of databases, each with whether it was in quotes.")
    users: Field = field("Names of users, each with whether it was in quotes.")
    addresses: tuple[Block, ...] = field("Where connections come from; none for local ones.", default=())
    method: str = field("How the user is asked.")
    clientcert: str | None = field("Which client certificate it asks for.", default=None)

    @property
    def is_remote(self) -> bool:
        """Whether it matches a connection from another host."""
        return any(not block.is_local for block in self.addresses)

    @property
    def client_certificate(self) -> bool:
        """Whether it lets nobody in without a certificate that the CA signed."""
        return self.method == "cert" or self.clientcert is not None

    @property
    def identified(self) -> bool:
        """Whether a client certificate tells who the user is, so that the method may ask for nothing more."""
        return self.method == "cert" or self.clientcert == "verify-full"


class AccessFile(Record):
    """What a `pg_hba.conf` says."""

    rows: tuple[Row, ...] = field("Its rows, in order.", default=())
    unread: tuple[tuple[Place, Unread], ...] = field("Includes whose files are not known here.", default=())
    settled: int = field(
        "How many of the rows stand above the first of these, which nothing in them changes.", default=0
    )
    errors: tuple[tuple[Place, str], ...] = field(
        "Lines that the server cannot read, so that it does not start, each with a code of `PROBLEMS`.", default=()
    )

    def plaintext_rows(self) -> tuple[Row, ...]:
        """Return the rows that let somebody in from another host without encryption."""
        return tuple(row for row in self._reached(_PLAIN) if row.method != "reject")

    def encrypted_rows(self) -> tuple[Row, ...]:
        """Return the rows that let somebody in from another host over TLS."""
        return tuple(row for row in self._reached(_ENCRYPTED) if row.method != "reject")

    def _reached(self, types: frozenset[str]) -> Iterator[Row]:
        """Yield the rows for other hosts that rows above them leave something to, as far as all above them are known."""
        above = Above()
        for row in self.rows[: self.settled]:
            if row.type not in types:
                continue
            if row.is_remote and not above.cover(row):
                yield row
            above.add(row)


def weak_rows(rows: Iterable[Row], *methods: str) -> tuple[Row, ...]:
    """Return the rows that let somebody in by one of the methods, without a client certificate that tells who it is.

    Args:
        rows: The rows, each once or more often.
        methods: The methods.
    """
    found = {(row.file, row.line): row for row in rows if row.method in methods and not row.identified}
    return tuple(found.values())


def read_access(text: str, *, path: str = "/", files: Files | None = None, major: int | None = None) -> AccessFile:
    """Read a `pg_hba.conf`.

    Args:
        text: Its text.
        path: Its absolute path, from which relative ones in it start.
        files: Opens what it includes; without it nothing of that is known.
        major: Major version of PostgreSQL; None is a recent one.
    """
    rows: list[Row] = []
    unread: list[tuple[Place, Unread]] = []
    errors: list[tuple[Place, str]] = []
    settled: int | None = None
    includes = major is None or major >= _INCLUDES_SINCE
    for place, item in followed(text, path, lambda text: _lines(text, includes=includes), files):
        if isinstance(item, Row):
            rows.append(item.replace(file=place.file) if place.file else item)
        elif isinstance(item, Unread):
            unread.append((place, item))
            settled = len(rows) if settled is None else settled
        else:
            errors.append((place, str(item)))
    return AccessFile(
        rows=tuple(rows),
        unread=tuple(unread),
        settled=len(rows) if settled is None else settled,
        errors=tuple(errors),
    )


def _lines(text: str, *, includes: bool) -> Iterator[tuple[int, Row | Include | str]]:
    """Yield the lines with what they are: a row, an include, or the code of what is wrong."""
    for number, line in lines_of(text):
        fields = list(fields_of(line))
        if not fields:
            continue
        # In quotes the words are the same to it (`strcmp`), and a line of other than two fields is a row.
        kind = fields[0][0][0]
        if includes and kind in INCLUDES and len(fields) == _FIELDS_OF_INCLUDE:
            yield number, Include(kind=kind, path=fields[1][0][0])
        else:
            yield number, _row(fields, number)


def _row(fields: Sequence[Field], number: int) -> Row | str:
    """Return the row that fields make, or the code of what is wrong with them."""
    if len(fields[0]) > 1:
        return "several_values"
    kind = fields[0][0][0]
    if kind not in _TYPES:
        return "unknown_type"
    rest = list(fields[1:])
    if len(rest) < 2:
        return "missing_fields"
    databases, users, rest = rest[0], rest[1], rest[2:]
    addresses: tuple[Block, ...] = ()
    shown = [kind, _names(databases), _names(users)]
    if kind != "local":
        taken = _address(rest)
        if isinstance(taken, str):
            return taken
        addresses, words = taken
        shown += [_names(one) for one in rest[:words]]
        rest = rest[words:]
    if not rest:
        return "missing_fields"
    if len(rest[0]) > 1:
        return "several_values"
    method = rest[0][0][0]
    wrong = _method_problem(method, kind)
    if wrong is not None:
        return wrong
    clientcert = _clientcert(rest[1:], kind)
    if clientcert in PROBLEMS:
        return clientcert
    if method == "cert":
        if clientcert == "verify-ca":
            return "invalid_clientcert"
        clientcert = "verify-full"
    return Row(
        line=number, text=" ".join([*shown, method]), type=kind, databases=databases, users=users,
        addresses=addresses, method=method, clientcert=clientcert or None,
    )  # fmt: skip


def _names(one: Field) -> str:
    return ",".join(word for word, _ in one)


def _address(rest: Sequence[Field]) -> tuple[tuple[Block, ...], int] | str:
    """Return the addresses of a row and how many fields they took, or the code of what is wrong with them."""
    if not rest:
        return "missing_fields"
    if len(rest[0]) > 1:
        return "several_values"
    word, quoted = rest[0][0]
    if not quoted and word in ("all", "samehost", "samenet"):
        return keyword(word), 1
    found = blocks(word)
    if found is None:
        return "invalid_address"
    if not found[0].needs_mask:
        return found, 1
    if len(rest) < 2:
        return "missing_fields"
    if len(rest[1]) > 1:
        return "several_values"
    masked = found[0].masked(rest[1][0][0])
    return ((masked,), 2) if masked is not None else "invalid_address"


def _method_problem(method: str, kind: str) -> str | None:
    if method not in METHODS:
        return "unknown_method"
    fits = {"peer": kind == "local", "gss": kind != "local", "cert": kind == "hostssl"}
    return None if fits.get(method, True) else "method_does_not_fit"


def _clientcert(options: Sequence[Field], kind: str) -> str:
    """Return what is asked of client certificates, empty where nothing is, or the code of what is wrong."""
    found = ""
    for option in options:
        for word, _ in option:
            name, equals, value = word.partition("=")
            if not equals:
                return "invalid_option"
            if name != "clientcert":
                continue
            if kind != "hostssl":
                return "clientcert_without_tls"
            if value not in ("verify-ca", "verify-full"):
                return "invalid_clientcert"
            found = value
    return found
