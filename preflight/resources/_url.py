"""Just enough of a URL (RFC 3986) to see scheme, host, whether there is a password, and parameters."""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.model.secret_text import SecretText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Url(Record):
    """A URL taken apart; its password is opaque."""

    scheme: str = field("Lower case.")
    user: str = field("User name, percent-decoded; empty when there is none.")
    password: SecretText | None = field("Password, percent-decoded; None when there is none.")
    host: str = field("Host without brackets; empty when there is none.")
    port: str = field("Port as written.")
    path: str = field("Path with its leading slash.")
    query: Mapping[str, str] = field("Parameters; the last of equal names wins.")


def parse_url(text: str) -> Url | None:
    """Take a URL apart; None when it has no scheme followed by `://`.

    Args:
        text: The URL. What follows the last `@` of the authority is the host, as clients read it.
    """
    scheme, separator, rest = text.strip().partition("://")
    if not separator or not scheme or not all(character.isalnum() or character in "+-." for character in scheme):
        return None
    rest, _, _ = rest.partition("#")
    rest, _, query_text = rest.partition("?")
    authority, slash, path = rest.partition("/")
    userinfo, at, endpoint = authority.rpartition("@")
    user, colon, password = userinfo.partition(":")
    if endpoint.startswith("["):
        host, _, tail = endpoint[1:].partition("]")
        port = tail.removeprefix(":")
    else:
        host, _, port = endpoint.partition(":")
    query: dict[str, str] = {}
    for pair in query_text.split("&"):
        name, _, value = pair.partition("=")
        if name:
            query[unquote(name)] = unquote(value)
    return Url(
        scheme=scheme.lower(), user=unquote(user), password=SecretText(unquote(password)) if at and colon else None,
        host=host, port=port, path=slash + path, query=query,
    )  # fmt: skip


_FARTHEST = 2  # letters; more of them make another word of a scheme
_DELIMITERS = ("://", "//", ":/")


def meant_url(text: str, schemes: Collection[str]) -> str | None:
    """Return the URL that was meant where the scheme is misspelled or its colon or slash is missing; None otherwise.

    Args:
        text: What is written: `postgresl://…`, `rediss//…`.
        schemes: The schemes that can be meant; of equally near ones the first is taken.
    """
    written = text.strip().lstrip("\"'")
    opening = "jdbc:" if written[:5].lower() == "jdbc:" else ""
    written = written[len(opening) :]
    size = next((at for at, one in enumerate(written) if not one.isalnum() and one not in "+-._"), 0)
    base, plus, dialect = written[:size].lower().partition("+")
    delimiter = next((one for one in _DELIMITERS if written.startswith(one, size)), None)
    if delimiter is None or (delimiter == "://" and base in schemes):
        return None
    from preflight.documents.suggestions import distance

    near = [(distance(base, scheme, _FARTHEST + 1), scheme) for scheme in schemes]
    edits, meant = min(near, key=lambda one: one[0])
    if edits > min(_FARTHEST, len(base) - 3):
        return None
    return f"{opening}{meant}{plus}{dialect}://{written[size + len(delimiter) :]}"


def unquote(text: str) -> str:
    """Undo percent-encoding; what is no valid escape stays as it is."""
    if "%" not in text:
        return text
    head, *parts = text.split("%")
    raw = bytearray(head.encode("utf-8", "surrogatepass"))
    for part in parts:
        try:
            raw.append(int(part[:2], 16) if len(part) >= 2 and part[:2].isalnum() else 256)
            raw += part[2:].encode("utf-8", "surrogatepass")
        except ValueError:
            raw += b"%" + part.encode("utf-8", "surrogatepass")
    return raw.decode("utf-8", "replace")
