"""Running a plan: what is refused before, what is seen meanwhile, and its answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from support.branches import commit
from support.event_log import events_of
from support.in_process import inside
from support.project import Project
from support.streams import in_memory
from taskfiles import TaskfilesError
from taskfiles.run.bounds import Bounds
from taskfiles_cli.command.event import end
from taskfiles_cli.command.session import Session
from taskfiles_cli.runner.one_task import Keeping, make_job
from taskfiles_cli.runner.whole_plan import run_planned


@pytest.fixture
def clone(project: Project) -> Iterator[Project]:
    """A committed project in which this process works: tasks a and b, and c that waits for a."""
    project.task("a")
    project.task("b")
    project.task("c", depends_on="[a]")
    commit(project, "start")
    with inside(project):
        yield project


def run(*ids: str, script: str = "true", output: str = "json", **how: Any) -> tuple[int, str, str]:
    session = Session(output)
    given: dict[str, Any] = {"allow_partial": None, "max_parallel": None, "worktrees": False, "merge": False}
    with in_memory() as written:
        session.begin("plan.create")
        options = dict.fromkeys(("by", "lease", "timeout", "backoff", "pull_request"))
        job = make_job(session, ("sh", "-c", script), gates=[], own_gates=False, **options)
        code = run_planned(session, ids, job, Keeping(), bounds=Bounds(), **{**given, **how})
        end(code, None)
        return (code, *written())


def summary(project: Project) -> dict[str, Any]:
    (event,) = (each for each in events_of(project) if each["data"]["action"] == "plan.execute")
    found: dict[str, Any] = event["data"]
    return found


def test_a_plan_is_run_emitted_and_answered(clone: Project) -> None:
    code, out, err = run("a", "b", script="echo hi")
    answer = json.loads(out)
    assert (code, answer["problems"], answer["branch"]) == (0, [], None)
    assert [each["task"]["id"] for each in answer["runs"]] == ["a", "b"]
    assert [line for line in err.splitlines() if line.endswith("hi")] == ["[a] hi", "[b] hi"]
    assert (summary(clone)["outcome"], summary(clone)["reason"]) == ("success", None)
    assert summary(clone)["plan_id"] == answer["plan"]["plan_id"]


def test_people_see_stages_runs_and_a_count(clone: Project) -> None:
    code, out, err = run("a", script="exit 3", output="human")
    assert code == 1
    assert out.splitlines()[0].startswith("a: failed, sh, ")
    assert out.splitlines()[-1] == "The plan: 1 failed."
    assert err.splitlines()[0] == "stage 0: a"
    assert (summary(clone)["outcome"], summary(clone)["reason"]) == ("failed", "workflows_failed")


def test_what_waits_for_other_tasks_is_named_before(clone: Project) -> None:
    code, _, err = run(output="human")
    assert code == 1
    assert "begins only when these are done (c): take --complete." in err
    assert "warning: c was not begun." in err
    assert summary(clone)["outcome"] == "partial"


def test_a_preview_runs_nothing(clone: Project) -> None:
    before = clone.tree()
    assert run("a", "b", preview=True, output="human")[:2] == (0, "stage 0: a, b\nNothing was run.\n")
    answer = json.loads(run("a", preview=True)[1])
    assert (answer["summary"], answer["runs"]) == (None, [])
    assert run("a", preview=True, output="plain")[1] == "a\n"
    assert clone.tree() == before


def test_a_plan_of_nothing_is_no_failure(clone: Project) -> None:
    for task_id in "abc":
        clone.task(task_id, blocked="Waiting")
    code, out, _ = run(output="human")
    assert (code, out.splitlines()[-1]) == (0, "The plan: nothing to run.")


def test_a_plan_of_which_nothing_begins_has_failed(clone: Project) -> None:
    clone.write(".git/tasks/stops/all.json", '{"reason": "Costs"}')
    code, out, _ = run("a")
    assert (code, json.loads(out)["summary"]["skip_reason"]) == (1, "nothing_begun")
    assert (summary(clone)["outcome"], summary(clone)["reason"]) == ("failed", "nothing_begun")


def test_each_task_works_in_a_worktree_among_the_user_s_state(clone: Project) -> None:
    code, out, _ = run("a", worktrees=True, script="pwd > where; git rev-parse --abbrev-ref HEAD > branch")
    answer = json.loads(out)
    assert (code, answer["branch"]) == (0, f"tasks/plan-{answer['plan']['plan_id']}")
    place = clone.git("show", f"{answer['branch']}:where").strip()
    assert place.startswith(str(clone.root.parent / "home/.local/state/tasks/worktrees"))
    assert clone.git("show", f"{answer['branch']}:branch").strip() == "tasks/a"


def test_the_work_is_brought_to_the_branch_where_that_is_asked_for(clone: Project) -> None:
    code, out, _ = run("a", worktrees=True, merge=True, script="echo a > a.txt", output="human")
    assert (code, out.splitlines()[-1]) == (0, "The plan: 1 executed.")
    assert (clone.root / "a.txt").exists()


def test_a_merge_that_is_refused_fails(clone: Project) -> None:
    clone.write("a.txt", "mine")
    code, out, err = run("a", worktrees=True, merge=True, script="echo a > a.txt", output="human")
    assert code == 1
    assert "The work is on tasks/plan-" in out
    assert "is not merged into your branch: " in err


@pytest.mark.parametrize("case", ["detached", "homeless", "uncommitted"])
def test_what_can_not_be_brought_anywhere_is_not_begun(
    case: str, clone: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    if case == "detached":
        clone.git("switch", "--quiet", "--detach")
    elif case == "homeless":
        monkeypatch.delenv("HOME")
    else:
        clone.task("a", priority="high")
    with pytest.raises(TaskfilesError) as refused:
        run("a", worktrees=True, merge=True, script="touch ../begun")
    assert refused.value.code == ("not-committed" if case == "uncommitted" else "no-worktrees")
    assert not (clone.root.parent / "begun").exists()
    if case == "uncommitted":
        assert (summary(clone)["rule"], summary(clone)["outcome"]) == ("not-committed", "blocked")
