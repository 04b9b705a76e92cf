"""What Docker, the process or an env file's reader really sees: every subject with its settings, resolved and redacted."""

from __future__ import annotations

from preflight.bindings import Bindings
from preflight.gate.inputs import Inputs
from preflight.gate.report import origin_dict
from preflight.model.digest import KeyedDigest
from preflight.model.secret_text import SecretText
from preflight.model.setting import Reference
from preflight.probes.container_files import files_of
from preflight.resources._redaction import Redaction
from preflight.sources.secret_files import with_secret_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from preflight.gate.request import Request
    from preflight.model.service import Service
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject


def resolved(request: Request) -> dict[str, Any]:
    """Read the inputs of a run and return what they come to, without a secret.

    Args:
        request: What to read.

    Returns:
        `inputs`, `problems`, `notes` and `subjects` as plain data; origins as the report writes them.
    """
    inputs = Inputs(request)
    bindings = Bindings(request.bindings, request.not_secret)
    inputs.read(bindings, KeyedDigest())
    bindings = inputs.bindings(bindings)
    subjects = [
        with_secret_files(subject, bindings, files_of(subject, request.files), deferred=request.defer_paths)
        for subject in inputs.subjects
    ]
    redaction = Redaction(bindings, (setting for subject in subjects for setting in subject.settings.values()))
    return {
        "inputs": [{"kind": one.kind, "path": one.path} for one in inputs.read_inputs],
        "problems": [
            {"code": one.code, "message": one.message, "hint": one.hint, "origin": origin_dict(one.origin)}
            for one in inputs.problems
        ],
        "notes": inputs.notes,
        "subjects": [_subject(subject, redaction) for subject in subjects],
    }


def _subject(subject: Subject, redaction: Redaction) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": subject.id,
        "kind": subject.kind,
        "name": subject.name,
        "origin": origin_dict(subject.origin),
    }
    if subject.service is not None:
        row |= _service(subject.service, redaction)
    row["env_files"] = [file.path for file in subject.env_files]
    row["settings"] = [_setting(setting, redaction) for setting in subject.settings.values()]
    return row


def _setting(setting: Setting, redaction: Redaction) -> dict[str, Any]:
    row: dict[str, Any] = {"name": setting.name, "state": "set", "value": None}
    value = setting.value
    if value is None:
        row["state"] = "unset"
    elif isinstance(value, SecretText):
        shown = redaction.setting(setting) if value else ""
        row |= {"state": "set" if value else "empty", "value": shown, "redacted": shown is None}
    elif isinstance(value, Reference):
        row |= {"state": "reference", "reference": f"{value.kind.replace('_', ' ')} {value.target}"}
    else:
        row |= {"state": "unreadable", "detail": value.detail}
    row["origin"] = origin_dict(setting.origin)
    if setting.via:
        row["via"] = [origin_dict(origin) for origin in setting.via]
    if setting.blanked_by:
        row["blanked_by"] = list(setting.blanked_by)
    return row


def _service(service: Service, redaction: Redaction) -> dict[str, Any]:
    return {
        "image": service.image,
        "command": None if service.command is None else redaction.words(service.command),
        "entrypoint": None if service.entrypoint is None else redaction.words(service.entrypoint),
        "user": service.user,
        "network_mode": service.network_mode,
        "networks": [network.name for network in service.networks],
        "ports": [
            {
                "address": port.host_ip,
                "published": port.published,
                "target": port.target,
                "protocol": port.protocol,
                "origin": origin_dict(port.origin),
                **({"via": [origin_dict(origin) for origin in port.via]} if port.via else {}),
            }
            for port in service.ports
        ],
        "files": [
            {
                "path": place.target,
                "from": place.shown,
                "read_only": place.read_only,
                "here": place.source is not None or place.content is not None,
                "origin": origin_dict(place.origin),
            }
            for place in service.files
        ],
        "depends_on": [{"service": one.service, "condition": one.condition} for one in service.depends_on],
    }
