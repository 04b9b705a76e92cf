"""What the project says it cannot do without: `required_roles` in preflight.yaml."""

from __future__ import annotations

from preflight.bindings import ROLES, SECRET_ROLES
from preflight.model.record import field
from preflight.resources._renewal import renewal
from preflight.resources._secrets import secrets_of
from preflight.resources._values import STATES, state_of, state_of_value, with_role
from preflight.resources.base import Resource, deployment_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

_FROM_MANAGER = "Let the secret manager hand it to the service."
_ISSUED = frozenset({"token", "vault_token"})
_FILES = {
    "tls_cert_file": "the server's certificate",
    "tls_key_file": "its private key",
    "tls_ca_file": "the CA that signed the other side's certificate",
}
_VALUES = {
    "tls_enabled": "=true",
    "redis_tls": "=true",
    "tls_min_version": "=1.2",
    "environment": "=production",
    "cors_origins": " to the https origins of your front end",
}
_BEST_FIRST = ("set", "reference", "unreadable", "empty", "unset")


class RequiredRole(Resource):
    """One role that some setting must play."""

    role: Fact[str] = field("The role.", choices=tuple(ROLES))
    state: Fact[str] = field("The best state of the settings that play it.", choices=STATES)
    remedy: Fact[str] = field("What to set for it.")


RESOURCE = RequiredRole


def collect(subject: Subject, context: Context) -> Iterator[RequiredRole]:
    """Look for a setting of each required role; a password inside a connection string counts."""
    asked = deployment_of(subject, context)
    if asked is None:
        return
    for role in context.required_roles:
        if role in SECRET_ROLES:
            states = [state_of_value(one.value) for one in secrets_of(asked, context) if one.role == role]
        else:
            states = [state_of(setting) for setting in with_role(asked, context.bindings, role)]
        best = next((state for state in _BEST_FIRST if state in states), "unset")
        yield RequiredRole(name=_shown(role), origin=asked.origin, role=role, state=best, remedy=_remedy(role))


def _remedy(role: str) -> str:
    """Return what to set, by the best known name of the role."""
    from preflight.bindings.examples import EXAMPLES

    name = EXAMPLES[role].split()[0]
    if role in SECRET_ROLES:
        value, _, command = renewal(role, name).partition("\n")
        source = value if role in _ISSUED else f"{value} {_FROM_MANAGER}"
        return f"Set {name}. {source}" + (f"\n{command}" if command else "")
    if role in _FILES:
        return f"Set {name} to the path of {_FILES[role]}. For development:\n$ preflight certs create --out ssl"
    return f"Set {name}{_VALUES.get(role, '')}."


def _shown(role: str) -> str:
    return " ".join({"jwt": "JWT", "tls": "TLS", "cors": "CORS"}.get(word, word) for word in role.split("_"))
