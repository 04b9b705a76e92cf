"""The bindings in force: the project's own first, then the names in common use."""

from __future__ import annotations

from preflight.bindings.roles import SECRET_ROLES, plain_role, secret_role
from preflight.bindings.tokens import tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from preflight.model.setting import Setting

_SWITCH_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "0", "1"})
_SWITCH_VERBS = frozenset("""require use enable allow disable skip force show hide generate is has no random""".split())


class Bindings:
    """Tells which setting plays which role.

    Args:
        own: The project's own bindings: role to the names of its settings. They win over the names in common use.
        not_secret: Names that are no secrets, whatever they look like.
        sensitive: Names that are secrets, whatever they look like. A name that plays a role keeps it: a connection string
            that is sensitive is a connection string still.
    """

    __slots__ = ("_by_role", "_cache", "_own", "_sensitive", "not_secret")

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
        self._by_role: dict[int, tuple[Mapping[str, Setting], dict[str, list[tuple[int, Setting]]]]] = {}

    def role(self, name: str) -> str | None:
        """Return the role that a setting's name plays, or None."""
        if name not in self._cache:
            role = self._own.get(name)
            if role is None and name not in self.not_secret:
                role = secret_role(name)
            role = role or plain_role(name)
            self._cache[name] = "token" if role is None and name in self._sensitive else role
        return self._cache[name]

    def playing(self, settings: Mapping[str, Setting], *roles: str) -> list[Setting]:
        """Return the settings that play one of the roles, in the order written.

        Args:
            settings: A subject's settings, by name; looked through once, however many roles are asked for.
            roles: The roles.
        """
        known = self._by_role.get(id(settings))
        if known is None:
            rows: dict[str, list[tuple[int, Setting]]] = {}
            for position, setting in enumerate(settings.values()):
                role = self.role(setting.name)
                if role is not None:
                    rows.setdefault(role, []).append((position, setting))
            known = self._by_role[id(settings)] = (settings, rows)  # kept, so that its identity stays its own
        by_role = known[1]
        if len(roles) == 1:
            return [setting for _, setting in by_role.get(roles[0], ())]
        found = [row for role in dict.fromkeys(roles) for row in by_role.get(role, ())]
        return [setting for _, setting in sorted(found, key=lambda row: row[0])]

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
            return _SWITCH_VERBS.isdisjoint(tokens(name))
        return True
