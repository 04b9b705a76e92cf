"""docs/certificates.md: its commands can be typed, its codes and metrics exist, its timeline is what is drawn."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from support import pki

from preflight.certificates.document import document
from preflight.certificates.inspect import inspect
from preflight.cli.parser import build_parser
from preflight.probes import files
from preflight.renderers.certificates.openmetrics import render
from preflight.x509 import advice, chain, material

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/certificates.md").read_text(encoding="utf-8")
COMMANDS = re.findall(
    r"preflight certs (?:create|inspect)[^`|#\n]*", "\n".join(re.findall(r"```c\w+\n(.*?)```", PAGE, re.DOTALL))
)


@pytest.mark.parametrize("command", COMMANDS)
def test_its_commands_can_be_typed(command):
    options = build_parser().parse_args(shlex.split(command)[1:])
    assert options.action in {"create", "inspect"}


def test_it_shows_commands():
    assert len(COMMANDS) >= 6


def test_its_metrics_are_those_that_are_written(tmp_path):
    text = render(document(inspect([str(tmp_path)], pki.NOW)))
    written = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    assert set(re.findall(r"preflight_(?:certificate|inspect)_\w+", PAGE)) == written


def test_its_alert_rules_are_yaml_with_what_prometheus_asks_for():
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (group,) = yaml.safe_load(block)["groups"]
    for rule in group["rules"]:
        assert {"alert", "expr"} <= rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}


def test_its_timeline_is_what_is_drawn():
    golden = ROOT / "tests/unit/renderers/expected_certificates/states.100.unicode.txt"
    drawn = golden.read_text(encoding="utf-8")
    (block,) = re.findall(r"```text\n(TIMELINE.*?)```", PAGE, re.DOTALL)
    assert block in drawn


def test_its_codes_exist():
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "preflight/certificates").glob("*.py"))
    known = {
        *chain.REASONS,
        *material.PROBLEMS,
        *files.PROBLEMS,
        *advice.ADVICE,
        *re.findall(r'"([a-z0-9_]+)"', source),
    }
    (table,) = re.findall(r"\| level \| codes \|\n\|---\|---\|\n(.*?)\n\n", PAGE, re.DOTALL)
    codes = set(re.findall(r"`([a-z0-9_]+)`", table))
    assert len(codes) > 40
    assert codes <= known
