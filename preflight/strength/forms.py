"""What a secret is by its form: tokens that another party signed, hashes of passwords, tokens that manuals print.

JSON Web Signature, compact serialisation (RFC 7515, section 7.1); crypt(5) and the PHC string format for hashes of passwords.
"""

from __future__ import annotations

from preflight.strength.encodings import decode_base64, is_hex

FORMS = ("text", "token", "password_hash")
_LONGEST = 16384
# crypt(5), passlib, Django, LDAP (RFC 2307), PostgreSQL.
_HASH_OPENINGS = (
    "$1$", "$2a$", "$2b$", "$2x$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$gy$", "$apr1$", "$argon2i$", "$argon2d$", "$argon2id$",
    "$scrypt$", "$pbkdf2", "$sha1$", "pbkdf2_sha", "bcrypt$", "bcrypt_sha256$", "argon2$", "scrypt:", "pbkdf2:sha", "{SSHA", "{SHA",
    "{CRYPT}", "{PBKDF2", "{ARGON2", "SCRAM-SHA-256$",
)  # fmt: skip
# What the payloads of sample tokens say (jwt.io, and the manuals that copy from it).
_SAMPLES = (b'"John Doe"', b'"1234567890"', b'"Jane Doe"')


def form_of(text: str) -> str:
    """Return what a value is: `token` (a JSON Web Token), `password_hash`, or `text`.

    Args:
        text: The value; white space and quotes around it do not count.
    """
    bare = text.strip().strip("\"'")
    if bare.startswith(_HASH_OPENINGS) or (bare.startswith("md5") and len(bare) == 35 and is_hex(bare[3:])):
        return "password_hash"
    return "token" if _parts(bare) is not None else "text"


def is_sample_token(text: str) -> bool:
    """Say whether a value is a token as manuals print it, which everybody has."""
    parts = _parts(text.strip().strip("\"'"))
    return parts is not None and any(sample in parts[1] for sample in _SAMPLES)


def _parts(text: str) -> tuple[bytes, bytes] | None:
    """Return header and payload of a JSON Web Token, decoded."""
    if not text.startswith("ey") or text.count(".") != 2 or len(text) > _LONGEST:  # `{"` in base64
        return None
    header, payload, _ = text.split(".")
    decoded = decode_base64(header), decode_base64(payload)
    if decoded[0] is None or decoded[1] is None or b'"alg"' not in decoded[0] or not decoded[1].startswith(b"{"):
        return None
    return decoded[0], decoded[1]
