"""A TLS client's handshake, with the exact reason where it fails, and what the server showed."""

from __future__ import annotations

import ipaddress
import os
import ssl
import stat
import warnings

from preflight.live.failures import LiveError, LiveFailure, TlsFailure, tls_failure
from preflight.live.streams import PlainStream
from preflight.live.tls_streams import TlsStream
from preflight.live.tls_versions import VERSIONS
from preflight.model.record import Record, field
from preflight.values.tls_version import normalise

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from preflight.live.deadline import Deadline

_FILE_LIMIT = 8 * 1024 * 1024
_LOOK = 2.0  # seconds for the second, unverified look, at most


class ClientCertificate(Record):
    """What the client shows of itself."""

    certificate_file: str = field("PEM: the client's certificate, then what signed it.")
    key_file: str | None = field("PEM: its private key; None: in the same file.", default=None)
    passphrase: str | None = field("What opens the key, if it is encrypted.", default=None, secret=True)

    def __repr__(self) -> str:
        return f"ClientCertificate({self.certificate_file!r}, {self.key_file!r})"


class TlsOptions(Record):
    """How a client does TLS. With neither `ca_file`, `ca_data` nor `system` the server's certificate is not verified."""

    server_name: str | None = field(
        "The host as configured: sent to the server where it is a name (RFC 6066, section 3), and what `check_name` compares.",
        default=None,
    )
    check_name: bool = field("Whether the certificate must be for `server_name`.", default=True)
    common_name: bool = field(
        "Whether a certificate without any DNS name may match by its common name; clients of today say no (RFC 9525).",
        default=False,
    )
    ca_file: str | None = field("PEM file of the CAs that are trusted.", default=None)
    ca_data: str | None = field("The same as text.", default=None)
    system: bool = field("Whether the system's CAs are trusted.", default=False)
    minimum: str | None = field("Lowest version, `1.0` to `1.3`; None: what Python takes, 1.2.", default=None)
    maximum: str | None = field("Highest version; None: the newest.", default=None)
    certificate: ClientCertificate | None = field("The client's own certificate.", default=None)
    alpn: tuple[str, ...] = field("Protocols offered (RFC 7301); libpq says `postgresql`.", default=())

    @property
    def verifies(self) -> bool:
        """Whether the server's certificate is verified at all."""
        return self.ca_file is not None or self.ca_data is not None or self.system

    @property
    def sni(self) -> str | None:
        """The name for the handshake. `ssl` itself sends no address, and needs one to compare an address."""
        name = self.server_name
        if not name or name.startswith("/"):
            return None
        try:
            return str(ipaddress.ip_address(name.partition("%")[0]))
        except ValueError:
            return name


class TlsSession:
    """A handshake that succeeded.

    Attributes:
        stream: What to speak over; closing it closes the connection.
        version: The version, `1.0` to `1.3`.
        cipher: The cipher suite, as OpenSSL calls it.
        certificates: The server's certificates as it sent them, DER, its own first.
        verified: Whether the chain was verified.
    """

    def __init__(self, stream: TlsStream, *, verified: bool) -> None:
        tls = stream.tls
        self.stream = stream
        self.version = normalise(tls.version() or "") or ""
        cipher = tls.cipher()
        self.cipher = cipher[0] if cipher else ""
        self.certificates = _certificates(tls)
        self.verified = verified

    def close(self) -> None:
        """Close the connection."""
        self.stream.close()


def handshake(
    connection: socket.socket,
    options: TlsOptions,
    *,
    timeout: float,
    deadline: Deadline,
    handshake_timeout: float | None = None,
    redial: Callable[[], socket.socket | LiveFailure] | None = None,
) -> TlsSession | LiveFailure:
    """Do a TLS handshake on a connection that the server is ready to begin TLS on.

    An encrypted key never asks on a terminal. Certificates are read as libpq and Python's `ssl` read them.

    Args:
        connection: A connected socket. It belongs to the session from now on, and is closed where there is none.
        options: Versions, trust, names, the client's certificate.
        timeout: Seconds for the handshake, and for all that is later said over the session's stream.
        deadline: The deadline of the run.
        handshake_timeout: Seconds for the handshake alone, where it may not take as long.
        redial: Connects once more, up to the same point. Where the server's certificate was refused, a second
            handshake that verifies nothing and shows no client certificate then looks at what the server sends, so that
            the failure can tell who signed it and until when.

    Returns:
        The session; or why there is none, a `TlsFailure` where TLS itself failed.
    """
    own = deadline.within(timeout)
    stream = PlainStream(connection, own if handshake_timeout is None else own.within(handshake_timeout))
    try:
        context = make_context(options)
        if isinstance(context, LiveFailure):
            stream.close()
            return context
        if context.check_hostname and options.sni is None:
            # Over memory `ssl` would verify the chain and silently leave the name out.
            stream.close()
            return tls_failure("invalid_address")
        tls = TlsStream(stream, context, options.sni, presented=options.certificate is not None)
        tls.handshake()
        stream.deadline = own
        session = TlsSession(tls, verified=options.verifies)
    except LiveError as error:
        stream.close()
        told = error.failure
        if isinstance(told, TlsFailure) and told.verify_code is not None and redial is not None:
            return told.replace(certificates=_look(redial, options, own))
        return told
    except ValueError:  # the name is no name: an empty label, or a leading dot
        stream.close()
        return tls_failure("invalid_address")
    except BaseException:
        stream.close()  # a signal ends the run
        raise
    return session


def _look(redial: Callable[[], socket.socket | LiveFailure], options: TlsOptions, own: Deadline) -> tuple[bytes, ...]:
    connection = redial()
    if isinstance(connection, LiveFailure):
        return ()
    blind = TlsOptions(
        server_name=options.server_name, check_name=False, minimum=options.minimum, maximum=options.maximum,
        alpn=options.alpn,
    )  # fmt: skip
    seen = handshake(connection, blind, timeout=_LOOK, deadline=own)
    if isinstance(seen, LiveFailure):
        return ()
    seen.close()
    return seen.certificates


def make_context(options: TlsOptions) -> ssl.SSLContext | LiveFailure:
    """Make what `ssl` needs, from files that are looked at before they are opened: a FIFO would wait for ever.

    Args:
        options: Versions, trust, names, the client's certificate.

    Returns:
        The context; or `ca_unusable`, `version_unavailable`, or what is wrong with the client's certificate and key.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = options.verifies and options.check_name
    context.verify_mode = ssl.CERT_REQUIRED if options.verifies else ssl.CERT_NONE
    context.hostname_checks_common_name = options.common_name
    if options.alpn:
        context.set_alpn_protocols(list(options.alpn))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # old versions are the rules' business
            if options.minimum is not None:
                context.minimum_version = VERSIONS[options.minimum]
            if options.maximum is not None:
                context.maximum_version = VERSIONS[options.maximum]
    except (ValueError, KeyError):
        return tls_failure("version_unavailable")
    return _trust(context, options) or _show(context, options.certificate) or context


def _trust(context: ssl.SSLContext, options: TlsOptions) -> LiveFailure | None:
    try:
        if options.ca_file is not None:
            if not _is_file(options.ca_file):
                return tls_failure("ca_unusable")
            context.load_verify_locations(cafile=options.ca_file)
        if options.ca_data is not None:
            # `ssl` takes ASCII alone, and PEM has nothing else outside its comments (RFC 7468, section 2).
            context.load_verify_locations(cadata=options.ca_data.encode("ascii", "ignore").decode())
        if options.system:
            context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        return tls_failure("ca_unusable")
    return None


def _show(context: ssl.SSLContext, certificate: ClientCertificate | None) -> LiveFailure | None:
    if certificate is None:
        return None
    if not _is_file(certificate.certificate_file):
        return tls_failure("client_certificate_unusable")
    if certificate.key_file is not None and not _is_file(certificate.key_file):
        return tls_failure("client_key_unusable")
    asked = False

    def passphrase() -> str:
        nonlocal asked
        asked = True
        return certificate.passphrase or ""

    try:
        context.load_cert_chain(certificate.certificate_file, certificate.key_file, password=passphrase)
    except ssl.SSLError as error:
        return tls_failure(_key_reason(error, certificate, asked=asked))
    except (OSError, ValueError):  # gone meanwhile; or a passphrase of more than 1024 bytes
        return tls_failure("client_key_passphrase_wrong" if asked else "client_key_unusable")
    return None


def _key_reason(error: ssl.SSLError, certificate: ClientCertificate, *, asked: bool) -> str:
    if error.reason in {"KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH"}:
        return "client_key_mismatch"
    if error.reason in {"EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL", "CA_MD_TOO_WEAK"}:
        return "client_certificate_weak"
    if asked:
        return "client_key_encrypted" if certificate.passphrase is None else "client_key_passphrase_wrong"
    alone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        # OpenSSL says the same of both files: with the certificate alone it is told which of them it means.
        alone.load_verify_locations(cafile=certificate.certificate_file)
    except OSError:
        return "client_certificate_unusable"
    return "client_key_unusable"


def _is_file(path: str) -> bool:
    try:
        at = os.stat(path)
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(at.st_mode) and at.st_size <= _FILE_LIMIT


def _certificates(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    """Return what the server sent. Public since Python 3.13; before, below the object."""
    whole = getattr(tls, "get_unverified_chain", None)
    if whole is not None:
        return tuple(whole())
    below = getattr(getattr(tls, "_sslobj", None), "get_unverified_chain", None)
    if below is not None:
        return tuple(ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in below() or ())
    leaf = tls.getpeercert(binary_form=True)
    return () if leaf is None else (leaf,)
