"""Task completion events: every field, from task files with every way to end."""

from __future__ import annotations

import uuid
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.attempts import BARE, DONE, FAILED, FIELDS, payload, task
from support.in_process import call
from support.project import Project
from taskfiles import TaskfilesError
from taskfiles.store.repository import count_tracked, find_repository
from taskfiles.task.words import Ambiguity, Size
from taskfiles.telemetry.completion import (
    AMBIGUITY_POINTS,
    COMPLEXITIES,
    REPO_SIZES,
    SIZE_POINTS,
    TOUCHES_POINTS,
    assess_complexity,
    categorise_size,
    completion_id,
    make_completion,
)


def test_all_fields_of_a_retried_task() -> None:
    made = payload(
        FAILED, DONE, tracked=1234, task_type="bugfix", complexity="complex", language="python", size="xl"
    )
    assert made == {
        "task_type": "bugfix",
        "complexity": "complex",
        "complexity_source": "declared",
        "language": "python",
        "ambiguity": "low",
        "harness": "claude_code",
        "model": "claude-sonnet-4",
        "provider": "anthropic",
        "task_duration_ms": 4_020_500,
        "estimated_input_tokens": 900,
        "estimated_output_tokens": 250,
        "actual_input_tokens": 3000,
        "actual_output_tokens": 500,
        "estimated_cost_usd_micros": 4000,
        "actual_cost_usd_micros": 5000,
        "attempts": 2,
        "cost_known_attempts": 1,
        "quality_gate_passed": True,
        "quality_gates_run": ["build", "lint"],
        "quality_gates_failed": [],
        "context_compactions": 3,
        "context_rotations": 0,
        "context_utilization_final": 0.41,
        "outcome": "success",
        "retry_count": 1,
        "repo_size_category": "medium",
    }


def test_what_nobody_knows_is_null() -> None:
    """Never 0, and no gate that has passed where none was run."""
    known = {
        "complexity": "moderate",
        "complexity_source": "assessed",
        "ambiguity": "low",
        "harness": "t",
        "task_duration_ms": 120_000,
        "attempts": 1,
        "cost_known_attempts": 0,
        "outcome": "success",
        "retry_count": 0,
    }
    assert payload(BARE) == dict.fromkeys(FIELDS) | known


def test_a_task_without_attempts_has_no_event() -> None:
    assert make_completion(task(), tracked_files=5) is None


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [
        ({"status": "completed"}, "success"),
        ({"status": "completed", "outcome": "partial", "error_type": "gate_failed"}, "partial"),
        ({"status": "failed", "error_type": "crash"}, "failure"),
        ({"status": "failed", "error_type": "timeout"}, "timeout"),
        ({"status": "abandoned", "outcome": "failed", "error_type": "timeout"}, "timeout"),
        ({"status": "abandoned", "error_type": "cancelled"}, "failure"),
        ({"status": "failed", "outcome": "blocked", "error_type": "precondition"}, "failure"),
    ],
)
def test_the_last_attempt_tells_the_outcome(ending: dict[str, str], outcome: str) -> None:
    assert payload(DONE, FAILED, BARE | ending)["outcome"] == outcome
    assert payload(DONE, FAILED, BARE | ending)["retry_count"] == 2


@pytest.mark.parametrize(
    ("gates", "told"),
    [
        (None, (None, None, None)),
        ({"durations_ms": {"build": 9}}, (None, None, None)),
        ({"run": []}, (None, [], [])),
        ({"run": ["build"]}, (True, ["build"], [])),
        ({"run": ["build"], "failed": []}, (True, ["build"], [])),
        ({"run": ["build", "lint"], "failed": ["lint"]}, (False, ["build", "lint"], ["lint"])),
        ({"failed": ["lint"]}, (False, None, ["lint"])),
    ],
)
def test_gates(gates: dict[str, Any] | None, told: tuple[Any, ...]) -> None:
    last = BARE if gates is None else BARE | {"quality_gates": gates}
    made = payload(FAILED, last)
    names = ("quality_gate_passed", "quality_gates_run", "quality_gates_failed")
    assert tuple(made[name] for name in names) == told


def test_the_duration_is_wall_clock_from_the_first_start_to_the_last_end() -> None:
    """When the task was closed adds nothing: its run has emitted the same event before."""
    assert payload(FAILED, DONE)["task_duration_ms"] == 4_020_500
    late = {"state": "done", "completed_at": "2025-11-02T17:03:00Z", "commit_message": "x"}
    assert payload(FAILED, DONE, **late)["task_duration_ms"] == 4_020_500


def test_attempts_with_an_error_give_no_figures() -> None:
    """Where a figure would be wrong there is none; what is wrong elsewhere is no hindrance."""
    for wrong in ({"duration_seconds": "120"}, {"status": "retrying"}, {"usage": {"input_tokens": -1}}):
        with pytest.raises(TaskfilesError) as raised:
            make_completion(task(BARE | wrong), tracked_files=None)
        assert (raised.value.code, raised.value.line) == (
            "unreadable-task",
            task(BARE | wrong).errors[0].line,
        )
    assert payload(BARE, ambiguity="high")["ambiguity"] == "high"
    assert payload(BARE, ambiguity=7)["ambiguity"] == "low"
    odd = payload(BARE, size="enormous", ambiguity=7, touches="src", task_type=[1], complexity=" ")
    assert (odd["complexity"], odd["complexity_source"], odd["task_type"]) == ("moderate", "assessed", None)


# The two tables


def test_complexity_follows_its_table() -> None:
    found = set()
    for size, ambiguity, (globs, points) in product(Size, Ambiguity, TOUCHES_POINTS):
        touches = [f"src/{number}" for number in range(globs)]
        word = assess_complexity(task(size=size.value, ambiguity=ambiguity.value, touches=touches))
        total = SIZE_POINTS[size] + AMBIGUITY_POINTS[ambiguity] + points
        assert word == next(word for least, word in COMPLEXITIES if total >= least)
        found.add(word)
    assert found == {"trivial", "simple", "moderate", "complex"}


def test_examples_of_complexity() -> None:
    assert assess_complexity(task(size="tiny")) == "trivial"
    assert assess_complexity(task(size="small")) == "simple"
    assert assess_complexity(task()) == "moderate"
    assert assess_complexity(task(ambiguity="high")) == "complex"
    assert assess_complexity(task(size="small", touches=list("abcdefghijk"))) == "moderate"


def test_sizes_of_repositories() -> None:
    limits = [(0, "tiny"), (100, "small"), (1_000, "medium"), (10_000, "large"), (100_000, "huge")]
    assert sorted(REPO_SIZES) == limits
    for (least, word), (_, below) in zip(limits[1:], limits, strict=False):
        assert (categorise_size(least - 1), categorise_size(least)) == (below, word)
    assert categorise_size(0) == "tiny"
    assert categorise_size(None) is None


# Told once


def test_the_id_follows_from_task_and_last_attempt() -> None:
    one = completion_id("fix", FAILED)
    assert uuid.UUID(one).version == 5
    assert one == completion_id("fix", {**FAILED, "notes": "amended"})
    assert completion_id("fix", DONE) == completion_id("fix", {**DONE, "id": str(DONE["id"]).lower()})
    assert len({one, completion_id("fix", DONE), completion_id("other", FAILED)}) == 3


def test_an_attempt_without_id_is_known_by_its_start() -> None:
    same = BARE | {"started_at": "2025-11-02T16:03:00+01:00"}
    assert completion_id("fix", BARE) == completion_id("fix", same)
    assert completion_id("fix", BARE) != completion_id("fix", BARE | {"started_at": "2025-11-02T15:04:00Z"})


@given(st.lists(st.sampled_from([FAILED, DONE, BARE]), min_size=1, max_size=6))
def test_sums_are_of_those_that_know(attempts: list[dict[str, Any]]) -> None:
    made = payload(*attempts)
    inputs = [each["usage"]["input_tokens"] for each in attempts if "usage" in each]
    assert made["actual_input_tokens"] == (sum(inputs) if inputs else None)
    costs = [each["cost"]["actual_usd_micros"] for each in attempts if "cost" in each]
    assert made["actual_cost_usd_micros"] == (sum(costs) if costs else None)
    assert (made["attempts"], made["cost_known_attempts"]) == (len(attempts), len(costs))
    assert made["retry_count"] == len(attempts) - 1
    assert made["task_duration_ms"] >= 0


# Tracked files


def test_tracked_files_are_counted_by_git(project: Project) -> None:
    repository = find_repository(project.root)
    assert count_tracked(repository) == 0
    for name in ("a", "b", "dir/c\nd", "untracked"):
        project.write(name, "x")
    project.git("add", "a", "b", "dir")
    assert count_tracked(repository) == 3
    assert count_tracked(None) is None


def test_a_file_in_conflict_counts_once(project: Project) -> None:
    for branch, text in (("main", "0"), ("one", "1"), ("two", "2")):
        if branch != "main":
            project.git("checkout", "-q", "-b", branch, "main")
        project.write("a", text)
        project.git("add", "a")
        project.git("commit", "-q", "-m", branch)
    with pytest.raises(Exception, match="merge"):
        project.git("merge", "-q", "one")
    assert count_tracked(find_repository(project.root)) == 1


def test_a_damaged_index_says_nothing(project: Project) -> None:
    project.write(".git/index", b"no index")
    assert count_tracked(find_repository(project.root)) is None


# The command


def record(project: Project, *more: str) -> None:
    times = ("--started-at", "2025-11-02T15:03:00Z", "--ended-at", "2025-11-02T15:05:00Z")
    given = ("--id", str(FAILED["id"]), "--tool", "claude-code", *times)
    assert call(project, "record", "fix", *given, *more).code == 0


def test_the_command_shows_it(project: Project) -> None:
    project.task("fix")
    project.git("add", "-A")
    record(project, "--status", "failed", "--error-type", "timeout", "--gate", "build=pass")
    shown = call(project, "telemetry", "completion", "fix", "--output", "json").json
    made = make_completion(project.get("fix"), tracked_files=1)
    assert shown == {"id": completion_id("fix", FAILED), "subject": "fix"} | (made or {})
    assert (shown["harness"], shown["outcome"], shown["repo_size_category"]) == (
        "claude_code",
        "timeout",
        "tiny",
    )
    human = call(project, "telemetry", "completion", "fix")
    lines = dict(text.split(None, 1) for text in human.out.splitlines())
    assert lines.keys() == shown.keys()
    assert (lines["outcome"], lines["model"], lines["quality_gates_run"]) == ("timeout", "unknown", "build")
    assert call(project, "telemetry", "completion", "fix", "--output", "plain").out == "fix\n"


def test_without_git_the_size_is_unknown(project: Project) -> None:
    project.task("fix")
    record(project, "--status", "completed")
    (project.root / ".git").rename(project.root.parent / "elsewhere")
    shown = call(project, "telemetry", "completion", "fix", "--output", "json").json
    assert shown["repo_size_category"] is None


def test_it_says_why_there_is_none(project: Project) -> None:
    project.task("fix")
    project.task("odd", extra="execution: {attempts: [{status: failed}]}\n")
    before = project.tree()
    for task_id, code, name in (
        ("fox", 3, "no-such-task"),
        ("fix", 1, "no-attempt"),
        ("odd", 1, "unreadable-task"),
    ):
        done = call(project, "telemetry", "completion", task_id, "--output", "json")
        assert (done.code, done.error["code"], done.out) == (code, name, "")
    assert project.tree() == before


def test_an_estimate_is_the_tasks_and_counts_once() -> None:
    """As the earliest attempt has it, wherever it stands in the file."""
    first = BARE | {"cost": {"estimated_usd_micros": 150_000, "actual_usd_micros": 50_000}}
    again = first | {
        "started_at": "2025-11-03T15:03:00Z",
        "ended_at": "2025-11-03T15:05:00Z",
        "cost": {"estimated_usd_micros": 160_000, "actual_usd_micros": 123_400},
    }
    for attempts in ((first, again), (again, first)):
        made = payload(*attempts)
        assert made["estimated_cost_usd_micros"] == 150_000
        assert made["actual_cost_usd_micros"] == 173_400
