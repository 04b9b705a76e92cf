"""A value of very many dollar signs is read in a time that grows with it, and its line is said to be ambiguous."""

from __future__ import annotations

import time

import pytest

from preflight.sources.env_file import ambiguous_lines
from preflight.sources.env_subject import env_subject


@pytest.mark.parametrize("others", ["", "LOG_LEVEL=info\n"])
@pytest.mark.parametrize("piece", ["a$b", "$", "${a}", "$1"])
def test_a_crowded_line_is_ambiguous_for_all_readers(piece, others):
    found = ambiguous_lines(f"{others}X={piece * 20_000}\n", {})
    assert [(one.name, one.line, one.reasons) for one in found] == [("X", 1 + bool(others), ("dollar_expanded",))]
    assert found[0].dialects == ("compose", "dotenv", "shell")


def test_lines_beside_it_are_read_as_ever():
    beside = ("A=$b\n", "C=a b\n")
    crowded = f"X={'a$b' * 20_000}\n"
    alone = {(one.name, one.reasons) for one in ambiguous_lines("".join(beside), {})}
    found = {(one.name, one.reasons) for one in ambiguous_lines(crowded.join(beside), {})}
    assert len(alone) == 2
    assert found - alone == {("X", ("dollar_expanded",))}


def test_a_megabyte_of_references_takes_seconds_at_most():
    started = time.process_time()
    subject, _ = env_subject(".env", f"DB_PASSWORD={'a$b' * 330_000}\n", dialect="compose", environment={})
    assert time.process_time() - started < 4
    assert subject.settings["DB_PASSWORD"].is_set
