"""The bindings in force: the project's own first, then the names in common use."""

from __future__ import annotations

from preflight.bindings.roles import SECRET_ROLES, plain_role, secret_role

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SWITCH_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "0", "1"})
_SWITCH_VERBS = (
    "REQUIRE",
    "USE",
    "ENABLE",
    "ALLOW",
    "DISABLE",
    "SKIP",
    "FORCE",
    "SHOW",
    "HIDE",
    "GENERATE",
    "IS",
    "HAS",
    "NO",
)


class Bindings:
    """Tells which setting plays which role.

    Args:
        own: The project's own bindings: role to the names of its settings. They win over the names in common use.
        not_secret: Names that are no secrets, whatever they look like.
        sensitive: Names that are secrets, whatever they look like. A name that plays a role keeps it: a connection string
            that is sensitive is a connection string still.
    """

    __slots__ = ("_cache", "_own", "_sensitive", "not_secret")

    def __init__(
        self,
        own: Mapping[str, Iterable[str]] | None = None,
        not_secret: Iterable[str] = (),
        sensitive: Iterable[str] = (),
    ) -> None:
        self._own = {name: role for role, names in (own or {}).items() for name in names}
        self._sensitive = frozenset(sensitive)
        self.not_secret = frozenset(not_secret)
        self._cache: dict[str, str | None] = {}

    def role(self, name: str) -> str | None:
        """Return the role that a setting's name plays, or None."""
        if name not in self._cache:
            role = self._own.get(name)
            if role is None and name not in self.not_secret:
                role = secret_role(name)
            role = role or plain_role(name)
            self._cache[name] = "token" if role is None and name in self._sensitive else role
        return self._cache[name]

    def is_secret(self, name: str, text: str | None = None) -> bool:
        """Whether a setting is a secret.

        Args:
            name: Its name.
            text: Its value, where known: a switch such as `ALLOW_EMPTY_PASSWORD=yes` carries a secret's name, but is none.
        """
        if self.role(name) not in SECRET_ROLES:
            return False
        said = name in self._own or name in self._sensitive
        if text is not None and not said and text.strip().lower() in _SWITCH_WORDS:
            return not name.upper().startswith(_SWITCH_VERBS)
        return True
