"""Addresses with their secrets masked: passwords before hosts, tokens, parameters that are named like secrets.

A password may hold any sign unescaped, and what reads an address may be lenient: of several ways to read one, that which hides most
is taken, and where even a piece of a secret could be left, nothing of the text is shown.
"""

from __future__ import annotations

from preflight.bindings.hidden import is_hidden_parameter
from preflight.resources._files import is_path
from preflight.resources._secret_names import BLANKS, HARMLESS, MASK
from preflight.resources._url import unquote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.resources._secret_names import SecretNames

_LONGEST_USER = 16  # a longer one may be a token
# Of these alone what stands before the host without a password is a user's name.
_SCHEMES_WITH_USERS = (
    "postgres", "mysql", "maria", "mongo", "mssql", "sqlserver", "oracle", "cockroach", "clickhouse", "cassandra", "trino",
    "amqp", "mqtt", "nats", "kafka", "smtp", "imap", "ldap", "ssh", "sftp", "ftp", "git", "svn", "rsync", "psql", "pg",
)  # fmt: skip
_URL_ENDS = frozenset(" \t\r\n\"'`<>")
_BETWEEN_URLS = frozenset(",;|/=&?!(+")
_HOST_ENDS = "/?#;)|\\"
_HOST_SIGNS = frozenset(".-_:[]%${},*")
_MAIL = ("mailto:", "sip:", "sips:", "acct:", "xmpp:")
_DIGESTS = ("sha256:", "sha512:")


class Addresses:
    """Masks the addresses in a text.

    Args:
        names: Which parameters are secrets.
    """

    __slots__ = ("_names",)

    def __init__(self, names: SecretNames) -> None:
        self._names = names

    def masked(self, text: str) -> str | None:
        """Return a text with what stands before hosts masked, and parameters of URLs; None where a piece could be left.

        Args:
            text: The text.
        """
        if "://" not in text and "@" not in text:
            return text
        parts: list[str] = []
        at = 0
        for start, end in _urls(text):
            before = self._logins(text[at:start], open_end=True)
            url = self._url(text[start:end])
            if (
                before is None
                or url is None
                or ("@" in text[start:end] and _is_inside(before))
                or (end < len(text) and self._goes_on(text, start, end))
            ):
                return None
            parts += (before, url)
            at = end
        last = self._logins(text[at:])
        return None if last is None else "".join((*parts, last))

    def without_urls(self, text: str) -> str:
        """Return a text with a sign for each URL: what names stand beside can be told before anything is masked.

        Args:
            text: The text.
        """
        parts: list[str] = []
        at = 0
        for start, end in _urls(text):
            parts += (text[at:start], "x")
            at = end
        return "".join((*parts, text[at:]))

    def _goes_on(self, text: str, start: int, end: int) -> bool:
        """Whether what was taken for the end of a URL can be a sign of its secret."""
        if text[end] not in _URL_ENDS:  # the next URL
            return (
                text[end - 1] not in _BETWEEN_URLS
                or text.endswith("://", start, end)
                or self._names_a_secret(text[start:end].rpartition("&")[2])
            )
        if text[end] in BLANKS:
            return False
        behind = text[end:].split(None, 1)[0]
        return "@" in behind or (any(map(str.isalnum, behind)) and self._names_a_secret(text[start:end]))

    def _url(self, url: str) -> str | None:
        scheme, _, rest = url.partition("://")
        userinfo, at, rest = rest.rpartition("@")  # a password may hold any sign unescaped: what counts is the last `@`
        size = next((place for place, sign in enumerate(rest) if sign in _HOST_ENDS), len(rest))
        if not all(map(_is_endpoint, rest[:size].split(","))):
            return None
        if at:
            if self._names_a_secret(userinfo):
                return None  # rather a `@` in the parameter
            user, colon, password = userinfo.partition(":")
            self._names.hid(password)
            named = scheme.lower().startswith(_SCHEMES_WITH_USERS) if not colon else scheme[:4].lower() != "http"
            if not named or not _is_user(user):  # `https://TOKEN@host`
                self._names.hid(user)
                userinfo = MASK
            elif colon:
                userinfo = f"{user}:{MASK}"
        return f"{scheme}://{userinfo}{at}{rest[:size]}{self._parameters(rest[size:])}"

    def _parameters(self, text: str) -> str:
        """Mask the parameters behind a host, which `&` ends: a value may hold any other sign unescaped."""
        return "&".join(map(self._parameter, text.split("&")))

    def _names_a_secret(self, text: str) -> bool:
        """Whether a parameter is named like a secret, whatever its value looks like."""
        return any(self._parameter(one, any_value=True) != one for one in text.split("&"))

    def _parameter(self, text: str, *, any_value: bool = False) -> str:
        place = text.find("=")
        while place >= 0:
            start = place
            while start and (text[start - 1].isalnum() or text[start - 1] in "_.-%"):
                start -= 1
            name, value = unquote(text[start:place]), text[place + 1 :]
            end = next((at for at, sign in enumerate(value) if sign in ";#?"), len(value))
            harmless = is_path(unquote(value)) or value[:end].lower() in HARMLESS
            if end == 0 < len(value):
                harmless = False
            if (any_value or not harmless) and (is_hidden_parameter(name) or self._names.hides(name)):
                self._names.hid(value)
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
            self._names.hid(bare[size + 1 :])
            self._names.hid(bare.replace("/", ":").rpartition(":")[2])
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


def _urls(text: str) -> Iterator[tuple[int, int]]:
    """Yield where URLs begin and end: at the next one, at a blank or at a quote."""
    places: list[int] = []
    place = text.find("://")
    while place >= 0:
        start = place
        while start and ((text[start - 1].isascii() and text[start - 1].isalnum()) or text[start - 1] in "+-._"):
            start -= 1
        if start < place:
            places.append(start)
        place = text.find("://", place + 3)
    for position, start in enumerate(places):
        limit = places[position + 1] if position + 1 < len(places) else len(text)
        end = next((at for at in range(start, limit) if text[at] in _URL_ENDS), limit)
        yield start, end


def _is_inside(before: str) -> bool:
    """Whether what stands before a URL is rather the beginning of a login whose password looks like one."""
    start = max(map(before.rfind, _URL_ENDS)) + 1
    return not before.lower().endswith(("jdbc:", "r2dbc:")) and not {":", "/"}.isdisjoint(before[start:])


def _is_endpoint(text: str) -> bool:
    """Whether a text is a host with or without a port, and no user with a password that was cut off."""
    if not all(sign.isascii() and (sign.isalnum() or sign in _HOST_SIGNS) for sign in text):
        return False
    _, colon, port = text.rpartition(":") if not text.endswith("]") else ("", "", "")
    return (
        not colon or not port or port.isdecimal() or port.lower() == "port" or not {"$", "{", "%", "*"}.isdisjoint(port)
    )


def _is_user(text: str) -> bool:
    return len(text) < _LONGEST_USER and all(sign.isalnum() or sign in "_.-+%" for sign in text)
