"""ADO.NET's connection strings (`Host=…;Username=…;SSL Mode=VerifyFull`), as Npgsql reads them.

Keywords do not mind case; a value may stand in double or single quotes, which are doubled inside; the last of equal keywords
wins (.NET, DbConnectionStringBuilder). Npgsql's keywords and what they mean: https://www.npgsql.org/doc/connection-string-parameters.html
and https://www.npgsql.org/doc/security.html. Other databases' providers write alike, so a text counts only where its keywords
are Npgsql's.
"""

from __future__ import annotations

from preflight.postgres.escapes import is_hole
from preflight.postgres.parameters import VALUES
from preflight.postgres.reading import Reading

#: Npgsql's keywords and their aliases, in upper case, by the name of the field here.
_KEYWORDS = {
    **dict.fromkeys(("HOST", "SERVER"), "host"),
    "PORT": "port",
    **dict.fromkeys(("DATABASE", "DB"), "dbname"),
    **dict.fromkeys(("USERNAME", "USER NAME", "USERID", "USER ID", "UID"), "user"),
    **dict.fromkeys(("PASSWORD", "PSW", "PWD"), "password"),
    "PASSFILE": "passfile",
    **dict.fromkeys(("SSL MODE", "SSLMODE"), "sslmode"),
    **dict.fromkeys(("TRUST SERVER CERTIFICATE", "TRUSTSERVERCERTIFICATE"), "trust_server_certificate"),
    **dict.fromkeys(("ROOT CERTIFICATE", "ROOTCERTIFICATE"), "sslrootcert"),
    **dict.fromkeys(("SSL CERTIFICATE", "SSLCERTIFICATE"), "sslcert"),
    **dict.fromkeys(("SSL KEY", "SSLKEY"), "sslkey"),
    **dict.fromkeys(("SSL PASSWORD", "SSLPASSWORD"), "sslpassword"),
    **dict.fromkeys(("APPLICATION NAME", "APPLICATIONNAME"), "application_name"),
}
#: Keywords of Npgsql alone, or as nobody else writes them.
_TELLING = frozenset({"PASSFILE", "ROOT CERTIFICATE", "SEARCH PATH", "INCLUDE ERROR DETAIL", "NO RESET ON CLOSE"})
#: Keywords of the providers of SQL Server, MySQL, Oracle and ODBC that Npgsql has not.
_FOREIGN = frozenset(
    {
        "DATA SOURCE", "INITIAL CATALOG", "ENCRYPT", "MULTIPLEACTIVERESULTSETS", "APPLICATIONINTENT", "DRIVER", "DSN", "PROVIDER",
        "ALLOWPUBLICKEYRETRIEVAL", "CHARSET", "CHARACTER SET", "ALLOWUSERVARIABLES", "TREATTINYASBOOLEAN", "SSL CA", "SSLCA",
        "CERTIFICATEFILE", "ATTACHDBFILENAME", "TRUSTED_CONNECTION", "CONVERTZERODATETIME", "FILENAME", "MODE",
    }
)  # fmt: skip
_OTHER_PORTS = frozenset({"3306", "33060", "1433", "1521"})
_MODES = {mode.replace("-", "").upper(): mode for mode in VALUES["sslmode"]}
_ORDINALS = dict(enumerate(VALUES["sslmode"]))


def is_npgsql(text: str) -> bool:
    """Say whether a text is a connection string for Npgsql: a host, a user or a database, and nothing of another provider.

    Args:
        text: A setting's value.
    """
    if ";" not in text or "=" not in text or "://" in text[:40]:
        return False
    pairs, _ = _pairs(text)
    words = {keyword for keyword, _ in pairs}
    known = {_KEYWORDS[word] for word in words if word in _KEYWORDS}
    port = next((value for keyword, value in reversed(pairs) if keyword == "PORT"), "")
    if "host" not in known or words & _FOREIGN or port in _OTHER_PORTS:
        return False
    # `Server=…;Uid=…;Pwd=…` alone is any provider's; Npgsql's manual writes Host and Username.
    telling = "HOST" in words or words & _TELLING or port in {"5432", "6432"}
    return bool(telling) and bool(known & {"user", "dbname"})


def read_ado(text: str) -> Reading:
    """Read a connection string for Npgsql. Modes come out in libpq's words.

    Args:
        text: The text, with holes where references stand.
    """
    reading = Reading()
    pairs, whole = _pairs(text)
    if not whole:
        reading.refuse("unterminated_quote")
    for keyword, value in pairs:
        name = _KEYWORDS.get(keyword)
        if name == "password":
            reading.password = value or None
        elif name == "sslmode":
            reading.values[name] = _mode(value)
        elif name is not None and value:
            reading.values[name] = value
    _take_ports_off(reading)
    trusts = reading.values.get("trust_server_certificate", "").lower() in {"true", "yes"}
    if trusts and reading.values.get("sslmode") in {"verify-ca", "verify-full"}:
        reading.note("trust_with_verification")
    return reading


def _mode(text: str) -> str:
    """Return the mode in libpq's words, or the text itself when Npgsql refuses it (it takes names and their numbers)."""
    word = text.strip()
    if is_hole(word):
        return word
    if word.isdecimal() and word.isascii() and int(word[:3]) in _ORDINALS:
        return _ORDINALS[int(word[:3])]
    # `verify-full` is libpq's word, and none to Npgsql.
    return _MODES.get(word.upper()) or word.replace("-", "_")


def _take_ports_off(reading: Reading) -> None:
    """Move the ports of `Host=a:5433,b` to where ports belong."""
    hosts, ports = [], []
    for entry in reading.values.get("host", "").split(","):
        host, colon, port = entry.strip().rpartition(":")
        takes = bool(colon) and ":" not in host and port.isdecimal()
        hosts.append(host if takes else entry.strip())
        ports.append(port if takes else reading.values.get("port", ""))
    if reading.values.get("host"):
        reading.values["host"] = ",".join(hosts)
    if len(hosts) > 1 or any(ports):
        reading.values["port"] = ",".join(ports)


def _pairs(text: str) -> tuple[list[tuple[str, str]], bool]:
    """Return keywords, in upper case, with their values, and whether every quote is closed."""
    pairs: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        equals = text.find("=", position)
        if equals < 0:
            break
        keyword = " ".join(text[position:equals].strip(" \t\r\n;").upper().split())
        start = equals + 1
        while text[start : start + 1] in {" ", "\t"}:
            start += 1
        quote = text[start : start + 1]
        if quote in {'"', "'"}:
            value, end = _quoted(text, start + 1, quote)
            if end < 0:
                return pairs, False
            position = text.find(";", end)
        else:
            position = text.find(";", start)
            value = text[start : position if position >= 0 else len(text)].strip(" \t\r\n")
        if keyword:
            pairs.append((keyword, value))
        if position < 0:
            break
        position += 1
    return pairs, True


def _quoted(text: str, start: int, quote: str) -> tuple[str, int]:
    """Return a quoted value and the place behind it, -1 where it is not closed; a doubled quote stands for one."""
    parts: list[str] = []
    while True:
        end = text.find(quote, start)
        if end < 0:
            return "", -1
        parts.append(text[start:end])
        if text[end + 1 : end + 2] != quote:
            return quote.join(parts), end + 1
        start = end + 2
