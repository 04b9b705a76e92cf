"""The variables that interpolation sees: the process environment, above the env files, with where each was set."""

from __future__ import annotations

from preflight.model.origin import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Variables:
    """Variables by name, each with its origin. Never changed; `below` makes another set."""

    __slots__ = ("_origins", "_values")

    def __init__(self, values: Mapping[str, str], origins: Mapping[str, tuple[Origin, ...]] | None = None) -> None:
        self._values = dict(values)
        self._origins = dict(origins or {})

    def get(self, name: str) -> str | None:
        """Return a variable's value, or None where it is unset."""
        return self._values.get(name)

    def origins(self, name: str) -> tuple[Origin, ...]:
        """Return where a variable was set, nearest first; the process environment where no file did."""
        known = self._origins.get(name)
        if known is not None:
            return known
        return (Origin(setting=name),) if name in self._values else ()

    def values(self) -> Mapping[str, str]:
        """Return all variables."""
        return self._values

    def below(self, values: Mapping[str, str], origins: Mapping[str, tuple[Origin, ...]]) -> Variables:
        """Return these variables, and below them others: what is set here wins.

        Args:
            values: The others.
            origins: Where each was set.
        """
        added = {name: value for name, value in values.items() if name not in self._values}
        known = {name: origins[name] for name in added if name in origins}
        return Variables({**added, **self._values}, {**known, **self._origins})

    def above(self, name: str, value: str) -> Variables:
        """Return these variables with one of them set."""
        origins = {key: origin for key, origin in self._origins.items() if key != name}
        return Variables({**self._values, name: value}, origins)
