"""How a secret is given in a Compose file: as plain text, by a default, by a variable, and how strictly.

What is looked at is the part of a text that is the secret: the whole of `POSTGRES_PASSWORD`, of a connection string the password.
"""

from __future__ import annotations

from preflight.resources._files import is_path
from preflight.resources._url import parse_url
from preflight.resources._written import mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from preflight.resources._written import Variable

    Part = Callable[[str], str | None]

GIVEN = (
    "literal", "default", "mixed", "variable", "required", "passed", "env_file", "file", "external", "driver", "reference",
    "nothing", "not_granted",
)  # fmt: skip
_ORDER = ("literal", "default", "mixed", "variable", "required", "reference")
# What programs take for no secret at all; whether it may be none is judged by other rules.
_NO_VALUES = frozenset(
    {"null", "none", "nil", "undefined", "unset", "false", "true", "no", "yes", "off", "on", "0", "1", "disabled"}
)
# What another program puts the secret in for: Vault agents, 1Password, vals, SOPS, cloud secret managers, Ansible, Jasypt.
_SCHEMES = (
    "vault:", "op://", "ref+", "awssm:", "aws-sm:", "awsssm:", "ssm:", "ssm://", "arn:aws:", "secretsmanager:", "gcpsm:", "gcp-sm:",
    "sm://", "secret://", "azurekv:", "akv:", "keyvault:", "doppler:", "infisical:", "bws:", "bao:", "openbao:", "conjur:",
    "enc[", "enc(", "{cipher}", "!vault", "file://", "/run/secrets/", "projects/",
)  # fmt: skip
_BRACKETS = (("<", ">"), ("{", "}"), ("[", "]"), ("%", "%"), ("__", "__"), ("@@", "@@"))
# What stands before a value that is no part of the secret.
_PREFIXES = ("base64:", "hex:", "bearer ", "basic ", "token ", "plain:", "{noop}")
_SHORTEST_PIECE = 3  # letters and digits: what joins variables is shorter


# What issuers put before their tokens, so that scanners find them (GitHub, GitLab, Slack, Stripe, Vault and others say so).
ISSUED = (
    "sk_live_", "rk_live_", "whsec_", "ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xapp-",
    "npm_", "pypi-AgEI", "hvs.", "dop_v1_", "shpat_", "sk-ant-", "sk-proj-", "SG.", "AGE-SECRET-KEY-1",
)  # fmt: skip
_SHORTEST_ISSUED = 16


def issued(text: str) -> bool:
    """Whether a text looks like a token that another party issued, or holds a private key, whatever its name is."""
    if text.startswith("-----BEGIN"):
        return "PRIVATE KEY-----" in text
    if text.startswith("npm_") and not text[len("npm_") :].isalnum():
        return False  # npm's own settings: `npm_config_registry`
    return text.startswith(ISSUED) and len(text) >= _SHORTEST_ISSUED and not any(blank in text for blank in " \n<{$")


def whole(text: str) -> str:
    """Return the secret part of a text that is a secret as a whole."""
    return text


def password_of(text: str) -> str | None:
    """Return the password of a connection string: a URL's, or that of a list of `key=value`; None where there is none.

    Args:
        text: Such as `postgresql://app:secret@db/app`, `host=db password=secret`, `Server=db;Password=secret`.
    """
    bare = text.strip().removeprefix("jdbc:").removeprefix("r2dbc:")
    url = parse_url(bare)
    if url is not None:
        if url.password is not None:
            return url.password.reveal()
        asked = next((value for key, value in url.query.items() if key.lower() in _PASSWORD_KEYS), None)
        return _keyword(bare, ";") if asked is None and ";" in bare else asked  # jdbc:sqlserver://host;password=secret
    found = _keyword(bare, ";") if ";" in bare else _keyword(bare, " ")
    return _of_go_dsn(bare) if found is None and "@" in bare else found


def _of_go_dsn(text: str) -> str | None:
    """Return the password of `user:password@tcp(host:port)/database`, as Go's MySQL driver takes it."""
    for sign in _GO_ADDRESSES:
        head, found, _ = text.partition(sign)
        user, colon, password = head.partition(":")
        if found and colon and user.replace("_", "").replace("-", "").isalnum() and " " not in head:
            return password
    return None


_GO_ADDRESSES = ("@tcp(", "@tcp6(", "@unix(", "@(", "@/")
_PASSWORD_KEYS = frozenset({"password", "pwd", "passwd", "pass", "sslpassword"})


def _keyword(text: str, separator: str) -> str | None:
    """Return the password of `key=value` parts; libpq puts blanks around `=` nowhere that people do."""
    if "=" not in text:
        return None
    for part in text.split(separator):
        key, equals, value = part.strip().partition("=")
        if equals and key.strip().lower() in _PASSWORD_KEYS:
            return value.strip().strip("'\"")
    return None


def given_by(written: str, part: Part, *, cut: bool = False, by_shell: bool = False) -> str | None:
    """Say how the secret in a text is given, or None where there is no secret in it.

    Args:
        written: The text as written in the Compose file.
        part: Finds the secret part of a text.
        cut: Whether a variable of it is unset; `$word` is then a piece of a password, not a variable.
        by_shell: Whether a shell reads the text, so that a `$` left in it is a variable of the shell's.
    """
    marked = mark(written)
    found = part(marked.text)
    if found is not None:
        return of_part(found, marked.variables, part, cut=cut, by_shell=by_shell)
    only = marked.variables.get(marked.text.strip())
    if only is None or only.operator.endswith("?") or not only.word:
        return None
    inner = given_by(only.word, part, by_shell=by_shell)  # a connection string as the default of a variable
    return "default" if inner in {"literal", "mixed"} else inner


def of_part(
    text: str, variables: Mapping[str, Variable], part: Part = whole, *, cut: bool = False, by_shell: bool = False
) -> str:
    """Say how the secret is given that a marked text holds.

    Args:
        text: The secret part, with letters for variables.
        variables: The variable behind each letter.
        part: Finds the secret part in the text of a default.
        cut: Whether a variable is unset.
        by_shell: Whether a shell reads the text.
    """
    kinds: list[str] = []
    rest = text
    for letter in dict.fromkeys(text):
        variable = variables.get(letter)
        if variable is None:
            continue
        if cut and not variable.meant:
            rest = rest.replace(letter, "$" + variable.name)
            continue
        rest = rest.replace(letter, "")
        kinds.append(_of_variable(variable, part, by_shell=by_shell))
    own = _of_literal(rest, by_shell=by_shell)
    if not kinds:
        return own
    worst = min(kinds, key=_ORDER.index)
    return "mixed" if own == "literal" and _is_piece(rest) and worst not in {"literal", "default"} else worst


def _of_variable(variable: Variable, part: Part, *, by_shell: bool) -> str:
    if variable.operator.endswith("?"):
        return "required"
    if not variable.word:
        return "variable"
    inner = (
        given_by(variable.word, part, by_shell=by_shell)
        or given_by(variable.word, whole, by_shell=by_shell)
        or "nothing"
    )
    if inner in {"literal", "mixed"}:
        return "default"
    return "variable" if inner == "nothing" else inner


def _of_literal(text: str, *, by_shell: bool) -> str:
    bare = text.strip().strip("\"'")
    low = bare.lower()
    if not low or low in _NO_VALUES:
        return "nothing"
    if low.startswith(_SCHEMES) or any(low.startswith(a) and low.endswith(b) and len(low) > 1 for a, b in _BRACKETS):
        return "reference"
    if by_shell and ("$" in bare or "`" in bare):
        return "reference"
    if bare[0] == "%" and bare[1:] in {"s", "d", "v", "q"}:
        return "reference"  # printf's
    unexpanded = bare.startswith("$(") or ("${" in bare and "}" in bare)
    return (
        "reference"
        if unexpanded or (bare.startswith("$") and bare[1:].isidentifier() and bare.isupper())
        else "literal"
    )


def _is_piece(text: str) -> bool:
    """Whether a text beside variables is a piece of the secret, not its form (`base64:${KEY}`, `${A}-${B}`)."""
    bare = text.lstrip()
    for prefix in _PREFIXES:
        if bare.lower().startswith(prefix):
            bare = bare[len(prefix) :]
    return sum(character.isalnum() for character in bare) >= _SHORTEST_PIECE


def worst_of(one: object, other: object) -> object:
    """Return the worse of two ways of being given; what is not known is worse than what is known to be fine.

    Args:
        one: A way of being given, or why it is not known.
        other: Another.
    """
    return min(one, other, key=lambda given: _ORDER.index(given) if given in _ORDER else len(_BAD))


_BAD = ("literal", "default")


def of_inner(text: str, variables: Mapping[str, Variable], *, by_shell: bool = False) -> str:
    """Say how a secret is given that stands within a longer text; a path is a file, and what a program fills in a reference.

    Args:
        text: The secret, with letters for variables.
        variables: The variable behind each letter.
        by_shell: Whether a shell reads the text.
    """
    bare = text.strip().strip("\"'")
    if by_shell or bare.startswith("/"):
        found = of_option(bare, variables)
        if found != "literal":
            return found
    follows = bare[1:2]
    filled_in = (bare.startswith("$") and (follows.isalpha() or follows in {"{", "(", "_"})) or bare.startswith("{{")
    if filled_in or bare.startswith(("%s", "%(", *_HASHES)):
        return "reference"
    return of_part(bare, variables, by_shell=by_shell)


_HASHES = ("$1$", "$5$", "$6$", "$y$", "$2a$", "$2b$", "$2y$", "$apr1$", "$argon2", "{SHA", "{SSHA", "SCRAM-SHA-256$")


def of_option(text: str, variables: Mapping[str, Variable]) -> str:
    """Say how the value of an option is given; a path is a file."""
    return "file" if is_path(text) and text.startswith(("/", "./", "../")) else of_part(text, variables, by_shell=True)
