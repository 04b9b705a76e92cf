"""What services are given beyond a container's isolation, each at its line."""

from __future__ import annotations

import pytest

from preflight.resources._host_paths import exposure, is_socket_proxy, may_be_a_secret

PATHS = [
    ("/", "host_root"),
    ("//", "host_root"),
    ("/var/run/docker.sock", "engine_socket"),
    ("//var/run/docker.sock", "engine_socket"),
    ("/private/var/run/docker.sock", "engine_socket"),
    ("/run/user/1000/docker.sock", "engine_socket"),
    ("/run/user/1000", "engine_socket"),
    ("/run/user/1000/app", "nothing"),
    ("/home/dev/.docker/run", "engine_socket"),
    ("/run/containerd/containerd.sock", "engine_socket"),
    ("/run/podman/podman.sock", "engine_socket"),
    ("\\\\.\\pipe\\docker_engine", "engine_socket"),
    ("/var/run", "engine_socket"),
    ("/run/", "engine_socket"),
    ("/var", "engine_socket"),
    ("/var/run/postgresql", "nothing"),
    ("/private", "nothing"),
    ("/etc", "credentials"),
    ("/etc/../etc/", "credentials"),
    ("/etc/shadow", "credentials"),
    ("/etc/localtime", "nothing"),
    ("/etc/ssl/certs", "nothing"),
    ("/etc/letsencrypt", "nothing"),
    ("/etc/ssl/private", "credentials"),
    ("/root", "credentials"),
    ("/root/.ssh", "credentials"),
    ("/root/.ssh/id_ed25519", "credentials"),
    ("/root/app", "nothing"),
    ("/home", "credentials"),
    ("/home/dev", "credentials"),
    ("/home/dev/shop", "nothing"),
    ("/home/dev/.aws", "credentials"),
    ("/home/dev/.config/gcloud", "credentials"),
    ("/home/dev/.config/nginx", "nothing"),
    ("/home/dev/shop/.docker/nginx.conf", "nothing"),
    ("/Users/dev/.kube/config", "credentials"),
    ("/srv/homepage", "nothing"),
    ("/var/lib/docker", "credentials"),
    ("/var/lib/docker/containers", "credentials"),
    ("/var/lib/docker/volumes/data/_data", "nothing"),
    ("/var/lib/app", "nothing"),
    ("/proc", "system"),
    ("/sys/fs/cgroup", "system"),
    ("/process", "nothing"),
    ("/boot", "system"),
    ("/dev", "system"),
    ("/dev/net/tun", "nothing"),
    ("/etc/cron.d", "system"),
    ("/usr/share/zoneinfo", "nothing"),
    ("/media", "nothing"),
    ("/mnt/disk", "nothing"),
]
BELOW = {
    "engine_socket": """/run/user/1000/podman /run/incus/unix.socket /var/lib/incus /var/lib/lxd/unix.socket /var/snap/lxd/common/lxd
        /run/libvirt /run/libvirt/libvirt-sock /var/run/libvirt/libvirt-sock""",
    "credentials": """/etc/shadow- /etc/gshadow- /etc/sudoers.d/x /etc/ssh/ssh_host_rsa_key /etc/kubernetes/pki /etc/kubernetes/admin.conf
        /etc/rancher/k3s/k3s.yaml /var/lib/docker/volumes /var/lib/docker/overlay2 /var/lib/docker/overlay2/0/diff
        /var/lib/docker/containers/0 /var/lib/containers/storage /var/lib/kubelet/pods /var/lib/containerd/x
        /home/dev/.local/share/docker /home/dev/.local/share/containers/storage""",
    "system": """/run/dbus/system_bus_socket /run/systemd /run/systemd/private /root/.bashrc /home/dev/.profile /home/dev/.config/systemd/user
        /var/spool /var/spool/cron/crontabs /usr /usr/local /usr/local/bin/x /usr/lib/x86_64-linux-gnu /etc/ssl/private/a.pem
        /etc/ssh/sshd_config /etc/ld.so.conf.d /etc/init.d/x /etc/rc3.d/S01x /lib/systemd /lib/modules/6.1 /boot/grub /bin/sh
        /etc/pam.d/sshd /etc/udev/rules.d /etc/passwd-""",
    "nothing": """/etc/timezone /etc/hosts /etc/resolv.conf /etc/letsencrypt/live/example.com/privkey.pem /usr/share/zoneinfo/UTC
        /usr/share/fonts /usr/local/share/ca-certificates /usr/local/app /run/secrets /run/secrets/db /srv /opt/app /var/log /tmp
        /usr/lib/os-release /run/systemd/resolve/stub-resolv.conf /run/user/1000/pulse/native /var/lib/docker/volumes/data
        /home/dev/.local/share/docker/volumes/data/_data /root/.config/app /etc/crontabs /bootstrap /libs /var/lib/postgresql""",
}


@pytest.mark.parametrize(
    ("expected", "path"), [(kind, path) for kind, paths in BELOW.items() for path in paths.split()]
)
def test_what_lies_below_counts_as_the_tree_does(expected, path):
    assert exposure(path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/dev/.aws/credentials", True), ("/etc/ssh/ssh_host_rsa_key", True), ("/etc/kubernetes/admin.conf", True),
        ("/etc/shadow", False), ("/etc/shadow-", False), ("/etc", False), ("/root", False), ("/home/dev", False),
        ("/var/lib/docker/overlay2", False),
    ],
)  # fmt: skip
def test_which_credentials_are_given_as_a_secret_on_purpose(path, expected):
    assert may_be_a_secret(path) is expected


@pytest.mark.parametrize(("path", "expected"), PATHS)
def test_what_a_path_of_the_host_gives(path, expected):
    assert exposure(path) == expected


def test_proxies_of_the_engines_socket_are_known():
    assert is_socket_proxy("tecnativa/docker-socket-proxy")
    assert is_socket_proxy("linuxserver/socket-proxy")
    assert not is_socket_proxy("example/proxy")


HEAD = "services:\n  app:\n    image: example/app:1\n"
ENTRIES = [
    ("privileged: true", "app privileged: true", True),
    ("privileged: false", "app privileged: false", False),
    ("network_mode: host", "app network_mode: host", True),
    ("network_mode: bridge", "app network_mode: bridge", False),
    ("pid: host", "app pid: host", True),
    ("ipc: host", "app ipc: host", True),
    ("ipc: shareable", "app ipc: shareable", False),
    ("uts: host", "app uts: host", True),
    ("userns_mode: host", "app userns_mode: host", True),
    ("cgroup: host", "app cgroup: host", True),
    ("cgroup: private", "app cgroup: private", False),
    ("cap_add: [sys_admin]", "app cap_add: SYS_ADMIN", True),
    ("cap_add: [CAP_SYS_PTRACE]", "app cap_add: SYS_PTRACE", True),
    ("cap_add: [ALL]", "app cap_add: ALL", True),
    ("cap_add: [NET_BIND_SERVICE]", "app cap_add: NET_BIND_SERVICE", False),
    ("cap_add: [NET_ADMIN]", "app cap_add: NET_ADMIN", True),
    ("cap_add: [NET_RAW]", "app cap_add: NET_RAW", False),
    ("security_opt: ['seccomp=unconfined']", "app security_opt: seccomp=unconfined", True),
    ("security_opt: ['seccomp:unconfined']", "app security_opt: seccomp:unconfined", True),
    ("security_opt: ['apparmor:unconfined']", "app security_opt: apparmor:unconfined", True),
    ("security_opt: ['label:type:unconfined_t']", "app security_opt: label:type:unconfined_t", True),
    ("security_opt: ['label:type:container_t']", "app security_opt: label:type:container_t", False),
    ("security_opt: ['label:disable']", "app security_opt: label:disable", True),
    ("security_opt: ['no-new-privileges:false']", "app security_opt: no-new-privileges:false", True),
    ("security_opt: ['no-new-privileges:true']", "app security_opt: no-new-privileges:true", False),
    ("security_opt: ['seccomp:./profile.json']", "app security_opt: seccomp:./profile.json", False),
    ("devices: ['/dev/sda1:/dev/xvda']", "app devices: /dev/sda1", True),
    ("devices: ['/dev/mem']", "app devices: /dev/mem", True),
    ("devices: ['/dev/dri:/dev/dri']", "app devices: /dev/dri", False),
]


@pytest.mark.parametrize(("entry", "name", "granted"), ENTRIES)
def test_each_privilege_is_found_at_its_line(of_compose, entry, name, granted):
    (found,) = of_compose("privilege", f"{HEAD}    {entry}\n").values()
    assert found.name == name
    assert found.granted is granted
    assert (found.risk is not None) is granted
    assert found.origin.line == 4


def test_a_service_that_is_given_nothing_has_none(of_compose):
    assert not of_compose("privilege", HEAD)


def test_in_the_hosts_network_a_capability_reaches_the_host(of_compose):
    found = of_compose("privilege", f"{HEAD}    network_mode: host\n    cap_add: [NET_ADMIN, NET_RAW]\n")
    assert "the host's" in found["app cap_add: NET_ADMIN"].risk
    assert "the host's" in found["app cap_add: NET_RAW"].risk


def test_two_on_two_lines_are_two(of_compose):
    found = of_compose("privilege", f"{HEAD}    cap_add:\n      - SYS_ADMIN\n      - SYS_PTRACE\n")
    assert {one.origin.line for one in found.values()} == {5, 6}


MOUNTS = [
    ("volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']", "engine_socket", True),
    ("volumes: [{type: bind, source: /var/run/docker.sock, target: /s}]", "engine_socket", False),
    ("volumes: ['/:/host:ro']", "host_root", True),
    ("volumes: ['./data:/data']", "nothing", False),
    ("volumes: ['/root/.ssh:/keys:ro']", "credentials", True),
    ("use_api_socket: true", "engine_socket", False),
]


@pytest.mark.parametrize(("entry", "exposes", "read_only"), MOUNTS)
def test_each_mount_says_what_it_gives(of_compose, entry, exposes, read_only):
    (found,) = of_compose("privilege", f"{HEAD}    {entry}\n").values()
    assert (found.kind, found.exposes, found.read_only) == ("mount", exposes, read_only)
    assert found.origin.line == 4


def test_a_volume_that_stands_for_a_folder_is_that_folder(of_compose):
    text = f"{HEAD}    volumes: ['all:/host', 'data:/data']\nvolumes:\n  data: {{}}\n"
    text += "  all: {driver_opts: {type: none, o: bind, device: /}}\n"
    (found,) = of_compose("privilege", text).values()
    assert found.exposes == "host_root"


def test_a_folder_of_the_project_is_not_called_by_its_place_on_this_machine(of_compose, tmp_path):
    (found,) = of_compose("privilege", f"{HEAD}    volumes: ['./data:/data']\n").values()
    assert str(tmp_path) not in found.name
    assert str(tmp_path) not in found.value


def test_the_proxy_of_the_socket_may_have_it(of_compose):
    text = HEAD.replace("example/app:1", "tecnativa/docker-socket-proxy:0.3.0")
    (found,) = of_compose("privilege", f"{text}    volumes: ['/run/docker.sock:/run/docker.sock']\n").values()
    assert (found.exposes, found.granted, found.risk) == ("filtered_socket", False, None)
