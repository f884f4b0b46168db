"""Rows as lines of text: JSON Lines and CSV, written and read back."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.datasets import columns_of, some_rows
from taskfiles.dataset.columns import TABLES, Column, Type
from taskfiles.dataset.rows import Row
from taskfiles.dataset.texts import TEXT_FORMATS, read_records, read_rows

REPO = 'ada/"app", x'
ROWS = st.sampled_from(sorted(TABLES)).flatmap(
    lambda table: st.tuples(st.just(table), some_rows(table, REPO))
)


def row_of(table: str, **cells: Any) -> Row:
    return {column.name: None for column in TABLES[table]} | {"repo": "ada/app"} | cells


def write(path: Path, format_: str, table: str, rows: list[Row]) -> Path:
    how = TEXT_FORMATS[format_]
    path.write_bytes(how.header(TABLES[table]) + b"".join(how.encode(TABLES[table], columns_of(table, rows))))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("format_", TEXT_FORMATS)
@given(given_=ROWS)
def test_what_is_written_is_read_back_row_by_row(
    tmp_path_factory: pytest.TempPathFactory, format_: str, given_: tuple[str, list[Row]]
) -> None:
    table, rows = given_
    file = write(tmp_path_factory.getbasetemp() / f"rows.{format_}", format_, table, rows)
    assert list(read_rows(str(file), format_, TABLES[table])) == rows
    records = list(read_records(str(file), format_, TABLES[table]))
    assert [repo for repo, _ in records] == [REPO] * len(rows)
    assert [TEXT_FORMATS[format_].decode(TABLES[table], record) for _, record in records] == rows


@pytest.mark.slow
@given(ROWS)
def test_csv_is_that_of_python_s_reader(given_: tuple[str, list[Row]]) -> None:
    table, rows = given_
    how = TEXT_FORMATS["csv"]
    text = how.header(TABLES[table]) + b"".join(how.encode(TABLES[table], columns_of(table, rows)))
    header, *cells = csv.reader(io.StringIO(text.decode(), newline=""))
    assert header == [column.name for column in TABLES[table]]
    assert len(cells) == len(rows)
    assert all(len(each) == len(header) for each in cells)


def test_null_and_the_empty_text_differ() -> None:
    how = TEXT_FORMATS["csv"]
    empty, null = how.encode(
        TABLES["gates"], columns_of("gates", [row_of("gates", gate=gate) for gate in ("", None)])
    )
    assert empty.count(b'""') == 1
    assert null == empty.replace(b'""', b"")
    assert [how.decode(TABLES["gates"], line)["gate"] for line in (empty, null)] == ["", None]


def test_json_lines_take_columns_of_other_releases() -> None:
    how = TEXT_FORMATS["jsonl"]
    line = json.loads(how.encode(TABLES["gates"], columns_of("gates", [row_of("gates", gate="lint")]))[0])
    assert next(iter(line)) == "repo"
    del line["failed"]
    read = how.decode(TABLES["gates"], json.dumps({**line, "added_later": 5}).encode())
    assert read == row_of("gates", gate="lint")


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        ("jsonl", b"[]\n"),
        ("jsonl", b"{\n"),
        ("jsonl", b"\xff\n"),
        ("csv", b'header\n"a"b\n'),
        ("csv", b'header\n"a\n'),
        ("csv", b"header\na,b\n"),
    ],
)
def test_what_is_no_row_is_refused(format_: str, text: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(text)
    with pytest.raises(ValueError):
        list(read_rows(str(file), format_, TABLES["gates"]))


@pytest.mark.parametrize(
    ("format_", "text"),
    [("jsonl", b'{"task_id": 1, "repo": "a"}\n'), ("jsonl", b'{"repo":\n'), ("csv", b'repo\n"a"b,\n')],
)
def test_a_record_begins_with_its_repository(format_: str, text: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(text)
    with pytest.raises(ValueError):
        list(read_records(str(file), format_, [Column("repo", Type.TEXT, "")]))


GATES = ",".join(column.name for column in TABLES["gates"])


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ("a,b", "a record of it has 2 cells, not {count}"),
        ("{row},x", "a record of it has {more} cells, not {count}"),
        ("{odd}", "a value of its column {column} is no integer"),
    ],
)
def test_what_is_wrong_with_a_record_of_csv_is_said_in_our_words(
    cells: str, problem: str, tmp_path: Path
) -> None:
    columns = TABLES["gates"]
    number = next(column for column in columns if column.type is Type.INTEGER)
    odd = ",".join("x" if column is number else "" for column in columns)
    row = "," * (len(columns) - 1)
    (tmp_path / "gates.csv").write_text(f"{GATES}\n{cells.format(row=row, odd=odd)}\n")
    words = problem.format(count=len(columns), more=len(columns) + 1, column=number.name)
    with pytest.raises(ValueError, match=f"^{words}$"):
        list(read_rows(str(tmp_path / "gates.csv"), "csv", columns))
