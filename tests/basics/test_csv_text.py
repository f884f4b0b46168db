"""Cells of CSV: strict readers read back what was written, and spreadsheets run nothing with `safe`."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.basics.csv_text import csv_cell, guard_formula, unguard_formula

CELLS = st.text() | st.text("=+-@\t\r\n\",' a", max_size=6)


@given(st.lists(CELLS, min_size=2, max_size=4), st.booleans())
def test_what_is_written_is_read_back(texts: list[str], safe: bool) -> None:
    line = ",".join(csv_cell(text, safe=safe) for text in texts) + "\n"
    expected = [guard_formula(text) if safe else text for text in texts]
    if any("\0" in text for text in texts):
        return  # which Python's reader refuses
    assert list(csv.reader(io.StringIO(line, newline=""), strict=True)) == [expected]


@given(CELLS)
def test_no_safe_text_begins_as_a_formula(text: str) -> None:
    assert not guard_formula(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra"])
def test_what_is_guarded_is_the_text_with_an_apostrophe(text: str) -> None:
    assert guard_formula(text) == f"'{text}"
    assert unguard_formula(guard_formula(text)) == text
    assert csv_cell(text).strip('"') == text


@pytest.mark.parametrize("text", ["", "a", "'", "'a", "1", " =1"])
def test_all_else_stays(text: str) -> None:
    assert guard_formula(text) == unguard_formula(text) == text
