"""Git's configuration is read as git reads it, and nothing in git's files makes the probe raise."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from preflight.probes.git import GitProbe
from preflight.probes.git_config import UnanswerableError, parse_config

GIT = shutil.which("git")

pieces = st.sampled_from(
    ("[core]", "[CORE]", '[a "B c"]', '[a "q\\"\\\\"]', "[a.b]", "[", "]", '"', "\\", "\\n", "\\t", '\\"', "\\\\", "\\x", "#", ";", "=",
     " = ", "\n", "\n", "\n", "\t", " ", "  ", "key", "bare", "excludesFile", "x-y", "1", "true", "~/x", "value", "a b", "\r\n", "_")
)  # fmt: skip


@pytest.mark.skipif(GIT is None, reason="git is not installed")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(pieces, max_size=14).map("".join))
@example("[core]\n\tkey = a \\\n  b # c\n")
@example('[core]key="a;b" ; c\n[a "B c"]x = " y "  \n')
@example("[core]\nbare # comment\n[a.B]x=1")
@example("[core]\nkey = value\\")
def test_a_configuration_means_what_git_says(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = os.path.join(folder, "config")
        with open(place, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        command = [str(GIT), "config", "--file", place, "--null", "--list"]
        done = subprocess.run(command, env={"PATH": os.defpath, "HOME": folder}, capture_output=True, check=False)
    try:
        mine = list(parse_config(text))
    except UnanswerableError:
        assert done.returncode != 0
        return
    assert done.returncode == 0, done.stderr
    theirs = [line.partition("\n") for line in done.stdout.decode().split("\0")[:-1]]
    # Before version 2.45 git made a space of each tab within a value.
    assert [(name, value and value.replace("\t", " ")) for name, value in mine] == [
        (name, value.replace("\t", " ") if newline else None) for name, newline, value in theirs
    ]


files = st.sampled_from(
    (".git", ".git/HEAD", ".git/config", ".git/index", ".git/info/exclude", ".git/commondir", ".gitignore")
)
contents = st.one_of(
    st.binary(max_size=80),
    st.sampled_from(
        (
            b"ref: refs/heads/main\n",
            b"gitdir: .git\n",
            b"gitdir: ..\n",
            b"[core]\n\tbare\n",
            b"DIRC\0\0\0\4\0\0\0\2" + bytes(90),
        )
    ),
    st.binary(max_size=60).map(lambda rest: b"DIRC\0\0\0\2\0\0\0\1" + rest + bytes(20)),
    st.binary(max_size=60).map(lambda rest: b"DIRC\0\0\0\4\0\0\0\3" + rest + bytes(20)),
)


@settings(max_examples=200, deadline=None)
@given(st.booleans(), st.dictionaries(files, contents, max_size=5))
def test_no_repository_is_too_strange(planted: bool, made: dict[str, bytes]) -> None:  # noqa: FBT001 - drawn, not called
    with tempfile.TemporaryDirectory() as folder:
        if planted:
            for name in (".git/objects", ".git/refs", ".git/info"):
                Path(folder, name).mkdir(parents=True)
            Path(folder, ".git/HEAD").write_text("ref: refs/heads/main\n")
        for name, content in made.items():
            try:
                Path(folder, name).write_bytes(content)
            except OSError:
                continue  # a folder is in the way, or there is none
        facts = GitProbe({}, folder).inspect(".env")
    assert facts.repository or (facts.tracked, facts.ignored) == (False, False)
    assert bool(facts.reason) == (None in (facts.tracked, facts.ignored))
