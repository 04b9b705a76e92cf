"""What a file or a setting holds, taken apart as OpenSSL takes it apart: PEM blocks, each decoded, or why not.

Shape and codes only; nobody looks inside a certificate or a key here. Reading follows OpenSSL's `PEM_read_bio`
(crypto/pem/pem_lib.c): a block starts with its line at the first column, trailing white space and CRLF do not matter, a
UTF-8 byte order mark and text around the blocks are skipped (RFC 7468 section 5.2), but a block that starts must end.
OpenSSL stops at the first broken block and refuses the whole file, so does this.
"""

from __future__ import annotations

import binascii

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal[
        "certificate", "private_key", "trusted_certificate", "request", "public_key", "crl", "pkcs7", "other"
    ]

LIMIT = 1024 * 1024
"""Most bytes that are read: a store of all public CAs has a quarter of it."""

# code: (what is the case, what to do)
PROBLEMS = {
    "too_large": ("it is larger than 1 MiB", "Name the right file; a certificate has some kilobytes."),
    "empty": ("it holds nothing", "Fill it, or name the right file."),
    "not_pem": ("it holds no PEM block (`-----BEGIN …-----`)", "Name a PEM file."),
    "der": (
        "it is DER, the binary form, where PEM is read",
        "Convert it: openssl x509 -inform DER -in FILE -out FILE.pem",
    ),
    "pkcs12": ("it is a PKCS #12 container", "Unpack it: openssl pkcs12 -in FILE -nodes"),
    "no_armor": (
        "it is the base64 of a block without its BEGIN and END lines",
        "Keep the lines `-----BEGIN …-----` and `-----END …-----`.",
    ),
    "indented": ("a `-----BEGIN …-----` line does not start at the first column", "Remove the indentation."),
    "one_line": ("its line ends are gone", "Write them as \\n, or encode the file: base64 -w0 FILE"),
    "truncated": ("a block has no `-----END …-----` line", "Copy the whole file again."),
    "bad_base64": ("a block is not base64", "Copy the file again; nothing may be edited in it."),
    "blank_line": (
        "an empty line stands within a block, and OpenSSL takes what is above it for headers",
        "Remove the empty lines between `-----BEGIN …-----` and `-----END …-----`.",
    ),
    "headers": (
        "lines of text stand in the block of a certificate, and OpenSSL refuses the whole file for them",
        "Remove what stands between the `-----BEGIN …-----` line and the base64; comments go above that line.",
    ),
    "malformed": (
        "a block that is labelled as a certificate is none, and OpenSSL refuses the whole file for it",
        "Copy that certificate again from where it was made, or take its block out.",
    ),
    "nested": ("a block starts before the one above it has ended", "Put each block on lines of its own."),
    "key_instead_of_certificate": (
        "it holds a private key, not a certificate",
        "Name the certificate; keep the key apart.",
    ),
    "certificate_instead_of_key": ("it holds a certificate, not a private key", "Name the file of the private key."),
    "trusted_certificate": (
        "it is a certificate with OpenSSL's own trust settings (`BEGIN TRUSTED CERTIFICATE`)",
        "Write it without them: openssl x509 -in FILE -clrtrust -out FILE.pem",
    ),
    "request_instead_of_certificate": (
        "it holds a certificate signing request",
        "Name the certificate that the CA made of it.",
    ),
    "public_key_instead_of_certificate": ("it holds a public key without a certificate", "Name the certificate."),
    "public_key_instead_of_key": ("it holds a public key, not the private one", "Name the file of the private key."),
    "pkcs7": ("it is a PKCS #7 container", "Unpack it: openssl pkcs7 -print_certs -in FILE"),
    "no_certificate": ("its PEM blocks hold no certificate", "Name the file of the certificate."),
    "no_key": ("its PEM blocks hold no private key", "Name the file of the private key."),
    "nul_bytes": ("a NUL byte stands in the text", "Save it as plain text (not UTF-16)."),
}

_KINDS: dict[str, Kind] = {
    "CERTIFICATE": "certificate",
    "X509 CERTIFICATE": "certificate",
    "TRUSTED CERTIFICATE": "trusted_certificate",
    "CERTIFICATE REQUEST": "request",
    "NEW CERTIFICATE REQUEST": "request",
    "PUBLIC KEY": "public_key",
    "RSA PUBLIC KEY": "public_key",
    "X509 CRL": "crl",
    "PKCS7": "pkcs7",
    "CMS": "pkcs7",
}
_BOM = b"\xef\xbb\xbf"
_BEGIN = b"-----BEGIN "
_DASHES = b"-----"


class Block(Record):
    """One PEM block, or a whole DER file.

    Its text never shows what it holds: it may be a private key.
    """

    kind: Kind = field("What its label says that it is.")
    label: str = field("The label of its BEGIN line; empty for DER.")
    line: int = field("Line of its BEGIN line, from 1; 0 for DER.")
    data: bytes = field("The decoded bytes: DER, or what was encrypted.", secret=True)
    pem: bytes = field("The block as PEM, with its headers, `\\n` at the ends of lines; empty for DER.", secret=True)
    headers: tuple[tuple[str, str], ...] = field("Its headers (RFC 1421), as old encrypted keys have them.", default=())

    def __repr__(self) -> str:
        return f"Block(kind={self.kind!r}, line={self.line})"


class Material(Record):
    """The blocks of a file or of a setting, in order."""

    blocks: tuple[Block, ...] = field("All of them.")
    encoding: Literal["pem", "der"] = field("How it is written.", choices=("pem", "der"), default="pem")

    def __repr__(self) -> str:
        return f"Material(blocks={self.blocks!r})"

    def of(self, kind: Kind) -> tuple[Block, ...]:
        """Return the blocks of one kind."""
        return tuple(block for block in self.blocks if block.kind == kind)

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """The certificates, DER, in the file's order."""
        return tuple(block.data for block in self.of("certificate"))

    @property
    def private_keys(self) -> tuple[Block, ...]:
        """The private keys."""
        return self.of("private_key")


class MaterialProblem(Record):
    """Why something is no material of the kind asked for."""

    code: str = field("The reason.", choices=tuple(PROBLEMS))
    line: int = field("The line that shows it, from 1; 0 when it is none in particular.", default=0)

    @property
    def message(self) -> str:
        """What is the case, as the end of a sentence."""
        return PROBLEMS[self.code][0]

    @property
    def hint(self) -> str:
        """What to do."""
        return PROBLEMS[self.code][1]


def read_material(data: bytes) -> Material | MaterialProblem:
    """Take PEM apart.

    Args:
        data: A file's bytes, 1 MiB at most.

    Returns:
        At least one block, or the problem.
    """
    if len(data) > LIMIT:
        return MaterialProblem(code="too_large")
    text = data.removeprefix(_BOM)
    if not text.strip():
        return MaterialProblem(code="empty")
    if is_der(text):
        return MaterialProblem(code="pkcs12" if _is_pkcs12(text) else "der")
    found = _blocks(text)
    if isinstance(found, MaterialProblem):
        return found
    if not found:
        return MaterialProblem(code=_why_no_block(text))
    return Material(blocks=found)


def read_setting(text: str) -> Material | MaterialProblem:
    r"""Take apart what a setting holds.

    Args:
        text: PEM with real line ends, with `\n` written as two characters (as env files and JSON service accounts have
            it, also `\r\n`), or the base64 of PEM (`base64 -w0 FILE`), in this order.
    """
    if len(text) > 2 * LIMIT:
        return MaterialProblem(code="too_large")
    written = text.strip().strip("\"'")
    if "-----BEGIN" in written:
        if "\\n" in written:
            written = written.replace("\\r\\n", "\n").replace("\\n", "\n")
        return read_material(written.encode("utf-8", "surrogateescape"))
    decoded = _base64("".join(written.split()).encode("utf-8", "surrogateescape"))
    if decoded is not None and _BEGIN in decoded:
        return read_material(decoded)
    return read_material(written.encode("utf-8", "surrogateescape"))


def read_certificates(
    found: bytes | Material | MaterialProblem, *, trusted: bool = False
) -> Material | MaterialProblem:
    """Ask for certificates: at least one, none of them in a form that only OpenSSL reads, none with headers.

    OpenSSL takes headers (RFC 1421) in a certificate for those of an encrypted block, and fails ("not proc type").

    Args:
        found: A file's bytes, or what `read_setting` made of a setting.
        trusted: Whether OpenSSL is who reads them, so that they may stand with its own trust settings.

    Returns:
        The material, which may hold a private key beside the certificates, or why there is no certificate.
    """
    material = read_material(found) if isinstance(found, bytes) else found
    if isinstance(material, MaterialProblem):
        return material
    with_settings = material.of("trusted_certificate")
    if with_settings and not trusted:
        return MaterialProblem(code="trusted_certificate", line=with_settings[0].line)
    certificates = (*material.of("certificate"), *with_settings)
    for block in certificates:
        if block.headers:
            return MaterialProblem(code="headers", line=block.line)
    if certificates:
        return material
    first = material.blocks[0]
    code = {
        "private_key": "key_instead_of_certificate",
        "request": "request_instead_of_certificate",
        "public_key": "public_key_instead_of_certificate",
        "pkcs7": "pkcs7",
    }.get(first.kind, "no_certificate")
    return MaterialProblem(code=code, line=first.line)


def read_private_key(found: bytes | Material | MaterialProblem) -> Block | MaterialProblem:
    """Ask for a private key: the first one, as OpenSSL takes it. DER is fine, too (libpq reads `sslkey` as either).

    Args:
        found: A file's bytes, or what `read_setting` made of a setting.
    """
    material = read_material(found) if isinstance(found, bytes) else found
    if isinstance(material, MaterialProblem):
        if material.code == "der" and isinstance(found, bytes):
            return Block(kind="private_key", label="", line=0, data=found.removeprefix(_BOM), pem=b"")
        return material
    if material.private_keys:
        return material.private_keys[0]
    first = material.blocks[0]
    code = {
        "certificate": "certificate_instead_of_key",
        "trusted_certificate": "certificate_instead_of_key",
        "public_key": "public_key_instead_of_key",
    }.get(first.kind, "no_key")
    return MaterialProblem(code=code, line=first.line)


def is_der(data: bytes) -> bool:
    """Say whether bytes are one DER sequence: tag 0x30 and a length that fits what follows (a line end may come after)."""
    if len(data) < 2 or data[0] != 0x30:
        return False
    size = data[1]
    start = 2
    if size & 0x80:
        octets = size & 0x7F
        if not 1 <= octets <= 4 or len(data) < 2 + octets:
            return False
        size = int.from_bytes(data[2 : 2 + octets])
        start += octets
    rest = data[start:]
    return len(rest) >= size and not rest[size:].strip() and size > 0


def _is_pkcs12(data: bytes) -> bool:
    """Say whether DER is a PKCS #12 container: a sequence that starts with the version 3 (RFC 7292 section 4)."""
    start = 2 + (data[1] & 0x7F if data[1] & 0x80 else 0)
    return data[start : start + 3] == b"\x02\x01\x03"


def _kind_of(label: str) -> Kind:
    if label == "PRIVATE KEY" or label.endswith(" PRIVATE KEY"):
        return "private_key"
    return _KINDS.get(label, "other")


def _blocks(text: bytes) -> tuple[Block, ...] | MaterialProblem:
    found: list[Block] = []
    label: bytes | None = None
    body: list[bytes] = []
    started = 0
    for number, raw in enumerate(text.split(b"\n"), 1):
        line = raw.rstrip()
        if label is None:
            if _is_begin(line):
                label, body, started = line[len(_BEGIN) : -len(_DASHES)], [], number
        elif line == b"-----END " + label + _DASHES:
            block = _block(label, body, started)
            if isinstance(block, MaterialProblem):
                return block
            found.append(block)
            label = None
        elif line.startswith(_DASHES):
            return MaterialProblem(code="nested" if line.startswith(_BEGIN) else "truncated", line=number)
        else:
            body.append(line)
    if label is not None:
        return MaterialProblem(code="truncated", line=started)
    return tuple(found)


def _is_begin(line: bytes) -> bool:
    label = line[len(_BEGIN) : -len(_DASHES)]
    return line.startswith(_BEGIN) and line.endswith(_DASHES) and bool(label) and _DASHES not in label


def _block(label: bytes, body: list[bytes], line: int) -> Block | MaterialProblem:
    name = label.decode("ascii", "replace")
    headers: list[tuple[str, str]] = []
    lines = body
    if any(b":" in one for one in body):  # a colon is no base64: these are headers, and an empty line ends them
        if b"" not in body:
            return MaterialProblem(code="truncated", line=line)
        cut = body.index(b"")
        for one in body[:cut]:
            key, colon, value = one.decode("latin-1").partition(":")
            if colon:
                headers.append((key.strip(), value.strip()))
        lines = body[cut + 1 :]
    elif b"" in body and body.index(b"") == 0:  # no headers, and an empty line ends them all the same
        lines = body[1:]
    if b"" in lines:
        return MaterialProblem(code="blank_line", line=line)
    data = _base64(b"".join(b"".join(lines).split()))
    if not data:
        return MaterialProblem(code="truncated" if data == b"" else "bad_base64", line=line)
    pem = b"\n".join((_BEGIN + label + _DASHES, *body, b"-----END " + label + _DASHES, b""))
    return Block(kind=_kind_of(name), label=name, line=line, data=data, pem=pem, headers=tuple(headers))


def _base64(text: bytes) -> bytes | None:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        return b"" if not text else None


def _why_no_block(text: bytes) -> str:
    if b"\0" in text:
        return "nul_bytes"
    lines = [line.strip() for line in text.split(b"\n")]
    if any(map(_is_begin, lines)):
        return "indented"
    if any(_BEGIN in line and b"-----END " in line for line in lines):
        return "one_line"
    if any(line.startswith(_BEGIN) for line in lines):
        return "truncated"
    decoded = _base64(b"".join(text.split()))
    return "no_armor" if decoded is not None and is_der(decoded) else "not_pem"
