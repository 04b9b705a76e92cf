"""What turns TLS on is named as the settings in use are."""

from __future__ import annotations

import pytest
from gating import judge


def failed(tmp_path, bindings=None, **settings):
    report = judge(tmp_path, process={"ENV": "production", **settings}, bindings=bindings or {})
    return {one["rule"]: one for one in report["findings"] if one["status"] == "fail"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"TLS_MIN_VERSION": "1.2"}, "TLS_ENABLED=true"),
        ({"SERVER_MIN_TLS_VERSION": "1.2"}, "SERVER_TLS_ENABLED=true"),
        ({"MAX_TLS_VERSION": "1.3"}, "TLS_ENABLED=true"),
        ({"SHOP_SSL_CIPHERS": "HIGH"}, "SHOP_SSL_ENABLED=true"),
        ({"HTTPS_ENABLED": "false"}, "HTTPS_ENABLED=true"),
        ({"DISABLE_TLS": "yes"}, "DISABLE_TLS=false"),
        ({"SERVER_TLS_DISABLED": "1"}, "SERVER_TLS_DISABLED=false"),
    ],
)
def test_the_setting_to_write_is_named(tmp_path, settings, said):
    assert failed(tmp_path, **settings)["tls-enabled"]["remediation"].startswith(f"Set {said},")


def test_a_name_of_the_projects_own_tells_no_prefix(tmp_path):
    found = failed(tmp_path, {"tls_min_version": ["APP_PROTOCOL"]}, APP_PROTOCOL="1.2")
    assert found["tls-enabled"]["remediation"].startswith("Set TLS_ENABLED=true,")


def test_an_old_version_is_told_where_no_setting_turns_tls_off(tmp_path):
    assert {"tls-enabled", "tls-min-version"} <= set(failed(tmp_path, TLS_MIN_VERSION="TLSv1.1"))
    assert "tls-min-version" not in failed(tmp_path, TLS_MIN_VERSION="TLSv1.1", TLS_ENABLED="false")
    assert "tls-min-version" in failed(tmp_path, TLS_MIN_VERSION="TLSv1.1", TLS_ENABLED="true")
