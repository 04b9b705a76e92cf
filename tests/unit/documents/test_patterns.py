from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from preflight.documents.patterns import KEBAB, SECONDS, SNAKE, matches

TEXTS = st.text("ab1_-.sm\nAé²", max_size=8)


@pytest.mark.parametrize("pattern", [KEBAB, SNAKE, SECONDS, r"^0[0-7]{3}$"])
@given(text=TEXTS)
@example(text="a-b1")
@example(text="a_b1")
@example(text="a--b")
@example(text="1.5m")
@example(text="30s")
@example(text="1.")
@example(text="0644")
def test_a_function_says_what_its_pattern_says(pattern: str, text: str) -> None:
    assert matches(pattern, text) == (re.fullmatch(pattern[1:-1], text) is not None)


def test_a_pattern_without_anchors_is_searched() -> None:
    assert matches("b", "abc")
    assert matches(r"\$", "a$b")
    assert not matches(r"b\$$", "b$\n")


def test_own_patterns_do_not_load_re() -> None:
    program = (
        "import sys\nfrom preflight.documents.patterns import *\n"
        "assert matches(KEBAB, 'a-b') and matches(SNAKE, 'a_b') and matches(SECONDS, '2m')\n"
        "assert 're' not in sys.modules\nassert matches('^a', 'ab')\nassert 're' in sys.modules"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, '.')\n{program}"], check=True)
