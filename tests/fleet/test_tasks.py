"""The SQL that counts and lists tasks, on rows made by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from taskfiles.fleet.selection import Selection
from taskfiles.fleet.sql import micros_of
from taskfiles.fleet.tasks import count_tasks, list_plan_events, list_untried
from taskfiles.stats.rows import Scope

NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)
COMPLETED = micros_of(NOON)
TASKS: list[dict[str, Any]] = [
    {"task_id": "tried", "attempts": 1},
    {"task_id": "silent"},
    {"task_id": "undated", "completed_us": None, "values": {"x.team": ["red"]}},
    {"task_id": "open", "state": "ready", "due_us": COMPLETED - 1},
    {"task_id": "wrong", "problem": "invalid", "state": None},
    {"task_id": "silent", "repo": "bob/app"},
]


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute(
            "CREATE TABLE tasks (repo VARCHAR, task_id VARCHAR, path VARCHAR, title VARCHAR, kind VARCHAR,"
            ' problem VARCHAR, state VARCHAR, ancestors VARCHAR[], "values" MAP(VARCHAR, VARCHAR[]),'
            " attempts BIGINT, completed_us BIGINT, due_us BIGINT)"
        )
        for number, task in enumerate(TASKS):
            row: dict[str, Any] = {
                "repo": "ada/app",
                "path": f"tasks/{number}.md",
                "title": "T",
                "kind": "task",
            }
            row |= {"problem": None, "state": "done", "ancestors": [], "values": {}, "attempts": 0}
            row |= {"completed_us": COMPLETED} | task
            names = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" * len(row))
            made.execute(f"INSERT INTO tasks ({names}) VALUES ({marks})", [*row.values()])
        yield made


def counted(database: duckdb.DuckDBPyConnection, selection: Selection, *by: str) -> tuple[Any, ...]:
    (row,) = database.execute(count_tasks(selection, by)).fetchall()
    return tuple(row)


def test_invalid_tasks_and_those_without_attempts_are_counted(database: duckdb.DuckDBPyConnection) -> None:
    assert counted(database, Selection()) == (0, 1, 3, 0)
    assert counted(database, Selection(repos=frozenset({"bob/app"}))) == (0, 0, 1, 0)
    assert counted(database, Selection(Scope(states=frozenset({"ready"})))) == (0, 1, 0, 0)
    assert counted(database, Selection(Scope(since=NOON))) == (0, 1, 3, 0)
    assert counted(database, Selection(Scope(until=NOON))) == (0, 1, 1, 0)  # of one nobody knows when
    assert counted(database, Selection(Scope(now=NOON)))[3] == 1
    assert counted(database, Selection(Scope(now=NOON, states=frozenset({"done"}))))[3] == 0


def test_the_task_that_was_asked_for_is_counted_in_its_repositories(
    database: duckdb.DuckDBPyConnection,
) -> None:
    assert counted(database, Selection(task="silent"))[0] == 2
    assert counted(database, Selection(task="silent", repos=frozenset({"ada/app"})))[0] == 1
    assert counted(database, Selection(task="it's"))[0] == 0


def test_keys_of_one_s_own_are_counted_over_the_whole_dataset(database: duckdb.DuckDBPyConnection) -> None:
    selection = Selection(repos=frozenset({"bob/app"}))
    assert counted(database, selection, "model", "x.team", "it's")[4:] == (None, 1, 0)


def test_tasks_without_attempts_are_listed_with_their_repository(database: duckdb.DuckDBPyConnection) -> None:
    rows = database.execute(list_untried(Selection())).fetchall()
    assert sorted(rows) == [
        ("silent", "T", "task", "ada/app/tasks/1.md", COMPLETED),
        ("silent", "T", "task", "bob/app/tasks/5.md", COMPLETED),
        ("undated", "T", "task", "ada/app/tasks/2.md", None),
    ]


def test_events_of_plans_come_the_oldest_first(database: duckdb.DuckDBPyConnection) -> None:
    database.execute(
        "CREATE TABLE events (repo VARCHAR, type VARCHAR, data VARCHAR, time_us BIGINT, event_id VARCHAR)"
    )
    kinds = ["multi_workflow.plan_created", "multi_workflow.execution_summary", "task.changed"]
    for number, (kind, time) in enumerate([(0, 9), (1, COMPLETED), (2, 1), (1, None), (0, 9)]):
        data = json.dumps({"number": number})
        row = ["ada/app", kinds[kind], data, time, f"e-{9 - number}"]
        database.execute("INSERT INTO events VALUES (?,?,?,?,?)", row)

    def numbers(selection: Selection) -> list[int]:
        rows = database.execute(list_plan_events(selection)).fetchall()
        return [json.loads(data)["number"] for _, _, data in rows]

    assert numbers(Selection()) == [3, 4, 0, 1]
    assert numbers(Selection(Scope(since=NOON))) == [1]
    assert numbers(Selection(repos=frozenset({"bob/app"}))) == []
