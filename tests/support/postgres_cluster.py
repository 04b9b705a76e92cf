"""A real PostgreSQL server for a test: its own directory, port and processes, up in a fifth of a second.

`initdb` runs once for all tests (half a second); each cluster is a copy of that. The server is a child of the test
process and is ended by its own process id; nothing else on the machine is touched. Under root, which PostgreSQL
refuses, it runs as the user `postgres`, or `nobody` where there is none.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SUPERUSER = "postgres"
HBA_CERT_ONLY = "hostssl all all 127.0.0.1/32 cert\nhostssl all all ::1/128 cert\n"
"""Only TLS, and only with a client certificate whose common name is the role's name."""

_START_DEADLINE = 20.0  # seconds; it takes 0.05
_STOP_DEADLINE = 5.0  # seconds for each of the three ways to ask
_ATTEMPTS = 5  # another program can take the port between finding and using it


class ClusterError(RuntimeError):
    """The server does not start. The message ends with its log."""


def find_binaries() -> Path | None:
    """Return the directory with `initdb` and `postgres` of the newest server that is installed, or None."""

    def version(directory: Path) -> tuple[int, ...]:
        return tuple(int(part) for part in directory.parent.name.split(".") if part.isdigit())

    debian = [one for one in Path("/usr/lib/postgresql").glob("*/bin") if (one / "postgres").exists()]
    if debian:
        return max(debian, key=version)
    found = shutil.which("postgres")
    directory = Path(found).resolve().parent if found else None
    return directory if directory and (directory / "initdb").exists() else None


def _run_as() -> dict[str, Any]:
    """Return the arguments that make `subprocess` run a program as a user that PostgreSQL accepts."""
    if os.geteuid() != 0:
        return {}
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        entry = pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _new_directory() -> Path:
    # Not below pytest's own directory: that is closed to other users, and too long for a socket's path (107 bytes).
    directory = Path(tempfile.mkdtemp(prefix="preflight-pg-"))
    user = _run_as()
    if user:
        os.chown(directory, user["user"], user["group"])
    return directory


def _arguments(directory: Path) -> dict[str, Any]:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(directory)}
    return {**_run_as(), "cwd": directory, "env": environment, "stdin": subprocess.DEVNULL}


@contextmanager
def template(binaries: Path) -> Iterator[Path]:
    """Make a data directory that clusters are copied from.

    Args:
        binaries: Where `initdb` is.
    """
    directory = _new_directory()
    try:
        data = directory / "data"
        command: list[str | Path] = [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            SUPERUSER,
            "--auth=trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
        ]
        done = subprocess.run(command, **_arguments(directory), capture_output=True, check=False, text=True)
        if done.returncode != 0:
            raise ClusterError(f"initdb failed:\n{done.stdout}{done.stderr}")
        yield data
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@dataclass(frozen=True)
class PostgresCluster:
    """A server that is running.

    Attributes:
        directory: Its own directory: `data`, the log and the socket.
        port: The port, on 127.0.0.1 and, where the machine has it, on ::1.
        pid: The process id of the postmaster.
    """

    directory: Path
    port: int
    pid: int

    def parameters(self, **more: str | int) -> dict[str, Any]:
        """Return connection parameters for TCP on 127.0.0.1, with more that add or replace."""
        return {"host": "127.0.0.1", "port": self.port, "dbname": "postgres", "connect_timeout": 10, **more}

    def superuser(self) -> dict[str, Any]:
        """Return connection parameters for the superuser on the local socket, which asks for nothing."""
        return self.parameters(host=str(self.directory), user=SUPERUSER)

    def execute(self, *statements: str) -> None:
        """Run statements as the superuser."""
        import psycopg

        with psycopg.connect(**self.superuser(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def log(self) -> str:
        """Return what the server wrote so far."""
        return (self.directory / "log").read_text(encoding="utf-8", errors="backslashreplace")


@contextmanager
def start(
    binaries: Path,
    data: Path,
    *,
    certificate: Path | None = None,
    key: Path | None = None,
    ca: Path | None = None,
    hba: str = HBA_CERT_ONLY,
    settings: Mapping[str, str] | None = None,
) -> Iterator[PostgresCluster]:
    """Run a server while the block runs.

    Args:
        binaries: Where `postgres` is.
        data: The template.
        certificate: The server's certificate (PEM); TLS is on when it is given. Files are copied to the server's
            directory and given to its user with mode 0600, as one would do with `chown`.
        key: Its private key.
        ca: The CA that client certificates are verified with.
        hba: Lines of `pg_hba.conf`; the local socket is always open to the superuser, before them.
        settings: More settings, as `-c name=value`.

    Raises:
        ClusterError: The server does not start.
    """
    directory = _new_directory()
    try:
        subprocess.run(["cp", "-a", data, directory / "data"], **_arguments(directory), check=True)
        given = {"ssl_cert_file": certificate, "ssl_key_file": key, "ssl_ca_file": ca}
        options = {"fsync": "off", "listen_addresses": "127.0.0.1,::1", "unix_socket_directories": str(directory)}
        for name, source in given.items():
            if source is not None:
                options[name] = str(_handed_over(source, directory / f"{name.removesuffix('_file')}.pem"))
        options |= {"ssl": "on" if certificate else "off", **(settings or {})}
        (directory / "data" / "pg_hba.conf").write_text(f"local all {SUPERUSER} trust\n{hba}", encoding="utf-8")
        process, port = _launch(binaries, directory, options)
        try:
            yield PostgresCluster(directory=directory, port=port, pid=process.pid)
        finally:
            _stop(process)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _handed_over(source: Path, target: Path) -> Path:
    shutil.copyfile(source, target)
    target.chmod(0o600)
    user = _run_as()
    if user:
        os.chown(target, user["user"], user["group"])
    return target


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _launch(binaries: Path, directory: Path, options: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    log = directory / "log"
    for _ in range(_ATTEMPTS):
        port = _free_port()
        command = [str(binaries / "postgres"), "-D", str(directory / "data"), "-p", str(port)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with log.open("wb") as output:
            process = subprocess.Popen(command, **_arguments(directory), stdout=output, stderr=output)
        try:
            ready = _wait_until_ready(process, directory / "data" / "postmaster.pid")
        except BaseException:
            _stop(process)
            raise
        # With the port taken on one of two addresses the server only warns, and somebody else would answer there.
        taken = "Address already in use" in log.read_text(errors="backslashreplace")
        if ready and not taken:
            return process, port
        _stop(process)
        if not taken:
            break
    raise ClusterError(f"the server does not start:\n{log.read_text(errors='backslashreplace')}")


def _wait_until_ready(process: subprocess.Popen[bytes], lock_file: Path) -> bool:
    """Wait as `pg_ctl -w` does: until the eighth line of the lock file says `ready`. False: the server ended."""
    deadline = time.monotonic() + _START_DEADLINE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        try:
            lines = lock_file.read_text(encoding="utf-8").splitlines()
        except OSError:
            lines = []
        if len(lines) > 7 and lines[7].strip() == "ready" and lines[0] == str(process.pid):
            return True
        time.sleep(0.005)
    raise ClusterError(f"the server is not ready after {_START_DEADLINE:.0f} s")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server, in a hurry if it must be: fast shutdown, immediate shutdown, kill."""
    for asked in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        process.send_signal(asked)
        try:
            process.wait(_STOP_DEADLINE)
        except subprocess.TimeoutExpired:
            continue
        return
