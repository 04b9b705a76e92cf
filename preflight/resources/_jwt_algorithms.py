"""Algorithms that sign JSON Web Tokens, and the kind of key that each takes."""

from __future__ import annotations

from preflight.resources._values import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.model.fact import Deferred, Unknown
    from preflight.model.setting import Setting

# RFC 7518 section 3.1, RFC 8037 section 3.1, RFC 8812 section 3.2, RFC 9864.
FAMILY_OF = {
    **dict.fromkeys(("HS256", "HS384", "HS512"), "hmac"),
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "rsa"),
    **dict.fromkeys(("ES256", "ES384", "ES512", "ES256K", "EDDSA", "ED25519", "ED448"), "ec"),
    "NONE": "none",
}
SIGNING = frozenset({"hmac", "rsa", "ec"})


def algorithms_of(setting: Setting | None) -> tuple[str, ...] | Unknown | Deferred:
    """Return the algorithms that a setting names, in upper case: one, or a list (`HS256,RS256`, `["HS256"]`).

    Args:
        setting: The setting; none names none.
    """
    written = text(setting)
    if written is None:
        return ()
    if not isinstance(written, str):
        return written
    for separator in ",;[]()'\"":
        written = written.replace(separator, " ")
    return tuple(written.upper().split())
