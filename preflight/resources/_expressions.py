"""Values in files that are a program's expressions rather than secrets: `get_token()`, `settings.password`, `os.environ["PW"]`.

In the text of a program every chain of names is one; in a file of settings only what can hardly be meant as a value.
"""

from __future__ import annotations

from preflight.bindings.roles import secret_role

_SIGNS = frozenset("()[]{}<>|*\\")
_ROOTS = frozenset(
    """os process env environ secrets settings config configuration conf cfg self this local var vars data module args options opts
    params request req ctx context app System Environment Values Config Settings ENV each inputs outputs""".split()
)
# Lines that only programs have.
_STATEMENTS = (
    "import ", "from ", "def ", "function ", "return ", "const ", "let ", "class ", "if (", "if [", "for (", "local function", "fn ",
    "func ", "package ", "use ", "require(", "#!/",
)  # fmt: skip


def is_program(text: str) -> bool:
    """Whether a text is rather a program than a file of settings.

    Args:
        text: The text.
    """
    return text.startswith(_STATEMENTS) or any("\n" + start in text for start in _STATEMENTS)


def is_expression(text: str, *, lenient: bool) -> bool:
    """Whether a value without quotes is rather an expression, or a sentence.

    Args:
        text: The value.
        lenient: Whether it stands in a program, where more is one.
    """
    if " " in text:
        return True
    if lenient:
        return not _SIGNS.isdisjoint(text) or ("." in text and _is_chain(text))
    if text[:1] in "[{<*&(" and not text[1:2].isalnum():
        return True  # the beginning of a list, of a block
    if text[:1] in "*<{[":
        return text[:1] == "*" or text.endswith((">", "}", "]"))  # an alias of YAML; something to be filled in
    if text[-1:] in ")]":
        head = text.partition("(")[0].partition("[")[0]
        return (
            head != text
            and _is_chain(head)
            and text.count("(") == text.count(")")
            and text.count("[") == text.count("]")
        )
    if "." not in text or not _is_chain(text):
        return False
    names = text.split(".")
    return (
        names[0] in _ROOTS or secret_role(names[-1]) is not None or names[-1] in {"token", "password", "secret", "key"}
    )


def _is_chain(text: str) -> bool:
    return bool(text) and all(part.isidentifier() and part.isascii() for part in text.split("."))
