"""The charts of events: outcomes, refusals and plans, from counts alone."""

from __future__ import annotations

from typing import Any

import pytest

from taskfiles.report.chart import Chart
from taskfiles.report.event_charts import chart_outcomes, chart_plans, chart_refusals
from taskfiles.report.material import PLAN_ENDS, EventMaterial
from taskfiles.telemetry.workflows import BatchMetrics


def material(**more: Any) -> EventMaterial:
    nothing = EventMaterial(
        events=9,
        runs=3,
        unreadable=0,
        outcomes={},
        refusals={},
        plans=dict.fromkeys(PLAN_ENDS, 0),
        batch=BatchMetrics(0, 0, 0),
        earliest=None,
        latest=None,
    )
    return nothing._replace(**more)


def rows(chart: Chart) -> list[list[str]]:
    assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)
    return [list(row) for row in chart.table.rows]


def values(chart: Chart) -> list[dict[str, Any]]:
    assert chart.spec is not None
    found: list[dict[str, Any]] = chart.spec["data"]["values"]
    return found


def test_outcomes_are_counted_by_action() -> None:
    chart = chart_outcomes(
        material(outcomes={"task.update": {"success": 5, "blocked": 1}, "task.claim": {"failed": 2}})
    )
    assert rows(chart) == [["task.update", "6", "5", "0", "1", "0"], ["task.claim", "2", "0", "0", "0", "2"]]
    assert {(each["row"], each["column"], each["number"]) for each in values(chart)} == {
        ("task.update", "success", 5),
        ("task.update", "blocked", 1),
        ("task.claim", "failed", 2),
    }
    assert chart.cases == "n = 9 events, 3 runs"


def test_the_actions_of_most_events_are_drawn() -> None:
    outcomes = {f"a.{number:02}": {"success": number + 1} for number in range(42)}
    chart = chart_outcomes(material(outcomes=outcomes))
    assert [each["row"] for each in values(chart)] == [f"a.{number:02}" for number in range(2, 42)]
    assert chart.says.endswith(" 2 actions more in the table only.")
    assert len(rows(chart)) == 42


def test_refusals_are_ordered_by_how_often_they_came() -> None:
    chart = chart_refusals(material(refusals={"bad-value": 1, "claimed": 7, "lock-timeout": 1}))
    assert rows(chart) == [["claimed", "7"], ["bad-value", "1"], ["lock-timeout", "1"]]
    assert [each["label"] for each in values(chart)] == ["claimed", "bad-value", "lock-timeout"]
    assert chart.cases == "n = 9 refusals"
    many = chart_refusals(material(refusals={f"r-{number}": 1 for number in range(41)}))
    assert many.says.endswith(" 1 reason more in the table only.")


def test_without_a_refusal_nothing_is_drawn() -> None:
    chart = chart_refusals(material())
    assert (chart.spec, chart.says, rows(chart)) == (None, "Nothing was refused.", [])


def plans(**ends: int) -> EventMaterial:
    counts = dict.fromkeys(PLAN_ENDS, 0) | {end.replace("_", " "): count for end, count in ends.items()}
    return material(plans=counts, batch=BatchMetrics(sum(counts.values()), ends.get("partial", 0), 2))


def test_plans_have_a_rate_over_those_that_were_executed() -> None:
    chart = chart_plans(plans(success=4, partial=1, failed=1, skipped=3, never_run=2))
    assert chart.says.startswith(
        "Of 6 executed plans 4 succeeded in whole at the last execution: 66.7 %, with a 95 % interval from "
        "30.0 to 90.3 %. Each plan"
    )
    assert "1 ended as a partial success, and 2 conflicts kept tasks in stages of their own." in chart.says
    assert chart.cases == "n = 11 plans"
    assert rows(chart) == [
        ["success", "4"],
        ["partial", "1"],
        ["failed", "1"],
        ["skipped", "3"],
        ["never run", "2"],
    ]


@pytest.mark.parametrize(
    ("counted", "sentence"),
    [
        (plans(success=4), "Fewer than 5 are no finding."),
        (plans(skipped=4), "No plan was executed, so that there is no rate of success."),
        (plans(), "No plan was made."),
    ],
)
def test_few_plans_are_no_finding(counted: EventMaterial, sentence: str) -> None:
    chart = chart_plans(counted)
    assert sentence in chart.says
    assert (chart.spec is None) == (not sum(counted.plans.values()))


@pytest.mark.parametrize("make", [chart_outcomes, chart_refusals, chart_plans])
def test_without_an_event_that_is_all_that_is_said(make: Any) -> None:
    chart = make(material(events=0, runs=0))
    assert chart.says == "No event was logged, so there is nothing to show."
    assert chart.cases == "n = 0 events, 0 runs"
