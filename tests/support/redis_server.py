"""A real Redis server for a test: its own directory and ports, a child of the test process, ended by its process id."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_START_DEADLINE = 20.0  # seconds; it takes 0.05
_STOP_DEADLINE = 5.0
_ATTEMPTS = 5  # another program can take the port between finding and using it


class RedisError(RuntimeError):
    """The server does not start. The message ends with its log."""


@dataclass(frozen=True)
class RedisServer:
    """A server that is running.

    Attributes:
        port: Its port on 127.0.0.1.
        pid: Its process id.
        directory: Its own directory.
    """

    port: int
    pid: int
    directory: Path

    def log(self) -> str:
        """Return what the server wrote so far."""
        return (self.directory / "log").read_text(encoding="utf-8", errors="backslashreplace")


def find_binary() -> Path | None:
    """Return the path of `redis-server`, or None."""
    found = shutil.which("redis-server")
    return Path(found) if found else None


@contextmanager
def start(
    binary: Path,
    *,
    settings: Mapping[str, str] | None = None,
    users: tuple[str, ...] = (),
    tls: Mapping[str, Path] | None = None,
) -> Iterator[RedisServer]:
    """Run a server while the block runs. It keeps nothing on disk.

    Args:
        binary: `redis-server`.
        settings: Lines of its configuration.
        users: Values of `user` lines (ACL).
        tls: `tls-cert-file`, `tls-key-file` and `tls-ca-cert-file`: with them the port speaks TLS, and nothing else.

    Raises:
        RedisError: It does not start.
    """
    directory = Path(tempfile.mkdtemp(prefix="preflight-redis-"))
    try:
        for _ in range(_ATTEMPTS):
            with socket.create_server(("127.0.0.1", 0)) as one:
                port = int(one.getsockname()[1])
            lines = {
                "bind": "127.0.0.1", "save": '""', "appendonly": "no", "dir": str(directory), "daemonize": "no",
                **({"port": "0", "tls-port": str(port)} if tls else {"port": str(port)}),
                **{name: str(path) for name, path in (tls or {}).items()},
                **(settings or {}),
            }  # fmt: skip
            text = "".join(f"{name} {value}\n" for name, value in lines.items())
            configuration = directory / "redis.conf"
            configuration.write_text(text + "".join(f"user {one}\n" for one in users), encoding="utf-8")
            with (directory / "log").open("wb") as output:
                process = subprocess.Popen(
                    [str(binary), str(configuration)],
                    cwd=directory,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                )
            server = RedisServer(port, process.pid, directory)
            try:
                if _ready(process, server):
                    yield server
                    return
                if "Address already in use" not in server.log():
                    break
            finally:
                _stop(process)
        raise RedisError(f"the server does not start:\n{server.log()}")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _ready(process: subprocess.Popen[bytes], server: RedisServer) -> bool:
    deadline = time.monotonic() + _START_DEADLINE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        # The log first: somebody else could answer on the port.
        if "Ready to accept connections" in server.log():
            with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1):
                return True
        time.sleep(0.005)
    raise RedisError(f"the server is not ready after {_START_DEADLINE:.0f} s:\n{server.log()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    for asked in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGCONT)  # a test may have stopped it
            process.send_signal(asked)
        try:
            process.wait(_STOP_DEADLINE)
        except subprocess.TimeoutExpired:
            continue
        return
