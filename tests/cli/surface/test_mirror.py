"""The backlog as last seen: a view is what a fresh look would be, and a revision stands for a difference."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from support.layouts import in_states
from support.project import Project
from taskfiles import Store, TaskfilesError, pickup
from taskfiles.backlog.board import make_board
from taskfiles_cli.surface.filterline import read_line
from taskfiles_cli.surface.mirror import Mirror, View
from taskfiles_cli.surface.paging import cut
from taskfiles_cli.surface.selecting import select

NOON = datetime(2026, 1, 29, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def mirror_of(project: Project, clock: Clock | None = None) -> Mirror:
    now = clock or Clock()
    return Mirror(lambda: Store(project.root, now=now, index=True), now)


def content(view: View) -> list[tuple[str, str]]:
    return [(task.path, task.etag) for task in view.backlog.tasks]


def test_a_change_makes_a_view_and_nothing_makes_none(project: Project) -> None:
    project.task("a")
    mirror = mirror_of(project)
    first = mirror.view
    assert (first.revision, content(first)) == (1, content(mirror_of(project).view))
    assert mirror.refresh() is mirror.view
    assert mirror.view.revision == 1
    project.task("b")
    project.task("a", title="Another")
    second = mirror.refresh()
    assert second.revision == 2
    assert content(second) == content(mirror_of(project).view)
    assert [task.id for task in first.backlog.tasks] == ["a"]  # a view does not change


def test_what_is_made_of_a_text_is_made_of_the_present_one(project: Project) -> None:
    file = project.task("a")
    os.utime(file, (1, 1))
    mirror_of(project).refresh()  # the index knows the file now, and a view reads its text late
    mirror = mirror_of(project)
    assert mirror.view.revision == 1
    project.task("a", body="\n## Overview\n\nAnother text.\n")
    asked = []

    def read(view: View) -> str:
        asked.append(view.revision)
        return view.backlog.by_id["a"].body

    assert "Another text." in mirror.look(read)
    assert asked == [1, 2]


def test_what_goes_on_changing_is_said(project: Project) -> None:
    mirror = mirror_of(project)

    def change(_: View) -> None:
        raise TaskfilesError("changed-underneath", path="tasks/a.md")

    with pytest.raises(TaskfilesError) as caught:
        mirror.look(change)
    assert caught.value.code == "changed-underneath"


def test_a_file_that_can_not_be_read_is_a_difference(project: Project) -> None:
    project.task("a")
    mirror = mirror_of(project)
    assert mirror.view.unreadable == ()
    path = project.path("a")
    project.write(path, "---\nid: a\ntitle: [\n---\n")
    view = mirror.refresh()
    assert (view.revision, [each.path for each in view.unreadable]) == (2, [path])


def test_a_claim_is_a_difference_and_so_is_its_end(project: Project) -> None:
    project.task("a")
    clock = Clock()
    mirror = mirror_of(project, clock)
    assert mirror.view.changes_at is None
    pickup(Store(project.root, now=clock), "a", by="ana", seconds=3600)
    view = mirror.refresh()
    assert view.claims["a"]["by"] == "ana"
    assert view.changes_at == NOON + timedelta(hours=1)
    clock.now = NOON + timedelta(hours=1)
    later = mirror.refresh()
    assert (later.revision, dict(later.claims)) == (3, {})


def test_a_task_becomes_overdue_by_itself(project: Project) -> None:
    project.task("a", due="2026-01-29")
    clock = Clock()
    mirror = mirror_of(project, clock)
    end = mirror.view.changes_at
    assert end is not None
    assert end - NOON < timedelta(hours=12)
    clock.now = end
    assert mirror.refresh().revision == 1
    clock.now += timedelta(seconds=1)
    assert mirror.refresh().revision == 2


@in_states
def test_a_move_of_the_file_is_a_difference(project: Project) -> None:
    file = project.task("a")
    mirror = mirror_of(project)
    assert mirror.view.revision == 1
    file.rename(file.with_name("story-a.md"))
    assert mirror.refresh().revision == 2


def test_boxes_are_counted_in_the_text(project: Project) -> None:
    project.task("a")
    project.task("b", body="")
    mirror = mirror_of(project)
    by_id = mirror.view.backlog.by_id
    assert mirror.count_boxes(by_id["a"]) == (1, 2)
    assert mirror.count_boxes(by_id["b"]) == (0, 0)


def test_the_filter_line_selects(project: Project) -> None:
    project.task("a", labels="[ui]")
    project.task("b", body="\n## Overview\n\nLog in\n")
    view = mirror_of(project).view

    def ids(text: str) -> list[str]:
        return [task.id for task in select(view, read_line(text, NOON))]

    assert (ids(""), ids("label:ui"), ids("log in")) == (["a", "b"], ["a"], ["b"])


@given(st.integers(0, 30), st.integers(1, 7), st.sampled_from(["ready", "done"]))
def test_a_column_in_pieces_is_the_column(count: int, size: int, state: str) -> None:
    days = {"completed_at": "2026-01-05T00:00:00Z", "commit_message": "x"} if state == "done" else {}
    tasks = [
        make_task(f"t{n}", state=state, priority="low" if n % 3 else "high", **days) for n in range(count)
    ]
    from taskfiles import Backlog

    columns = make_board(tasks, Backlog(tasks)).columns
    (column,) = [each for each in columns if each.state == state]
    found, after = [], ""
    while True:
        page = cut(column.tasks, {}, after, size)
        found += page.tasks
        assert len(found) + page.left == count
        if not page.cursor:
            break
        after = page.cursor
    assert found == list(column.tasks)
