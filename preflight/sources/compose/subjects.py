"""The services of a project as subjects, one for each."""

from __future__ import annotations

from preflight.model.subject import EnvFile, Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.sources.compose.model import ComposeProject


def subjects(project: ComposeProject) -> tuple[Subject, ...]:
    """Return the enabled services of a project as subjects.

    A setting without a value is none for the container, so it is left out of the subject's settings.
    """
    return tuple(
        Subject(
            kind="service",
            name=service.name,
            settings={name: setting for name, setting in service.environment.items() if setting.value is not None},
            origin=service.origin,
            env_files=tuple(EnvFile(path=use.name, dialect="compose") for use in service.env_files if use.found),
        )
        for service in project.services
    )
