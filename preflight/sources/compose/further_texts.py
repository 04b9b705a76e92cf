"""Texts of a service that are neither settings nor commands and may hold secrets, and the hooks of its life.

Options of volumes, of log drivers, of providers and of build caches, the content of configs, Dockerfiles within the Compose file,
contexts of builds, annotations, what is run where a watched file changes (Compose specification, "volumes", "logging", "provider",
"configs", "build", "develop", "post_start", "pre_stop").
"""

from __future__ import annotations

from preflight.model.secret_text import SecretText
from preflight.model.service import FurtherText, Hook
from preflight.model.setting import Setting
from preflight.sources.names import presentable, presentable_variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.origin import Origin
    from preflight.sources.compose.model import ComposeProject, ComposeService
    from preflight.sources.compose.tree import Node

_HOOKS = ("post_start", "pre_stop")
_OPTIONS = "o"  # of the local driver: those of mount(8), between commas


def presentable_setting(setting: Setting) -> Setting:
    """Return a setting whose variables have names that can be shown: `$word` in `pa$word` is the end of a password.

    Args:
        setting: The setting.
    """
    if setting.written is None and setting.value is not None and setting.origin.line is not None:
        # From an env file, where the second line of a pasted secret stands like a name.
        name = presentable(setting.name, setting.origin.line, assigned=True)
        if name != setting.name:
            return setting.replace(name=name, origin=setting.origin.replace(setting=name))
    if not setting.references and not setting.blanked_by:
        return setting
    text = setting.written.reveal() if setting.written is not None else None
    line = setting.origin.line or 0

    def shown(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            name
            if name == setting.name  # passed through by its name alone
            else presentable(name, line, assigned=False)
            if text is None
            else presentable_variable(name, text)
            for name in names
        )

    changed: Setting = setting.replace(references=shown(setting.references), blanked_by=shown(setting.blanked_by))
    return changed


def below(tree: Node, *path: str) -> Node | None:
    """Return what lies below a node by the names that lead there, or None.

    Args:
        tree: The node.
        path: The names.
    """
    node: Node | None = tree
    for name in path:
        node = node.child(name) if node is not None else None
    return node


def texts(node: Node | None, name: str) -> Iterator[Setting]:
    """Yield the texts of a command: a list's elements, or the one text that was split into words.

    Args:
        node: The command.
        name: What to call each text.
    """
    if node is None or not isinstance(node.value, list):
        return
    if isinstance(node.written, str):  # written as one text; its own places are those of the text
        yield text(node, name, node.written, node.origin())
        return
    for item in node.value[1:] if name == "healthcheck" else node.value:  # `CMD` or `CMD-SHELL` stands first there
        if isinstance(item.value, str):
            yield text(item, name, item.value, item.origin())


def pairs(node: Node | None) -> Iterator[Setting]:
    """Yield the entries of a mapping that have a value.

    Args:
        node: The mapping.
    """
    if node is None or not isinstance(node.value, dict):
        return
    for name, child in node.value.items():
        if isinstance(child.value, str):
            yield text(child, name, child.value, node.key_origin(name))


def text(node: Node, name: str, value: str, origin: Origin) -> Setting:
    """Return a text with what interpolation did to it.

    Args:
        node: Where it stands.
        name: What to call it.
        value: The text.
        origin: Its place.
    """
    trace = node.trace
    if trace is None:
        plain = SecretText(value)
        return Setting(name=name, value=plain, origin=origin, written=plain)
    return presentable_setting(
        Setting(
            name=name,
            value=SecretText(value),
            origin=origin,
            via=trace.via,
            references=trace.names,
            written=SecretText(trace.written),
            blanked_by=trace.blanked,
        )
    )


def further_texts(service: ComposeService, project: ComposeProject) -> tuple[FurtherText, ...]:
    """Return the further texts of a service that may hold secrets.

    Args:
        service: The service.
        project: Its project, with the volumes and configs.
    """
    tree = service.tree
    found = [FurtherText(place="annotation", form="value", setting=one) for one in pairs(tree.child("annotations"))]
    options = pairs(below(tree, "logging", "options"))
    found += [FurtherText(place="logging", form="value", setting=one) for one in options]
    found += [FurtherText(place="provider", form="value", setting=one) for one in _of_provider(tree)]
    found += _of_watch(tree)
    build = tree.child("build")
    if build is not None and isinstance(build.value, dict):
        found += _of_build(build)
    for name in dict.fromkeys(mount.source for mount in service.mounts if mount.type == "volume" and mount.source):
        for setting in pairs(below(project.tree, "volumes", name, "driver_opts")):
            form = "options" if setting.name == _OPTIONS else "value"
            found.append(FurtherText(place="volume", form=form, owner=name, setting=setting))  # type: ignore[arg-type]  # one of its words
    for name in dict.fromkeys(grant.source for grant in service.configs):
        source = project.configs.get(name)
        content = below(project.tree, "configs", name, "content")
        if source is not None and source.kind == "content" and content is not None and isinstance(content.value, str):
            setting = text(content, name, content.value, content.origin())
            found.append(FurtherText(place="config", form="content", owner=name, setting=setting))
    return tuple(found)


def _of_provider(tree: Node) -> Iterator[Setting]:
    """Yield the options of a provider: each is a text, or a list of them."""
    options = below(tree, "provider", "options")
    yield from pairs(options)
    for name, child in options.value.items() if options is not None and isinstance(options.value, dict) else ():
        for item in child.value if isinstance(child.value, list) else ():
            if isinstance(item.value, str):
                yield text(item, name, item.value, item.origin())


def _of_watch(tree: Node) -> Iterator[FurtherText]:
    """Yield what stands in the commands that are run in the container where a watched file changes."""
    watch = below(tree, "develop", "watch")
    for rule in watch.value if watch is not None and isinstance(watch.value, list) else ():
        ran = rule.child("exec")
        if ran is None or not isinstance(ran.value, dict):
            continue
        for setting in (*pairs(ran.child("environment")), *_assigned(ran.child("environment"))):
            yield FurtherText(place="environment", form="value", owner="of develop.watch", setting=setting)
        command = ran.child("command")
        for item in command.value if command is not None and isinstance(command.value, list) else (command,):
            if item is not None and isinstance(item.value, str):
                setting = text(item, "develop.watch", item.value, item.origin())
                yield FurtherText(place="command", form="command", setting=setting)


def _assigned(node: Node | None) -> Iterator[Setting]:
    """Yield the entries of a list of `NAME=value`."""
    for item in node.value if node is not None and isinstance(node.value, list) else ():
        name, equals, value = item.value.partition("=") if isinstance(item.value, str) else ("", "", "")
        if equals:
            yield text(item, name, value, item.origin())


def _of_build(build: Node) -> Iterator[FurtherText]:
    for name in ("context", "dockerfile_inline"):
        child = build.child(name)
        if child is not None and isinstance(child.value, str):
            setting = text(child, name, child.value, build.key_origin(name))
            if name == "context":
                yield FurtherText(place="build_context", form="url", setting=setting)
            else:
                yield FurtherText(place="build_argument", form="dockerfile", setting=setting)
    for setting in pairs(build.child("additional_contexts")):
        yield FurtherText(place="build_context", form="url", setting=setting)
    for name in ("cache_from", "cache_to"):
        for setting in texts(build.child(name), name):
            yield FurtherText(place="build_context", form="options", setting=setting)


def hooks(service: ComposeService) -> Iterator[Hook]:
    """Yield what is run in a service's container after its start and before its end.

    Args:
        service: The service.
    """
    for name in _HOOKS:
        node = service.tree.child(name)
        for item in node.value if node is not None and isinstance(node.value, list) else ():
            privileged, user = item.child("privileged"), item.child("user")
            yield Hook(
                name=name,
                privileged=privileged is not None and privileged.value is True,
                user=user.value if user is not None and isinstance(user.value, str) else None,
                environment=tuple(pairs(item.child("environment"))),
                texts=tuple(texts(item.child("command"), name)),
                origin=item.origin(),
                places={key: item.key_origin(key) for key in item.value},
            )
