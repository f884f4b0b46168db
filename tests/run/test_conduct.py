"""A plan run stage by stage: what begins, what is skipped and why, what comes of it."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import pytest

from support.backlogs import make_task
from support.backlogs import plan as plan_of
from support.branches import commit
from support.project import Project
from support.run_callbacks import Notes, make_callbacks, make_job
from taskfiles import Plan, TaskfilesError, make_plan
from taskfiles.run.conduct import Conducted, Terms, dependencies_within, run_plan
from taskfiles.run.judging import OUT_OF_TIME

WRITE = 'echo "$TASKS_TASK_ID" > "$TASKS_TASK_ID.txt"'


@pytest.fixture
def three(project: Project) -> Project:
    """Tasks a and b, and c that waits for a."""
    project.task("a")
    project.task("b")
    project.task("c", depends_on="[a]")
    commit(project, "start")
    return project


def plan(project: Project, **more: Any) -> Plan:
    return make_plan(project.store.snapshot(), **more)


def conduct(
    project: Project, script: str = "true", notes: Notes | None = None, of: Plan | None = None, **more: Any
) -> Conducted:
    callbacks = make_callbacks(project, notes or Notes())
    terms = Terms(callbacks_for=lambda _: callbacks, **more)
    return run_plan(project.store, of or plan(project), make_job("sh", "-c", script), terms)


def statuses(conducted: Conducted) -> dict[str, str]:
    runs = [each for stage in conducted.summary["stage_runs"] for each in stage["workflows"]]
    return {each["workflow_name"]: each["status"] for each in runs}


def test_stages_begin_in_their_order(three: Project) -> None:
    announced: list[int] = []
    conducted = conduct(three, "echo $TASKS_TASK_ID >> order", announce=announced.append)
    assert (three.root / "order").read_text().split() == ["a", "b"]
    assert announced == [0, 1]
    assert sorted(conducted.results) == ["a", "b"]
    assert statuses(conducted) == {"a": "executed", "b": "executed", "c": "skipped"}
    (problem,) = conducted.problems  # a is done only when it is completed
    assert problem.startswith("c was not begun. ")


def test_what_waits_for_a_failure_is_not_begun(three: Project) -> None:
    conducted = conduct(three, 'test "$TASKS_TASK_ID" != a')
    assert statuses(conducted) == {"a": "failed", "b": "executed", "c": "skipped"}
    assert conducted.problems == ["c was not begun. It waits for a."]
    assert conducted.summary["outcome"] == "partial"
    assert [error["workflow_name"] for error in conducted.summary["errors"]] == ["a"]


def test_without_partial_success_nothing_more_begins_after_a_failure(three: Project) -> None:
    conducted = conduct(three, 'test "$TASKS_TASK_ID" != a', of=plan(three, allow_partial=False))
    assert statuses(conducted) == {"a": "failed", "b": "skipped", "c": "skipped"}
    assert "b was not begun. Another task has failed." in conducted.problems
    assert conducted.summary["outcome"] == "failed"


def test_a_stop_lets_nothing_begin_and_says_why(three: Project) -> None:
    announced: list[int] = []
    conducted = conduct(three, notes=Notes(reason="interrupted by SIGINT"), announce=announced.append)
    assert announced == []
    assert conducted.summary["skip_reason"] == "nothing_begun"
    assert conducted.problems == [f"{name} was not begun. Interrupted by SIGINT." for name in "abc"]


def test_the_time_of_the_whole_is_bounded(three: Project) -> None:
    conducted = conduct(three, of=plan(three, overall_timeout=0))
    assert conducted.results == {}
    assert all(f"{OUT_OF_TIME[:1].upper()}{OUT_OF_TIME[1:]}." in each for each in conducted.problems)


def test_a_task_that_is_refused_was_not_begun(three: Project) -> None:
    made = plan(three)
    three.task("a", blocked="waiting")
    conducted = conduct(three, of=made)
    assert statuses(conducted) == {"a": "skipped", "b": "executed", "c": "skipped"}
    assert conducted.problems[0].startswith("a was not begun. a can't be picked up: ")


def test_files_that_tasks_have_made_are_measured(three: Project) -> None:
    conducted = conduct(three, f"{WRITE}; ln -s a.txt $TASKS_TASK_ID.link")
    digest = hashlib.sha256(b"a\n").hexdigest()
    manifest = conducted.summary["deliverable_manifest"]
    assert sorted(manifest) == ["a.txt", "b.txt"]
    assert manifest["a.txt"] == {"size": 2, "sha256": digest}


def test_tasks_of_a_stage_run_side_by_side_when_they_may(three: Project) -> None:
    """Each waits for the other: one after the other they would never end."""
    for name in ("a", "b"):
        os.mkfifo(three.root.parent / f"{name}.pipe")
    calling, answering = "echo > ../a.pipe; read x < ../b.pipe", "read x < ../a.pipe; echo > ../b.pipe"
    meet = f"case $TASKS_TASK_ID in a) {calling};; b) {answering};; esac"
    made = plan(three, ids=["a", "b"])
    assert statuses(conduct(three, meet, of=made, max_parallel=2)) == {"a": "executed", "b": "executed"}


def test_each_task_works_in_a_worktree_and_is_merged(three: Project) -> None:
    place = three.root.parent / "places"
    conducted = conduct(three, WRITE, of=plan(three, ids=["a", "b"]), place=place, merge=True)
    assert (conducted.problems, conducted.finish and conducted.finish.branch) == ([], None)
    assert [(three.root / f"{name}.txt").exists() for name in "ab"] == [True, True]
    subjects = three.git("log", "--format=%s", "--merges").splitlines()
    assert subjects == ["Merge tasks/b", "Merge tasks/a"]  # in the order of ids, whoever was first
    assert "Task: a" in three.git("log", "--format=%B")
    assert [file.name for file in place.iterdir() if not file.name.startswith(".")] == []


@pytest.mark.slow
def test_work_that_failed_stays_on_its_branch(three: Project) -> None:
    script = f"{WRITE}; exit 1"
    conducted = conduct(three, script, of=plan(three, ids=["a"]), place=three.root.parent / "places")
    assert statuses(conducted) == {"a": "failed"}
    assert conducted.problems == ["a is not merged: its work and attempt are on tasks/a."]
    assert three.git("show", "tasks/a:a.txt") == "a\n"


@pytest.mark.slow
def test_a_conflict_fails_the_later_of_two(three: Project) -> None:
    made = plan(three, ids=["a", "b"])
    conducted = conduct(three, "echo $TASKS_TASK_ID > same", of=made, place=three.root.parent / "places")
    assert statuses(conducted) == {"a": "executed", "b": "failed"}
    assert any(each.startswith("tasks/b could not be merged in same: ") for each in conducted.problems)


def test_what_is_not_committed_is_refused_before_anything_begins(three: Project) -> None:
    three.task("b", priority="high")
    with pytest.raises(TaskfilesError) as refused:
        conduct(three, WRITE, place=three.root.parent / "places")
    assert refused.value.code == "not-committed"
    assert three.git("branch", "--list", "tasks/*") == ""


def test_only_dependencies_within_the_plan_are_waited_for() -> None:
    tasks = [make_task("a"), make_task("b", depends_on=["a"]), make_task("c", depends_on=["a", "b"])]
    outside = make_task("done", state="done", commit_message="x", completed_at="2025-11-02T12:00:00Z")
    tasks.append(make_task("d", depends_on=["done"]))
    assert dependencies_within(plan_of([*tasks, outside])) == {"b": ["a"], "c": ["a", "b"]}
