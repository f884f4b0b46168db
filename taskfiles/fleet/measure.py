"""The figures of a dataset by an engine of one's choice; all give the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from taskfiles.dataset.columns import KEYS, TABLES
from taskfiles.dataset.merging import Source
from taskfiles.dataset.rows import Row
from taskfiles.dataset.words import DatasetFormat, Engine
from taskfiles.errors import TaskfilesError
from taskfiles.fleet.answer import Answer, Ask, Connection, Record, count_plans, put_questions
from taskfiles.fleet.place import Dataset
from taskfiles.fleet.plain import Tables, gather_rows
from taskfiles.fleet.selection import Selection
from taskfiles.fleet.steady import read_steadily
from taskfiles.remedy import Remedy
from taskfiles.stats.report import measure as measure_gathered
from taskfiles.stats.rows import Gathered
from taskfiles.telemetry.actions import EXECUTION_SUMMARY, PLAN_CREATED

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def choose_engine(dataset: Dataset) -> Engine:
    """Choose DuckDB where it is needed or installed, else plain Python."""
    if dataset.is_remote or dataset.manifest.format is DatasetFormat.PARQUET or find_spec("duckdb"):
        return Engine.DUCKDB
    return Engine.PYTHON


def measure(dataset: Dataset, ask: Ask, engine: Engine, session: SparkSession | None = None) -> Answer:
    """Count a dataset's attempts.

    `session` is Spark's; without one, it is the one of the cluster, or of this machine. Plans are counted
    where the log of any repository was exported. What is exported meanwhile is read again.
    Raises TaskfilesError (missing-extra, bad-dataset, io).
    """
    return read_steadily(dataset, lambda current: _measure(current, ask, engine, session))


def _measure(dataset: Dataset, ask: Ask, engine: Engine, session: SparkSession | None) -> Answer:
    ask = ask._replace(with_plans=ask.with_plans and dataset.has_events(ask.selection.repos))
    if engine is Engine.PYTHON:
        return _measure_plain(dataset, ask)
    with connect(dataset, engine, ask.tables, session) as connection:
        return put_questions(ask, connection, dataset.count_unreadable(ask.selection.repos))


@contextmanager
def connect(
    dataset: Dataset, engine: Engine, tables: Sequence[str], session: SparkSession | None = None
) -> Iterator[Connection]:
    """Open tables of a dataset by an engine of SQL; `session` is as in `measure`.

    Raises TaskfilesError (missing-extra, bad-dataset, io).
    """
    if engine is Engine.DUCKDB:
        from taskfiles.fleet import duck  # noqa: PLC0415 (each engine needs an extra of its own)

        with duck.connect(dataset, tables) as connection:
            yield connection
    else:
        from taskfiles.fleet import spark  # noqa: PLC0415 (as above)

        with spark.connect(session or spark.make_session("tasks"), dataset, tables) as connection:
            yield connection


def gather_dataset(dataset: Dataset, selection: Selection, by: Sequence[str]) -> Gathered:
    """Return what `stats.rows.gather` gives, by plain Python.

    Raises TaskfilesError (bad-value) for a dataset at a URL, (bad-dataset, io).
    """
    tables = _read_tables(_open(dataset))
    return gather_rows(tables, selection, by, dataset.count_unreadable(selection.repos))


def _read_tables(source: Source) -> Tables:
    return Tables(source.rows("tasks"), source.rows("attempts"), source.rows("gates"))


def _measure_plain(dataset: Dataset, ask: Ask) -> Answer:
    source = _open(dataset)
    tables = _read_tables(source)
    tasks = list(tables.tasks)  # looked at twice, and read once
    unreadable = dataset.count_unreadable(ask.selection.repos)
    gathered = gather_rows(tables._replace(tasks=tasks), ask.selection, ask.by, unreadable)
    named = sum(ask.selection.names(row) for row in tasks)
    plans = count_plans(_plan_events(source, ask)) if ask.with_plans else None
    measured = measure_gathered(gathered, ask.by)
    if not ask.with_untried:
        measured = measured._replace(untried=[])
    return Answer(measured, frozenset(gathered.keys), named, plans)


def _open(dataset: Dataset) -> Source:
    if dataset.is_remote:
        problem = "it does not read URLs"
        remedy = Remedy("Use the engine duckdb, or copy the dataset here.", "engine-of-urls")
        raise TaskfilesError(
            "bad-value", option="engine", given=str(Engine.PYTHON), problem=problem, remedy=remedy
        )
    manifest = dataset.manifest  # whose columns of other releases no figure is made of
    ours = {
        table: tuple(each for each in columns if each in TABLES.get(table, ()))
        for table, columns in manifest.columns.items()
    }
    return Source(dataset.place, manifest._replace(columns=ours))


def _plan_events(source: Source, ask: Ask) -> Iterator[Record]:
    """Return what `tasks.list_plan_events` does."""
    selection = ask.selection
    found: list[Row] = [
        row
        for row in source.rows("events")
        if row["type"] in {PLAN_CREATED, EXECUTION_SUMMARY}
        and selection.is_of(row)
        and (row["time"] is not None or not selection.is_bounded)
        and selection.holds_instant(row["time"])
    ]
    yield from sorted(found, key=lambda row: (row["time"] or "", *(row[name] for name in KEYS["events"][2:])))
