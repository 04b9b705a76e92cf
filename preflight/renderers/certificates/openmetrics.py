"""Certificates as metrics: OpenMetrics 1.0 text that is Prometheus's text format 0.0.4, too.

The first is what scrapers negotiate, the second what node_exporter's textfile collector reads from `*.prom` files: there
`# UNIT` and `# EOF` are comments. Labels identify a certificate (file, subject, serial number); a file that holds the same
one twice gives one series, because a series may appear but once.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

_SECONDS = "_timestamp_seconds"


def render(inspection: Mapping[str, Any]) -> str:
    """Return the metrics.

    Args:
        inspection: Plain data in the shape of `schemas/certificates.schema.json`.
    """
    rows = [(file["path"], one) for file in inspection["files"] for one in file["certificates"]]
    summary = inspection["summary"]
    problems = sum(one["code"] in _LOOKING for one in inspection["findings"])
    lines = [
        *_family("certificate_not_after" + _SECONDS, "When the certificate expires.", _series(rows, lambda one: one["not_after_timestamp"])),
        *_family("certificate_not_before" + _SECONDS, "When the certificate becomes valid.", _series(rows, lambda one: one["not_before_timestamp"])),
        *_family(
            "certificate_verified",
            "Whether OpenSSL accepts the certificate and its chain to a trusted root (1) or not (0).",
            _series(rows, lambda one: int(one["chain"]["verified"])),
        ),
        *_family("inspect_errors", "Files and folders that could not be read or found.", [("", summary["unreadable"] + problems)]),
        *_family("inspect_failures", "Findings that make `preflight certs inspect` fail.", [("", summary["failures"])]),
        "# EOF",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


# What is said of places that were not looked at; of files that were, `unreadable` counts.
_LOOKING = frozenset({"missing", "too_deep", "too_many", "not_listable", "nothing_found"})


def _family(name: str, help_text: str, samples: Iterable[tuple[str, int]]) -> list[str]:
    full = f"preflight_{name}"
    lines = [f"# TYPE {full} gauge"]
    if full.endswith("_seconds"):
        lines.append(f"# UNIT {full} seconds")
    lines.append(f"# HELP {full} {help_text}")
    return [*lines, *(f"{full}{labels} {value}" for labels, value in samples)]


def _series(
    rows: Iterable[tuple[str, Mapping[str, Any]]], value: Callable[[Mapping[str, Any]], int]
) -> list[tuple[str, int]]:
    """Return one value for each set of labels: the lowest, where several have the same."""
    found: dict[str, int] = {}
    for path, one in rows:
        labels = "".join(
            (
                "{",
                f'path="{_escaped(path)}",subject="{_escaped(one["subject"])}",serial="{_escaped(one["serial"])}"',
                "}",
            )
        )
        found[labels] = min(found.get(labels, value(one)), value(one))
    return list(found.items())


def _escaped(text: str) -> str:
    r"""Escape a label's value: backslash, quote and line feed. Bytes that are no UTF-8 are written out as `\xff`."""
    valid = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return valid.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
