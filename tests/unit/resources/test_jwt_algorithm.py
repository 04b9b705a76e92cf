"""The algorithm that tokens are signed by is judged where it is set, and hides nothing about the key."""

from __future__ import annotations

import secrets

import pytest
from gating import judge


def said(tmp_path, **settings):
    report = judge(tmp_path, process=settings, stage="build")
    return {one["rule"]: one for one in report["findings"] if one["pack"] == "jwt" and one["status"] == "fail"}


def test_the_finding_names_the_setting_of_the_algorithm_and_the_weak_key_is_told_too(tmp_path):
    found = said(tmp_path, JWT_SIGNING_KEY=secrets.token_hex(4), JWT_ALGORITHM="none")
    assert found["jwt-algorithm"]["resource"]["name"] == found["jwt-algorithm"]["origin"]["setting"] == "JWT_ALGORITHM"
    assert found["jwt-algorithm"]["message"] == "JWT_ALGORITHM: NONE is no algorithm that signs tokens"
    assert set(found) == {"jwt-algorithm", "jwt-key-length"}


@pytest.mark.parametrize(
    ("written", "wrong"),
    [("HS256,HS512", None), ('["HS256"]', None), ("HS256 none", "NONE"), ("eddsa", None), ("RS256,HS1", "HS1")],
)
def test_of_a_list_every_algorithm_has_to_sign(tmp_path, written, wrong):
    found = said(tmp_path, JWT_SECRET=secrets.token_urlsafe(80), JWT_ALGORITHMS=written)
    assert ("jwt-algorithm" in found) is (wrong is not None)
    assert wrong is None or f"JWT_ALGORITHMS: {wrong} is" in found["jwt-algorithm"]["message"]


def test_what_may_be_a_key_in_the_wrong_place_is_not_shown(tmp_path):
    value = secrets.token_hex(16)
    found = said(tmp_path, JWT_SECRET=secrets.token_urlsafe(48), JWT_ALGORITHM=value)["jwt-algorithm"]
    assert value.upper() not in str(found).upper()
