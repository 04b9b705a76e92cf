"""Access to Vault or OpenBao: `VAULT_ADDR`/`VAULT_URL`, `VAULT_TOKEN`, `VAULT_SKIP_VERIFY` (Vault CLI manual, environment)."""

from __future__ import annotations

from preflight.model.fact import Deferred, Unknown
from preflight.model.record import field
from preflight.resources._network import NETWORKS, network_of
from preflight.resources._url import parse_url
from preflight.resources._values import flag, not_literal, state_of, with_role
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources._url import Url
    from preflight.resources.base import Context

_ROOT_TOKENS = frozenset(
    {
        "root",
        "myroot",
        "dev-root",
        "dev-root-token",
        "root-token",
        "roottoken",
        "vault-root-token",
        "dev-only-token",
        "s.root",
        "hvs.root",
    }
)
_AUTH_METHODS = (
    "VAULT_ROLE_ID",
    "VAULT_SECRET_ID",
    "VAULT_ROLE",
    "VAULT_K8S_ROLE",
    "VAULT_KUBERNETES_ROLE",
    "VAULT_AUTH_METHOD",
    "VAULT_APPROLE_ROLE_ID",
)


class VaultClient(Resource):
    """One access."""

    enabled: Fact[bool] = field("Whether it is switched on; true unless a setting says otherwise.")
    network: Fact[str] = field("Where the server is.", choices=NETWORKS)
    https: Fact[bool] = field("Whether the address is an https one.")
    credential: Fact[bool] = field("Whether a token or another way to log in is configured.")
    root_token: Fact[bool] = field("Whether the token looks like a root or development token.", secret=True)


RESOURCE = VaultClient


def collect(subject: Subject, context: Context) -> Iterator[VaultClient]:
    """Collect an access for each address."""
    settings = subject.settings
    enabled = next(
        (flag(setting) for name, setting in settings.items() if name.upper() in {"VAULT_ENABLED", "BAO_ENABLED"}), None
    )
    token = next((one for one in with_role(subject, context.bindings, "vault_token") if one.is_set), None)
    other_login = any(name.upper() in _AUTH_METHODS and setting.is_set for name, setting in settings.items())
    for address in with_role(subject, context.bindings, "vault_address"):
        if address.is_set:
            url = parse_url(address.text or "")
            network = network_of(url.host, context.neighbours) if url is not None else "unknown"
            said = True if enabled is None else enabled
            yield _client(address, token, url, network=network, enabled=said, other_login=other_login)


def _client(
    address: Setting, token: Setting | None, url: Url | None, *, network: str, enabled: Fact[bool], other_login: bool
) -> VaultClient:
    unknown: Unknown | Deferred | None = not_literal(address)
    https: Fact[bool]
    if unknown is not None:
        https = unknown
    elif url is None:
        https = Unknown(reason="malformed", detail="the address is no URL; write https://HOST:8200")
    else:
        https = url.scheme == "https"
    return VaultClient(
        name=address.name,
        origin=address.origin,
        via=address.via,
        enabled=enabled,
        network=network,
        https=https,
        credential=other_login or state_of(token) in {"set", "reference"},
        root_token=_root_token(token),
    )


def _root_token(token: Setting | None) -> Fact[bool]:
    if token is None:
        return False
    other = not_literal(token)
    if other is not None:
        return other
    text = (token.text or "").strip().lower()
    return text in _ROOT_TOKENS or not set(text) - set("0-")
