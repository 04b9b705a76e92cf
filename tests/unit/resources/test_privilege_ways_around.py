"""What a service is given of its host by another way than the plain one: by names of networks, links, volumes, hooks, rules."""

from __future__ import annotations

import os

import pytest

from preflight.probes.files import FileProbe
from preflight.resources._devices import reaches_memory_or_disks, rule_reaches_memory_or_disks

HEAD = "services:\n  app:\n    image: example/app:1\n"


def granted(found):
    return {name for name, one in found.items() if one.granted}


NETWORKS = [
    ("    networks: [edge]\nnetworks:\n  edge: {external: true, name: host}\n", "edge", 4),
    ("    networks:\n      edge: {}\nnetworks:\n  edge: {external: true, name: host}\n", "edge", 5),
    ("    networks: {default: {}, host: {}}\nnetworks:\n  host: {external: true}\n", "host", 4),
    ("networks:\n  default: {external: true, name: host}\n", "default", 5),
    ("networks:\n  default: {driver: host}\n", "default", 5),
]


@pytest.mark.parametrize(("rest", "network", "line"), NETWORKS)
def test_a_network_called_host_is_that_of_the_host(of_compose, rest, network, line):
    (found,) = of_compose("privilege", HEAD + rest).values()
    assert (found.name, found.value, found.granted) == (f"app networks: {network}, which is the host's", "host", True)
    assert found.origin.line == line


@pytest.mark.parametrize("network", ["edge", "hosts", "none", "project_host"])
def test_any_other_name_is_not(of_compose, network):
    text = f"{HEAD}    networks: [edge]\nnetworks:\n  edge: {{external: true, name: {network}}}\n"
    assert not of_compose("privilege", text)


def test_in_a_network_called_host_no_port_is_published_and_capabilities_reach_further(of_compose):
    text = f"{HEAD}    ports: ['5432:5432']\n    cap_add: [NET_RAW]\n    networks: [edge]\n"
    text += "networks:\n  edge: {external: true, name: host}\n"
    assert not of_compose("published_port", text)
    assert of_compose("privilege", text)["app cap_add: NET_RAW"].granted


LINKS = [("/var/run/docker.sock", "engine_socket"), ("/", "host_root"), ("/etc", "credentials"), ("/boot", "system")]


@pytest.mark.parametrize(("target", "exposes"), LINKS)
def test_a_link_is_what_it_leads_to(of_compose, tmp_path, target, exposes):
    (tmp_path / "first").symlink_to(target)
    (tmp_path / "data").symlink_to("first")
    (found,) = of_compose("privilege", f"{HEAD}    volumes: ['./data:/data']\n").values()
    assert found.exposes == exposes
    real = os.path.realpath(target)
    assert found.name == f"app mount data (a link to {real})"


def test_a_folder_below_a_link_is_where_that_leads(of_compose, tmp_path):
    (tmp_path / "host").symlink_to("/")
    (found,) = of_compose("privilege", f"{HEAD}    volumes: ['./host/root:/data:ro']\n").values()
    assert (found.exposes, found.read_only) == ("credentials", True)


def test_a_link_to_nothing_of_note_is_not_named(of_compose, tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "data").symlink_to(tmp_path / "disk")
    (found,) = of_compose("privilege", f"{HEAD}    volumes: ['./data:/data']\n").values()
    assert (found.name, found.exposes) == ("app mount data", "nothing")


def test_a_link_that_leads_in_a_circle_is_left_to_docker(of_compose, tmp_path):
    (tmp_path / "data").symlink_to("data")
    (found,) = of_compose("privilege", f"{HEAD}    volumes: ['./data:/data']\n").values()
    assert found.exposes == "nothing"


def test_a_volume_of_a_linked_folder_is_what_it_leads_to(of_compose, tmp_path):
    (tmp_path / "data").symlink_to("/etc")
    text = f"{HEAD}    volumes: ['all:/x']\nvolumes:\n  all: {{driver_opts: {{type: none, o: bind, device: ./data}}}}\n"
    (found,) = of_compose("privilege", text).values()
    assert found.exposes == "credentials"


def test_where_a_path_leads(tmp_path):
    (tmp_path / "a").symlink_to("b")
    probe = FileProbe(str(tmp_path))
    assert probe.real_path("a/c") == os.path.realpath(tmp_path / "b" / "c")
    assert probe.real_path("bad\0path") == "bad\0path"


FILES = [
    ("configs", "/var/run/docker.sock", "engine_socket"),
    ("secrets", "/run/docker.sock", "engine_socket"),
    ("configs", "/etc/shadow", "credentials"),
    ("secrets", "/etc/shadow", "credentials"),
    ("configs", "/home/me/.ssh/id_ed25519", "credentials"),
    ("secrets", "/home/me/.ssh/id_ed25519", None),
    ("secrets", "./key.txt", None),
    ("configs", "/etc/localtime", None),
]


@pytest.mark.parametrize(("section", "path", "exposes"), FILES)
def test_files_of_secrets_and_configs(of_compose, section, path, exposes):
    found = of_compose("privilege", f"{HEAD}    {section}: [one]\n{section}:\n  one: {{file: {path}}}\n")
    assert [one.exposes for one in found.values()] == ([exposes] if exposes else [])
    assert all(one.read_only and one.origin.line == 4 for one in found.values())


def test_a_linked_config_is_what_it_leads_to(of_compose, tmp_path):
    (tmp_path / "app.conf").symlink_to("/run/docker.sock")
    found = of_compose("privilege", f"{HEAD}    configs: [one]\nconfigs:\n  one: {{file: ./app.conf}}\n")
    assert list(found) == ["app mount of the config one, app.conf (a link to /run/docker.sock)"]


VOLUMES = [
    ("{type: ext4, device: /dev/sda1}", ["host_root"]),
    ("{type: xfs, device: /dev/nvme0n1p2}", ["host_root"]),
    ("{type: ext4, device: /dev/mapper/vg-root}", ["host_root"]),
    ("{type: ext4, device: /dev/../dev/vda}", ["host_root"]),
    ("{type: ext4, device: /dev/sdb1}", []),
    ("{type: ext4, device: /dev/nvme1n1p1}", []),
    ("{type: btrfs, device: /dev/vg0/root}", ["host_root"]),
    ("{type: ext4, device: /dev/ubuntu-vg/ubuntu-lv}", ["host_root"]),
    ("{type: xfs, device: /dev/dasda1}", ["host_root"]),
    ("{type: ext4, device: /dev/vg0/data}", []),
    ("{type: proc, device: proc}", ["system"]),
    ("{type: tmpfs, device: tmpfs, o: 'size=100m'}", []),
    ("{type: nfs, device: ':/export', o: 'addr=nas.internal'}", []),
    ("{type: overlay, device: overlay, o: 'lowerdir=/:/srv,upperdir=/srv/up,workdir=/srv/w'}", ["host_root", "nothing", "nothing"]),
]  # fmt: skip


@pytest.mark.parametrize(("options", "exposes"), VOLUMES)
def test_volumes_are_the_mounts_that_they_are(of_compose, options, exposes):
    found = of_compose("privilege", f"{HEAD}    volumes: ['vol:/x']\nvolumes:\n  vol: {{driver_opts: {options}}}\n")
    assert [one.exposes for one in found.values()] == exposes


@pytest.mark.parametrize(("path", "exposes"), [("/etc", "credentials"), ("/srv/data", "nothing")])
def test_volumes_of_a_plugin_that_keeps_them_in_a_folder_are_that_folder(of_compose, path, exposes):
    volume = f"volumes:\n  vol: {{driver: local-persist, driver_opts: {{mountpoint: {path}}}}}\n"
    (found,) = of_compose("privilege", f"{HEAD}    volumes: ['vol:/x']\n{volume}").values()
    assert (found.exposes, found.read_only, found.origin.line) == (exposes, False, 4)


def test_only_the_upper_layer_of_an_overlay_is_written_to(of_compose):
    options = "{type: overlay, device: overlay, o: 'lowerdir=/,upperdir=/boot,workdir=/srv/w'}"
    found = of_compose("privilege", f"{HEAD}    volumes: ['vol:/x']\nvolumes:\n  vol: {{driver_opts: {options}}}\n")
    assert [(one.exposes, one.read_only) for one in found.values()] == [("host_root", True), ("system", False)]


DEVICES = [
    *((path, True) for path in (
        "/dev", "/dev/", "/", "/dev/..", "/dev/block", "/dev/block/8:0", "/dev/sda", "/dev/sda1", "/dev/loop0", "/dev/root",
        "/dev/nbd0", "/dev/nvme0n1", "/dev/nvme0", "/dev/mem", "/dev/kmem", "/dev/kmsg", "/dev/port", "/dev/disk/by-id/ata-x",
        "/dev/mapper/vg-root", "/dev/dm-0", "/dev/md127", "/dev/xvda", "/dev/./sda", "//dev/sda", "/dev/dri/../sda", "/dev/sg0",
        "/dev/zd16", "/dev/mmcblk0p1", "/dev/vg0/root", "/dev/ubuntu-vg/ubuntu-lv", "/dev/pve/root", "/dev/data/root", "/dev/dasda",
        "/dev/zvol/tank/x", "/dev/cciss/c0d0", "/dev/core", "/dev/cpu", "/dev/cpu/0", "/dev/cpu/0/msr",
    )),
    *((path, False) for path in (
        "/dev/dri", "/dev/net/tun", "/dev/null", "/dev/fuse", "/dev/kvm", "/dev/snd", "/dev/ttyUSB0", "/dev/video0", "/dev/hidraw0",
        "/dev/sr0", "/dev/nvidia0", "/dev/loop-control", "/dev/memory", "/devices/sda", "/dev/bus/usb",
        "/dev/bus/usb/001/002", "/dev/cpu/0/cpuid", "/dev/cpu_dma_latency", "/dev/input/event0", "/dev/serial/by-id/usb-x",
        "/dev/dvb/adapter0", "/dev/vfio/vfio", "/dev/accel/accel0", "nvidia.com/gpu=all",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("path", "expected"), DEVICES)
def test_devices_that_are_memory_or_disks(path, expected):
    assert reaches_memory_or_disks(path) is expected


def test_a_device_is_what_it_links_to(of_compose, tmp_path):
    link = tmp_path / "disk"
    link.symlink_to("/dev/sda")
    (found,) = of_compose("privilege", f"{HEAD}    devices: ['{link}:/dev/x']\n").values()
    assert found.granted
    assert found.name == f"app devices: {link} (a link to /dev/sda)"


RULES = [
    ("a *:* rwm", True),
    ("a *:* m", False),
    ("b *:* rwm", True),
    ("b 8:* r", True),
    ("b 8:0 w", True),
    ("b 11:0 rwm", False),
    ("c *:* rwm", True),
    ("c 1:* rw", True),
    ("c 1:1 r", True),
    ("c 1:3 rwm", False),
    ("c 188:* rwm", False),
    ("c 226:0 rwm", False),
    ("nonsense", False),
]


@pytest.mark.parametrize(("rule", "expected"), RULES)
def test_rules_for_devices(of_compose, rule, expected):
    assert rule_reaches_memory_or_disks(rule) is expected
    (found,) = of_compose("privilege", f"{HEAD}    device_cgroup_rules: ['{rule}']\n").values()
    assert (found.kind, found.granted, found.origin.line) == ("device", expected, 4)


@pytest.mark.parametrize("hook", ["post_start", "pre_stop"])
def test_hooks_are_judged_as_the_service_is(of_compose, hook):
    text = f"{HEAD}    user: '1000'\n    {hook}:\n      - {{command: ./a}}\n"
    text += (
        "      - {command: ./b, privileged: true, user: root}\n      - {command: ./c, privileged: false, user: '5'}\n"
    )
    found = of_compose("privilege", text)
    assert granted(found) == {f"app {hook} privileged: true"}
    assert found[f"app {hook} privileged: true"].origin.line == 7
    assert {one.root_hook for one in of_compose("service", text).values()} == {hook}
    assert {one.runs_as_root for one in of_compose("service", text).values()} == {True}


def test_a_hook_without_a_user_runs_as_the_service(of_compose):
    text = f"{HEAD}    user: '1000'\n    post_start: [{{command: ./a}}]\n"
    (found,) = of_compose("service", text).values()
    assert (found.runs_as_root, found.root_hook) == (False, None)
