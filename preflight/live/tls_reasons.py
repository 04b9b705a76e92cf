"""What OpenSSL's numbers and symbols mean, as codes of ours. Its texts are never looked at.

Numbers of the verification: OpenSSL's include/openssl/x509_vfy.h, which only ever adds to them. Symbols: the names that
Python's `ssl` gives to OpenSSL's reasons (include/openssl/sslerr.h); those of alerts follow RFC 8446, section 6.2.
"""

from __future__ import annotations

import ssl

from preflight.live.failures import TlsFailure, tls_failure

BY_VERIFY_CODE = {
    2: "chain_incomplete",  # unable to get issuer certificate: an anchor was found that is not self-signed
    4: "bad_signature",
    6: "malformed_certificate",
    7: "bad_signature",
    9: "not_yet_valid",
    10: "expired",
    13: "malformed_certificate",
    14: "malformed_certificate",
    18: "self_signed",
    19: "wrong_ca",
    20: "issuer_unknown",
    21: "issuer_unknown",
    22: "path_too_long",
    23: "revoked",
    24: "malformed_certificate",
    25: "path_too_long",
    26: "wrong_purpose",
    32: "invalid_ca",  # keyCertSign is missing
    34: "malformed_certificate",
    41: "malformed_certificate",
    47: "name_constrained",
    48: "name_constrained",
    51: "name_constrained",
    52: "name_constrained",
    53: "name_constrained",
    62: "name_mismatch",
    64: "ip_mismatch",
    66: "weak_key",
    67: "weak_key",
    68: "weak_signature",
    79: "invalid_ca",
}

# Alerts of the server, and what this side finds wrong with its answers.
BY_SYMBOL = {
    "TLSV1_ALERT_PROTOCOL_VERSION": "protocol_version",
    "UNSUPPORTED_PROTOCOL": "protocol_version",
    "VERSION_TOO_LOW": "protocol_version",
    "TLSV1_ALERT_INAPPROPRIATE_FALLBACK": "protocol_version",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "handshake_refused",
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": "handshake_refused",
    "TLSV1_ALERT_INTERNAL_ERROR": "handshake_refused",
    "TLSV1_ALERT_NO_APPLICATION_PROTOCOL": "handshake_refused",
    "SSLV3_ALERT_ILLEGAL_PARAMETER": "handshake_refused",
    "TLSV1_ALERT_USER_CANCELLED": "handshake_refused",
    "TLSV1_ALERT_DECODE_ERROR": "handshake_refused",
    "TLSV1_ALERT_DECRYPT_ERROR": "client_certificate_refused",
    "TLSV1_UNRECOGNIZED_NAME": "name_unknown_to_server",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "client_certificate_required",
    "SSLV3_ALERT_NO_CERTIFICATE": "client_certificate_required",
    "TLSV1_ALERT_UNKNOWN_CA": "client_certificate_unknown_ca",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "client_certificate_expired",
    "SSLV3_ALERT_BAD_CERTIFICATE": "client_certificate_refused",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "client_certificate_refused",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "client_certificate_refused",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": "client_certificate_refused",
    "TLSV1_ALERT_ACCESS_DENIED": "client_certificate_refused",
    "DH_KEY_TOO_SMALL": "weak_server_key",
    "EE_KEY_TOO_SMALL": "weak_key",
    "CA_KEY_TOO_SMALL": "weak_key",
    "CA_MD_TOO_WEAK": "weak_signature",
    "NO_PROTOCOLS_AVAILABLE": "version_unavailable",
    "NO_CIPHERS_AVAILABLE": "version_unavailable",
    "WRONG_VERSION_NUMBER": "not_tls",
    "HTTP_REQUEST": "not_tls",
}
_ENDED = frozenset({"UNEXPECTED_EOF_WHILE_READING"})


def of_tls(error: ssl.SSLError, *, spoke_tls: bool, presented: bool) -> TlsFailure:
    """Say what an error of TLS means.

    Args:
        error: What `ssl` raised.
        spoke_tls: Whether the first bytes of the server's answer were those of TLS; True where it sent nothing.
        presented: Whether this side has a client certificate. Before TLS 1.3 a server that misses one sends the same
            alert as for any other handshake that it refuses.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        code = error.verify_code
        return tls_failure(BY_VERIFY_CODE.get(code, "certificate_refused"), verify_code=code)
    if not spoke_tls:
        return tls_failure("not_tls")
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError) or error.reason in _ENDED:
        return tls_failure("closed")
    reason = BY_SYMBOL.get(error.reason or "", "handshake_failed")
    if reason == "client_certificate_refused" and not presented:
        reason = "client_certificate_required"
    return tls_failure(reason)
