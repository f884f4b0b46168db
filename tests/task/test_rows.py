"""Tasks that are rows of the index: made when asked for; what columns say of them is what tasks say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import backlogs, make_task
from support.project import Project
from support.task_rows import TableOf, rows_of
from taskfiles import Filter, Snapshot, Store, Task, find_tasks, sort_tasks
from taskfiles.backlog.graph import dependency_edges, find_parents
from taskfiles.backlog.next import choose_next
from taskfiles.backlog.readiness import Backlog
from taskfiles.backlog.standing import describe_standings, sort_by_urgency
from taskfiles.backlog.wire import tree_object
from taskfiles.store.index.joined import Joined
from taskfiles.task.columns import (
    count_criteria,
    find_invalid,
    find_related,
    read_column,
    read_ids,
    read_paths,
    read_states,
)
from taskfiles.task.order import sort_by_id
from taskfiles.task.rows import TaskRows
from taskfiles.task.wire import rows_bytes

NOW = datetime(2025, 11, 2, 15, 3, tzinfo=UTC)
FILTERS = st.sampled_from(
    [
        Filter(),
        Filter(state="ready"),
        Filter(open=True),
        Filter(priority="high", blocked=False),
        Filter(search="t1"),
        Filter(meta={"kind": "epic"}),
        Filter(state="done", since=NOW),
    ]
)


@given(backlogs(circles=True, families=True), FILTERS, st.randoms())
def test_columns_say_what_tasks_say(tasks: list[Task], wanted: Filter, chance: Any) -> None:
    chance.shuffle(tasks)
    rows = rows_of(tasks).kept()
    assert [*find_tasks(rows, wanted)] == find_tasks(tasks, wanted)
    for keys in (["-updated_at"], ["priority", "-id"], ["title"]):
        assert [*sort_tasks(rows, keys)] == sort_tasks(tasks, keys)
    assert [*sort_by_urgency(rows)] == sort_by_urgency(tasks)
    assert [*sort_by_id(rows)] == sort_by_id(tasks)
    assert describe_standings(rows, Backlog(rows), NOW) == describe_standings(tasks, Backlog(tasks), NOW)
    assert find_parents(rows) == find_parents(tasks)
    assert dependency_edges(rows) == dependency_edges(tasks)
    assert (read_ids(rows), read_states(rows)) == (read_ids(tasks), read_states(tasks))
    assert [*find_related(rows)] == find_related(tasks)
    assert [*find_invalid(rows)] == find_invalid(tasks)
    assert read_paths(rows) == read_paths(tasks)
    assert choose_next(rows, now=NOW) == choose_next(tasks, now=NOW)
    assert tree_object(rows.sorted()) == tree_object(sort_by_id(tasks))


def test_none_is_made_before_it_is_asked_for() -> None:
    table = TableOf([make_task(each) for each in ("a", "b", "c")])
    made: list[int] = []

    def make(at: int) -> Task:
        made.append(at)
        return make_task(table.ids[at])

    rows = TaskRows(table, [2, 0, 1], make)
    assert read_ids(rows.sorted()[1:]) == ["b", "c"]
    assert made == []
    assert rows[0] is not rows[0]
    kept = rows.kept()
    assert (kept[0], [*kept.sorted()][2]) == (next(iter(kept)), kept[0])
    assert made == [2, 2, 2, 0, 1]
    assert len(kept.pick([1])) == 1


def test_a_snapshot_of_the_index_has_rows_and_the_public_one_a_list(old: Project) -> None:
    store = Store(old.root, index=True)
    store.snapshot()
    kinds = store.with_snapshot(
        lambda snapshot: (type(snapshot.tasks), next(iter(snapshot.tasks)) is snapshot.tasks[0])
    )
    assert kinds == (TaskRows, True)
    tasks = store.snapshot().tasks
    assert isinstance(tasks, list)
    assert tasks == sorted(tasks, key=lambda task: task.id)


def test_changed_files_join_the_rows(old: Project) -> None:
    store = Store(old.root, index=True)
    first, second, *_, last = store.snapshot().tasks
    old.write(first.path, first.data.replace(b"state: ", b"x_own: 1\nstate: "))
    old.task("zzz", priority="low", depends_on=f"[{second.id}]")
    (old.root / last.path).unlink()
    plain = Store(old.root).snapshot().tasks

    def compare(found: Snapshot) -> type[Any]:
        rows = found.tasks
        assert isinstance(rows, TaskRows)
        for key in ("priority", "state", "x_own", "depends_on", "nowhere"):
            assert read_column(rows, key) == read_column(plain, key)
        assert [*rows_bytes(rows)] == [*rows_bytes(plain)]
        assert [task.path for task in rows if "document" in task.__dict__] == []  # texts take memory
        assert (read_ids(rows), count_criteria(rows)) == (read_ids(plain), count_criteria(plain))
        assert [task.path for task in rows] == [task.path for task in plain]
        assert [task.id for task in find_tasks(rows, Filter(meta={"x_own": "1"}))] == [first.id]
        assert find_parents(rows) == find_parents(plain)
        return type(rows.table)

    assert store.with_snapshot(compare) is Joined
    old.write(second.path, "---\nid: Broken\n")  # what can't be read has no row
    assert store.with_snapshot(lambda found: (type(found.tasks), len(found.unreadable))) == (list, 1)


@pytest.mark.parametrize("sort", ["-updated_at", "priority"])
def test_the_library_sorts_and_finds_the_same(old: Project, sort: str) -> None:
    store = Store(old.root, index=True)
    plain = [task.id for task in sort_tasks(store.snapshot().tasks, [sort])]
    assert store.with_snapshot(lambda found: [task.id for task in sort_tasks(found.tasks, [sort])]) == plain
