from __future__ import annotations

import json
import math
import subprocess
import sys

import pytest
from support.report_cases import CASES

from preflight.renderers.json_text import render


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_report_is_written_as_json_itself_writes_it(case):
    assert render(CASES[case]) == json.dumps(CASES[case], indent=2)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="finite"):
        render({"a": [value]})


@pytest.mark.parametrize("value", [b"x", {1}, object(), 1j, range(2)])
def test_what_is_no_json_is_refused_by_its_type_only(value):
    with pytest.raises(TypeError) as bad:
        render({"a": value})
    assert str(bad.value) == f"{type(value).__name__} is no JSON"


@pytest.mark.parametrize("key", [None, 1, True, 1.5])
def test_a_name_that_is_no_text_is_refused(key):
    with pytest.raises(TypeError, match="is no name"):
        render({key: 1})


def test_kinds_of_numbers_are_written_as_numbers():
    class Code(int):
        def __repr__(self):
            return "<Code>"

    class Ratio(float):
        def __repr__(self):
            return "<Ratio>"

    value = {"int": Code(4), "float": Ratio(0.5), "tuple": (1, (), {})}
    assert render(value) == json.dumps(value, indent=2)


SCRIPT = """
import sys
if sys.argv[1] == "without":
    sys.modules["_json"] = None  # importing it fails, as on an interpreter that has none
from preflight.renderers.json_text import render
sys.stdout.write(render({"\\u00e4": ["\\ud800", "\\n", "\\x7f", 1.0, True, None, {}, []]}))
print(sorted(set(sys.modules) & {"json", "re"}), file=sys.stderr)
"""


def test_it_needs_neither_json_nor_the_c_module():
    with_c, without = (
        subprocess.run([sys.executable, "-I", "-c", SCRIPT, how], capture_output=True, text=True, check=True)
        for how in ("with", "without")
    )
    assert with_c.stdout == without.stdout
    assert with_c.stderr.strip() == "[]"
    assert without.stderr.strip() == "['json', 're']"
