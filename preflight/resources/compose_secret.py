"""Secrets of a Compose service, by how each is given to it: in plain text, by a default, a variable or a file.

What counts is the text of the Compose file before variables are put in (Compose specification, "Interpolation" and "Secrets").
"""

from __future__ import annotations

from preflight.bindings import SECRET_ROLES
from preflight.bindings.tokens import tokens
from preflight.model.record import field
from preflight.model.secret_text import SecretText
from preflight.model.setting import Reference
from preflight.resources._commands import secrets_in
from preflight.resources._embedded import is_named
from preflight.resources._files import FileResource, file_facts
from preflight.resources._further_secrets import assignments, in_content, in_dockerfile, in_options, in_url, in_value
from preflight.resources._given import GIVEN, given_by, issued, password_of, whole
from preflight.resources._images import file_form
from preflight.resources._values import STATES, state_of
from preflight.resources._written import mark, shown_variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from preflight.model.fact import Fact
    from preflight.model.service import ContentSource, FurtherText, Grant, Service
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources._commands import FoundOption
    from preflight.resources.base import Context

_PLACES = (
    "environment", "command", "entrypoint", "healthcheck", "build_argument", "build_context", "label", "annotation", "secret",
    "config", "logging", "volume", "provider",
)  # fmt: skip
_ARGUMENTS = frozenset(
    (word,) for word in ("opts", "options", "args", "arguments", "flags", "params", "command", "cmd")
)
# Names that front-end build tools compile into what every browser is given.
_PUBLIC_PREFIXES = (
    "VITE_",
    "REACT_APP_",
    "NEXT_PUBLIC_",
    "NUXT_PUBLIC_",
    "EXPO_PUBLIC_",
    "GATSBY_",
    "VUE_APP_",
    "PUBLIC_",
)


class ComposeSecret(FileResource):
    """One secret that a service is given.

    The facts about a file are those of a file below `secrets:`; what a `NAME_FILE` names is a `secret_file`.
    """

    place: Fact[str] = field("Where it stands in the Compose file.", choices=_PLACES)
    given: Fact[str] = field(
        "How it is given: in plain text, by a variable with a default in plain text, by a text and variables together, by a variable, "
        "by one that must be set, passed through by name alone, by an env file, by a file, by Docker or a driver, by a reference "
        "that something else resolves, not at all, or not yet: the service names the file of a secret that it is not granted.",
        choices=GIVEN,
    )
    role: Fact[str] = field(
        "What it is for; absent where only its place tells that it is a secret.", choices=SECRET_ROLES
    )
    state: Fact[str] = field("Whether it has a value.", choices=STATES)
    connection_string: Fact[bool] = field("Whether it is the password inside a connection string.")
    variables: Fact[tuple[str, ...]] = field("Variables that it comes from.")
    file_form: Fact[str] = field("The variable under which its image takes it as a file; absent where none is known.")
    read_by: Fact[tuple[str, ...]] = field("Settings of the service that name its file.")
    source: Fact[str] = field("Its name below `secrets:`; absent for what does not stand there.")


RESOURCE = ComposeSecret

_SECRET_FOLDERS = ("/run/secrets", "/var/run/secrets")  # the second is a link to the first in most images
_FILE_FACTS = tuple(
    name for name in FileResource.fields() if name not in {"name", "origin", "via"}
)  # absent for what is no file


def collect(subject: Subject, context: Context) -> Iterator[ComposeSecret]:
    """Collect the secrets of a service; other subjects have none."""
    service = subject.service
    if service is None:
        return
    env_files = {file.path for file in subject.env_files}
    for setting in subject.settings.values():
        found = _of_setting(setting, "environment", context, env_files)
        if found is not None:
            yield found.replace(file_form=file_form(service.image, setting.name))
        if _may_hold_others(found):
            yield from _within(setting, "environment", setting.name, context)
    for text in service.build_args:
        if not text.name.startswith(_PUBLIC_PREFIXES):
            yield from _of_value(text, "build_argument", context)
    for text in service.labels:
        yield from _of_value(text, "label", context)
    for place in ("command", "entrypoint", "healthcheck") if service.texts else ():
        texts = tuple(text for text in service.texts if text.name == place)
        if texts:
            yield from _of_texts(texts, place, place, context)
    yield from _elsewhere(service, context)
    for grant in service.secrets:
        yield _of_grant(grant, service.contents.get(grant.source), subject, context)
    yield from _not_granted(service, subject, context)


def _elsewhere(service: Service, context: Context) -> Iterator[ComposeSecret]:
    for hook in service.hooks:
        for setting in hook.environment:
            for found in _of_value(setting, "environment", context):
                yield found.replace(name=f"{found.name} ({hook.name})")
        yield from _of_texts(hook.texts, "command", hook.name, context)
    for further in service.further_texts:
        yield from _of_further(further, context)


def _of_value(setting: Setting, place: str, context: Context) -> Iterator[ComposeSecret]:
    """Yield the secret that a value is, or those that stand in it."""
    found = _of_setting(setting, place, context)
    if found is not None:
        yield found
    if _may_hold_others(found):
        yield from _within(setting, place, _label(setting.name, place, embedded=False), context)


def _may_hold_others(found: ComposeSecret | None) -> bool:
    return found is None or (found.connection_string is True and found.given not in {"literal", "default"})


def _within(setting: Setting, place: str, name: str, context: Context) -> Iterator[ComposeSecret]:
    """Yield the secrets that stand in a value that is none as a whole, as it is written in the Compose file."""
    if setting.path is not None:
        return
    if tokens(setting.name)[-1:] in _ARGUMENTS:
        yield from _of_texts((setting,), place, name, context)
        return
    if setting.written is None:
        return
    written = setting.written.reveal().removeprefix(f"{setting.name}=")
    if len(written) < _SHORTEST or written.isalnum():
        return
    if "=" not in written and ":" not in written and '"' not in written and "-" not in written and "_" not in written:
        return  # one of them stands in each form in which a text holds a secret
    if (written.startswith("-") or " -" in written) and "\n" not in written and not written.startswith("-----BEGIN"):
        yield from _of_texts((setting,), place, name, context)
        return
    for one in in_value(setting.name, written, context.bindings):
        yield _of_found(one, setting, place, name)


_SHORTEST = 5  # characters: `pw=ab`


def _of_setting(
    setting: Setting, place: str, context: Context, env_files: set[str] | frozenset[str] = frozenset()
) -> ComposeSecret | None:
    name, text = setting.name, setting.text
    secret = is_named(name, context.bindings, text) or (text is not None and issued(text))
    written = setting.written.reveal().removeprefix(f"{name}=") if setting.written is not None else None
    if not secret and not (_may_hold(text) or (written is not None and written != text and _may_hold(written))):
        return None
    part = whole if secret else password_of
    value = part(text) if text is not None else None
    if setting.path is not None:
        given: str | None = "file"
    elif isinstance(setting.value, Reference):
        given = "reference"
    elif written == name and setting.references:
        given = "passed" if value is not None else None
    elif written is not None:
        given = given_by(written, part, cut=bool(setting.blanked_by), by_shell=False)
    elif value is None:
        given = None
    else:
        given = "env_file" if setting.origin.file in env_files else "passed"
    if given is None:
        return None
    return ComposeSecret(
        name=_label(name, place, embedded=not secret),
        origin=setting.origin,
        via=setting.via,
        place=place,
        given=given,
        role=context.bindings.role(name) if secret else None,
        state=state_of(setting) if secret or not value else "set",
        connection_string=not secret,
        variables=_variables(setting) or None,
        file_form=None,
        read_by=(),
        source=None,
        **dict.fromkeys(_FILE_FACTS),
    )


def _may_hold(text: str | None) -> bool:
    """Whether a text that is no secret may hold a password: a cheap look before the long one."""
    return text is not None and ("://" in text or "@" in text or ("=" in text and "p" in text.lower()))


def _label(name: str, place: str, *, embedded: bool) -> str:
    if place == "environment":
        return f"{name} (password)" if embedded else name
    return f"{name} ({place.replace('_', ' ')}{', password' if embedded else ''})"


def _of_texts(texts: tuple[Setting, ...], place: str, name: str, context: Context) -> Iterator[ComposeSecret]:
    """Yield the secrets in the words of a command, or of a setting that holds arguments (`JAVA_OPTS`)."""
    having: set[str] | None = None
    for found in secrets_in(texts, context.bindings):
        text = texts[found.text]
        if found.given == "variable" and having is None:
            resolved = secrets_in(texts, context.bindings, resolved=True)
            having = {one.label for one in resolved if one.given != "nothing"}
        blanked = tuple(name for name in text.blanked_by if name in found.variables)
        empty = found.given == "variable" and (
            bool(blanked) or (found.label not in (having or ()) and (not found.inner or _came_out_empty(text)))
        )
        variables = blanked or found.variables
        yield _of_found(found, text, place, name).replace(
            state="empty" if empty else "set", variables=variables or None
        )


def _came_out_empty(text: Setting) -> bool:
    """Whether nothing took the place of a text's variables: what did may make the rest look like something else."""
    marked = mark(text.written.reveal()) if text.written is not None else None
    rest = "".join(letter for letter in marked.text if letter not in marked.variables) if marked is not None else None
    return rest == text.text


def _of_found(found: FoundOption, text: Setting, place: str, name: str) -> ComposeSecret:
    return ComposeSecret(
        name=f"{name}, {found.label}",
        origin=text.origin,
        via=text.via,
        place=place,
        given=found.given,
        role=None,
        state="set",
        connection_string=found.label == "a URL",
        variables=found.variables or None,
        file_form=None,
        read_by=(),
        source=None,
        **dict.fromkeys(_FILE_FACTS),
    )


def _of_further(further: FurtherText, context: Context) -> Iterator[ComposeSecret]:
    setting, place = further.setting, further.place
    written = setting.written.reveal() if setting.written is not None else ""
    owner = f"{place} {further.owner}" if further.owner else setting.name
    if further.form == "value":
        for found in _of_value(setting, place, context):
            inner = found.name.partition(", ")[2] if found.connection_string is not True else ""
            shown = f"{owner}, {setting.name}" + (f", {inner}" if inner else "")
            yield found.replace(name=shown) if further.owner else found
    elif further.form == "command":
        yield from _of_texts((setting,), place, owner, context)
    elif further.form == "dockerfile":
        yield from _of_dockerfile(setting, written, context)
    else:
        several = (
            in_url(written)
            if further.form == "url"
            else in_options(written, context.bindings)
            if further.form == "options"
            else in_content(written, context.bindings)
        )
        for one in several:
            yield _of_found(one, setting, place, owner)


def _of_dockerfile(setting: Setting, written: str, context: Context) -> Iterator[ComposeSecret]:
    """Yield the secrets in the instructions of a Dockerfile: `docker history` shows them all."""
    for instruction, arguments in in_dockerfile(written):
        text = setting.replace(value=SecretText(arguments), written=SecretText(arguments), references=(), blanked_by=())
        if instruction not in {"ENV", "ARG", "LABEL"}:
            yield from _of_texts((text,), "build_argument", setting.name, context)
            continue
        for name, value in assignments(arguments):
            bare = SecretText(value.strip("\"'"))
            for found in _of_value(text.replace(name=name, value=bare, written=bare), "build_argument", context):
                base, _, inner = found.name.partition(" (build argument")
                inner = inner.lstrip("), ").removesuffix(")") if ", " in inner and not found.connection_string else ""
                yield found.replace(name=f"{setting.name}, {instruction} {base}" + (f", {inner}" if inner else ""))


def _variables(text: Setting) -> tuple[str, ...]:
    return shown_variables(text.written.reveal()) if text.written is not None else ()


def _not_granted(service: Service, subject: Subject, context: Context) -> Iterator[ComposeSecret]:
    """Yield the secrets of the project whose file a setting names, though Compose mounts it for services with a grant only."""
    granted = {grant.source for grant in service.secrets}
    for setting in subject.settings.values():
        text = setting.text
        if not text or text[0] != "/":
            continue
        folder, _, source = text.rpartition("/")
        path = f"{folder}/{source}"
        if (
            folder not in _SECRET_FOLDERS
            or setting.path is not None
            or source in granted
            or source not in service.contents
        ):
            continue
        if any(path == place.target or path.startswith(place.target.rstrip("/") + "/") for place in service.files):
            continue
        base = setting.name.removesuffix("_FILE")
        facts: dict[str, Any] = {**dict.fromkeys(_FILE_FACTS), "path": path}
        yield ComposeSecret(
            # The file of a secret has the secret's name, so that what else is asked of it waits for the grant.
            name=base if context.bindings.is_secret(base) else setting.name,
            origin=setting.origin,
            via=(*setting.via, service.contents[source].origin),
            place="secret",
            given="not_granted",
            role=None,
            state="unset",
            connection_string=False,
            variables=None,
            file_form=None,
            read_by=(setting.name,),
            source=source,
            **facts,
        )


def _of_grant(grant: Grant, source: ContentSource | None, subject: Subject, context: Context) -> ComposeSecret:
    kind = source.kind if source is not None else "external"
    facts: dict[str, Any] = dict.fromkeys(_FILE_FACTS)
    if kind == "file":
        facts = file_facts(grant.target, context)
    state = "set"
    if kind == "environment" and source is not None:
        state = "unset" if source.content is None else "set" if source.content else "empty"
    elif kind in {"external", "driver"}:
        state = "reference"
    return ComposeSecret(
        name=grant.source,
        origin=grant.origin,
        via=(source.origin,) if source is not None else (),
        place="secret",
        given={"file": "file", "external": "external", "driver": "driver", "content": "literal"}.get(kind, "variable"),
        role=None,
        state=state,
        connection_string=False,
        variables=(source.variable,) if source is not None and source.variable is not None else None,
        file_form=None,
        source=grant.source,
        read_by=tuple(
            name for name, setting in subject.settings.items() if setting.path is None and setting.text == grant.target
        ),
        **facts,
    )
