"""Names that a renewed certificate lacks."""

from __future__ import annotations

import pytest

from preflight.certificates.create import create
from preflight.certificates.options import CreateOptions
from preflight.certificates.replaced import lost_names


def test_the_names_that_are_lost(tmp_path):
    create(CreateOptions(directory=str(tmp_path), common_name="db", hosts=("db.prod", "10.0.0.5"), key_type="ec-p256"))
    old = str(tmp_path / "server-cert.pem")
    assert lost_names(old, ["db", "localhost", "127.0.0.1", "::1"]) == ("db.prod", "10.0.0.5")
    assert lost_names(old, ["DB", "localhost", "127.0.0.1", "::1", "db.prod", "10.0.0.5", "more"]) == ()
    assert lost_names(str(tmp_path / "ca-cert.pem"), []) == ()


@pytest.mark.parametrize("content", [None, b"", b"no certificate\n"])
def test_a_file_that_holds_none_has_no_names(tmp_path, content):
    path = tmp_path / "server-cert.pem"
    if content is not None:
        path.write_bytes(content)
    assert lost_names(str(path), []) == ()
