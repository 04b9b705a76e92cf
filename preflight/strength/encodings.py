"""What a value decodes to: UUID, hexadecimal, base64 and base32, and how many bytes a program gets from it."""

from __future__ import annotations

from binascii import Error, a2b_base64

HEX_DIGITS = "0123456789abcdefABCDEF"
_ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_URLSAFE = str.maketrans("-_", "+/")
# `int(..., 32)` reads 0-9a-v; RFC 4648 writes A-Z2-7.
_BASE32 = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghijklmnopqrstuv")
_BASE32_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BETWEEN = str.maketrans(dict.fromkeys(".:,;$|\"'{}()[]<>@%&?!#*~`^\\\n\r\t", " "))
# Shorter results are readable by chance too often: 10 random bytes are, once in 14,000 times.
_READABLE = 10
# Decoded text is looked at as far as any other: the estimator's window.
_LONGEST = 128


def is_hex(text: str) -> bool:
    """Say whether every character is a hexadecimal digit. The empty text is not."""
    return bool(text) and not text.strip(HEX_DIGITS)


def is_uuid(text: str) -> bool:
    """Say whether `text` has the shape of a UUID: 8-4-4-4-12 hexadecimal digits (RFC 9562, section 4)."""
    if len(text) != 36 or text[8] != "-" or text[13] != "-" or text[18] != "-" or text[23] != "-":
        return False
    digits = text.replace("-", "")
    return len(digits) == 32 and is_hex(digits)


def is_pem(text: str) -> bool:
    """Say whether `text` starts like a PEM document (RFC 7468), behind quotes or white space or not."""
    return text[:64].lstrip(" \t\r\n\"'").startswith("-----BEGIN ")


def decode_base64(text: str) -> bytes | None:
    """Decode base64 or base64url (RFC 4648, sections 4 and 5), padded or not, or return None."""
    core = text.rstrip("=")
    padding = len(text) - len(core)
    if not core or padding > 2 or len(core) % 4 == 1 or (padding and len(text) % 4):
        return None
    signs = core.strip(_ALNUM)
    if signs:
        if not core.strip(_ALNUM + "-_"):
            core = core.translate(_URLSAFE)
        elif core.strip(_ALNUM + "+/"):
            return None
    try:
        return a2b_base64(core + "=" * (-len(core) % 4))
    except Error:
        return None


def decode_base32(text: str) -> bytes | None:
    """Decode base32 (RFC 4648, section 6) of one case, padded or not, or return None."""
    core = text.rstrip("=")
    upper = core.upper() if core.islower() else core
    if not upper or upper.strip(_BASE32_DIGITS) or len(core) * 5 % 8 >= 5:
        return None
    size = len(upper) * 5 // 8
    return (int(upper.translate(_BASE32), 32) >> (len(upper) * 5 - size * 8)).to_bytes(size, "big")


def utf8_length(text: str) -> int:
    """Return how many bytes a program gets that takes the text as it is.

    A byte of the environment that is no UTF-8 arrives as a lone surrogate (PEP 383) and counts as the one byte it was.
    """
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        return len(text.encode("utf-8", "surrogatepass")) - 2 * sum("\udc80" <= sign <= "\udcff" for sign in text)


def decoded_bytes(text: str) -> int:
    """Return the number of bytes of key that `text` can stand for: the least of what programs make of it.

    Some take the text as it is, some decode it, and only the decoded bytes can all be random. Tried in this order: a UUID is
    16 bytes; an even number of hexadecimal digits is half as many bytes; base64 or base64url of a valid length is three
    bytes for four characters; anything else is its UTF-8 length.
    """
    if is_uuid(text):
        return 16
    if len(text) % 2 == 0 and is_hex(text):
        return len(text) // 2
    core = len(text.rstrip("="))
    if decode_base64(text) is not None:
        return core * 3 // 4
    return utf8_length(text)


def readable(raw: bytes) -> str | None:
    """Return decoded bytes as text when all of them are text that people read, else None."""
    if len(raw) < _READABLE:
        return None
    if not raw[1::2].strip(b"\0"):
        raw = raw[::2]  # UTF-16, as PowerShell writes it
    try:
        text = raw[:_LONGEST].decode()
    except UnicodeDecodeError:
        return None
    return text if all(sign.isprintable() or sign in "\t\r\n" for sign in text) else None


def inner_bytes(text: str) -> list[bytes]:
    """Return what the whole of `text` decodes to, by each encoding that fits."""
    found = []
    digits = text[2:] if text[:2] in ("0x", "0X", "\\x") else text
    if not is_hex(digits):
        for joint in ("\\x", "0x", ":", " ", "-", ",", "%"):
            digits = digits.replace(joint, "")
    if len(digits) % 2 == 0 and is_hex(digits):
        found.append(bytes.fromhex(digits))
    elif is_hex(digits):
        found.append(bytes.fromhex(digits[:-1]))
    for decode in (decode_base64, decode_base32):
        raw = decode(text)
        if raw:
            found.append(raw)
    return found


def unescape(text: str) -> str | None:
    r"""Return `text` with its escaped characters put back, or None when it has fewer than three.

    Percent signs (RFC 3986), backslashes (`\x41`, `\u0041`), entities of XML (`&#65;`, `&#x41;`).
    """
    for mark, width, base in (("%", 2, 16), ("\\x", 2, 16), ("\\u", 4, 16), ("&#x", 0, 16), ("&#", 0, 10)):
        if text.count(mark) < 3:
            continue
        first, *parts = text.split(mark)
        for part in parts:
            code, rest = (part[:width], part[width:]) if width else part.partition(";")[::2]
            if not code or len(code) > 6 or code.strip(HEX_DIGITS if base == 16 else "0123456789"):
                return None
            first += chr(min(int(code, base), 0x10FFFF)) + rest
        return first
    return None


def inner_text(text: str) -> str | None:
    """Return the text that `text`, or parts of it between punctuation, is an encoding of, or None.

    A part that decodes to something readable stands in the result in its decoded form: `Basic dXNlcjpwYXNz...` or the
    first two parts of a JSON web token.
    """
    escaped = unescape(text)
    if escaped is not None:
        return escaped[:_LONGEST]
    for raw in inner_bytes(text):
        inner = readable(raw)
        if inner is not None:
            return inner
    parts = text.translate(_BETWEEN).split()
    if len(parts) < 2:
        return None
    changed = False
    for index, part in enumerate(parts):
        if len(part) >= 16:
            for raw in inner_bytes(part):
                inner = readable(raw)
                if inner is not None:
                    parts[index] = inner
                    changed = True
                    break
    return " ".join(parts)[:_LONGEST] if changed else None
