"""What is looked at: each file once, links followed, nothing without a bound."""

from __future__ import annotations

import os

import pytest

from preflight.certificates import search as module
from preflight.certificates.search import DEPTH, search


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def make(*paths):
    for path in paths:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(path)


def paths_of(*paths):
    return [one.path for one in search(paths).candidates]


def test_folders_are_looked_into_in_the_order_of_names():
    make("ssl/b.pem", "ssl/a.pem", "ssl/more/c.pem", "ssl/notes.txt")
    found = search(["ssl"])
    assert [one.path for one in found.candidates] == ["ssl/a.pem", "ssl/b.pem", "ssl/notes.txt", "ssl/more/c.pem"]
    assert not any(one.named for one in found.candidates)
    assert not found.problems


def test_a_file_that_is_named_counts_as_named_and_keeps_its_name():
    make("ssl/a.pem")
    os.symlink("ssl/a.pem", "link.pem")
    (one,) = search(["ssl", "link.pem"]).candidates
    assert (one.path, one.aliases, one.named) == ("link.pem", ("ssl/a.pem",), True)
    (one,) = search(["ssl/a.pem", "ssl"]).candidates
    assert (one.path, one.aliases, one.named) == ("ssl/a.pem", (), True)


def test_links_are_followed_once():
    make("ssl/a.pem")
    os.symlink("a.pem", "ssl/b.pem")
    os.symlink("..", "ssl/up")
    os.symlink("self", "ssl/self")
    os.link("ssl/a.pem", "ssl/hard.pem")
    found = search(["ssl"])
    assert [(one.path, one.aliases) for one in found.candidates] == [
        ("ssl/a.pem", ("ssl/b.pem", "ssl/hard.pem")),
        ("ssl/self", ()),
    ]
    assert not found.problems


def test_a_kubernetes_volume_is_read_as_programs_read_it():
    make("tls/..2026_06_01_12_00_00.123/tls.crt", "tls/..2026_06_01_12_00_00.123/tls.key")
    os.symlink("..2026_06_01_12_00_00.123", "tls/..data")
    for name in ("tls.crt", "tls.key"):
        os.symlink(f"..data/{name}", f"tls/{name}")
    assert [(one.path, one.aliases) for one in search(["tls"]).candidates] == [("tls/tls.crt", ()), ("tls/tls.key", ())]


def test_without_paths_the_usual_places_are_looked_at():
    make("server.crt", "README.md", "src/other.pem", "ssl/a.pem", "dev-certs/b.pem", "deploy/certs/deep/c.pem")
    found = search([])
    assert found.places == (".", "ssl", "dev-certs", "deploy/certs")
    assert [one.path for one in found.candidates] == [
        "server.crt", "ssl/a.pem", "dev-certs/b.pem", "deploy/certs/deep/c.pem",
    ]  # fmt: skip
    assert search([]).problems == ()


def test_what_is_not_there_is_a_problem():
    assert [(one.path, one.code) for one in search(["gone", "", "a\0b"]).problems] == [
        ("gone", "missing"), ("", "missing"), ("a\0b", "missing"),
    ]  # fmt: skip


def test_a_dangling_link_is_a_candidate():
    os.symlink("nowhere", "server.crt")
    assert paths_of("server.crt") == ["server.crt"]
    assert paths_of(".") == ["./server.crt"]


def test_other_peoples_folders_are_left_out_unless_they_are_named():
    make(".git/a.pem", "node_modules/tls/b.pem", "c.pem")
    assert paths_of(".") == ["./c.pem"]
    assert paths_of("node_modules") == ["node_modules/tls/b.pem"]


def test_an_empty_folder_named_like_a_certificate_is_what_docker_makes_of_a_missing_file():
    os.makedirs("ssl/server.crt")
    os.makedirs("ssl/empty")
    make("ssl/ca.pem/inside.pem")
    assert paths_of("ssl") == ["ssl/ca.pem/inside.pem", "ssl/server.crt"]


def test_depth_has_a_bound_and_it_is_said():
    deepest = "/".join("d" * DEPTH)
    make(f"{deepest}/here.pem", f"{deepest}/e/below.pem")
    found = search(["d"])
    assert [one.path for one in found.candidates] == [f"{deepest}/here.pem"]
    assert [(one.path, one.code) for one in found.problems] == [(f"{deepest}/e", "too_deep")]


def test_the_number_of_files_has_a_bound_and_it_is_said_once(monkeypatch):
    monkeypatch.setattr(module, "MOST_ENTRIES", 5)
    make(*(f"ssl/{number}.pem" for number in range(9)), "tls/a.pem")
    found = search(["ssl", "tls"])
    assert len(found.candidates) == 5
    assert [(one.path, one.code) for one in found.problems] == [("ssl", "too_many")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root lists every folder")
def test_a_folder_that_may_not_be_listed_is_said():
    os.makedirs("ssl/closed", mode=0o000)
    assert [(one.path, one.code) for one in search(["ssl"]).problems] == [("ssl/closed", "not_listable")]


def test_a_folder_that_goes_away_meanwhile_is_said(monkeypatch):
    os.makedirs("ssl")

    def gone(_):
        raise FileNotFoundError

    monkeypatch.setattr(module.os, "scandir", gone)
    assert [(one.path, one.code) for one in search(["ssl"]).problems] == [("ssl", "not_listable")]
