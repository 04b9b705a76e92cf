"""Settings that name the algorithm by which JSON Web Tokens are signed."""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources._jwt_algorithms import FAMILY_OF, SIGNING, algorithms_of
from preflight.resources._values import with_role
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

_LONGEST_SHOWN = 12  # what is longer may be a key that was put into the wrong setting


class JwtAlgorithm(Resource):
    """One setting that names algorithms."""

    algorithm: Fact[str] = field(
        "The algorithm, in upper case; of several the first that signs nothing. Absent where it is too long to be one."
    )
    family: Fact[str] = field(
        "What kind of key it takes: `none` for the algorithm none, `unknown` for no algorithm at all.",
        choices=("hmac", "rsa", "ec", "none", "unknown"),
    )


RESOURCE = JwtAlgorithm


def collect(subject: Subject, context: Context) -> Iterator[JwtAlgorithm]:
    """Collect the settings that name an algorithm and have a value."""
    for setting in with_role(subject, context.bindings, "jwt_algorithm"):
        if not setting.is_set:
            continue
        named = algorithms_of(setting)
        algorithm: Fact[str]
        family: Fact[str]
        if isinstance(named, tuple):
            wrong = (one for one in named if FAMILY_OF.get(one) not in SIGNING)
            chosen = next(wrong, named[0] if named else "")
            algorithm = chosen if 0 < len(chosen) <= _LONGEST_SHOWN else None
            family = FAMILY_OF.get(chosen, "unknown")
        else:
            algorithm = family = named
        yield JwtAlgorithm(
            name=setting.name, origin=setting.origin, via=setting.via, algorithm=algorithm, family=family
        )
