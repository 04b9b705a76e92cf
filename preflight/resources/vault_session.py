"""What Vault or OpenBao says to its clients: health, the token, and the secret that they read; only with `--live`.

Variables beside the address are those of the servers' own clients (`VAULT_CACERT`, `VAULT_CLIENT_CERT`, `VAULT_CLIENT_KEY`,
`VAULT_NAMESPACE`, `VAULT_SKIP_VERIFY`, `VAULT_TLS_SERVER_NAME`, and the same with `BAO_`). Only a token that is configured is
used: logging in another way would create one.
"""

from __future__ import annotations

from preflight.bindings.tokens import tokens
from preflight.model.fact import Deferred, Unknown
from preflight.model.record import field
from preflight.resources import postgres_client, vault_client
from preflight.resources._client_tls import tls_options
from preflight.resources._live import (
    LiveResource,
    ask,
    course,
    live_resources,
    not_asked,
    of_certificates,
    shown_servers,
    unreachable_here,
    withheld,
)
from preflight.resources._network import NETWORKS
from preflight.resources._values import flag, not_literal, with_role

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from preflight.live.checks import LiveChecks
    from preflight.live.deadline import Deadline
    from preflight.live.failures import LiveFailure
    from preflight.live.vault import VaultServer
    from preflight.live.vault_material import CertificateMaterial
    from preflight.live.vault_target import VaultTarget
    from preflight.model.fact import Fact
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources._live import Asked
    from preflight.resources.base import Context
    from preflight.resources.vault_client import VaultClient

_WORDS = frozenset({"vault", "bao", "openbao"})
# What stands before PATH in the name of a setting that names a secret; that of a certificate first.
_PATHS = ("cert", "certs", "certificate", "certificates", "mtls", "secret", "secrets", "kv", "vault")
_OF_TOKEN = ("token_valid", "token_root", "token_ttl")
_OF_SECRET = (
    "secret_readable", "kv_version", "material", "missing", "problem", "problem_detail", "key_matches", "chain",
    "chain_detail", "certificate_days", "certificate_not_after",
)  # fmt: skip
_MOUNTS = frozenset({"mount", "mountpoint", "engine"})


class VaultSession(LiveResource):
    """One access, or why there is none."""

    network: Fact[str] = field("Where the server is.", choices=NETWORKS)
    connected: Fact[bool] = field("Whether the server answers as Vault does, be it sealed.")
    initialised: Fact[bool] = field("Whether it is initialised; absent where it does not answer.")
    sealed: Fact[bool] = field("Whether it is sealed; absent where it does not answer, or is not initialised.")
    standby: Fact[bool] = field("Whether it is a standby, which hands requests on.")
    version: Fact[str] = field("Version of the server.")
    token_valid: Fact[bool] = field("Whether it takes the token; absent where none is configured.")
    token_root: Fact[bool] = field("Whether the token has the policy root; absent where it may not look at itself.")
    token_ttl: Fact[int] = field(
        "Seconds until the token expires; absent where it never does, or may not look at itself."
    )
    secret_readable: Fact[bool] = field(
        "Whether the token reads the secret whose path is configured; absent where none is."
    )
    kv_version: Fact[int] = field("Version of the engine that holds it: 1 or 2.")
    material: Fact[str] = field(
        "Whether certificate, private key and CA are in it: all of them, some, or none.",
        choices=("complete", "partial", "none"),
    )
    missing: Fact[tuple[str, ...]] = field("Which of certificate, private key and CA are not in it.")
    problem: Fact[str] = field("Why one of them cannot be used, as a code; absent where all can.")
    problem_detail: Fact[str] = field("That problem in words.")
    key_matches: Fact[bool] = field("Whether the key belongs to the certificate.")
    chain: Fact[str] = field("verified, or why OpenSSL refuses the certificate's chain to the CA beside it.")
    chain_detail: Fact[str] = field("That reason in words.")
    certificate_days: Fact[int] = field(
        "Whole days that the certificate in the secret is still valid, negative when it has expired."
    )
    certificate_not_after: Fact[str] = field("Last day of that certificate.")
    server_certificate_days: Fact[int] = field(
        "Whole days that the server's own certificate is still valid, negative when it has expired."
    )


RESOURCE = VaultSession


def collect(subject: Subject, context: Context) -> Iterator[VaultSession]:
    """Ask the server of each access that is not switched off."""
    clients = (one for one in vault_client.collect(subject, context) if one.enabled is not False)
    return live_resources(
        VaultSession, "vault_session", clients, lambda client: _look(client, subject, context), context
    )


def _look(client: VaultClient, subject: Subject, context: Context) -> dict[str, Any] | Unknown | Deferred:
    hidden = unreachable_here(subject, client.network)
    if hidden is not None:
        return hidden
    target = _target(client, subject, context)
    if isinstance(target, (Unknown, Deferred)):
        return target
    from preflight.live.failures import LiveFailure
    from preflight.live.vault import check_vault
    from preflight.live.vault_target import parts_of
    from preflight.resources._vault_material import judged

    for_clients = next(iter(postgres_client.collect(subject, context)), None) is not None

    def inspect(material: CertificateMaterial) -> dict[str, Any]:
        return judged(material, context, for_clients=for_clients)

    def check(live: LiveChecks, deadline: Deadline) -> VaultServer | LiveFailure:
        return check_vault(target, timeout=live.timeout, deadline=deadline, inspect=inspect)

    place = parts_of(target.address)
    servers = [place[1:]] if place is not None else []
    found = ask(
        ("vault", target, for_clients), client.name, shown_servers(servers, subject, context), check, context,
        hosts=[host for host, _ in servers],
    )  # fmt: skip
    if isinstance(found, Deferred):
        return found
    answer, asked = found
    told = answer if isinstance(answer, LiveFailure) else answer.refusal
    if told is not None and told.reason == "token_missing":
        told = None  # whether there is another way to log in is the matter of vault_client
    return not_asked(told) or {
        "network": client.network,
        **course(told, asked),
        **(_closed(answer) if isinstance(answer, LiveFailure) else _facts(answer, target, context)),
        **_not_tried(told, asked, target),
    }


def _not_tried(failure: LiveFailure | None, asked: Asked, target: VaultTarget) -> dict[str, Any]:
    """Return what only the token's owner is told, where the token was not sent."""
    if failure is None or failure.reason != "token_in_clear":
        return {}
    facts = _OF_TOKEN if target.secret_path is None else (*_OF_TOKEN, *_OF_SECRET)
    return dict.fromkeys(facts, withheld(failure, asked))


def _closed(failure: LiveFailure) -> dict[str, Any]:
    """Return what is known of a server that answers and does not serve."""
    if failure.reason == "not_initialised":
        return {"connected": True, "initialised": False}
    if failure.reason == "sealed":
        return {"connected": True, "initialised": True, "sealed": True}
    return {"connected": False}


def _facts(server: VaultServer, target: VaultTarget, context: Context) -> dict[str, Any]:
    token, secret = server.token, server.secret
    own = of_certificates(server.tls.certificates[:1] if server.tls is not None else (), context)
    asked = target.secret_path is not None and server.token_valid is True
    return {
        "connected": True,
        "initialised": True,
        "sealed": False,
        "standby": server.standby,
        "version": server.version,
        "token_valid": server.token_valid,
        "token_root": token.root if token is not None else None,
        "token_ttl": token.ttl if token is not None else None,
        "secret_readable": secret is not None if asked else None,
        "kv_version": secret.kv_version if secret is not None else None,
        "server_certificate_days": own.get("certificate_days"),
        **(secret.inspected if secret is not None and isinstance(secret.inspected, dict) else {}),
    }


# -- what is connected to ----------------------------------------------------------------------------------------------


def _target(client: VaultClient, subject: Subject, context: Context) -> VaultTarget | Unknown | Deferred:
    address = subject.settings[client.name]
    token = next((one for one in with_role(subject, context.bindings, "vault_token") if one.is_set), None)
    path, mount = _path(subject), _mount(subject)
    namespace, name = _variable(subject, "NAMESPACE"), _variable(subject, "TLS_SERVER_NAME")
    for setting in (address, token, path, mount, namespace, name):
        other = not_literal(setting) if setting is not None else None
        if other is not None:
            return other
    skip = flag(_variable(subject, "SKIP_VERIFY"))
    if isinstance(skip, (Unknown, Deferred)):
        return skip
    options = tls_options(
        _variable(subject, "CACERT_BYTES") or _variable(subject, "CACERT"),
        _variable(subject, "CLIENT_CERT"),
        _variable(subject, "CLIENT_KEY"),
        context,
        verifies=skip is not True,
    )
    if isinstance(options, (Unknown, Deferred)):
        return options
    from preflight.live.vault_target import VaultTarget

    return VaultTarget(
        address=(address.text or "").strip(),
        token=(token.text or "").strip() or None if token is not None else None,
        namespace=(namespace.text or None) if namespace is not None else None,
        tls=options.replace(server_name=name.text) if name is not None else options,
        secret_path=_joined(mount, path),
    )


def _joined(mount: Setting | None, path: Setting | None) -> str | None:
    if path is None:
        return None
    before, behind = (mount.text or "").strip("/ ") if mount is not None else "", (path.text or "").strip().lstrip("/")
    return behind if not before or behind.startswith(before + "/") else f"{before}/{behind}"


def _variable(subject: Subject, name: str) -> Setting | None:
    for prefix in ("VAULT_", "BAO_"):
        setting = subject.settings.get(prefix + name)
        if setting is not None and setting.is_set:
            return setting
    return None


def _path(subject: Subject) -> Setting | None:
    """Return the setting that names a secret: `VAULT_CERT_PATH`, `APP_VAULT_SECRET_PATH`. An absolute path is a file's."""
    found: dict[str, Setting] = {}
    for setting in subject.settings.values():
        words = tokens(setting.name)
        named = len(words) > 1 and words[-1] == "path" and words[-2] in _PATHS and not _WORDS.isdisjoint(words)
        if named and setting.is_set and not (setting.text or "").startswith(("/", "~", ".")):
            found.setdefault(words[-2], setting)
    return next((found[word] for word in _PATHS if word in found), None)


def _mount(subject: Subject) -> Setting | None:
    for setting in subject.settings.values():
        words = tokens(setting.name)
        named = words[:-1] if words[-1:] in {("point",), ("path",)} else words
        if setting.is_set and not _WORDS.isdisjoint(words) and not _MOUNTS.isdisjoint(named[-1:]):
            return setting
    return None
