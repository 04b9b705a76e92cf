"""Files of certificates and keys, from every setting and connection string that names one."""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.resources._files import file_facts, is_pem_text, path_of, unknown_file
from preflight.resources._url import parse_url
from preflight.resources._values import not_literal, with_role
from preflight.resources.base import once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from preflight.model.origin import Origin
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

# libpq's environment variables, and the URI parameters of the same meaning (libpq manual, sections 32.1.2 and 32.15).
_LIBPQ = {
    "certificate": (("PGSSLCERT", "sslcert"),),
    "authority": (("PGSSLROOTCERT", "sslrootcert"), ("PGSSLCRL", "sslcrl")),
    "key": (("PGSSLKEY", "sslkey"),),
}
_ROLES = {"certificate": "tls_cert_file", "authority": "tls_ca_file", "key": "tls_key_file"}
_NO_PATH = frozenset({"system", ""})


class FoundFile(Record):
    """A file and the setting that names it."""

    label: str = field("How the report names it.")
    setting: Setting = field("The setting that names it.")
    purpose: str = field("certificate, authority or key.")
    client: bool = field("Whether libpq reads it, as a client.")
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
    for setting in with_role(subject, context.bindings, _ROLES[purpose]):
        found = _found(setting, setting.name, setting.text, purpose, context, client=False)
        if found is not None:
            yield found
    for variable, parameter in _LIBPQ[purpose]:
        setting_or_none = subject.settings.get(variable)
        if setting_or_none is not None:
            found = _found(setting_or_none, variable, setting_or_none.text, purpose, context, client=True)
            if found is not None:
                yield found
        for setting, text in once(_with_parameters, subject, context):
            if f"{parameter}=" not in text:
                continue
            path = parameter_of(text, parameter)
            found = (
                _found(setting, f"{setting.name} ({parameter})", path, purpose, context, client=True) if path else None
            )
            if found is not None:
                yield found


def _with_parameters(subject: Subject, _context: Context) -> list[tuple[Setting, str]]:
    """Return the settings that can be connection strings with a parameter of libpq about TLS: of most subjects, none."""
    texts = ((setting, setting.text) for setting in subject.settings.values())
    return [(setting, text) for setting, text in texts if text is not None and "ssl" in text]


def _found(
    setting: Setting, label: str, text: str | None, purpose: str, context: Context, *, client: bool
) -> FoundFile | None:
    if not setting.is_set:
        return None
    other = not_literal(setting)
    if other is not None:
        return FoundFile(label=label, setting=setting, purpose=purpose, client=client, facts=unknown_file(other))
    path = path_of(text or "")
    if path in _NO_PATH or is_pem_text(path):
        return None
    return FoundFile(label=label, setting=setting, purpose=purpose, client=client, facts=file_facts(path, context))


def parameter_of(text: str, name: str) -> str:
    """Return what is given in a connection string: a URI's parameter, or `name=value` of libpq's keyword form."""
    if "://" in text:
        url = parse_url(text)
        return url.query.get(name, "") if url is not None else ""
    value = ""
    for word in text.split():
        key, equals, rest = word.partition("=")
        if equals and key == name:
            value = rest.strip("'")
    return value
