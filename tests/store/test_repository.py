"""What the repository around a project is asked: its files, other branches, other worktrees."""

from __future__ import annotations

from pathlib import Path

from support.branches import commit
from support.project import Project
from taskfiles.store.repository import count_tracked, find_elsewhere, find_refusal, find_repository


def texts_elsewhere(project: Project, *texts: str) -> set[str]:
    return find_elsewhere(find_repository(project.root), project.root, texts)


def test_files_of_the_index_are_counted_once(project: Project) -> None:
    project.task("fix")
    assert count_tracked(find_repository(project.root)) == 0
    project.git("add", "-A")
    assert count_tracked(find_repository(project.root)) == len(project.git("ls-files").split())
    assert count_tracked(None) is None


def test_a_repository_that_git_refuses_counts_nothing(project: Project) -> None:
    found = find_repository(project.root)
    (project.root / ".git/index").write_bytes(b"no index")
    assert count_tracked(found) is None


def test_texts_are_found_on_other_branches_and_in_other_worktrees(project: Project, tmp_path: Path) -> None:
    project.task("fix")
    commit(project, "start")
    project.git("checkout", "-q", "-b", "topic")
    project.task("there", title="On a branch")
    commit(project, "topic")
    project.git("checkout", "-q", "main")
    assert texts_elsewhere(project, "On a branch", "Nowhere", "Title of fix") == {"On a branch"}
    other = Project(tmp_path / "other", project.env)
    project.git("worktree", "add", "-q", str(other.root), "-b", "second")
    other.task("new", title="Not committed")
    assert texts_elsewhere(project, "Not committed", "Title of fix") == {"Not committed"}
    assert texts_elsewhere(project) == find_elsewhere(None, project.root, {"x"}) == set()


def test_a_pointer_to_nowhere_is_refused_with_its_reason(project: Project, tmp_path: Path) -> None:
    assert find_refusal(project.root) == ""
    lost = tmp_path / "lost"
    (lost / "tasks").mkdir(parents=True)
    (lost / ".git").write_text("gitdir: /nowhere/at/all\n")
    assert find_repository(lost) is None
    assert "not a git repository" in find_refusal(lost)
