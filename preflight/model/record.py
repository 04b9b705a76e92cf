"""Frozen records with documented fields, without the import cost of `dataclasses`.

`dataclasses` pulls in `inspect`, `ast` and `re` (12 ms of a 9 ms interpreter), and the gate starts with every container.
A `Record` gives what this project needs of it: keyword construction, defaults, equality, a `repr`, and no mutation.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, ClassVar, NoReturn, Self, dataclass_transform
else:

    def dataclass_transform(**_: object):  # noqa: ANN201, D103 - stands in for typing's marker, which only type checkers read
        return lambda cls: cls


class Field:
    """What is known of one field: its documentation and, where it has one, its default."""

    __slots__ = ("choices", "default", "doc", "required", "secret")

    def __init__(
        self, doc: str, default: object, *, required: bool, secret: bool = False, choices: tuple[str, ...] = ()
    ) -> None:
        self.doc = doc
        self.default = default
        self.required = required
        self.secret = secret
        self.choices = choices


_MISSING = object()


def field(doc: str, *, default: Any = _MISSING, secret: bool = False, choices: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 - a field takes any type
    """Declare a record's field.

    Args:
        doc: One sentence; it becomes the generated documentation and the editor's hover text.
        default: The value when the field is not given. A field without one must be given.
        secret: The fact decides but is never reported (its value would help to guess a secret).
        choices: The words it can be, for a text from a closed set.
    """
    required = default is _MISSING
    return Field(doc, None if required else default, required=required, secret=secret, choices=choices)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Record:
    """Base of frozen records. Fields are the annotated names of the class, in order."""

    _fields: ClassVar[dict[str, Field]] = {}
    _defaults: ClassVar[dict[str, object]] = {}

    def __init_subclass__(cls) -> None:
        fields = dict(cls._fields)
        # A class that annotates nothing sees its base's annotations here, which are in `fields` already.
        own = cls.__annotations__ if cls.__annotations__ is not cls.__mro__[1].__annotations__ else {}
        for name in own:
            declared = cls.__dict__.get(name, _MISSING)
            if name.startswith("_") or own[name].startswith("ClassVar"):
                continue
            if isinstance(declared, Field):
                fields[name] = declared
                delattr(cls, name)
            elif declared is _MISSING:
                fields[name] = Field("", None, required=True)
            else:
                fields[name] = Field("", declared, required=False)
        cls._fields = fields
        cls._defaults = {name: declared.default for name, declared in fields.items() if not declared.required}

    def __init__(self, **values: object) -> None:
        state = self.__dict__
        state.update(self._defaults)
        state.update(values)
        # As many as there are fields, and each field among them: nothing is missing, and nothing is too much.
        if state.keys() != self._fields.keys():
            self._complain(values)

    def _complain(self, values: dict[str, object]) -> NoReturn:
        unknown = sorted(values.keys() - self._fields.keys())
        if unknown:
            raise TypeError(f"{type(self).__name__} has no field {unknown}")
        missing = next(name for name in self._fields if name not in self.__dict__)
        raise TypeError(f"{type(self).__name__} needs {missing!r}")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot go")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *(self.__dict__[name] for name in self._fields)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.items())})"

    def items(self) -> Iterator[tuple[str, Any]]:
        """Yield each field's name and value, in declaration order."""
        for name in self._fields:
            yield name, self.__dict__[name]

    def replace(self, **changes: object) -> Self:
        """Return a copy with some fields changed."""
        return type(self)(**{**self.__dict__, **changes})

    @classmethod
    def fields(cls) -> dict[str, Field]:
        """Return the class's fields by name, in declaration order."""
        return cls._fields
