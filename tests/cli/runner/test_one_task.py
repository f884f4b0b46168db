"""Sending agents out: the job as it is read, the runs, their answer, and signals meanwhile."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.branches import commit
from support.in_process import call, inside, ok
from support.project import Project
from support.streams import in_memory
from taskfiles import TaskfilesError
from taskfiles.operations.pickup import pickup
from taskfiles.run.bounds import Bounds
from taskfiles.run.callbacks import Job
from taskfiles.run.ledger import Entry, Ledger
from taskfiles.run.pullrequest import USUAL
from taskfiles_cli.command.event import end
from taskfiles_cli.command.session import Session
from taskfiles_cli.runner.one_task import Keeping, Wishes, at_work, make_job, render_run, run_all, run_one

ATTEMPT = "0199c6f2-0000-7000-8000-000000000001"
BEGUN = {"id": ATTEMPT, "started_at": "2025-11-02T11:00:00Z", "executor": {"tool": "codex"}}


@pytest.fixture
def clone(project: Project) -> Iterator[Project]:
    """A committed project with a task, in which this process works."""
    project.task("fix", title="Fix the navbar")
    commit(project, "start")
    with inside(project):
        yield project


def job(session: Session, *command: str, **more: Any) -> Job:
    given: dict[str, Any] = dict.fromkeys(("by", "lease", "timeout", "backoff", "pull_request"))
    return make_job(session, command or ("true",), **{**given, "gates": [], "own_gates": False, **more})


def run(work: Callable[[Session], int], output: str = "json") -> tuple[int, str, str]:
    session = Session(output)
    with in_memory() as written:
        session.begin("agent.complete")
        code = work(session)
        end(code, None)
        return (code, *written())


# What is read


def test_options_become_a_job(clone: Project) -> None:
    session = Session("json")
    made = job(
        session, "agent", "-p", by=" Ada ", lease="2h", timeout="90s", backoff="30s", gates=["a=b"], retries=2
    )
    assert (made.command, made.by, made.lease, made.timeout) == (["agent", "-p"], "Ada", 7200, 90)
    assert (made.backoff, made.retries, made.pull_request) == (30, 2, None)
    assert [(gate.name, gate.command) for gate in made.gates] == [("a", "b")]
    assert job(session, pull_request="").pull_request == USUAL
    assert job(session, pull_request="gh pr create").pull_request == "gh pr create"
    assert job(session).backoff == 0


@pytest.mark.parametrize(
    ("command", "more"),
    [((), {"timeout": "soon"}), ((), {"lease": "1 year"}), ((), {"gates": ["x"]}), (("a\udcff",), {})],
)
def test_what_can_be_no_job_is_refused(
    command: tuple[str, ...], more: dict[str, Any], clone: Project
) -> None:
    with pytest.raises(TaskfilesError) as refused:
        job(Session("json"), *command, **more)
    assert refused.value.code == "bad-value"


def test_wishes_are_words() -> None:
    assert (Wishes().level, Wishes().largest) == (None, None)
    assert Wishes("EXPERT", "xl").largest == "xl"
    with pytest.raises(TaskfilesError):
        Wishes(max_size="huge")


# What is run


def test_a_task_is_run_and_answered(clone: Project) -> None:
    code, out, err = run(
        lambda session: run_one(session, "fix", job(session, "echo", "hi"), Keeping(), Wishes())
    )
    answer = json.loads(out)
    said, warned = err.splitlines()
    assert (code, said) == (0, "hi")
    assert json.loads(warned)["warning"]["message"] == "fix: its agent ended well and changed no file."
    assert (answer["outcome"], answer["task"]["id"], answer["exit_code"]) == ("success", "fix", 0)
    assert answer["changed"]
    assert {change["field"] for change in answer["changes_made"]} >= {"state", "execution"}
    assert answer["attempts"][0]["log"].startswith(str(clone.root / ".git/tasks"))


def test_a_log_may_lie_where_one_wants_it(clone: Project) -> None:
    place = clone.root.parent / "logs"
    run(lambda session: run_one(session, "fix", job(session, "echo", "hi"), Keeping(str(place)), Wishes()))
    assert [file.read_text() for file in place.glob("*.out.log")] == ["hi\n"]


def test_the_best_task_that_can_be_had_is_run(clone: Project) -> None:
    clone.task("unclear", priority="urgent", ambiguity="high")
    clone.configure('[run]\nmax_ambiguity = "medium"\n')
    code, out, err = run(lambda session: run_one(session, None, job(session), Keeping(), Wishes()), "plain")
    assert (code, out) == (0, "fix\n")
    assert "unclear was passed over: unclear leaves too much open" in err


def test_without_a_task_that_can_be_had_that_is_said(clone: Project) -> None:
    clone.task("fix", size="xl")
    with pytest.raises(TaskfilesError, match="none is ready and free") as refused:
        run(lambda session: run_one(session, None, job(session), Keeping(), Wishes(max_size="tiny")))
    assert refused.value.code == "nothing-to-claim"


def test_all_of_them_are_run_once_each(clone: Project) -> None:
    clone.task("other")
    code, out, err = run(
        lambda session: run_all(session, job(session, "false"), Keeping(), Wishes(), bounds=Bounds()), "human"
    )
    assert (code, out) == (1, "2 tasks run, 0 with success.\n")
    assert err.count("agent_error: it ended with exit code 1") == 2
    assert run(lambda session: run_all(session, job(session), Keeping(), Wishes(), bounds=Bounds()), "human")[
        1
    ].startswith("2 tasks")
    assert run(lambda session: run_all(session, job(session), Keeping(), Wishes(), bounds=Bounds()))[:2] == (
        0,
        "[]\n",
    )


def test_what_stops_them_all_is_said_after_what_was_run(clone: Project) -> None:
    clone.task("other")
    order = 'mkdir -p .git/tasks/stops; echo \'{"reason": "Costs"}\' > .git/tasks/stops/all.json'
    stop = ("sh", "-c", order)
    code, out, err = run(
        lambda session: run_all(session, job(session, *stop), Keeping(), Wishes(), bounds=Bounds()), "human"
    )
    assert code == 1
    # The order may reach the very agent that gives it, before its shell has ended.
    assert out in {f"1 task run, {number} with success.\n" for number in (0, 1)}
    assert "somebody has stopped them: Costs." in err
    with pytest.raises(TaskfilesError) as refused:
        run(lambda session: run_all(session, job(session), Keeping(), Wishes(), bounds=Bounds()))
    assert refused.value.code == "dispatch-stopped"


def test_what_went_wrong_besides_is_said(clone: Project) -> None:
    code, out, err = run(
        lambda session: run_one(session, "fix", job(session, complete=True), Keeping(), Wishes()), "human"
    )
    assert code == 1
    assert out.startswith("fix: partial, true, 0 s\n")
    assert "warning: fix: fix can't become done yet" in err


def test_what_a_killed_run_has_left_is_recorded_first(clone: Project) -> None:
    pickup(clone.store, "fix", by="me", attempt=ATTEMPT)
    assert clone.store.journal is not None
    ledger = Ledger(clone.store.journal)
    for attempt, task_id, sentence in (
        (BEGUN, "fix", "Recorded the attempt at fix that a killed run had left."),
        ({}, "fix", "fix is free again: its run was killed before it began."),
        (BEGUN, "gone", "An attempt at gone still waits to be recorded: There is no task gone."),
    ):
        with ledger.held(Entry(ATTEMPT, task_id, str(clone.root), attempt)):
            pass
        _, _, err = run(
            lambda session: run_one(session, "fix", job(session, "false"), Keeping(), Wishes()), "human"
        )
        assert sentence in err


def test_a_signal_is_heeded_and_what_was_there_before_comes_back(clone: Project) -> None:
    before = signal.getsignal(signal.SIGTERM)
    session = Session("json")
    session.begin("agent.complete")
    with in_memory(), at_work(session, Keeping()) as work:
        signal.raise_signal(signal.SIGTERM)
        assert (work.halt.reason, work.halt.is_urgent()) == ("interrupted by SIGTERM", False)
        signal.raise_signal(signal.SIGINT)
        assert work.halt.is_urgent()
        assert work.exit_code([]) == 143
    assert signal.getsignal(signal.SIGTERM) is before
    end(143, None)


def test_old_logs_are_removed_below_the_git_directory(clone: Project) -> None:
    assert clone.store.journal is not None
    logs = clone.root / ".git/tasks/logs"
    logs.mkdir(parents=True)
    (logs / "old.out.log").touch()
    os.utime(logs / "old.out.log", (0, 0))
    ok(call(clone, "run", "fix", "--", "true"))
    assert not (logs / "old.out.log").exists()


# What is shown


ATTEMPTS: list[dict[str, Any]] = [
    {
        "executor": {"tool": "codex", "model": "gpt-5"},
        "duration_seconds": 90,
        "log": "/logs/a.out.log",
        "usage": {"input_tokens": 5, "output_tokens": 7},
        "cost": {"actual_usd_micros": 12_345},
    },
    {
        "executor": {"tool": "sh"},
        "duration_seconds": 1,
        "log": "/logs/b.out.log",
        "error_type": "timeout",
        "error_reason": "it took longer than 1 s",
    },
]


@pytest.mark.parametrize(
    ("attempts", "lines"),
    [
        (
            ATTEMPTS[:1],
            [
                "fix: success, codex gpt-5, 90 s, 5 input and 7 output tokens, $0.0123",
                "  what it printed: /logs/a.out.log",
            ],
        ),
        (
            ATTEMPTS,
            [
                "fix: success, sh, 1 s (2 attempts)",
                "  timeout: it took longer than 1 s",
                "  what it printed: /logs/b.out.log",
            ],
        ),
    ],
)
def test_people_see_the_last_attempt(
    tmp_path: Path, attempts: list[dict[str, Any]], lines: list[str]
) -> None:
    kept = [{**each, "log": each["log"].replace("/logs", str(tmp_path))} for each in attempts]
    answer = {"task": {"id": "fix"}, "outcome": "success", "attempts": kept}
    shown = [line.replace("/logs", str(tmp_path)) for line in lines]
    assert render_run(answer) == shown[:-1]  # the log is not there
    Path(kept[-1]["log"]).touch()
    assert render_run(answer) == shown
