"""Every reason for which a live check fails, with what to do: the whole vocabulary, as data."""

from __future__ import annotations

from preflight.model.record import Record, field


class Reason(Record):
    """What one code means."""

    retriable: bool = field("Whether waiting can cure it.")
    message: str = field("What is the case, as a sentence.")
    hint: str = field("What to do next.")


def _table(rows: dict[str, tuple[str, str]], *, retriable: bool = False) -> dict[str, Reason]:
    return {code: Reason(retriable=retriable, message=said, hint=hint) for code, (said, hint) in rows.items()}


_START_IT = "Start the server, or correct host and port; --wait gives it time."

NETWORK_RETRIABLE = _table(
    {
        "name_not_resolved": (
            "The host's name has no address.",
            "Correct the name, or let it resolve where the service runs; --wait gives the server time to appear.",
        ),
        "resolver_failed": (
            "The name server gave no answer.",
            "Look at /etc/resolv.conf and the network; --wait gives them time.",
        ),
        "refused": ("Nothing listens on that port: the connection was refused.", _START_IT),
        "timeout": (
            "The server did not answer in time.",
            "Look for a firewall, a wrong port or an overloaded server; --wait tries again.",
        ),
        "unreachable": ("No network route leads to the host.", "Look at the network, or correct the host."),
        "reset": (
            "The connection was cut off.",
            "Look into the server's log; a proxy in front of a server that is down does this, too.",
        ),
        "closed": (
            "The server closed the connection without an answer.",
            "Look into the server's log, and whether the port speaks this protocol.",
        ),
        "socket_missing": ("The local socket is not there, or is no socket.", _START_IT),
    },
    retriable=True,
)
NETWORK = _table(
    {
        "deadline_passed": (
            "The deadline of the run passed before this was decided.",
            "Raise --deadline, or find what is slow.",
        ),
        "invalid_address": (
            "No host and port can look like that.",
            "Give a name or an address, and a port from 1 to 65535.",
        ),
        "forbidden_here": (
            "This machine does not let the process connect.",
            "Look at the local firewall, the network policy, and the socket's permissions.",
        ),
        "out_of_descriptors": ("This process may open no more files.", "Raise the limit (ulimit -n)."),
        "network_error": ("The system reports an unusual network error.", "Look at the network of this machine."),
        "answer_too_long": (
            "The server's answer is longer than any answer of this protocol.",
            "Look whether the port belongs to the right server.",
        ),
        "protocol_error": (
            "The server's answer does not belong to this protocol.",
            "Look whether the port belongs to the right server, and whether it speaks TLS.",
        ),
        "tls_expected": ("The port speaks TLS, and was spoken to in clear.", "Turn TLS on for this connection."),
    }
)

# What is wrong with the server's certificate.
CERTIFICATE = _table(
    {
        "expired": (
            "The server's certificate, or one that signed it, has expired.",
            "Renew it and reload the server.",
        ),
        "not_yet_valid": (
            "The server's certificate, or one that signed it, is not valid yet.",
            "Look at the clocks of both machines, or wait for the certificate's first day.",
        ),
        "self_signed": (
            "The server's certificate is signed by itself and is not among the trusted ones.",
            "Have it signed by the CA, or trust this very certificate.",
        ),
        "wrong_ca": (
            "The server's chain ends at a CA that is not among the trusted ones.",
            "Point the client at the CA that signed the server's certificate.",
        ),
        "issuer_unknown": (
            "What signed the server's certificate is not known here: another CA, or an intermediate that is not sent.",
            "Point the client at the right CA, or let the server send its whole chain.",
        ),
        "chain_incomplete": (
            "The chain leads to a known intermediate, but not to a self-signed CA.",
            "Put the root CA, too, into the file of trusted certificates.",
        ),
        "bad_signature": (
            "A signature in the server's chain is wrong.",
            "A CA of the same name with another key signed it: point the client at the right one.",
        ),
        "name_mismatch": (
            "The server's certificate is for other names than the host's.",
            "Connect by a name that it has, or issue one with this name.",
        ),
        "ip_mismatch": (
            "The server's certificate does not have the host's IP address.",
            "Connect by a name that it has, or issue one with this address.",
        ),
        "invalid_ca": (
            "A certificate in the chain is no CA and signed another.",
            "Issue the CA's certificate with CA:TRUE, or send the right chain.",
        ),
        "path_too_long": (
            "The chain has more CAs than one of them allows.",
            "Issue the intermediate from a CA that allows it.",
        ),
        "wrong_purpose": (
            "The server's certificate is not made for servers.",
            "Issue one with the extended key usage serverAuth.",
        ),
        "name_constrained": (
            "A CA in the chain may not sign this name.",
            "Use a CA whose name constraints permit it.",
        ),
        "weak_key": (
            "A key in the server's chain is too short.",
            "Use RSA of 2048 bits or more, or an elliptic curve.",
        ),
        "weak_signature": ("A signature in the chain uses a broken hash.", "Issue it again with SHA-256."),
        "revoked": ("A certificate in the chain was revoked.", "Issue a new one."),
        "malformed_certificate": (
            "A certificate in the server's chain cannot be read.",
            "Issue it again; look into the server's certificate file.",
        ),
        "certificate_refused": (
            "The server's chain cannot be verified.",
            "Compare with openssl verify; the number is OpenSSL's.",
        ),
    }
)

# What keeps the two sides from agreeing, and what the server thinks of the client.
HANDSHAKE = _table(
    {
        "not_tls": (
            "The server does not speak TLS on that port.",
            "Turn TLS on in the server, or correct the port.",
        ),
        "protocol_version": (
            "Client and server have no TLS version in common.",
            "Compare the lowest version of one with the highest of the other.",
        ),
        "handshake_refused": (
            "The server refused the TLS handshake.",
            "Look into the server's log: ciphers, curves or the kind of its certificate do not fit.",
        ),
        "handshake_failed": (
            "The TLS handshake broke off for a reason that has no name here.",
            "Compare with openssl s_client.",
        ),
        "name_unknown_to_server": (
            "The server has no certificate for the host's name.",
            "Connect by a name that the server knows.",
        ),
        "client_certificate_required": (
            "The server wants a client certificate, and got none.",
            "Configure the client's certificate and key.",
        ),
        "client_certificate_unknown_ca": (
            "The server does not know the CA that signed the client's certificate.",
            "Use one that the server's CA signed, or send the whole chain.",
        ),
        "client_certificate_expired": ("The client's certificate has expired.", "Renew it."),
        "client_certificate_refused": (
            "The server refused the client's certificate.",
            "Look at its purpose (clientAuth), its key and the server's log.",
        ),
        "weak_server_key": (
            "The server offers a key that is too weak for this machine's OpenSSL.",
            "Use Diffie-Hellman parameters of 2048 bits or more.",
        ),
    }
)

# What is wrong on this side, before anything is sent.
LOCAL = _table(
    {
        "ca_unusable": (
            "The trusted certificates cannot be read.",
            "Look whether the path leads to a PEM file with CA certificates that this user may read.",
        ),
        "client_certificate_unusable": (
            "The client's certificate cannot be read.",
            "Look whether the path leads to a PEM file that this user may read.",
        ),
        "client_key_unusable": (
            "The client's private key cannot be read.",
            "Look whether the path leads to a PEM file that this user may read.",
        ),
        "client_key_encrypted": (
            "The client's private key is encrypted, and no passphrase is configured.",
            "Configure the passphrase, or use a key without one that only this user can read.",
        ),
        "client_key_passphrase_wrong": (
            "The passphrase does not open the client's private key.",
            "Configure the right passphrase.",
        ),
        "client_key_mismatch": (
            "The client's private key does not belong to its certificate.",
            "Configure the pair that belongs together.",
        ),
        "client_certificate_weak": (
            "This machine's OpenSSL refuses the client's certificate as too weak.",
            "Issue it with a longer key and SHA-256.",
        ),
        "version_unavailable": (
            "This machine's OpenSSL does not speak the TLS version that is asked for.",
            "Ask for one that it speaks: 1.2 or 1.3.",
        ),
    }
)

REASONS = {**NETWORK_RETRIABLE, **NETWORK, **CERTIFICATE, **HANDSHAKE, **LOCAL}
"""Reasons by code: what can go wrong with any server. Redis and Vault have more of their own."""
