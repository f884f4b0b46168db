"""What a report is made of: its own counts, the frontier, labels, events counted once and as of any day."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.project import Project
from support.report_material import HOSTILE, attempt, event, plan, put, write_log
from taskfiles.report.attempts import DIMENSIONS, make_attempt_material
from taskfiles.report.charts import ATTEMPT_CHARTS, EVENT_CHARTS, make_charts
from taskfiles.report.events import make_event_material
from taskfiles.report.frontier import Offer, find_frontier
from taskfiles.report.labels import name_all, visible
from taskfiles.report.material import BINS, BOUNDS, AttemptMaterial, EventMaterial, Material
from taskfiles.report.work_charts import fill_months
from taskfiles.stats.rows import Scope, gather
from taskfiles.telemetry.reading import read_lines

OFFERS = st.builds(
    Offer,
    cost=st.sampled_from([0.0, 1.0, 2.0, 3.0]),
    rate=st.sampled_from([0.0, 0.5, 1.0]),
    tasks=st.integers(1, 8),
)


def attempts_of(project: Project, scope: Scope | None = None) -> AttemptMaterial:
    chosen = scope or Scope()
    gathered, _ = project.store.read_all(lambda found: (gather(found, chosen, DIMENSIONS), []))
    return make_attempt_material(gathered, chosen)


def events_of(directory: Path, scope: Scope | None = None) -> EventMaterial:
    return make_event_material(read_lines(str(directory)), scope or Scope())


def test_durations_fall_into_the_bin_that_begins_at_or_below_them(project: Project) -> None:
    for number, seconds in enumerate([0, 14, 15, 29, 30, 28799, 28800]):
        put(project, f"t-{number}", attempt(1, seconds, model="m"))
    counts = attempts_of(project).durations["m"]
    assert len(counts) == BINS == len(BOUNDS) + 1
    assert {place: count for place, count in enumerate(counts) if count} == {0: 2, 1: 2, 2: 1, 11: 1, 12: 1}


def test_bounds_grow_about_twofold() -> None:
    for below, above in itertools.pairwise(BOUNDS):
        assert 1.8 <= above / below <= 2


def test_first_successes_are_those_of_tasks_that_the_model_began(project: Project) -> None:
    put(project, "a", attempt(1, 60, model="m"))
    put(project, "b", attempt(1, 60, "failed", model="m"), attempt(2, 60, model="m"))
    put(project, "c", attempt(1, 60, "failed", model="n"), attempt(2, 60, model="m"))
    put(project, "d", attempt(1, 60, "failed"), state="ready")
    assert attempts_of(project).attempts_to_success == {"m": {1: 1, 2: 1}, "n": {}, None: {}}


def test_gates_are_counted_by_name_and_one_that_failed_was_run(project: Project) -> None:
    put(
        project,
        "a",
        attempt(1, 60, gates={"lint": True, "test": False}),
        attempt(2, 60, gates={"lint": False}),
    )
    put(project, "b", attempt(1, 60) | {"quality_gates": {"failed": ["lint"]}}, attempt(2, 60))
    assert attempts_of(project).gates == {"lint": (3, 2), "test": (1, 1)}


def test_the_answers_are_those_of_stats(project: Project) -> None:
    put(project, "a", attempt(1, 60, model="m"), attempt(2, 60, model="n"), ambiguity="high")
    put(project, "untold", completed_at="2025-11-30T23:00:00-02:00")
    material = attempts_of(project)
    assert [group["key"] for group in material.by_model["groups"]] == [{"model": "m"}, {"model": "n"}]
    assert material.by_model_and_ambiguity["groups"][0]["key"] == {"model": "m", "ambiguity": "high"}
    assert [group["key"] for group in material.by_month["groups"]] == [{"month": "2025-11"}]
    assert [task.id for task in material.without_telemetry] == ["untold"]
    assert material.latest == "2025-12-01T01:00:00.000Z"


@given(st.lists(OFFERS, max_size=8))
def test_whoever_has_enough_tasks_is_on_the_frontier_or_beaten_by_one_that_is(offers: list[Offer]) -> None:
    found = find_frontier(offers)
    assert [offers[place].cost for place in found] == sorted(offers[place].cost for place in found)
    for place, offer in enumerate(offers):
        beaten = [
            other
            for other in found
            if offers[other].cost <= offer.cost
            and offers[other].rate >= offer.rate
            and offers[other][:2] != offer[:2]
        ]
        assert (place in found) == (offer.tasks >= 5 and not beaten)


@given(st.lists(st.none() | st.text(max_size=12) | st.sampled_from(list(HOSTILE.values())), max_size=12))
def test_each_value_has_a_label_of_its_own(values: list[str | None]) -> None:
    names = name_all(values, 8)
    assert set(names) == set(values)
    assert len(set(names.values())) == len(names)


@given(st.text())
def test_what_is_shown_is_one_line_that_xml_can_hold(text: str) -> None:
    from xml.etree import ElementTree

    shown = visible(text)
    assert len(shown) <= 1000
    assert "\n" not in shown
    element = ElementTree.Element("a")
    element.text = shown
    assert ElementTree.fromstring(ElementTree.tostring(element)).text in {shown, None}


def test_months_are_filled_and_no_more_than_36() -> None:
    assert fill_months([]) == fill_months([None]) == []
    assert fill_months(["2025-11"]) == ["2025-11"]
    assert len(fill_months(["0001-01", "9999-12"])) == 36
    assert fill_months(["0001-01", "9999-12"])[-1] == "9999-12"


def test_events_are_counted_once_by_action_and_outcome(tmp_path: Path) -> None:
    told = [
        event(1, "task.update"),
        event(2, "task.update", "blocked", reason="claimed"),
        event(1, "task.update"),
    ]
    material = events_of(write_log(tmp_path, told))
    assert material.outcomes == {"task.update": {"blocked": 1, "success": 1}}
    assert (material.events, material.runs, material.unreadable) == (2, 2, 0)
    assert (material.earliest, material.latest) == ("2025-11-02T10:00:00.000Z", "2025-11-03T10:00:00.000Z")


def test_a_sum_repeats_the_refusal_that_it_sums_up(tmp_path: Path) -> None:
    told = [
        event(1, "agent.complete", "blocked", run="a", reason="not-ready"),
        event(2, "agent.validate", "blocked", run="a", reason="not-ready"),
        event(3, "agent.complete", "blocked", run="b", reason="not-ready"),
        event(4, "task.update", "blocked", run="c", reason="claimed"),
        event(5, "task.update", "blocked", run="c", reason="claimed"),
        event(6, "task.update", "failed", run="c", reason="io"),
    ]
    assert events_of(write_log(tmp_path, told)).refusals == {"claimed": 2, "not-ready": 2}


def test_a_plan_counts_by_its_last_execution_whatever_file_tells_of_it(tmp_path: Path) -> None:
    made = [plan(number, name, None) for number, name in enumerate("abcd", 1)]
    late, early = plan(9, "a", "success", time="2025-11-20T10:00:00.000Z"), plan(8, "a", "partial")
    skipped = plan(10, "b", "success", status="skipped", time="2025-11-21T10:00:00Z")
    after = plan(11, "a", "success", status="skipped", time="2025-11-22T10:00:00Z")
    write_log(tmp_path, [late, after, skipped], host="a-first")
    write_log(tmp_path, [early, plan(12, "c", "failed"), *made], host="b-second")
    material = events_of(tmp_path)
    assert material.plans == {"success": 1, "partial": 0, "failed": 1, "skipped": 1, "never run": 1}
    assert material.batch.multi_workflow_count == 4
    as_of = events_of(tmp_path, Scope(until=datetime(2025, 11, 20, tzinfo=UTC)))
    assert as_of.plans == {"success": 0, "partial": 1, "failed": 1, "skipped": 0, "never run": 2}


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b'{"id": 5}\n',
        b"[1]\n",
        b'{"id": "a", "type": "t", "time": "soon", "data": {"action": "a", "outcome": "success"}}\n',
        b'{"id": "a", "type": "t", "time": "2025-11-02T10:00:00Z", "data": {"outcome": "success"}}\n',
        b'{"id": "a", "type": "t", "time": "2025-11-02T10:00:00Z", "data": {"action": "a", "outcome": []}}\n',
    ],
)
def test_lines_that_tell_nothing_are_counted(tmp_path: Path, line: bytes) -> None:
    write_log(tmp_path, [event(1, "task.update")])
    (tmp_path / "dt=2025-11-02" / "other.jsonl").write_bytes(line)
    material = events_of(tmp_path)
    assert (material.events, material.unreadable) == (1, 1)


def test_each_chart_is_made_of_material_alone(project: Project, tmp_path: Path) -> None:
    """Whoever fills the material, a chart has its sentence and its table, of nothing at all too."""
    material = Material(attempts_of(project), events_of(tmp_path / "none"), None)
    charts = make_charts(material, {**ATTEMPT_CHARTS, **EVENT_CHARTS})
    assert [chart.name for chart in charts] == [*ATTEMPT_CHARTS, *EVENT_CHARTS]
    for chart in charts:
        assert chart.spec is None
        assert chart.says.endswith(".")
        assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)
