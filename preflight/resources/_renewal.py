"""Where a new value of a secret comes from: what is one's own is made at random, what another party issues is taken from there."""

from __future__ import annotations

from preflight.bindings.tokens import tokens

# Issuers, by a word of the setting's name.
_ISSUERS = {
    "anthropic": "Anthropic", "aws": "AWS", "azure": "Azure", "cloudflare": "Cloudflare", "datadog": "Datadog",
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


def renewal(role: str, name: str, *, embedded: bool = False) -> str:
    """Return what to do for a new value, commands alone on their lines.

    Args:
        role: What the secret is for.
        name: The setting's name.
        embedded: Whether it stands in a connection string.
    """
    if role in _SERVERS:
        where = " and here in the address" if embedded else ""
        return f"Make a random password, and set it at {_SERVERS[role]}{where} too.\n$ openssl rand -hex 32"
    if role == "vault_token":
        return f"{name}: let Vault issue a token for this service (an auth method, or `vault token create -policy=POLICY`)."
    if role != "token":
        return "Make a random key.\n$ openssl rand -base64 48"
    issuer = next((_ISSUERS[word] for word in tokens(name) if word in _ISSUERS), None)
    if issuer == "AWS":
        return (
            f"{name}: take it from AWS (IAM, access keys); better, give the service a role, and it needs no key at all."
        )
    if issuer is not None:
        return f"{name}: take it from {issuer}, where it is issued; nothing that you make up works there."
    return (
        f"{name}: take it from the party that issues it; only where this service itself hands it out, make one "
        "(openssl rand -hex 32)."
    )
