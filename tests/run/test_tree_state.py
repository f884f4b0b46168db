"""What an attempt leaves in a real work tree: the commit before and after it, the files that it changed."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from support.branches import commit
from support.layouts import in_states
from support.project import Project
from taskfiles.run.tree_state import changed_files, has_changed, look
from taskfiles.store.repository import Repository, find_repository


@pytest.fixture
def started(project: Project) -> Project:
    project.task("fix")
    project.write("src/nav.txt", "one\n")
    commit(project, "start")
    return project


def repository_of(project: Project) -> Repository:
    found = find_repository(project.root)
    assert found is not None
    return found


def changes(project: Project, work: Callable[[], object]) -> list[str] | None:
    """The files that some work has left, as an attempt at `fix` names them."""
    repository = repository_of(project)
    before = look(repository)
    work()
    after = look(repository)
    assert before is not None
    assert after is not None
    return changed_files(repository, before, after, without="fix")


def test_a_look_has_the_commit_and_what_differs_from_it(started: Project) -> None:
    clean = look(repository_of(started))
    assert clean is not None
    assert (clean.commit, clean.dirty) == (started.git("rev-parse", "HEAD").strip(), {})
    file = started.write("new file.txt", "abc")
    (started.root / "src/nav.txt").unlink()
    dirty = look(repository_of(started))
    assert dirty is not None
    assert dirty.dirty == {"new file.txt": (3, file.stat().st_mtime_ns), "src/nav.txt": None}


def test_without_git_there_is_nothing_to_look_at(started: Project) -> None:
    repository = repository_of(started)
    assert look(None) is None
    (started.root / ".git" / "HEAD").unlink()
    assert look(repository) is None


def test_files_that_were_added_or_changed_are_named_committed_or_not(started: Project) -> None:
    def work() -> None:
        started.write("src/nav.txt", "two\n")
        started.write("src/a.txt", "a")
        commit(started, "work")
        started.write("b.txt", "b")

    assert changes(started, work) == ["b.txt", "src/a.txt", "src/nav.txt"]


def test_what_was_changed_before_and_stays_is_nobody_s_work_here(started: Project) -> None:
    started.write("mine.txt", "mine")
    other = started.write("other.txt", "mine")

    def work() -> None:
        other.write_text("changed again")

    assert changes(started, work) == ["other.txt"]


def test_what_is_gone_at_the_end_is_not_named(started: Project) -> None:
    def work() -> None:
        (started.root / "src/nav.txt").unlink()
        started.write("a.txt", "a")
        commit(started, "work")
        (started.root / "a.txt").unlink()

    assert changes(started, work) == []


def test_the_task_s_own_file_is_not_named_and_another_s_is(started: Project) -> None:
    def work() -> None:
        started.task("fix", priority="high")
        started.task("other")

    assert changes(started, work) == [started.path("other")]


@in_states
def test_a_first_commit_is_compared_with_nothing(project: Project) -> None:
    def work() -> None:
        project.write("a.txt", "a")
        commit(project, "start")

    assert changes(project, work) == ["a.txt"]


def test_a_name_that_no_task_file_could_hold_is_left_out(started: Project) -> None:
    def work() -> None:
        (started.root / "two\nlines").write_text("x")
        (started.root / os.fsdecode(b"no-\xff-text")).write_text("x")
        started.write("näher.txt", "x")

    assert changes(started, work) == ["näher.txt"]


@pytest.mark.parametrize(("count", "named"), [(1000, 1000), (1001, None)])
def test_too_many_files_are_not_named_at_all(count: int, named: int | None, started: Project) -> None:
    def work() -> None:
        (started.root / "many").mkdir()
        for number in range(count):
            (started.root / "many" / f"{number}").touch()

    found = changes(started, work)
    assert (None if found is None else len(found)) == named


def test_a_commit_that_git_does_not_know_can_not_be_compared_with(started: Project) -> None:
    repository = repository_of(started)
    before = look(repository)
    assert before is not None
    unknown = before._replace(commit="1" * 40)
    assert changed_files(repository, unknown, before, without="fix") is None


@pytest.mark.parametrize(
    ("deed", "expected"),
    [
        (lambda project: None, False),
        (lambda project: project.write("a.txt", "a"), True),
        (lambda project: project.write("src/nav.txt", "two\n"), True),
        (lambda project: (project.root / "src/nav.txt").unlink(), True),
        (lambda project: project.git("commit", "-q", "--allow-empty", "-m", "nothing"), True),
        (lambda project: project.write("tasks/10-ready/task-more.md", "---\n"), False),
    ],
)
def test_a_deed_is_a_commit_or_a_file_that_is_another(
    started: Project, deed: Callable[[Project], object], expected: bool
) -> None:
    repository = repository_of(started)
    before = look(repository)
    deed(started)
    after = look(repository)
    assert before is not None
    assert after is not None
    assert has_changed(before, after, without=lambda path: path.startswith("tasks/")) is expected
