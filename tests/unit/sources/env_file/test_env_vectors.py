"""Env files as measured: what Docker Compose, python-dotenv and bash made of each text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from preflight.sources.env_file import ambiguous_lines, parse

VECTORS = json.loads((Path(__file__).parents[3] / "data" / "env_vectors.json").read_text(encoding="utf-8"))
CASES = [(vector, dialect) for vector in VECTORS for dialect in ("compose", "dotenv", "shell")]
HOME = {"HOME": "/root"}  # where the shell was asked


@pytest.mark.parametrize(("vector", "dialect"), CASES, ids=lambda x: x if isinstance(x, str) else x["name"])
def test_a_text_is_read_as_its_reader_reads_it(vector, dialect):
    environment = {**vector["environment"], **(HOME if dialect == "shell" else {})}
    document = parse(vector["text"], dialect=dialect, environment=environment)
    expected = vector[dialect]
    if expected == "ERROR":
        assert document.fatal
    elif expected == "PROCESS_ID":  # `$$` is another number in every shell
        assert document.entries[0].undetermined
    else:
        assert document.values == expected


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_text_that_is_read_differently_is_named(vector):
    readings = [vector["compose"], vector["dotenv"], vector["shell"]]
    named = ambiguous_lines(vector["text"], {**vector["environment"], **HOME})
    if any(reading != readings[0] for reading in readings):
        assert named
    for line in named:
        assert line.reasons
        for value in vector["environment"].values() if vector["text"].count("HOSTV") == 0 else ():
            assert value not in str(line.reasons)


def test_plain_files_have_no_ambiguous_line():
    text = "# a comment\nA=b\nDATABASE_HOST=db.internal\n\nURL='https://example.com/a?b=c'\nSECRET='abc+/def=='\n"
    assert ambiguous_lines(text, {}) == ()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A=pa$word", "dollar_expanded"),
        ("A= #x", "hash_comment"), ("A=x&y", "ampersand_or_semicolon"), ("A=b\r", "trailing_carriage_return"),
        ("A=b c", "space_splits_command"),
        ("A='${HOME}'", "single_quote_expanded"), ("A=<b>", "shell_operator"), ("A: b", "colon_separator"),
        ("A-B=c", "invalid_name"), ('A="b', "unterminated_quote"),
        ("A=~/x", "tilde_expanded"), ("A=b\nA=c", "duplicate_name"), ("A='b\\'c'", "escape_sequence"),
    ],
)  # fmt: skip
def test_the_reason_is_said(line, reason):
    (first, *_) = ambiguous_lines(f"{line}\n", HOME)
    assert reason in first.reasons
    assert first.line == 1
