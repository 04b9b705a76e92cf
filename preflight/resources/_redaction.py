"""What can be shown of a configuration: values without their secrets, whatever the names of the settings are."""

from __future__ import annotations

from preflight.resources._commands import SECRET_OPTIONS
from preflight.resources._files import is_path
from preflight.resources._masking import USER_OPTIONS, Masking
from preflight.resources._secret_names import MASK, SecretNames
from preflight.resources._url import parse_url
from preflight.strength import assess, decoded_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from preflight.bindings import Bindings
    from preflight.model.secret_text import SecretText
    from preflight.model.setting import Setting

__all__ = ["MASK", "Redaction"]

_SHORTEST_PIECE = 4
_SHORTEST_PART = 8  # a shorter one would be found in every other word
_SHORTEST_KEY = 16
_KEY_BITS = 56.0
_PATH_ENDS = ("_FILE", "_PATH", "_CERT", "_KEY", "_CA", "ROOTCERT")
_ADDRESS_ROLES = frozenset({"database_url", "redis_url", "vault_address"})
_SEPARATORS = frozenset(" /\\.,:;@\"'{}[]()<>|&?=#")


class Redaction:
    """Decides what is shown of values.

    Args:
        bindings: Which settings are secrets.
        settings: All settings of the run: what is secret in one place is shown in none.
    """

    def __init__(self, bindings: Bindings, settings: Iterable[Setting]) -> None:
        self._bindings = bindings
        self._names = SecretNames(bindings)
        self._masking = Masking(self._names)
        self._known: set[str] = set()
        rows = list(settings)
        for one in rows:
            text = (one.text or "").strip()
            url = parse_url(text) if "://" in text else None
            if bindings.is_secret(one.name, text):
                self._known.add(text)
            elif url is not None and url.password is not None:
                self._known.add(url.password.reveal())
        self._parts: set[str] = set()
        for one in rows:  # what is hidden for another reason is hidden wherever it stands, too
            self._names.pieces.clear()
            if one.text and self.setting(one) is None and not self._names.pieces:
                self._known.add(one.text.strip())
            self._known |= self._names.pieces
        self._known.discard("")
        self._parts = {text for text in self._known if len(text) >= _SHORTEST_PART}

    def setting(self, setting: Setting) -> str | None:
        """Return what can be shown of a literal value; None when nothing can.

        Args:
            setting: A setting whose value is literal.
        """
        text = setting.text or ""
        if setting.path is not None or self._bindings.is_secret(setting.name, text):
            return None
        if "://" not in text and self._names.hides(setting.name, text):
            return None
        if setting.name.upper().endswith(_PATH_ENDS) and not is_path(text):
            return None  # whoever puts the secret itself into NAME_FILE writes no path
        if "://" not in text and self._bindings.role(setting.name) in _ADDRESS_ROLES:
            return None  # a connection string in another form, or what was pasted in the wrong place
        return self.text(text)

    def text(self, text: str) -> str | None:
        """Return a text without its secrets: passwords in addresses masked; None when it may be one as a whole."""
        if "\n" in text.strip() or "-----BEGIN" in text:
            return None
        shown = self._masking.shown(text)
        if shown is None:
            return None
        written = text.strip()
        if written in self._known or any(secret in shown for secret in self._parts):
            return None
        if len(written) >= _SHORTEST_PIECE and any(written in secret for secret in self._known):
            return None  # a variable that a secret was put together from
        if any(_looks_like_a_key(word) for word in _words(shown)):
            return None
        return shown

    def words(self, words: Iterable[SecretText]) -> list[str]:
        """Return a command's words: what follows an option that is named like a secret is masked, and so is a text for a shell."""
        shown: list[str] = []
        before = ""
        for word in words:
            text = word.reveal()
            option, equals, value = text.partition("=")
            named = self._is_secret_option(option)
            if self._is_secret_option(before) and not text.startswith("-"):
                shown.append(MASK)
            elif before in USER_OPTIONS and ":" in text:
                shown.append(f"{text.partition(':')[0]}:{MASK}")
            elif " " in text or "\n" in text:
                shown.append("'…'")
            elif text.startswith("-p") and len(text) > len("-p") and not text[2:].isdecimal():
                shown.append(f"-p{MASK}")  # the password of `mysql -pPASSWORD`
            elif equals:
                shown.append(f"{option}={MASK if named and value else self.text(value) or (MASK if value else '')}")
            else:
                shown.append(self.text(text) or (MASK if text else ""))
            before = text
        return shown

    def _is_secret_option(self, option: str) -> bool:
        if "=" in option or not option:
            return False
        name = option.removeprefix("-D").lstrip("-")
        return name in SECRET_OPTIONS or self._names.hides(name.replace("-", "_").replace(".", "_"))


def _words(text: str) -> list[str]:
    word = ""
    words: list[str] = []
    for character in text:
        if character in _SEPARATORS:
            words.append(word)
            word = ""
        else:
            word += character
    return [*words, word]


def _looks_like_a_key(word: str) -> bool:
    if len(word) < _SHORTEST_KEY or decoded_bytes(word) < _SHORTEST_KEY // 2:
        return False
    strength = assess(word)
    return not strength.human and strength.bits >= _KEY_BITS
