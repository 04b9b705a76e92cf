"""Files that libpq's keyword form names, read as libpq reads it (libpq manual, "Keyword/Value Connection Strings")."""

from __future__ import annotations

import pytest
from gating import judge


@pytest.mark.parametrize(
    ("written", "file"),
    [
        ("sslrootcert={}", "ca.pem"),
        ("sslrootcert = {}", "ca.pem"),
        ("sslrootcert='{}'", "my ca.pem"),
        ("sslrootcert = '{}' connect_timeout=5", "it\\'s ca.pem"),
        ("sslrootcert=/elsewhere.pem sslrootcert={}", "ca.pem"),
    ],
)
@pytest.mark.parametrize("there", [True, False])
def test_the_file_is_the_one_that_libpq_opens(tmp_path, written, file, there):
    if there:
        (tmp_path / file.replace("\\", "")).touch()
    dsn = f"host=db.internal dbname=app sslmode=verify-full {written.format(tmp_path / file)}"
    report = judge(tmp_path, process={"ENV": "production", "DATABASE_URL": dsn})
    found = [one for one in report["findings"] if one["rule"] == "certificate-file-exists"]
    assert [one["status"] for one in found] == ["pass" if there else "fail"]
    assert found[0]["resource"]["name"] == "DATABASE_URL (sslrootcert)"
