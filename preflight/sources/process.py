"""The process environment: the only module that reads `os.environ`."""

from __future__ import annotations

import os

from preflight.model.origin import Origin
from preflight.model.secret_text import SecretText
from preflight.model.setting import Setting
from preflight.model.subject import Subject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OWN_PREFIX = "PREFLIGHT_"
_COERCED = frozenset({"C.UTF-8", "C.utf8", "UTF-8"})


def environment() -> dict[str, str]:
    """Return the process environment as it was given.

    Where no locale is set, CPython sets LC_CTYPE for itself before it runs anything (PEP 538); the service was not given it, so
    it is taken out again. What the process was given is in /proc/self/environ (proc(5)).
    """
    given = dict(os.environ)
    if given.get("LC_CTYPE") in _COERCED:
        try:
            with open("/proc/self/environ", "rb") as file:
                if b"\x00LC_CTYPE=" not in b"\x00" + file.read():
                    del given["LC_CTYPE"]
        except OSError:  # no /proc: it stays, as for every other Python program
            pass
    return given


def process_subject(
    variables: Mapping[str, str], beneath: Iterable[Subject] = (), *, files_win: bool = False
) -> Subject:
    """Return the process as a subject.

    Args:
        variables: The environment it starts with. Preflight's own `PREFLIGHT_*` variables are left out.
        beneath: Env files that the application itself will load; it sees one environment, so they are merged here.
        files_win: Whether a file's value replaces a variable's, as sourcing it in a shell does; otherwise variables win,
            as python-dotenv and Compose have it.
    """
    own = {
        name: Setting(name=name, value=SecretText(value), origin=Origin(setting=name))
        for name, value in sorted(variables.items())
        if not name.startswith(OWN_PREFIX)
    }
    files = list(beneath)
    merged: dict[str, Setting] = {}
    for layer in ([own] if files_win else []) + [dict(one.settings) for one in files] + ([] if files_win else [own]):
        merged.update(
            {name: setting for name, setting in layer.items() if setting.value is not None or name not in merged}
        )
    return Subject(
        kind="process", name="process", settings=merged, origin=Origin(),
        env_files=tuple(env_file for one in files for env_file in one.env_files),
    )  # fmt: skip
