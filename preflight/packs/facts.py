"""What types of facts there are, read off the resources' own annotations, and which matchers fit each."""

from __future__ import annotations

from preflight.model.fact import SCALES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.model.record import Record

_GENERAL = frozenset({"present", "absent", "not"})
_EQUALITY = frozenset({"equals", "not_equals", "one_of", "none_of"})
_ORDER = frozenset({"at_least", "at_most"})

MATCHERS: dict[str, frozenset[str]] = {
    "flag": _GENERAL | {"equals", "not_equals"},
    "number": _GENERAL | _EQUALITY | _ORDER,
    "text": _GENERAL | _EQUALITY | {"matches", "contains"},
    "list": _GENERAL | {"contains", "every", "some", "none"},
    "scale": _GENERAL | _EQUALITY | _ORDER,
}
_BY_ANNOTATION = {
    "bool": "flag",
    "int": "number",
    "float": "number",
    "str": "text",
    "tuple[str, ...]": "list",
    "SslMode": "sslmode",
    "TlsVersion": "tls_version",
}
# What every resource has besides its facts.
IDENTITY = ("name", "origin", "via")


class FactType:
    """The type of one fact.

    Attributes:
        kind: flag, number, text, list or scale.
        scale: The name of the scale, for a fact on one.
        choices: The words it can be; empty when it is open.
        secret: Whether it is kept out of the report.
        doc: What it says.
    """

    __slots__ = ("choices", "doc", "kind", "scale", "secret")

    def __init__(
        self, kind: str, scale: str | None = None, choices: tuple[str, ...] = (), doc: str = "", *, secret: bool = False
    ) -> None:
        self.kind = kind
        self.scale = scale
        self.choices = choices
        self.doc = doc
        self.secret = secret

    @property
    def matchers(self) -> frozenset[str]:
        """The matchers that fit it."""
        return MATCHERS[self.kind]

    @property
    def words(self) -> tuple[str, ...]:
        """The words it can be, weakest first on a scale; empty when it is open."""
        return SCALES[self.scale] if self.scale else self.choices


def parameter_type(name: str) -> FactType:
    """Return the type of a parameter declared as `name` (text, number, flag, list, or a scale)."""
    if name in SCALES:
        return FactType("scale", name, ())
    return FactType(name)


def fact_types(resource: type[Record]) -> dict[str, FactType]:
    """Return the types of a resource's facts by name, in declaration order.

    Raises:
        TypeError: A fact is annotated with something that is no fact type (a bug in the resource's module).
    """
    annotations: dict[str, str] = {}
    for base in reversed(resource.__mro__):
        annotations.update(getattr(base, "__annotations__", {}))
    types: dict[str, FactType] = {}
    for name, declared in resource.fields().items():
        if name in IDENTITY:
            continue
        annotation = annotations[name]
        inner = annotation[5:-1] if annotation.startswith("Fact[") and annotation.endswith("]") else annotation
        kind = _BY_ANNOTATION.get(inner)
        if kind is None:
            raise TypeError(f"{resource.__name__}.{name}: {annotation} is no type of fact")
        scale = kind if kind in SCALES else None
        types[name] = FactType(
            "scale" if scale else kind, scale, declared.choices, declared.doc, secret=declared.secret
        )
    return types
