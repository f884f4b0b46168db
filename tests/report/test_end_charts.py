"""The dashboard of completion events: how tasks ended, by model, whatever order the events come in."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest

from support.in_process import call
from support.project import Project
from taskfiles.report.chart import Chart
from taskfiles.report.charts import EVENT_CHARTS
from taskfiles.report.end_charts import (
    chart_ended_cost,
    chart_ended_gates,
    chart_ended_success,
    chart_ended_timeouts,
    chart_ended_tokens,
)
from taskfiles.report.ends import read_end
from taskfiles.report.events import make_event_material
from taskfiles.report.material import Ended, EventMaterial
from taskfiles.stats.rows import Scope
from taskfiles.telemetry.reading import Line

GOOD: dict[str, Any] = {
    "outcome": "success",
    "model": "opus",
    "ambiguity": "low",
    "attempts": 1,
    "cost_known_attempts": 1,
    "actual_cost_usd_micros": 1_000_000,
    "actual_input_tokens": 100,
    "actual_output_tokens": 20,
    "quality_gates_run": ["test", "lint"],
    "quality_gates_failed": [],
}
LATE = GOOD | {"outcome": "timeout", "quality_gates_run": ["test"], "quality_gates_failed": ["test"]}
OTHER = GOOD | {
    "model": "haiku",
    "ambiguity": "high",
    "actual_cost_usd_micros": None,
    "cost_known_attempts": 0,
}
BARE = {"outcome": "failure", "model": None}

numbers = itertools.count()


def event(said: dict[str, Any], subject: str = "", day: int = 20, **more: Any) -> dict[str, Any]:
    number = next(numbers)
    return {
        "id": f"id-{number}",
        "type": "task.completion",
        "source": "urn:taskfiles:ada/app",
        "subject": subject or f"task-{number}",
        "time": f"2025-11-{day:02}T12:00:00.000Z",
        "correlationid": "run",
        "sequence": f"1.{number:06}",
        "data": {"action": "task.complete", "outcome": "success", "completion": said},
    } | more


def material(*events: dict[str, Any], scope: Scope | None = None) -> EventMaterial:
    lines = [Line("log", number, b"", each) for number, each in enumerate(events, 1)]
    return make_event_material(lines, Scope() if scope is None else scope)


def rows(chart: Chart) -> list[list[str]]:
    assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)
    return [list(row) for row in chart.table.rows]


@pytest.fixture
def made() -> EventMaterial:
    return material(*(event(said) for said in (GOOD, GOOD, LATE, OTHER, BARE)))


def test_success_is_by_model_and_ambiguity(made: EventMaterial) -> None:
    chart = chart_ended_success(made)
    assert [row[:4] for row in rows(chart)] == [
        ["opus", "low", "3", "2"],
        ["haiku", "high", "1", "1"],
        ["not known", "not known", "1", "0"],
    ]
    assert chart.cases == "n = 5 tasks"
    assert chart.spec is not None


def test_costs_are_of_tasks_whose_cost_is_known(made: EventMaterial) -> None:
    chart = chart_ended_cost(made)
    assert rows(chart) == [
        ["opus", "$3.00", "$1.00", "$1.50", "3 of 3 tasks"],
        ["haiku", "$0.00", "unknown", "no success", "0 of 1 task"],
        ["not known", "$0.00", "unknown", "no success", "0 of 1 task"],
    ]
    assert "The cost of 3 of 5 tasks is known" in chart.says


def test_tokens_are_of_tasks_that_know_both(made: EventMaterial) -> None:
    assert rows(chart_ended_tokens(made)) == [
        ["opus", "300", "60", "3 of 3 tasks"],
        ["haiku", "100", "20", "1 of 1 task"],
        ["not known", "0", "0", "0 of 1 task"],
    ]


def test_gates_are_those_of_the_last_attempts(made: EventMaterial) -> None:
    assert rows(chart_ended_gates(made)) == [["test", "4", "1"], ["lint", "3", "0"]]


def test_time_outs_are_by_model(made: EventMaterial) -> None:
    assert rows(chart_ended_timeouts(made)) == [
        ["opus", "3", "2", "0", "0", "1"],
        ["haiku", "1", "1", "0", "0", "0"],
        ["not known", "1", "0", "1", "0", "0"],
    ]


def test_without_an_end_there_is_nothing_to_show() -> None:
    for make in (
        chart_ended_success,
        chart_ended_cost,
        chart_ended_tokens,
        chart_ended_gates,
        chart_ended_timeouts,
    ):
        chart = make(material())
        assert (chart.spec, rows(chart), chart.says[:13]) == (None, [], "No completion")


def test_a_task_counts_once_by_its_last_end() -> None:
    """Whatever order the lines stand in; the same id of another repository is another task."""
    events = [event(LATE, "fix", 20), event(GOOD, "fix", 21), event(BARE, "fix", source="urn:taskfiles:b")]
    for order in itertools.permutations(events):
        assert [each.outcome for each in material(*order).ends] == ["success", "failure"]


def test_two_that_say_one_end_differently_are_read_in_one_way() -> None:
    one = event(GOOD, "fix")
    other = one | {"data": one["data"] | {"completion": GOOD | {"model": "haiku"}}}
    assert material(one, other).ends == material(other, one).ends


@pytest.mark.parametrize(
    "said", [{}, {"outcome": "won"}, {"outcome": None}, {"outcome": ["success"]}, {"outcome": {"a": 1}}]
)
def test_what_says_no_outcome_is_no_end(said: dict[str, Any]) -> None:
    assert read_end(said) is None
    assert material(event(said)).ends == ()


def test_what_is_not_of_its_type_is_unknown() -> None:
    odd = {key: [{}] for key in GOOD} | {"outcome": "partial"}
    assert read_end(odd) == Ended(None, None, "partial", None, None, None, {})
    negative = GOOD | {"actual_input_tokens": -1, "actual_output_tokens": True, "cost_known_attempts": 0}
    found = read_end(negative)
    assert found is not None
    assert (found.cost, found.input_tokens, found.output_tokens) == (None, None, None)


# On the command line


@pytest.fixture
def log(project: Project) -> Path:
    """A directory of events, without any project or git around it."""
    place = project.root.parent / "events"
    for day in (20, 21):
        file = place / f"dt=2025-11-{day}" / "log.jsonl"
        file.parent.mkdir(parents=True)
        said = (GOOD, LATE, OTHER, BARE)
        file.write_text("".join(json.dumps(event(each, f"t{day}", day)) + "\n" for each in said))
    return place


def report(project: Project, place: Path, *words: str) -> bytes:
    out = project.root.parent / "report.html"
    done = call(project, "report", "--telemetry", str(place), "--out", str(out), *words, cwd=place)
    assert done.code == 0, done
    return out.read_bytes()


def test_the_page_shows_them_and_is_the_same_again(project: Project, log: Path) -> None:
    page = report(project, log)
    for name in EVENT_CHARTS:
        assert f'<section class="chart" aria-labelledby="{name}">'.encode() in page
    assert report(project, log) == page
    for file in log.glob("dt=*/log.jsonl"):  # the same events in another order
        lines = file.read_bytes().splitlines(keepends=True)
        random.Random(1).shuffle(lines)
        file.write_bytes(b"".join(lines * 2))
    assert report(project, log) == page


def test_it_is_as_of_any_day(project: Project, log: Path) -> None:
    words = ("--as-of", "2025-11-20")
    before = report(project, log, *words)
    assert b"n = 1 task." in before
    for file in log.glob("dt=2025-11-21/*"):
        file.unlink()
    assert report(project, log, *words) == before
