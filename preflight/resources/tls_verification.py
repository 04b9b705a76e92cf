"""Switches that can turn off the verification of certificates.

`NODE_TLS_REJECT_UNAUTHORIZED=0` (Node.js CLI manual), `PYTHONHTTPSVERIFY=0` (PEP 493), `VAULT_SKIP_VERIFY` (Vault CLI),
`GIT_SSL_NO_VERIFY` (git manual), `SSLKEYLOGFILE` (NSS key log: writes session keys to a file), and an application's own
`VERIFY_SSL`, `SSL_VERIFY`, `INSECURE_SKIP_VERIFY`, `TLS_INSECURE`, `TLS_VERIFY_DISABLED`.
"""

from __future__ import annotations

from preflight.bindings.tokens import tokens
from preflight.model.fact import Deferred, Unknown
from preflight.model.record import field
from preflight.resources._values import NEGATIVE, flag, text, with_role
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

_NEGATIVE = NEGATIVE | {"insecure", "skip", "allow", "ignore"}
_WORDS = {
    "none": False,
    "cert_none": False,
    "never": False,
    "full": True,
    "peer": True,
    "required": True,
    "cert_required": True,
    "strict": True,
}


class TlsVerification(Resource):
    """One switch."""

    verifies: Fact[bool] = field("Whether certificates are verified with the switch as it stands.")
    logs_keys: Fact[bool] = field("Whether it writes the session keys of TLS connections to a file.")


RESOURCE = TlsVerification


def collect(subject: Subject, context: Context) -> Iterator[TlsVerification]:
    """Collect the switches that are set."""
    for setting in with_role(subject, context.bindings, "tls_verification"):
        if not setting.is_set:
            continue
        logs = setting.name.upper() == "SSLKEYLOGFILE"
        yield TlsVerification(
            name=setting.name,
            origin=setting.origin,
            via=setting.via,
            verifies=True if logs else _verifies(setting),
            logs_keys=logs,
        )


def _verifies(setting: Setting) -> Fact[bool]:
    written = text(setting)
    if isinstance(written, str) and written.strip().lower() in _WORDS:
        return _WORDS[written.strip().lower()]
    if isinstance(written, str) and ("/" in written or written.endswith((".pem", ".crt"))):
        return True  # a path to the certificates that are trusted (requests' and Ansible's convention)
    on = flag(setting)
    if on is None or isinstance(on, (Unknown, Deferred)):
        return on
    negative = bool(_NEGATIVE.intersection(tokens(setting.name)))
    return on is not negative
