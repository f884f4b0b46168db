"""Batches as lines: column by column, and as if each row was written by itself."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.datasets import columns_of, some_rows
from taskfiles.basics.csv_text import csv_cell
from taskfiles.basics.jsontext import json_text
from taskfiles.dataset.columns import TABLES, Column, Type
from taskfiles.dataset.encoding import encode_csv, encode_jsonl
from taskfiles.dataset.rows import Row, make_once

ROWS = st.sampled_from(sorted(TABLES)).flatmap(
    lambda table: st.tuples(st.just(table), some_rows(table, "ada/app"))
)
MARKS = ["", "plain", "ü", 'a "b"', "a,b", "a\nb", "100 %s", "back\\slash", "\x7f", "\u2028", "=1+1"]


def cell(kind: Type, value: Any, *, safe: bool) -> str:
    if value is None or kind in {Type.INTEGER, Type.NUMBER}:
        return "" if value is None else str(float(value) if kind is Type.NUMBER else value)
    if kind in {Type.TEXTS, Type.VALUES, Type.BOOLEAN}:
        return csv_cell(json_text(value), safe=safe)
    return csv_cell(value, safe=safe)


def csv_line(table: str, row: Row, *, safe: bool) -> bytes:
    return ",".join(cell(each.type, row[each.name], safe=safe) for each in TABLES[table]).encode() + b"\n"


@given(ROWS)
def test_objects_are_those_of_each_row(given_: tuple[str, list[Row]]) -> None:
    table, rows = given_
    lines = encode_jsonl(TABLES[table], columns_of(table, rows))
    assert lines == [json_text(row).encode() + b"\n" for row in rows]


@pytest.mark.parametrize("safe", [False, True])
@given(given_=ROWS)
def test_cells_are_those_of_each_row(safe: bool, given_: tuple[str, list[Row]]) -> None:
    table, rows = given_
    lines = encode_csv(TABLES[table], columns_of(table, rows), safe=safe)
    assert lines == [csv_line(table, row, safe=safe) for row in rows]


@given(st.lists(st.tuples(*[st.sampled_from([None, *MARKS])] * 3), min_size=1, max_size=4))
def test_texts_are_written_beside_columns_that_are_alike(
    rows: list[tuple[str | None, ...]],
) -> None:
    columns = [Column(name, Type.TEXT, "") for name in "abcd"]
    batch = dict(zip("abc", zip(*rows, strict=True), strict=True)) | {"d": ["50 %"] * len(rows)}
    whole = [(*row, "50 %") for row in rows]
    assert encode_jsonl(columns, batch) == [
        json_text(dict(zip("abcd", row, strict=True))).encode() + b"\n" for row in whole
    ]
    assert encode_csv(columns, batch) == [",".join(map(csv_cell, row)).encode() + b"\n" for row in whole]


def test_a_number_that_json_lacks_is_a_text() -> None:
    column = Column("rank", Type.NUMBER, "")
    assert encode_jsonl([column], {"rank": [math.nan, 1.5]}) == [b'{"rank":".nan"}\n', b'{"rank":1.5}\n']


MIXED = st.none() | st.booleans() | st.integers(0, 1) | st.sampled_from([0.0, -0.0, 1.0, "", "1", "a"])


@given(st.lists(MIXED | st.lists(MIXED, max_size=2) | st.just({}), max_size=6))
def test_what_is_made_once_is_what_is_made_of_each(values: list[Any]) -> None:
    assert make_once(repr, values) == [repr(value) for value in values]
