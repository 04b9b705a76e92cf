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
        "docker_engine",
    }
)  # fmt: skip
_AROUND_SOCKETS = frozenset({"/run", "/var", "/run/docker", "/run/containerd", "/run/podman", "/run/crio", "/run/user"})
_PROXIES = ("docker-socket-proxy", "socket-proxy")
_CREDENTIALS = frozenset(
    {
        "/etc", "/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/sudoers.d", "/etc/ssh", "/etc/ssl/private", "/etc/kubernetes",
        "/root", "/home", "/Users",
        "/var/lib", "/var/lib/docker", "/var/lib/docker/containers", "/var/lib/containerd", "/var/lib/containers", "/var/lib/kubelet",
    }
)  # fmt: skip
# Directly in a home directory: a project may have a folder of such a name for other things.
_IN_HOME = frozenset(
    {
        ".ssh", ".aws", ".kube", ".docker", ".gnupg", ".azure", ".netrc", ".pgpass", ".vault-token", ".git-credentials", ".npmrc",
        ".pypirc", ".terraform.d", ".password-store",
    }
)  # fmt: skip
_SYSTEM = frozenset(
    {
        "/boot", "/dev", "/usr", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/local/bin", "/lib", "/lib64", "/lib/modules", "/bin",
        "/sbin", "/etc/passwd", "/etc/group", "/etc/crontab", "/etc/ld.so.preload", "/etc/profile", "/var/spool/cron",
    }
)  # fmt: skip
_SYSTEM_BELOW = ("/proc/", "/sys/", "/etc/cron.", "/etc/pam.d/", "/etc/systemd/", "/etc/profile.d/", "/etc/docker/")


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
    if path in _CREDENTIALS or _holds_credentials(path):
        return "credentials"
    return "system" if path in _SYSTEM or f"{path}/".startswith(_SYSTEM_BELOW) else "nothing"


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
    return posixpath.normpath(path) not in _CREDENTIALS


def is_socket_proxy(repository: str) -> bool:
    """Whether an image is one that stands between a container engine and others, and lets few requests through.

    Args:
        repository: The image's repository.
    """
    return repository.rpartition("/")[2] in _PROXIES


def _is_users_runtime(path: str) -> bool:
    """Whether it is a folder in which a user's own engine has its socket: `/run/user/1000`, `~/.docker/run`."""
    return (path.startswith("/run/user/") and path.count("/") == 3) or path.endswith("/.docker/run")


def _holds_credentials(path: str) -> bool:
    parts = path.split("/")[1:]
    if parts[0] == "root":
        below = parts[1:]
    elif parts[0] in {"home", "Users"}:
        below = parts[2:]
    else:
        return False
    return not below or below[0] in _IN_HOME or below[:2] == [".config", "gcloud"]
