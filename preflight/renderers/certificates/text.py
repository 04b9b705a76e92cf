"""What `preflight certs inspect` found, for people: a verdict, a table, a timeline of what ends when, and what to do.

NOT FINE: 2 certificates and 1 key in 3 files, 1 failure; the next one expires on 2026-06-09

FILE                 KIND     MODE  SUBJECT      ENDS        LEFT   KEY        CHAIN
ssl/server-cert.pem  server   0644  db.internal  2026-06-09  8 d    RSA 4096   verified
  CN=db.internal; issued by CN=Example CA; signed with RSA and SHA-256; valid for db.internal, 10.0.0.5

FAILURE  ssl/old.pem  expired  it expired 12 days ago, on 2026-05-20
    fix: Renew it.
"""

from __future__ import annotations

from preflight.renderers._page import Page, cells, clean
from preflight.renderers._wording import lead, many
from preflight.renderers.certificates.timeline import days_left, timeline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from preflight.renderers._page import Piece

    Row = Sequence[Piece]

_NARROWEST = 60
_HEAD = ("FILE", "KIND", "MODE", "SUBJECT", "ENDS", "LEFT", "KEY", "CHAIN")
_FILE, _SUBJECT = 0, 3
_WIDEST_FILE = 44
_LEAST_SUBJECT = 12
_ROLES = {
    "root": "root CA",
    "ca": "CA",
    "server": "server",
    "client": "client",
    "server_and_client": "any use",
    "other": "other use",
}
_LEFT = {
    "valid": "pass",
    "notice": "medium",
    "warning": "loud",
    "critical": "bad",
    "expired": "bad",
    "not_yet_valid": "bad",
}
_LEVELS = {"failure": "bad", "warning": "loud", "note": "dim"}
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
_PLAIN = {"ed25519": "Ed25519", "ed448": "Ed448"}
_SIGNED = {"rsa": "RSA", "ec": "ECDSA", "dsa": "DSA", **_PLAIN}
_FEW_NAMES = 8


def render(inspection: Mapping[str, Any], *, width: int = 100, colour: bool = False, unicode: bool = True) -> str:
    """Return an inspection as text.

    Args:
        inspection: Plain data in the shape of `schemas/certificates.schema.json`.
        width: Columns, 60 at least; paths are never cut.
        colour: Whether to use ANSI colours.
        unicode: Whether bars may be drawn with more than ASCII.
    """
    width = max(width, _NARROWEST)
    page = Page(width)
    _verdict(page, inspection)
    _table(page, inspection, width)
    lines = timeline(inspection, width=width, unicode=unicode)
    if lines:
        page.blank()
        page.line(
            ("name", "TIMELINE"),
            ("dim", f"  from {inspection['at'][:10]}, the soonest end first; far from today it is compressed"),
        )
        for line in lines:
            page.line(*line)
    _findings(page, inspection["findings"])
    return page.coloured() if colour else page.plain()


def _verdict(page: Page, inspection: Mapping[str, Any]) -> None:
    summary = inspection["summary"]
    code = inspection["exit_code"]
    word, style = ("FINE", "good") if code == 0 else ("NOT FINE", "bad")
    if not inspection["files"]:
        word = "NOTHING FOUND"
    counts = ", ".join(many(summary[f"{level}s"], level) for level in _LEVELS if summary[f"{level}s"])
    held = f"{many(summary['certificates'], 'certificate')} and {many(summary['keys'], 'key')} in {many(summary['files'], 'file')}"
    ending = summary["next_expiry"]
    after = f"; the next one expires on {ending[:10]}" if ending is not None else ""
    page.paragraph((style, f"{word}: "), ("", held + (f", {counts}" if counts else "") + after))
    where = ", ".join("this folder" if path == "." else path for path in inspection["paths"])
    more = f"; trusted: {', '.join(inspection['trusted'])}" if inspection["trusted"] else ""
    page.paragraph(
        lead("looked"), ("dim", f"in {where}, as of {inspection['at'].replace('T', ' ').replace('Z', ' UTC')}{more}")
    )


def _table(page: Page, inspection: Mapping[str, Any], width: int) -> None:
    rows = [(row, detail) for file in inspection["files"] for row, detail in _rows(file, inspection["at"])]
    if not rows:
        return
    widths = [max(len(head), *(cells(row[at][1]) for row, _ in rows)) for at, head in enumerate(_HEAD)]
    widths[_FILE] = min(widths[_FILE], _WIDEST_FILE)
    spare = width - sum(widths) - 2 * (len(widths) - 1)
    widths[_SUBJECT] = max(min(widths[_SUBJECT], widths[_SUBJECT] + spare), _LEAST_SUBJECT)
    page.blank()
    page.line(*_line([("dim", head) for head in _HEAD], widths))
    for row, detail in rows:
        page.line(*_line(row, widths))
        if detail:
            page.paragraph(("", "  "), ("dim", detail))


def _line(row: Row, widths: Sequence[int]) -> Iterator[Piece]:
    for at, ((style, text), wide) in enumerate(zip(row, widths, strict=True)):
        short = text if at == _FILE or cells(text) <= wide else text[: wide - 2] + ".."
        yield style, short
        yield "", " " * (max(wide - cells(short), 0) + 2)


def _rows(file: Mapping[str, Any], at: str) -> Iterator[tuple[Row, str]]:
    """Yield a row for each certificate and key of a file, and a line with what else there is to say."""
    mode = file["mode"] or "-"
    path = clean(file["path"])
    also = f"the same file: {', '.join(file['aliases'])}" if file["aliases"] else ""
    for one in file["certificates"]:
        place = path + (f" #{one['position']}" if len(file["certificates"]) > 1 else "")
        style = _LEFT[one["validity"]]
        word, chain = _chain(one)
        row = (
            ("", place), ("", _ROLES[one["role"]]), ("", mode), ("name", clean(one["common_name"] or one["subject"] or "-")),
            ("", one["not_after"][:10]), (style, days_left(one, at)), ("", _key(one["key"])), (chain, word),
        )  # fmt: skip
        yield row, "; ".join(part for part in (_certificate_detail(one), also) if part)
    for one in file["keys"]:
        kind = "encrypted key" if one["encrypted"] else "key"
        about = f"belongs to {', '.join(one['certificate_files'])}" if one["certificate_files"] else ""
        row = (
            ("", path), ("", kind), ("", mode), ("", "-"), ("", "-"), ("", "-"), ("", _key(one["key"])),
            ("bad", one["problem"]) if one["problem"] else ("", "-"),
        )  # fmt: skip
        yield row, "; ".join(part for part in (about, also) if part)
    if not file["certificates"] and not file["keys"]:
        style = "bad" if file["problem"] else "dim"
        said = (file["problem"] or "-").replace("_", " ")
        kind = file["kind"].replace("_", " ")
        yield (("", path), (style, kind), ("", mode), (style, said), *[("", "-")] * 4), also


def _certificate_detail(one: Mapping[str, Any]) -> str:
    signature = one["signature"]
    hashed = (signature["hash"] or "").upper()
    if hashed[3:].isdecimal():  # sha256, but not md5 or sha3-256
        hashed = f"{hashed[:3]}-{hashed[3:]}"
    signed = " and ".join(word for word in (_SIGNED.get(signature["type"], signature["type"]), hashed) if word)
    names = [name["value"] for name in one["names"] if name["type"] in {"dns", "ip"}]
    more = f" and {len(names) - _FEW_NAMES} more" if len(names) > _FEW_NAMES else ""
    parts = [
        one["subject"] or "no subject",
        "self-signed" if one["self_signed"] else f"issued by {one['issuer'] or 'nobody'}",
        f"signed with {signed}",
        f"version {one['version']}" if one["version"] != 3 else "",
        f"valid for {', '.join(names[:_FEW_NAMES])}{more}" if names else "",
        f"from {one['not_before'][:10]}" if one["validity"] == "not_yet_valid" else "",
        f"key: {', '.join(one['key_files'])}" if one["key_files"] else "",
        f"serial {one['serial']}",
    ]
    return "; ".join(part for part in parts if part)


def _chain(one: Mapping[str, Any]) -> tuple[str, str]:
    if not one["chain"]["verified"]:
        return str(one["chain"]["reason"]).replace("_", " "), "bad"
    if one["self_signed"]:
        return ("root" if one["role"] == "root" else "self-signed"), ""
    return "verified", "pass"


def _key(key: Mapping[str, Any] | None) -> str:
    if key is None:
        return "-"
    if key["type"] in _PLAIN:
        return _PLAIN[key["type"]]
    if key["type"] == "ec":
        return _CURVES.get(key["curve"], str(key["curve"]))
    return f"{key['type'].upper()} {key['bits']}" if key["bits"] else str(key["type"])


def _findings(page: Page, findings: Sequence[Mapping[str, Any]]) -> None:
    if findings:
        page.blank()
    for one in findings:
        place = one["path"] + (f" #{one['certificate']}" if (one["certificate"] or 0) > 1 else "")
        style = _LEVELS[one["level"]]
        page.paragraph(
            lead(one["level"], style), ("place", place), ("", "  "), ("name", one["code"]), ("", f"  {one['message']}")
        )
        if one["level"] != "note":
            page.paragraph(lead("    fix:"), ("", one["hint"]))
