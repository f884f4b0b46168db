"""Datasets of one SQLite file: built anew each time, in order, so that the same rows are the same bytes."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from taskfiles.basics.foreign import explain_record, explain_sqlite
from taskfiles.basics.jsontext import json_text
from taskfiles.dataset.columns import KEYS, TABLES, Column, Type
from taskfiles.dataset.directory import SQLITE, measure_file
from taskfiles.dataset.manifest import File
from taskfiles.dataset.rows import Row, Values
from taskfiles.dataset.sql import identifier
from taskfiles.dataset.writing import Job, not_readable

TYPES = {
    Type.TEXT: "TEXT",
    Type.INTEGER: "INTEGER",
    Type.NUMBER: "REAL",
    Type.BOOLEAN: "INTEGER",
    Type.INSTANT: "TEXT",
    Type.TEXTS: "TEXT",
    Type.VALUES: "TEXT",
    Type.JSON: "TEXT",
}
# What rows are distinguished by: an event's time may be unknown, and its id is enough.
PRIMARY = {**KEYS, "events": ("repo", "event_id")}
_DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
_NESTED = frozenset({Type.TEXTS, Type.VALUES})
_INDEXED = {
    "tasks": ("state", "parent"),
    "attempts": ("model", "month"),
    "gates": ("gate",),
    "events": ("time", "action", "task_id"),
    "plans": (),
}


def create_table(table: str, columns: Sequence[Column]) -> str:
    """Write the statement that makes a table."""
    keys = ", ".join(identifier(name) for name in PRIMARY[table])
    return f"CREATE TABLE main.{table} ({_columns(columns)}, PRIMARY KEY ({keys})) STRICT"


def write_database(job: Job) -> list[File]:
    """Write the file, the rows given among those of other repositories.

    Raises TaskfilesError (bad-dataset, io), OSError.
    """
    place = os.path.join(job.stage, SQLITE)
    try:
        with closing(sqlite3.connect(place, isolation_level=None, uri=True)) as database:
            rows = _build(database, job)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "").startswith(_DAMAGED):  # the old one: this one is new
            raise not_readable(os.path.join(job.directory, SQLITE), explain_sqlite(error)) from error
        raise OSError(0, explain_sqlite(error), place) from error
    size, digest = measure_file(place)
    return [File(SQLITE, table, rows[table], size, digest) for table in TABLES]


def read_table(path: str, table: str, columns: Sequence[Column]) -> Iterator[Row]:
    """Read the rows of a table in order. Raises TaskfilesError (bad-dataset)."""
    statement = f"SELECT {_names(columns)} FROM {table} ORDER BY {_order(table)}"  # noqa: S608 (our own names)
    try:
        with closing(sqlite3.connect(_uri(path), uri=True)) as database:
            for found in database.execute(statement):
                pairs = zip(columns, found, strict=True)
                yield {column.name: _read(column.type, value) for column, value in pairs}
    except sqlite3.Error as error:
        raise not_readable(path, explain_sqlite(error)) from error
    except (ValueError, TypeError) as error:
        raise not_readable(path, explain_record(error)) from error


def _build(database: sqlite3.Connection, job: Job) -> dict[str, int]:
    """Insert all rows in one order, as pages of the file are laid out by it; gives how many a table has."""
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")  # the file is synced whole before it counts
    old = job.old_files("tasks")
    if old:
        database.execute("ATTACH ? AS old", (_uri(job.old_path(old[0])),))
    database.execute("BEGIN")
    counts = {}
    for table, columns in job.given.columns.items():
        database.execute(create_table(table, columns))
        database.execute(f"CREATE TEMP TABLE new_{table} ({_columns(columns)})")
        marks = ", ".join("?" * len(columns))
        rows = _cells(job.given.batches(table), columns)
        database.executemany(f"INSERT INTO temp.new_{table} VALUES ({marks})", rows)  # noqa: S608 (our own names)
        source, given = f"SELECT {_names(columns)} FROM temp.new_{table}", []  # noqa: S608 (as above)
        if old:
            given = [*job.given.repositories]
            others = ", ".join("?" * len(given))
            source += f" UNION ALL SELECT {_names(columns)} FROM old.{table} WHERE repo NOT IN ({others})"  # noqa: S608
        database.execute(f"INSERT INTO main.{table} {source} ORDER BY {_order(table)}", given)
        database.execute(f"DROP TABLE temp.new_{table}")
        for column in _INDEXED[table]:
            database.execute(f"CREATE INDEX main.{table}_by_{column} ON {table} ({identifier(column)})")
        (counts[table],) = database.execute(f"SELECT count(*) FROM main.{table}").fetchone()  # noqa: S608
    database.execute("COMMIT")
    return counts


def _columns(columns: Sequence[Column]) -> str:
    return ", ".join(f"{identifier(column.name)} {TYPES[column.type]}" for column in columns)


def _names(columns: Sequence[Column]) -> str:
    return ", ".join(identifier(column.name) for column in columns)


def _order(table: str) -> str:
    return ", ".join(map(identifier, KEYS[table]))


def _cells(batches: Iterable[Values], columns: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        yield from zip(*(_column(column.type, batch[column.name]) for column in columns), strict=True)


def _column(kind: Type, values: Sequence[Any]) -> Sequence[Any]:
    return [None if value is None else json_text(value) for value in values] if kind in _NESTED else values


def _read(kind: Type, value: Any) -> Any:
    if value is None:
        return None
    if kind in _NESTED:
        return json.loads(value)
    return bool(value) if kind is Type.BOOLEAN else value


def _uri(path: str) -> str:
    return Path(path).absolute().as_uri() + "?mode=ro&immutable=1"
