"""Datasets: generated rows of every type, and each format read back by a reader that is not ours."""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import strategies as st

from taskfiles.dataset.columns import KEYS, TABLES, Column, Type
from taskfiles.dataset.instants import micros_text
from taskfiles.dataset.manifest import Counts, Manifest, read_manifest
from taskfiles.dataset.rows import Row, Values, list_rows, settle, sort_key
from taskfiles.dataset.writing import Given, in_batches

FORMATS = ("jsonl", "csv", "sqlite", "parquet")
Tables = dict[str, list[Row]]

HOSTILE = [
    "",
    " ",
    "a\nb",
    "a\r\nb\r",
    '"',
    '""',
    ",",
    "a\0b",
    "null",
    "\\N",
    "=1+1",
    "@x",
    "'; DROP TABLE tasks; --",
    "\u202eabc",
    "😀",
    "\udcff",
    "e\u0301",
    "\u2028",
    "{}",
    "\ufeff",
]
_EDGES = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)]
texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=5))
integers = st.one_of(st.sampled_from([0, 1, -1, 2**63 - 1, -(2**63), 2**53 + 1]), st.integers(-9, 9))
instants = st.one_of(
    st.sampled_from(_EDGES), st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))
).map(micros_text)
months = st.sampled_from(["2026-01", "2026-02", "0001-01", "9999-12"])
VALUES: dict[Type, st.SearchStrategy[Any]] = {
    Type.TEXT: texts,
    Type.INTEGER: integers,
    Type.NUMBER: st.floats(allow_nan=False, allow_infinity=False),
    Type.BOOLEAN: st.booleans(),
    Type.INSTANT: instants,
    Type.TEXTS: st.lists(st.none() | texts, max_size=2),
    Type.VALUES: st.dictionaries(texts, st.lists(texts, max_size=2), max_size=2),
    Type.JSON: st.dictionaries(st.text(max_size=3), integers, max_size=2).map(json.dumps),
}


def cells(table: str, column: Column) -> st.SearchStrategy[Any]:
    if column.name == "month":
        return months if table != "events" else st.none() | months
    if column.name in KEYS[table] and not (table == "events" and column.name == "time"):
        return VALUES[column.type]
    return st.none() | VALUES[column.type]


def some_rows(table: str, repo: str) -> st.SearchStrategy[list[Row]]:
    row = st.fixed_dictionaries({column.name: cells(table, column) for column in TABLES[table]})
    if table == "events":
        unique = st.lists(row, max_size=3, unique_by=lambda each: each["event_id"].replace("\0", "\\x00"))
    else:
        unique = st.lists(row, max_size=3)
    return unique.map(lambda rows: settle_rows(table, [row | {"repo": repo} for row in rows]))


def columns_of(table: str, rows: Iterable[Row]) -> Values:
    given = [*rows]
    return {column.name: [row[column.name] for row in given] for column in TABLES[table]}


def settle_rows(table: str, rows: Iterable[Row]) -> list[Row]:
    return list_rows(settle(table, columns_of(table, rows)))


def contents(repo: str) -> st.SearchStrategy[Tables]:
    """The rows of a repository in all tables."""
    return st.fixed_dictionaries({table: some_rows(table, repo) for table in TABLES})


def given_of(tables: Mapping[str, Tables]) -> Given:
    """Give the rows of some repositories, as an export does."""
    merged = {
        table: sorted((row for each in tables.values() for row in each[table]), key=sort_key(table))
        for table in TABLES
    }
    counts = {
        repo: Counts(**{table: len(rows) for table, rows in each.items()})
        for repo, each in sorted(tables.items())
    }
    return Given(counts, in_batches(merged.__getitem__))


def manifest_of(directory: Path) -> Manifest:
    return read_manifest((directory / "manifest.json").read_text(encoding="utf-8"))


def content_of(directory: Path) -> dict[str, bytes]:
    """All bytes of a dataset but its lock."""
    return {
        file.relative_to(directory).as_posix(): file.read_bytes()
        for file in directory.rglob("*")
        if file.is_file() and file.name != ".tasks-export.lock"
    }


def check_files(directory: Path) -> Manifest:
    """The manifest tells of each file that is there, and tells the truth of it."""
    manifest = manifest_of(directory)
    assert {file.path for file in manifest.files} | {"manifest.json"} == content_of(directory).keys()
    for file in manifest.files:
        data = (directory / file.path).read_bytes()
        assert (file.bytes, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    return manifest


def read_back(directory: Path) -> Tables:
    """Read every table with the format's own reader, and put what it has into rows as we have them."""
    manifest = check_files(directory)
    tables: Tables = {}
    for table in TABLES:
        files = manifest.files_of(table)
        paths = [directory / file.path for file in files]
        tables[table] = sorted(_READERS[manifest.format](paths, table), key=sort_key(table))
        assert len(tables[table]) == sum(file.rows for file in files)
    return tables


def _jsonl(paths: list[Path], table: str) -> Iterable[Row]:
    (path,) = paths
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def _csv(paths: list[Path], table: str) -> Iterable[Row]:
    """Python's reader gives the cells; DuckDB's tells which empty ones are null."""
    (path,) = paths
    with path.open(encoding="utf-8", newline="") as file:
        header, *cells = csv.reader(file)
    assert header == [column.name for column in TABLES[table]]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
    query = (
        f"SELECT * FROM read_csv('{path}', header=true, columns={{{columns}}}, allow_quoted_nulls=false,"
        " quote='\"', escape='\"', delim=',', auto_detect=false, strict_mode=true, new_line='\\n')"
    )
    nulls = [[cell is None for cell in row] for row in duckdb.sql(query).fetchall()]
    assert len(nulls) == len(cells)
    for row, none in zip(cells, nulls, strict=True):
        assert all(not cell for cell, is_null in zip(row, none, strict=True) if is_null)
        yield {
            column.name: None if is_null else _FROM_TEXT.get(column.type, str)(cell)
            for column, cell, is_null in zip(TABLES[table], row, none, strict=True)
        }


_FROM_TEXT: dict[Type, Any] = {
    Type.INTEGER: int,
    Type.NUMBER: float,
    Type.BOOLEAN: {"true": True, "false": False}.__getitem__,
    Type.TEXTS: json.loads,
    Type.VALUES: json.loads,
}


def _sqlite(paths: list[Path], table: str) -> Iterable[Row]:
    (path,) = paths
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        for row in database.execute(f"SELECT * FROM {table}").fetchall():
            found = dict(row)
            for column in TABLES[table]:
                value = found[column.name]
                if value is not None and column.type in {Type.TEXTS, Type.VALUES}:
                    found[column.name] = json.loads(value)
                elif value is not None and column.type is Type.BOOLEAN:
                    found[column.name] = bool(value)
            yield found


def _parquet(paths: list[Path], table: str) -> Iterable[Row]:
    for path in paths:
        names = [f'"{column.name}"' for column in TABLES[table]]
        selected = [
            f"strftime({name} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
            if column.type is Type.INSTANT
            else f"CAST(to_json({name}) AS VARCHAR)"
            if column.type is Type.VALUES
            else name
            for name, column in zip(names, TABLES[table], strict=True)
        ]
        query = f"SELECT {', '.join(selected)} FROM read_parquet('{path}', hive_partitioning=false)"
        for values in duckdb.sql(query).fetchall():
            row = dict(zip((column.name for column in TABLES[table]), values, strict=True))
            for column in TABLES[table]:
                if column.type is Type.VALUES and row[column.name] is not None:
                    row[column.name] = json.loads(row[column.name])
            yield row


_READERS = {"jsonl": _jsonl, "csv": _csv, "sqlite": _sqlite, "parquet": _parquet}
