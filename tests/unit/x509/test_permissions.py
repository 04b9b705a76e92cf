"""Modes and owners, as measured with libpq and the server (root 640 accepted, 644 refused, …)."""

from __future__ import annotations

import stat

import pytest

from preflight.x509.permissions import REASONS, libpq_client_key, may_read, server_key


@pytest.mark.parametrize(
    ("mode", "owner", "uid", "gids", "expected"),
    [
        (0o600, 0, 0, (), None),
        (0o640, 0, 0, (), None),
        (0o440, 0, 0, (), None),
        (0o700, 0, 0, (), None),
        (0o644, 0, 0, (), "others_or_group_write"),
        (0o604, 0, 0, (), "others_or_group_write"),
        (0o660, 0, 0, (), "others_or_group_write"),
        (0o650, 0, 0, (), "others_or_group_write"),
        (0o640, 0, 101, (7,), None),
        (0o640, 0, 101, (), "not_readable"),
        (0o600, 0, 101, (7,), "not_readable"),
        (0o600, 101, 101, (), None),
        (0o400, 101, 101, (), None),
        (0o700, 101, 101, (), None),
        (0o640, 101, 101, (), "group_or_others"),
        (0o604, 101, 101, (), "group_or_others"),
        (0o200, 101, 101, (), "not_readable"),
        (0o600, 101, 0, (), None),
        (0o600, 102, 101, (), "not_readable"),
        (stat.S_IFREG | 0o600, 101, 101, (), None),
        (stat.S_IFDIR | 0o600, 101, 101, (), "not_regular"),
        (stat.S_IFIFO | 0o600, 101, 101, (), "not_regular"),
    ],
)
def test_libpq_takes_a_clients_key(mode, owner, uid, gids, expected):
    assert libpq_client_key(mode, owner, 7, uid=uid, gids=gids) == expected
    assert expected is None or expected in REASONS


@pytest.mark.parametrize(
    ("mode", "owner", "uid", "gids", "expected"),
    [
        (0o600, 999, 999, (), None),
        (0o400, 999, 999, (), None),
        (0o640, 999, 999, (), "group_or_others"),
        (0o644, 999, 999, (), "group_or_others"),
        (0o640, 0, 999, (7,), None),
        (0o644, 0, 999, (7,), "others_or_group_write"),
        (0o600, 0, 999, (7,), "not_readable"),
        (0o440, 0, 999, (7,), None),
        (0o600, 1000, 999, (), "wrong_owner"),
        (0o640, 0, 0, (), "group_or_others"),
        (stat.S_IFLNK | 0o600, 999, 999, (), "not_regular"),
    ],
)
def test_a_server_takes_its_key(mode, owner, uid, gids, expected):
    assert server_key(mode, owner, 7, uid=uid, gids=gids) == expected


def test_the_owners_class_decides_alone():
    assert not may_read(0o077, 5, 7, uid=5, gids=(7,))
    assert not may_read(0o604, 5, 7, uid=6, gids=(7,))
    assert may_read(0o604, 5, 7, uid=6, gids=(8,))
    assert may_read(0o000, 5, 7, uid=0)
