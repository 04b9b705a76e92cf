"""Which setting plays which role: by the tokens of its name, never by substring, and as the project says."""

from __future__ import annotations

from preflight.bindings.bindings import Bindings
from preflight.bindings.roles import ROLES, SECRET_ROLES

__all__ = ["ROLES", "SECRET_ROLES", "Bindings"]
