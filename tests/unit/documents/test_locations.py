from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from preflight.documents import locations

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "preflight"
    package.mkdir()
    monkeypatch.setattr(locations, "_PACKAGE", str(package))
    return package


def test_here_it_is_found() -> None:
    assert os.path.isdir(locations.data_path("schemas"))


def test_in_the_wheel_it_lies_inside_the_package(package: Path) -> None:
    (package / "_data" / "rules").mkdir(parents=True)
    (package.parent / "rules").mkdir()
    (package.parent / "pyproject.toml").touch()
    assert locations.data_path("rules") == f"{package}/_data/rules"


def test_in_an_editable_installation_beside_it(package: Path) -> None:
    (package.parent / "rules").mkdir()
    (package.parent / "pyproject.toml").touch()
    assert locations.data_path("rules") == f"{package.parent}/rules"


def test_a_folder_of_that_name_in_site_packages_is_not_ours(package: Path) -> None:
    (package.parent / "rules").mkdir()
    with pytest.raises(FileNotFoundError, match="_data/rules"):
        locations.data_path("rules")
