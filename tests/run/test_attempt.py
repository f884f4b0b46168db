"""One attempt at a task that the caller holds: what the agent gets, what is recorded, what is emitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from support.branches import commit
from support.project import Project, store
from support.run_callbacks import RUN_ID, Notes, make_callbacks, make_job
from support.stub_agents import RESULT, printing
from taskfiles import Store
from taskfiles.agents.registry import find_adapter
from taskfiles.operations.pickup import Pickup, pickup
from taskfiles.run.attempt import Made, Plan, make_attempt
from taskfiles.run.callbacks import RunEvent
from taskfiles.run.gates import Gate
from taskfiles.run.ledger import Entry, Ledger
from taskfiles.telemetry.spans import traceparent

ATTEMPT = "0199c6f2-0000-7000-8000-000000000001"


class Bench:
    """A project whose only task is claimed for one attempt."""

    def __init__(self, project: Project) -> None:
        project.task("fix", title="Fix the navbar")
        commit(project, "start")
        self.project, self.notes = project, Notes()
        self.store: Store = store(project)
        self.had: Pickup = pickup(self.store, "fix", by="me", attempt=ATTEMPT).made
        self.store.claims = [self.had.token or ""]
        assert self.store.journal is not None
        self.ledger = Ledger(self.store.journal)

    def attempt(
        self,
        script: str,
        gates: Sequence[Gate] = (),
        command: Sequence[str] = (),
        added: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Made:
        """Make the attempt with a shell's script, or a command, as its agent, which has `added` fields."""
        job = make_job(*(command or ("sh", "-c", script)), **more)
        plan = Plan(self.had.context, gates, 30.0, find_adapter(job.tool, job.command), {})
        with self.ledger.held(Entry(ATTEMPT, "fix", str(self.project.root), {})):
            if added is not None:
                self.ledger.add(ATTEMPT, added)
            return make_attempt(self.store, job, plan, make_callbacks(self.project, self.notes), ATTEMPT)

    @property
    def recorded(self) -> dict[str, Any]:
        """The task's only attempt."""
        execution: Any = self.project.get("fix").values["execution"]
        (found,) = execution["attempts"]
        assert isinstance(found, dict)
        return found


@pytest.fixture
def bench(project: Project) -> Bench:
    return Bench(project)


def test_what_was_measured_is_recorded(bench: Bench) -> None:
    base = bench.project.git("rev-parse", "HEAD").strip()
    made = bench.attempt("cat > /dev/null; echo new > a.txt; git add a.txt; git commit -qm work")
    assert (made.exit_code, made.problem, made.judgement.outcome) == (0, None, "success")
    assert made.attempt == bench.recorded
    found = bench.recorded
    assert (found["id"], found["started_at"], found["executor"]) == (
        ATTEMPT,
        "2025-11-02T12:00:00.000Z",
        {"tool": "sh"},
    )
    assert (found["status"], found["outcome"], found["exit_code"]) == ("completed", "success", 0)
    assert found["commit"] == {"base": base, "head": bench.project.git("rev-parse", "HEAD").strip()}
    assert found["created_files"] == ["a.txt"]
    assert not {"usage", "cost", "error_type"} & found.keys()


def test_the_steps_are_emitted_in_their_order(bench: Bench) -> None:
    bench.attempt("cat > /dev/null; echo printed; exit 3")
    assert bench.notes.actions == [
        ("agent.execute", "success", None),
        ("agent.task.run", "failed", "agent_error"),
        ("attempt.record", "success", None),
    ]
    payload = {"attempt_id": ATTEMPT}
    assert bench.notes.events[1] == RunEvent(
        "agent.task.run", "failed", "agent_error", "fix", payload=payload
    )
    assert all(each.subject == "fix" for each in bench.notes.events)
    assert bench.notes.output == b"printed\n"


def test_the_agent_gets_prompt_variables_and_a_place_for_its_result(bench: Bench) -> None:
    bench.project.env["TASKS_CLAIM"] = "secret"
    command = ["sh", "-c", 'cat > stdin.md; cp "$1" file.md; env > env.txt', "sh", "{prompt_file}"]
    bench.attempt("", command=command)
    root = bench.project.root
    assert (root / "stdin.md").read_text() == (root / "file.md").read_text()
    assert (root / "stdin.md").read_text().startswith("# Fix the navbar\n")
    given = dict(line.partition("=")[::2] for line in (root / "env.txt").read_text().splitlines())
    expected = {"TASKS_TASK_ID": "fix", "TASKS_ATTEMPT_ID": ATTEMPT, "TASKS_CORRELATION_ID": RUN_ID}
    expected["TASKS_CAUSATION_ID"] = bench.notes.events[0].event_id or ""
    expected["TRACEPARENT"] = traceparent("ada/app", "fix", ATTEMPT)
    assert {name: given[name] for name in expected} == expected
    assert "TASKS_CLAIM" not in given
    assert given["TASKS_RESULT_FILE"].endswith("result.json")
    assert list((root.parent / "scratch").iterdir()) == []


def test_what_an_agent_says_is_recorded_beside_what_was_measured(bench: Bench) -> None:
    said = {"status": "completed", "turns": 9, "executor": {"model": "opus"}, "exit_code": 7}
    script = f"cat > /dev/null; {printing(RESULT)}; {printing(said)} > $TASKS_RESULT_FILE"
    bench.attempt(script, tool="claude-code", provider="anthropic")
    found = bench.recorded
    assert found["executor"] == {"tool": "claude-code", "model": "opus", "provider": "anthropic"}
    assert (found["turns"], found["exit_code"]) == (9, 0)
    assert found["usage"]["output_tokens"] == 512
    assert found["cost"] == {"actual_usd_micros": 42_100, "source": "reported"}
    sentence, unchanged = bench.notes.sentences
    assert sentence.startswith("The agent's result file: exit_code is no key of a result file.")
    assert unchanged == "fix: its agent ended well and changed no file."
    assert found["no_change"] is True


def test_an_agent_that_says_it_failed_has_failed(bench: Bench) -> None:
    said = {"status": "failed", "error_type": "no_access", "error_reason": "It may not push."}
    made = bench.attempt(
        f"cat > /dev/null; {printing(said)} > $TASKS_RESULT_FILE", gates=[Gate("no", "touch ran")]
    )
    assert (made.judgement.error_type, made.verdicts) == ("agent_error", [])
    assert bench.recorded["error_reason"] == "It may not push."
    assert not (bench.project.root / "ran").exists()


def test_gates_decide_where_the_agent_has_ended_well(bench: Bench) -> None:
    made = bench.attempt("cat > /dev/null", gates=[Gate("build", "true"), Gate("lint", "echo bad; exit 1")])
    assert made.judgement.outcome == "partial"
    assert [verdict.passed for verdict in made.verdicts] == [True, False]
    gates = bench.recorded["quality_gates"]
    assert (gates["run"], gates["failed"]) == (["build", "lint"], ["lint"])
    assert bench.notes.actions[1] == ("agent.task.run", "partial", "gate_failed")


def test_tokens_have_the_cost_of_the_project_s_prices(bench: Bench) -> None:
    bench.project.configure("[prices.opus]\ninput = 1_000_000\noutput = 2_000_000\n")
    said = {"executor": {"model": "opus"}, "usage": {"input_tokens": 5, "output_tokens": 3}}
    bench.attempt(f"cat > /dev/null; {printing(said)} > $TASKS_RESULT_FILE")
    assert bench.recorded["cost"] == {"actual_usd_micros": 11, "source": "computed"}


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["no-such-program"], "no such file or directory"),
        (["sh", "a\0b"], "a word of its command line holds"),
    ],
)
def test_a_program_that_cannot_be_started_is_recorded_as_such(
    command: list[str], reason: str, bench: Bench
) -> None:
    made = bench.attempt("", command=command)
    assert made.exit_code is None
    assert "exit_code" not in bench.recorded
    assert (bench.recorded["outcome"], bench.recorded["error_type"]) == ("blocked", "precondition")
    assert reason in bench.recorded["error_reason"]


def test_a_stop_is_recorded_with_its_reason(bench: Bench) -> None:
    bench.notes.reason = "interrupted by SIGINT"
    bench.attempt("exec sleep 60")
    found = bench.recorded
    assert (found["status"], found["error_type"]) == ("abandoned", "cancelled")
    assert found["error_reason"] == "interrupted by SIGINT"


def test_what_an_agent_has_recorded_itself_is_part_of_the_attempt(bench: Bench) -> None:
    bench.attempt("cat > /dev/null", added={"turns": 3, "outcome": "partial", "error_type": "no_time"})
    found = bench.recorded
    assert (found["turns"], found["outcome"], found["error_type"]) == (3, "failed", "no_time"), found


def test_what_can_be_no_part_of_an_attempt_is_left_out(bench: Bench) -> None:
    bench.attempt("cat > /dev/null", added={"turns": "three", "notes": "lost with it"})
    assert not {"turns", "notes"} & bench.recorded.keys()
    assert len(bench.notes.sentences) == 2


def test_an_attempt_that_cannot_be_recorded_stays_in_the_ledger(bench: Bench) -> None:
    bench.project.write(bench.project.path("fix", "in-progress"), "broken")
    made = bench.attempt("cat > /dev/null")
    assert made.change is None
    assert made.problem is not None
    assert bench.notes.actions[-1] == ("attempt.record", "blocked", made.problem.code)
    (left,) = bench.ledger.left()
    assert left.is_whole
    assert left.attempt == made.attempt


DENIED = RESULT | {"permission_denials": [{"tool_use_id": "t-1"}, {"tool_use_id": "t-2"}]}


def test_an_agent_that_was_refused_its_tools_and_did_nothing_has_failed(bench: Bench) -> None:
    """What `tasks` itself writes below tasks/ is no deed."""
    own = "touch tasks/10-ready/task-more.md"
    made = bench.attempt(
        f"cat > /dev/null; {own}; {printing(DENIED)}", [Gate("no", "false")], tool="claude-code"
    )
    assert made.verdicts == []
    found = bench.recorded
    assert (found["status"], found["outcome"], found["error_type"]) == ("failed", "blocked", "permission")
    assert (found["refused_tools"], found["error_reason"]) == (
        2,
        "2 tool calls refused, and nothing was changed",
    )


def test_what_was_refused_is_said_of_a_success(bench: Bench) -> None:
    bench.attempt(f"cat > /dev/null; touch a.txt; {printing(DENIED)}", tool="claude-code")
    found = bench.recorded
    assert (found["outcome"], found["refused_tools"], "no_change" in found) == ("success", 2, False)
    assert bench.notes.sentences == ["fix: 2 tool calls refused; see what its agent is allowed to do."]


def test_what_was_refused_is_said_of_a_failure_too(bench: Bench) -> None:
    failed = DENIED | {"is_error": True, "subtype": "error_max_turns"}
    bench.attempt(f"cat > /dev/null; touch a.txt; {printing(failed)}", tool="claude-code")
    assert bench.recorded["error_type"] == "max_turns"
    assert bench.notes.sentences == ["fix: 2 tool calls refused; see what its agent is allowed to do."]


def test_aiders_own_entry_in_gitignore_is_no_deed(bench: Bench) -> None:
    bench.attempt("cat > /dev/null; echo '.aider*' > .gitignore; echo 'Aider v0.86.2'", tool="aider")
    assert bench.recorded["no_change"] is True
