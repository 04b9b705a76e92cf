"""Keys that sign JSON Web Tokens.

RFC 7518 section 3.2: an HMAC key has at least the size of the hash output (HS256 32, HS384 48, HS512 64 bytes). RFC 8725
section 3.5: a password that people can remember must not be used as one. Libraries take the text's own bytes as key (PyJWT,
jsonwebtoken, golang-jwt), so the smaller of written and decoded size counts.
"""

from __future__ import annotations

from binascii import a2b_base64

from preflight.bindings.tokens import tokens
from preflight.model.record import field
from preflight.resources._jwt_algorithms import FAMILY_OF, SIGNING, algorithms_of
from preflight.resources._secrets import secrets_of
from preflight.resources._values import STATES, not_literal, state_of, with_role
from preflight.resources.base import Resource
from preflight.strength import assess, decoded_bytes, is_pem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from preflight.model.fact import Fact
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

FAMILIES = ("hmac", "rsa", "ec", "asymmetric")
_PLACES = ("/etc/", "/run/", "/var/", "/app/", "/opt/", "/home/", "/secrets/", "./", "../")
_BASE64_PEM = "LS0tLS1CRUdJTi"  # base64 of `-----BEGIN`


class JwtKey(Resource):
    """One signing key, or the lack of one where other settings say that tokens are signed."""

    state: Fact[str] = field("Whether it is set.", choices=STATES)
    algorithm: Fact[str] = field(
        "The algorithm that is configured, in upper case, of several the first; absent when none is that signs."
    )
    family: Fact[str] = field(
        "What kind of key the algorithm takes. Where none is configured that signs, the key tells: asymmetric for one half of a pair, else hmac.",
        choices=FAMILIES,
    )
    length: Fact[int] = field("Characters.", secret=True)
    bytes: Fact[int] = field("Bytes of key material.", secret=True)
    sufficient: Fact[bool] = field("Whether it has as many bytes as the hash of its algorithm puts out.", secret=True)
    bits: Fact[float] = field("Estimated strength in bits.", secret=True)
    human: Fact[bool] = field("Whether it reads like words that a person made up.", secret=True)
    form: Fact[str] = field(
        "What it looks like: a text, a PEM text (or base64 of one), a path.", choices=("text", "pem", "path")
    )


RESOURCE = JwtKey


def collect(subject: Subject, context: Context) -> Iterator[JwtKey]:
    """Collect the signing keys; where only their companions are configured, one key that is unset."""
    algorithm_setting = next((one for one in with_role(subject, context.bindings, "jwt_algorithm") if one.is_set), None)
    algorithm = _algorithm(algorithm_setting)
    keys = [one.setting for one in secrets_of(subject, context) if one.role == "jwt_secret" and not one.embedded]
    for setting in keys:
        yield _key(setting, algorithm)
    if not keys and not _verifies_only(subject):
        companion = algorithm_setting or next(
            (one for one in with_role(subject, context.bindings, "jwt_companion") if one.is_set), None
        )
        if companion is not None:
            nothing = dict.fromkeys(("length", "bytes", "sufficient", "bits", "human", "form"))
            yield JwtKey(
                name="JWT key",
                origin=companion.origin,
                via=companion.via,
                state="unset",
                algorithm=algorithm,
                family=_family(algorithm),
                **nothing,
            )


def _algorithm(setting: Setting | None) -> Fact[str]:
    """Return the first algorithm that signs: whether the others do is asked of the setting that names them."""
    named = algorithms_of(setting)
    return next((one for one in named if FAMILY_OF.get(one) in SIGNING), None) if isinstance(named, tuple) else named


def _family(algorithm: Fact[str]) -> Fact[str]:
    if algorithm is None:
        return "hmac"
    return FAMILY_OF[algorithm] if isinstance(algorithm, str) else algorithm


def _verifies_only(subject: Subject) -> bool:
    """Whether the service verifies tokens with somebody else's public key, and so needs no signing key."""
    for name, setting in subject.settings.items():
        words = frozenset(tokens(name))
        if setting.is_set and (words & {"jwks", "oidc", "openid"} or ("public" in words and words & {"jwt", "key"})):
            return True
    return False


def _key(setting: Setting, algorithm: Fact[str]) -> JwtKey:
    other = not_literal(setting)
    written = setting.text or ""
    family = "asymmetric" if algorithm is None and _one_of_a_pair(setting.name, written) else _family(algorithm)
    facts: dict[str, Any]
    if other is not None:
        facts = dict.fromkeys(("length", "bytes", "sufficient", "bits", "human", "form"), other)
    elif not written:
        facts = dict.fromkeys(("length", "bytes", "sufficient", "bits", "human", "form"))
    else:
        strength = assess(written)
        size = min(len(written.encode("utf-8", "surrogatepass")), decoded_bytes(written))
        needed = {"HS384": 48, "HS512": 64}.get(algorithm if isinstance(algorithm, str) else "", 32)
        facts = {
            "length": len(written),
            "bytes": size,
            "sufficient": size >= needed,
            "bits": strength.bits,
            "human": strength.human,
            "form": _form(written),
        }
    return JwtKey(
        name=setting.name,
        origin=setting.origin,
        via=setting.via,
        state=state_of(setting),
        algorithm=algorithm,
        family=family,
        **facts,
    )


def _one_of_a_pair(name: str, text: str) -> bool:
    """Whether a key is half of a pair, where no algorithm says so.

    A private key's PEM is one under every name. A public key's PEM is one only where the name says so: as `JWT_SECRET` it
    may be taken for an HMAC secret, which everybody knows (RFC 8725, section 2.1).
    """
    form = _form(text)
    if form == "pem" and "PRIVATE KEY" in _pem_head(text):
        return True
    return form in {"pem", "path"} and not {"private", "public"}.isdisjoint(tokens(name))


def _pem_head(text: str) -> str:
    """Return the first line of a PEM text, which may be in base64 (RFC 7468, section 3)."""
    if "-----BEGIN" in text:
        return text.partition("-----BEGIN")[2][:40]
    try:
        return a2b_base64(text[:64]).decode("ascii", "replace")
    except ValueError:
        return ""


def _form(text: str) -> str:
    text = text.strip()
    if is_pem(text) or text.startswith(_BASE64_PEM):
        return "pem"
    # Base64 may start with a slash, so only what looks like a place on disk is one.
    return "path" if text.startswith(_PLACES) or text.endswith((".pem", ".key", ".p8")) else "text"
