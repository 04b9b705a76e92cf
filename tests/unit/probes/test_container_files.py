"""Paths in a container, followed to this machine."""

from __future__ import annotations

import os

import pytest

from preflight.model.origin import Origin
from preflight.model.secret_text import SecretText
from preflight.model.service import FilePlace, Service
from preflight.probes.container_files import ContainerFiles
from preflight.probes.files import FileProbe, FileProblem, FileText

HERE = Origin(file="compose.yaml", line=1, column=1)


def place(target, source=None, **fields):
    return FilePlace(
        target=target,
        source=source and str(source),
        shown=fields.pop("shown", f"host of {target}"),
        origin=HERE,
        **fields,
    )


def container(*places, working_dir=None):
    deepest_first = tuple(sorted(places, key=lambda one: len(one.target), reverse=True))
    service = Service(files=deepest_first, working_dir=working_dir, contents={}, places={})
    return ContainerFiles(service, FileProbe("/"))


def text_of(found):
    assert isinstance(found, FileText), found
    return found.text


def test_a_file_below_a_bind_mount_is_the_one_of_the_host(tmp_path):
    (tmp_path / "server.key").write_text("key")
    (tmp_path / "server.key").chmod(0o640)
    files = container(place("/app/ssl", tmp_path, shown="ssl"))
    seen = files.inspect("/app/ssl/../ssl/server.key")
    assert (seen.kind, seen.mode, seen.place) == ("regular", 0o640, "ssl/server.key")
    assert text_of(files.read("/app/ssl/server.key")) == "key"


def test_the_deepest_mount_decides(tmp_path):
    for name in ("outer", "inner"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text(name)
    (tmp_path / "outer" / "deep").mkdir()
    files = container(place("/data", tmp_path / "outer"), place("/data/deep", tmp_path / "inner"))
    assert text_of(files.read("/data/a")) == "outer"
    assert text_of(files.read("/data/deep/a")) == "inner"


def test_a_neighbouring_name_is_not_below_the_mount(tmp_path):
    (tmp_path / "a").write_text("x")
    assert container(place("/data", tmp_path)).inspect("/database/a").kind == "elsewhere"


@pytest.mark.parametrize("path", ["/etc/ssl/ca.pem", "relative.pem"])
def test_what_only_the_image_knows_is_elsewhere(path):
    files = container()
    assert (files.inspect(path).kind, files.inspect(path).place) == ("elsewhere", "the image")
    read = files.read(path)
    assert isinstance(read, FileProblem)
    assert "the image" in read.message


def test_a_volume_is_elsewhere_and_named():
    files = container(place("/var/lib/data", shown="the volume data"))
    assert files.inspect("/var/lib/data/x").kind == "elsewhere"
    read = files.read("/var/lib/data/x")
    assert isinstance(read, FileProblem)
    assert read.code == "elsewhere"
    assert "the volume data" in read.message


def test_a_relative_path_starts_in_the_working_directory(tmp_path):
    (tmp_path / "a").write_text("x")
    assert text_of(container(place("/srv/app", tmp_path), working_dir="/srv/app").read("a")) == "x"


def test_a_link_below_a_mount_is_followed_in_the_container(tmp_path):
    """An absolute link means the container's file, not the host's of the same path."""
    certificates, other = tmp_path / "certs", tmp_path / "other"
    certificates.mkdir()
    other.mkdir()
    (other / "ca.pem").write_text("right")
    (tmp_path / "ca.pem").write_text("the host's")
    os.symlink("/other/ca.pem", certificates / "absolute.pem")
    os.symlink("../other/ca.pem", certificates / "relative.pem")
    os.symlink(str(tmp_path / "ca.pem"), certificates / "of-the-host.pem")
    files = container(place("/certs", certificates), place("/other", other))
    assert text_of(files.read("/certs/absolute.pem")) == "right"
    assert text_of(files.read("/certs/relative.pem")) == "right"
    assert files.inspect("/certs/of-the-host.pem").kind == "elsewhere"


def test_kubernetes_like_links_inside_a_mount_work(tmp_path):
    (tmp_path / "..2025").mkdir()
    (tmp_path / "..2025" / "tls.key").write_text("x")
    os.symlink("..2025", tmp_path / "..data")
    os.symlink("..data/tls.key", tmp_path / "tls.key")
    assert text_of(container(place("/tls", tmp_path)).read("/tls/tls.key")) == "x"


def test_links_in_a_circle_are_said_to_be(tmp_path):
    os.symlink("b", tmp_path / "a")
    os.symlink("a", tmp_path / "b")
    assert container(place("/x", tmp_path)).inspect("/x/a").kind == "symlink_loop"


def test_a_secret_from_a_variable_has_its_content_mode_and_owner():
    files = container(place("/run/secrets/k", content=SecretText("abc"), mode=0o440, uid=70, gid=71))
    seen = files.inspect("/run/secrets/k")
    assert (seen.mode, seen.uid, seen.gid, seen.size) == (0o440, 70, 71, 3)
    assert text_of(files.read("/run/secrets/k")) == "abc"
    assert files.inspect("/run/secrets/k/below").kind == "not_a_directory"
    read = files.read("/run/secrets/k", limit=2)
    assert isinstance(read, FileProblem)
    assert read.code == "too_large"


def test_a_missing_host_file_names_it(tmp_path):
    files = container(place("/run/secrets/k", tmp_path / "k.txt", shown="k.txt"))
    assert (files.inspect("/run/secrets/k").kind, files.inspect("/run/secrets/k").place) == ("missing", "k.txt")
    read = files.read("/run/secrets/k")
    assert isinstance(read, FileProblem)
    assert (read.code, "k.txt" in read.message) == ("missing", True)


@pytest.mark.parametrize("path", ["", "/a\x00b"])
def test_no_path_can_look_like_that(path):
    assert container().inspect(path).kind == "invalid_path"
