"""Texts and names as dialects of SQL read them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.dataset.columns import TABLES
from taskfiles.dataset.sql import identifier, literal

DUCKDB = duckdb.connect()
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.sampled_from(
    ["'; DROP TABLE tasks; --", "it''s", '"', "\\'", "$1 ?", "line\nline"]
)


@given(TEXTS)
def test_a_text_is_read_as_it_is(text: str) -> None:
    query = f"SELECT {literal(text)}"
    with closing(sqlite3.connect(":memory:")) as database:
        assert database.execute(query).fetchone() == (text,)
    assert DUCKDB.execute(query).fetchall() == [(text,)]


def test_nothing_is_null() -> None:
    assert DUCKDB.execute(f"SELECT {literal(None)} IS NULL").fetchall() == [(True,)]


@pytest.mark.parametrize("table", TABLES)
def test_every_column_may_have_its_name(table: str) -> None:
    columns = ", ".join(f"1 AS {identifier(column.name)}" for column in TABLES[table])
    made = DUCKDB.execute(f"SELECT {columns}").description or []
    assert [name for name, *_ in made] == [column.name for column in TABLES[table]]
