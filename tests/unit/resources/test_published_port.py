"""Ports that services publish: what the rules say of them, at their lines."""

from __future__ import annotations

import pytest
from gating import judge

from preflight.gate.request import ComposeProjectFiles
from preflight.sources.compose import ComposeProject, load_project


@pytest.fixture
def project(tmp_path):
    def load(text, env=""):
        (tmp_path / "compose.yaml").write_text(text, encoding="utf-8")
        (tmp_path / ".env").write_text(env or "A=1\n", encoding="utf-8")
        loaded = load_project((), environment={}, folder=str(tmp_path))
        assert isinstance(loaded, ComposeProject), loaded
        return loaded

    return load


@pytest.fixture
def found(project, tmp_path):
    """Return (rule, line) of what the port rules do not accept."""

    def run(text, env=""):
        project(text, env)
        files = ComposeProjectFiles(files=("compose.yaml",), environment={})
        report = judge(tmp_path, stage="build", process=None, compose=files)
        assert not report["problems"], report["problems"]
        return {
            (one["rule"], one["origin"]["line"])
            for one in report["findings"]
            if one["pack"] == "ports" and one["status"] in {"fail", "error"}
        }

    return run


def service(*ports, image="example/app:1.0", more=""):
    listed = "".join(f"      - {port}\n" for port in ports)
    return f"services:\n  app:\n    image: {image}\n    ports:\n{listed}{more}"


@pytest.mark.parametrize(
    "port",
    [
        '"127.0.0.1:5432:5432"',
        '"[::1]:5432:5432"',
        '"::1:5432:5432"',
        "{target: 5432, published: 5432, host_ip: 127.0.0.1}",
        '"127.0.0.1::5432"',
        '"127.0.0.1:5430-5432:5430-5432"',
        '"::ffff:127.0.0.1:5432:5432"',
    ],
)
def test_a_data_store_may_be_published_where_few_reach_it(found, port):
    assert found(service(port, image="postgres:16")) == set()


@pytest.mark.parametrize(
    "port",
    [
        "5432",
        '"5432:5432"',
        '"0.0.0.0:5432:5432"',
        '"[::]:5432:5432"',
        '":::5432:5432"',
        "{target: 5432, published: 5432}",
        '{target: 5432, host_ip: "0.0.0.0"}',
        '"${PORT}:5432"',
        '"203.0.113.7:5432:5432"',
        '"192.168.0.10:5432:5432"',
        '"15432:5432/tcp"',
    ],
)
def test_a_data_store_is_found_at_its_line_in_every_spelling(found, port):
    assert found(service('"127.0.0.1:80:80"', port, image="postgres:16"), "PORT=5432\n") == {
        ("published-port-data-store", 6)
    }


def test_a_variable_that_vanishes_opens_a_port(found):
    assert ("published-port-unset-variable", 5) in found(service('"${BIND}:8000:8000"'))
    assert found(service('"${BIND:-127.0.0.1}:8000:8000"')) == set()
    assert found(service('"${BIND}:8000:8000"'), "BIND=127.0.0.1\n") == set()


def test_ports_of_a_service_in_the_hosts_network_are_not_judged_twice(found):
    """They do nothing; the network itself is another rule's matter."""
    assert found(service('"5432:5432"', image="postgres:16", more="    network_mode: host\n")) == set()
