"""Redis, or Valkey: whether it wants TLS and a password, and takes ours. Only PING, AUTH, HELLO and INFO are ever sent.

Source: the commands' pages and "Security" and "ACL" at redis.io/docs; a refused AUTH leaves a line in the server's ACL LOG.
"""

from __future__ import annotations

from preflight.live.dialing import dial
from preflight.live.failures import LiveError, LiveFailure, failure
from preflight.live.handshake import TlsOptions, TlsSession, handshake
from preflight.live.looks import LOOK, speaks_tls
from preflight.live.nearness import stays_here
from preflight.live.reasons import Reason
from preflight.live.redis_protocol import LIMIT, Connection, ErrorReply
from preflight.live.streams import PlainStream
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Literal

    from preflight.live.deadline import Deadline
    from preflight.live.redis_protocol import Reply

    Unauthenticated = Literal["refused", "restricted", "accepted", "protected"]

REASONS = {
    "loading": Reason(
        retriable=True,
        message="The server is still loading its data.",
        hint="Wait until it has; --wait does.",
    ),
    "busy": Reason(
        retriable=True,
        message="The server takes no commands now: a script runs, a primary is away, or all connections are in use.",
        hint="Wait until it does; --wait does. If it lasts, look into the server's log and at maxclients.",
    ),
    "password_refused": Reason(
        retriable=False,
        message="The server refuses user and password.",
        hint="Configure the password that the server has for this user, and look whether the user is on.",
    ),
    "password_missing": Reason(
        retriable=False,
        message="The server wants a password, and none is configured.",
        hint="Configure it.",
    ),
    "password_in_clear": Reason(
        retriable=False,
        message="The password would cross the network in clear, so it was not sent.",
        hint="Enable TLS on the server (tls-port), and use rediss:// here; what needs the login can be judged then.",
    ),
    "no_password_on_server": Reason(
        retriable=False,
        message="A password is configured, and the server has none: it refuses AUTH and lets everybody in.",
        hint="Set requirepass, or give the user a password, on the server.",
    ),
    "username_unsupported": Reason(
        retriable=False,
        message="The server is older than Redis 6 and knows no user names.",
        hint="Leave out the user name, or update the server.",
    ),
    "protected_mode": Reason(
        retriable=False,
        message="The server is in protected mode: it has no password, and takes connections of its own machine alone.",
        hint="Set requirepass, or give the user a password, on the server.",
    ),
    "login_failed": Reason(
        retriable=False,
        message="The server refuses the login for a reason that has no name here.",
        hint="Compare with redis-cli, and look into the server's log.",
    ),
}
"""Reasons of Redis alone."""

_STARTING = {"LOADING": "loading", "MASTERDOWN": "busy", "BUSY": "busy", "TRYAGAIN": "busy", "CLUSTERDOWN": "busy"}
_HANDSHAKE_SHARE = 0.6  # of the time; the rest is for a second look, in clear
_PATIENCE = 0.5  # seconds for a server of TLS 1.3 to say that it refuses the client's certificate
_VERSION_LENGTH = 20


class RedisTarget(Record):
    """Where to connect, and as whom."""

    host: str = field("Name, address, or the path of a local socket.")
    port: int = field("Port.", default=6379)
    tls: TlsOptions | None = field("How to do TLS; None: in clear.", default=None)
    username: str | None = field("The ACL user; None: `default`, and AUTH in its old form.", default=None)
    password: str | None = field("The password; None: there is none.", default=None, secret=True)

    def __repr__(self) -> str:
        return f"RedisTarget({self.host!r}, {self.port!r})"


class RedisServer(Record):
    """A server that speaks Redis's protocol."""

    tls: TlsSession | None = field("The TLS session, closed; None in clear.")
    unauthenticated: Unauthenticated = field(
        "What it says to PING without a login: `refused`, `accepted`; `restricted`: no login is needed, but PING is not "
        "allowed; `protected`: its protected mode refuses other machines.",
        choices=("refused", "restricted", "accepted", "protected"),
    )
    auth_accepted: bool | None = field(
        "Whether it takes user and password; None where no password is configured, or it was not sent."
    )
    refusal: LiveFailure | None = field("Why the service could not use it as it is configured; None where it could.")
    version: str | None = field("Its version, where it tells it to this user.")

    @property
    def auth_required(self) -> bool:
        """Whether nothing is allowed without a login."""
        return self.unauthenticated == "refused"


def check_redis(target: RedisTarget, *, timeout: float, deadline: Deadline) -> RedisServer | LiveFailure:
    """Ask a server what it lets in: first without a login, then with the configured one.

    To another machine, user and password are sent in TLS alone.

    Args:
        target: Where to connect, and as whom.
        timeout: Seconds for all of it.
        deadline: The deadline of the run.

    Returns:
        What it does, with `refusal` where it refuses the login; or why it cannot be asked. Only the latter can be
        retriable: a wrong password is never tried twice.
    """
    own = deadline.within(timeout)
    session: TlsSession | None = None
    connection = dial(target.host, target.port, timeout=timeout, deadline=own)
    if isinstance(connection, LiveFailure):
        return connection
    withheld = False
    if target.tls is None:
        withheld = target.password is not None and not stays_here(connection)
        talk = Connection(PlainStream(connection, own, limit=LIMIT))
    else:
        options = target.tls
        if options.server_name is None:
            options = options.replace(server_name=target.host)
        opened = _open_tls(connection, target, options, timeout, own)
        if isinstance(opened, LiveFailure):
            return opened
        session, talk = opened, Connection(opened.stream)
    try:
        return _talk(talk, target, session, withheld=withheld)
    except LiveError as error:
        told = error.failure
        if target.tls is None and not talk.answered and told.reason in {"closed", "reset", "timeout"}:
            return failure("tls_expected") if speaks_tls(target.host, target.port, own) else told
        return told
    finally:
        talk.close()


def _open_tls(
    connection: socket.socket, target: RedisTarget, options: TlsOptions, timeout: float, own: Deadline
) -> TlsSession | LiveFailure:
    def redial() -> socket.socket | LiveFailure:
        return dial(target.host, target.port, timeout=LOOK, deadline=own)

    share = timeout * _HANDSHAKE_SHARE
    session = handshake(connection, options, timeout=timeout, deadline=own, handshake_timeout=share, redial=redial)
    if isinstance(session, LiveFailure):
        # A Redis without TLS waits for the end of a line that never comes.
        if session.reason in {"timeout", "closed", "reset"} and _speaks_redis(target, own):
            return failure("not_tls")
        return session
    try:
        # Before anything is sent: a server that hangs up with our command unread takes its alert back (RFC 1122, 4.2.2.13).
        session.stream.settle(_PATIENCE)
    except LiveError as error:
        session.close()
        return error.failure
    except BaseException:
        session.close()  # a signal ends the run
        raise
    return session


def _talk(talk: Connection, target: RedisTarget, session: TlsSession | None, *, withheld: bool) -> RedisServer:
    first = _unless_starting(talk.ask("PING"))
    unauthenticated: Unauthenticated = "accepted"
    if isinstance(first, ErrorReply):
        if first.code == "DENIED":
            return RedisServer(
                tls=session, unauthenticated="protected", auth_accepted=None,
                refusal=failure("protected_mode", REASONS), version=None,
            )  # fmt: skip
        if first.code not in {"NOAUTH", "NOPERM"}:
            raise LiveError(_unknown_error(first))
        unauthenticated = "refused" if first.code == "NOAUTH" else "restricted"
    elif first != "PONG":
        raise LiveError(failure("protocol_error"))
    if withheld:
        return RedisServer(
            tls=session, unauthenticated=unauthenticated, auth_accepted=None,
            refusal=failure("password_in_clear", REASONS), version=None,
        )  # fmt: skip
    refusal = _log_in(talk, target, unauthenticated)
    return RedisServer(
        tls=session,
        unauthenticated=unauthenticated,
        auth_accepted=None if target.password is None else refusal is None,
        refusal=refusal,
        version=_version(talk) if refusal is None else None,
    )


def _log_in(talk: Connection, target: RedisTarget, unauthenticated: Unauthenticated) -> LiveFailure | None:
    if target.password is None:
        return failure("password_missing", REASONS) if unauthenticated == "refused" else None
    user = () if target.username is None else (target.username,)
    reply = talk.ask("AUTH", *user, target.password)
    if isinstance(reply, ErrorReply):
        return failure(_login_reason(reply), REASONS)
    if reply != "OK":
        raise LiveError(failure("protocol_error"))
    again = _unless_starting(talk.ask("PING"))
    if again == "PONG" or (isinstance(again, ErrorReply) and again.code == "NOPERM"):
        return None
    return failure("login_failed", REASONS)


def _login_reason(reply: ErrorReply) -> str:
    text = reply.text.lower()
    if reply.code == "WRONGPASS" or text.startswith("invalid password"):  # the latter before Redis 6
        return "password_refused"
    if "without any password" in text or "no password is set" in text:
        return "no_password_on_server"
    return "username_unsupported" if "wrong number of arguments" in text else "login_failed"


def _unless_starting(reply: Reply) -> Reply:
    if isinstance(reply, ErrorReply):
        if reply.code in _STARTING:
            raise LiveError(failure(_STARTING[reply.code], REASONS))
        if reply.code == "ERR" and "max number of clients" in reply.text:
            raise LiveError(failure("busy", REASONS))
    return reply


def _unknown_error(reply: ErrorReply) -> LiveFailure:
    """Tell an error that Redis never gives to PING: some other server says `-ERR`, too (POP3, RFC 1939)."""
    if reply.code.isupper() and reply.code != "ERR":
        return failure("login_failed", REASONS)
    return failure("protocol_error")


def _version(talk: Connection) -> str | None:
    """Return the version, from HELLO (Redis 6) or INFO; None where neither is allowed or it looks like none."""
    try:
        reply = talk.ask("HELLO")
        found: object = None
        if isinstance(reply, list):
            pairs = dict(zip((str(name) for name in reply[::2]), reply[1::2], strict=False))
            found = pairs.get("version")
        elif isinstance(reply, ErrorReply) and reply.code == "ERR":
            info = talk.ask("INFO", "server")
            lines = info.splitlines() if isinstance(info, str) else []
            found = next((line[14:] for line in lines if line.startswith("redis_version:")), None)
    except LiveError:
        return None
    if not isinstance(found, str) or len(found) > _VERSION_LENGTH:
        return None
    return found if found[:1].isdigit() and all(one in "0123456789." for one in found) else None


def _speaks_redis(target: RedisTarget, own: Deadline) -> bool:
    connection = dial(target.host, target.port, timeout=LOOK, deadline=own)
    if isinstance(connection, LiveFailure):
        return False
    talk = Connection(PlainStream(connection, own.within(LOOK), limit=LIMIT))
    try:
        reply = talk.ask("PING")
    except LiveError:
        return False
    finally:
        talk.close()
    return reply == "PONG" or (
        isinstance(reply, ErrorReply) and reply.code in {"NOAUTH", "NOPERM", "DENIED", *_STARTING}
    )
