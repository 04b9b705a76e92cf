"""Files that pg_hba.conf and postgresql.conf include: what is followed, and what stops."""

from __future__ import annotations

import pytest

from preflight.model.fact import Deferred
from preflight.postgres.hba import read_access
from preflight.postgres.includes import Listed, Opened
from preflight.postgres.server_settings import read_configuration

LATER = Deferred(reason="elsewhere", detail="it is in the image")


class Tree:
    """Files by path; what stands in the image is known only there."""

    def __init__(self, **files):
        self.files = {f"/etc/{name.replace('__', '/')}.conf": text for name, text in files.items()}
        self.opened = 0

    def file(self, path):
        self.opened += 1
        if path.startswith("/image/"):
            return Opened(shown=path, later=LATER)
        return Opened(shown=path, text=self.files.get(path))

    def folder(self, path):
        if path.startswith("/image/"):
            return Listed(later=LATER)
        names = {one.removeprefix(path + "/").partition("/")[0] for one in self.files if one.startswith(path + "/")}
        return Listed(names=tuple(sorted(names, reverse=True)) or None)


def access(text, **files):
    return read_access(text, path="/etc/pg_hba.conf", files=Tree(**files))


def test_rows_come_in_the_place_of_the_line():
    read = access("local all all peer\ninclude more.conf\nhost all all all md5\n", more="# said\nhost a a all trust\n")
    assert [(row.file, row.line, row.method) for row in read.rows] == [
        ("", 1, "peer"),
        ("/etc/more.conf", 2, "trust"),
        ("", 3, "md5"),
    ]
    assert [row.method for row in read.plaintext_rows()] == ["trust", "md5"]


def test_what_is_included_counts_for_what_comes_behind_it():
    read = access("include deny.conf\nhost all all all md5\n", deny="hostnossl all all all reject\n")
    assert read.plaintext_rows() == ()


def test_relative_paths_start_at_the_file_that_includes():
    read = access("include d/one.conf", d__one="include two.conf\n", d__two="local all all peer\n", two="nothing\n")
    assert [(row.file, row.line) for row in read.rows] == [("/etc/d/two.conf", 1)]


def test_a_directory_gives_its_files_in_order():
    read = access(
        'include_dir "d"',
        d__b="local b all peer",
        d__a="local a all peer",
        **{"d__.c": "local c all peer", "d__e__f": "local f all peer"},
    )
    assert [row.databases[0][0] for row in read.rows] == ["a", "b"]


@pytest.mark.parametrize("kind", ["include", "include_dir"])
def test_what_is_missing_keeps_the_server_from_starting(kind):
    for read in (
        access(f"{kind} nothing\n"),
        read_configuration(f"{kind} 'nothing'\n", path="/etc/postgresql.conf", files=Tree()),
    ):
        assert [(place.line, code) for place, code in read.errors] == [(1, "include_missing")]


@pytest.mark.parametrize("kind", ["include", "include_if_exists"])
def test_a_directory_is_no_file(kind):
    assert [code for _, code in access(f"{kind} d\n", d__a="").errors] == ["include_of_directory"]


def test_what_may_be_missing_is_passed_over():
    read = access("include_if_exists nothing.conf\nlocal all all peer\n")
    assert (len(read.rows), read.errors, read.unread) == (1, (), ())


@pytest.mark.parametrize("kind", ["include", "include_if_exists", "include_dir"])
def test_what_is_elsewhere_settles_nothing_behind_it(kind):
    read = access(f"host all all all trust\n{kind} /image/d\nhost all all all md5\n")
    assert [(place.line, unread.later) for place, unread in read.unread] == [(2, LATER)]
    assert [row.method for row in read.plaintext_rows()] == ["trust"]
    settings = read_configuration(f"ssl = on\n{kind} '/image/d'\n", path="/etc/postgresql.conf", files=Tree())
    place, unread = settings.unread_after(settings.of("ssl"))
    assert (place.line, unread.later) == (2, LATER)


@pytest.mark.parametrize("depth", [10, 11])
def test_ten_levels_are_the_deepest(depth):
    files = {f"f{level}": f"include f{level + 1}.conf\n" for level in range(1, depth)}
    files[f"f{depth}"] = "local all all peer\n"
    read = access("include f1.conf\n", **files)
    assert [code for _, code in read.errors] == ([] if depth == 10 else ["include_too_deep"])
    assert len(read.rows) == (1 if depth == 10 else 0)


def test_files_that_include_each_other_end_soon():
    tree = Tree(more="include more.conf\n" * 100)
    read = read_access("include more.conf\n", path="/etc/pg_hba.conf", files=tree)
    assert [code for _, code in read.errors] == ["include_too_deep"]
    assert tree.opened <= 11


def test_what_grows_without_end_is_no_longer_known():
    tree = Tree(
        **{f"f{level}": f"include f{level + 1}.conf\n" * 10 for level in range(1, 10)}, f10="local all all peer"
    )
    read = read_access("include f1.conf\nlocal all all trust", path="/etc/pg_hba.conf", files=tree)
    assert len(read.unread) == 1
    assert tree.opened <= 500


def test_a_setting_has_the_file_that_it_stands_in():
    tree = Tree(d__a="ssl = off\n", d__b="\nssl = on\n")
    read = read_configuration("ssl = off\ninclude_dir 'd'\nport = 1\n", path="/etc/postgresql.conf", files=tree)
    assert (read.of("ssl").value, read.of("ssl").file, read.of("ssl").line) == ("on", "/etc/d/b.conf", 2)
    assert read.unread_after(read.of("ssl")) is None
