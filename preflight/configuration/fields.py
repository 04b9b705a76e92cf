"""The fields of the configuration: their types, defaults, and what the environment may do to each.

`preflight.configuration.schema.Settings` is the authority on all of this but the policies; a test holds both equal.
"""

from __future__ import annotations

from preflight.bindings.roles import ROLES
from preflight.documents.patterns import ENDPOINT, KEBAB, SECONDS, matches
from preflight.packs.model import SEVERITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, TypeAlias

    Kind: TypeAlias = Literal["word", "name", "flag", "seconds", "number", "numbers", "names", "mapping"]
    Policy: TypeAlias = Literal["free", "tighten", "refuse", "never"]

LONGEST_DEADLINE = 3600.0  # seconds; a gate that waits longer is one that hangs
LONGEST_NAME = 80  # characters of a rule id, profile or parameter
HIGHEST_UID = 4_294_967_294  # (uid_t) -1 means "no user" (POSIX chown)
_FLAGS = {
    **dict.fromkeys(("true", "t", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "off", "0"), False),
}


class Unfit(ValueError):  # noqa: N818 - it is not raised beyond this package
    """A value that does not fit its field; the text says what would, and never what was given."""


class Spec:
    """What is known of one field.

    Attributes:
        path: Its name as the file writes it.
        kind: Its type.
        default: Its value when nobody sets it.
        words: The words it, or each of its entries, can be; empty when it is open.
        policy: What a variable may do without permission: `free` anything, `tighten` make the gate stricter, `refuse`
            change nothing; `never` can no permission be given.
        would: What a loosening variable would do, to go after its name.
    """

    __slots__ = ("default", "kind", "path", "policy", "words", "would")

    def __init__(
        self,
        path: str,
        kind: Kind,
        default: Any,  # noqa: ANN401 - as many types as fields
        *,
        words: tuple[str, ...] = (),
        policy: Policy = "never",
        would: str = "",
    ) -> None:
        self.path = path
        self.kind = kind
        self.default = default
        self.words = words
        self.policy = policy
        self.would = would

    @property
    def permission(self) -> str:
        """The name by which `allow_environment` permits it."""
        return self.path.partition(".")[0]

    @property
    def variable(self) -> str:
        """The variable that sets it."""
        return "PREFLIGHT_" + self.path.upper().replace(".", "__")


FIELDS: dict[str, Spec] = {
    "profile": Spec("profile", "name", None, policy="tighten", would="judge by another profile than production"),
    "stage": Spec(
        "stage", "word", None, words=("build", "start"), policy="tighten",
        would="judge as at build time, where what is not known yet does not block",
    ),
    "fail_on": Spec(
        "fail_on", "word", "high", words=SEVERITIES, policy="tighten",
        would="let failures through that refuse the start now",
    ),
    "env_files": Spec("inputs.env_files", "names", (), policy="refuse", would="judge other files"),
    "compose": Spec("inputs.compose", "names", (), policy="refuse", would="judge other files"),
    "compose_profiles": Spec("inputs.compose_profiles", "names", (), policy="refuse", would="judge other services"),
    "process_env": Spec(
        "inputs.process_env", "flag", False, policy="tighten", would="leave the process environment unjudged"
    ),
    "dialect": Spec(
        "dialect", "word", None, words=("compose", "dotenv", "shell"), policy="refuse",
        would="read env files in another way than the service does",
    ),
    "contract": Spec("contract", "names", ()),
    "examples": Spec("examples", "names", None, policy="refuse", would="compare with other example files"),
    "packs": Spec("packs", "names", ()),
    "disable": Spec("disable", "names", (), policy="tighten", would="leave rules out"),
    "override": Spec("override", "mapping", ()),
    "parameters": Spec("parameters", "mapping", (), policy="refuse", would="change what the rules demand"),
    "bindings": Spec("bindings", "mapping", ()),
    "not_secret": Spec("not_secret", "names", (), policy="tighten", would="exempt settings from the rules for secrets"),
    "required_roles": Spec(
        "required_roles", "names", (), words=tuple(ROLES), policy="tighten", would="demand fewer settings"
    ),
    "defer_paths": Spec(
        "defer_paths", "names", ("/run/secrets/", "/var/run/secrets/"), policy="tighten",
        would="put off the judgement of further files",
    ),
    "deadline": Spec("deadline", "seconds", 30.0, policy="tighten", would="let the gate take longer"),
    "live": Spec("live", "flag", False, policy="tighten", would="leave the live servers unasked"),
    "wait": Spec("wait", "seconds", None, policy="tighten", would="let the gate wait for servers"),
    "live_timeout": Spec("live_timeout", "seconds", 5.0, policy="tighten", would="let a live server take longer"),
    "endpoints": Spec("endpoints", "names", (), policy="tighten", would="leave endpoints unasked"),
    "log": Spec("log", "word", "off", words=("off", "json"), policy="free"),
    "format": Spec("format", "word", None, words=("json", "text"), policy="free"),
    "allow_environment": Spec("allow_environment", "names", ()),
    "as_uid": Spec("as_uid", "number", None, policy="refuse", would="judge access to files as another user"),
    "as_gids": Spec("as_gids", "numbers", (), policy="refuse", would="judge access to files as in other groups"),
}  # fmt: skip
PERMISSIONS = tuple(dict.fromkeys(spec.permission for spec in FIELDS.values() if spec.policy in {"tighten", "refuse"}))


def fit(name: str, value: object) -> Any:  # noqa: ANN401 - as many types as fields
    """Turn what a variable, the command line or the file says into a field's value.

    Args:
        name: The field.
        value: A text as a variable writes it (lists are separated by commas), or a value of the field's type.

    Raises:
        Unfit: It is no value of that field.
    """
    spec = FIELDS[name]
    if spec.kind == "names":
        return _names(name, spec, value)
    if spec.kind == "flag":
        found = _FLAGS.get(value.lower()) if isinstance(value, str) else value
        if isinstance(found, bool):
            return found
        raise Unfit("true or false")
    if spec.kind == "seconds":
        return seconds(value)
    if spec.kind == "number":
        return _id(value, "a user's number")
    if spec.kind == "numbers":
        parts = [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        if not isinstance(parts, (list, tuple)):
            raise Unfit("a list of groups' numbers")
        return tuple(_id(part, "a list of groups' numbers") for part in parts)
    if not isinstance(value, str) or (spec.words and value not in spec.words):
        raise Unfit(f"one of {', '.join(spec.words)}" if spec.words else "a text")
    if spec.kind == "name" and not _is_id(value):
        raise Unfit("lower-case words joined by hyphens")
    return value


def _names(name: str, spec: Spec, value: object) -> tuple[str, ...]:
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(parts, (list, tuple)) or not all(isinstance(part, str) for part in parts):
        raise Unfit("a list of texts")
    entries = tuple(part for part in parts if part)
    if spec.words and not set(spec.words).issuperset(entries):
        raise Unfit(f"a list of roles: {', '.join(spec.words)}")
    if name == "disable" and not all(map(_is_id, entries)):
        raise Unfit("a list of rule ids")
    if name == "endpoints" and not all(matches(ENDPOINT, entry) for entry in entries):
        raise Unfit("a list of HOST:PORT")
    return entries


def _is_id(text: str) -> bool:
    return len(text) <= LONGEST_NAME and matches(KEBAB, text)


def seconds(value: object) -> float:
    """Return a duration in seconds, from a number of seconds or a text such as `30`, `30s`, `1.5m`.

    Raises:
        Unfit: It is none, is not above 0, or is longer than `LONGEST_DEADLINE`.
    """
    found: float = 0.0
    if isinstance(value, str) and matches(SECONDS, value):
        found = float(value.rstrip("sm")) * (60 if value.endswith("m") else 1)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= LONGEST_DEADLINE:
        found = float(value)
    if not 0 < found <= LONGEST_DEADLINE:
        raise Unfit("a duration such as 30, 30s or 2m, of at most 1 hour")
    return found


def _id(value: object, wanted: str) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(HIGHEST_UID)):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= HIGHEST_UID:
        return value
    raise Unfit(wanted)
