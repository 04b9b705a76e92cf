"""Text that examples generate afresh at each run, so that no secret is ever written down.

%{base64:48}       48 random bytes in base64, on one line
%{hex:32}          32 random bytes in hexadecimal
%{letters:20}      20 random lower-case letters
%{symbols:24}      24 random characters of all four kinds, without those that quoting would change
%{encoded:48}      words in base64, at least that long
%{same:base64:48}  the same text wherever it stands in one example
%{dir}             the folder of the example's files
"""

from __future__ import annotations

import binascii
import secrets

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_KINDS = (_LETTERS, _LETTERS.upper(), "0123456789", "%+,-.:=@^_~*")
_WORDS = b"the signing key of the payments service in production "


class Generator:
    """Fills in the generated parts of an example's texts.

    Args:
        folder: The example's folder.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._same: dict[str, str] = {}

    def fill(self, template: str) -> str:
        """Return the text with every `%{…}` filled in.

        Raises:
            ValueError: A kind is unknown.
        """
        first, *pieces = template.split("%{")
        text = first
        for piece in pieces:
            kind, _, rest = piece.partition("}")
            text += self._one(kind) + rest
        return text

    def _one(self, kind: str) -> str:
        if kind == "dir":
            return self._folder
        if kind.startswith("same:"):
            return self._same.setdefault(kind, self._one(kind.removeprefix("same:")))
        name, _, size_text = kind.partition(":")
        size = int(size_text or "32")
        if name == "base64":
            return binascii.b2a_base64(secrets.token_bytes(size), newline=False).decode()
        if name == "hex":
            return secrets.token_hex(size)
        if name == "letters":
            return "".join(secrets.choice(_LETTERS) for _ in range(size))
        if name == "symbols":
            kinds = [secrets.choice(kind) for kind in _KINDS] + [
                secrets.choice("".join(_KINDS)) for _ in range(size - len(_KINDS))
            ]
            return "".join(sorted(kinds, key=lambda _: secrets.randbelow(1 << 30)))
        if name == "encoded":
            words = _WORDS * (size // len(_WORDS) + 1)
            return binascii.b2a_base64(words[: size - size % 3], newline=False).decode()
        raise ValueError(f"%{{{kind}}} generates nothing")
