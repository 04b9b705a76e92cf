"""Secrets inside texts of any kind: addresses, whose secrets can be masked, and forms that are hidden as a whole.

A text is data of nobody knows what program. What is written like a name of a secret with a value beside it (`password: x`,
`{"apiKey": "x"}`, `-Ddb.pass=x`, `Bearer x`) is taken for that; where it begins is certain, where it ends is not, so that nothing of
such a text is shown. Only in addresses both are certain enough.
"""

from __future__ import annotations

from preflight.bindings.hidden import is_hidden_name, is_hidden_parameter
from preflight.model.origin import Origin
from preflight.model.secret_text import SecretText
from preflight.model.setting import Setting
from preflight.resources._commands import SECRET_OPTIONS, secrets_in
from preflight.resources._files import is_path
from preflight.resources._url import unquote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.bindings import Bindings

MASK = "***"
#: Characters of a text that is looked into; a longer one is not shown.
LONGEST = 16_384
_LONGEST_USER = 16  # a longer one may be a token
_ROUNDS = 3  # times that a text is percent-encoded
_HARMLESS = frozenset({"", MASK, "true", "false", "yes", "no", "on", "off", "0", "1", "none", "null", "nil", "disabled", "enabled"})
# How somebody is authenticated is no secret (`AUTH=oidc`), nor what is logged (`security.auth=INFO`).
_WAYS = frozenset(
    """basic bearer plain ldap oidc oauth oauth2 saml jwt md5 scram scram-sha-256 trust peer cert mtls tls required optional
    password token login trace debug info warn warning error fatal critical""".split()
)
_WAY_ENDS = ("auth", "authorization", "login")
_BLANKS = " \t\r\n"
_QUOTES = "\"'`\\"
_VALUE_ENDS = frozenset(" \t\r\n\"'`,;&|)}]<>\\")
_URL_ENDS = frozenset(" \t\r\n\"'`<>")
_BETWEEN_URLS = frozenset(",;|/=&?!(+")
_HOST_ENDS = "/?#;)|\\"
_HOST_SIGNS = frozenset(".-_:[]%${},*")
_NAME_SIGNS = frozenset("_.-")
_MAIL = ("mailto:", "sip:", "sips:", "acct:", "xmpp:")
_DIGESTS = ("sha256:", "sha512:")
# `machine h login u password x` (netrc), `requirepass x` (redis.conf), `PASSWORD 'x'` (SQL)
_BEFORE_A_BLANK = frozenset({"password", "passwd", "passwort", "pwd", "passphrase", "requirepass", "masterauth"})
_USER_OPTIONS = ("-u", "-U", "--user", "--proxy-user")
_SCHEMES = frozenset({"basic", "token", "apikey", "digest", "negotiate"})
_PGPASS_COLONS = 4  # host:port:database:user:password


class Masking:
    """Masks the secrets of texts.

    Attributes:
        pieces: What was masked or hidden, as far as it is known where it ends.

    Args:
        bindings: Which names are secrets.
    """

    __slots__ = ("_bindings", "pieces")

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = bindings
        self.pieces: set[str] = set()

    def hides(self, name: str, value: str | None = None) -> bool:
        """Whether a value of this name is never shown.

        Args:
            name: The name.
            value: The value, where known: `BASIC_AUTH=true` is none.
        """
        if name in self._bindings.not_secret or not name:
            return False
        text = value.strip().strip(_QUOTES) if value is not None else "?"
        if text.lower() in _HARMLESS or (text.startswith("${") and text.endswith("}")):
            return False
        if self._bindings.is_secret(name, value):
            return True
        if is_path(text) or (text.lower() in _WAYS and name.lower().endswith(_WAY_ENDS)):
            return False
        return is_hidden_name(name)

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
        masked = self._addresses(text)
        if masked is None or self._has_assignment(masked) or self._has_words(masked):
            return None
        return masked

    # Addresses

    def _addresses(self, text: str) -> str | None:
        """Mask what stands before hosts, and the parameters of URLs that are named like secrets."""
        if "://" not in text and "@" not in text:
            return text
        parts: list[str] = []
        at = 0
        for start, end in _urls(text):
            before = self._logins(text[at:start], open_end=True)
            url = self._url(text[start:end])
            if before is None or url is None or (end < len(text) and self._goes_on(text, start, end, url)):
                return None
            parts += (before, url)
            at = end
        last = self._logins(text[at:])
        return None if last is None else "".join((*parts, last))

    def _goes_on(self, text: str, start: int, end: int, shown: str) -> bool:
        """Whether what was taken for the end of a URL can be a sign of its secret."""
        stop = next((at for at in range(end, len(text)) if text[at] in _BLANKS), len(text))
        behind = text[end:stop]
        if text[end] not in _URL_ENDS:  # the next URL
            return shown.endswith(f"={MASK}") or text[end - 1] not in _BETWEEN_URLS
        return "@" in behind or (shown != text[start:end] and any(sign.isalnum() for sign in behind))

    def _url(self, url: str) -> str | None:
        scheme, _, rest = url.partition("://")
        userinfo, at, rest = rest.rpartition("@")  # a password may hold any sign unescaped: what counts is the last `@`
        size = next((place for place, sign in enumerate(rest) if sign in _HOST_ENDS), len(rest))
        if not all(map(_is_endpoint, rest[:size].split(","))):
            return None
        if at:
            user, colon, password = userinfo.partition(":")
            self._hid(password)
            no_user = scheme.lower().startswith(("http", "redis", "valkey")) and (not colon or scheme[:1] in "hH")
            if no_user or not _is_user(user):  # `https://TOKEN@host`
                self._hid(user)
                userinfo = MASK
            elif colon:
                userinfo = f"{user}:{MASK}"
        return f"{scheme}://{userinfo}{at}{rest[:size]}{self._parameters(rest[size:])}"

    def _parameters(self, text: str) -> str:
        """Mask the parameters behind a host, which `&` ends: a value may hold any other sign unescaped."""
        return "&".join(map(self._parameter, text.split("&")))

    def _parameter(self, text: str) -> str:
        place = text.find("=")
        while place >= 0:
            start = place
            while start and (text[start - 1].isalnum() or text[start - 1] in "_.-%"):
                start -= 1
            name, value = unquote(text[start:place]), text[place + 1 :]
            end = next((at for at, sign in enumerate(value) if sign in ";#?"), len(value))
            path = value.startswith(("/", "%2F", "%2f", "./"))
            harmless = path or value.lower() in _HARMLESS or (end < len(value) and value[:end].lower() in _HARMLESS)
            if not harmless and (is_hidden_parameter(name) or self.hides(name, value)):
                self._hid(value)
                return f"{text[: place + 1]}{MASK}"
            place = text.find("=", place + 1)
        return text

    def _logins(self, text: str, *, open_end: bool = False) -> str | None:
        """Mask `user:password@host` outside of URLs.

        Args:
            text: What stands before, between and behind URLs.
            open_end: Whether a URL follows at once, before whose scheme nothing of the kind can be told apart.
        """
        if "@" not in text:
            return text
        words = text.split(" ")
        for position, word in enumerate(words):
            prefix, at, host = word.rpartition("@")
            bare = prefix.lstrip("\"'([{<")
            if not at or not self._is_login(bare, host):
                continue
            if open_end and position == len(words) - 1:
                return None
            opening = prefix[: len(prefix) - len(bare)]
            lead = "//" if bare.startswith("//") else ""
            size = next((place for place, sign in enumerate(bare) if place >= len(lead) and sign in ":/"), len(bare))
            user = bare[len(lead) : size]
            self._hid(bare[size + 1 :])
            self._hid(bare.replace("/", ":").rpartition(":")[2])
            words[position] = f"{opening}{lead}{f'{user}{bare[size]}' if _is_user(user) else ''}{MASK}@{host}"
        return " ".join(words)

    def _is_login(self, prefix: str, host: str) -> bool:
        if not (":" in prefix or "/" in prefix):
            return False  # an address of e-mail
        if prefix.endswith(f"{MASK}") and prefix.count(":") + prefix.count("/") - 2 * prefix.startswith("//") == 1:
            return False  # masked already
        if host.startswith(_DIGESTS):
            return "@" in prefix  # an image by its digest
        if prefix.lower().startswith(_MAIL) and prefix.count(":") == 1 and "/" not in prefix:
            return False
        if prefix.lower().startswith("jdbc:oracle:") and prefix.endswith(":") and prefix.count(":") <= 3:
            return False  # no user
        return not (prefix.startswith("/") and prefix.endswith("/") and ":" not in prefix)  # a path to `@scope`

    # Other forms

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
                valued = key.lower() == "value" and any(map(self.hides, named))
                text = one if isinstance(one, str) else None
                if (valued or self.hides(key, text)) and not _is_nothing(one):
                    self._hid(one if isinstance(one, str) else "")
                    return False
            return all(self._is_clean(one) and self.shown(key) == key for key, one in pairs)
        return all(map(self._is_clean, value))

    def _has_assignment(self, text: str) -> bool:
        """Whether a name of a secret and a value stand beside each other: `name=x`, `name: x`, `"name" => "x"`, `<name>x</name>`."""
        found = False
        for place, sign in enumerate(text):
            if sign not in "=:" or text.startswith("://", place):
                continue
            end = place
            while end and text[end - 1] in _BLANKS + _QUOTES:
                end -= 1
            quoted = any(one in _QUOTES for one in text[end:place])
            name = _name_before(text, end)
            after = text[place + 1 : place + 2]
            close = sign == ":" and not quoted and after and after not in _BLANKS
            if not name or (close and not (self._bindings.is_secret(name) or name.lower().endswith(("password", "passwd")))):
                continue
            value = _value_behind(text, place + 1)
            if self.hides(name, value):
                self._hid(value)
                found = True
        return found or self._has_element(text)

    def _has_element(self, text: str) -> bool:
        """Whether XML holds a secret: `<password>x</password>`, `<add key="password" value="x"/>`."""
        if "</" in text:
            for piece in text.split("<")[1:]:
                tag, _, content = piece.partition(">")
                if content.strip() and not tag.startswith("/") and self.hides(tag.partition(" ")[0].rpartition(":")[2], content):
                    self._hid(content.strip())
                    return True
        if "value" not in text.lower():
            return False
        return any(_is_name(piece) and self.hides(piece) for piece in text.replace("'", '"').split('"')[1::2])

    def _has_words(self, text: str) -> bool:
        """Whether words behind each other hold a secret: `--password x`, `-u user:x`, `Bearer x`, or fields of `.pgpass`."""
        if text.count(":") == _PGPASS_COLONS and " " not in text:
            fields = text.split(":")
            return (fields[1].isdecimal() or fields[1] == "*") and all((fields[0], *fields[2:]))
        words = text.split()
        found = False
        for position, word in enumerate(words):
            following = words[position + 1] if position + 1 < len(words) else ""
            if self._is_before_a_secret(words[position - 1] if position else "", word, following):
                self._hid(following.strip(_QUOTES + ","))
                self._hid(following.partition(":")[2])
                found = True
            elif word.startswith("-u") and _is_login_word(word[2:]):
                self._hid(word.partition(":")[2])
                found = True
        return found or (len(words) > 1 and self._is_command(text))

    def _is_before_a_secret(self, before: str, word: str, following: str) -> bool:
        if not following or following.strip(_QUOTES) == MASK:
            return False
        bare = word.strip(_QUOTES + "([{,;").lower()
        if word.startswith("-"):
            if word in _USER_OPTIONS:
                return _is_login_word(following)
            name = word.lstrip("-")
            secret = name in SECRET_OPTIONS or self.hides(name, following)
            return secret and "=" not in word and not following.startswith("-")
        scheme = bare.replace("=", ":").rpartition(":")[2]
        if scheme == "bearer":
            return True
        if scheme in _SCHEMES:
            return not before or scheme != bare or before.endswith((":", "=", ",", '"', "'"))
        return bare in _BEFORE_A_BLANK

    def _is_command(self, text: str) -> bool:
        one = Setting(name="", value=SecretText(text), origin=Origin())
        return any(option.label != "a URL" for option in secrets_in((one,), self._bindings, resolved=True))

    def _hid(self, piece: str) -> None:
        if piece and MASK not in piece:
            self.pieces.add(piece)


def _is_nothing(value: object) -> bool:
    """Whether a value of JSON is none or a switch."""
    return value is None or isinstance(value, bool) or value == [] or (isinstance(value, str) and value.lower() in _HARMLESS)


def _urls(text: str) -> Iterator[tuple[int, int]]:
    """Yield where URLs begin and end: at the next one, at a blank or at a quote."""
    places: list[int] = []
    place = text.find("://")
    while place >= 0:
        start = place
        while start and (text[start - 1].isascii() and text[start - 1].isalnum() or text[start - 1] in "+-."):
            start -= 1
        places.append(start)
        place = text.find("://", place + 3)
    for position, start in enumerate(places):
        limit = places[position + 1] if position + 1 < len(places) else len(text)
        end = next((at for at in range(start, limit) if text[at] in _URL_ENDS), limit)
        yield start, end


def _is_endpoint(text: str) -> bool:
    """Whether a text is a host with or without a port, and no user with a password that was cut off."""
    if not all(sign.isascii() and (sign.isalnum() or sign in _HOST_SIGNS) for sign in text):
        return False
    _, colon, port = text.rpartition(":") if not text.endswith("]") else ("", "", "")
    return not colon or not port or port.isdecimal() or port.lower() == "port" or not {"$", "{", "%", "*"}.isdisjoint(port)


def _is_user(text: str) -> bool:
    return len(text) < _LONGEST_USER and all(sign.isalnum() or sign in "_.-+%" for sign in text)


def _is_name(text: str) -> bool:
    return bool(text) and text.isascii() and all(sign.isalnum() or sign in _NAME_SIGNS for sign in text)


def _is_login_word(text: str) -> bool:
    user, colon, password = text.strip(_QUOTES).partition(":")
    return bool(colon and password) and not (user.isdecimal() and password.isdecimal())  # `-u 1000:1000`


def _name_before(text: str, end: int) -> str:
    start = end
    while start and (text[start - 1].isalnum() or text[start - 1] in _NAME_SIGNS):
        start -= 1
    return text[start:end].removeprefix("-D").strip("-.")


def _value_behind(text: str, start: int) -> str:
    """Return the value that begins behind `=` or `:`: what stands in quotes, or up to the next sign that may end it."""
    while start < len(text) and text[start] in _BLANKS + "=>":
        start += 1
    quote = text[start : start + 1]
    if quote and quote in "\"'":
        end = text.find(quote, start + 1)
        return text[start + 1 : end if end >= 0 else len(text)]
    end = next((at for at in range(start, len(text)) if text[at] in _VALUE_ENDS), len(text))
    return text[start:end] or text[start : start + 1]
