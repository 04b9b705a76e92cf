"""Certificates, keys and CA bundles that a subject names or holds, read and put into the groups that belong together.

A group is what one listener or one client uses: settings that share what stands before `TLS`, `SSL`, `CERT` and the like, the
parameters of one connection string, or libpq's own variables.
"""

from __future__ import annotations

from preflight.bindings.tokens import tokens
from preflight.model.fact import Deferred, Unknown
from preflight.model.record import Record, field
from preflight.model.secret_text import SecretText
from preflight.model.setting import Setting
from preflight.probes.files import FileProblem
from preflight.resources._files import file_facts, is_pem_text
from preflight.resources._tls_files import tls_files, tls_settings
from preflight.resources._values import prefix_of
from preflight.resources.base import once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from preflight.model.origin import Origin
    from preflight.model.subject import Subject
    from preflight.resources.base import Context
    from preflight.x509.material import Block, Material, MaterialProblem

PURPOSES = ("certificate", "authority", "key")
_MARKS = ("TLS", "SSL", "HTTPS", "MTLS", "CERT", "CERTIFICATE", "KEY", "CA", "ROOT", "CLIENT", "SERVER", "PRIVATE")
# Trust stores of whole programs: what a listener or client next to them uses is another matter.
_TRUST_STORES = frozenset(
    """SSL_CERT_FILE NIX_SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE NODE_EXTRA_CA_CERTS AWS_CA_BUNDLE GIT_SSL_CAINFO
    PIP_CERT CARGO_HTTP_CAINFO DENO_CERT""".split()
)
_CLIENTS = frozenset(
    """client redis valkey db database postgres postgresql pg pgssl mysql mariadb mongo mongodb kafka rabbitmq amqp smtp ldap
    elasticsearch elastic opensearch vault consul etcd s3 minio nats mqtt upstream backend""".split()
)
_SERVED = "postgres server"
_SERVER_FILES = {"ssl_cert_file": "certificate", "ssl_key_file": "key"}


class TlsItem(Record):
    """A certificate, key or CA bundle, as far as it could be read."""

    label: str = field("How the report names it.")
    setting: Setting = field("The setting that names or holds it.")
    purpose: str = field("What it is for.", choices=PURPOSES)
    client: bool = field("Whether a client uses it, and not a listener.")
    libpq: bool = field("Whether libpq reads it.")
    group: str = field("What belongs together.")
    path: str | None = field("Its path as configured; None where the setting holds the text itself.", default=None)
    file: str | None = field("The file on this machine.", default=None)
    facts: Any = field("Facts about its file, by name; None where there is none.", default=None)
    content: bytes | None = field("What the file holds.", default=None, secret=True)
    text: SecretText | None = field("What the setting holds.", default=None)
    later: Unknown | Deferred | None = field("Why its content is not known here.", default=None)

    @property
    def origin(self) -> Origin:
        """The setting's place."""
        return self.setting.origin

    def material(self) -> Material | MaterialProblem | bytes:
        """Return what it holds, for the readers of `preflight.x509.material`."""
        from preflight.x509.material import read_setting

        return self.content or b"" if self.text is None else read_setting(self.text.reveal())


def tls_items(subject: Subject, context: Context) -> list[TlsItem]:
    """Return everything that a subject names or holds and that could be opened, or is known only where it runs.

    What is missing or unreadable is left out: the rules about files have said so.
    """
    return once(_items, subject, context)


def _items(subject: Subject, context: Context) -> list[TlsItem]:
    found: list[TlsItem] = []
    for purpose in PURPOSES:
        for one in tls_files(subject, context, purpose):
            if one.revokes:
                continue
            item = TlsItem(
                label=one.label,
                setting=one.setting,
                purpose=purpose,
                client=one.group is not None or _is_client(one.setting.name),
                libpq=one.client,
                group=one.group or _group(one.setting.name),
            )
            path = one.facts["path"]
            if isinstance(path, (Unknown, Deferred)):
                found.append(item.replace(later=path))
                continue
            content = context.files.read_bytes(path)
            if not isinstance(content, FileProblem):
                found.append(item.replace(path=path, file=one.facts["file"], facts=one.facts, content=content))
            elif content.code == "too_large":
                detail = f"{path} is larger than a file of certificates or keys may be (1 MiB)"
                found.append(item.replace(path=path, later=Unknown(reason="too_large", detail=detail)))
            elif isinstance(one.facts["kind"], Deferred):
                found.append(item.replace(path=path, later=one.facts["kind"]))
        found += _held(subject, context, purpose)
    return found + (_served(subject, context) if subject.service is not None else [])


def beside(item: TlsItem, purpose: str, items: list[TlsItem]) -> TlsItem | None:
    """Return what a group has for a purpose. A connection string falls back to libpq's variables, as libpq does."""
    for group in (item.group, "libpq") if item.libpq else (item.group,):
        for other in items:
            if other.group == group and other.purpose == purpose:
                return other
    return None


def certificates_of(item: TlsItem) -> tuple[Block, ...] | MaterialProblem:
    """Return the certificates that an item holds, in order, or why there are none.

    libpq and PostgreSQL leave the reading to OpenSSL, which takes its own trust settings, too; other programs may not.
    """
    from preflight.x509.loading import load_certificates

    by_openssl = item.libpq or item.group == _SERVED
    verifies = by_openssl and item.purpose == "authority"
    return load_certificates(item.material(), trusted=by_openssl, anchors_for="server" if verifies else None)


def unreadable(facts: Iterable[str], code: str, message: str) -> dict[str, Any]:
    """Return the facts about something that is there and cannot be read: why not, and nothing else.

    Args:
        facts: The names of all facts that depend on its content, `problem` and `detail` among them.
        code: Why, as a code.
        message: Why, as the end of a sentence.
    """
    unknown = Unknown(reason=code, detail=f"it cannot be read: {message}")
    return {**dict.fromkeys(facts, unknown), "problem": code, "detail": message}


def swapped(certificate: TlsItem | None, key: TlsItem | None) -> bool:
    """Whether the file of the key was given for the certificate, and the file of the certificate for the key.

    Args:
        certificate: What should hold the certificate.
        key: What should hold the key.
    """
    if certificate is None or key is None or certificate.later is not None or key.later is not None:
        return False
    from preflight.x509.material import MaterialProblem, read_certificates, read_private_key

    found = (read_certificates(certificate.material()), read_private_key(key.material()))
    codes = tuple(one.code if isinstance(one, MaterialProblem) else None for one in found)
    return codes == ("key_instead_of_certificate", "certificate_instead_of_key")


def _served(subject: Subject, context: Context) -> list[TlsItem]:
    """Return what a PostgreSQL server that the subject runs presents and trusts, as its command and configuration name it."""
    from preflight.resources._postgres_server import server_of

    server = server_of(subject, context)
    if server is None or server.setting("ssl").value == "off":
        return []
    found: list[TlsItem] = []
    for name, purpose in _SERVER_FILES.items():
        stated = server.setting(name)
        if not isinstance(stated.value, str) or not stated.value:
            continue
        path = server.absolute(stated.value)
        content = context.files.read_bytes(path)
        if isinstance(content, FileProblem):
            continue  # the rules about the server's files say so
        facts = file_facts(path, context)
        origin = stated.origin or subject.origin
        setting = Setting(name=f"{subject.name} ({name})", value=SecretText(path), origin=origin, via=stated.via)
        found.append(
            TlsItem(
                label=setting.name,
                setting=setting,
                purpose=purpose,
                client=False,
                libpq=False,
                group=_SERVED,
                path=path,
                file=facts["file"],
                facts=facts,
                content=content,
            )
        )
    return found


def _held(subject: Subject, context: Context, purpose: str) -> Iterator[TlsItem]:
    for one in tls_settings(subject, context, purpose):
        setting = one.setting
        if setting.text is not None and is_pem_text(setting.text.strip()) and not one.revokes:
            yield TlsItem(
                label=setting.name,
                setting=setting,
                purpose=purpose,
                client=one.group is not None or _is_client(setting.name),
                libpq=one.libpq,
                group=one.group or _group(setting.name),
                text=SecretText(setting.text),
            )


def _group(name: str) -> str:
    return (
        f"trust {name}" if name in _TRUST_STORES else prefix_of(name, *_MARKS) + (" client" if _is_client(name) else "")
    )


def _is_client(name: str) -> bool:
    return not _CLIENTS.isdisjoint(tokens(name))
