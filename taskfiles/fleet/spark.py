"""The engine Spark: on a cluster or on this machine, whatever session it is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

from taskfiles.basics.extras import import_extra
from taskfiles.basics.quotation import add_quotation
from taskfiles.dataset.columns import TABLES, Column, Type
from taskfiles.dataset.words import DatasetFormat
from taskfiles.errors import TaskfilesError
from taskfiles.fleet.answer import Connection, Record
from taskfiles.fleet.place import Dataset, check_sizes, whole_files

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_TYPES = {
    Type.TEXT: "string",
    Type.INTEGER: "bigint",
    Type.NUMBER: "double",
    Type.BOOLEAN: "boolean",
    Type.INSTANT: "timestamp",
    Type.TEXTS: "array<string>",
    Type.VALUES: "map<string, array<string>>",
    Type.JSON: "string",
}


@contextmanager
def connect(session: SparkSession, dataset: Dataset, tables: Sequence[str]) -> Iterator[Connection]:
    """Open tables of a dataset in a session, in which the views that are defined are replaced.

    Raises TaskfilesError (missing-extra, bad-dataset, io).
    """
    if dataset.is_remote:
        check_sizes(dataset, tables)
    with nullcontext() if dataset.is_remote else whole_files(dataset, tables), _spark_errors(dataset.place):
        for table in tables:
            _read(session, dataset, table).createOrReplaceTempView(table)

        def define(name: str, query: str) -> None:
            session.sql(translate(query)).createOrReplaceTempView(name)

        yield Connection(define, partial(_records, session))


@contextmanager
def _spark_errors(place: str) -> Iterator[None]:
    """Turn what Spark refuses into an error; a query never is at fault, places and clusters are."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in {"pyspark", "py4j"}:
            raise
        remedy = "Check that the cluster can read that place, and its logs."
        problem = add_quotation("Spark can't read it", "Spark", str(error))
        raise TaskfilesError("io", path=place, action="Reading", problem=problem, remedy=remedy) from error


def translate(query: str) -> str:
    """Carry a query over to Spark's dialect. Raises TaskfilesError (missing-extra)."""
    (text,) = import_extra("sqlglot", "spark").transpile(query, read="duckdb", write="spark")
    return str(text)


def _records(session: SparkSession, query: str) -> list[Record]:
    return [row.asDict() for row in session.sql(translate(query)).collect()]


def _read(session: SparkSession, dataset: Dataset, table: str) -> DataFrame:
    """Return a table as `statement` needs it; whole numbers are decimals, for their sums pass 64 bits."""
    columns = TABLES[table]
    schema = ", ".join(f"`{column.name}` {_TYPES[column.type]}" for column in columns)
    paths = dataset.paths(table)
    reader = session.read.schema(schema)
    if not paths:
        found = session.createDataFrame([], schema)
    elif dataset.manifest.format is DatasetFormat.PARQUET:
        found = reader.parquet(*paths)
    else:
        found = reader.json(paths)
    return found.selectExpr(*map(_column, columns))


def _column(column: Column) -> str:
    name = f"`{column.name}`"
    if column.type is Type.INSTANT:
        return f"CAST(unix_micros({name}) AS DECIMAL(20, 0)) AS {column.name.removesuffix('_at')}_us"
    if column.type is Type.INTEGER:
        return f"CAST({name} AS DECIMAL(20, 0)) AS {name}"
    return name


def make_session(name: str) -> Any:
    """Return the session of the cluster that this is run on, or one on this machine.

    Raises TaskfilesError (missing-extra).
    """
    builder: Any = import_extra("pyspark.sql", "spark").SparkSession.builder
    return builder.appName(name).getOrCreate()
