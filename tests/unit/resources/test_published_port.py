"""Ports that services publish: who reaches them, what is behind them, and what takes them twice."""

from __future__ import annotations

import pytest
from gating import judge

from preflight.gate.request import ComposeProjectFiles
from preflight.resources._image_roles import role_of
from preflight.sources.compose import ComposeProject, load_project, subjects
from preflight.sources.compose.port_conflicts import port_conflicts


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
        '"192.168.0.10:5432:5432"',
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


@pytest.mark.parametrize(
    ("image", "port", "role"),
    [
        ("postgres:16", 5432, "database"),
        ("postgres:16", 1, "database"),
        ("docker.io/library/postgres:16@sha256:00", 5432, "database"),
        ("bitnami/postgresql:16", 5432, "database"),
        ("registry.example.com:5000/mirror/mysql:8", 3306, "database"),
        ("redis/redis-stack-server:7", 6379, "cache"),
        ("rabbitmq:3-management", 5672, "broker"),
        ("rabbitmq:3-management", 15672, "admin"),
        ("dpage/pgadmin4:8", 80, "admin"),
        ("nginx:1.27", 443, "web"),
        ("example/app:1", 5432, "database"),
        ("example/app:1", 8080, "web"),
        ("example/app:1", 9999, "other"),
        (None, 6379, "cache"),
    ],
)
def test_roles(image, port, role):
    assert role_of(image, port, built=image is None) == role


def test_what_is_built_here_is_called_as_the_project_likes():
    assert role_of("postgres-backup:1", 8080, built=True) == "web"


def conflicts(project, ports):
    text = "services:\n" + "".join(f"  {name}: {{image: 'x:1', ports: {listed}}}\n" for name, listed in ports.items())
    return port_conflicts(project(text).services)


@pytest.mark.parametrize(
    ("first", "second", "conflict"),
    [
        ("['80:80']", "['80:81']", True),
        ("['127.0.0.1:80:80']", "['80:81']", True),
        ("['127.0.0.1:80:80']", "['127.0.0.1:80:81']", True),
        ("['127.0.0.1:80:80']", "['127.0.0.2:80:81']", False),
        ("['80:80']", "['80:80/udp']", False),
        ("['80:80']", "['81:80']", False),
        ("[80]", "[80]", False),
        ("['8000-8010:80']", "['8000-8010:80']", False),
    ],
)
def test_two_services_want_one_port(project, first, second, conflict):
    found = conflicts(project, {"a": first, "b": second})
    assert found == ({"a": (("b",),), "b": (("a",),)} if conflict else {})


def test_a_service_alone_has_no_conflict(project):
    assert subjects(project(service('"80:80"')))[0].service.port_conflicts == ()
