"""Vault, or OpenBao: whether it is up, takes our token, and lets us read the secret that we need. Nothing is written.

Source: the HTTP API's pages on /sys/health, /auth/token/lookup-self and the kv engine (openbao.org/api-docs). A token with
a limited number of uses loses one for each request, as with any client.
"""

from __future__ import annotations

from urllib.parse import quote

from preflight.live.failures import LiveError, LiveFailure, failure
from preflight.live.looks import speaks_tls
from preflight.live.vault_material import CertificateMaterial, pick
from preflight.live.vault_reasons import REASONS
from preflight.live.vault_target import parts_of
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from preflight.live.deadline import Deadline
    from preflight.live.handshake import TlsSession
    from preflight.live.vault_target import VaultTarget
    from preflight.live.vault_transport import Transport

_VERSION_LENGTH = 32
_BUSY = frozenset({412, 429, 500, 502, 503, 504})


class VaultToken(Record):
    """What the server says of the token itself."""

    root: bool = field("Whether it has the policy `root`, to which nothing is forbidden.")
    ttl: int | None = field("Seconds until it expires; None: never.")


class VaultSecret(Record):
    """A secret that can be read."""

    kv_version: int = field("The engine's version: 1 or 2.")
    inspected: object = field(
        "What the caller's inspection of certificate, key and CA gave; None where it asked for none."
    )


class VaultServer(Record):
    """A server that is up."""

    version: str | None = field("Its version, where it tells one.")
    standby: bool = field("Whether it is a standby, which hands requests on to the active node.")
    tls: TlsSession | None = field("The TLS session, closed; None in clear.")
    token: VaultToken | None = field("The token; None where it is refused, or may not look at itself.")
    token_valid: bool | None = field(
        "Whether the token is taken; None where none is configured, or it would go to another machine in clear."
    )
    secret: VaultSecret | None = field("The secret; None where it cannot be read, or no path is configured.")
    refusal: LiveFailure | None = field("Why the service could not use it as it is configured; None where it could.")


def check_vault(
    target: VaultTarget,
    *,
    timeout: float,
    deadline: Deadline,
    inspect: Callable[[CertificateMaterial], object] | None = None,
) -> VaultServer | LiveFailure:
    """Ask a server for its health, for what it knows of the token, and for the secret.

    Args:
        target: Where to connect, and what for.
        timeout: Seconds for all of it.
        deadline: The deadline of the run.
        inspect: Looks at the certificate, the key and the CA in the secret. They are given to it and to nobody else.

    Returns:
        What was found, with `refusal` where token or secret are refused; or why the server cannot be asked. Only the
        latter can be retriable.
    """
    try:
        from preflight.live.vault_client import make_client
    except ImportError:
        return _failure("extra_missing")
    own = deadline.within(timeout)
    where = parts_of(target.address)
    if where is None:
        return _failure("address_malformed")
    scheme, host, port = where
    if not _fits_a_header(target.token) or not _fits_a_header(target.namespace):
        return _failure("token_malformed")
    options = target.tls if target.tls.server_name is not None else target.tls.replace(server_name=host)
    client, transport = make_client(
        target, host, port, options if scheme == "https" else None, timeout=timeout, deadline=own
    )
    try:
        return _Check(client, transport, target, inspect).run()
    except LiveError as error:
        told = error.failure
        confused = told.reason in {"not_vault", "protocol_error", "closed", "reset"}
        if scheme == "http" and confused and speaks_tls(host, port, own):
            return failure("tls_expected")
        return told


class _Check:
    """One server's check."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - hvac has no types
        transport: Transport,
        target: VaultTarget,
        inspect: Callable[[CertificateMaterial], object] | None,
    ) -> None:
        self._client = client
        self._transport = transport
        self._target = target
        self._inspect = inspect

    def run(self) -> VaultServer:
        """Ask for health, token and secret, in this order."""
        health = self._health()
        server = VaultServer(
            version=_version(health.get("version")),
            standby=health.get("standby") is True,
            tls=self._transport.session,
            token=None,
            token_valid=None,
            secret=None,
            refusal=None,
        )
        if not self._target.token:
            return server.replace(refusal=_failure("token_missing"))
        self._client.token = self._target.token
        try:
            token, refused = self._token()
        except LiveError as error:
            if error.failure.reason != "token_in_clear":
                raise
            return server.replace(refusal=error.failure)
        if self._target.secret_path is None:
            return server.replace(
                token=token, token_valid=not refused, refusal=_failure("token_refused") if refused else None
            )
        secret = self._secret(self._target.secret_path)
        if isinstance(secret, VaultSecret):
            # A token may read its secret without being allowed to look at itself.
            return server.replace(token=token, token_valid=True, secret=secret)
        if refused and secret.reason == "secret_forbidden":
            return server.replace(token_valid=False, refusal=_failure("token_refused"))
        return server.replace(token=token, token_valid=not refused, refusal=secret)

    def _health(self) -> dict[str, Any]:
        """Ask without the token, which this question does not need: who answers is not known yet."""
        answer = self._client.sys.read_health_status(method="GET")
        _only_here(answer)
        health = _json(answer)
        if not isinstance(health.get("initialized"), bool) or not isinstance(health.get("sealed"), bool):
            raise LiveError(_failure("busy" if answer.status_code in _BUSY and not health else "not_vault"))
        if not health["initialized"]:
            raise LiveError(_failure("not_initialised"))
        if health["sealed"]:
            raise LiveError(_failure("sealed"))
        return health

    def _token(self) -> tuple[VaultToken | None, bool]:
        """Return what the token is, and whether it was refused."""
        answer = self._client.auth.token.lookup_self()
        if answer.status_code == 403:
            return None, not _by_policy(answer)
        _usable(answer)
        data = _inner(_json(answer), "data")
        policies = [*_texts(data.get("policies")), *_texts(data.get("identity_policies"))]
        ttl = _count(data.get("ttl")) or 0
        expires = data.get("expire_time") is not None
        return VaultToken(root="root" in policies, ttl=ttl if expires or ttl else None), False

    def _secret(self, path: str) -> VaultSecret | LiveFailure:
        parts = [part for part in path.split("/") if part]
        if len(parts) < 2 or any(part in {".", ".."} or "\0" in part for part in parts):
            return _failure("path_malformed")
        mount, version = self._mount(parts)
        if version == 0:
            return _failure("not_kv")
        rest = parts[len(mount) :]
        if version == 2 and rest[:1] == ["data"]:
            rest = rest[1:]  # the path as the HTTP API has it
        if not rest:
            return _failure("path_malformed")
        engine = self._client.secrets.kv.v2 if version == 2 else self._client.secrets.kv.v1
        more = {"raise_on_deleted_version": False} if version == 2 else {}
        read = engine.read_secret_version if version == 2 else engine.read_secret
        answer = read(path="/".join(rest), mount_point="/".join(mount), **more)
        if answer.status_code == 403:
            return _failure("secret_forbidden")
        outer = _inner(_json(answer), "data")
        if answer.status_code == 404:
            deleted = bool(_inner(outer, "metadata").get("deletion_time"))
            return _failure("secret_deleted" if deleted else "secret_missing")
        _usable(answer)
        entries = _inner(outer, "data") if version == 2 else outer
        return VaultSecret(
            kv_version=version, inspected=None if self._inspect is None else self._inspect(pick(entries))
        )

    def _mount(self, parts: list[str]) -> tuple[list[str], int]:
        """Return the mount's path and the engine's version; 0: it is no kv. Clients may ask this of paths they may read."""
        answer = self._client.adapter.get("/v1/sys/internal/ui/mounts/" + quote("/".join(parts)))
        found = _inner(_json(answer), "data") if answer.status_code == 200 else {}
        path = found.get("path")
        if not isinstance(path, str):
            return parts[:1], 2
        mount = [part for part in path.split("/") if part]
        if parts[: len(mount)] != mount or not mount:
            return parts[:1], 2
        if found.get("type") not in {"kv", "generic"}:
            return mount, 0
        return mount, 2 if str(_inner(found, "options").get("version")) == "2" else 1


def _failure(reason: str) -> LiveFailure:
    return failure(reason, REASONS)


def _fits_a_header(text: str | None) -> bool:
    return text is None or (text.isascii() and text.isprintable() and " " not in text)


def _only_here(answer: Any) -> None:  # noqa: ANN401 - requests has no types
    if 300 <= answer.status_code < 400:
        raise LiveError(_failure("redirected"))


def _usable(answer: Any) -> None:  # noqa: ANN401 - requests has no types
    _only_here(answer)
    if answer.status_code in _BUSY:
        raise LiveError(_failure("busy"))
    if answer.status_code != 200:
        raise LiveError(_failure("request_refused"))


def _by_policy(answer: Any) -> bool:  # noqa: ANN401 - requests has no types
    """Whether a token is good and only not allowed: what the policies refuse is counted, what no token is is not."""
    errors = _texts(_json(answer).get("errors"))
    return bool(errors) and errors[0].startswith("1 error occurred")


def _json(answer: Any) -> dict[str, Any]:  # noqa: ANN401 - requests has no types
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _inner(outer: dict[str, Any], name: str) -> dict[str, Any]:
    found = outer.get(name)
    return found if isinstance(found, dict) else {}


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _version(value: object) -> str | None:
    """Return a version that looks like one: `2.1.0`, `1.15.2+ent.hsm`."""
    if not isinstance(value, str) or len(value) > _VERSION_LENGTH or not value.isascii() or not value[:1].isdigit():
        return None
    return value if all(one.isalnum() or one in ".+-" for one in value) else None
