"""Public CAs are those of the system's trust store."""

from __future__ import annotations

import ssl

import pytest
from support.pki import Shape, ca, issue

from preflight.x509 import public

ROOT = ca()
BETWEEN = ca("Between", number=2)
OTHER = ca("Another root", number=3)


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A trust store that holds ROOT alone."""
    path = tmp_path / "store.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(issue(ROOT)))
    monkeypatch.setattr(public, "STORES", (str(tmp_path / "nowhere.pem"), str(path)))


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        ([issue(Shape(), ROOT)], True),
        ([issue(Shape(), BETWEEN), issue(BETWEEN, ROOT)], True),
        ([issue(Shape(), BETWEEN)], False),  # whose issuer this is cannot be told
        ([issue(Shape(), OTHER)], False),
        ([issue(Shape(), OTHER), issue(OTHER)], False),
        ([b"no certificate"], False),
        ([], False),
    ],
)
def test_a_chain_is_public_by_whom_it_leads_to(store, chain, expected):
    assert public.issued_publicly(chain) is expected


@pytest.mark.parametrize(
    "content", [None, b"", b"\xff" * 50, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_without_a_usable_store_nothing_is_public(tmp_path, monkeypatch, content):
    path = tmp_path / f"store{content!r}".replace("/", "")[:40]
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(public, "STORES", (str(path),))
    assert not public.issued_publicly([issue(Shape(), ROOT)])
