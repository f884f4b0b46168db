"""Figures are what a plain computation from the files gives, in any order, whatever the attempts tell."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.recorded_projects import BASE, DIMENSIONS, parse, projects
from support.reference_stats import figures, is_near
from support.task_rows import rows_of
from taskfiles.stats.dimensions import is_ordered
from taskfiles.stats.figures import FIGURES, Kind
from taskfiles.stats.report import Report, make_report, report_object
from taskfiles.stats.rows import Scope, gather
from taskfiles.stats.wilson import wilson

EVERYTHING = Scope()


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


STATES = ["idea", "ready", "in-progress", "done", "canceled", "lost"]
PARTS: list[list[dict[str, Any]]] = [
    [{"state": state} for state in STATES],
    [{}, {"due": "2020-01-01"}, {"due": "2099-01-01"}, {"due": "soon"}],
    [{}, {"milestone": "v1"}, {"milestone": "v2"}],
    [{}, {"priority": "hihg"}],
]
ALONE = [
    {"id": f"alone-{number}", "title": "Alone", **{key: each[key] for each in parts for key in each}}
    for number, parts in enumerate(product(*PARTS))
]


@pytest.mark.parametrize("twins", [[], [{"id": "alone-0", "title": "A twin", "state": "idea"}]])
@pytest.mark.parametrize("now", [None, BASE])
@given(tasks=projects(), by=BYS)
def test_rows_of_the_index_give_what_tasks_give(
    twins: list[dict[str, Any]], now: datetime | None, tasks: list[dict[str, Any]], by: list[str]
) -> None:
    """Most tasks add to no figure, which columns alone show."""
    parsed = [parse(task) for task in [*tasks, *ALONE, *twins]]
    for dues in ({}, {"v1": "2020-01-01"}):
        scope = Scope(now=now, milestones=dues)
        assert gather(rows_of(parsed), scope, by) == gather(parsed, scope, by)


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
    others = [group for group in groups if group["rank"] is None]
    if not is_ordered(by):  # months and scales have an order of their own
        assert groups == ranked + others
    assert all(group["tasks"] >= 5 for group in ranked)
    assert all(group["tasks"] < 5 and group["insufficient"] for group in others)
    for group in ranked:
        better = sum(other["success_rate_low"] > group["success_rate_low"] for other in ranked)
        assert group["rank"] == 1 + better


@given(projects())
def test_totals_are_those_of_one_group_of_all_and_no_rate(tasks: list[dict[str, Any]]) -> None:
    totals = report_object(report(tasks, ["model", "label"]))["totals"]
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
        assert sum(group[name] for group in made.groups) == made.measured.everything[name]
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
