"""The file probe: it never raises, gives back what is there, and follows links as the kernel does."""

from __future__ import annotations

import os
import tempfile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preflight.probes.directories import traversed
from preflight.probes.files import KINDS, PROBLEMS, FileProbe, FileProblem, FileText

LIMIT = 64


@settings(deadline=None)
@given(
    st.one_of(st.binary(max_size=LIMIT + 4), st.text(max_size=LIMIT).map(lambda text: text.encode("utf-8", "replace")))
)
def test_a_file_is_its_text_or_a_named_problem(content: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        found = FileProbe().read(file.name, limit=LIMIT)
    if isinstance(found, FileText):
        assert found.text.encode() == content
        assert content
        assert b"\0" not in content
        return
    expected = {
        "too_large": len(content) > LIMIT,
        "empty": not content,
        "binary": b"\0" in content,
        "not_utf8": found.encoding is not None or not decodes(content),
    }
    assert expected[found.code]
    if found.offset is not None:
        assert decodes(content[: found.offset])


def decodes(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


@settings(deadline=None)
@given(st.text(alphabet=st.characters(), max_size=40))
def test_every_path_has_an_answer(path: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        probe = FileProbe(folder)
        found = probe.read(path)
        facts = probe.inspect(path)
    assert isinstance(found, FileProblem)
    assert found.code in PROBLEMS
    assert facts.kind in KINDS
    assert facts.path == path


NAMES = ("a", "b", "c", "d")
steps = st.lists(
    st.tuples(
        st.sampled_from(["directory", "file", "link"]),
        st.lists(st.sampled_from([*NAMES, ".."]), min_size=1, max_size=3).map("/".join),
        st.lists(st.sampled_from([*NAMES, "..", "."]), min_size=1, max_size=4).map("/".join),
    ),
    max_size=12,
)


def build(root: str, made: list[tuple[str, str, str]]) -> None:
    for kind, place, target in made:
        path = os.path.join(root, place)
        if not os.path.realpath(path).startswith(root + "/"):
            continue  # a `..` that leads out
        try:
            if kind == "directory":
                os.mkdir(path)
            elif kind == "file":
                with open(path, "x", encoding="utf-8") as file:
                    file.write("text")
            else:
                os.symlink(target, path)
        except OSError:
            continue  # it is there already, or where it should stand is not


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(steps, st.lists(st.sampled_from([*NAMES, "..", "."]), min_size=1, max_size=5).map("/".join))
def test_links_are_followed_as_the_kernel_follows_them(made: list[tuple[str, str, str]], path: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = os.path.realpath(folder) + "/root/inner"
        os.makedirs(root)
        build(root, made)
        full = os.path.join(root, path)
        facts = FileProbe().inspect(full)
        assert facts.exists == os.path.exists(full)
        if not facts.exists:
            return
        directories, _ = traversed(full)
        found = [one.path for one in directories]
        assert found[-1] == "/"
        assert len(found) == len(set(found))
        assert all(os.path.isdir(one) and not os.path.islink(one) for one in found)
        above = os.path.dirname(os.path.realpath(full))
        straight = ".." not in path and not any(kind == "link" for kind, _, _ in made)
        if (
            straight and facts.kind != "directory"
        ):  # one may be reached by `.` or `..`, and the walk begins further down
            assert found[0] == above
        while above != "/":
            assert above in found
            above = os.path.dirname(above)
