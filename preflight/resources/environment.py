"""Which environment a subject declares to be: `ENV`, `APP_ENV`, `NODE_ENV` and the like, or the name of its env file.

The twelve-factor names have no common standard; the words people use are folded to production, staging, development, test.
"""

from __future__ import annotations

from preflight.documents.suggestions import distance
from preflight.model.record import field
from preflight.resources._values import not_literal, with_role
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

_WORDS = {
    "production": "production", "prod": "production", "prd": "production", "live": "production",
    "staging": "staging", "stage": "staging", "stg": "staging", "preprod": "staging", "pre-production": "staging", "uat": "staging",
    "development": "development", "dev": "development", "local": "development", "develop": "development",
    "test": "test", "testing": "test", "tests": "test", "ci": "test",
}  # fmt: skip
_LONGEST = 24  # letters; names of environments are short
# Strictest first: where settings disagree, the strictest is taken for the choice of a profile.
STRICTEST = ("production", "staging", "development", "test")


class Environment(Resource):
    """One declaration of the environment."""

    declared: Fact[str] = field("production, staging, development, test, or the word as written.")
    known: Fact[bool] = field("Whether it is one of the words that people use for those four.")
    meant: Fact[str] = field("The environment that an unknown word is a slip of; absent where it is none.")
    consistent: Fact[bool] = field(
        "Whether everything that declares the environment of this subject says the same; a slip counts as what it means."
    )


RESOURCE = Environment


def normalise(word: str) -> str:
    """Fold the words people use for an environment."""
    lower = word.strip().strip("\"'").lower()
    if lower in _WORDS:
        return _WORDS[lower]
    # Something that was pasted here by mistake is not repeated in every line of the report.
    named = lower.isascii() and len(lower) <= _LONGEST and lower.replace("-", "").replace("_", "").isalnum()
    return lower if named else "an unrecognised word"


def meant_by(word: str) -> str | None:
    """Return the environment that a word is a misspelling of, or None where it is a known word or one of its own.

    One letter in four may be wrong, left out, too many or swapped with its neighbour. Short words, and those with digits or
    hyphens (`prod2`, `test-eu`), are names that somebody chose.

    Args:
        word: The word, as `normalise` returns it.
    """
    if word in _WORDS or not word.isalpha():
        return None
    nearest, meant = len(word) // 4 + 1, None
    for known, environment in _WORDS.items():
        found = distance(word, known, nearest)
        if found < nearest:
            nearest, meant = found, environment
    return meant


def environment_in_file_name(path: str) -> str | None:
    """Return the environment that an env file's name declares: `.env.production`, `prod.env`."""
    name = path.rpartition("/")[2].lower()
    for part in name.replace("-", ".").replace("_", ".").split("."):
        if part in _WORDS and part not in {"local", "live"}:
            return _WORDS[part]
    return None


def collect(subject: Subject, context: Context) -> Iterator[Environment]:
    """Collect every declaration: the settings in order, then the names of the env files."""
    rows: list[Environment] = []
    for setting in with_role(subject, context.bindings, "environment"):
        if setting.is_set:
            other = not_literal(setting)
            word = normalise(setting.text or "")
            rows.append(
                Environment(
                    name=setting.name,
                    origin=setting.origin,
                    via=setting.via,
                    declared=other or word,
                    known=other or word in _WORDS,
                    meant=other or meant_by(word),
                    consistent=True,
                )
            )
    for source in subject.env_files:
        named = environment_in_file_name(source.path)
        if named is not None:
            rows.append(
                Environment(
                    name=source.path,
                    origin=subject.origin.replace(file=source.path, line=1, column=1, setting=None),
                    declared=named,
                    known=True,
                    meant=None,
                    consistent=True,
                )
            )
    words = {row.meant or row.declared for row in rows if isinstance(row.declared, str)}
    for row in rows:
        yield row.replace(consistent=len(words) < 2)
