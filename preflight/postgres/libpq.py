"""libpq's two notations, as PostgreSQL 18 reads them.

Source: fe-connect.c, `conninfo_uri_parse_options` and `conninfo_parse`.
"""

from __future__ import annotations

from preflight.postgres.escapes import BLANKS, HOLE, percent_decode
from preflight.postgres.parameters import LIBPQ
from preflight.postgres.reading import Reading

_HOST_ENDS = ":/?,"
_PORT_ENDS = "/?,"


def read_uri(rest: str) -> Reading:
    """Read a connection URI.

    Args:
        rest: What follows `postgresql://` or `postgres://`.
    """
    reading = Reading()
    at = rest.partition("/")[0].find("@")
    if at >= 0:
        user, _, password = rest[:at].partition(":")
        rest = rest[at + 1 :]
        _store_part(reading, "user", user)
        _store_password(reading, password)
        if "#" in password or "?" in password:
            reading.cut_elsewhere = True
    reading.look_for_spill(rest)
    rest = _read_hosts(reading, rest)
    if rest.startswith("/"):
        database, rest = _until(rest[1:], "?")
        _store_part(reading, "dbname", database)
    if rest.startswith("?"):
        _read_query(reading, rest[1:])
    return reading


def _read_hosts(reading: Reading, rest: str) -> str:
    """Read `host:port,…` and return what follows."""
    hosts: list[str] = []
    ports: list[str] = []
    while True:
        if rest.startswith("["):
            host, bracket, rest = rest[1:].partition("]")
            if not bracket or not host or (rest and rest[0] not in _HOST_ENDS):
                reading.refuse("unclosed_bracket")
                host = HOLE
                rest = rest[min((rest.find(end) for end in _PORT_ENDS if end in rest), default=len(rest)) :]
        else:
            host, rest = _until(rest, _HOST_ENDS)
        port = ""
        if rest.startswith(":"):
            port, rest = _until(rest[1:], _PORT_ENDS)
        hosts.append(host)
        ports.append(port)
        if not rest.startswith(","):
            break
        rest = rest[1:]
    _store_part(reading, "host", ",".join(hosts))
    _store_part(reading, "port", ",".join(ports))
    return rest


def _read_query(reading: Reading, text: str) -> None:
    while text:
        pair, _, text = text.partition("&")
        keyword, separator, value = pair.partition("=")
        if not separator:
            if HOLE in pair:
                reading.incomplete = True
            else:
                reading.refuse("missing_separator")
            continue
        if "=" in value:
            reading.refuse("extra_separator")
        keyword, wrong = percent_decode(keyword)
        value, also_wrong = percent_decode(value, errors="surrogateescape" if keyword == "password" else "replace")
        if wrong or also_wrong:
            reading.refuse(wrong or also_wrong or "")
        if keyword == "sslmode":
            reading.sslmode = value
        if keyword == "ssl" and value == "true":  # "improved JDBC compatibility", fe-connect.c
            reading.ssl_true = True
            keyword, value = "sslmode", "require"
        store(reading, keyword, value)


def read_keywords(text: str) -> Reading:
    """Read a list of `keyword = value` pairs; values may stand in single quotes, and a backslash escapes."""
    reading = Reading()
    position = _skip_blanks(text, 0)
    while position < len(text):
        end = position
        while end < len(text) and text[end] not in BLANKS and text[end] != "=":
            end += 1
        keyword = text[position:end]
        position = _skip_blanks(text, end)
        if position >= len(text) or text[position] != "=":
            if HOLE in keyword:
                reading.incomplete = True
                continue
            reading.refuse("missing_separator")
            continue
        value, position = _keyword_value(text, _skip_blanks(text, position + 1), reading)
        if value is not None:
            store(reading, keyword, value)
        position = _skip_blanks(text, position)
    return reading


def _keyword_value(text: str, position: int, reading: Reading) -> tuple[str | None, int]:
    """Return the value that starts here, or None when its quote is not closed, and where it ends."""
    quoted = text.startswith("'", position)
    position += quoted
    parts: list[str] = []
    while position < len(text):
        character = text[position]
        if character == "\\":
            parts.append(text[position + 1 : position + 2])
            position += 2
            continue
        position += 1
        if character == "'" if quoted else character in BLANKS:
            return "".join(parts), position
        parts.append(character)
    if quoted:
        reading.refuse("unterminated_quote")
        return None, position
    return "".join(parts), position


def store(reading: Reading, keyword: str, value: str) -> None:
    """Keep a parameter as `conninfo_storeval` does: the last of equal names wins, `requiressl` is an old `sslmode`."""
    if keyword == "requiressl":
        keyword, value = "sslmode", "require" if value.startswith("1") else "prefer"
    if keyword == "password":
        reading.password = value
    elif keyword in LIBPQ:
        reading.values[keyword] = value
    elif HOLE in keyword:
        reading.incomplete = True
    else:
        reading.strangers.append((keyword, value))


def _store_part(reading: Reading, keyword: str, raw: str) -> None:
    if raw:
        value, code = percent_decode(raw)
        if code is not None:
            reading.refuse(code)
        reading.values[keyword] = value


def _store_password(reading: Reading, raw: str) -> None:
    if raw:
        reading.password, code = percent_decode(raw, errors="surrogateescape")
        if code is not None:
            reading.refuse(code)


def _until(text: str, ends: str) -> tuple[str, str]:
    """Split a text before the first of some characters."""
    for position, character in enumerate(text):
        if character in ends:
            return text[:position], text[position:]
    return text, ""


def _skip_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position] in BLANKS:
        position += 1
    return position
