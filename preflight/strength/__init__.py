"""How strong a secret is: pure computation over one value, without any opinion on how strong it has to be.

`assess` estimates bits and tells whether a person made the value up, `placeholder_kind` finds values that nobody filled in,
`decoded_bytes`, `character_classes`, `form_of` and `is_pem` state plain facts. Thresholds belong to the rule packs.
"""

from __future__ import annotations

from preflight.strength.classes import CLASSES, character_classes
from preflight.strength.encodings import decoded_bytes, is_pem
from preflight.strength.estimate import Strength, assess
from preflight.strength.forms import FORMS, form_of
from preflight.strength.placeholders import placeholder_kind

__all__ = [
    "CLASSES",
    "FORMS",
    "Strength",
    "assess",
    "character_classes",
    "decoded_bytes",
    "form_of",
    "is_pem",
    "placeholder_kind",
]
