"""How long a certificate may live depends on who issued it, when, and what for."""

from __future__ import annotations

import ssl

import pytest
from support.pki import DAY, NOW, Shape, ca, issue

from preflight.x509 import public

ROOT = ca()
COMPOSE = """
services:
  app:
    image: example/app:1.2
    environment: {{{name}: /certs/server.pem}}
    volumes: ["./server.pem:/certs/server.pem:ro"]
"""


@pytest.mark.parametrize(
    ("name", "days", "trusted", "longest", "too_long"),
    [
        ("TLS_CERT_FILE", 300, True, 200, True),
        ("TLS_CERT_FILE", 200, True, 200, False),
        ("TLS_CERT_FILE", 300, False, 825, False),
        ("TLS_CERT_FILE", 826, False, 825, True),
        ("POSTGRES_CLIENT_CERT", 300, True, 825, False),
    ],
)
def test_the_longest_life(of_compose, tmp_path, monkeypatch, name, days, trusted, longest, too_long):
    store = tmp_path / "store.pem"
    store.write_text(ssl.DER_cert_to_PEM_cert(issue(ROOT)))
    monkeypatch.setattr(public, "STORES", (str(store),) if trusted else ())
    leaf = Shape(not_before=NOW, not_after=NOW + days * DAY - DAY / 86400)
    files = {"server.pem": ssl.DER_cert_to_PEM_cert(issue(leaf, ROOT))}
    (found,) = of_compose("certificate", COMPOSE.format(name=name), files=files).values()
    assert found.use == ("server" if name.startswith("TLS") else "client")
    assert (found.public_issuer, found.lifetime_days) == (trusted, days)
    assert (found.longest_days, found.too_long) == (longest, too_long)
    assert 0 <= found.remaining_percent <= 100
