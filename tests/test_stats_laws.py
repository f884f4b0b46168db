"""Figures are what a plain computation from the files gives, in any order, whatever the attempts tell."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from plainstats import figures, is_near
from taskfiles import Task, parse_task
from taskfiles.stats.figures import FIGURES, Kind
from taskfiles.stats.report import Report, make_report
from taskfiles.stats.rows import Scope, gather
from taskfiles.stats.wilson import wilson

BASE = datetime(2025, 10, 31, 22, tzinfo=UTC)
EVERYTHING = Scope()
ZONE = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))])
NUMBERS = st.sampled_from([0, 1, 7, 60, 1_000_000, 2**63 - 1])
DIMENSIONS = ["model", "tool", "provider", "planner", "ambiguity", "size", "executor", "priority", "kind"]
DIMENSIONS += ["isolation", "task_type", "complexity", "language", "label", "month", "x_team"]


def some(**known: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=known)


# Strategies are made once: making them anew in each draw takes as long as all else.
MINUTES, LENGTHS = st.integers(0, 300), st.integers(0, 90)
MILLISECONDS, MICROSECONDS = st.sampled_from([0, 1, 250]), st.sampled_from([0, 0, 1])
DURATIONS = st.integers(0, 9) | NUMBERS
STATUSES = st.sampled_from(["completed", "completed", "failed", "abandoned"])
EXECUTORS = st.fixed_dictionaries(
    {"tool": st.sampled_from(["codex", "aider"])},
    optional={
        "model": st.sampled_from(["a", "b"]),
        "provider": st.just("p"),
        "planner": st.sampled_from([{"tool": "t"}, {"tool": "t", "model": "m"}]),
    },
)
GATES = st.lists(st.sampled_from(["build", "lint"]), max_size=2)
VERDICTS = st.booleans().map(
    lambda good: {"name": "Ada", "approved": good, "reviewed_at": "2025-11-02T12:00:00Z"}
)
USAGE = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
USAGE += ("estimated_input_tokens", "estimated_output_tokens")
DETAILS = some(
    outcome=st.sampled_from(["success", "partial", "blocked", "failed"]),
    error_type=st.sampled_from(["timeout", "gate_failed", "cancelled"]),
    reviewer=VERDICTS,
    usage=some(**dict.fromkeys(USAGE, NUMBERS)),
    cost=some(actual_usd_micros=NUMBERS, estimated_usd_micros=NUMBERS),
    quality_gates=some(run=GATES, failed=GATES),
)
COUNTS = st.sampled_from([0, 1, 3, 9])
KEYS = some(
    size=st.sampled_from(["tiny", "xl"]),
    ambiguity=st.sampled_from(["low", "high"]),
    priority=st.just("urgent"),
    executor=st.just("expert"),
    isolation=st.just("global"),
    kind=st.just("story"),
    task_type=st.just("bug"),
    complexity=st.just("simple"),
    language=st.just("python"),
    labels=st.lists(st.sampled_from(["ui", "api", "db"]), max_size=4),
    x_team=st.sampled_from(["red", "blue"]),
)


@st.composite
def attempts(draw: st.DrawFn) -> dict[str, Any]:
    start = BASE + timedelta(minutes=draw(MINUTES), milliseconds=draw(MILLISECONDS))
    end = start + timedelta(minutes=draw(LENGTHS), microseconds=draw(MICROSECONDS))
    told: dict[str, Any] = {
        "started_at": start.astimezone(draw(ZONE)).isoformat(),
        "ended_at": end.isoformat(),
        "duration_seconds": draw(DURATIONS),
        "status": draw(STATUSES),
        "executor": draw(EXECUTORS),
    }
    return told | draw(DETAILS)


ATTEMPTS = st.lists(attempts(), max_size=4)


@st.composite
def projects(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Frontmatters of valid tasks; sometimes many alike, so that ranks and percentiles come into play."""
    tasks = []
    for number in range(draw(COUNTS)):
        front = {"id": f"t-{number}", "title": "T", "state": "done", "commit_message": "m"} | draw(KEYS)
        if made := draw(ATTEMPTS):
            front["execution"] = {"attempts": made}
        tasks.append(front)
    return tasks


def parse(front: dict[str, Any]) -> Task:
    return parse_task(f"tasks/30-done/task-{front['id']}.md", f"---\n{json.dumps(front)}\n---\n".encode())


def report(tasks: list[dict[str, Any]], by: list[str], scope: Scope = EVERYTHING) -> Report:
    return make_report(gather(map(parse, tasks), scope, by), scope, by)


WHENS = st.none() | st.integers(0, 400).map(lambda minutes: BASE + timedelta(minutes=minutes))
BYS = st.lists(st.sampled_from(DIMENSIONS), min_size=1, max_size=3, unique=True)


@given(projects(), BYS, WHENS, WHENS)
def test_every_figure_is_what_the_files_give(
    tasks: list[dict[str, Any]], by: list[str], since: datetime | None, until: datetime | None
) -> None:
    assert all(parse(task).errors == [] for task in tasks)
    made = report(tasks, by, Scope(since, until))
    expected = figures(tasks, by, since, until)
    assert {tuple(group["key"].values()) for group in made.groups} == expected.keys()
    assert made.found == len(made.groups) == len(expected)
    for group in made.groups:
        told = expected[tuple(group["key"].values())]
        assert told.keys() == {figure.name for figure in FIGURES}
        wrong = {
            name: (group[name], value)
            for name, value in told.items()
            if not is_near(group[name], value) and (name not in FLOATS or float(group[name]) != value)
        }
        assert wrong == {}


FLOATS = {"wall_seconds", "idle_seconds"}  # whole numbers where they are


@given(projects(), BYS, st.randoms())
def test_the_order_of_tasks_changes_nothing(
    tasks: list[dict[str, Any]], by: list[str], chance: random.Random
) -> None:
    other = tasks.copy()
    chance.shuffle(other)
    assert report(tasks, by) == report(other, by)


@given(projects(), BYS)
def test_ranks_go_down_by_the_lower_bound_and_few_tasks_have_none(
    tasks: list[dict[str, Any]], by: list[str]
) -> None:
    groups = report(tasks, by).groups
    ranked = [group for group in groups if group["rank"] is not None]
    assert groups[: len(ranked)] == ranked
    assert all(group["tasks"] >= 5 for group in ranked)
    assert all(group["tasks"] < 5 and group["insufficient"] for group in groups[len(ranked) :])
    for group in ranked:
        better = sum(other["success_rate_low"] > group["success_rate_low"] for other in ranked)
        assert group["rank"] == 1 + better


@given(projects())
def test_totals_are_those_of_one_group_of_all_and_no_rate(tasks: list[dict[str, Any]]) -> None:
    totals = report(tasks, ["model", "label"]).totals
    (expected,) = figures([{**task, "x_all": "1"} for task in tasks], ["x_all"]).values() or [None]
    assert not [name for name in totals if "rate" in name or name.startswith("duration")]
    if expected is None:
        assert totals["tasks"] == totals["attempts"] == 0
        assert totals["cost_usd_micros"] is None
    else:
        assert totals == {name: expected[name] for name in totals}


@given(projects(), st.sampled_from(["model", "month", "ambiguity"]))
def test_what_an_attempt_has_one_value_of_divides_the_attempts(tasks: list[dict[str, Any]], by: str) -> None:
    made = report(tasks, [by])
    for name in ("attempts", "work_seconds", "attempts_timed_out", "cost_known_attempts", "first_attempts"):
        assert sum(group[name] for group in made.groups) == made.totals[name]
    endings = ("succeeded", "partial", "blocked", "failed", "timed_out", "abandoned")
    for group in made.groups:
        assert sum(group[f"attempts_{ending}"] for ending in endings) == group["attempts"]
        assert group["first_attempt_successes"] <= group["success_within_2"] <= group["success_within_5"]
        assert group["success_within_5"] <= group["first_attempts"] <= group["tasks"] <= group["attempts"]


@given(projects(), BYS)
def test_a_figure_on_no_case_says_nothing(tasks: list[dict[str, Any]], by: list[str]) -> None:
    counts = {figure.name for figure in FIGURES if figure.kind is Kind.COUNT}
    for group in report(tasks, by).groups:
        for figure in FIGURES:
            if figure.cases is None:
                assert figure.kind in {Kind.FLAG, Kind.WORD}
                continue
            assert figure.cases in counts
            n, value = group[figure.cases], group[figure.name]
            assert n > 0 or not value
            assert n == 0 or figure.kind is not Kind.RATE or value is not None


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_rate_and_is_symmetric(case: tuple[int, int]) -> None:
    good, cases = case
    made, mirror = wilson(good, cases), wilson(cases - good, cases)
    low, rate, high, mirrored = (float(str(bound)) for bound in (made.low, made.rate, made.high, mirror.low))
    assert 0 <= low <= rate <= high <= 1
    assert abs(high - (1 - mirrored)) < 1e-12
