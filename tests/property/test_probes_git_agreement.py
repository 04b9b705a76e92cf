"""What the probe says of a repository is what git itself says, on random trees, rules and indexes."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from preflight.probes.git import GitProbe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GIT = shutil.which("git")
pytestmark = pytest.mark.skipif(GIT is None, reason="git is not installed")

QUIET = {"suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large], "deadline": None}
HOME_NAME = "home"


def environment(top: str) -> dict[str, str]:
    return {"HOME": f"{top}/{HOME_NAME}", "PATH": os.defpath, "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1"}


def git(top: str, *arguments: str, given: bytes = b"", status: Sequence[int] = (0,)) -> bytes:
    command = [str(GIT), "-C", f"{top}/tree", *arguments]
    done = subprocess.run(command, input=given, env=environment(top), capture_output=True, check=False)
    assert done.returncode in status, done.stderr
    return done.stdout


def write(path: bytes, content: bytes) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def plant(top: str) -> bytes:
    """Make an empty repository, as little as git takes for one, without starting git."""
    tree = os.fsencode(top) + b"/tree"
    for folder in (b"objects", b"refs", b"info"):
        os.makedirs(tree + b"/.git/" + folder)
    write(tree + b"/.git/HEAD", b"ref: refs/heads/main\n")
    os.mkdir(f"{top}/{HOME_NAME}")
    return tree


NAMES = (
    b"a",
    b"b",
    b"ab",
    b"A",
    b".env",
    b"a.b",
    b"a b",
    b"c",
    b"[a]",
    b"*",
    b"a\\",
    b"\xe4",
    b"!a",
    b"#a",
    b" ",
    b"a ",
)
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map(b"/".join)
pieces = st.sampled_from(
    (
        b"a", b"b", b"c", b"ab", b"A", b".env", b".", b"/", b"/", b"/", b"*", b"*", b"**", b"***", b"**/", b"/**", b"/**/", b"?",
        b"[ab]", b"[!a]", b"[^b]", b"[a-c]", b"[]a]", b"[a-]", b"[--/]", b"[[:alpha:]]", b"[[:upper:]b]", b"[![:space:]]",
        b"[[:nope:]]", b"[[:al]", b"[\\a-\\c]", b"[a", b"[", b"]", b"\\", b"\\*", b"\\[", b"\\a", b"\\ ", b" ", b"  ", b"!", b"#",
        b"\xe4", b"[\xe0-\xef]", b"\t", b"-", b"\\/", b"^", b"[/]", b"[!/]", b"{a,b}",
    )
)  # fmt: skip
line = st.builds(
    lambda sign, parts, slash: sign + b"".join(parts) + slash,
    st.sampled_from((b"", b"", b"", b"!", b"/", b"!/", b"#", b"\\!", b"\\#")),
    st.lists(pieces, max_size=5),
    st.sampled_from((b"", b"", b"/", b" ", b"\r")),
)
near_line = st.builds(  # patterns that are likely to be about one of the paths
    lambda path, cut, mark, sign, slash: sign + path[:cut] + mark + path[cut + len(mark) - 1 :] + slash,
    paths,
    st.integers(0, 6),
    st.sampled_from((b"", b"*", b"?", b"**", b"[!x]", b"**/", b"/**", b"*/")),
    st.sampled_from((b"", b"", b"!", b"/")),
    st.sampled_from((b"", b"", b"/")),
)
rules = st.builds(
    lambda lines, end, mark: mark + b"\n".join(lines) + end,
    st.lists(st.one_of(line, near_line), max_size=6),
    st.sampled_from((b"", b"\n")),
    st.sampled_from((b"", b"", b"", b"\xef\xbb\xbf")),
)
trees = st.lists(paths, min_size=1, max_size=8, unique=True)
folders = st.dictionaries(st.one_of(st.just(b""), paths.map(lambda path: path + b"/")), rules, max_size=3)


def check_ignoring(
    tree_paths: Sequence[bytes], in_folders: Mapping[bytes, bytes], own: bytes, users: bytes, *, fold: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = os.path.realpath(folder)
        tree = plant(top)
        if fold:
            write(tree + b"/.git/config", b"[core]\n\tignorecase = true\n")
        for path in tree_paths:
            try:
                write(tree + b"/" + path, b"")
            except (NotADirectoryError, IsADirectoryError, FileExistsError):
                continue
        for place, content in in_folders.items():
            try:
                write(tree + b"/" + place + b".gitignore", content)
            except (NotADirectoryError, FileExistsError):
                continue
        write(tree + b"/.git/info/exclude", own)
        write(os.fsencode(environment(top)["HOME"]) + b"/.config/git/ignore", users)
        every: list[bytes] = []
        for at, names, files in os.walk(tree):
            names[:] = [name for name in names if name != b".git"]
            every += [os.path.join(at, name)[len(tree) + 1 :] for name in (*names, *files)]
        every.append(b"nowhere")
        output = git(top, "check-ignore", "--no-index", "-z", "--stdin", given=b"\0".join(every), status=(0, 1))
        ignored = set(output.split(b"\0")[:-1])
        probe = GitProbe(environment(top), f"{top}/tree")
        for path in every:
            facts = probe.inspect(os.fsdecode(path))
            assert (facts.repository, facts.reason) == (True, "")
            assert facts.ignored == (path in ignored), (path, sorted(ignored))


def ignoring(examples: int) -> object:
    @settings(max_examples=examples, **QUIET)
    @given(trees, folders, rules, rules, st.booleans())
    @example([b"a/b/c"], {b"": b"a**/c\n"}, b"", b"", False)
    @example([b"a/b/c"], {b"": b"*\n!*/\n!c\n"}, b"", b"", False)
    @example([b"a/b/c"], {b"": b"a/\n", b"a/b/": b"!c\n"}, b"", b"", False)
    @example([b"a/.env"], {b"a/": b"!.env\n"}, b".env\n", b"", False)
    @example([b"a/.env"], {b"": b"a/**/.env\r\n"}, b"", b"", False)
    @example([b"A/.env"], {b"": b"a/.ENV\n"}, b"", b"[A]\n", True)
    def agrees(tree: list[bytes], in_folders: dict[bytes, bytes], own: bytes, users: bytes, fold: bool) -> None:  # noqa: FBT001 - drawn, not called
        check_ignoring(tree, in_folders, own, users, fold=fold)

    return agrees


test_what_is_ignored = ignoring(60)
test_what_is_ignored_at_length = pytest.mark.slow(ignoring(1500))


def check_tracking(
    tree_paths: Sequence[bytes], tracked: Sequence[int], version: int, algorithm: str, removed: int, *, intended: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = os.path.realpath(folder)
        for name in ("tree", HOME_NAME):
            os.mkdir(f"{top}/{name}")
        git(top, "init", "-q", f"--object-format={algorithm}")
        tree = os.fsencode(top) + b"/tree"
        made = []
        for path in tree_paths:
            try:
                write(tree + b"/" + path, b"")
                made.append(path)
            except (NotADirectoryError, IsADirectoryError, FileExistsError):
                continue
        chosen = list(dict.fromkeys(made[number % len(made)] for number in tracked))
        git(top, "config", "index.version", str(version))
        for option in ((), ("-N",)) if intended else ((),):
            pathspecs = b"\0".join(chosen[:1] if option else chosen[int(intended) :])
            if pathspecs:
                arguments = (
                    "--literal-pathspecs",
                    "add",
                    "-f",
                    *option,
                    "--pathspec-from-file=-",
                    "--pathspec-file-nul",
                )
                git(top, *arguments, given=pathspecs)
        if chosen and removed < len(chosen):
            os.unlink(tree + b"/" + chosen[removed])  # gone from the work tree, and still tracked
        listed = set(git(top, "ls-files", "-z").split(b"\0"))
        probe = GitProbe(environment(top), f"{top}/tree")
        for path in (*made, b"nowhere", *(path[:-1] for path in made if path[:-1].strip(b"/"))):
            facts = probe.inspect(os.fsdecode(path))
            name = os.path.relpath(os.path.realpath(tree + b"/" + path), tree)
            assert (facts.repository, facts.tracked, facts.reason) == (True, name in listed, "")


def tracking(examples: int) -> object:
    @settings(max_examples=examples, **QUIET)
    @given(
        st.lists(paths, min_size=1, max_size=12, unique=True),
        st.lists(st.integers(0, 11), max_size=10),
        st.sampled_from([2, 3, 4]),
        st.sampled_from(["sha1", "sha256"]),
        st.integers(0, 20),
        st.booleans(),
    )
    def agrees(
        tree: list[bytes],
        tracked: list[int],
        version: int,
        algorithm: str,
        removed: int,
        intended: bool,  # noqa: FBT001 - drawn
    ) -> None:
        check_tracking(tree, tracked, version, algorithm, removed, intended=intended)

    return agrees


test_what_is_tracked = tracking(15)
test_what_is_tracked_at_length = pytest.mark.slow(tracking(200))
