"""Rows as CSV."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from taskfiles_cli.render.csvtext import render_csv

TEXTS = st.text(st.sampled_from('ab,"\n\r é'), max_size=6)


def test_values_stand_under_their_names() -> None:
    rows = [["a", 1, None, True], ["b, c", 1.5, "", False]]
    text = render_csv(["name", "count", "rate", "few"], rows)
    assert text == 'name,count,rate,few\na,1,,true\n"b, c",1.5,"",false\n'


def test_without_rows_the_names_remain() -> None:
    assert render_csv(["a", "b"], []) == "a,b\n"


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=4))
def test_any_text_is_read_back(rows: list[list[str]]) -> None:
    text = render_csv(["one", "two"], rows)
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["one", "two"], *rows]
