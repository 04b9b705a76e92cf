"""Running the gate inside the test process."""

from __future__ import annotations

import io

from preflight.cli.logs import log_report
from preflight.gate.report import build
from preflight.gate.request import Request
from preflight.gate.run import Run
from preflight.packs.library import Changes
from preflight.probes.clock import Clock
from preflight.probes.files import FileProbe
from preflight.probes.git import GitProbe
from preflight.renderers import render


class StoppedClock(Clock):
    """A time that stands still, so that reports can be compared byte by byte."""

    def now(self):
        return 1_736_935_200.0

    def monotonic(self):
        return 0.0


def judge(folder=".", **changes):
    """Return the report of a run."""
    values = {
        "folder": str(folder), "stage": "start", "process": {}, "home": {}, "bindings": {}, "changes": Changes(parameters={}), "in_container": False,
        "files": FileProbe(str(folder)), "git": GitProbe({}, str(folder)), "clock": StoppedClock(), **changes,
    }  # fmt: skip
    return build(Run(Request(**values)).outcome())


def every_output(report):
    """Return everything a report can become, as one text."""
    log = io.StringIO()
    log_report(report, level="info", stream=log)
    return "\n".join(
        [
            render(report, "json"),
            render(report, "text", width=120, colour=False, verbose=True),
            render(report, "text", width=80, colour=True, verbose=True),
            log.getvalue(),
        ]
    )
