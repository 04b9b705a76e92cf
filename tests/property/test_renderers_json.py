"""The JSON writer writes what `json` itself would, for everything that is plain data."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from preflight.renderers.json_text import render

# A leading surrogate that meets a trailing one becomes one character in any JSON reader; names of files only have trailing ones
# (PEP 383).
odd = st.characters(categories=("Cs", "Cc", "Cf", "Zl", "Zp")).filter(lambda one: not "\ud800" <= one <= "\udbff")
texts = st.text() | st.text(odd)
numbers = st.integers() | st.integers(-(10**400), 10**400) | st.floats(allow_nan=False, allow_infinity=False)
plain = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=30,
)


@given(st.dictionaries(texts, plain, max_size=6))
def test_it_is_what_json_writes_and_reads_back(value):
    written = render(value)
    assert written == json.dumps(value, indent=2)
    assert json.loads(written) == value
    assert written.isascii()
