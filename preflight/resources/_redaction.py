"""What can be shown of a configuration: values without their secrets, whatever the names of the settings are."""

from __future__ import annotations

from preflight.resources._url import parse_url
from preflight.strength import assess, decoded_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from preflight.bindings import Bindings
    from preflight.model.secret_text import SecretText
    from preflight.model.setting import Setting

MASK = "***"
_SHORTEST_PART = 8  # a shorter one would be found in every other word
_SHORTEST_KEY = 16
_KEY_BITS = 56.0
_SEPARATORS = frozenset(" /\\.,:;@\"'{}[]()<>|&?")


class Redaction:
    """Decides what is shown of values.

    Args:
        bindings: Which settings are secrets.
        settings: All settings of the run: what is secret in one place is shown in none.
    """

    def __init__(self, bindings: Bindings, settings: Iterable[Setting]) -> None:
        self._bindings = bindings
        self._known: set[str] = set()
        for one in settings:
            text = (one.text or "").strip()
            url = parse_url(text) if "://" in text else None
            if bindings.is_secret(one.name, text):
                self._known.add(text)
            elif url is not None and url.password is not None:
                self._known.add(url.password.reveal())
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
        return self.text(text)

    def text(self, text: str) -> str | None:
        """Return a text without its secrets: passwords in addresses masked; None when it may be one as a whole."""
        if "\n" in text.strip() or "-----BEGIN" in text:
            return None
        shown = _masked_address(text)
        if text.strip() in self._known or any(secret in shown for secret in self._parts):
            return None
        if any(_looks_like_a_key(word) for word in _words(shown)):
            return None
        return shown

    def words(self, words: Iterable[SecretText]) -> list[str]:
        """Return a command's words; what follows an option that is named like a secret is masked."""
        shown: list[str] = []
        secret = False
        for word in words:
            text = word.reveal()
            option, equals, value = text.partition("=")
            name = option.lstrip("-")
            named = self._bindings.is_secret(name.replace("-", "_").replace(".", "_"))
            if secret and not text.startswith("-"):
                shown.append(MASK)
            elif equals and named and value:
                shown.append(f"{option}={MASK}")
            else:
                shown.append(self.text(text) or (MASK if text else ""))
            secret = named and not equals
        return shown


def _masked_address(text: str) -> str:
    """Mask the password of each address in a text, and the parameters behind it that are named like secrets."""
    head, separator, rest = text.partition("://")
    if not separator:
        return text
    authority = rest
    for end in "/?# ,":
        authority = authority.partition(end)[0]
    # A password may hold any of these unescaped: what counts is the last `@` before the next blank.
    whole = rest.partition(" ")[0]
    if "@" in whole and "@" not in authority:
        authority = whole
    user, at, _ = authority.rpartition("@")
    if at:
        name, colon, _ = user.partition(":")
        rest = (f"{name}:{MASK}" if colon else MASK if len(name) >= _SHORTEST_KEY else name) + rest[len(user) :]
    before, question, query = rest.partition("?")
    if question:
        pairs = [_masked_pair(pair) for pair in query.split("&")]
        rest = f"{before}?{'&'.join(pairs)}"
    return f"{head}://{rest}"


def _masked_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    lowered = name.lower()
    secret = any(word in lowered for word in ("password", "passwd", "pwd", "secret", "token", "key", "sig"))
    path = value.startswith(("/", "%2F", "%2f", "./"))
    return f"{name}={MASK}" if equals and secret and value and not path else pair


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
