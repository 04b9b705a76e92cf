"""Secrets inside texts of any kind: addresses, whose secrets can be masked, and forms that are hidden as a whole.

A text is data of nobody knows what program. What is written like a name of a secret with a value beside it (`password: x`,
`{"apiKey": "x"}`, `-Ddb.pass=x`, `Bearer x`) is taken for that; where it begins is certain, where it ends is not, so that nothing of
such a text is shown. Only in addresses both are certain enough.
"""

from __future__ import annotations

from preflight.model.origin import Origin
from preflight.model.secret_text import SecretText
from preflight.model.setting import Setting
from preflight.resources._commands import SECRET_OPTIONS, secrets_in
from preflight.resources._masked_addresses import Addresses
from preflight.resources._secret_names import BLANKS, HARMLESS, MASK, QUOTES
from preflight.resources._url import unquote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.resources._secret_names import SecretNames

#: Characters of a text that is looked into; a longer one is not shown.
LONGEST = 16_384
_LONGEST_VALUE = 512  # characters behind a name that are looked at
_ROUNDS = 3  # times that a text is percent-encoded
_VALUE_ENDS = frozenset(" \t\r\n\"'`,;&|)}]<>\\")
_NAME_SIGNS = frozenset("_.-")
# `machine h login u password x` (netrc), `requirepass x` (redis.conf), `PASSWORD 'x'` (SQL)
_BEFORE_A_BLANK = frozenset({"password", "passwd", "passwort", "pwd", "passphrase", "requirepass", "masterauth"})
USER_OPTIONS = ("-u", "-U", "--user", "--proxy-user")
_SCHEMES = frozenset({"basic", "token", "apikey", "digest", "negotiate"})
_PASSWORDS = ("password", "passwd")
_ADDRESS_SIGNS = frozenset("0123456789abcdefABCDEF:.[]/,")  # of IPv6 and MAC addresses
_PGPASS_COLONS = 4  # host:port:database:user:password


class Masking:
    """Masks the secrets of texts.

    Args:
        names: Which names are secrets.
    """

    __slots__ = ("_addresses", "_names")

    def __init__(self, names: SecretNames) -> None:
        self._names = names
        self._addresses = Addresses(names)

    def shown(self, text: str) -> str | None:
        """Return a text with the secrets of its addresses masked; None where it may hold one in another form.

        Args:
            text: The text.
        """
        if len(text) > LONGEST:
            return None
        masked = self._masked(text)
        if masked is None:
            return None
        decoded = masked
        for _ in range(_ROUNDS):
            before, decoded = decoded, unquote(decoded)
            if decoded == before:
                break
            if self._masked(decoded) != decoded:
                return None
        return masked

    def _masked(self, text: str) -> str | None:
        if text.lstrip()[:1] in {"{", "["}:
            clean = self._is_clean_json(text)
            if clean is not None:
                return text if clean else None
        masked = self._addresses.masked(text)
        if masked is None or any(
            self._has_form(one) for one in dict.fromkeys((self._addresses.without_urls(text), masked))
        ):
            return None
        return masked

    def _has_form(self, text: str) -> bool:
        return self._has_assignment(text) or self._has_words(text)

    def _is_clean_json(self, text: str) -> bool | None:
        """Whether JSON holds no secret; None for what is no JSON."""
        import json  # for `preflight config`, not at a container's start

        try:
            return self._is_clean(json.loads(text, object_pairs_hook=lambda pairs: [("", pairs)]))
        except ValueError:
            return None
        except RecursionError:
            return False

    def _is_clean(self, value: object) -> bool:
        if isinstance(value, str):
            return self.shown(value) == value
        if not isinstance(value, list):
            return True
        if len(value) == 1 and isinstance(value[0], tuple):  # an object: its pairs, so that no key hides another
            pairs = value[0][1]
            named = [one for key, one in pairs if key.lower() in {"name", "key"} and isinstance(one, str)]
            for key, one in pairs:
                valued = key.lower() == "value" and any(map(self._names.hides, named))
                text = one if isinstance(one, str) else None
                if (valued or self._names.hides(key, text)) and not _is_nothing(one):
                    self._names.hid(one if isinstance(one, str) else "")
                    return False
            return all(self._is_clean(one) and self.shown(key) == key for key, one in pairs)
        return all(map(self._is_clean, value))

    def _has_assignment(self, text: str) -> bool:
        """Whether a name of a secret and a value stand beside each other: `name=x`, `name: x`, `"name" => "x"`, `<name>x</name>`."""
        found = False
        for place, sign in enumerate(text):
            if sign not in "=:":
                continue
            end = place
            while end and text[end - 1] in BLANKS + QUOTES:
                end -= 1
            quoted = any(one in QUOTES for one in text[end:place])
            name = _name_before(text, end)
            after = text[place + 1 : place + 2]
            if text.startswith("://", place) and not name.lower().endswith(_PASSWORDS):
                continue
            close = sign == ":" and not quoted and after and after not in BLANKS
            if not name or (close and not (self._names.bindings.is_secret(name) or name.lower().endswith(_PASSWORDS))):
                continue
            value = _value_behind(text, place + 1)
            if self._names.hides(name, value):
                self._names.hid(value)
                found = True
        return found or self._has_element(text)

    def _has_element(self, text: str) -> bool:
        """Whether XML holds a secret: `<password>x</password>`, `<add key="password" value="x"/>`."""
        place = text.find("<") if "</" in text else -1
        while place >= 0:
            end = text.find(">", place)
            tag = text[place + 1 : end].partition(" ")[0]
            content = text[end + 1 :].partition(f"</{tag}")[0].strip()
            if tag and end > 0 and content and self._names.hides(tag.rpartition(":")[2], content):
                self._names.hid(content)
                return True
            place = text.find("<", place + 1)
        if "value" not in text.lower():
            return False
        return any(_is_name(piece) and self._names.hides(piece) for piece in text.replace("'", '"').split('"')[1::2])

    def _has_words(self, text: str) -> bool:
        """Whether words behind each other hold a secret: `--password x`, `-u user:x`, `Bearer x`, or fields of `.pgpass`."""
        if text.count(":") >= _PGPASS_COLONS and " " not in text and not _ADDRESS_SIGNS.issuperset(text):
            fields = text.split(":", _PGPASS_COLONS)
            if (fields[1].isdecimal() or fields[1] == "*") and all((fields[0], *fields[2:])):
                self._names.hid(fields[-1])
                return True
        words = text.split()
        found = False
        for position, word in enumerate(words):
            following = words[position + 1] if position + 1 < len(words) else ""
            if self._is_before_a_secret(words[position - 1] if position else "", word, following):
                self._names.hid(following.strip(QUOTES + ","))
                self._names.hid(following.partition(":")[2])
                found = True
            elif word.startswith("-p") and len(word) > len("-p") and ("mysql" in text or "mariadb" in text):
                self._names.hid(word[2:])
                found = True
            elif word.startswith("-u") and _is_login_word(word[2:]):
                self._names.hid(word.partition(":")[2])
                found = True
        return found or (len(words) > 1 and self._is_command(text))

    def _is_before_a_secret(self, before: str, word: str, following: str) -> bool:
        if not following or following.strip(QUOTES) == MASK:
            return False
        bare = word.strip(QUOTES + "([{,;").lower()
        if word.startswith("-"):
            if word in USER_OPTIONS:
                return _is_login_word(following)
            name = word.lstrip("-")
            secret = name in SECRET_OPTIONS or self._names.hides(name, following)
            option = following.startswith("-") and following.replace("-", "").isalnum()
            return secret and "=" not in word and not option
        scheme = bare.replace("=", ":").rpartition(":")[2]
        if scheme == "bearer":
            return True
        if scheme in _SCHEMES:
            return not before or scheme != bare or before.endswith((":", "=", ",", '"', "'"))
        return bare in _BEFORE_A_BLANK

    def _is_command(self, text: str) -> bool:
        one = Setting(name="", value=SecretText(text), origin=Origin())
        return any(option.label != "a URL" for option in secrets_in((one,), self._names.bindings, resolved=True))


def _is_nothing(value: object) -> bool:
    """Whether a value of JSON is none or a switch."""
    return (
        value is None
        or isinstance(value, bool)
        or value == []
        or (isinstance(value, str) and value.lower() in HARMLESS)
    )


def _is_name(text: str) -> bool:
    return bool(text) and text.isascii() and all(sign.isalnum() or sign in _NAME_SIGNS for sign in text)


def _is_login_word(text: str) -> bool:
    user, colon, password = text.strip(QUOTES).partition(":")
    return bool(colon and password) and not (user.isdecimal() and password.isdecimal())  # `-u 1000:1000`


def _name_before(text: str, end: int) -> str:
    start = end
    while start and (text[start - 1].isalnum() or text[start - 1] in _NAME_SIGNS):
        start -= 1
    return text[start:end].removeprefix("-D").strip("-.")


def _value_behind(text: str, start: int) -> str:
    """Return the value that begins behind `=` or `:`: what stands in quotes, or up to the next sign that may end it."""
    while start < len(text) and text[start] in BLANKS + "=>\\":
        start += 1
    quote = text[start : start + 1]
    if quote and quote in "\"'":
        end = text.find(quote, start + 1)
        closed = end >= 0 and (end + 1 == len(text) or text[end + 1] in _VALUE_ENDS)
        return text[start + 1 : end] if closed else text[start + 1 :]
    limit = min(len(text), start + _LONGEST_VALUE)
    end = next((at for at in range(start, limit) if text[at] in _VALUE_ENDS), limit)
    return text[start:end] or text[start : start + 1]
