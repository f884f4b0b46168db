"""The charts of work: durations, gates, months, and done tasks without attempts."""

from __future__ import annotations

from typing import Any

from support.report_material import attempt, make_done, material_of
from taskfiles.report.chart import Chart
from taskfiles.report.forms import quote_expression
from taskfiles.report.work_charts import (
    chart_durations,
    chart_gates,
    chart_without_telemetry,
    chart_work,
    fill_months,
)


def rows(chart: Chart) -> list[list[str]]:
    assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)
    return [list(row) for row in chart.table.rows]


def columns(panel: dict[str, Any]) -> dict[str, float]:
    """The columns of one panel that have a number."""
    return {each["column"]: each["number"] for each in panel["data"]["values"] if each["number"]}


def test_durations_are_counted_by_model_whoever_has_most_first() -> None:
    chart = chart_durations(
        material_of(
            make_done("a", attempt(1, 14, model="gpt")),
            make_done("b", attempt(1, 60, "failed", model="opus"), attempt(2, 3600, model="opus")),
        )
    )
    assert [row[:4] for row in rows(chart)] == [
        ["opus", "2", "1m", "maximum 1h"],
        ["gpt", "1", "14s", "maximum 14s"],
    ]
    assert chart.spec is not None
    assert [columns(panel) for panel in chart.spec["vconcat"]] == [{"1m": 1, "1h": 1}, {"0s": 1}]
    assert chart.spec["vconcat"][0]["title"]["text"] == {"expr": quote_expression("opus: 2 attempts")}


def test_from_twenty_attempts_on_the_longest_are_a_percentile() -> None:
    chart = chart_durations(material_of(*(make_done(f"t-{n}", attempt(1, 60)) for n in range(20))))
    assert rows(chart)[0][3] == "1m"


def test_at_most_eight_models_are_drawn() -> None:
    tasks = [make_done(f"t-{n}", attempt(1, 60, model=f"m-{n}")) for n in range(9)]
    chart = chart_durations(material_of(*tasks))
    assert chart.spec is not None
    assert (len(chart.spec["vconcat"]), len(rows(chart))) == (8, 9)
    assert chart.says.endswith(" 1 group more is in the table only.")


def test_gates_that_fail_most_come_first() -> None:
    chart = chart_gates(
        material_of(
            make_done("a", attempt(1, 60, gates={"lint": False, "build": True})),
            make_done("b", attempt(1, 60, gates={"lint": True, "test": True})),
            make_done("c", attempt(1, 60)),
        )
    )
    assert rows(chart) == [
        ["lint", "2", "1", "50.0 %"],
        ["build", "1", "0", "0.0 %"],
        ["test", "1", "0", "0.0 %"],
    ]
    assert chart.cases == "n = 2 of 3 attempts"
    assert "2 attempts of 3 tell of a gate" in chart.says
    assert chart.spec is not None
    assert chart.spec["data"]["values"][0]["text"] == "failed in 1 of 2"


def test_where_no_attempt_names_a_gate_none_is_drawn() -> None:
    chart = chart_gates(material_of(make_done("a", attempt(1, 60))))
    assert (chart.spec, chart.says) == (None, "No attempt tells of a gate, so that there is nothing to show.")


def test_work_is_by_the_month_of_its_end_and_gaps_stay() -> None:
    chart = chart_work(
        material_of(
            make_done("a", attempt(1, 5400, month=8)),
            make_done("b", attempt(1, 1800, "failed", month=8), attempt(2, 60, month=10)),
        )
    )
    assert rows(chart) == [["2025-08", "2", "2h", "2", "1"], ["2025-10", "1", "1m", "1", "1"]]
    assert chart.spec is not None
    attempts, hours, succeeded = chart.spec["vconcat"]
    assert [each["column"] for each in attempts["data"]["values"]] == ["2025-08", "2025-09", "2025-10"]
    assert columns(attempts) == {"2025-08": 2, "2025-10": 1}
    assert columns(hours) == {"2025-08": 2.0, "2025-10": 0.02}
    assert columns(succeeded) == {"2025-08": 1, "2025-10": 1}


def test_months_are_filled_across_years() -> None:
    assert fill_months(["2025-12", "2026-02"]) == ["2025-12", "2026-01", "2026-02"]
    assert fill_months([None]) == []
    assert len(fill_months(["1999-01", "2026-02"])) == 36


def test_done_tasks_without_an_attempt_are_listed_the_latest_first() -> None:
    chart = chart_without_telemetry(
        material_of(
            make_done("old", completed_at="2025-09-30T12:00:00Z"),
            make_done("new", completed_at="2025-11-02T12:00:00Z"),
            make_done("tried", attempt(1, 60)),
        )
    )
    assert [row[0] for row in rows(chart)] == ["new", "old"]
    assert rows(chart)[0] == ["new", "Title of new", "task", "2025-11-02"]
    assert chart.cases == "n = 2 tasks"
    assert chart.spec is not None
    assert columns(chart.spec["vconcat"][0]) == {"2025-09": 1, "2025-11": 1}


def test_one_whose_completion_is_not_known_is_in_the_table_only() -> None:
    material = material_of(make_done("dated"))
    (dated,) = material.without_telemetry
    chart = chart_without_telemetry(
        material._replace(without_telemetry=[dated, dated._replace(id="odd", completed_at=None)])
    )
    assert chart.says.endswith(" When 1 of them was completed is not known.")
    assert rows(chart)[-1][0::3] == ["odd", "not known"]
    none = chart_without_telemetry(material._replace(without_telemetry=[]))
    assert (none.spec, none.says) == (None, "Every done task has an attempt.")


def test_a_table_has_500_tasks_at_most_and_counts_the_rest() -> None:
    material = material_of(make_done("one"))
    chart = chart_without_telemetry(material._replace(without_telemetry=[*material.without_telemetry] * 502))
    assert (len(rows(chart)), chart.table.more) == (500, 2)
