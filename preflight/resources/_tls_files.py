"""Files of certificates and keys, from every setting and connection string that names one."""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.postgres.effective import ON_LIBPQ
from preflight.postgres.libpq import read_keywords
from preflight.postgres.names import FILE_ROLES, LIBPQ_PREFIX, role_of
from preflight.resources._files import file_facts, is_pem_text, path_of, unknown_file
from preflight.resources._url import parse_url
from preflight.resources._values import not_literal
from preflight.resources.base import once
from preflight.resources.postgres_client import clients

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from preflight.model.origin import Origin
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

# libpq's parameters (libpq manual, section 32.1.2), and the roles of everybody else's settings.
_PARAMETERS = {"certificate": ("sslcert",), "authority": ("sslrootcert", "sslcrl"), "key": ("sslkey",)}
_PURPOSES = {
    "tls_cert_file": "certificate",
    "tls_ca_file": "authority",
    "tls_key_file": "key",
    **{parameter: purpose for purpose, parameters in _PARAMETERS.items() for parameter in parameters},
}
_NO_PATH = frozenset({"system", ""})


class TlsSetting(Record):
    """A setting whose name says that it names or holds certificates or a key."""

    setting: Setting = field("The setting.")
    purpose: str = field("certificate, authority or key.")
    libpq: bool = field("Whether libpq reads it.")
    group: str | None = field("What of a database client it belongs to; None where it is no database client's.")
    revokes: bool = field("Whether it is a list of certificates that are revoked.")


class FoundFile(Record):
    """A file and the setting that names it."""

    label: str = field("How the report names it.")
    setting: Setting = field("The setting that names it.")
    purpose: str = field("certificate, authority or key.")
    client: bool = field("Whether libpq reads it, as a client.")
    group: str | None = field("What of a database client it belongs to; None where it is no database client's.")
    revokes: bool = field("Whether it is a list of certificates that are revoked.")
    facts: Any = field("Facts about the file, by name.")

    @property
    def origin(self) -> Origin:
        """The setting's place."""
        return self.setting.origin


def tls_files(subject: Subject, context: Context, purpose: str) -> Iterator[FoundFile]:
    """Yield the files of one purpose (certificate, authority or key) that a subject names.

    A setting that holds the PEM text itself names no file.
    """
    if not context.knows_paths:
        return
    for one in tls_settings(subject, context, purpose):
        found = _found(one, one.setting.name, one.setting.text, context)
        if found is not None:
            yield found
    for parameter in _PARAMETERS[purpose]:
        for setting, text in once(_with_parameters, subject, context):
            path = parameter_of(text, parameter) if parameter in text else ""
            named = TlsSetting(
                setting=setting,
                purpose=purpose,
                libpq=True,
                group=f"string {setting.name}",
                revokes=parameter == "sslcrl",
            )
            found = _found(named, f"{setting.name} ({parameter})", path, context) if path else None
            if found is not None:
                yield found


def tls_settings(subject: Subject, context: Context, purpose: str) -> list[TlsSetting]:
    """Return the settings of one purpose, in the order written: each by its role, and by its part in a database connection.

    The reader of PostgreSQL connections says which settings are a part of one (`DB_SSLROOTCERT`, `PGSSLKEY`), so that
    both recognise the same names.

    Args:
        subject: Has the settings.
        context: Knows roles by names.
        purpose: certificate, authority or key.
    """
    return [one for one in once(_tls_settings, subject, context) if one.purpose == purpose]


def _tls_settings(subject: Subject, context: Context) -> list[TlsSetting]:
    found: list[TlsSetting] = []
    on_libpq: frozenset[str] | None = None
    for name, setting in subject.settings.items():
        place = role_of(name)
        part = place if place is not None and place[1] in FILE_ROLES else None
        purpose = _PURPOSES.get(part[1] if part is not None else context.bindings.role(name) or "")
        if purpose is None:
            continue
        group, libpq = None, False
        if part is not None and part[0] == LIBPQ_PREFIX:
            group, libpq = "libpq", True
        elif part is not None:
            if on_libpq is None:
                on_libpq = _on_libpq(subject, context)
            group, libpq = f"{'_'.join(part[0]).upper()} client", name in on_libpq
        revokes = part is not None and part[1] == "sslcrl"
        found.append(TlsSetting(setting=setting, purpose=purpose, libpq=libpq, group=group, revokes=revokes))
    return found


def _on_libpq(subject: Subject, context: Context) -> frozenset[str]:
    """Return the names of the settings beside connections whose driver is built on libpq."""
    return frozenset(
        name for one in clients(subject, context) if one.found.driver in ON_LIBPQ for name in one.roles.values()
    )


def _with_parameters(subject: Subject, _context: Context) -> list[tuple[Setting, str]]:
    """Return the settings that can be connection strings with a parameter of libpq about TLS: of most subjects, none."""
    texts = ((setting, setting.text) for setting in subject.settings.values())
    return [(setting, text) for setting, text in texts if text is not None and "ssl" in text]


def _found(one: TlsSetting, label: str, text: str | None, context: Context) -> FoundFile | None:
    setting = one.setting
    if not setting.is_set:
        return None
    other = not_literal(setting)
    path = path_of(text or "")
    if other is None and (path in _NO_PATH or is_pem_text(path)):
        return None
    return FoundFile(
        label=label,
        setting=setting,
        purpose=one.purpose,
        client=one.libpq,
        group=one.group,
        revokes=one.revokes,
        facts=unknown_file(other) if other is not None else file_facts(path, context),
    )


def parameter_of(text: str, name: str) -> str:
    """Return what is given in a connection string: a URI's parameter, or `name=value` of libpq's keyword form."""
    if "://" in text:
        url = parse_url(text)
        return url.query.get(name, "") if url is not None else ""
    return read_keywords(text).values.get(name, "")
