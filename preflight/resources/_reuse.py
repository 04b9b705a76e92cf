"""Which secrets share a value without being one credential.

A password in a connection string and the setting beside it, or one variable written in two settings, are one credential: whoever
"gave each a new one" would lock the service out. What tells is, in this order: the variables that both are written with, the server
that each names (scheme, host), and what each is called.
"""

from __future__ import annotations

from preflight.bindings.tokens import tokens
from preflight.model.secret_text import SecretText
from preflight.resources._written import mark
from preflight.sources.names import UNNAMED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from preflight.model.setting import Setting
    from preflight.resources._secrets import FoundSecret
    from preflight.resources.base import Context
