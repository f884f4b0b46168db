"""Pieces of SQL: queries, and selections as conditions that mean what the selection itself does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.fleet.selection import Selection
from taskfiles.fleet.sql import conditions, micros_of, select, span, with_steps
from taskfiles.stats.rows import Scope

NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)
DUCKDB = duckdb.connect()
WHENS = st.none() | st.integers(0, 9).map(lambda minutes: NOON + timedelta(minutes=minutes))
REPOS = st.frozensets(st.sampled_from(["ada/a", "it's"]), max_size=2)
STATES = st.frozensets(st.sampled_from(["done", "ready"]), max_size=2)
SELECTIONS = st.builds(
    lambda since, until, states, repos, task: Selection(Scope(since, until, states), repos, task),
    WHENS,
    WHENS,
    STATES,
    REPOS,
    st.sampled_from([None, "fix", "it's"]),
)
ROWS = st.fixed_dictionaries(
    {
        "repo": st.sampled_from(["ada/a", "ada/b", "it's"]),
        "state": st.sampled_from(["done", "idea", None]),
        "task_id": st.sampled_from(["fix", "it's", "other"]),
        "ancestors": st.lists(st.sampled_from(["fix", "ui"]), max_size=2),
        "minute": st.integers(0, 9),
    }
)


@given(SELECTIONS, ROWS)
def test_conditions_hold_for_the_rows_that_a_selection_holds(
    selection: Selection, row: dict[str, object]
) -> None:
    ended = NOON + timedelta(minutes=int(str(row["minute"])))
    columns = "? AS repo, ? AS state, ? AS task_id, ?::VARCHAR[] AS ancestors, ?::BIGINT AS ended_us"
    wanted = " AND ".join(conditions(selection, "ended_us")) or "TRUE"
    query = select([f"({wanted}) AS holds"], f"(SELECT {columns}) AS one_row")
    cells = [row["repo"], row["state"], row["task_id"], row["ancestors"], micros_of(ended)]
    ((holds,),) = DUCKDB.execute(query, cells).fetchall()
    assert bool(holds) == (selection.holds(row) and selection.scope.holds(ended))


def test_everything_has_no_condition() -> None:
    assert list(conditions(Selection(), "ended_us")) == list(span(Selection(), "ended_us")) == []


def test_without_an_instant_the_span_is_no_condition() -> None:
    bounded = Selection(Scope(since=NOON))
    assert list(conditions(bounded, None)) == []
    assert list(conditions(bounded, "ended_us")) == [f"ended_us >= {micros_of(NOON)}"]


@pytest.mark.parametrize(
    ("instant", "micros"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), -1),
        (datetime(2025, 11, 2, 12, 0, 0, 1, tzinfo=UTC), 1_762_084_800_000_001),
    ],
)
def test_instants_are_whole_microseconds(instant: datetime, micros: int) -> None:
    assert micros_of(instant) == micros


def test_queries_are_put_together_of_columns_and_steps() -> None:
    assert select(["a", "b"], "t") == "SELECT a, b FROM t"
    assert select(["a", "COUNT(*)"], "t", ["a"]) == "SELECT a, COUNT(*) FROM t GROUP BY a"
    steps = {"one": "SELECT 1 AS a", "two": "SELECT a + 1 AS a FROM one"}
    assert DUCKDB.execute(with_steps(steps, "SELECT a FROM two")).fetchall() == [(2,)]
