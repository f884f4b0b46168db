"""A run of one task from its dispatch to what came of it, and each step that is emitted."""

from __future__ import annotations

from typing import Any

import pytest

from support.branches import commit
from support.in_process import call, ok
from support.project import INSIGHTS, Project, install
from support.run_callbacks import Notes, make_callbacks, make_job
from taskfiles import TaskfilesError
from taskfiles.operations.pickup import pickup
from taskfiles.run.executor import TaskRun, run_task
from taskfiles.run.gates import Gate
from taskfiles.run.halt import Halt
from taskfiles.run.ledger import Ledger
from taskfiles.store.claims import find_lease

BEGUN = ["agent.supervisor.dispatch", "agent.task.resolve", "agent.validate"]
MADE = ["task.claim", "agent.execute", "agent.task.run", "attempt.record"]
CRITERIA = "\n## Acceptance Criteria\n\n- [x] Done\n"


@pytest.fixture
def ready(project: Project) -> Project:
    project.task("fix", commit_message="Fix it", body=CRITERIA + INSIGHTS)
    commit(project, "start")
    return project


def run(project: Project, script: str = "true", notes: Notes | None = None, **more: Any) -> TaskRun:
    """Run the task by a shell's script; afterwards nothing of it is under way."""
    callbacks = make_callbacks(project, notes or Notes())._replace(wait=Halt().wait)
    store = project.store
    try:
        return run_task(store, more.pop("task_id", "fix"), make_job("sh", "-c", script, **more), callbacks)
    finally:
        assert store.journal is not None
        assert store.claims == ()
        assert Ledger(store.journal).running() == []


def attempts(project: Project, task_id: str = "fix") -> list[dict[str, Any]]:
    execution: Any = project.get(task_id).values.get("execution") or {}
    found: list[dict[str, Any]] = execution.get("attempts", [])
    return found


def test_a_task_whose_attempt_succeeded_waits_for_its_reviewer(ready: Project) -> None:
    notes = Notes()
    result = run(ready, notes=notes)
    assert (result.outcome, result.reason, result.problems) == ("success", None, [])
    assert [each.action for each in notes.events] == [*BEGUN, *MADE, "agent.complete"]
    assert {each.outcome for each in notes.events} == {"success"}
    assert ready.get("fix").state == result.task.state == "in-progress"
    assert find_lease(ready.store, "fix") is None
    assert [task.id for task in notes.ended] == ["fix"]


def test_a_task_whose_attempt_failed_is_given_back(ready: Project) -> None:
    notes = Notes()
    result = run(ready, "exit 3", notes)
    assert (result.outcome, result.reason) == ("failed", "agent_error")
    assert ready.get("fix").state == "ready"
    assert notes.actions[-2:] == [
        ("task.release", "success", None),
        ("agent.complete", "failed", "agent_error"),
    ]


def test_an_attempt_that_could_not_begin_is_a_run_that_failed(ready: Project) -> None:
    (ready.root / "bad").write_text("#!/no/such/interpreter\n")
    (ready.root / "bad").chmod(0o755)
    notes = Notes()
    result = run_task(ready.store, "fix", make_job("./bad", retries=3), make_callbacks(ready, notes))
    assert (result.outcome, result.reason, len(result.attempts)) == ("failed", "precondition", 1)


@pytest.mark.parametrize(
    ("task_id", "change", "action", "code"),
    [
        ("nope", "", "agent.task.resolve", "no-such-task"),
        ("fix", "update fix --meta blocked=waiting", "agent.validate", "not-ready"),
        ("fix", "run --stop --all --reason Costs", "agent.validate", "dispatch-stopped"),
        ("fix", "pickup fix --by other", "agent.validate", "claimed"),
    ],
)
def test_what_refuses_a_run_changes_nothing(
    task_id: str, change: str, action: str, code: str, ready: Project
) -> None:
    if change:
        ok(call(ready, *change.split()))
    before, notes = ready.tree(), Notes()
    with pytest.raises(TaskfilesError) as refused:
        run(ready, notes=notes, task_id=task_id)
    assert refused.value.code == code
    assert notes.actions[-2:] == [(action, "blocked", code), ("agent.complete", "blocked", code)]
    assert ready.tree() == before


def test_another_attempt_is_made_and_given_what_was_wrong(ready: Project) -> None:
    script = "cat > prompt.md; echo >> tries"
    gate = Gate("two", "test $(wc -l < tries) = 2 || { echo only one; exit 1; }")
    result = run(ready, script, gates=[gate], retries=2)
    assert [each.judgement.outcome for each in result.attempts] == ["partial", "success"]
    assert (result.outcome, [each["outcome"] for each in attempts(ready)]) == (
        "success",
        ["partial", "success"],
    )
    assert "only one" in (ready.root / "prompt.md").read_text()


def test_the_settings_say_how_often_where_the_caller_does_not(ready: Project) -> None:
    ready.configure("[run]\nretries = 1\n")
    assert len(run(ready, "exit 3").attempts) == 2
    assert len(run(ready, "exit 3", retries=0).attempts) == 1


def test_a_stop_while_it_waits_for_the_next_attempt_ends_the_run(ready: Project) -> None:
    notes = Notes()
    callbacks = make_callbacks(ready, notes)

    def stop(_: float) -> None:
        notes.reason = "enough"

    job = make_job("false", retries=1, backoff=3600)
    result = run_task(ready.store, "fix", job, callbacks._replace(wait=stop))
    assert (result.outcome, len(result.attempts)) == ("failed", 1)


def test_waiting_doubles_and_the_attempts_go_on(ready: Project) -> None:
    assert len(run(ready, "exit 3", retries=2, backoff=0.01).attempts) == 3


def test_a_task_is_completed_with_its_attempt(ready: Project) -> None:
    notes = Notes()
    result = run(ready, notes=notes, complete=True)
    assert (result.outcome, result.task.state) == ("success", "done")
    assert ("task.complete", "success", None) in notes.actions


def test_what_is_not_finished_is_not_completed_and_the_run_is_part_done(ready: Project) -> None:
    ready.task("fix")
    notes = Notes()
    result = run(ready, notes=notes, complete=True, pull_request="touch ../opened")
    assert (result.outcome, result.reason) == ("partial", "incomplete")
    assert (result.task.state, [each.code for each in result.problems]) == ("in-progress", ["incomplete"])
    assert not (ready.root.parent / "opened").exists()


def test_a_pull_request_is_opened_for_what_succeeded(ready: Project) -> None:
    notes = Notes()
    assert run(ready, notes=notes, pull_request="touch ../opened").outcome == "success"
    assert ("agent.pr.create", "success", None) in notes.actions
    assert (ready.root.parent / "opened").exists()


def test_a_pull_request_that_fails_leaves_the_work_as_it_is(ready: Project) -> None:
    notes = Notes()
    result = run(ready, notes=notes, complete=True, pull_request="exit 1")
    assert (result.outcome, result.reason) == ("partial", "pull-request-failed")
    assert ("agent.pr.create", "failed", "pull-request-failed") in notes.actions
    assert ready.get("fix").state == "done"


def test_work_that_does_not_pass_opens_again_what_its_agent_has_completed(ready: Project) -> None:
    notes = Notes()
    program = install(ready.root.parent / "bin") / "tasks"
    script = f"{program} complete fix > /dev/null"
    result = run(ready, script, notes, gates=[Gate("no", "false")])
    assert (result.outcome, result.task.state) == ("partial", "ready")
    assert ("task.move", "success", None) in notes.actions


def test_who_had_the_claim_before_keeps_it(ready: Project) -> None:
    store = ready.store
    token = pickup(store, "fix", by="me").made.token
    store.claims = [token or ""]
    for script, state in (("exit 3", "in-progress"), ("true", "in-progress")):
        run_task(store, "fix", make_job("sh", "-c", script), make_callbacks(ready, Notes()))
        assert ready.get("fix").state == state
        assert find_lease(store, "fix") is not None
    assert store.claims == [token]


def test_a_label_says_what_came_of_it_where_that_is_wanted(ready: Project) -> None:
    ready.task("fix", labels='["ui", "status:failed"]')
    ready.configure("[run]\nstatus_labels = true\n")
    notes = Notes()
    run(ready, notes=notes)
    assert ready.get("fix").values["labels"] == ["ui", "status:success"]
    assert ("agent.issue.label", "success", None) in notes.actions


def test_a_prediction_is_asked_for_where_the_file_is_trusted(ready: Project) -> None:
    ready.configure('[predict]\ncommand = "echo \'{\\"estimated_usd_micros\\": 7}\'"\n')
    notes = Notes()
    run(ready, notes=notes)
    assert "cost" not in attempts(ready)[0]
    assert "predict.command was not asked" in notes.sentences[0]
    ok(call(ready, "trust"))
    ready.task("other")
    run(ready, task_id="other")
    assert attempts(ready, "other")[0]["cost"] == {"estimated_usd_micros": 7}


def test_where_nothing_can_be_kept_nothing_is_begun(ready: Project) -> None:
    (ready.root.parent / "scratch").mkdir()
    store = ready.store
    assert store.journal is not None
    notes, before = Notes(), ready.tree()
    runs = ready.root / ".git/tasks/runs"
    runs.parent.mkdir(parents=True, exist_ok=True)
    runs.touch()
    with pytest.raises(TaskfilesError) as refused:
        run_task(store, "fix", make_job("true"), make_callbacks(ready, notes))
    assert refused.value.code == "io"
    assert ready.tree() == before
    assert notes.actions[-1] == ("agent.complete", "failed", "io")
