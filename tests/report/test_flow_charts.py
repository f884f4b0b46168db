"""The charts of a lead's questions: their tables, sentences and series."""

from __future__ import annotations

from support.report_material import attempt, make_done, material_of
from taskfiles.report.chart import Chart
from taskfiles.report.flow_charts import chart_age, chart_flow, chart_reviews, chart_spending
from taskfiles.report.palette import SERIES
from taskfiles.stats.flow import Aged, Flow, Week

DAY = 86_400
NOTHING = Flow(0, 0, None, None, 0, None, None, None, 0, 0, None, None, [], [])


def rows(chart: Chart) -> list[list[str]]:
    assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)
    return [list(row) for row in chart.table.rows]


def test_cost_is_by_month_and_model_a_colour_each() -> None:
    chart = chart_spending(
        material_of(
            make_done("a", attempt(1, 60, model="opus", cost=2_500_000, month=10)),
            make_done("b", attempt(1, 60, model="opus", cost=1_000_000), attempt(2, 60, model="gpt")),
            make_done("c", attempt(1, 60, model="gpt", cost=504_000)),
        )
    )
    assert rows(chart) == [
        ["2025-10", "opus", "$2.50", "1", "1"],
        ["2025-11", "gpt", "$0.50", "1", "2"],
        ["2025-11", "opus", "$1.00", "1", "1"],
    ]
    assert "The cost of 3 of 4 attempts is known" in chart.says
    assert chart.spec is not None
    values = {(each["column"], each["series"]): each["number"] for each in chart.spec["data"]["values"]}
    assert values == {("2025-10", "opus"): 2.5, ("2025-11", "opus"): 1.0, ("2025-11", "gpt"): 0.5}
    assert chart.spec["encoding"]["fill"]["scale"]["range"] == list(SERIES[:2])


def test_of_many_models_the_cheapest_are_one_series() -> None:
    made = [make_done(f"t{n}", attempt(1, 60, model=f"m{n}", cost=(9 - n) * 10**6)) for n in range(9)]
    chart = chart_spending(material_of(*made))
    assert chart.spec is not None
    names = {each["series"]: each["number"] for each in chart.spec["data"]["values"]}
    assert names == {"m0": 9, "m1": 8, "m2": 7, "m3": 6, "m4": 5, "all others": 10}
    assert len(set(SERIES)) == 6
    assert len(rows(chart)) == 9


def test_without_a_cost_nothing_is_drawn_and_it_is_said() -> None:
    chart = chart_spending(material_of(make_done("a", attempt(1, 60))))
    assert (chart.spec, rows(chart)) == (None, [])
    assert chart.says == "No attempt has a known cost, so that there is nothing to show."


def test_refusals_are_of_what_was_reviewed() -> None:
    def reviewed(*, approved: bool) -> dict[str, object]:
        return {"name": "ana", "approved": approved, "reviewed_at": "2025-11-03T12:00:00Z"}

    chart = chart_reviews(
        material_of(
            make_done("a", attempt(1, 60, model="gpt", reviewer=reviewed(approved=True))),
            make_done(
                "b",
                attempt(1, 60, model="opus", reviewer=reviewed(approved=False)),
                attempt(2, 60, model="opus", reviewer=reviewed(approved=True)),
                attempt(3, 60, model="opus"),
            ),
        )
    )
    assert rows(chart) == [["opus", "2", "1", "50.0 %"], ["gpt", "1", "0", "0.0 %"]]
    assert chart_reviews(material_of(make_done("a", attempt(1, 60)))).spec is None


def test_flow_is_by_week_and_its_times_are_in_the_sentence() -> None:
    flow = NOTHING._replace(
        completed=3,
        lead_known=3,
        lead_p50_seconds=7 * DAY,
        lead_p85_seconds=10 * DAY,
        throughput_per_week=1.24,
        weeks=[Week("2025-W45", 1, 4), Week("2025-W46", 2, 0)],
    )
    chart = chart_flow(flow)
    assert rows(chart) == [["2025-W45", "1", "4"], ["2025-W46", "2", "0"]]
    assert "1.2 were completed a week" in chart.says
    assert "half took 7 d or less, 85 % 10 d or less, of 3 tasks" in chart.says
    assert "Cycle time" not in chart.says
    assert chart_flow(NOTHING).spec is None
    assert "No task was completed" in chart_flow(NOTHING).says


def test_age_names_the_oldest() -> None:
    flow = NOTHING._replace(
        open=2,
        age_known=2,
        age_p50_seconds=10 * DAY,
        age_p85_seconds=20 * DAY,
        oldest=[Aged("queue", "A queue", "ready", 20 * DAY), Aged("login", "Login", "idea", 10 * DAY)],
    )
    assert rows(chart_age(flow)) == [
        ["queue", "A queue", "ready", "20 d"],
        ["login", "Login", "idea", "10 d"],
    ]
    assert chart_age(flow).cases == "n = 2 open tasks"
    assert chart_age(NOTHING).spec is None
