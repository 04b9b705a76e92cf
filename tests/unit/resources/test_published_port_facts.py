"""Published ports: who can reach them, what stands behind, and what went wrong on the way."""

from __future__ import annotations

import pytest

WRITTEN = [
    ('"8000:8000"', "every", "8000", 8000),
    ('"0.0.0.0:8000:80"', "every", "8000", 80),
    ('"[::]:8000:80"', "every", "8000", 80),
    ('"::ffff:0.0.0.0:8000:80"', "every", "8000", 80),
    ('":8000:80"', "every", "8000", 80),
    ("8000", "every", None, 8000),
    ('"0:80"', "every", None, 80),
    ('"203.0.113.7:8000:80"', "public", "8000", 80),
    ('"[2001:db8::7]:8000:80"', "public", "8000", 80),
    ('"10.0.0.5:8000:80"', "private", "8000", 80),
    ('"[fd00::5]:8000:80"', "private", "8000", 80),
    ('"127.0.0.1:8000:80"', "loopback", "8000", 80),
    ('"127.8.9.1:8000:80"', "loopback", "8000", 80),
    ('"[::1]:8000:80"', "loopback", "8000", 80),
    ('"::ffff:127.0.0.1:8000:80"', "loopback", "8000", 80),
    ('"127.0.0.1::80"', "loopback", None, 80),
    ('"127.0.0.1:8000-8010:80"', "loopback", "8000-8010", 80),
    ("{target: 80, published: 8000}", "every", "8000", 80),
    ("{target: 80}", "every", None, 80),
    ('{target: 80, published: "8000", host_ip: 127.0.0.1}', "loopback", "8000", 80),
    ('"${BIND:-127.0.0.1}:8000:80"', "loopback", "8000", 80),
    ('"${BIND}:8000:80"', "every", "8000", 80),
]


def project(entry, *, image="example/app:1", more=""):
    """Return a project with one service and one port."""
    return f"services:\n  app:\n    image: {image}\n{more}    ports:\n      - {entry}\n"


@pytest.fixture
def port(of_compose):
    """Return a function that collects the one port of a project."""

    def run(compose, **options):
        (found,) = of_compose("published_port", compose, **options).values()
        return found

    return run


@pytest.mark.parametrize(("entry", "scope", "published", "target"), WRITTEN)
def test_every_way_to_write_a_port_says_who_reaches_it(port, entry, scope, published, target):
    found = port(project(entry))
    assert (found.scope, found.published, found.target) == (scope, published, target)
    assert (found.address == "every interface") is (scope == "every")
    assert (found.origin.line, found.origin.column) == (5, 9)


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        ('"127.0.0.1:8000-8002:80-82/udp"', ["app 127.0.0.1:8000-8002:80-82/udp"]),
        ('"8000-8010:80"', ["app 8000-8010:80"]),
        ('"3000-3005"', ["app 3000-3005"]),
        # A database in the middle is one of its own.
        ('"5431-5433:5431-5433"', ["app 5431-5433:5431-5433", "app 5432:5432"]),
    ],
)
def test_ports_of_a_range_that_lead_to_the_same_are_one(of_compose, entry, names):
    assert sorted(of_compose("published_port", project(entry))) == sorted(names)


def test_the_variables_places_are_told(port):
    long_form = '{target: 80, published: "${PORT}", host_ip: "${BIND}"}'
    found = port(project(long_form), files={".env": "PORT=8000\nBIND=0.0.0.0\n"})
    assert found.scope == "every"
    assert {place.line for place in found.via} == {1, 2}


@pytest.mark.parametrize(
    ("entry", "unset"),
    [
        ('"${BIND}:8000:80"', ("BIND",)),
        ('"${bind}:8000:80"', ("bind",)),
        ('"${PORT}:80"', ("PORT",)),
        ('"127.0.0.1:${PORT}:80"', ()),
        ('"${BIND:-127.0.0.1}:8000:80"', ()),
        ('"8000:80"', ()),
    ],
)
def test_an_unset_variable_counts_where_it_was_the_address(port, entry, unset):
    assert port(project(entry)).unset == unset


@pytest.mark.parametrize(
    ("networks", "scope"),
    [
        ("  default: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}}", "loopback"),
        ("  default: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: 0.0.0.0}}", "every"),
        ("  default: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: nonsense}}", "every"),
        ("  default: {}", "every"),
    ],
)
def test_the_networks_option_is_the_address_where_none_is_written(port, networks, scope):
    assert port(project('"8000:80"') + f"networks:\n{networks}\n").scope == scope


def test_one_network_with_the_option_beside_one_without_says_nothing(port):
    both = """\
networks:
  inner: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}}
  outer: {}
"""
    assert port(project('"8000:80"', more="    networks: [inner, outer]\n") + both).scope == "every"


def test_the_option_does_not_win_over_a_written_address(port):
    option = "networks:\n  default: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}}\n"
    assert port(project('"0.0.0.0:8000:80"') + option).scope == "every"


@pytest.mark.parametrize("mode", ["host", "none", "service:other", "container:other"])
def test_without_a_network_of_its_own_nothing_is_published(of_compose, mode):
    text = project('"8000:80"', more=f"    network_mode: {mode}\n") + "  other: {image: 'example/other:1'}\n"
    assert not of_compose("published_port", text)


def test_what_runs_in_the_network_stands_behind_the_port(of_compose):
    text = """\
services:
  vpn: {image: "example/vpn:1", ports: ["127.0.0.1:16379:6379", "8080:8080"]}
  cache: {image: "valkey/valkey:8", network_mode: "service:vpn"}
"""
    found = of_compose("published_port", text)
    assert {name: (one.role, one.product) for name, one in found.items()} == {
        "vpn 127.0.0.1:16379:6379": ("cache", "Valkey"),
        "vpn 8080:8080": ("web", None),
    }


def test_a_public_port_beside_the_one_on_loopback_is_named(of_compose):
    text = project('"8000:80"') + '      - "127.0.0.1:8000:80"\n      - "127.0.0.1:8001:80"\n'
    found = of_compose("published_port", text)
    assert found["app 127.0.0.1:8000:80"].beside_public == "compose.yaml:5:9"
    assert found["app 127.0.0.1:8001:80"].beside_public is None
    assert found["app 8000:80"].beside_public is None


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        ('"8000:80"', "127.0.0.1:8000:80"),
        ("8000", "127.0.0.1::8000"),
        ('"[::]:53:53/udp"', "127.0.0.1:53:53/udp"),
    ],
)
def test_the_remedy_can_be_pasted(port, entry, shown):
    assert port(project(entry)).on_loopback == f'["{shown}"]'
    assert port(project(f'"{shown}"')).scope == "loopback"


def test_two_ports_of_a_service_never_have_one_name(of_compose):
    entries = (
        '"8000:80"',
        '"127.0.0.1:8000:80"',
        '"[::1]:8000:80"',
        '"8001:80"',
        '"8000:80/udp"',
        '"80"',
        '"127.0.0.1::80"',
    )
    text = "services:\n  app:\n    image: example/app:1\n    ports: [" + ", ".join(entries) + "]\n"
    assert len(of_compose("published_port", text)) == len(entries)


TOLD = [
    ("redis:7.4", "command: redis-server --port 7777", "cache", "Redis"),
    ("redis:7.4", "command: ['sh', '-c', 'redis-server --port 7777']", "cache", "Redis"),
    ("postgres:17", "command: postgres -p 7777", "database", "PostgreSQL"),
    ("postgres:17", "command: postgres -p7777", "database", "PostgreSQL"),
    ("postgres:17", "command: postgres -c port=7777", "database", "PostgreSQL"),
    ("postgres:17", "environment: {PGPORT: 7777}", "database", "PostgreSQL"),
    ("mysql:8", "command: mysqld --port=7777", "database", "MySQL"),
    ("mongo:7", "entrypoint: [mongod]\n    command: [--port, '7777']", "database", "MongoDB"),
    (None, "command: /usr/bin/redis-server --port 7777", "cache", "Redis"),
    ("redis:7.4", "command: redis-server --port 7778", "other", None),
    ("redis:7.4", "command: redis-server", "other", None),
    ("example/api:1", "command: serve --port 7777", "other", None),
]


@pytest.mark.parametrize(("image", "told", "role", "product"), TOLD)
def test_a_store_in_anothers_network_is_behind_the_port_that_it_is_told(port, image, told, role, product):
    runs = f"image: {image}" if image else "build: ."
    guest = f"  store:\n    {runs}\n    {told}\n    network_mode: service:app\n"
    found = port(project('"80:7777"') + guest)
    assert (found.role, found.product) == (role, product)


SWARM = [
    ("mode: replicated, replicas: 2", "deploy.mode"),
    ("placement: {constraints: [node.role == worker]}", "deploy.placement"),
    ("endpoint_mode: vip", "deploy.endpoint_mode"),
    ("update_config: {order: start-first}", "deploy.update_config"),
    ("replicas: 2, restart_policy: {condition: any}", None),
    ("resources: {limits: {memory: 1G}}, labels: {a: b}", None),
]


@pytest.mark.parametrize(("deploy", "key"), SWARM)
def test_what_only_a_swarm_looks_at_is_named(port, deploy, key):
    assert port(project('"127.0.0.1:6379:6379"', more=f"    deploy: {{{deploy}}}\n")).swarm == key
