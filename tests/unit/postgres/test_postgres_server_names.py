"""Names that are none of PostgreSQL's settings, and those that they are near to."""

from __future__ import annotations

import pytest

from preflight.postgres.server_names import gone, nearest


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("max_connection", "max_connections"),
        ("max_conections", "max_connections"),
        ("wal_levle", "wal_level"),
        ("log_statements", "log_statement"),
        ("share_buffer", "shared_buffers"),
    ],
)
def test_a_slip_of_the_pen_is_near_to_what_was_meant(name, expected):
    assert nearest(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "max_connections", "io_method", "wal_keep_segments", "sort_mem", "force_parallel_mode",  # settings of some version
        "pg_stat_statements.max", "max_connections.x",  # an extension's
        "portt", "hunter", "edb_audit_directory", "my_own_setting", "",
    ],
)  # fmt: skip
def test_a_setting_and_what_is_near_to_none_are_near_to_nothing(name):
    assert nearest(name) is None


@pytest.mark.parametrize(
    ("name", "major", "expected"),
    [
        ("checkpoint_segments", 17, True), ("wal_keep_segments", 12, False), ("wal_keep_segments", 13, True),
        ("wal_keep_segments", None, False), ("max_connections", 17, False), ("force_parallel_mode", 18, False),
    ],
)  # fmt: skip
def test_settings_of_older_versions_are_gone(name, major, expected):
    assert gone(name, major) is expected
