"""The PostgreSQL server of a service, put together from its command, its configuration files and its image.

The command wins over `postgresql.auto.conf`, which wins over `postgresql.conf`. What lies in a volume or in the image is what the
image is documented to put there, where it is one of those; else it is known only where the service runs.
"""

from __future__ import annotations

import posixpath

from preflight.model.fact import Deferred, Unknown
from preflight.model.record import Record, field
from preflight.postgres.server_command import read_command
from preflight.postgres.server_images import bitnami_settings, official_settings, server_image
from preflight.postgres.server_settings import DEFAULTS, canonical, read_configuration
from preflight.resources._images import repository, tag
from preflight.resources._postgres_files import (
    IncludedFiles,
    ServerFile,
    extended,
    init_scripts,
    not_followed,
    place_of_word,
)
from preflight.resources.base import once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.model.fact import Fact
    from preflight.model.origin import Origin
    from preflight.model.service import Service
    from preflight.model.subject import Subject
    from preflight.postgres.server_command import CommandSetting, ServerCommand
    from preflight.postgres.server_images import ServerImage
    from preflight.postgres.server_settings import ConfigurationFile
    from preflight.resources.base import Context

_ROOT = "/var/lib/postgresql"
_USUAL_DATA = "/var/lib/postgresql/data"
_PORT = 5432
_BITNAMI_MOUNTED, _BITNAMI_OWN = "/bitnami/postgresql/conf", "/opt/bitnami/postgresql/conf"
_MADE = {"official": official_settings, "bitnami": bitnami_settings}
_EXTRA = "POSTGRESQL_EXTRA_FLAGS"  # more options, which Bitnami's scripts split as a shell does
_LATER = "known only where the service runs"


class Stated(Record):
    """What a setting comes to."""

    value: Fact[str] = field("Its value as the server shows it.")
    said: str = field("Who says so, with the place: to stand behind the value.")
    origin: Origin | None = field("Where it is written; None for a default.", default=None)
    via: tuple[Origin, ...] = field("Where its variables were set.", default=())


class Server:
    """A PostgreSQL server as it will run.

    Attributes:
        service: What the orchestrator runs.
        image: What its image is known for.
        command: What its command says.
        environment: Its variables that have a text.
        data: The folder of its database.
        configuration: Its `postgresql.conf`.
        access: Its `pg_hba.conf`.
        read: What its `postgresql.conf` says.
        altered: What its `postgresql.auto.conf` says, which ALTER SYSTEM writes.
        includes: Opens what its configuration files include.
    """

    def __init__(
        self, subject: Subject, service: Service, image: ServerImage, command: ServerCommand, context: Context
    ) -> None:
        """Read its files.

        Args:
            subject: The service with its settings.
            service: What the orchestrator runs.
            image: What its image is known for.
            command: What its command says.
            context: Looks at files.
        """
        self.service = service
        self.image = image
        self.command = command
        self.environment = {
            name: setting.text for name, setting in subject.settings.items() if setting.text is not None
        }
        self._subject = subject
        self._context = context
        self._scripts: str | None = None
        self._stated: dict[str, Stated] = {}
        folder = self.written("-D") or image.data_directory(self.environment) or _USUAL_DATA
        self.configuration = self._file("config_file", folder, "postgresql.conf")
        self.includes = IncludedFiles(context)
        if image.family == "bitnami" and self.configuration.made:
            self._extend()
        self.read = self._read(self.configuration)
        self.altered_file = ServerFile(posixpath.join(folder, "postgresql.auto.conf"), context, made_by_image=True)
        self.altered = self._read(self.altered_file)
        self.data = posixpath.join("/", self.text_of("data_directory") or folder)
        self.access = self._file("hba_file", folder, "pg_hba.conf")

    def written(self, name: str) -> str:
        """Return what the command says to a setting, empty where it says nothing.

        Args:
            name: The setting, in lower case, or `-D`.
        """
        stated = self.command.of(name)
        return (stated.value or "") if stated is not None else ""

    def _extend(self) -> None:
        """Take what is mounted into `conf.d`, which Bitnami's own configuration file includes at its end (its README)."""
        for folder in (_BITNAMI_MOUNTED, _BITNAMI_OWN):
            text = extended(folder, self.service, self._context)
            if text:
                self.configuration.path = posixpath.join(folder, "postgresql.conf")
                self.configuration.text = text
                return

    def _read(self, file: ServerFile) -> ConfigurationFile:
        return read_configuration(file.text or "", path=file.path, files=self.includes)

    def _file(self, name: str, folder: str, usual: str) -> ServerFile:
        """Read a file that a setting names, or that lies where the image makes it."""
        path = self.written(name) or (self.text_of(name) if name != "config_file" else "")
        if path:
            return ServerFile(
                posixpath.join("/", self.service.working_dir or "", path), self._context, made_by_image=False
            )
        if self.image.family == "bitnami":
            mounted = posixpath.join(_BITNAMI_MOUNTED, usual)
            here = self._context.files.inspect(mounted).exists
            return ServerFile(
                mounted if here else posixpath.join(_BITNAMI_OWN, usual), self._context, made_by_image=True
            )
        return ServerFile(posixpath.join(folder, usual), self._context, made_by_image=self.image.family == "official")

    # -- settings --------------------------------------------------------------------------------------------------

    def setting(self, name: str) -> Stated:
        """Return what a setting comes to.

        Args:
            name: The setting, in lower case.
        """
        if name not in self._stated:  # several collectors ask for the same few
            self._stated[name] = self._come_to(name)
        return self._stated[name]

    def _come_to(self, name: str) -> Stated:
        stated = self.command.of(name)
        if stated is not None:
            return self.of_command(stated)
        if not self.command.complete or self.command.starts != "server":
            detail = f"{name} may be set by what its command or entrypoint runs, {_LATER}"
            return Stated(value=Deferred(reason="command", detail=detail), said="by what its command runs")
        found = self._of_file(name, self.altered, self.altered_file) or self._of_file(
            name, self.read, self.configuration
        )
        return found or self._of_image(name) or self._by_default(name)

    def text_of(self, name: str) -> str:
        """Return a setting's text, empty where it has none or it is not known."""
        value = self.setting(name).value
        return value if isinstance(value, str) else ""

    def of_command(self, setting: CommandSetting) -> Stated:
        """Return what a setting of the command comes to.

        Args:
            setting: The setting.
        """
        text = place_of_word(self.service, setting.position, setting.written, self._context)
        origin = text.origin if text is not None else None
        flag = "" if setting.written.endswith("=") else f"by {setting.written} "
        said = f"{flag}in its command" + (f" at {origin}" if origin is not None else "")
        via = text.via if text is not None else ()
        value: Fact[str] = Deferred(
            reason="command", detail=f"the value of {setting.name} is known only to the shell that starts the server"
        )
        if setting.value is not None:
            value = self._checked(setting.name, setting.value, said)
        return Stated(value=value, said=said, origin=origin, via=via)

    def _of_file(self, name: str, read: ConfigurationFile, file: ServerFile) -> Stated | None:
        entry = read.of(name)
        unread = read.unread_after(entry)
        if unread is not None:
            place, what = unread
            return Stated(
                value=not_followed(file.at(place), what, f"it may set {name}"),
                said=f"in {file.shown}",
                origin=file.origin(place.line, included=place.file),
            )
        if entry is None:
            return None
        said = f"in {entry.file or file.shown}:{entry.line}"
        return Stated(
            value=self._checked(name, entry.value, said),
            said=said,
            origin=file.origin(entry.line, included=entry.file),
        )

    def _of_image(self, name: str) -> Stated | None:
        """Return what the image's scripts make of its variables."""
        make = _MADE.get(self.image.family) if self.configuration.made else None
        for made, value, variable in reversed(make(self.environment) if make is not None else ()):
            if made == name:
                setting = self._subject.settings.get(variable)
                if setting is None:
                    return Stated(value=value, said="by its image")
                said = f"by {variable} at {setting.origin}"
                return Stated(value=self._checked(name, value, said), said=said, origin=setting.origin, via=setting.via)
        return None

    def _by_default(self, name: str) -> Stated:
        if self.image.family == "other" and self.configuration.text is None and not self.written("config_file"):
            detail = f"{name} is settled in its image, {_LATER}"
            return Stated(value=Deferred(reason="image", detail=detail), said="by its image")
        if self.configuration.later is not None:
            return Stated(value=self.configuration.later, said=f"in {self.configuration.shown}")
        if self.configuration.made and self._altered_by_script(name):
            detail = f"a script in /docker-entrypoint-initdb.d changes the server's configuration, and may set {name}"
            return Stated(value=Deferred(reason="init_script", detail=detail), said="by a script")
        own = {
            "password_encryption": self.image.password_encryption,
            "ssl_min_protocol_version": self.image.ssl_min_protocol_version,
        }
        default = own.get(name) or DEFAULTS.get(name, "")
        return Stated(value=default, said="PostgreSQL's default, as nothing sets it")

    def _checked(self, name: str, value: str, said: str) -> Fact[str]:
        shown = canonical(name, value, major=self.image.major)
        if shown is not None:
            return shown
        return Unknown(reason="malformed", detail=f"{name} is set {said} to a value that PostgreSQL refuses")

    def _altered_by_script(self, name: str) -> bool:
        scripts = self.scripts()
        return (
            "postgresql.conf" in scripts
            or "postgresql.auto.conf" in scripts
            or ("alter system" in scripts and name in scripts)
        )

    def scripts(self) -> str:
        """Return the texts of the scripts that run when the database is new, in lower case."""
        if self._scripts is None:
            self._scripts = init_scripts(self.service, self._context)
        return self._scripts

    # -- its files -------------------------------------------------------------------------------------------------

    def absolute(self, path: str) -> str:
        """Return a path as the server opens it: relative ones start in its database's folder."""
        return posixpath.join(self.data, path)

    def user(self) -> int | None:
        """Return the user that the server runs as; None where that is not known here."""
        written = (self.service.user or "").partition(":")[0]
        if written in ("", "0", "root", "postgres"):  # the images' entrypoints switch from root to their own user
            return self.image.user
        return int(written) if written.isdecimal() else None

    def groups(self) -> tuple[int, ...]:
        """Return the groups of that user, as far as they are known here."""
        group = (self.service.user or "").partition(":")[2]
        numbers = [one for one in (group, *self.service.group_add) if one.isdecimal()]
        own = self.user()
        # In the images the user's own group has its number, and Bitnami's user is in root's.
        usual = (
            () if group or own is None or own != self.image.user else (0,) if self.image.family == "bitnami" else (own,)
        )
        return (*map(int, numbers), *usual)


def server_of(subject: Subject, context: Context) -> Server | None:
    """Return the PostgreSQL server that a subject runs, or None.

    Args:
        subject: The subject.
        context: Looks at files.
    """
    return once(_read_server, subject, context)


def _read_server(subject: Subject, context: Context) -> Server | None:
    service = subject.service
    if service is None:
        return None
    image = server_image(repository(service.image or ""), tag(service.image or ""))
    if service.built:
        image = image.replace(family="other", user=None)  # what is built from a folder can hold anything
    known = image.is_server or (service.built and any(_is_data(mount.target) for mount in service.mounts))
    entrypoint = [word.reveal() for word in service.entrypoint] if service.entrypoint else None
    command = [word.reveal() for word in service.command] if service.command else None
    words = (*(entrypoint or ()), *(command or ()))
    if not known and not any("postgres" in word or "postmaster" in word or word == "-c" for word in words):
        return None
    read = read_command(entrypoint, command, server_image=known)
    if read.starts == "other" or (read.starts == "script" and not _looks_like_server(service, named=image.is_server)):
        return None
    if not known and read.problems:
        return None
    if image.family == "bitnami" and _EXTRA in subject.settings:
        read = read.replace(complete=False)
    return Server(subject, service, image, read, context)


def _looks_like_server(service: Service, *, named: bool) -> bool:
    """Whether a service with a script of its own is rather a server than something beside one, such as a backup."""
    return named and (
        any(_is_data(mount.target) for mount in service.mounts) or any(port.target == _PORT for port in service.ports)
    )


def _is_data(target: str | None) -> bool:
    return target is not None and (target == _ROOT or target.startswith((_ROOT + "/", "/bitnami/postgresql")))
