"""What services are to each other: ports that collide, networks that are shared, gates that are waited for."""

from __future__ import annotations

import time

import pytest

from preflight.sources.compose import load_project, subjects
from preflight.sources.compose.relations import Relations


@pytest.fixture
def services(tmp_path):
    """Return a function that gives the services of a project by name."""

    def run(text):
        (tmp_path / "compose.yaml").write_text(text, encoding="utf-8")
        project = load_project(["compose.yaml"], environment={}, folder=str(tmp_path))
        return {subject.name: subject.service for subject in subjects(project)}

    return run


def two(first, second):
    """Return a project of two services with a port each."""
    return f"services:\n  a: {{image: 'x:1', ports: ['{first}']}}\n  b: {{image: 'x:1', ports: ['{second}']}}\n"


@pytest.mark.parametrize(
    ("first", "second", "collide"),
    [
        ("8000:80", "8000:81", True),
        ("8000:80", "127.0.0.1:8000:80", True),
        ("8000:80", "[::1]:8000:80", True),
        ("0.0.0.0:8000:80", "127.0.0.1:8000:80", True),
        ("127.0.0.1:8000:80", "127.0.0.1:8000:80", True),
        ("127.0.0.1:8000:80", "127.0.0.2:8000:80", False),
        ("0.0.0.0:8000:80", "[::]:8000:80", False),
        ("0.0.0.0:8000:80", "[::1]:8000:80", False),
        ("[::]:8000:80", "[::1]:8000:80", True),
        ("8000:80", "8000:80/udp", False),
        ("8000:80", "8001:80", False),
        ("8000-8010:80", "8000:80", False),
        ("80", "80", False),
    ],
)
def test_two_services_take_one_port(services, first, second, collide):
    found = services(two(first, second))
    conflicts = [found["a"].ports[0].conflict, found["b"].ports[0].conflict]
    assert conflicts == (["b (compose.yaml:3:29)", "a (compose.yaml:2:29)"] if collide else [None, None])


def test_one_service_takes_a_port_for_two_of_its_own(services):
    (service,) = services("services:\n  a: {image: 'x:1', ports: ['8000:80', '8000:81']}\n").values()
    assert [port.conflict for port in service.ports] == ["a (compose.yaml:2:40)", "a (compose.yaml:2:29)"]


@pytest.mark.parametrize("mode", ["host", "none"])
def test_ports_that_are_not_published_collide_with_none(services, mode):
    found = services(two("8000:80", "8000:80").replace("b: {", f"b: {{network_mode: {mode}, "))
    assert found["a"].ports[0].conflict is None


def test_guests_of_a_network_are_known_to_their_host(services):
    found = services(
        "services:\n  a: {image: 'x:1'}\n  b: {image: 'redis:7', network_mode: 'service:a'}\n"
        "  c: {build: ., network_mode: 'service:a'}\n"
    )
    assert [found[name].guest_images for name in "abc"] == [("redis:7", None), (), ()]


@pytest.mark.parametrize(
    ("entry", "gate"),
    [
        ("command: [preflight, check]", True),
        ("command: preflight check -f compose.yaml", True),
        ("command: ['sh', '-c', 'preflight check && echo ok']", True),
        ("entrypoint: /usr/local/bin/preflight --validate-only", True),
        ("entrypoint: preflight\n    command: check", True),
        ("command: python -m preflight check", True),
        ("command: preflight exec -- serve", False),
        ("command: preflight rules list", False),
        ("command: serve --preflight check", False),
        ("command: serve", False),
        ("entrypoint: serve", False),
    ],
)
def test_a_gate_runs_preflight_and_ends(services, entry, gate):
    (service,) = services(f"services:\n  a:\n    image: x:1\n    {entry}\n").values()
    assert (service.gates == {"a"}) is gate


@pytest.mark.parametrize(
    ("entry", "gate"), [("", True), ("command: check", True), ("command: exec -- x", False), ("entrypoint: x", False)]
)
def test_the_image_of_preflight_is_a_gate_unless_it_runs_something_else(services, entry, gate):
    (service,) = services(f"services:\n  a:\n    image: example/preflight:1\n    {entry}\n").values()
    assert (service.gates == {"a"}) is gate


def test_a_port_that_everybody_takes_does_not_take_long(tmp_path):
    rows = "".join(f"  s{number}: {{image: 'x:1', ports: ['8000:80']}}\n" for number in range(3000))
    (tmp_path / "compose.yaml").write_text(f"services:\n{rows}", encoding="utf-8")
    project = load_project(["compose.yaml"], environment={}, folder=str(tmp_path))
    before = time.process_time()
    relations = Relations(project)
    found = [port.conflict for service in project.services for port in relations.ports(service)]
    assert time.process_time() - before < 2  # a few hundredths; each with each other would be nine million
    assert len(found) == 3000
    assert None not in found
