"""One PostgreSQL server, asked without a login: is it there, does it speak TLS, whom does it let in without."""

from __future__ import annotations

from preflight.live._postgres_errors import postgres_failure, reason_of
from preflight.live._postgres_tls import DEMANDING, LibpqTls, libpq_tls
from preflight.live.dialing import dial
from preflight.live.failures import LiveError, LiveFailure, TlsFailure
from preflight.live.handshake import TlsOptions, TlsSession, handshake
from preflight.live.postgres_protocol import MAX_RECEIVED, ask_for_tls, start_up
from preflight.live.streams import PlainStream
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket

    from preflight.live.deadline import Deadline
    from preflight.live.postgres_target import PostgresTarget, Server

# pg_hba.conf's own refusal; and a pooler's in front, which knows only that of a broken protocol (PgBouncer: "SSL required").
_NOT_AUTHORISED = frozenset({"28000", "08P01"})
PLAINTEXT = ("refused", "accepted", "open")
_ALERT_WAIT = 1.0  # seconds
_TIME_OVER = frozenset({"timeout", "deadline_passed"})
_UNVERIFIED = LibpqTls(options=TlsOptions(check_name=False), name=None, shows=False, problem=None)


class PostgresServer(Record):
    """What one server showed."""

    host: str = field("Its host as configured; empty for libpq's default.")
    port: int = field("Its port.")
    reached: bool = field("Whether it can be connected to; True for a local socket whose place only libpq knows.")
    failure: LiveFailure | None = field(
        "Why it cannot be reached, or why libpq would not agree on TLS with it; None when it would.", default=None
    )
    tls_offered: bool | None = field("Whether it speaks TLS; None where that is not known.", default=None)
    tls_version: str | None = field("The version agreed on, `1.2` or `1.3`.", default=None)
    cipher: str | None = field("The cipher suite agreed on.", default=None)
    certificates: tuple[bytes, ...] = field("What it showed, DER, its own certificate first.", default=())
    plaintext: str | None = field(
        "What becomes of a login without TLS: refused by pg_hba.conf, accepted (it is asked to authenticate), or open"
        " (it is let in without); None where that is not known, or the socket is local.",
        choices=PLAINTEXT,
        default=None,
    )


class Probe:
    """Asks one server.

    Args:
        target: The connection.
        server: The server.
        deadline: The deadline of the run.
        timeout: Seconds for each step: connecting, TLS, each question.

    Attributes:
        address: The address that answered; empty until then, and for a local socket.
    """

    def __init__(self, target: PostgresTarget, server: Server, *, deadline: Deadline, timeout: float) -> None:
        self._target = target
        self._server = server
        self._deadline = deadline
        self._timeout = timeout
        self.address = ""

    def look(self) -> PostgresServer:
        """Connect, do TLS as libpq would, and try to log in without TLS and without a password."""
        seen = PostgresServer(host=self._server.host, port=self._server.port, reached=True)
        if self._server.local:
            path = self._path()
            answer = self._dial(path) if path else None
            return seen if answer is None else seen.replace(**self._reach(answer))
        connection = self._dial(self._server.address or self._server.host)
        if isinstance(connection, LiveFailure):
            return seen.replace(**self._reach(connection))
        try:
            self.address = connection.getpeername()[0]
        except OSError:  # it hung up in the meantime
            connection.close()
            return seen.replace(reached=False, failure=postgres_failure("reset"))
        seen = self._tls(seen, connection)
        gives_up = seen.failure is not None and seen.failure.reason in _TIME_OVER
        return seen if gives_up else seen.replace(plaintext=self._plaintext())

    def refusal_after_handshake(self) -> LiveFailure | None:
        """Say what the server makes of the client's certificate, which under TLS 1.3 shows only after the handshake.

        Nothing is sent: a server that has already closed would answer with a reset, and that takes the place of its
        alert. A server that is content waits, so this takes up to a second.
        """
        session = self._handshake(libpq_tls(self._target, self._server.host), timeout=min(self._timeout, _ALERT_WAIT))
        if isinstance(session, LiveFailure):
            return None if session.reason in _TIME_OVER else session
        try:
            return None if session.stream.receive() else postgres_failure("closed")
        except LiveError as error:
            return None if error.failure.reason in _TIME_OVER else error.failure
        finally:
            session.close()

    def _path(self) -> str | None:
        """Return the path of a local socket, where it is known (libpq manual, `host`)."""
        host = self._server.host
        return f"{host}/.s.PGSQL.{self._server.port}" if host.startswith("/") else None

    def _dial(self, where: str) -> socket.socket | LiveFailure:
        return dial(where, self._server.port, timeout=self._timeout, deadline=self._deadline)

    @staticmethod
    def _reach(answer: socket.socket | LiveFailure) -> dict[str, object]:
        if isinstance(answer, LiveFailure):
            return {"reached": False, "failure": answer}
        answer.close()
        return {}

    def _tls(self, seen: PostgresServer, connection: socket.socket) -> PostgresServer:
        """Add what TLS shows; the connection is closed. What libpq would not do for its sslmode is no failure."""
        mode = self._target.sslmode
        tls = libpq_tls(self._target, self._server.host) if mode != "disable" else _UNVERIFIED
        local = None if tls.problem is None else postgres_failure(tls.problem)
        session = self._handshake(tls, self._agree(connection))
        if isinstance(session, LiveFailure):
            tolerated = mode == "disable" or (session.reason == "plaintext_only" and mode not in DEMANDING)
            agreed = isinstance(session, TlsFailure)  # so the server said that it speaks TLS
            return seen.replace(
                failure=None if tolerated else local or session,
                tls_offered=True if agreed else False if session.reason == "plaintext_only" else None,
                certificates=session.certificates if isinstance(session, TlsFailure) else (),
            )
        session.close()
        return seen.replace(
            failure=local or self._name(tls, session),
            tls_offered=True,
            tls_version=session.version,
            cipher=session.cipher,
            certificates=session.certificates,
        )

    @staticmethod
    def _name(tls: LibpqTls, session: TlsSession) -> LiveFailure | None:
        """Compare the host with the certificate, as libpq does it after the handshake."""
        if tls.name is None:
            return None
        if not tls.name:
            return postgres_failure("host_missing")
        from preflight.x509.certificate import CertificateFacts, read_certificate
        from preflight.x509.hosts import is_ip_address, match_libpq

        leaf = read_certificate(session.certificates[0]) if session.certificates else None
        if not isinstance(leaf, CertificateFacts):
            return postgres_failure("malformed_certificate")
        if match_libpq(tls.name, leaf.sans, leaf.common_names).matches:
            return None
        return postgres_failure("ip_mismatch" if is_ip_address(tls.name) else "name_mismatch")

    def _handshake(
        self, tls: LibpqTls, connection: socket.socket | LiveFailure | None = None, *, timeout: float | None = None
    ) -> TlsSession | LiveFailure:
        connection = self._agreed() if connection is None else connection
        if isinstance(connection, LiveFailure):
            return connection
        seconds = self._timeout if timeout is None else timeout
        return handshake(connection, tls.options, timeout=seconds, deadline=self._deadline, redial=self._agreed)

    def _agreed(self) -> socket.socket | LiveFailure:
        """Connect, up to where TLS begins."""
        connection = self._dial(self.address)
        return connection if isinstance(connection, LiveFailure) else self._agree(connection)

    def _agree(self, connection: socket.socket) -> socket.socket | LiveFailure:
        """Ask for TLS. The connection is closed where the server does not agree."""
        stream = PlainStream(connection, self._deadline.within(self._timeout), limit=MAX_RECEIVED)
        try:
            answer = ask_for_tls(stream)
        except LiveError as error:
            stream.close()
            return error.failure
        except BaseException:
            stream.close()  # a signal ends the run
            raise
        if answer is True:
            return connection
        stream.close()
        code = "plaintext_only" if answer is False else reason_of(answer, certificate_sent=False)
        return postgres_failure(code)

    def _plaintext(self) -> str | None:
        """Say what becomes of a login without TLS."""
        connection = self._dial(self.address)
        if isinstance(connection, LiveFailure):
            return None
        stream = PlainStream(connection, self._deadline.within(self._timeout), limit=MAX_RECEIVED)
        try:
            answer = start_up(stream, user=self._target.user, database=self._target.database)
        except LiveError:
            return None
        finally:
            stream.close()
        if answer.error is not None:
            return "refused" if answer.error.sqlstate in _NOT_AUTHORISED else None
        return "open" if answer.method == "none" else "accepted"
