"""Which names inside a configuration say that their values are never shown, and what was hidden so far."""

from __future__ import annotations

from preflight.bindings.hidden import is_hidden_name
from preflight.resources._files import is_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.bindings import Bindings

MASK = "***"
BLANKS = " \t\r\n"
QUOTES = "\"'`\\"
#: Values that are no secrets under any name.
HARMLESS = frozenset(
    {"", MASK, "true", "false", "yes", "no", "on", "off", "0", "1", "none", "null", "nil", "disabled", "enabled"}
)
# How somebody is authenticated is no secret (`AUTH=oidc`), nor what is logged (`security.auth=INFO`).
_WAYS = frozenset(
    """basic bearer plain ldap oidc oauth oauth2 saml jwt md5 scram scram-sha-256 trust peer cert mtls tls required optional
    password token login trace debug info warn warning error fatal critical""".split()
)
_WAY_ENDS = ("auth", "authorization", "login")


class SecretNames:
    """Tells which names are secrets', and keeps what stood beside them.

    Attributes:
        pieces: What was masked or hidden, as far as it is known where it ends.

    Args:
        bindings: Which names are secrets.
    """

    __slots__ = ("bindings", "pieces")

    def __init__(self, bindings: Bindings) -> None:
        self.bindings = bindings
        self.pieces: set[str] = set()

    def hides(self, name: str, value: str | None = None) -> bool:
        """Whether a value of this name is never shown.

        Args:
            name: The name.
            value: The value, where known: `BASIC_AUTH=true` is none.
        """
        if name in self.bindings.not_secret or not name:
            return False
        text = value.strip().strip(QUOTES) if value is not None else "?"
        if text.lower() in HARMLESS or (text.startswith("${") and text.endswith("}")):
            return False
        if self.bindings.is_secret(name, value):
            return True
        if is_path(text) or (text.lower() in _WAYS and name.lower().endswith(_WAY_ENDS)):
            return False
        return is_hidden_name(name)

    def hid(self, piece: str) -> None:
        """Keep what was hidden, so that it can be hidden wherever else it stands."""
        if piece and MASK not in piece:
            self.pieces.add(piece)
