"""The engine DuckDB: in this process, on one machine, from Parquet or JSON Lines."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from taskfiles.basics.extras import import_extra
from taskfiles.dataset.columns import TABLES, Column, Type
from taskfiles.dataset.parquet import OFFLINE, TYPES, duckdb_errors, from_json, from_parquet
from taskfiles.dataset.sql import identifier
from taskfiles.dataset.words import DatasetFormat
from taskfiles.fleet.answer import Connection, Record
from taskfiles.fleet.place import Dataset, whole_files
from taskfiles.fleet.sql import select
from taskfiles.store.disk import io_errors

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "2GB"  # what does not fit goes to a temporary directory
_LONGEST = 1 << 26  # bytes of a line of JSON


@contextmanager
def connect(dataset: Dataset, tables: Sequence[str]) -> Iterator[Connection]:
    """Open tables of a dataset. Raises TaskfilesError (missing-extra, bad-dataset, io)."""
    with open_tables(dataset, tables) as database:

        def define(name: str, query: str) -> None:
            database.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")

        yield Connection(define, partial(records, database))


def records(database: DuckDBPyConnection, query: str) -> list[Record]:
    """Run a query, and give its rows by the names of their columns."""
    found = database.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@contextmanager
def open_tables(dataset: Dataset, tables: Sequence[str]) -> Iterator[DuckDBPyConnection]:
    """Return a database in which some tables are as `statement` needs them.

    Raises TaskfilesError (missing-extra, bad-dataset, io).
    """
    duckdb = import_extra("duckdb", "fleet")
    with (
        whole_files(dataset, tables) as local,
        io_errors("Reading", dataset.place),
        tempfile.TemporaryDirectory(prefix="tasks-") as work,
        duckdb_errors(dataset.place),
    ):
        settings: dict[str, Any] = {"memory_limit": MEMORY, "temp_directory": work, **OFFLINE}
        settings["preserve_insertion_order"] = False
        with closing(duckdb.connect(config=settings)) as database:
            database.execute("SET parquet_metadata_cache = true")  # a query reads its files several times
            for table in tables:
                database.execute(f"CREATE TEMP VIEW {table} AS {_relation(local, table)}")
            yield database


def _relation(dataset: Dataset, table: str) -> str:
    paths, columns = dataset.paths(table), TABLES[table]
    if not paths:
        nothing = [f"CAST(NULL AS {TYPES[column.type]}) AS {identifier(column.name)}" for column in columns]
        source = f"(SELECT {', '.join(nothing)} WHERE FALSE)"
    elif dataset.manifest.format is DatasetFormat.PARQUET:
        source = from_parquet(paths)
    else:
        source = from_json(paths, TABLES[table], _LONGEST)
    return select([*map(_column, columns)], source)


def _column(column: Column) -> str:
    if column.type is Type.INSTANT:
        return f"epoch_us({identifier(column.name)}) AS {column.name.removesuffix('_at')}_us"
    return identifier(column.name)
