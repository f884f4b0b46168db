"""Tasks with days: who is overdue, who is not to be begun yet, and what commands do about both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from support.in_process import call, ok
from support.project import BODY, Project
from taskfiles import Filter
from taskfiles.backlog.dates import is_early, is_overdue
from taskfiles.backlog.next import choose_next
from taskfiles.backlog.query import find_tasks
from taskfiles.basics.instants import UNTIL

NOW = datetime(2025, 11, 2, 15, 3, tzinfo=UTC)
DAYS = st.dates(datetime(2020, 1, 1).date(), datetime(2030, 1, 1).date())
ZONES = st.sampled_from(["UTC", "Pacific/Kiritimati", "America/St_Johns"]).map(ZoneInfo)


@given(DAYS, ZONES)
def test_on_its_day_a_task_is_neither_early_nor_overdue(day: object, zone: ZoneInfo) -> None:
    task = make_task("a", due=str(day), not_before=str(day))
    begin = datetime.combine(day, datetime.min.time(), zone)  # type: ignore[arg-type]  # a date
    for hours in (0, 12, 23):
        now = begin + timedelta(hours=hours)
        assert not is_early(task, now, zone)
        assert not is_overdue(task, now, zone)
    assert is_early(task, begin - timedelta(seconds=1), zone)
    assert is_overdue(task, begin + timedelta(days=2), zone)


def test_next_leaves_out_what_is_put_off() -> None:
    tasks = [
        make_task("later", not_before="2025-11-03", priority="urgent"),
        make_task("today", not_before="2025-11-02"),
        make_task("minute", not_before="2025-11-02T15:04:00Z"),
    ]
    choice = choose_next(tasks, now=NOW)
    assert [each.task.id for each in choice.candidates] == ["today"]
    assert choice.left_out == {"not-before": ["later", "minute"]}
    assert len(choose_next(tasks).candidates) == 3  # a plan knows no day
    assert len(choose_next(tasks, now=NOW, zone=ZoneInfo("Pacific/Kiritimati")).candidates) == 2


def test_a_filter_takes_what_is_due_before() -> None:
    tasks = [make_task("a", due="2025-11-01"), make_task("b", due="2025-11-02T15:02:00Z"), make_task("c")]
    assert [task.id for task in find_tasks(tasks, Filter(due_before=NOW))] == ["a", "b"]
    assert find_tasks(tasks, Filter(due_before=NOW - timedelta(days=1))) == []
    assert repr(Filter(due_before=NOW)).startswith("Filter(due_before=datetime.datetime(2025, 11, 2,")


@pytest.fixture
def dated(project: Project) -> Project:
    project.task("old", due="2020-01-01", body=BODY)
    project.task("closed", state="done", due="2020-01-01")
    project.task("far", due="2990-01-01", body=BODY)
    project.task("put-off", not_before="2990-01-01", body=BODY)
    project.task("never", body=BODY)
    return project


@pytest.mark.parametrize(
    ("argv", "ids"),
    [
        (["--overdue"], ["old"]),
        (["--due-before", "2990-01-02"], ["closed", "far", "old"]),
        (["--due-before", "2990-01-01"], ["closed", "old"]),
        (["--due-before", "7d", "--open"], ["old"]),
        (["--due-before", "tomorrow"], ["closed", "old"]),
        (["--due-before", "2019-01-01", "--overdue"], []),
        (["--overdue", "--state", "ready"], ["old"]),
    ],
    ids=" ".join,
)
def test_list_finds_tasks_by_their_due_day(dated: Project, argv: list[str], ids: list[str]) -> None:
    assert call(dated, "list", "-o", "plain", *argv).out.split() == ids


def test_a_due_day_is_no_finding_and_is_kept_as_a_day(dated: Project) -> None:
    assert "day-only" not in call(dated, "validate", "--all").out
    shown = call(dated, "show", "old", "-o", "json").json
    assert (shown["due"], shown["not_before"]) == ("2020-01-01", None)
    assert call(dated, "list").out.count("overdue") == 1
    ok(call(dated, "update", "never", "--meta", "due=2025-12-24", "--meta", "rank=1.5"))
    text = (dated.root / dated.path("never")).read_text()
    assert "due: 2025-12-24\n" in text
    assert "rank: 1.5\n" in text
    assert call(dated, "update", "never", "--meta", "due=soon").code == 1
    assert call(dated, "update", "never", "--meta", "rank=high").code == 1


def test_a_wrong_day_says_what_to_write(dated: Project) -> None:
    done = call(dated, "list", "--due-before", "someday")
    assert done.code == 2
    assert f"Write {UNTIL}." in done.err


def test_next_and_startable_go_by_the_days(dated: Project) -> None:
    done = call(dated, "next", "-o", "json")
    assert [each["id"] for each in done.json["candidates"]] == ["old", "far", "never"]
    assert done.json["candidates"][0]["reasons"][1]["part"] == "due"
    assert done.json["skipped"] == [{"code": "not-before", "count": 1, "ids": ["put-off"]}]
    assert "1 is not to be begun yet: put-off" in call(dated, "next").err
    assert call(dated, "list", "--startable", "-o", "plain").out.split() == ["far", "never", "old"]


def test_a_reason_says_why_a_task_was_closed(project: Project) -> None:
    project.task("a", body=BODY.replace("[ ]", "[x]"))
    project.task("b", body=BODY)
    ok(call(project, "complete", "a", "--reason", " Shipped in 1.2 "))
    ok(call(project, "move", "b", "canceled", "--reason", "Nobody asks for it"))
    assert project.get("a").get("close_reason") == "Shipped in 1.2"
    assert project.get("b").get("close_reason") == "Nobody asks for it"
    before = project.tree()
    for line in (["move", "b", "ready", "--reason", "x"], ["complete", "a", "--reason", " "]):
        assert call(project, *line).code == 2
    assert project.tree() == before
