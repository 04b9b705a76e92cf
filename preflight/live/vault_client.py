"""hvac's client on our transport, with nothing taken from the environment. The only module that imports hvac."""

from __future__ import annotations

import hvac  # type: ignore[import-untyped,import-not-found,unused-ignore]  # it has no types
import requests

from preflight.live.vault_transport import Transport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from preflight.live.deadline import Deadline
    from preflight.live.handshake import TlsOptions
    from preflight.live.vault_target import VaultTarget


def make_client(
    target: VaultTarget, host: str, port: int, tls: TlsOptions | None, *, timeout: float, deadline: Deadline
) -> tuple[Any, Transport]:
    """Make a client whose answers are responses, whatever their status: hvac's own errors quote them.

    It has no token yet: `client.token` is set where one is needed.

    Args:
        target: Address and namespace.
        host: The address's host.
        port: The address's port.
        tls: How to do TLS; None: in clear.
        timeout: Seconds for each connection.
        deadline: When everything has ended.
    """
    transport = Transport(host, port, tls, timeout=timeout, deadline=deadline)
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", transport)
    session.mount("https://", transport)
    client = hvac.Client(
        url=target.address,
        token="",  # None would have hvac look for one in the environment and in ~/.vault-token
        namespace=target.namespace,
        session=session,
        verify=False,  # requests' own verification is never reached: the transport verifies
        adapter=hvac.adapters.RawAdapter,
        allow_redirects=False,
        ignore_exceptions=True,
    )
    return client, transport
