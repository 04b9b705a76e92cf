"""What containers are given of their host, each at its line."""

from __future__ import annotations

import pytest
from gating import judge

from preflight.gate.request import ComposeProjectFiles


@pytest.fixture
def found(tmp_path):
    """Return (rule, line) of what the rules about containers do not accept."""

    def run(lines, profile=None):
        (tmp_path / "compose.yaml").write_text(
            f"services:\n  app:\n    image: example/app:1.0\n    {lines}\n", encoding="utf-8"
        )
        files = ComposeProjectFiles(files=("compose.yaml",), environment={"HOME": "/root"})
        report = judge(tmp_path, stage="build", process=None, compose=files, profile=profile)
        assert not [one for one in report["problems"] if one["code"] != "nothing_to_judge"], report["problems"]
        return {
            (one["rule"], one["origin"]["line"])
            for one in report["findings"]
            if one["pack"] in {"containers", "hardening"} and one["status"] in {"fail", "error"}
        }

    return run


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        ("privileged: true", "container-privileged"),
        ("privileged: 'true'", "container-privileged"),
        ("network_mode: host", "container-host-network"),
        ("pid: host", "container-host-namespace"),
        ("uts: host", "container-host-namespace"),
        ("cgroup: host", "container-host-namespace"),
        ("volumes: ['/var/run/docker.sock:/var/run/docker.sock']", "container-engine-socket"),
        ("volumes: ['/run/podman/podman.sock:/x']", "container-engine-socket"),
        ("volumes: ['/var/run/../run/docker.sock:/x']", "container-engine-socket"),
        ("cap_add: [NET_ADMIN]", "container-capability"),
        ("cap_add: [CAP_SYS_PTRACE]", "container-capability"),
        ("security_opt: ['apparmor=unconfined']", "container-security-option"),
        ("security_opt: ['no-new-privileges:false']", "container-security-option"),
        ("devices: ['/dev/mem:/dev/mem']", "container-device"),
        ("volumes: ['/etc:/etc']", "container-host-files"),
        ("volumes: ['~/.aws:/aws:ro']", "container-host-credentials"),
    ],
)
def test_what_is_given_is_found_at_its_line(found, lines, rule):
    assert found(lines) == {(rule, 4)}


@pytest.mark.parametrize(
    "lines",
    [
        "privileged: false",
        "network_mode: bridge",
        "pid: 'service:app2'\n  app2: {image: 'x:1'}",
        "volumes: ['./run:/var/run', 'data:/data', '/etc/localtime:/etc/localtime:ro', '/etc/ssl/certs:/etc/ssl/certs:ro']\nvolumes: {data: {}}",
        "cap_add: [NET_BIND_SERVICE, CHOWN]",
        "cap_drop: [ALL]",
        "security_opt: ['no-new-privileges=true']",
        "devices: ['/dev/dri']",
        "user: root",
    ],
)
def test_what_is_usual_is_not(found, lines):
    assert found(lines) == set()


def test_what_is_absent_is_a_matter_of_hardening_alone(found):
    assert found("restart: always") == set()
    assert {rule for rule, _ in found("restart: always", ("hardening", "test"))} == {
        "hardening-capabilities", "hardening-digest", "hardening-healthcheck", "hardening-memory", "hardening-no-new-privileges",
        "hardening-processes", "hardening-read-only", "hardening-user",
    }  # fmt: skip


def test_a_service_that_is_hardened_gives_nothing(found):
    lines = """user: "10001:10001"
    read_only: true
    cap_drop: [all]
    security_opt: ["no-new-privileges:true"]
    healthcheck: {test: ["CMD", "true"]}
    deploy: {resources: {limits: {memory: 512M, cpus: "1", pids: 100}}}"""
    assert {rule for rule, _ in found(lines, ("hardening", "test"))} == {"hardening-digest"}
