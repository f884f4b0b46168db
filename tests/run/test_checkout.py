"""Worktrees of one directory, each named after its branch: made, held, looked at, taken away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support.branches import commit
from support.project import Project
from taskfiles import TaskfilesError
from taskfiles.run.checkout import Checkouts
from taskfiles.run.commits import Git


@pytest.fixture
def started(project: Project) -> Project:
    project.write("a.txt", "a\n")
    project.write(".gitignore", "*.log\n")
    commit(project, "start")
    return project


def checkouts(project: Project) -> Checkouts:
    git = Git(project.root, project.environment(None))
    return Checkouts(git, project.root / ".git", project.root.parent / "places")


@pytest.fixture
def trees(started: Project) -> Iterator[Checkouts]:
    with closing(checkouts(started)) as made:
        yield made


def head(project: Project) -> str:
    return project.git("rev-parse", "HEAD").strip()


def add(trees: Checkouts, project: Project, branch: str = "tasks/fix") -> Path:
    with trees.locked():
        return trees.add(branch, head(project))


def refusal(trees: Checkouts, project: Project, branch: str = "tasks/fix") -> TaskfilesError:
    with pytest.raises(TaskfilesError) as caught:
        add(trees, project, branch)
    return caught.value


def test_a_branch_gets_a_worktree_of_its_name(trees: Checkouts, started: Project) -> None:
    path = add(trees, started)
    assert path == trees.path_of("tasks/fix") == started.root.parent / "places" / "fix"
    assert (path / "a.txt").read_text() == "a\n"
    assert trees.find_tip("tasks/fix") == head(started)
    assert trees.find_stray("tasks/fix") == trees.find_obstacle("tasks/fix") == ""


def test_two_runs_never_use_one_worktree(trees: Checkouts, started: Project) -> None:
    add(trees, started)
    with closing(checkouts(started)) as others:
        error = refusal(others, started)
        assert error.code == "worktree-taken"
        assert "another run is working there" in error.message
        trees.close()
        assert add(others, started) == trees.path_of("tasks/fix")


def test_a_leftover_without_work_is_replaced_and_one_with_work_stays(
    trees: Checkouts, started: Project
) -> None:
    path = add(trees, started)
    (path / "built.log").touch()
    trees.close()
    assert not (add(trees, started) / "built.log").exists()
    (path / "new.txt").touch()
    trees.close()
    error = refusal(trees, started)
    assert (error.code, error.details["worktree"]) == ("worktree-taken", str(path))
    assert "it holds what is not committed: new.txt" in error.message
    assert (path / "new.txt").exists()


def test_something_else_in_the_place_is_not_touched(trees: Checkouts, started: Project) -> None:
    path = trees.path_of("tasks/fix")
    (path / "mine").mkdir(parents=True)
    assert "something else stands there" in refusal(trees, started).message
    assert trees.find_tip("tasks/fix") is None
    assert path.is_dir()


def test_a_branch_that_is_checked_out_elsewhere_is_named(trees: Checkouts, started: Project) -> None:
    started.git("worktree", "add", "--quiet", "-b", "tasks/fix", str(started.root.parent / "mine"))
    error = refusal(trees, started)
    assert error.code == "worktree-taken"
    assert str(started.root.parent / "mine") in error.message


def test_what_would_be_lost_with_a_worktree_is_named(trees: Checkouts, started: Project) -> None:
    path = add(trees, started)
    tree = Project(path)
    (path / "built.log").touch()
    assert trees.find_obstacle("tasks/fix") == ""
    tree.git("switch", "--quiet", "--detach")
    assert trees.find_obstacle("tasks/fix") == "it is on no branch instead"
    tree.git("switch", "--quiet", "--create", "other")
    assert trees.find_obstacle("tasks/fix") == "it is on other instead"
    (path / ".git").unlink()
    assert trees.find_obstacle("tasks/fix") == "it is not a worktree of this repository any more"


def test_a_worktree_and_its_branch_are_taken_away(trees: Checkouts, started: Project) -> None:
    path = add(trees, started)
    with trees.locked():
        trees.remove("tasks/fix")
        trees.delete("tasks/fix", head(started))
    assert not path.exists()
    assert trees.find_tip("tasks/fix") is None
    assert add(trees, started) == path


def test_a_branch_that_has_moved_is_not_deleted(trees: Checkouts, started: Project) -> None:
    path, base = add(trees, started), head(started)
    Project(path).write("b.txt", "b\n")
    commit(Project(path), "work")
    tip = trees.find_tip("tasks/fix")
    with pytest.raises(TaskfilesError) as caught:
        trees.delete("tasks/fix", base)
    assert caught.value.code == "git-failed"
    assert trees.find_tip("tasks/fix") == tip != base


def test_a_branch_with_work_of_its_own_is_refused_with_the_way_to_be_rid_of_it(
    trees: Checkouts, started: Project
) -> None:
    trees.check_contained("tasks/fix", head(started), "HEAD")
    path = add(trees, started)
    trees.check_contained("tasks/fix", head(started), "HEAD")
    Project(path).write("b.txt", "b\n")
    commit(Project(path), "work")
    with pytest.raises(TaskfilesError) as caught:
        trees.check_contained("tasks/fix", head(started), "HEAD")
    error = caught.value
    assert (error.code, error.details) == ("branch-unmerged", {"branch": "tasks/fix", "commits": 1})
    assert "has 1 commit that HEAD lacks: work" in error.message
    assert f"`git worktree remove {path}`, then `git branch -D tasks/fix`" in error.hint


def test_only_worktrees_of_ours_that_are_gone_are_forgotten(trees: Checkouts, started: Project) -> None:
    path = add(trees, started)
    mine = started.root.parent / "mine"
    started.git("worktree", "add", "--quiet", "-b", "mine", str(mine))
    trees.close()
    for place in (path, mine):
        place.rename(place.with_name(f"{place.name}-moved"))
    with trees.locked():
        trees.prune()
    listed = started.git("worktree", "list", "--porcelain")
    assert f"worktree {path}\n" not in listed
    assert f"worktree {mine}\n" in listed
