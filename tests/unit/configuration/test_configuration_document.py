from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from preflight.configuration.document import MAX_BYTES, read_document
from preflight.documents.nodes import plain_value
from preflight.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


def code(folder: Path, config_file: str | None = None) -> tuple[str, str]:
    with pytest.raises(ConfigurationError) as refused:
        read_document(str(folder), config_file)
    (problem,) = refused.value.problems
    assert problem.hint
    return problem.code, str(problem.origin)


def test_a_folder_without_one_has_none(tmp_path: Path) -> None:
    assert read_document(str(tmp_path), None) is None
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "preflight"\n[tool.ruff]\n')
    assert read_document(str(tmp_path), None) is None


@pytest.mark.parametrize("name", ["preflight.yaml", "preflight.yml"])
def test_it_is_found_by_name_before_pyproject(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("\ufefflog: json", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.preflight]\nlog = 3\n")
    found = read_document(str(tmp_path), None)
    assert found is not None
    assert (found.path, plain_value(found.root)) == (name, {"log": "json"})


def test_two_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "preflight.yaml").write_text("log: json")
    (tmp_path / "preflight.yml").write_text("log: json")
    assert code(tmp_path) == ("ambiguous", "preflight.yml")


@pytest.mark.parametrize("header", ["[tool.preflight]", "[ tool . preflight ]", '["tool"."preflight"]'])
def test_pyproject_is_the_other_place(tmp_path: Path, header: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.ruff]\n\n{header}\nlog = 'json'\n")
    found = read_document(str(tmp_path), None)
    assert found is not None
    assert (found.path, plain_value(found.root)) == ("pyproject.toml", {"log": "json"})


def test_pyproject_by_the_short_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\npreflight.log = 'json'\n")
    assert read_document(str(tmp_path), None) is not None


def test_mistakes_in_pyproject_have_places_too(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.preflight]\n  logg = 'json'\n")
    assert code(tmp_path) == ("unknown_key", "pyproject.toml:2:3")


def test_a_named_file_must_be_there_and_say_something(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    assert code(tmp_path, str(path)) == ("missing", str(path))
    path.write_text("[tool.ruff]\n")
    assert code(tmp_path, str(path)) == ("missing_key", f"{path}:1:1")
    path.write_text("[tool.preflight\n")
    assert code(tmp_path, str(path))[0] == "syntax"


def test_a_link_that_leads_nowhere_is_no_missing_configuration(tmp_path: Path) -> None:
    (tmp_path / "preflight.yaml").symlink_to(tmp_path / "gone.yaml")
    assert code(tmp_path) == ("dangling_symlink", "preflight.yaml")


def test_an_empty_pyproject_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    assert read_document(str(tmp_path), None) is None


def test_a_folder_a_fifo_a_huge_and_a_binary_file(tmp_path: Path) -> None:
    path = tmp_path / "preflight.yaml"
    path.mkdir()
    assert code(tmp_path) == ("is_directory", "preflight.yaml")
    path.rmdir()
    os.mkfifo(path)
    assert code(tmp_path) == ("is_fifo", "preflight.yaml")
    path.unlink()
    path.write_text("#" * (MAX_BYTES + 1))
    assert code(tmp_path) == ("too_large", "preflight.yaml")
    path.write_bytes(b"log: \xff\xfe")
    assert code(tmp_path) == ("not_utf8", "preflight.yaml")
    path.write_bytes(b"log: \x00")
    assert code(tmp_path) == ("binary", "preflight.yaml")
    path.write_bytes(b"")
    assert code(tmp_path) == ("empty", "preflight.yaml:1:1")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "preflight.yaml"
    path.write_text("log: json")
    path.chmod(0)
    assert code(tmp_path) == ("permission_denied", "preflight.yaml")
