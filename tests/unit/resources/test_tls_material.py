"""What is made of certificate files that not every program reads alike; libpq itself is asked in tests/differential."""

from __future__ import annotations

import pytest
from gating import judge
from support.pki import Shape, ca, issue, key, key_pem, pem

from preflight.gate.request import ComposeProjectFiles

ROOT, LEAF = pem(issue(ca())), pem(issue(Shape(), ca()))
GARBAGE = pem(b"none")
TRUSTED = ROOT.replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE")


def failed(folder, settings):
    report = judge(folder, process={"ENV": "production", **settings})
    return {one["rule"] for one in report["findings"] if one["status"] == "fail" and one["rule"].startswith("ca-")}


@pytest.mark.parametrize(
    ("bundle", "libpq", "others"),
    [
        (ROOT, set(), set()),
        (ROOT + GARBAGE, {"ca-parses"}, {"ca-parses"}),
        (GARBAGE + ROOT, {"ca-parses"}, {"ca-parses"}),
        (TRUSTED, set(), {"ca-parses"}),
        (pem(issue(ca(ca=None))), set(), set()),
        (pem(issue(ca(ca=None, usage=("digital_signature",)))), {"ca-may-issue"}, {"ca-may-issue"}),
        (pem(issue(ca(broken=True))), set(), set()),
        (pem(issue(ca("Between", number=2), ca())), {"ca-root"}, {"ca-root"}),
    ],
)
def test_a_ca_file_is_judged_as_its_reader_reads_it(tmp_path, bundle, libpq, others):
    (tmp_path / "ca.pem").write_bytes(bundle)
    dsn = f"postgresql://app@db.internal/app?sslmode=verify-full&sslrootcert={tmp_path}/ca.pem"
    assert failed(tmp_path, {"DATABASE_URL": dsn}) - {"ca-valid", "ca-renewal"} == libpq
    assert failed(tmp_path, {"TLS_CA_FILE": f"{tmp_path}/ca.pem"}) - {"ca-valid", "ca-renewal"} == others


@pytest.mark.parametrize(("behind", "told"), [(b"", ""), (ROOT, ""), (GARBAGE, "labelled as a certificate")])
def test_a_postgres_server_loads_all_of_its_file_or_nothing(tmp_path, behind, told):
    command = "postgres -c ssl=on -c ssl_cert_file=/tls/server.pem -c ssl_key_file=/tls/server.key"
    service = f"image: postgres:17\n    command: {command}\n    volumes: [./tls:/tls:ro]\n"
    (tmp_path / "compose.yaml").write_text(f"services:\n  db:\n    {service}")
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls/server.pem").write_bytes(LEAF + behind)
    (tmp_path / "tls/server.key").write_bytes(key_pem(key()))
    project = ComposeProjectFiles(files=("compose.yaml",), environment={})
    report = judge(tmp_path, stage="build", process=None, compose=project)
    (found,) = [one for one in report["findings"] if one["rule"] == "certificate-parses"]
    assert found["status"] == ("fail" if told else "pass")
    assert not told or told in found["message"]
