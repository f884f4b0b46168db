"""What a report begins with: who does what, what is in the way, what is late, what was done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from support.backlogs import make_task
from support.in_process import call, ok
from support.project import Project
from support.report_material import HOSTILE
from taskfiles import Backlog, Task
from taskfiles.report.now import MOST, NowMaterial, Row, make_now
from taskfiles.report.now_page import write_now

NOW = datetime(2025, 11, 20, 12, tzinfo=UTC)


def now_of(*tasks: Task, claims: dict[str, Any] | None = None, **more: Any) -> NowMaterial:
    return make_now(Backlog(list(tasks)), claims=claims or {}, now=NOW, zone=UTC, **more)


def named(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row.id, row.says) for row in rows]


def test_it_says_who_does_what_and_what_is_in_the_way() -> None:
    found = now_of(
        make_task("held", state="in-progress"),
        make_task("left", state="in-progress", assignees=["ana", "bo"]),
        make_task("alone", state="in-progress"),
        make_task("red", blocked="CI is\n red"),
        make_task("after", depends_on=["red", "held"]),
        make_task("dream", state="idea", depends_on=["red"]),
        make_task("late", due="2025-11-01"),
        make_task("soon", due="2025-12-01"),
        make_task("fresh", state="done", completed_at="2025-11-19T12:00:00Z", due="2025-01-01"),
        make_task("first", state="done", completed_at="2025-11-14T12:00:00Z"),
        make_task("old", state="done", completed_at="2025-11-01T12:00:00Z"),
        claims={"held": {"by": "agent-7", "since": "2025-11-20T11:00:00Z"}},
    )
    assert found.day == "2025-11-20"
    assert found.states == {"idea": 1, "ready": 4, "in-progress": 3, "done": 3, "canceled": 0}
    assert named(found.progress) == [
        ("held", "held by agent-7"),
        ("alone", "held by nobody"),
        ("left", "assigned to ana, bo, held by nobody"),
    ]
    assert [row.id for row in found.blocked] == ["red", "after"]
    assert found.blocked[0].says == "CI is red"
    assert found.blocked[1].says.endswith(", and 1 thing more")
    assert named(found.overdue) == [("late", "was due 2025-11-01")]
    assert named(found.done) == [("fresh", "2025-11-19"), ("first", "2025-11-14")]


def test_it_is_of_the_tasks_that_are_asked_for() -> None:
    found = now_of(make_task("a"), make_task("b", state="idea"), ids={"b"})
    assert found.states["ready"] == 0
    assert found.states["idea"] == 1


def test_long_lists_are_cut_and_counted() -> None:
    rows = [Row(f"t-{number}", "Title", "ready", "late") for number in range(MOST + 3)]
    page = write_now(NowMaterial("2025-11-20", {}, rows, [], [], []))
    assert page.count("<li>") == MOST
    assert "<p>3 more.</p>" in page
    assert page.count("<p>Nothing.</p>") == 3


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_texts_stay_texts(name: str) -> None:
    text = HOSTILE[name]
    row = Row(text, text, text, text)
    page = write_now(NowMaterial("2025-11-20", {text: 1}, [row], [row], [row], [row]))
    assert "<script" not in page
    assert "<b>" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page


def test_a_report_begins_with_it_unless_it_is_of_the_past(project: Project) -> None:
    project.task("going", state="in-progress")
    page = ok(call(project, "report", "--chart", "age")).out
    assert page.index('<h2 id="now">') < page.index('<h2 id="tasks">') < page.index('<h2 id="attempts">')
    assert "held by nobody" in page
    past = ok(call(project, "report", "--as-of", "2025-11-20", "--chart", "reviews")).out
    assert '<h2 id="now">' not in past
    assert call(project, "report", "--as-of", "2025-11-20", "--chart", "age").code == 2
