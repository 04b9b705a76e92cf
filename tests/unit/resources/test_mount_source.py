"""Which mounts are of single files, and whether those are there."""

from __future__ import annotations

import pytest

from preflight.model.fact import Unknown

HEAD = "services:\n  app:\n    image: example/app:1\n"


def states(found):
    return {one.target: (one.purpose, one.state) for one in found.values()}


TARGETS = [
    ("/etc/nginx/nginx.conf", "configuration"),
    ("/app/.env", "configuration"),
    ("/etc/caddy/Caddyfile", "configuration"),
    ("/realm.JSON", "configuration"),
    ("/tls/server.pem", "credential"),
    ("/etc/nginx/.htpasswd", "credential"),
    ("/docker-entrypoint-initdb.d/init.sql", "file"),
    ("/var/lib/postgresql/data", None),
    ("/etc/nginx/conf.d", None),
    ("/root/.ssh", None),
    ("/app/.next", None),
    ("/app/.config", None),
    ("/var/www/example.com", None),
    ("/opt/app-1.2", None),
    ("/run/docker.sock", None),
    ("/srv/app.d/", None),
]


@pytest.mark.parametrize(("target", "purpose"), TARGETS)
def test_a_path_that_is_a_files_by_its_name(of_compose, target, purpose):
    found = of_compose("mount_source", f"{HEAD}    volumes: ['./source:{target}']\n")
    assert states(found) == ({target: (purpose, "missing")} if purpose else {})
    assert all((one.file, one.origin.line) == ("source", 4) for one in found.values())


def test_what_cannot_be_looked_at_is_not_said_to_be_there(of_compose, tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    (one,) = of_compose("mount_source", f"{HEAD}    volumes: ['./loop:/loop.yaml']\n").values()
    assert isinstance(one.state, Unknown)
    assert one.state.reason == "symlink_loop"
    assert str(tmp_path) not in one.state.detail


def test_what_stands_there(of_compose, tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    (tmp_path / "gone").symlink_to("nowhere")
    text = HEAD + "    volumes:\n"
    for name in ("there", "made", "full", "gone", "missing"):
        text += f"      - ./{name}:/{name}.yaml\n"
    found = of_compose("mount_source", text, files={"there": ""})
    assert {target.strip("/")[:-5]: state for target, (_, state) in states(found).items()} == {
        "there": "there", "made": "an empty directory", "full": "there", "gone": "missing", "missing": "missing",
    }  # fmt: skip


LONG = [("", True), (", bind: {}", True), (", bind: {create_host_path: true}", True), (", bind: {create_host_path: false}", False)]  # fmt: skip


@pytest.mark.parametrize(("bind", "created"), LONG)
def test_the_long_form_says_whether_docker_makes_it(of_compose, bind, created):
    text = f"{HEAD}    volumes: [{{type: bind, source: ./a, target: /a.conf{bind}}}]\n"
    assert bool(of_compose("mount_source", text)) is created


def test_volumes_are_no_files_of_this_machine(of_compose):
    text = f"{HEAD}    volumes: ['data:/a.conf', '/b.conf']\nvolumes: {{data: {{}}}}\n"
    assert not of_compose("mount_source", text)


SETTINGS = [
    ("TLS_KEY_FILE", "/run/tls", True),
    ("CLIENT_CERT", "/run/tls", True),
    ("PGDATA", "/run/tls", False),
    ("UPLOAD_DIR", "/run/tls", False),
    ("TLS_KEY_FILE", "/run/tls/key", False),
]


@pytest.mark.parametrize(("name", "value", "expected"), SETTINGS)
def test_a_setting_that_names_it_as_a_file(of_compose, name, value, expected):
    text = f"{HEAD}    environment: {{{name}: {value}}}\n    volumes: ['./tls:/run/tls']\n"
    assert states(of_compose("mount_source", text)) == ({"/run/tls": ("credential", "missing")} if expected else {})
