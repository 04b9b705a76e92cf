from __future__ import annotations

import errno
import os
import shutil
import socket
import stat
import tempfile
import tracemalloc
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from preflight.probes import files
from preflight.probes.files import KINDS, PROBLEMS, FileFacts, FileProbe, FileProblem, FileText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOBODY = 65534


@contextmanager
def nobody() -> Iterator[None]:
    """Run as a user without privileges where the tests run as root; as who runs them otherwise."""
    if os.geteuid() != 0:
        yield
        return
    groups, group = os.getgroups(), os.getegid()
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A folder that every user can search; pytest's own are closed to others."""
    folder = tempfile.mkdtemp(prefix="preflight-test-")
    os.chmod(folder, 0o755)  # noqa: S103 - so that a user without privileges can look into it
    yield Path(os.path.realpath(folder))
    shutil.rmtree(folder)


def read(path: Path | str, *, limit: int = 1000) -> FileText | FileProblem:
    return FileProbe().read(str(path), limit=limit)


def problem(path: Path | str, *, limit: int = 1000) -> FileProblem:
    found = read(path, limit=limit)
    assert isinstance(found, FileProblem)
    assert found.path == str(path)
    assert found.message
    assert found.hint.endswith(".")
    return found


def test_text_comes_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfA=1\r\nB=\xc3\xa4\r")
    assert read(tmp_path / "a") == FileText(path=str(tmp_path / "a"), text="\ufeffA=1\r\nB=\u00e4\r")


def test_bytes_come_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x30\x82\x00\xff")
    assert FileProbe().read_bytes(str(tmp_path / "a")) == b"\x30\x82\x00\xff"


def test_relative_paths_start_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("text")
    probe = FileProbe(str(tmp_path))
    assert probe.read("a") == FileText(path="a", text="text")
    assert probe.inspect("a").kind == "regular"
    assert probe.inspect(str(tmp_path / "a")).kind == "regular"
    assert probe.inspect("").kind == "invalid_path"


def make_socket(path: Path) -> None:
    # A socket's path may be 108 bytes long, so it is bound by a short one.
    with tempfile.TemporaryDirectory(prefix="p-") as short, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{short}/s")
        os.rename(f"{short}/s", path)


MAKERS: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: None,
    "dangling_symlink": lambda path: path.symlink_to("gone"),
    "symlink_loop": lambda path: path.symlink_to(path),
    "is_directory": lambda path: path.mkdir(),
    "is_fifo": os.mkfifo,
    "is_socket": make_socket,
    "is_device": lambda path: path.symlink_to("/dev/null"),
    "too_large": lambda path: path.write_bytes(b"x" * 1001),
    "empty": lambda path: path.touch(),
    "binary": lambda path: path.write_bytes(b"A=1\0"),
    "not_utf8": lambda path: path.write_bytes(b"A=\xff"),
}


@pytest.mark.parametrize("code", MAKERS)
def test_what_cannot_be_read_is_named(tmp_path: Path, code: str) -> None:
    MAKERS[code](tmp_path / "a")
    assert problem(tmp_path / "a").code == code


@pytest.mark.parametrize("code", [code for code in MAKERS if code != "missing"])
def test_links_are_followed(tmp_path: Path, code: str) -> None:
    MAKERS[code](tmp_path / "a")
    (tmp_path / "link").symlink_to("a")
    assert problem(tmp_path / "link").code == code


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("", "invalid_path"),
        ("a\0b", "invalid_path"),
        ("a\ud800", "invalid_path"),
        ("a" * 300, "name_too_long"),
        ("a/" * 3000, "name_too_long"),
        ("/etc/passwd/x", "not_a_directory"),
        ("/etc/passwd/", "not_a_directory"),
        ("/nowhere/x", "missing"),
        ("/dev/zero", "is_device"),
        ("/dev/full", "is_device"),
        ("/proc/self/mem", "io_error"),
    ],
    ids=repr,
)
def test_paths_that_lead_nowhere(path: str, code: str) -> None:
    assert problem(path).code == code
    facts = FileProbe().inspect(path)
    assert facts.exists == (code in {"is_device", "io_error"})
    assert facts.kind in KINDS


def test_every_problem_can_happen() -> None:
    tested_below = {"permission_denied", "io_error", "invalid_path", "name_too_long", "not_a_directory"}
    of_containers = {"elsewhere"}
    assert set(PROBLEMS) == set(MAKERS) | tested_below | of_containers


def test_the_limit_is_the_last_size_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 200_000)
    assert isinstance(read(tmp_path / "a", limit=200_000), FileText)
    assert problem(tmp_path / "a", limit=199_999).code == "too_large"


def test_a_huge_file_costs_nothing(tmp_path: Path) -> None:
    with open(tmp_path / "a", "wb") as file:
        file.truncate(50 * 1024 * 1024)
    tracemalloc.start()
    try:
        assert problem(tmp_path / "a").code == "too_large"
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_files_of_the_kernel_have_no_size_and_are_read_all_the_same() -> None:
    assert FileProbe().inspect("/proc/self/status").size == 0
    text = read("/proc/self/status", limit=100_000)
    assert isinstance(text, FileText)
    assert text.text.startswith("Name:")
    assert problem("/proc/self/status", limit=10).code == "too_large"


def test_a_descriptor_of_a_file_is_read_and_one_of_a_pipe_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("text")
    with open(tmp_path / "a", "rb") as file:
        found = read(f"/dev/fd/{file.fileno()}")
        assert isinstance(found, FileText)
        assert found.text == "text"
    reading, writing = os.pipe()
    try:
        os.write(writing, b"text")
        refused = problem(f"/dev/fd/{reading}")
        assert refused.code == "is_fifo"
        assert "<(" in refused.hint
        assert os.read(reading, 10) == b"text"  # and nothing of it was taken
    finally:
        os.close(reading)
        os.close(writing)


def test_only_regular_files_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "a")
    monkeypatch.setattr(files.os, "open", lambda *_: pytest.fail("opened"))
    assert problem(tmp_path / "a").code == "is_fifo"
    assert problem("/dev/null").code == "is_device"


def test_a_file_that_becomes_a_pipe_before_it_is_opened_does_not_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "regular").write_text("text")
    os.mkfifo(tmp_path / "a")
    before = os.stat(tmp_path / "regular")
    monkeypatch.setattr(files.os, "stat", lambda _: before)
    assert problem(tmp_path / "a").code == "is_fifo"


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.EINTR, errno.EAGAIN, errno.ENOMEM])
@pytest.mark.parametrize("call", ["stat", "open", "fstat", "read"])
def test_what_the_system_cannot_do_is_an_io_error_and_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str
) -> None:
    (tmp_path / "a").write_text("text")

    def fails(*_: object) -> None:
        raise OSError(number, "quotes a secret")

    before = os.listdir("/proc/self/fd")
    with monkeypatch.context() as patched:
        patched.setattr(files.os, call, fails)
        found = FileProbe().read(str(tmp_path / "a"))
    assert found == FileProblem(path=str(tmp_path / "a"), code="io_error")
    assert os.listdir("/proc/self/fd") == before


def test_utf8_is_told_where_it_ends(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"A=\xc3\xa4\nB=\xe4\n")
    found = problem(tmp_path / "a")
    assert (found.code, found.offset) == ("not_utf8", 7)
    assert "7" in found.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_other_unicode_is_recognised_by_its_mark(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding in {"utf-16", "utf-32"} else "\ufeff"
    (tmp_path / "a").write_bytes(f"{mark}A=1\n".encode(encoding))
    found = problem(tmp_path / "a")
    assert (found.code, found.encoding) == ("not_utf8", encoding[:6].upper())
    assert found.encoding in found.hint


def test_what_is_not_permitted_is_said(open_path: Path) -> None:
    secret = open_path / "secret"
    secret.write_text("text")
    secret.chmod(0)
    closed = open_path / "closed"
    closed.mkdir()
    (closed / "a").write_text("text")
    closed.chmod(0)
    try:
        with nobody():
            assert problem(secret).code == "permission_denied"
            assert problem(closed / "a").code == "permission_denied"
            assert FileProbe().inspect(str(closed / "a")).kind == "permission_denied"
            assert not FileProbe().inspect(str(secret)).readable
            assert FileProbe().inspect(str(secret)).exists
    finally:
        closed.chmod(0o755)


@pytest.mark.parametrize(("mode", "readable"), [(0o644, True), (0o640, False), (0o600, False), (0o604, True)])
def test_the_kernel_says_what_somebody_without_privileges_can_read(
    open_path: Path, mode: int, *, readable: bool
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a file that is somebody else's")
    (open_path / "a").write_text("text")
    (open_path / "a").chmod(mode)
    with nobody():
        assert FileProbe().inspect(str(open_path / "a")).readable == readable


@pytest.mark.parametrize(("mode", "readable"), [(0o400, True), (0o040, False), (0o004, False), (0o644, True)])
def test_the_privilege_of_root_does_not_count(tmp_path: Path, mode: int, *, readable: bool) -> None:
    """Whoever owns the file is judged by the owner's bits, root too."""
    (tmp_path / "a").write_text("text")
    (tmp_path / "a").chmod(mode)
    assert FileProbe().inspect(str(tmp_path / "a")).readable == readable


def test_the_facts_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("text")
    (tmp_path / "a").chmod(0o4640)
    facts = FileProbe().inspect(str(tmp_path / "a"))
    assert (facts.kind, facts.exists, facts.size, facts.mode) == ("regular", True, 4, 0o4640)
    assert (facts.uid, facts.gid) == (os.geteuid(), os.stat(tmp_path / "a").st_gid)
    assert not facts.symlink
    assert not facts.kubernetes
    assert [one.path for one in facts.parents] == [str(one) for one in (tmp_path / "a").resolve().parents]


@pytest.mark.parametrize("code", [code for code in MAKERS if code not in {"too_large", "binary", "not_utf8"}])
def test_the_kind_of_what_is_there(tmp_path: Path, code: str) -> None:
    MAKERS[code](tmp_path / "a")
    facts = FileProbe().inspect(str(tmp_path / "a"))
    assert facts.kind == {"empty": "regular"}.get(code, code.removeprefix("is_"))
    assert facts.kind in KINDS
    assert facts.exists == (code not in {"missing", "dangling_symlink", "symlink_loop"})
    assert facts.symlink == (code in {"dangling_symlink", "symlink_loop", "is_device"})


def test_the_mode_is_the_targets(tmp_path: Path) -> None:
    (tmp_path / "a").touch(0o600)
    (tmp_path / "link").symlink_to("a")
    facts = FileProbe().inspect(str(tmp_path / "link"))
    assert (facts.mode, facts.symlink) == (0o600, True)


def facts_of(mode: int, *, uid: int = 999, gid: int = 70, parents: tuple[files.Directory, ...] = ()) -> FileFacts:
    return FileFacts(path="a", exists=True, kind="regular", mode=mode, uid=uid, gid=gid, parents=parents)


def directory(mode: int, *, path: str = "/d", uid: int = 0, gid: int = 0) -> files.Directory:
    return files.Directory(path=path, mode=mode, uid=uid, gid=gid)


@pytest.mark.parametrize(
    ("mode", "uid", "gids", "readable"),
    [
        (0o400, 999, (), True),
        (0o377, 999, (70,), False),  # the owner's bits come first, even when they give less
        (0o040, 1000, (70,), True),
        (0o040, 1000, (71,), False),
        (0o737, 1000, (70,), False),
        (0o004, 1000, (), True),
        (0o004, 1000, (70,), False),
        (0o640, 0, (0,), False),
        (0o644, 0, (0,), True),
    ],
)
def test_who_can_read_by_the_mode_bits(mode: int, uid: int, gids: tuple[int, ...], *, readable: bool) -> None:
    assert facts_of(mode).readable_by(uid, gids) == readable


def test_directories_have_to_be_searched_too() -> None:
    closed = facts_of(0o644, parents=(directory(0o755), directory(0o700), directory(0o755)))
    assert not closed.readable_by(1000, ())
    assert closed.readable_by(0, ())
    assert facts_of(0o644, parents=(directory(0o711),)).readable_by(1000, ())
    assert facts_of(0o644, parents=(directory(0o750, gid=70),)).readable_by(1000, (70,))


def test_only_regular_files_are_readable(tmp_path: Path) -> None:
    assert not FileProbe().inspect(str(tmp_path)).readable
    assert not FileProbe().inspect(str(tmp_path)).readable_by(os.geteuid(), ())


@pytest.mark.parametrize(
    ("mode", "uid", "gid", "unsafe"),
    [
        (0o755, 0, 0, False),
        (0o777, 0, 0, True),
        (0o1777, 0, 0, False),
        (0o775, 0, 0, False),
        (0o775, 0, 27, True),
        (0o775, 1000, 1000, False),  # a user private group
        (0o775, 1000, 27, True),
        (0o3775, 0, 27, False),
        (0o757, 1000, 1000, True),
    ],
)
def test_where_somebody_else_can_replace_a_file(mode: int, uid: int, gid: int, *, unsafe: bool) -> None:
    assert directory(mode, uid=uid, gid=gid).unsafe == unsafe


def test_the_nearest_unsafe_directory_is_named() -> None:
    above = (directory(0o755, path="/a/b/c"), directory(0o777, path="/a/b"), directory(0o777, path="/a"))
    assert facts_of(0o600, parents=above).unsafe_parent == "/a/b"
    assert facts_of(0o600, parents=above[:1]).unsafe_parent is None


def test_a_link_counts_where_it_stands_and_where_it_points(open_path: Path) -> None:
    """Whoever can write where the link stands replaces the file as surely as where its target stands."""
    for name in ("link", "target", "through", "safe"):
        (open_path / name).mkdir(0o755)
    (open_path / "safe/key").touch(0o600)
    (open_path / "target/key").touch(0o600)
    (open_path / "safe/into-target").symlink_to("../target/key")
    (open_path / "link/key").symlink_to("../safe/key")
    (open_path / "through/folder").symlink_to(open_path / "safe")
    for name in ("link", "target", "through"):
        (open_path / name).chmod(0o777)

    def unsafe(path: str) -> str | None:
        return FileProbe(str(open_path)).inspect(path).unsafe_parent

    assert unsafe("safe/key") is None
    assert unsafe("safe/into-target") == str(open_path / "target")
    assert unsafe("link/key") == str(open_path / "link")
    assert unsafe("through/folder/key") == str(open_path / "through")
    assert unsafe("through/../safe/key") == str(open_path / "through")


def test_a_volume_that_kubernetes_writes(tmp_path: Path) -> None:
    (tmp_path / "..2026_11_21").mkdir()
    (tmp_path / "..2026_11_21/tls.key").touch(0o640)
    (tmp_path / "..data").symlink_to("..2026_11_21")
    (tmp_path / "tls.key").symlink_to("..data/tls.key")
    facts = FileProbe().inspect(str(tmp_path / "tls.key"))
    assert facts.kubernetes
    assert (facts.symlink, facts.mode) == (True, 0o640)
    assert facts.parents[0].path == str(tmp_path / "..2026_11_21")
    (tmp_path / "plain").touch()
    assert not FileProbe().inspect(str(tmp_path / "plain")).kubernetes


def test_a_working_directory_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert problem("a").code == "missing"
    assert FileProbe().inspect(".").kind == "directory"


def test_modes_are_permission_bits_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o2755)
    assert FileProbe().inspect(str(tmp_path)).mode == stat.S_IMODE(os.stat(tmp_path).st_mode)
