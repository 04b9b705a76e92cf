"""Files appear all or none, never over another, with exactly their modes."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager

import pytest

from preflight.certificates import folder as module
from preflight.certificates.folder import Folder, NewFile
from preflight.errors import InputError

FILES = (
    NewFile(name="one-key.pem", content=b"k" * 5000, mode=0o600),
    NewFile(name="one-cert.pem", content=b"c" * 5000, mode=0o644),
)
NAMES = tuple(file.name for file in FILES)


class System:
    """The real `os`, except that one call goes wrong: the `fail_at`-th of those that can, counted from 0."""

    CAN_FAIL = frozenset({"open", "write", "fsync", "fchmod", "fstat", "link", "unlink", "replace", "listdir", "stat"})

    def __init__(self, *, fail_at=-1, error=None, **replaced):
        self.fail_at, self.error, self.replaced, self.calls = fail_at, error, replaced, 0

    def __getattr__(self, name):
        real = self.replaced.get(name) or getattr(os, name)
        if name not in self.CAN_FAIL:
            return real

        def call(*arguments, **named):
            self.calls += 1
            if self.calls - 1 == self.fail_at:
                raise self.error
            return real(*arguments, **named)

        return call


def write(path, files=FILES):
    with Folder(str(path)) as folder:
        folder.refuse_existing([file.name for file in files])
        folder.write(files)


def code_of(error):
    (problem,) = error.value.problems
    assert "nothing was made." in problem.message
    return problem.code


def outcome_of(path):
    try:
        write(path)
    except InputError as bad:
        return bad.problems[0].code
    except KeyboardInterrupt:
        return "interrupted"
    return None


def modes(path):
    return {entry.name: stat.S_IMODE(entry.lstat().st_mode) for entry in path.iterdir()}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_modes_do_not_depend_on_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        write(tmp_path / "new" / "ssl")
    finally:
        os.umask(before)
    assert modes(tmp_path) == {"new": 0o700}
    assert modes(tmp_path / "new") == {"ssl": 0o700}
    assert modes(tmp_path / "new" / "ssl") == {"one-key.pem": 0o600, "one-cert.pem": 0o644}


def test_a_directory_that_exists_keeps_its_mode_and_what_is_in_it(tmp_path):
    tmp_path.chmod(0o750)
    (tmp_path / "other").write_text("x")
    write(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750
    assert sorted(modes(tmp_path)) == ["one-cert.pem", "one-key.pem", "other"]
    assert (tmp_path / "one-key.pem").read_bytes() == FILES[0].content
    assert (tmp_path / "one-key.pem").stat().st_nlink == 1


@pytest.mark.parametrize("taken", NAMES)
@pytest.mark.parametrize("kind", ["file", "directory", "link", "dangling link"])
def test_whatever_has_a_name_keeps_it(tmp_path, taken, kind):
    at, elsewhere = tmp_path / "ssl" / taken, tmp_path / "elsewhere"
    at.parent.mkdir()
    if kind == "file":
        at.write_text("mine")
    elif kind == "directory":
        at.mkdir()
    else:
        at.symlink_to(elsewhere)
    if kind == "link":
        elsewhere.write_text("mine")
    before = at.lstat()
    with pytest.raises(InputError, match=taken) as error:
        write(at.parent)
    assert code_of(error) == "exists"
    assert (at.lstat(), list(at.parent.iterdir())) == (before, [at])
    assert elsewhere.exists() == (kind == "link")


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_a_name_that_is_taken_meanwhile_is_not_taken_away(tmp_path, monkeypatch, links):
    if not links:
        monkeypatch.setattr(module, "os", System(link=_no_links))
    with pytest.raises(InputError, match=r"one-cert\.pem") as error, Folder(str(tmp_path)) as folder:  # noqa: PT012 - the race is in the block
        folder.refuse_existing(NAMES)
        (tmp_path / "one-cert.pem").write_text("somebody else's")
        folder.write(FILES)
    assert code_of(error) == "exists"
    assert [path.read_text() for path in tmp_path.iterdir()] == ["somebody else's"]


def _no_links(*_, **__):
    raise OSError(errno.EPERM, "")


def test_a_file_system_without_hard_links_will_do(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "os", System(link=_no_links))
    write(tmp_path)
    assert modes(tmp_path) == {"one-key.pem": 0o600, "one-cert.pem": 0o644}
    assert (tmp_path / "one-key.pem").read_bytes() == FILES[0].content


def test_a_write_that_takes_little_at_a_time_is_repeated(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "os", System(write=lambda descriptor, data: os.write(descriptor, data[:700])))
    write(tmp_path)
    assert (tmp_path / "one-cert.pem").read_bytes() == FILES[1].content


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
@pytest.mark.parametrize("there", [True, False], ids=["directory exists", "directory is new"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, ""), KeyboardInterrupt()], ids=["disk full", "interrupted"])
def test_whichever_step_fails_everything_is_as_it_was(tmp_path, monkeypatch, links, there, error):
    at = tmp_path / "new" / "ssl"
    if there:
        at.mkdir(parents=True)
        (at / "other").write_text("x")
    before = sorted(tmp_path.rglob("*"))
    step = 0
    while True:
        system = System(fail_at=step, error=error, **({} if links else {"link": _no_links}))
        monkeypatch.setattr(module, "os", system)
        outcome = outcome_of(at)
        if outcome is None:
            break
        assert outcome == ("disk_full" if isinstance(error, OSError) else "interrupted")
        assert sorted(tmp_path.rglob("*")) == before
        step += 1
    assert step == system.calls
    assert step > 15


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, "not_permitted"),
        (errno.EPERM, "not_permitted"),
        (errno.EROFS, "read_only"),
        (errno.EDQUOT, "disk_full"),
        (errno.EFBIG, "file_too_large"),
        (errno.EIO, "cannot_write"),
    ],
)
def test_each_refusal_of_the_system_has_its_reason(tmp_path, monkeypatch, number, code):
    monkeypatch.setattr(module, "os", System(fail_at=5, error=OSError(number, "canary")))
    with pytest.raises(InputError) as error:
        write(tmp_path)
    assert code_of(error) == code
    assert "canary" not in repr(error.value.problems)


def test_a_file_system_that_keeps_no_modes_gets_no_keys(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "os", System(fchmod=lambda descriptor, _: os.fchmod(descriptor, 0o755)))
    with pytest.raises(InputError) as error:
        write(tmp_path)
    assert code_of(error) == "mode_not_kept"
    assert not list(tmp_path.iterdir())


@contextmanager
def unprivileged():
    """Be nobody for a while, where the tests run as root, whom no mode stops."""
    if os.getuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.mark.parametrize("path", ["closed", "closed/new", "unsearchable/new"])
def test_a_directory_that_one_may_not_write_to(tmp_path, monkeypatch, path):
    tmp_path.chmod(0o755)
    (tmp_path / "closed").mkdir(mode=0o555)
    (tmp_path / "unsearchable").mkdir(mode=0o000)
    monkeypatch.chdir(tmp_path)
    with unprivileged(), pytest.raises(InputError, match=f"^{path}: this user may not write here") as error:
        write(path)
    assert code_of(error) == "not_permitted"


@pytest.mark.parametrize("path", ["file", "file/below", "fifo", "link to file"])
def test_a_directory_that_is_none(tmp_path, monkeypatch, path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "link to file").symlink_to("file")
    os.mkfifo(tmp_path / "fifo")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="no directory") as error:
        write(path)
    assert code_of(error) == "not_a_directory"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("dangling", "missing"),
        ("dangling/below", "missing"),
        ("loop", "link_loop"),
        ("n" * 300, "name_too_long"),
        ("/proc/preflight-test", "missing"),
    ],
)
def test_other_ways_a_directory_cannot_be_made(tmp_path, monkeypatch, path, code):
    (tmp_path / "dangling").symlink_to("nothing")
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        write(path)
    assert code_of(error) == code


def test_a_current_directory_that_is_gone(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(InputError) as error:
        write("ssl")
    assert code_of(error) == "missing"


@pytest.mark.parametrize("path", ["new/..", "a/./b/", "a/../b", "link/new"])
def test_a_directory_may_be_written_in_many_ways(tmp_path, monkeypatch, path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    write(path)
    assert set(NAMES) <= set(os.listdir(path))


def test_no_descriptor_stays_open(tmp_path):
    before = sorted(os.listdir("/proc/self/fd"))
    write(tmp_path)
    with pytest.raises(InputError):
        write(tmp_path)
    assert sorted(os.listdir("/proc/self/fd")) == before
