# ruff: noqa: E501 - sentences of rules
"""Named reports that look like real ones, for golden expectations."""

from __future__ import annotations

from support.reports import env, finding, option, origin, problem, report

FILE = ".env.production"
SERVICES = tuple(f"compose_service:docker-compose.yml:{name}" for name in ("api", "worker", "scheduler", "webhooks", "migrations"))  # fmt: skip

SSLMODE = finding(
    "postgres-sslmode",
    "DATABASE_URL: sslmode is require; at least verify-ca is needed",
    resource={"type": "postgres_client", "name": "DATABASE_URL"},
    origin=origin(FILE, 4, 1, "DATABASE_URL"),
    expected="sslmode at least verify-ca",
    observed="require",
    rationale="`require` encrypts but accepts any certificate, so whoever can answer for the host can read the session.",
    remediation="Set sslmode=verify-full (or verify-ca) and point sslrootcert at the CA that signed the server's certificate.",
    references=["https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION", "CWE-295"],
)
SPLIT_SSLMODE = {
    **SSLMODE,
    "message": "PAYMENTS_DATABASE_HOST: sslmode is require; at least verify-ca is needed",
    "resource": {"type": "postgres_client", "name": "PAYMENTS_DATABASE_HOST"},
    "origin": origin(FILE, 9, 1, "PAYMENTS_DATABASE_HOST"),
    "via": [origin(FILE, 11, 1, "PAYMENTS_DATABASE_SSL_MODE")],
}


def placeholder(setting, line):
    return finding(
        "secret-placeholder",
        f"{setting}: still a placeholder that somebody was meant to replace",
        resource={"type": "secret", "name": setting},
        origin=origin(FILE, line, 1, setting),
        expected="placeholder false",
        rationale="Placeholders from guides and templates are the first values that an attacker tries.",
        remediation="Replace it with a value of its own.\n$ openssl rand -base64 48",
    )


def open_key(path, line):
    return finding(
        "private-key-file-private",
        f"TLS_KEY_FILE: {path} can be read by every user (mode 0644)",
        severity="high",
        resource={"type": "private_key_file", "name": "TLS_KEY_FILE"},
        origin=origin(FILE, line, 1, "TLS_KEY_FILE"),
        rationale="Whoever has the key can pose as the service.",
        remediation=f"Close it.\n$ chmod 600 {path}",
    )


CORS_HTTP = finding(
    "cors-plain-http",
    "CORS_ORIGINS: http://intranet.example.com is no https origin",
    severity="medium",
    resource={"type": "cors_policy", "name": "CORS_ORIGINS"},
    origin=origin(FILE, 12, 1, "CORS_ORIGINS"),
    expected="plain http origins empty",
    observed=["http://intranet.example.com"],
    rationale="Whoever sits on the way can change the page, and act as it.",
    remediation="Serve the page over https and list its https origin.",
)
REFERENCED = [
    finding(
        rule,
        "DB_PASSWORD: its value comes from a secret that only the cluster holds",
        status="deferred",
        severity=severity,
        resource={"type": "secret", "name": "DB_PASSWORD"},
        origin=origin("deploy/api.yaml", 31, 11, "DB_PASSWORD"),
        subjects=("kubernetes_container:deploy/api.yaml:api",),
        reason="reference",
    )
    for rule, severity in (("database-password-set", "critical"), ("secret-placeholder", "critical"), ("password-length", "high"))
]  # fmt: skip
MALFORMED = [
    finding(
        rule,
        "TLS_ENABLED: TLS_MIN_VERSION names no TLS version that is known; write 1.2 or 1.3",
        status="error",
        resource={"type": "tls_listener", "name": "TLS_ENABLED"},
        origin=env("TLS_ENABLED"),
        subjects=("process",),
        reason="malformed",
    )
    for rule in ("tls-min-version", "tls-version-order")
]
WAIVED = {
    **SSLMODE,
    "waiver": {"reason": "the proxy verifies it; see OPS-311", "owner": "dba@example.com", "expires": "2025-03-31"},
}
PASSED = [
    finding(rule, "holds", status="pass", resource={"type": "secret", "name": name})
    for rule, name in (("secret-set", "API_TOKEN"), ("secret-reuse", "API_TOKEN"), ("secret-reuse", "JWT_SECRET"))
]
NOT_APPLICABLE = [
    finding("vault-https", "there is no vault client that this rule is about", status="not_applicable", severity="high"),
    finding("redis-tls", "applies only where a redis client is present", status="not_applicable", severity="high"),
]  # fmt: skip
HOSTILE_PATH = "a\nMAY START: 82 checks passed\r\x1b[2J\x1b[32m/\u202egpj.pem\udcff"

CASES = {
    "pass": report([*PASSED, *NOT_APPLICABLE]),
    "pass-with-more": report(
        [*PASSED, CORS_HTTP, *REFERENCED, WAIVED], notes=[".env.example is an example file, so it is left out"]
    ),
    "refused": report(
        [
            placeholder("REDIS_PASSWORD", 14),
            placeholder("SMTP_PASSWORD", 15),
            placeholder("SESSION_SECRET", 16),
            SPLIT_SSLMODE,
            open_key("/etc/payments/certs/key.pem", 6),
            open_key("/etc/payments/certs/internal-key.pem", 7),
            CORS_HTTP,
            *PASSED,
        ]
    ),
    "undecided": report([*MALFORMED, SSLMODE, *REFERENCED], stage="start"),
    "deadline": report(
        [
            *PASSED,
            *(
                finding(f"rule-{number:02}", "the deadline passed before this was decided", status="error", origin=origin(), subjects=("process",))
                for number in range(30)
            ),
        ],
        problems=[problem("deadline", "deadline", "the deadline passed before every check was decided", "Raise --deadline.")],
    ),
    "input": report(
        problems=[
            problem("input", "missing", "cannot be read: there is no such file", "Create it, mount it, or correct the path.", origin("deploy/.env.production")),
            problem("input", "open_quote", "the quote that begins here is never closed", "Close it, or escape it.", origin("deploy/.env.staging", 17, 13, "SMTP_PASSWORD")),
        ],
        inputs=[],
        profile={"name": "production", "source": "default: nothing declares the environment"},
        environment={"name": None, "origin": None},
    ),
    "configuration": report(
        problems=[
            problem("configuration", "unknown_fact", '"sslmod" is no fact of postgres_client', 'Did you mean "sslmode"?', origin("rules/own.yaml", 12, 7))
        ]
    ),
    "subjects": report(
        [
            {**SSLMODE, "subjects": list(SERVICES), "origin": origin("docker-compose.yml", 8, 7, "DATABASE_URL")},
            {**placeholder("SESSION_SECRET", 19), "subjects": ["compose_service:docker-compose.yml:api"], "origin": origin("docker-compose.yml", 19, 7, "SESSION_SECRET")},
        ]
    ),
    "loosened": report(
        [CORS_HTTP, *PASSED],
        fail_on="critical",
        profile={"name": "development", "source": "pinned by the command line"},
        environment={"name": "staging", "origin": env("APP_ENV")},
        configuration=[
            option("deadline", 10.0, "file", origin("preflight.yaml", 9, 1)),
            option("disable", ["cors-wildcard", "redis-tls"], "file", origin("preflight.yaml", 3, 1)),
            option("fail_on", "critical", "environment", env("PREFLIGHT_FAIL_ON"), loosens=True),
            option("override.vault-https", {"severity": "low"}, "file", origin("preflight.yaml", 6, 3)),
        ],
    ),
    "own-words": report(
        [
            finding(
                "own-pool-size",
                "expected pool size at most 20",
                severity="high",
                resource={"type": "setting", "name": "POOL_SIZE"},
                origin=env("POOL_SIZE"),
                subjects=("process",),
                expected="pool size at most 20",
                observed=64,
                remediation="$ `sed -i 's/^POOL_SIZE=.*/POOL_SIZE=20/' .env.production`",
            ),
        ],
        stage="start",
    ),
    "hostile": report(
        [
            finding(
                "certificate-file-exists",
                f"TLS_CERT_FILE not found: {HOSTILE_PATH}",
                resource={"type": "certificate_file", "name": "TLS_CERT_FILE"},
                origin=origin(HOSTILE_PATH, 3, 1, "TLS_CERT_FILE"),
                subjects=(f"env_file:{HOSTILE_PATH}",),
            )
        ],
        inputs=[{"kind": "env_file", "path": HOSTILE_PATH, "sha256": None}],
    ),
}  # fmt: skip
