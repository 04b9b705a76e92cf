"""What an image's name pins."""

from __future__ import annotations

import pytest

DIGEST = "@sha256:" + "0123456789abcdef" * 4
NAMES = [
    ("example/app", "docker.io", "example/app", None, False),
    ("example/app:latest", "docker.io", "example/app", "latest", False),
    ("example/app:Latest", "docker.io", "example/app", "Latest", False),
    ("example/app:latest-alpine", "docker.io", "example/app", "latest-alpine", False),
    ("example/app:edge", "docker.io", "example/app", "edge", False),
    ("example/app:1.4", "docker.io", "example/app", "1.4", True),
    ("postgres:16-alpine", "docker.io", "postgres", "16-alpine", True),
    ("registry.example.com:5000/app", "registry.example.com:5000", "app", None, False),
    ("localhost/app:3", "localhost", "app", "3", True),
    (f"example/app{DIGEST}", "docker.io", "example/app", None, True),
    (f"example/app:latest{DIGEST}", "docker.io", "example/app", "latest", True),
]


@pytest.mark.parametrize(("name", "registry", "repository", "tag", "pinned"), NAMES)
def test_the_parts_of_a_name(of_compose, name, registry, repository, tag, pinned):
    (found,) = of_compose("image", f"services:\n  app:\n    image: {name}\n").values()
    assert (found.registry, found.repository, found.tag, found.pinned) == (registry, repository, tag, pinned)
    assert found.digest is ("@" in name)
    assert found.origin.line == 3


def test_a_variable_that_is_unset_leaves_no_tag(of_compose):
    (found,) = of_compose("image", "services:\n  app:\n    image: example/app:${VERSION}\n").values()
    assert found.tag is None
    assert not found.pinned


def test_what_is_built_here_is_named_and_not_pulled(of_compose):
    (found,) = of_compose("image", "services:\n  app:\n    build: .\n    image: example/app\n").values()
    assert found.built


def test_an_address_in_place_of_a_name_is_not_shown(of_compose):
    (found,) = of_compose("image", "services:\n  app:\n    image: https://me:hunter2@example.com/app\n").values()
    assert "hunter2" not in found.name
    assert not found.pinned
