"""The roles a setting can play, and the names in common use for each.

A secret's name ends in what it is (`..._PASSWORD`, `..._SECRET_KEY`): `PASSWORD_MIN_LENGTH`, `JWT_SECRET_FILE` or
`KMS_KEY_ALIAS` end in something else and are none.
"""

from __future__ import annotations

from preflight.bindings.tokens import tokens

# role: what it is. The first part are secrets; what they must withstand is said by the rules, not here.
ROLES: dict[str, str] = {
    "jwt_secret": "Key that signs JSON Web Tokens.",
    "session_secret": "Key that signs sessions, cookies or forms.",
    "encryption_key": "Key that encrypts or authenticates data.",
    "database_password": "Password of a database.",
    "redis_password": "Password of Redis or Valkey.",
    "vault_token": "Token of Vault or OpenBao.",
    "password": "Password of anything else.",
    "token": "Token or key that another party issued.",
    "environment": "Which environment this is.",
    "debug_mode": "Whether a framework's debug mode is on.",
    "database_url": "Connection string of a database.",
    "redis_url": "Connection string of Redis or Valkey.",
    "redis_host": "Host of Redis or Valkey.",
    "redis_tls": "Whether Redis is reached over TLS.",
    "vault_address": "Address of Vault or OpenBao.",
    "jwt_algorithm": "Algorithm that signs JSON Web Tokens.",
    "jwt_companion": "Another setting of JSON Web Tokens, which says that the service signs or verifies them.",
    "tls_enabled": "Whether a listener speaks TLS.",
    "tls_min_version": "Lowest TLS version that is accepted.",
    "tls_max_version": "Highest TLS version that is offered.",
    "tls_ciphers": "Cipher suites in OpenSSL's notation.",
    "tls_cert_file": "Path of a certificate.",
    "tls_key_file": "Path of a private key.",
    "tls_ca_file": "Path of the certificates that are trusted.",
    "tls_verification": "A switch that can turn off the verification of certificates.",
    "cors_origins": "Origins that may read responses.",
    "cors_origin_regex": "Pattern of origins that may read responses.",
    "cors_allow_all": "Whether every origin may read responses.",
    "cors_credentials": "Whether cross-origin requests may carry credentials.",
    "listen_address": "Address a server binds.",
}
SECRET_ROLES = (
    "jwt_secret",
    "session_secret",
    "encryption_key",
    "database_password",
    "redis_password",
    "vault_token",
    "password",
    "token",
)

_PASSWORD = frozenset({"password", "passwd", "passphrase", "pass", "pwd", "pw", "passcode", "passwort", "keyphrase"})
_DATABASE = frozenset(
    {"database", "db", "postgres", "postgresql", "pg", "mysql", "mariadb", "mongo", "mongodb", "mssql", "sql", "oracle"}
)
_REDIS = frozenset({"redis", "valkey", "keydb", "dragonfly"})
_VAULT = frozenset({"vault", "bao", "openbao"})
_SESSION = frozenset(
    {"session", "cookie", "csrf", "nextauth", "auth", "app", "django", "flask", "rails", "laravel", "secret"}
)
_ENCRYPTION = frozenset(
    {"encryption", "encrypt", "fernet", "master", "aes", "hmac", "signing", "data", "cipher", "crypto", "hash"}
)
_ISSUED_KEY = frozenset(
    {"api", "access", "private", "service", "account", "license", "deploy", "webhook", "auth", "secret", "client"}
)
_PUBLIC = frozenset({"public", "publishable", "pub", "site", "anon"})
# What stands behind a name without changing what it is: JWT_SECRET_OLD, SIGNING_SECRET_V2, JWT_SECRET_BASE64.
_VERSIONS = frozenset(
    {"old", "new", "previous", "current", "next", "primary", "secondary", "base64", "b64", "v1", "v2", "v3"}
)
_PLURALS = {"secrets": "secret", "passwords": "password"}
_WHOLE_WORDS = {
    **dict.fromkeys(("dbpassword", "dbpass", "dbpwd", "dbpasswd"), "database_password"),
    **dict.fromkeys(("jwtsecret", "jwtkey"), "jwt_secret"),
    "redispassword": "redis_password",
    "secretkey": "session_secret",
    **dict.fromkeys(("pgpassword", "pgpass"), "database_password"),
    "secret": "session_secret",
    "apikey": "token",
    "password": "password",
}
_NOT_SECRETS = frozenset(
    {"pwd", "oldpwd", "ssh_auth_sock", "gpg_key", "aws_web_identity_token", "azure_federated_token"}
)  # the last two are written and rotated by the platform, with modes of its own


def secret_role(name: str) -> str | None:
    """Return the role of a secret's name, or None when the name is no secret's.

    Args:
        name: A setting's name, such as `PAYMENTS_AUTH_JWT_SECRET`.
    """
    words = tokens(name)
    while len(words) > 1 and (words[-1] in _VERSIONS or words[-1].isdecimal()):
        words = words[:-1]
    words = (*words[:-1], _PLURALS.get(words[-1], words[-1])) if words else words
    if not words or name.lower() in _NOT_SECRETS or _PUBLIC.intersection(words):
        return None
    if len(words) == 1 and words[0] in _WHOLE_WORDS:
        return _WHOLE_WORDS[words[0]]
    last, before = words[-1], frozenset(words[:-1])
    if last in _PASSWORD:
        return _password_role(words, before)
    if last == "auth" and before & _REDIS:
        return "redis_password"
    if last == "token":
        return _token_role(words, before)
    if last in {"secret", "key", "base", "apikey", "pepper", "salt"}:
        return _key_role(words, last, before)
    return None


def _password_role(words: tuple[str, ...], before: frozenset[str]) -> str | None:
    if len(words) == 1 and words[0] in {"pwd", "pass", "pw"}:
        return None  # the shell's working directory; a word too short to mean anything alone
    if before & _REDIS:
        return "redis_password"
    return "database_password" if before & _DATABASE else "password"


def _token_role(words: tuple[str, ...], before: frozenset[str]) -> str | None:
    if before & _VAULT:
        return "vault_token"
    if before & {"max", "min", "next", "special", "pad", "eos", "bos", "per"}:
        return None  # the tokens of a language model, a paging cursor
    return "token" if len(words) > 1 else None


def _key_role(words: tuple[str, ...], last: str, before: frozenset[str]) -> str | None:
    if last == "base":  # Rails: SECRET_KEY_BASE
        return "session_secret" if words[-3:] == ("secret", "key", "base") else None
    if last in {"pepper", "salt"}:
        return "encryption_key" if before & {"password", "hash", "secret", "app"} else None
    if last == "apikey":
        return "token"
    if "jwt" in before or (last == "secret" and words[-2:-1] == ("token",)):
        return "jwt_secret"
    of_a_certificate = before & {"server", "cert"} or (words[-2:-1] == ("client",) and before & _DATABASE)
    if before & {"tls", "ssl", "ssh", "pem"} or (last == "key" and of_a_certificate):
        return None  # a private key's text or path: certificates' own settings
    if before & _ENCRYPTION and not before & {"webhook", "webhooks"}:
        return "encryption_key"
    if last == "secret":
        return "session_secret" if before and before <= _SESSION | {words[0]} and before & _SESSION else "token"
    if words[-2:] == ("secret", "key"):
        named = before - {"secret"}
        return (
            "session_secret"
            if not named or named & _SESSION or (len(named) == 1 and not named & {"stripe", "aws", "s3"})
            else "token"
        )
    if words[-2:] in {("app", "key"), ("session", "key"), ("cookie", "key")}:
        return "session_secret"
    return "token" if before & _ISSUED_KEY else None


_ENVIRONMENT_NAMES = frozenset(
    """env environment app_env application_env node_env rails_env rack_env django_env flask_env go_env deploy_env
    deployment_env deployment_environment app_environment aspnetcore_environment dotnet_environment spring_profiles_active
    app_stage stage symfony_env hanami_env mix_env run_env service_env runtime_env sentry_environment""".split()
)
_DEBUG_NAMES = frozenset({"debug", "app_debug", "django_debug", "fastapi_debug", "flask_debug", "starlette_debug"})
_NAMED = {**dict.fromkeys(_ENVIRONMENT_NAMES, "environment"), **dict.fromkeys(_DEBUG_NAMES, "debug_mode")}
_VERIFICATION_NAMES = frozenset(
    """node_tls_reject_unauthorized pythonhttpsverify git_ssl_no_verify curl_insecure vault_skip_verify consul_http_ssl_verify
    nomad_skip_verify sslkeylogfile""".split()
)
_TRUST_STORES = frozenset(
    """ssl_cert_file nix_ssl_cert_file system_certificate_path requests_ca_bundle curl_ca_bundle node_extra_ca_certs aws_ca_bundle
    git_ssl_cainfo git_ssl_ca_info pip_cert cargo_http_cainfo deno_cert httplib2_ca_certs grpc_default_ssl_roots_file_path""".split()
)
_FILE_WORDS = frozenset({"file", "path", "filename", "location"})
_LISTEN_NAMES = frozenset(
    """host bind bind_address bind_addr listen listen_addr listen_address listen_host http_host server_host uvicorn_host
    hypercorn_bind granian_host gunicorn_bind gunicorn_cmd_args web_host app_host api_host server_address
    server_bind server_listen""".split()
)


def plain_role(name: str) -> str | None:
    """Return the role of a setting that is no secret, or None when its name says nothing."""
    words = tokens(name)
    if not words:
        return None
    joined = "_".join(words)
    present = frozenset(words)
    last = words[-1]
    if joined in _NAMED:
        return _NAMED[joined]
    if joined in _VERIFICATION_NAMES or _switches_verification(words, present):
        return "tls_verification"
    if (role := _cors_role(words, present)) is not None:
        return role
    if (role := _tls_role(words, present)) is not None:
        return role
    if present & _VAULT and last in {"addr", "address", "url", "uri", "endpoint"}:
        return "vault_address"
    if (present & _REDIS and last in {"url", "uri", "dsn"}) or joined in {"celery_broker_url", "celery_result_backend"}:
        return "redis_url"
    if present & _REDIS and last in {"host", "hostname", "addr", "address"}:
        return "redis_host"
    if (last in {"url", "uri", "dsn"} and present & (_DATABASE | {"sqlalchemy"})) or joined == "dsn":
        return "database_url"
    if "jwt" in present:
        if last in {"algorithm", "alg", "algorithms"}:
            return "jwt_algorithm"
        if last in {"issuer", "audience", "expiry", "expires", "expiration", "ttl", "in", "minutes", "seconds"}:
            return "jwt_companion"
    if joined in _LISTEN_NAMES or words[-2:] in {
        ("server", "host"),
        ("bind", "address"),
        ("listen", "address"),
        ("listen", "addr"),
    }:
        return None if present & (_DATABASE | _REDIS | _VAULT | {"smtp", "mail", "email"}) else "listen_address"
    return None


def _switches_verification(words: tuple[str, ...], present: frozenset[str]) -> bool:
    """Whether the name is one of the switches that turn verification on or off (`VERIFY_SSL`, `TLS_INSECURE`)."""
    if words[-1] in _STATES and len(words) > 1:
        words = words[:-1]
    if words[-3:] == ("insecure", "skip", "verify") or words[-2:] in {
        ("skip", "verify"),
        ("tls", "insecure"),
        ("ssl", "insecure"),
    }:
        return True
    if not present & {"ssl", "tls", "https", "cert", "certs", "certificate", "certificates"}:
        return False
    return words[-1] in {"verify", "verification"} or words[0] == "verify" or words[-2:] in {
        ("verify", "ssl"), ("verify", "tls"), ("verify", "certs"), ("verify", "certificate"), ("verify", "certificates"),
        ("reject", "unauthorized"), ("no", "verify"), ("allow", "insecure"),
    }  # fmt: skip


def _cors_role(words: tuple[str, ...], present: frozenset[str]) -> str | None:
    if "cors" not in present and words not in {("allowed", "origins"), ("allow", "origins"), ("allowed", "origin")}:
        return None
    if "credentials" in present:
        return "cors_credentials"
    if present & {"regex", "regexes", "pattern", "patterns"}:
        return "cors_origin_regex"
    if "all" in present:
        return "cors_allow_all"
    if present & {"origin", "origins", "whitelist", "allowlist", "domains"}:
        return "cors_origins"
    return None


_STATES = frozenset({"enabled", "enable", "disabled", "disable"})
_OPENINGS = frozenset({"enable", "use", "disable", "no", "without"})
_PROTOCOLS = frozenset({"tls", "ssl", "https"})
_CA_ENDS = frozenset(
    {("ca", "cert"), ("ca", "certificate"), ("ca", "bundle"), ("root", "ca"), ("root", "cert"), ("root", "certificate")}
)


def _tls_role(words: tuple[str, ...], present: frozenset[str]) -> str | None:  # noqa: C901, PLR0912 - a table of names
    joined = "_".join(words)
    if joined in _TRUST_STORES:
        return "tls_ca_file"  # OpenSSL's, requests', curl's and Node's own names of their trust store
    if not present & {"tls", "ssl", "https", "cert", "certificate", "ca", "rootcert", "cacert"}:
        return None
    if present & _VAULT and words[-2:] == ("cert", "path"):
        return None  # a path inside Vault
    stem = words[:-1] if words[-1] in _FILE_WORDS else words
    if not stem:
        return None
    last = stem[-1]
    if stem != words or last in {"certfile", "keyfile", "cafile", "cacerts"}:
        if last in {"ca", "cacert", "rootcert", "cafile", "bundle", "cacerts"} or stem[-2:] in _CA_ENDS:
            return "tls_ca_file"
        if last in {"cert", "certificate", "crt", "certfile", "chain", "fullchain", "sslcert"}:
            return "tls_cert_file"
        if last in {"key", "keyfile", "privkey", "sslkey"}:
            return "tls_key_file"
        return None
    if not present & {"tls", "ssl", "https"}:
        return None
    off = last in {"disabled", "disable"} and words[-2] in _PROTOCOLS
    switches = off or last in {"enabled", "enable"} or (last in _PROTOCOLS and words[-2:-1] and words[-2] in _OPENINGS)
    if present & _REDIS and (switches or last in {"tls", "ssl"}):
        return "redis_tls"
    if switches or (words[0] in _OPENINGS and last in _PROTOCOLS):
        return "tls_enabled"
    if last in {"version", "versions", "protocol", "protocols", "v"} or present & {"min", "minimum", "max", "maximum"}:
        if present & {"max", "maximum"}:
            return "tls_max_version"
        if present & {"min", "minimum"} or last in {"version", "protocol", "protocols", "versions"}:
            return "tls_min_version"
    if last in {"ciphers", "cipher", "ciphersuites"} or words[-2:] == ("cipher", "suites"):
        return "tls_ciphers"
    if last in {"ca", "cacert", "rootcert"} or words[-2:] in _CA_ENDS:
        return "tls_ca_file"
    if last in {"cert", "certificate", "crt"}:
        return "tls_cert_file"
    return "tls_key_file" if last in {"key", "privkey"} else None
