"""The engine Spark: on a cluster or on this machine, whatever session it is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taskfiles.dataset.columns import TABLES, Column, Type
from taskfiles.dataset.manifest import Format
from taskfiles.errors import TaskfilesError
from taskfiles.fleet.answer import Answer, Record, read_answer
from taskfiles.fleet.place import Dataset
from taskfiles.fleet.selection import Selection
from taskfiles.fleet.statement import count_attempts, count_tasks, list_untold, make_views

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


def measure(
    session: SparkSession, dataset: Dataset, selection: Selection, by: Sequence[str], *, with_untold: bool
) -> Answer:
    """Count a dataset's attempts in a session.

    Its views `attempts`, `tasks`, `scoped` and `counted` are replaced in the session. Raises TaskfilesError
    (missing-extra, io).
    """
    for table in ("attempts", "tasks"):
        _read(session, dataset, table).createOrReplaceTempView(table)
    for name, query in make_views(selection, by).items():
        session.sql(translate(query)).createOrReplaceTempView(name)
    counted = _records(session, count_attempts(by))
    (tasks,) = _records(session, count_tasks(selection, by))
    untold = _records(session, list_untold(selection)) if with_untold else []
    return read_answer(counted, tasks, untold, by, dataset.count_unreadable(selection.repos))


def translate(query: str) -> str:
    """Carry a query over to Spark's dialect. Raises TaskfilesError (missing-extra)."""
    try:
        import sqlglot  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise TaskfilesError("missing-extra", extra="spark", package="sqlglot") from error
    (text,) = sqlglot.transpile(query, read="duckdb", write="spark")
    return str(text)


def _records(session: SparkSession, query: str) -> list[Record]:
    return [row.asDict() for row in session.sql(translate(query)).collect()]


def _read(session: SparkSession, dataset: Dataset, table: str) -> DataFrame:
    """Give a table as `statement` needs it; whole numbers are decimals, for their sums pass 64 bits."""
    columns = TABLES[table]
    schema = ", ".join(f"`{column.name}` {_TYPES[column.type]}" for column in columns)
    paths = dataset.paths(table)
    reader = session.read.schema(schema)
    if not paths:
        found = session.createDataFrame([], schema)
    elif dataset.manifest.format is Format.PARQUET:
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
    if column.name == "labels":
        return "IF(size(labels) = 0, array(CAST(NULL AS STRING)), labels) AS labels"
    return name


def make_session(name: str) -> Any:
    """Give the session of the cluster that this is run on, or one on this machine.

    Raises TaskfilesError (missing-extra).
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 (an extra, and slow to import)
    except ImportError as error:
        raise TaskfilesError("missing-extra", extra="spark", package="pyspark") from error
    builder: Any = SparkSession.builder
    return builder.appName(name).getOrCreate()
