"""What a container is given of its host by a path of the host: nothing of note, the whole of it, or what makes it root there.

Docker documentation, "Docker daemon attack surface"; Filesystem Hierarchy Standard 3.0.
"""

from __future__ import annotations

import posixpath

# engine_socket: whoever talks to a container engine can start a privileged container. filtered_socket: the same, given to a proxy
# that lets few requests through. credentials: keys and passwords of the host, of its users, of other containers. system: what
# the host runs.
EXPOSURES = ("nothing", "filtered_socket", "engine_socket", "host_root", "credentials", "system")
_RANKS = ("nothing", "system", "credentials", "host_root", "engine_socket")

_SOCKETS = frozenset(
    {
        "docker.sock", "docker.sock.raw", "containerd.sock", "podman.sock", "crio.sock", "cri-dockerd.sock", "buildkitd.sock",
        "docker_engine", "libvirt-sock", "virtqemud-sock", "virtlxcd-sock",
    }
)  # fmt: skip
# Incus and LXD call theirs all the same.
_UNIX_SOCKETS = ("/run/incus", "/var/lib/incus", "/var/lib/lxd", "/var/snap/lxd/common/lxd")
_AROUND_SOCKETS = frozenset(
    {
        "/run", "/var", "/run/docker", "/run/containerd", "/run/podman", "/run/crio", "/run/user", "/run/libvirt", "/var/snap",
        "/var/snap/lxd", "/var/snap/lxd/common", *_UNIX_SOCKETS, *(f"{folder}/unix.socket" for folder in _UNIX_SOCKETS),
    }
)  # fmt: skip
_USERS_ENGINES = ("podman", "docker", "containerd", "buildkit")
_PROXIES = ("docker-socket-proxy", "socket-proxy")

_FILES_OF_ACCOUNTS = ("/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers")
# By themselves, with what lies in them: not so each thing below, which the trees tell.
_FOLDERS = {
    **dict.fromkeys(("/etc", "/etc/ssh", "/etc/ssl/private", "/var/lib", "/root", "/home", "/Users"), "credentials"),
    **dict.fromkeys(("/dev", "/usr", "/usr/local", "/usr/share", "/var/spool"), "system"),
}
# With all that lies below; of several, the deepest counts. What a service is usually given of them is `nothing`, and of folders
# with keys, to be read, `system`.
_TREES = {
    **dict.fromkeys(
        (
            *_FILES_OF_ACCOUNTS, "/etc/sudoers.d", "/etc/kubernetes", "/etc/rancher",
            "/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/kubelet", "/var/lib/rancher", "/var/lib/lxd",
            "/var/lib/incus", "/run/containerd",
        ),
        "credentials",
    ),
    **dict.fromkeys(
        (
            "/boot", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64",
            "/usr/libexec", "/usr/src", "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib", "/usr/local/libexec",
            "/usr/share/dbus-1", "/usr/share/polkit-1", "/proc", "/sys",
            "/etc/passwd", "/etc/passwd-", "/etc/group", "/etc/group-", "/etc/crontab", "/etc/anacrontab", "/etc/ld.so.preload",
            "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/profile", "/etc/profile.d", "/etc/bash.bashrc", "/etc/environment",
            "/etc/fstab", "/etc/init.d", "/etc/inittab", "/etc/rc.local", "/etc/pam.conf", "/etc/pam.d", "/etc/security",
            "/etc/systemd", "/etc/docker", "/etc/containerd", "/etc/sysctl.conf", "/etc/sysctl.d", "/etc/modprobe.d",
            "/etc/modules-load.d", "/etc/udev", "/etc/apt", "/etc/yum.repos.d", "/etc/polkit-1", "/etc/dbus-1", "/etc/network",
            "/etc/logrotate.conf", "/etc/logrotate.d", "/etc/update-motd.d", "/etc/ssh", "/etc/ssl/private",
            "/var/spool/cron", "/var/lib/dpkg", "/var/lib/systemd", "/run/dbus", "/run/systemd", "/run/udev",
        ),
        "system",
    ),
    **dict.fromkeys(
        (
            "/usr/lib/os-release", "/run/systemd/resolve", "/run/systemd/journal", "/run/systemd/notify",
            "/var/lib/kubelet/device-plugins", "/var/lib/kubelet/pod-resources",
        ),
        "nothing",
    ),
}  # fmt: skip
_TREES_BY_BEGINNING = ("/etc/cron.", "/etc/rc0.", "/etc/rc1.", "/etc/rc2.", "/etc/rc3.", "/etc/rc4.", "/etc/rc5.", "/etc/rc6.", "/etc/rcS.")  # fmt: skip
# One volume in there is somebody's data, as by its name.
_VOLUMES = ("/var/lib/docker/volumes/", "/var/lib/containers/storage/volumes/")
# Directly in a home directory: a project may have a folder of such a name for other things.
_IN_HOME = frozenset(
    {
        ".ssh", ".aws", ".kube", ".docker", ".gnupg", ".azure", ".netrc", ".pgpass", ".vault-token", ".git-credentials", ".npmrc",
        ".pypirc", ".terraform.d", ".password-store",
    }
)  # fmt: skip
_CREDENTIALS_IN_HOME = (".config/gcloud", ".local/share/docker", ".local/share/containers")
# What its user's next login or shell runs.
_RUN_IN_HOME = frozenset(
    {
        ".bashrc", ".bash_profile", ".bash_login", ".bash_logout", ".bash_aliases", ".profile", ".zshrc", ".zshenv", ".zprofile",
        ".zlogin", ".xprofile", ".xsessionrc",
    }
)  # fmt: skip
_PARTS_OF_HOME = 2
_FOLDERS_RUN_IN_HOME = (".config/systemd", ".config/autostart", ".config/fish", ".local/bin")


def exposure(source: str) -> str:
    """Say what a path of the host gives to a container that it is mounted into, as one of `EXPOSURES`.

    Args:
        source: The path on the host, absolute; of a Windows host, the named pipe.
    """
    path = posixpath.normpath("/" + source.replace("\\", "/").lstrip("/"))
    # Links of most systems: /var/run is /run; on macOS, /private/var is /var.
    if path.startswith(("/private/var/", "/private/etc/")):
        path = path.removeprefix("/private")
    if path == "/var/run" or path.startswith("/var/run/"):
        path = path.removeprefix("/var")
    if path.rpartition("/")[2] in _SOCKETS or path in _AROUND_SOCKETS or _is_users_runtime(path):
        return "engine_socket"
    if path == "/":
        return "host_root"
    return _FOLDERS.get(path) or _in_home(path) or _in_tree(path)


def worse(one: str, other: str) -> bool:
    """Whether an exposure gives more of the host than another.

    Args:
        one: The exposure.
        other: The one it is compared with.
    """
    return _RANKS.index(one) > _RANKS.index(other)


def may_be_a_secret(path: str) -> bool:
    """Whether a path that holds credentials can be one file of them, which people give as a secret on purpose.

    Args:
        path: The path on the host, absolute.
    """
    bare = posixpath.normpath(path)
    if bare in _FILES_OF_ACCOUNTS or bare in _TREES or bare in _FOLDERS:
        return False
    return not bare.startswith("/var/lib/") and not _is_home(bare)


def is_socket_proxy(repository: str) -> bool:
    """Whether an image is one that stands between a container engine and others, and lets few requests through.

    Args:
        repository: The image's repository.
    """
    return repository.rpartition("/")[2] in _PROXIES


def _is_users_runtime(path: str) -> bool:
    """Whether it is a folder in which a user's own engine has its socket: `/run/user/1000`, `~/.docker/run`."""
    if not path.startswith("/run/user/"):
        return path.endswith("/.docker/run")
    parts = path.split("/")[4:]
    return not parts or (len(parts) == 1 and parts[0] in _USERS_ENGINES)


def _in_tree(path: str) -> str:
    if path.startswith(_VOLUMES):
        return "nothing"
    if path.startswith("/etc/ssh/ssh_host_") and path.endswith("_key"):
        return "credentials"
    if path.startswith(_TREES_BY_BEGINNING):
        return "system"
    above = path
    while above != "/":
        if above in _TREES:
            return _TREES[above]
        above = posixpath.dirname(above)
    return "nothing"


def _is_home(path: str) -> bool:
    parts = path.split("/")[1:]
    return (parts[0] == "root" and len(parts) == 1) or (parts[0] in {"home", "Users"} and len(parts) <= _PARTS_OF_HOME)


def _in_home(path: str) -> str | None:
    """Say what a home directory or a path in one gives; None for another."""
    parts = path.split("/")[1:]
    if parts[0] not in {"root", "home", "Users"}:
        return None
    if _is_home(path):
        return "credentials"
    below = parts[1:] if parts[0] == "root" else parts[_PARTS_OF_HOME:]
    two, three = "/".join(below[:2]), "/".join(below[:3])
    if below[0] in _IN_HOME or two in _CREDENTIALS_IN_HOME or three in _CREDENTIALS_IN_HOME:
        # A volume of the user's own engine is somebody's data, too.
        return "nothing" if below[0] == ".local" and "/volumes/" in path else "credentials"
    return "system" if below[0] in _RUN_IN_HOME or two in _FOLDERS_RUN_IN_HOME else None
