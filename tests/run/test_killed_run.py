"""Runs and plans that were killed: what recovery tells of them, once, and what `telemetry check` misses."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from typing import Any

import pytest

from support.branches import commit
from support.event_log import events_of, log_file
from support.in_process import call
from support.project import Project, install
from taskfiles.run.plan_ledger import KILLED, PlanLedger, list_left_plans
from taskfiles.telemetry.actions import COMPLETION, EXECUTION_SUMMARY

pytestmark = pytest.mark.slow

KILL = "kill -KILL $PPID"  # the agent ends the `tasks run` that has started it


@pytest.fixture
def three(project: Project) -> Project:
    """Tasks a and b, and c that waits for b; committed."""
    project.task("a")
    project.task("b")
    project.task("c", depends_on="[b]")
    commit(project, "start")
    return project


def killed(project: Project, *words: str, script: str = KILL) -> None:
    assert project.run("run", *words, "--", "sh", "-c", script).code == -signal.SIGKILL


def lines(project: Project, kind: str) -> list[dict[str, Any]]:
    """The events of a type as they stand in the log, repeats included."""
    found = [json.loads(line) for line in log_file(project).read_bytes().splitlines()]
    return [event for event in found if event["type"] == kind]


def check(project: Project) -> list[str]:
    done = call(project, "telemetry", "check", "--output", "json")
    return [each["code"] for each in done.json["problems"]]


def again(project: Project, how: str) -> None:
    """Recover, twice."""
    words = ("doctor", "--fix") if how == "doctor" else ("run", "a", "--", "true")
    for _ in range(2):
        call(project, *words)


@pytest.mark.parametrize("how", ["doctor", "run"])
def test_a_killed_run_has_its_completion(three: Project, how: str) -> None:
    killed(three, "b")
    assert lines(three, COMPLETION) == []
    again(three, how)
    (end,) = [event for event in lines(three, COMPLETION) if event["subject"] == "b"]
    assert (end["data"]["action"], end["data"]["completion"]["outcome"]) == ("agent.complete", "failure")
    assert check(three) == []


@pytest.mark.parametrize("how", ["doctor", "run"])
def test_a_killed_plan_has_its_summary(three: Project, how: str) -> None:
    """a was run, b had begun, c waits for b."""
    killed(three, "--plan", script=f"if [ $TASKS_TASK_ID = b ]; then {KILL}; fi; touch $TASKS_TASK_ID")
    assert lines(three, EXECUTION_SUMMARY) == []
    assert len(list_left_plans(three.store)) == 1
    again(three, how)
    (event,) = lines(three, EXECUTION_SUMMARY)
    data = event["data"]
    (created,) = lines(three, "multi_workflow.plan_created")
    assert data["plan_id"] == created["data"]["plan_id"]
    assert (data["action"], data["outcome"], data["reason"]) == (
        "plan.execute",
        "partial",
        "workflows_failed",
    )
    runs = {
        each["workflow_name"]: each["status"] for stage in data["stage_runs"] for each in stage["workflows"]
    }
    assert runs == {"a": "executed", "b": "failed", "c": "skipped"}
    assert data["errors"] == [{"workflow_name": "b", "error": KILLED}]
    assert list_left_plans(three.store) == []
    assert check(three) == []


def test_doctor_names_a_plan_that_was_killed(three: Project) -> None:
    killed(three, "--plan")
    done = call(three, "doctor", "--output", "json")
    (plan,) = [each["message"] for each in done.json["results"] if "of a plan was killed" in each["message"]]
    assert (done.code, plan.startswith("The run ")) == (1, True)


def test_a_plan_that_ended_leaves_nothing(three: Project) -> None:
    assert call(three, "run", "--plan", "a", "b", "--", "true").code == 0
    three.task("e")
    assert call(three, "run", "--plan", "e", "--worktrees", "--", "true").code == 1  # it is not committed
    assert list_left_plans(three.store) == []
    assert lines(three, EXECUTION_SUMMARY)[0]["data"]["outcome"] == "success"


def test_a_plan_that_is_being_run_is_nobody_elses(three: Project) -> None:
    """Its agents look at it: they neither sum it up nor miss its events."""
    three.env["PATH"] = f"{install(three.root.parent / 'programs')}:{os.environ['PATH']}"
    check = "tasks telemetry check --output json > ../check"
    agent = f"tasks plan > ../plan; tasks doctor --fix > ../doctor; {check}; true"
    assert three.run("run", "--plan", "a", "b", "--", "sh", "-c", agent).code == 0
    assert len(lines(three, EXECUTION_SUMMARY)) == 1
    assert json.loads((three.root.parent / "check").read_text())["problems"] == []


@pytest.mark.parametrize("damage", ["{}", "[", '{"plan": {}, "results": {"a": 1}}', ""])
def test_an_entry_that_somebody_has_changed_is_passed_over(three: Project, damage: str) -> None:
    killed(three, "--plan")
    (file,) = (three.root / ".git/tasks/plans").glob("*.json")
    file.write_text(damage)
    call(three, "doctor", "--fix")
    assert lines(three, EXECUTION_SUMMARY) == []
    assert list_left_plans(three.store) == []


def test_two_that_recover_at_once_tell_it_once(three: Project) -> None:
    killed(three, "--plan")
    assert three.store.journal is not None
    ledger = PlanLedger(three.store.journal)
    (run_id,) = ledger.left()
    with ledger.taken(run_id) as first:
        assert first is not None
        with ledger.taken(run_id) as second:
            assert second is None
    assert ledger.left() == []


@pytest.mark.parametrize("kind", [COMPLETION, EXECUTION_SUMMARY])
def test_check_misses_the_end_of_a_run(three: Project, kind: str) -> None:
    call(three, "run", "--plan", "a", "--", "true")
    assert check(three) == []
    file = log_file(three)
    kept = [line for line in file.read_bytes().splitlines(keepends=True) if json.loads(line)["type"] != kind]
    file.write_bytes(b"".join(kept))
    named = {COMPLETION: "missing-completion", EXECUTION_SUMMARY: "missing-summary"}[kind]
    assert [code for code in check(three) if code != "lost-event"] == [named]


def test_a_plan_that_was_only_made_has_no_end(three: Project) -> None:
    assert call(three, "plan").code == 0
    assert call(three, "run", "a", "--", "true").code == 0
    assert check(three) == []


# One end, one completion


def test_an_end_is_told_once_by_the_run_that_completes_it(three: Project) -> None:
    three.task("d", body="\n## Acceptance Criteria\n\n- [x] Done\n")
    assert call(three, "run", "d", "--complete", "--", "true").code == 0
    assert three.get("d").state == "done"
    assert len(lines(three, COMPLETION)) == 1


def test_whoever_tells_an_end_tells_the_same(three: Project) -> None:
    """The run, whoever completes the task later, `telemetry completion` and `export`."""
    three.task("d", body="\n## Acceptance Criteria\n\n- [x] Done\n")
    assert call(three, "run", "d", "--", "true").code == 0
    assert call(three, "complete", "d").code == 0
    told = [(event["id"], event["data"]["completion"]) for event in lines(three, COMPLETION)]
    assert (len(told), len({json.dumps(each) for each in told})) == (2, 1)
    shown = call(three, "telemetry", "completion", "d", "--output", "json").json
    assert shown == {"id": told[0][0], "subject": "d", **told[0][1]}
    assert exported(three) == [shown]
    assert Counter(event["id"] for event in events_of(three))[told[0][0]] == 1


def test_a_task_that_failed_is_exported_too(three: Project) -> None:
    assert call(three, "run", "a", "--", "false").code == 1
    (event,) = lines(three, COMPLETION)
    assert exported(three) == [{"id": event["id"], "subject": "a", **event["data"]["completion"]}]


def exported(project: Project) -> list[dict[str, Any]]:
    place = project.root.parent / "set"
    assert call(project, "export", "--dataset", str(place), "--format", "task-completion").code == 0
    (file,) = (place / "task-completion").rglob("*.jsonl")
    return [json.loads(line) for line in file.read_text().splitlines()]
