"""Figures for people: a line a group, bars where there is room, remarks below."""

from __future__ import annotations

from typing import Any

import pytest

from support.report_material import attempt, make_done
from support.streams import as_written
from taskfiles import Task
from taskfiles.stats.report import make_report, report_object
from taskfiles.stats.rows import Scope, gather
from taskfiles.telemetry.workflows import BatchMetrics
from taskfiles_cli.render import stats
from taskfiles_cli.render.cells import text_width
from taskfiles_cli.render.lines import compose_row
from taskfiles_cli.render.stats import values_row


def answer(*tasks: Task, by: tuple[str, ...] = ("model",), **more: Any) -> dict[str, Any]:
    return report_object(make_report(gather(tasks, Scope(), by), Scope(), by, **more))


def tasks(model: str | None, count: int, status: str = "completed", **more: Any) -> list[Task]:
    tried = attempt(1, 60, status, model=model, **more)
    return [make_done(f"t-{sum(map(ord, str(model)))}-{number}", tried) for number in range(count)]


def render_stats(*given: Any) -> str:
    return as_written(stats.render_stats(*given))


def words(line: str) -> str:
    """A line without the blanks that align it."""
    return " ".join(line.split())


SIX = tasks("opus", 6, cost=1_500_000)


def test_each_group_is_a_line_below_its_names() -> None:
    header, opus, few, unknown, *remarks = render_stats(
        answer(*SIX, *tasks("gpt", 1, "failed"), *tasks(None, 1))
    ).splitlines()
    assert words(header) == "MODEL RANK TASKS SUCCESS RATE 95 % INTERVAL FIRST ATTEMPTS P50 P95 COST"
    assert words(opus) == "opus 1 6 6 100.0% 61.0-100.0% 6/6 6 1m max 1m $9.00"
    assert words(few) == "gpt - 1 0 0.0% n<5 0.0-79.3% 0/1 1 1m max 1m -"
    assert words(unknown).startswith("- - 1 1 ")
    assert remarks == [
        "Together: 8 tasks, 8 attempts, 8m of work, cost $9.00 (6/8).",
        "n<5: too few tasks to rank.",
    ]


def test_columns_are_aligned_whatever_the_letters() -> None:
    lines = render_stats(answer(*tasks("日本語", 5), *tasks("a", 5))).splitlines()
    assert len({text_width(line) for line in lines[:3]}) == 1


@pytest.mark.parametrize("width", [200, 110, 90, 60, 30])
def test_on_a_terminal_it_fits_and_says_what_has_no_room(width: int) -> None:
    groups = answer(*SIX, *tasks("a-model-with-a-long-name-" + "x" * 40, 6))
    lines = render_stats(groups, width).splitlines()
    table = lines[:3]
    assert all(text_width(line) <= max(width, 60) for line in table)
    assert ("●" in lines[1]) == (width == 200)
    assert any(line.startswith("No room for ") for line in lines) == (width < 110)
    for name in ("TASKS", "RATE", "95 % INTERVAL", "COST"):  # never left out
        assert name in table[0]


MODELS = ["claude-sonnet-4-20250514", "claude-opus-4-20250514", "claude-sonnet-4-20250601", "gpt-5-codex"]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120])
@pytest.mark.parametrize("by", [("model",), ("model", "ambiguity"), ("model", "tool", "priority")])
def test_no_two_models_look_the_same(by: tuple[str, ...], width: int) -> None:
    groups = answer(*(task for model in MODELS for task in tasks(model, 6, cost=1_500_000)), by=by)
    header, *rest = render_stats(groups, width).partition("Together: ")[0].splitlines()
    assert header.split()[-1] == "COST"
    size = header.find("  ")
    size += len(header[size:]) - len(header[size:].lstrip())
    shown: list[str] = []
    for line in rest:
        if line.rstrip().endswith("$9.00"):
            shown.append(line[:size].strip())
        else:
            shown[-1] += line[:size].strip()
    assert len(set(shown)) == len(MODELS)
    if width >= max(60, 20 * (1 + len(by))):
        assert all(text_width(line) <= width for line in [header, *rest])


def test_without_attempts_that_is_said() -> None:
    assert render_stats(answer()).splitlines() == [
        "No attempts. `tasks record ID` records one, `tasks run ID` makes one."
    ]
    assert render_stats(answer(*SIX, limit=0)).splitlines()[0] == "No groups shown."


def test_remarks_name_what_is_left_out_and_how_much_is_shown() -> None:
    wrong = make_done("wrong", attempt(1, 60), priority="hihg")
    made = answer(*SIX, *tasks("gpt", 5), wrong, make_done("silent"), limit=1)
    made["unreadable"] = 2
    remarks = render_stats(made).splitlines()[2:]
    assert remarks[1:] == [
        "Of 2 groups 1 shown.",
        "Without any attempt: 1 done task; `tasks stats --without-telemetry` lists them.",
        "Left out: 1 invalid task, 2 unreadable files; see `tasks validate`.",
    ]


def test_plans_are_counted_where_the_log_has_any() -> None:
    made = answer(*SIX, plans=BatchMetrics(3, 1, 2))
    assert render_stats(made).splitlines()[-1] == (
        "In the event log: 3 plans, 1 of them a partial success, 2 conflicts."
    )


def test_from_twenty_attempts_on_the_longest_are_a_percentile() -> None:
    assert " max " not in render_stats(answer(*tasks("opus", 20))).splitlines()[1]


def test_a_group_in_one_line_has_tabs_between_its_values() -> None:
    assert compose_row(values_row({"model": "a\tb\x1b", "size": None})) == "a\\tb\\x1b\t-"
