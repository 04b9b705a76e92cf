from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from preflight.probes import git as git_module
from preflight.probes.git import GitFacts, GitProbe

if TYPE_CHECKING:
    from collections.abc import Iterator

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def tree(tmp_path: Path, home: Path) -> Iterator[Path]:
    """A work tree with one tracked file, one ignored file and one that is neither."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    root = tmp_path / "tree"
    root.mkdir()
    git(root, "init", "-q")
    (root / "sub").mkdir()
    for name in ("tracked", "ignored", "neither", "sub/.env"):
        (root / name).write_text("text")
    (root / ".gitignore").write_text("ignored\n")
    git(root, "add", "tracked", ".gitignore")
    assert home.is_dir()
    return root


def git(folder: Path, *arguments: str) -> str:
    environment = {
        "HOME": str(folder.parent / "home"), "PATH": os.defpath, "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.com", "GIT_ALLOW_PROTOCOL": "file",
    }  # fmt: skip
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout


def look(root: Path, path: str, **environment: str) -> GitFacts:
    return GitProbe({"HOME": str(root.parent / "home"), **environment}, str(root)).inspect(path)


def known(*, tracked: bool = False, ignored: bool = False) -> GitFacts:
    return GitFacts(repository=True, tracked=tracked, ignored=ignored)


def test_outside_a_repository_there_is_nothing_to_know(tmp_path: Path, home: Path) -> None:
    (tmp_path / ".env").touch()
    assert home.is_dir()
    assert look(tmp_path, ".env") == GitFacts(repository=False)
    assert look(tmp_path, "gone/.env") == GitFacts(repository=False)
    assert look(tmp_path, "a\0b") == GitFacts(repository=False)
    assert look(tmp_path, "\ud800") == GitFacts(repository=False)


@pytest.mark.parametrize(
    ("path", "facts"),
    [
        ("tracked", known(tracked=True)),
        ("ignored", known(ignored=True)),
        ("neither", known()),
        ("sub/.env", known()),
        ("sub/../tracked", known(tracked=True)),
        ("sub", known()),
        ("gone", known()),
    ],
)
def test_tracked_ignored_or_neither(tree: Path, path: str, facts: GitFacts) -> None:
    assert look(tree, path) == facts
    assert look(tree, str(tree / path)) == facts


def test_a_file_can_be_tracked_and_ignored(tree: Path) -> None:
    git(tree, "add", "-f", "ignored")
    assert look(tree, "ignored") == known(tracked=True, ignored=True)


def test_git_is_not_started_and_nothing_heavy_is_imported(tree: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from preflight.probes.git import GitProbe\n"
        "early = set(sys.modules)\n"
        "facts = GitProbe({}, sys.argv[2]).inspect('tracked')\n"
        "print(facts.tracked, sorted({'subprocess', '_posixsubprocess', 're', 'inspect', 'dataclasses'} & (set(sys.modules) - early)))\n"
    )
    package = str(Path(git_module.__file__).parents[2])
    command = [sys.executable, "-I", "-c", script, package, str(tree)]
    assert subprocess.run(command, capture_output=True, check=True, text=True).stdout == "True []\n"


def test_links_count_where_the_content_lies(tree: Path) -> None:
    (tree.parent / "outside").write_text("text")
    (tree / "to-outside").symlink_to("../outside")
    (tree / "to-tracked").symlink_to("tracked")
    (tree.parent / "way-in").symlink_to(tree, target_is_directory=True)
    (tree.parent / "to-ignored").symlink_to("tree/ignored")
    git(tree, "add", "to-outside")
    assert look(tree, "to-outside") == GitFacts(repository=False)
    assert look(tree, "to-tracked") == known(tracked=True)
    assert look(tree, "../way-in/tracked") == known(tracked=True)
    assert look(tree, "../to-ignored") == known(ignored=True)


# Rules from every place


def test_rules_from_every_place(tree: Path, home: Path) -> None:
    (tree / ".git/info/exclude").write_text("by-exclude\n")
    (home / ".config/git").mkdir(parents=True)
    (home / ".config/git/ignore").write_text("by-user\nboth\n")
    (tree / "sub/.gitignore").write_text("by-folder\n!by-user\n")
    for path in ("by-exclude", "sub/by-exclude", "by-user", "sub/by-folder"):
        assert look(tree, path) == known(ignored=True), path
    for path in ("by-folder", "sub/by-user"):
        assert look(tree, path) == known(), path
    (tree / ".git/info/exclude").write_text("!both\n")
    assert look(tree, "both") == known()
    assert GitProbe({}, str(tree)).inspect("by-user") == known()  # without HOME there are no rules of a user


def test_the_users_rules_where_xdg_says(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "xdg/git").mkdir(parents=True)
    (tmp_path / "xdg/git/ignore").write_text("neither\n")
    assert look(tree, "neither", XDG_CONFIG_HOME=str(tmp_path / "xdg")) == known(ignored=True)
    assert look(tree, "neither", XDG_CONFIG_HOME="") == known()


@pytest.mark.parametrize("where", ["home/.gitconfig", "home/.config/git/config", "tree/.git/config"])
@pytest.mark.parametrize("value", ["~/rules", '"~/rules"', "{}/home/rules", "../home/rules"])
def test_the_users_rules_where_the_configuration_says(tree: Path, tmp_path: Path, where: str, value: str) -> None:
    (tmp_path / "home/rules").write_text("neither\n")
    (tmp_path / where).parent.mkdir(parents=True, exist_ok=True)
    with open(tmp_path / where, "a", encoding="utf-8") as file:
        file.write(f"[core]\n\texcludesFile = {value.format(tmp_path)} ; a comment\n")
    assert look(tree, "neither") == known(ignored=True)


def test_an_empty_name_switches_the_users_rules_off(tree: Path, home: Path) -> None:
    (home / ".config/git").mkdir(parents=True)
    (home / ".config/git/ignore").write_text("neither\n")
    assert look(tree, "neither") == known(ignored=True)
    git(tree, "config", "core.excludesFile", "")
    assert look(tree, "neither") == known()


def test_included_configuration(tree: Path, home: Path) -> None:
    (home / ".gitconfig").write_text("[include]\n\tpath = more/config\n")
    (home / "more").mkdir()
    (home / "more/config").write_text("[core]\n\texcludesFile = ~/rules\n")
    (home / "rules").write_text("neither\n")
    assert look(tree, "neither") == known(ignored=True)


def test_included_under_a_condition(tree: Path, home: Path) -> None:
    (home / ".gitconfig").write_text('[includeIf "gitdir:~/work/"]\n\tpath = work\n')
    (home / "work").write_text("[user]\n\temail = a@example.com\n")
    assert look(tree, "neither") == known()
    (home / "work").write_text("[core]\n\texcludesFile = ~/rules\n")
    assert "includeIf" in unknown(look(tree, "neither"))


def test_a_gitignore_that_is_a_link_is_not_followed(tree: Path) -> None:
    (tree / "sub/rules").write_text(".env\n")
    (tree / "sub/.gitignore").symlink_to("rules")
    assert look(tree, "sub/.env") == known()


# Kinds of repositories


def test_a_linked_work_tree_has_its_own_index_and_the_shared_rules(tree: Path) -> None:
    git(tree, "commit", "-q", "-m", "first")
    git(tree, "worktree", "add", "-q", "../linked")
    linked = tree.parent / "linked"
    assert (linked / ".git").is_file()
    (linked / "own").write_text("text")
    (tree / ".git/info/exclude").write_text("by-exclude\n")
    assert look(linked, "tracked") == known(tracked=True)
    assert look(linked, "own") == known()
    git(linked, "add", "own")
    assert look(linked, "own") == known(tracked=True)
    assert look(tree, "own") == known()
    assert look(linked, "by-exclude") == known(ignored=True)
    git(tree, "config", "core.bare", "true")
    assert look(linked, "own") == known(tracked=True)
    shutil.rmtree(tree)
    assert "not here" in unknown(look(linked, "own"))


def test_a_submodule_is_a_repository_of_its_own(tree: Path) -> None:
    git(tree, "commit", "-q", "-m", "first")
    outer = tree.parent / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "submodule", "--quiet", "add", str(tree), "inner")
    assert (outer / "inner/.git").is_file()
    assert look(outer, "inner/tracked") == known(tracked=True)
    assert look(outer, "inner/ignored") == known(ignored=True)
    assert look(outer, ".gitmodules") == known(tracked=True)


def test_where_there_is_no_work_tree(tree: Path) -> None:
    git(tree, "clone", "-q", "--bare", ".", "../bare.git")
    (tree.parent / "bare.git/.env").touch()
    assert look(tree, "../bare.git/.env") == GitFacts(repository=False)
    assert look(tree, ".git/config") == GitFacts(repository=False)
    assert look(tree, ".git/objects/x") == GitFacts(repository=False)
    git(tree, "config", "core.bare", "true")
    assert look(tree, "tracked") == GitFacts(repository=False)


def test_an_empty_git_folder_is_no_repository(tree: Path) -> None:
    (tree / "sub/.git").mkdir()
    (tree / "sub/tracked").touch()
    git(tree, "add", "sub/tracked")
    assert look(tree, "sub/tracked") == known(tracked=True)
    (tree / "sub/.git/HEAD").touch()
    assert look(tree, "sub/tracked") == known(tracked=True)


def test_a_git_folder_behind_a_link(tree: Path) -> None:
    (tree / ".git").rename(tree.parent / "store")
    (tree / ".git").symlink_to("../store", target_is_directory=True)
    assert look(tree, "tracked") == known(tracked=True)


def test_a_repository_without_commits_or_index(tree: Path) -> None:
    (tree / ".git/index").unlink()
    assert look(tree, "tracked") == known()


# What cannot be answered is said


def unknown(facts: GitFacts) -> str:
    assert facts.repository
    assert facts.ignored is None
    assert facts.reason
    return facts.reason


@pytest.mark.parametrize(
    "content", ["", "nothing of the kind", "gitdir: ", "gitdir: ../nowhere", "gitdir: .git", "\0\xff", "gitdir: /etc\n"]
)
def test_a_git_file_that_leads_nowhere(tmp_path: Path, home: Path, content: str) -> None:
    assert home.is_dir()
    (tmp_path / ".git").write_text(content)
    facts = look(tmp_path, ".env")
    assert unknown(facts)
    assert facts.tracked is None


@pytest.mark.parametrize(
    "text", ["[core", "= 1", "[core]\n= 1", "[core]\nbare = perhaps", '[core]\nbare = "true', "[core]\n1a=2"]
)
def test_a_configuration_that_is_malformed(tree: Path, text: str) -> None:
    (tree / ".git/config").write_text(text)
    facts = look(tree, "tracked")
    assert "configuration" in unknown(facts)
    assert facts.tracked is None


@pytest.mark.parametrize("key", ["core.worktree", "extensions.objectFormat"])
def test_settings_that_lead_elsewhere(tree: Path, key: str) -> None:
    git(tree, "config", key, "../home")
    assert look(tree, "tracked").tracked is None


def test_a_work_tree_that_is_named_where_it_is(tree: Path) -> None:
    git(tree, "config", "core.worktree", "..")
    assert look(tree, "tracked") == known(tracked=True)


def test_files_that_cannot_be_read(tree: Path) -> None:
    for path in (".gitignore", ".git/info/exclude"):
        (tree / path).unlink()
        os.mkfifo(tree / path)
        facts = look(tree, "neither")
        assert unknown(facts)
        assert facts.tracked is False
        (tree / path).unlink()
    (tree / ".gitignore").write_bytes(b"x\n" * 600_000)
    assert "larger" in unknown(look(tree, "neither"))
    (tree / ".gitignore").unlink()
    (tree / ".git/index").unlink()
    os.mkfifo(tree / ".git/index")
    facts = look(tree, "neither")
    assert facts.tracked is None
    assert "index" in facts.reason


def test_rules_that_cannot_be_read_do_not_matter_where_nearer_ones_decide(tree: Path, home: Path) -> None:
    (home / ".config/git").mkdir(parents=True)
    os.mkfifo(home / ".config/git/ignore")
    assert look(tree, "ignored") == known(ignored=True)
    assert unknown(look(tree, "neither"))


def test_an_index_that_is_too_large(tree: Path) -> None:
    with open(tree / ".git/index", "r+b") as file:
        file.truncate(65 * 1024 * 1024)
    facts = look(tree, "neither")
    assert facts.tracked is None
    assert "larger" in facts.reason


def test_a_split_index(tree: Path) -> None:
    git(tree, "commit", "-q", "-m", "first")
    git(tree, "update-index", "--split-index")
    assert list((tree / ".git").glob("sharedindex.*"))
    facts = look(tree, "neither")
    assert facts.tracked is None
    assert "split" in facts.reason


def test_a_sparse_checkout(tree: Path) -> None:
    for folder in ("in", "out"):
        (tree / folder).mkdir()
        (tree / folder / "a").write_text("text")
        (tree / folder / ".gitignore").write_text("a-rule\n")
    git(tree, "add", "in", "out")
    git(tree, "commit", "-q", "-m", "first")
    git(tree, "sparse-checkout", "set", "in")
    (tree / "out").mkdir()
    assert look(tree, "out/a").tracked is True
    assert "sparse" in unknown(look(tree, "out/a-rule"))
    assert look(tree, "in/a-rule") == known(ignored=True)
    git(tree, "sparse-checkout", "set", "--sparse-index", "in")
    facts = look(tree, "out/a")
    assert facts.tracked is None
    assert "sparse" in facts.reason
    assert look(tree, "in/a").tracked is True


def test_a_repository_that_may_not_be_looked_into(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.stat

    def stat(path: str) -> os.stat_result:
        if "/.git/" in path:
            raise PermissionError(13, "quotes a path")
        return real(path)

    monkeypatch.setattr("preflight.probes.git_repository.os.stat", stat)
    facts = look(tree, "tracked")
    assert "quotes" not in unknown(facts)
    assert facts.tracked is None
