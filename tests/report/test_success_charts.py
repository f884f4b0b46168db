"""The charts of success: what is drawn, what is marked, what the sentence and the table say."""

from __future__ import annotations

from typing import Any

import pytest

from support.report_material import attempt, make_done, material_of
from taskfiles import Task
from taskfiles.report.chart import Chart
from taskfiles.report.success_charts import chart_attempts_to_success, chart_cost, chart_success


def tasks(model: str, count: int, *statuses: str, ambiguity: str = "low", **more: Any) -> list[Task]:
    """So many tasks of a model, each with attempts that ended so."""
    attempts = [attempt(1, 60, status, model=model, **more) for status in statuses]
    return [make_done(f"{model}-{ambiguity}-{n}", *attempts, ambiguity=ambiguity) for n in range(count)]


def drawn(chart: Chart) -> list[dict[str, Any]]:
    """The values that a chart draws, those of its panels one after the other."""
    assert chart.spec is not None
    parts = [chart.spec, *chart.spec.get("vconcat", [])]
    return [value for part in parts if "data" in part for value in part["data"]["values"]]


def rows(chart: Chart) -> list[list[str]]:
    assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)
    return [list(row) for row in chart.table.rows]


def test_success_stands_by_ambiguity_then_by_the_lower_bound_those_of_few_tasks_last() -> None:
    chart = chart_success(
        material_of(
            *tasks("good", 6, "completed", ambiguity="high"),
            *tasks("bad", 6, "failed"),
            *tasks("good", 6, "completed"),
            *tasks("few", 4, "completed"),
        )
    )
    assert [(value["group"], value["label"], value["is_few"]) for value in drawn(chart)] == [
        ("low ambiguity", "good", False),
        ("low ambiguity", "bad", False),
        ("low ambiguity", "few", True),
        ("high ambiguity", "good", False),
    ]
    assert drawn(chart)[2]["text"] == "4 of 4, n<5"
    assert "1 of 4 groups has fewer than 5 tasks" in chart.says
    assert chart.cases == "n = 22 tasks, 22 attempts"
    assert [row[2] for row in rows(chart)] == ["1", "1", "3", "none: n<5"]


def test_more_groups_than_can_be_drawn_are_in_the_table() -> None:
    chart = chart_success(material_of(*(task for n in range(42) for task in tasks(f"m-{n}", 1, "completed"))))
    assert (len(drawn(chart)), len(rows(chart))) == (40, 42)
    assert chart.says.endswith(" 2 groups more are in the table only.")


def test_attempts_to_success_are_of_the_tasks_that_a_model_began() -> None:
    failed, done = attempt(1, 60, "failed", model="opus"), attempt(1, 60, model="opus")
    chart = chart_attempts_to_success(
        material_of(
            *tasks("opus", 2, "completed"),
            make_done("fifth", *[failed] * 4, done),
            make_done("sixth", *[failed] * 5, done),
            make_done("taken-over", attempt(1, 60, "failed", model="gpt"), done),
        )
    )
    assert [column.name for column in chart.table.columns][2:] == [
        "1",
        "2",
        "3",
        "4",
        "5 or more",
        "not there",
    ]
    assert rows(chart) == [
        ["opus", "4", "2", "0", "0", "0", "2", "0"],
        ["gpt", "1", "0", "0", "0", "0", "0", "1"],
    ]


def test_cost_is_against_success_and_the_best_are_joined() -> None:
    chart = chart_cost(
        material_of(
            *tasks("cheap", 5, "failed", cost=1_000),
            *tasks("good", 5, "completed", cost=20_000),
            *tasks("dear", 5, "failed", cost=2_500_000),
            *tasks("few", 4, "completed", cost=10),
            *tasks("silent", 5, "completed"),
        )
    )
    points = drawn(chart)
    assert [(value["text"].partition(":")[0], value["standing"]) for value in points] == [
        ("few", "fewer than 5 tasks: no finding"),
        ("cheap", "on the frontier"),
        ("good", "on the frontier"),
        ("dear", "not on it"),
    ]
    assert points[0]["text"] == "few: $0.00001 a task, 4 of 4 succeeded"
    assert points[2]["text"] == "good: $0.02 a task, 5 of 5 succeeded"
    assert points[2]["cost"] == pytest.approx(0.02)
    assert "The cost of 19 of 24 attempts is known" in chart.says
    assert chart.cases == "n = 19 of 24 tasks"
    assert [row[:4] for row in rows(chart)] == [
        ["few", "none: fewer than 5 tasks", "$0.00001", "$0.00001"],
        ["cheap", "on the frontier", "$0.0010", "no success"],
        ["good", "on the frontier", "$0.02", "$0.02"],
        ["dear", "not on it", "$2.50", "no success"],
    ]


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "$0.00"),
        (12, "$0.000012"),
        (7, "$0.000007"),
        (150, "$0.00015"),
        (1234, "$0.0012"),
        (9_999, "$0.0100"),
    ],
)
def test_a_small_cost_is_shown_in_its_first_two_digits(micros: int, text: str) -> None:
    chart = chart_cost(material_of(*tasks("opus", 5, "completed", cost=micros)))
    assert rows(chart)[0][2] == text


def test_a_cost_that_nobody_knows_is_not_drawn_as_0() -> None:
    chart = chart_cost(material_of(*tasks("opus", 5, "completed")))
    assert chart.spec is None
    assert chart.says == "The cost of no task is known, so that there is nothing to show; unknown is not 0."
    assert rows(chart) == []


def test_the_frontier_is_drawn_whatever_else_there_is() -> None:
    many = [task for n in range(25) for task in tasks(f"m-{n}", 9, "failed", cost=10**6 + n)]
    best = tasks("best", 5, "completed", cost=10)
    chart = chart_cost(material_of(*many, *best))
    assert len(drawn(chart)) == 20
    assert drawn(chart)[0]["text"].startswith("best:")
    assert chart.says.endswith(" 6 groups more are in the table only.")


@pytest.mark.parametrize("make", [chart_success, chart_attempts_to_success, chart_cost])
def test_of_no_attempt_there_is_nothing_to_draw(make: Any) -> None:
    chart = make(material_of(make_done("silent")))
    assert chart.spec is None
    assert "nothing to show" in chart.says
    assert rows(chart) == []
