"""What a contract marks as sensitive, and what it is then judged as."""

from __future__ import annotations

import pytest
from gating import judge

from preflight.bindings import Bindings


def test_a_name_without_a_role_becomes_a_token_and_one_with_a_role_keeps_it():
    bindings = Bindings({}, (), ["DATABASE_URL", "PARTNER_CODE", "JWT_SECRET"])
    roles = [bindings.role(name) for name in ("DATABASE_URL", "PARTNER_CODE", "JWT_SECRET")]
    assert roles == ["database_url", "token", "jwt_secret"]
    assert bindings.is_secret("PARTNER_CODE", "yes")
    assert not Bindings().is_secret("PARTNER_CODE")


def test_a_projects_own_binding_wins_over_what_is_sensitive():
    assert Bindings({"jwt_secret": ["PARTNER_CODE"]}, (), ["PARTNER_CODE"]).role("PARTNER_CODE") == "jwt_secret"


@pytest.mark.parametrize("name", ["DATABASE_URL", "PARTNER_STORE"])
def test_the_password_of_a_sensitive_connection_string_is_judged(tmp_path, name):
    (tmp_path / ".env.example").write_text(f"# @sensitive\n{name}=<the database>\n")
    address = "postgresql://app:changeme@db.internal/app?sslmode=verify-full&sslrootcert=system"
    report = judge(tmp_path, process={"ENV": "production", name: address}, contracts=(".env.example",), stage="start")
    failed = {one["rule"]: one["resource"] for one in report["findings"] if one["status"] == "fail"}
    assert failed["secret-placeholder"] == {"type": "secret", "name": f"{name} (password)"}
    judged = {one["rule"] for one in report["findings"] if one["resource"] == {"type": "postgres_client", "name": name}}
    assert "postgres-sslmode" in judged
