"""What real git says of commits, and commits and merges made in the user's own name."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.branches import commit
from support.project import Project
from taskfiles import TaskfilesError
from taskfiles.run.commits import Git, name_some


@pytest.fixture
def started(project: Project) -> Project:
    project.write("a.txt", "a\n")
    commit(project, "start")
    return project


def git_of(project: Project) -> Git:
    return Git(project.root, project.environment(None))


def head(project: Project, name: str = "HEAD") -> str:
    return project.git("rev-parse", name).strip()


def branch(project: Project, name: str, path: str, text: str) -> None:
    """Make a branch with one commit, and come back."""
    project.git("switch", "--quiet", "--create", name)
    project.write(path, text)
    commit(project, f"on {name}")
    project.git("switch", "--quiet", "main")


def test_commits_and_branches_are_found_by_name(started: Project) -> None:
    git = git_of(started)
    assert git.find_commit("HEAD") == git.find_commit("refs/heads/main") == head(started)
    assert git.find_commit("refs/heads/none") is None
    assert git.find_branch() == "main"
    started.git("switch", "--quiet", "--detach")
    assert git.find_branch() is None


def test_a_repository_without_a_commit_has_a_branch_and_no_head(project: Project) -> None:
    assert git_of(project).find_commit("HEAD") is None
    assert git_of(project).find_branch() == "main"


def test_a_commit_is_contained_in_what_came_after_it(started: Project) -> None:
    branch(started, "topic", "b.txt", "b\n")
    git = git_of(started)
    assert git.is_contained(head(started), "topic")
    assert not git.is_contained("topic", head(started))
    with pytest.raises(TaskfilesError) as caught:
        git.is_contained("refs/heads/none", "main")
    assert caught.value.code == "git-failed"


def test_the_commits_that_one_has_and_another_has_not_are_counted_and_named(started: Project) -> None:
    started.git("switch", "--quiet", "--create", "topic")
    for number in range(7):
        started.write("b.txt", str(number))
        commit(started, f"step {number}")
    count, subjects = git_of(started).describe("topic", without="main")
    assert count == 7
    assert subjects == "step 6, step 5, step 4, step 3, step 2 and 2 more"


@pytest.mark.parametrize(
    ("names", "count", "text"),
    [
        (["a"], None, "a"),
        (["a", "b"], None, "a, b"),
        (list("abcdefg"), None, "a, b, c, d, e and 2 more"),
        (list("abcde"), 9, "a, b, c, d, e and 4 more"),
    ],
)
def test_a_sentence_names_five_at_most(names: list[str], count: int | None, text: str) -> None:
    assert name_some(names, *(() if count is None else (count,))) == text


def test_what_a_work_tree_holds_beside_its_commit(started: Project) -> None:
    started.write(".gitignore", "*.log\n")
    started.write("build.log", "x")
    started.write("new/ä b.txt", "x")
    started.write("a.txt", "changed\n")
    Project(started.root / "inner").root.mkdir()
    started.git("init", "-q", "inner")
    started.write("inner/x.txt", "x")
    assert sorted(git_of(started).list_changes(started.root)) == [
        (" M", "a.txt"),
        ("??", ".gitignore"),
        ("??", "inner/"),
        ("??", "new/ä b.txt"),
    ]


def test_all_is_committed_but_repositories_inside(started: Project) -> None:
    started.git("init", "-q", "[inner]*")
    started.write("[inner]*/x.txt", "x")
    started.write("b.txt", "b\n")
    git = git_of(started)
    assert git.commit_all(started.root, "Work\n\nTask: fix\n") is None
    assert started.git("show", "--name-only", "--format=%an: %s", "HEAD") == "Ada: Work\n\nb.txt\n"
    tip = head(started)
    assert git.commit_all(started.root, "again") is None
    assert head(started) == tip


def test_the_words_of_a_hook_that_refuses_are_given(started: Project) -> None:
    started.write(".git/hooks/pre-commit", "#!/bin/sh\necho Not on Sundays >&2\nexit 1\n").chmod(0o755)
    started.write("b.txt", "b\n")
    refusal = git_of(started).commit_all(started.root, "Work")
    assert refusal is not None
    assert refusal.problem == "git says “Not on Sundays”"


def test_conflicts_that_are_left_are_not_committed(started: Project) -> None:
    branch(started, "topic", "a.txt", "theirs\n")
    started.write("a.txt", "ours\n")
    commit(started, "ours")
    git = git_of(started)
    git.ask("merge", "topic")
    refusal = git.commit_all(started.root, "Work")
    assert refusal is not None
    assert refusal.problem == "conflicts are not resolved in a.txt"


def test_a_merge_gives_the_commit_that_it_led_to(started: Project) -> None:
    branch(started, "topic", "b.txt", "b\n")
    merging = git_of(started).merge("topic", "--no-ff", "-m", "Merge topic")
    assert merging.commit == head(started)
    assert started.git("log", "-1", "--format=%s").strip() == "Merge topic"


def test_a_merge_with_conflicts_leaves_all_as_it_was(started: Project) -> None:
    branch(started, "topic", "a.txt", "theirs\n")
    started.write("a.txt", "ours\n")
    commit(started, "ours")
    before = head(started), started.tree()
    merging = git_of(started).merge("topic")
    assert (merging.commit, merging.conflicts, merging.problem) == (None, ("a.txt",), "conflicts in a.txt")
    assert (head(started), started.tree()) == before
    assert started.git("status", "--porcelain") == ""


def test_a_merge_that_makes_no_commit_is_none(started: Project) -> None:
    branch(started, "topic", "b.txt", "b\n")
    started.git("config", "branch.main.mergeOptions", "--no-commit --no-ff")
    merging = git_of(started).merge("topic")
    assert (merging.commit, merging.conflicts) == (None, ())
    assert "without a commit" in merging.problem


def test_a_branch_that_is_not_there_can_not_be_merged(started: Project, tmp_path: Path) -> None:
    merging = git_of(started).merge("none")
    assert merging.commit is None
    assert "none" in merging.problem
    with pytest.raises(TaskfilesError) as caught:
        Git(tmp_path / "gone", started.environment(None)).run("rev-parse", "HEAD")
    assert caught.value.code == "git-failed"
