"""Private keys: what kind they are, whether they open, and whether they belong to the certificate beside them.

Only those that could be opened as files are here; what is missing or unreadable is the matter of `private_key_file`.
"""

from __future__ import annotations

from preflight.model.fact import Deferred, Unknown
from preflight.model.record import field
from preflight.postgres.names import role_of
from preflight.resources._tls_files import parameter_of
from preflight.resources._tls_material import beside, certificates_of, swapped, tls_items, unreadable
from preflight.resources._values import not_literal
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources._tls_material import TlsItem
    from preflight.resources.base import Context
    from preflight.x509.keys import PrivateKeyFacts


class PrivateKey(Resource):
    """One private key."""

    use: Fact[str] = field("Who uses it.", choices=("server", "client"))
    path: Fact[str] = field("Path of its file; absent where the setting holds the text.")
    file: Fact[str] = field("The file on this machine: behind a path in a container, what is mounted there.")
    problem: Fact[str] = field("Why it cannot be read, as a code; absent where it can.")
    detail: Fact[str] = field("That problem in words.")
    encrypted: Fact[bool] = field("Whether it needs a passphrase.")
    passphrase: Fact[str] = field(
        "What became of the passphrase.", choices=("not_needed", "unused", "missing", "right", "wrong")
    )
    openssl_reads: Fact[bool] = field("Whether OpenSSL, and so libpq and PostgreSQL, read its form.")
    key_type: Fact[str] = field("The kind of key.")
    key_bits: Fact[int] = field("Its size in bits.")
    key_strong: Fact[bool] = field("Whether it is RSA of 2048 bits or more, P-256, P-384, P-521, Ed25519 or Ed448.")
    swapped: Fact[bool] = field(
        "Whether a certificate stands in its place, and the key in the place of the certificate beside it."
    )
    certificate_path: Fact[str] = field(
        "Path of the file in the place of that certificate; absent where it is no file."
    )
    matches: Fact[bool] = field("Whether it belongs to the certificate beside it; absent where there is none.")
    certificate: Fact[str] = field("Name of the setting of that certificate.")
    environments: Fact[tuple[str, ...]] = field("Files of other environments that hold the same key.")


RESOURCE = PrivateKey
_FACTS = tuple(
    name
    for name in PrivateKey.fields()
    if name not in {"name", "origin", "via", "use", "path", "file", "certificate", "certificate_path", "swapped"}
)
_PASSPHRASE_WORDS = ("PASSPHRASE", "PASSWORD", "PASS")


def collect(subject: Subject, context: Context) -> Iterator[PrivateKey]:
    """Collect the keys that settings and connection strings name, and those that settings hold."""
    items = tls_items(subject, context)
    for item in items:
        if item.purpose == "key":
            pair = beside(item, "certificate", items)
            yield PrivateKey(
                name=item.label,
                origin=item.origin,
                via=item.setting.via,
                use="client" if item.client else "server",
                path=item.path,
                file=item.file,
                certificate=pair.label if pair is not None else None,
                certificate_path=pair.path if pair is not None else None,
                swapped=item.later if item.later is not None else swapped(pair, item),
                **_facts(item, pair, subject, context),
            )


def _facts(item: TlsItem, pair: TlsItem | None, subject: Subject, context: Context) -> dict[str, Any]:
    if item.later is not None:
        return dict.fromkeys(_FACTS, item.later)
    from preflight.x509.keys import read_key
    from preflight.x509.material import MaterialProblem, read_private_key

    block = read_private_key(item.material())
    if isinstance(block, MaterialProblem):
        return unreadable(_FACTS, block.code, block.message)
    passphrase = _passphrase(item, subject)
    given = passphrase if isinstance(passphrase, str) else None
    key = read_key(block, passphrase=given)
    if key.problem is not None:
        from preflight.x509.keys import PROBLEMS

        return unreadable(_FACTS, key.problem, PROBLEMS[key.problem][0])
    facts: dict[str, Any] = {
        "problem": None,
        "detail": None,
        "encrypted": key.encrypted,
        "passphrase": key.passphrase,
        "openssl_reads": key.openssl_reads,
    }
    if key.encrypted and isinstance(passphrase, (Unknown, Deferred)):
        facts["passphrase"] = passphrase
    return {**facts, **_opened(key, item, pair, context)}


def _opened(key: PrivateKeyFacts, item: TlsItem, pair: TlsItem | None, context: Context) -> dict[str, Any]:
    if key.key is None:
        closed = Unknown(reason="encrypted", detail="the key is encrypted, and no passphrase opens it")
        return {"key_type": closed, "key_bits": closed, "key_strong": closed, "matches": closed, "environments": ()}
    return {
        "key_type": key.key.type,
        "key_bits": key.key.bits,
        "key_strong": key.key.strong,
        "matches": _matches(key, pair),
        "environments": _environments(key, item, context),
    }


def _matches(key: PrivateKeyFacts, pair: TlsItem | None) -> Fact[bool]:
    if pair is None:
        return None
    if pair.later is not None:
        return pair.later
    from preflight.x509.keys import matches
    from preflight.x509.material import MaterialProblem

    blocks = certificates_of(pair)
    return None if isinstance(blocks, MaterialProblem) else matches(key, blocks[0].data)


def _passphrase(item: TlsItem, subject: Subject) -> Fact[str]:
    """Return the configured passphrase: `sslpassword` in the connection string, or a setting named like the key."""
    if item.group.startswith("string "):
        return parameter_of(item.setting.text or "", "sslpassword") or None
    place = role_of(item.setting.name)
    asked = (place[0], "sslpassword") if place is not None else None
    stems = {item.setting.name, item.setting.name.removesuffix("_FILE").removesuffix("_PATH")}
    for setting in subject.settings.values():
        stem, _, last = setting.name.rpartition("_")
        if setting.is_set and (
            (last in _PASSPHRASE_WORDS and stem in stems) or (asked is not None and role_of(setting.name) == asked)
        ):
            return not_literal(setting) or setting.text
    return None


def _environments(key: PrivateKeyFacts, item: TlsItem, context: Context) -> tuple[str, ...]:
    """Return the same key's files in the folders of other environments: `certs/staging/` beside `certs/production/`."""
    if item.file is None or not item.file or key.spki_sha256 is None:
        return ()
    import os

    from preflight.resources.environment import STRICTEST, normalise
    from preflight.x509.keys import read_key
    from preflight.x509.material import MaterialProblem, read_private_key

    parts = item.file.split("/")
    found: list[str] = []
    for position, part in enumerate(parts[:-1]):
        here = normalise(part)
        if here not in STRICTEST:
            continue
        above = "/".join(parts[:position]) or ("/" if item.file.startswith("/") else ".")
        for name in context.host.names(above):
            if normalise(name) not in STRICTEST or normalise(name) == here:
                continue
            other = os.path.join("/".join(parts[:position]), name, *parts[position + 1 :])
            content = context.host.read_bytes(other)
            block = read_private_key(content) if isinstance(content, bytes) else None
            if block is None or isinstance(block, MaterialProblem):
                continue
            if read_key(block).spki_sha256 == key.spki_sha256:
                found.append(other)
    return tuple(found)
