"""The statement that counts attempts, and the views that it reads, on a small dataset of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
import sqlglot

from support.in_process import call, ok
from support.project import Project
from support.report_material import attempt, put
from taskfiles.fleet.definitions import MEASURED
from taskfiles.fleet.duck import open_tables, records
from taskfiles.fleet.place import open_dataset
from taskfiles.fleet.selection import Selection
from taskfiles.fleet.statement import EVERYTHING, GROUP, SIZE, count_attempts, make_views
from taskfiles.stats.figures import COUNTS, FIGURES
from taskfiles.stats.rows import Scope

LATE = Selection(Scope(since=datetime(2025, 11, 2, tzinfo=UTC)))


@pytest.fixture
def tables(project: Project, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Tasks of one attempt, of two by one model, and of two by two models."""
    put(project, "alone", attempt(1, 60, model="opus"), labels="[ui, db]")
    put(project, "alike", attempt(1, 60, "failed", model="opus"), attempt(3, 120, model="opus"))
    put(project, "mixed", attempt(1, 60, "failed", model="gpt"), attempt(3, 30, model="opus"))
    ok(call(project, "export", "--dataset", str(tmp_path / "data")))
    with open_tables(open_dataset(str(tmp_path / "data")), ("attempts", "tasks")) as database:
        yield database


def define(database: duckdb.DuckDBPyConnection, selection: Selection, by: Sequence[str]) -> None:
    for name, query in make_views(selection, by).items():
        database.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")


def ids(database: duckdb.DuckDBPyConnection, view: str) -> list[str]:
    return [row["task_id"] for row in records(database, f"SELECT task_id FROM {view} ORDER BY task_id")]


def test_a_task_s_own_row_is_taken_where_it_says_all(tables: duckdb.DuckDBPyConnection) -> None:
    define(tables, Selection(), ["model"])
    assert ids(tables, "scoped") == ["alike", "alike", "alone", "mixed", "mixed"]
    assert ids(tables, "whole") == ["alike", "mixed"]
    assert ids(tables, "pieces") == []
    assert ids(tables, "counted_pieces") == ["mixed", "mixed"]


def test_a_span_may_hold_some_attempts_of_a_task_so_that_each_is_looked_at(
    tables: duckdb.DuckDBPyConnection,
) -> None:
    define(tables, LATE, ["model"])
    assert ids(tables, "whole") == []
    assert ids(tables, "pieces") == ids(tables, "scoped") == ["alike", "mixed"]


def test_lists_put_an_attempt_into_several_groups(tables: duckdb.DuckDBPyConnection) -> None:
    define(tables, Selection(), ["label"])
    found = records(tables, "SELECT task_id, k0 FROM counted ORDER BY task_id, k0 NULLS FIRST")
    assert [(row["task_id"], row["k0"]) for row in found if row["task_id"] != "mixed"] == [
        ("alike", None),
        ("alike", None),
        ("alone", "db"),
        ("alone", "ui"),
    ]


def test_groups_everything_and_sizes_are_parts_of_their_own(tables: duckdb.DuckDBPyConnection) -> None:
    define(tables, Selection(), ["model"])
    rows = records(tables, count_attempts(["model"]))
    assert list(rows[0]) == ["part", "size", "k0", *MEASURED]
    groups = {row["k0"]: row for row in rows if row["part"] == GROUP}
    (everything,) = (row for row in rows if row["part"] == EVERYTHING)
    (size,) = (row for row in rows if row["part"] == SIZE)
    opus, gpt = groups["opus"], groups["gpt"]
    assert (opus["tasks"], opus["attempts"], opus["successes"], opus["first_attempts"]) == (3, 4, 3, 2)
    assert (gpt["tasks"], gpt["attempts"], gpt["successes"], gpt["first_attempts"]) == (1, 1, 0, 1)
    assert (opus["attempts_to_success_max"], gpt["attempts_to_success_max"]) == (2, None)
    assert (everything["tasks"], everything["attempts"], everything["work_seconds"]) == (3, 5, 330)
    assert (size["size"], size["tasks"], size["duration_p50"]) == ("medium", 3, 90)


def test_a_count_of_nothing_is_0_and_any_other_figure_null(tables: duckdb.DuckDBPyConnection) -> None:
    define(tables, Selection(repos=frozenset({"none"})), [])
    (everything,) = (row for row in records(tables, count_attempts([])) if row["part"] == EVERYTHING)
    assert {everything[name] for name in COUNTS} == {0}
    sums = {figure.name for figure in FIGURES if figure.adds_up} - COUNTS
    assert {everything[name] for name in sums} <= {0, None}


@pytest.mark.parametrize("by", [[], ["model"], ["label", "repo"], ["x_team.of", "it's"]])
def test_it_can_be_carried_over_to_other_dialects(by: list[str]) -> None:
    for query in (*make_views(LATE, by).values(), count_attempts(by)):
        assert sqlglot.transpile(query, read="duckdb", write="spark")
