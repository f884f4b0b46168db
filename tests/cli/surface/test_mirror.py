"""The backlog as last seen: a view is what a fresh look would be, and a revision stands for a difference."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from support.layouts import in_flat, in_states
from support.project import Project
from taskfiles import Store, TaskfilesError, pickup
from taskfiles.backlog.board import make_board
from taskfiles.backlog.snapshot import Snapshot
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


def looking(project: Project) -> tuple[Mirror, list[int]]:
    """A mirror that has looked once, and where it notes every further look."""
    opened: list[int] = []

    def open_store() -> Store:
        store = Counting(project.root, now=Clock(), index=True)
        store.looks = opened
        return store

    mirror = Mirror(open_store, Clock())
    mirror.refresh()
    opened.clear()
    return mirror, opened


class Counting(Store):
    looks: list[int]

    def snapshot(self, *, check: bool = False, recover: bool = True) -> Snapshot:
        self.looks.append(1)
        return super().snapshot(check=check, recover=recover)


def paths(project: Project, *names: str) -> list[str]:
    return [str(project.root / name) for name in names]


def test_what_is_shown_already_is_not_looked_for_again(project: Project) -> None:
    project.git("init", "-q")
    file = project.task("a")
    pickup(project.store, "a", by="ana")
    mirror, looks = looking(project)
    store = project.store
    hint = [str(file), *paths(project, "tasks/.a.md.tmp"), f"{store.leases}/a"]
    assert not mirror.wake([])
    assert not mirror.wake(hint)
    assert looks == []
    project.task("a", title="Another")
    assert mirror.wake(hint)
    assert (mirror.view.revision, len(looks)) == (2, 1)
    assert not mirror.wake([*hint, *paths(project, "tasks/gone.md")])
    assert len(looks) == 1


def new(project: Project) -> list[str]:
    return [str(project.task("b"))]


def edited(project: Project) -> list[str]:
    return [str(project.task("a", title="Another"))]


def deleted(project: Project) -> list[str]:
    file = project.root / project.path("a")
    file.unlink()
    return [str(file)]


def taken(project: Project) -> list[str]:
    pickup(project.store, "a", by="ana")
    return [f"{project.store.leases}/a"]


def renamed(project: Project) -> list[str]:
    file = project.root / project.path("a")
    file.write_bytes(file.read_bytes().replace(b"id: a", b"id: other"))
    return [str(file)]


def away(project: Project) -> list[str]:
    (project.root / "tasks/sub").rename(project.root / "elsewhere")
    return paths(project, "tasks/sub")


def mended(project: Project) -> list[str]:
    (project.root / "tasks/broken.md").unlink()
    return paths(project, "tasks/broken.md")


def named(project: Project) -> list[str]:
    config = project.root / "tasks/tasks.toml"
    before = config.read_text() if config.exists() else "format = 1\n"
    config.write_text(f'{before}\n[views.mine]\nstate = "ready"\n')
    return [str(config)]


@pytest.mark.parametrize("change", [new, edited, deleted, taken, away, mended, named])
def test_what_is_not_shown_yet_is_looked_for(
    project: Project, change: Callable[[Project], list[str]]
) -> None:
    project.git("init", "-q")
    project.task("a")
    project.write("tasks/sub/deep.md", project.get("a").data.replace(b"id: a", b"id: deep"))
    project.write("tasks/broken.md", "---\nid: broken\ntitle: [\n---\n")
    mirror, looks = looking(project)
    hint = change(project)
    assert mirror.wake(hint)
    assert len(looks) == 1
    assert content(mirror.view) == content(mirror_of(project).view)
    assert not mirror.wake([each for each in hint if not each.endswith("toml")])
    assert len(looks) == 1


def test_a_claim_that_ends_is_looked_for_without_a_hint(project: Project) -> None:
    project.git("init", "-q")
    project.task("a", due="2026-01-29")
    clock = Clock()
    mirror = mirror_of(project, clock)
    assert mirror.view.revision == 1
    assert not mirror.wake([])
    clock.now = NOON + timedelta(days=1)
    assert mirror.wake([])


@in_flat
def test_a_change_of_ones_own_is_shown_without_a_look_at_all_files(project: Project) -> None:
    project.git("init", "-q")
    for name in ("a", "b", "c"):
        project.task(name, depends_on="[a]" if name == "b" else "[]")
    mirror, looks = looking(project)
    project.task("b", title="Another", depends_on="[c]")
    project.task("c", title="Seen later")
    pickup(project.store, "a", by="ana")
    made = [project.path("a"), project.path("b")]
    view = mirror.refresh_at(made)
    assert (view.revision, looks) == (2, [])
    assert mirror.refresh_at(made).revision == 2
    project.task("c", depends_on="[]")  # as it was
    fresh = mirror_of(project).view
    assert content(view) == content(fresh)
    assert (view.backlog.dependencies, view.claims, view.keys) == (
        fresh.backlog.dependencies,
        fresh.claims,
        fresh.keys,
    )
    assert mirror.refresh().revision == 2


@pytest.mark.parametrize("change", [new, deleted, away, renamed])
def test_what_was_elsewhere_is_a_look_at_all_files(
    project: Project, change: Callable[[Project], list[str]]
) -> None:
    project.task("a")
    project.write("tasks/sub/deep.md", project.get("a").data.replace(b"id: a", b"id: deep"))
    mirror, looks = looking(project)
    paths = [os.path.relpath(each, project.root) for each in change(project)]
    view = mirror.refresh_at(paths)
    assert (view.revision, len(looks)) == (2, 1)
    assert content(view) == content(mirror_of(project).view)
