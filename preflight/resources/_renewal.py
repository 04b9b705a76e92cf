"""Where a new value of a secret comes from: what is one's own is made at random, what another party issues is taken from there."""

from __future__ import annotations

from preflight.bindings.tokens import tokens

# Issuers, by a word of the setting's name.
_ISSUERS = {
    "aws": "AWS", "azure": "Azure", "cloudflare": "Cloudflare", "datadog": "Datadog",
    "digitalocean": "DigitalOcean", "gcp": "Google Cloud", "github": "GitHub", "gitlab": "GitLab", "google": "Google",
    "huggingface": "Hugging Face", "mailgun": "Mailgun", "npm": "npm", "openai": "OpenAI", "paypal": "PayPal",
    "sendgrid": "SendGrid", "sentry": "Sentry", "slack": "Slack", "stripe": "Stripe", "telegram": "Telegram",
    "twilio": "Twilio",
}  # fmt: skip
_SERVERS = {
    "database_password": "the database",
    "redis_password": "the server",
    "password": "the server that checks it",
}

# Senders and trackers whose credential stands in an address or is called a password.
_HOSTED = frozenset({"sendgrid", "mailgun", "sentry", "twilio", "stripe", "paypal", "github", "slack"})
_LOST = "What was encrypted with the old key cannot be read with another one: encrypt it anew first, or keep the old one for reading"
# Keys of which a program asks a form: the words of the name, all of them, and what to do.
_FORMS: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"fernet"}),
        (
            "Make a Fernet key: 32 bytes in URL-safe base64, nothing else is one. "
            f"{_LOST} (Airflow: put the new one before the old, with a comma between, then `airflow rotate-fernet-key`)."
            "\n$ openssl rand -base64 32 | tr '+/' '-_'"
        ),
    ),
    (
        frozenset({"rails", "master"}),
        (
            "Take it from config/master.key: 32 hexadecimal characters, and no other key opens config/credentials.yml.enc. For a new "
            "one, note the credentials, move both files away, and write the credentials again, which makes a key.\n$ bin/rails credentials:edit"
        ),
    ),
    (
        frozenset({"active", "record", "encryption"}),
        f"Let Rails make the keys. {_LOST} (a list of keys under `primary_key`).\n$ bin/rails db:encryption:init",
    ),
    (
        frozenset({"secret", "key", "base"}),
        (
            "Make a random key of 64 bytes, as Rails and Phoenix do (`bin/rails secret`, `mix phx.gen.secret`). Sessions end with it, and "
            "what the program encrypted or signed with the old one is lost.\n$ openssl rand -hex 64"
        ),
    ),
    (
        frozenset({"hasura", "jwt"}),
        (
            "Make a random key and write it as the JSON that Hasura reads: "
            '`{"type": "HS256", "key": "KEY"}`.\n$ openssl rand -hex 32'
        ),
    ),
    (
        frozenset({"jwt", "private"}),
        (
            "Make a key pair of the kind that the algorithm takes (RSA for RS256, P-256 for ES256, Ed25519 for EdDSA), and give the public "
            "half to whoever verifies. For RS256:\n$ openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072"
        ),
    ),
)


def renewal(role: str, name: str, *, embedded: bool = False) -> str:
    """Return what to do for a new value, commands alone on their lines.

    Args:
        role: What the secret is for.
        name: The setting's name.
        embedded: Whether it stands in a connection string.
    """
    words = tokens(name)
    issuer = next((_ISSUERS[word] for word in words if word in _ISSUERS), None)
    if role == "password" and issuer is not None and not _HOSTED.isdisjoint(words):
        return _from_issuer(issuer)
    if role in _SERVERS:
        where = " and here in the address" if embedded else ""
        return f"Make a random password, and set it at {_SERVERS[role]}{where} too.\n$ openssl rand -hex 32"
    if role == "vault_token":
        return "Let Vault issue a token for this service (an auth method, or `vault token create -policy=POLICY`)."
    if role != "token":
        return _own_key(role, words)
    if issuer is not None:
        return _from_issuer(issuer)
    return (
        "Take it from the party that issues it; only where this service itself hands it out, make one "
        "(openssl rand -hex 32)."
    )


def _from_issuer(issuer: str) -> str:
    if issuer == "AWS":
        return "Take it from AWS (IAM, access keys); better, give the service a role, and it needs no key at all."
    return f"Take it from {issuer}, where it is issued; nothing that you make up works there."


def _own_key(role: str, words: tuple[str, ...]) -> str:
    """Return how a key of the service's own is made, and what its change costs."""
    said = frozenset(words)
    formed = next((text for form, text in _FORMS if form <= said), None)
    if formed is not None:
        return formed
    if words[-2:] == ("app", "key"):
        return (
            "Make a random key; Laravel's is 32 bytes in base64 with `base64:` before it (`php artisan key:generate --show`). "
            f'{_LOST} (Laravel: APP_PREVIOUS_KEYS).\n$ echo "base64:$(openssl rand -base64 32)"'
        )
    if role != "encryption_key":
        return "Make a random key.\n$ openssl rand -base64 48"
    if said & {"pepper", "salt", "hash"}:
        return "Make a random text. No hash that was made with the old one matches any more.\n$ openssl rand -base64 48"
    if said & {"signing", "hmac"}:
        return "Make a random key. What was signed with the old one is no longer accepted.\n$ openssl rand -base64 48"
    return (
        "Make a random key in the form that the program reads: AES takes exactly 16, 24 or 32 bytes, mostly as base64; where the "
        "characters themselves are the bytes, `openssl rand -hex 16` prints 32. "
        f"{_LOST}.\n$ openssl rand -base64 32"
    )
