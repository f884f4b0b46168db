"""Datasets of Parquet files, written by DuckDB: sorted, zstd, a file a month, named by their content.

Rows pass through JSON Lines beside the files, so that no table need fit into memory. With one thread and one
order the same rows are the same bytes.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from taskfiles.basics.extras import import_extra
from taskfiles.basics.foreign import explain_duckdb, is_about_content
from taskfiles.dataset.columns import KEYS, MONTHLY, TABLES, Column, Type
from taskfiles.dataset.directory import measure_file, place_of
from taskfiles.dataset.manifest import File
from taskfiles.dataset.rows import Row
from taskfiles.dataset.sql import identifier, literal
from taskfiles.dataset.texts import TEXT_FORMATS, write_records
from taskfiles.dataset.words import DatasetFormat
from taskfiles.dataset.writing import Job, not_readable, write_lines
from taskfiles.errors import TaskfilesError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TYPES = {
    Type.TEXT: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "DOUBLE",
    Type.BOOLEAN: "BOOLEAN",
    Type.INSTANT: "TIMESTAMPTZ",
    Type.TEXTS: "VARCHAR[]",
    Type.VALUES: "MAP(VARCHAR, VARCHAR[])",
    Type.JSON: "VARCHAR",
}
# DuckDB fetches no code of its own accord.
OFFLINE = dict.fromkeys(("autoload_known_extensions", "autoinstall_known_extensions"), False)
GROUP_ROWS = 122_880  # rows of a row group, DuckDB's own choice
FILE_ROWS = 8 * GROUP_ROWS  # a file has at most so many
# What stands together, before the order of the table: engines ask for tasks of several attempts and for
# attempts that are not uniform, and pass over where there are none.
_CLUSTERS = {"tasks": '"attempts" > 1 NULLS FIRST', "attempts": '"uniform" IS NOT TRUE'}
UNKNOWN_MONTH = "__HIVE_DEFAULT_PARTITION__"  # what readers of partitions take for null
_OBJECT_BYTES = 1 << 24  # DuckDB's own bound for a line of JSON, raised where a line is longer
_BATCH = 2_000  # rows that are fetched at once
_encode = TEXT_FORMATS["jsonl"].encode


class Part(NamedTuple):
    """What the rows of a file have in common: a repository, a month, or nothing."""

    repo: str | None
    month: str | None


def write_parts(job: Job) -> list[File]:
    """Write the files that change, and give all that the dataset has then.

    Raises TaskfilesError (missing-extra, bad-dataset), OSError.
    """
    work = os.path.join(job.stage, "work")
    os.mkdir(work)
    with duckdb_errors(job.directory), closing(connect(work)) as database:
        files = [file for table in TABLES for file in _Table(database, job, work, table).write()]
    shutil.rmtree(work)
    return files


def read_table(
    paths: Sequence[str], table: str, columns: Sequence[Column], repos: Collection[str] | None = None
) -> Iterator[Row]:
    """Read the rows of files in the order of their table, of some repositories or all.

    Raises TaskfilesError (missing-extra), OSError.
    """
    names = ", ".join(_selected(column.name, column.type) for column in columns)
    nested = [column.name for column in columns if column.type in {Type.TEXTS, Type.VALUES}]
    with (
        tempfile.TemporaryDirectory(prefix="tasks-") as work,
        duckdb_errors(os.path.dirname(paths[0]) if paths else table),
        closing(connect(work)) as database,
    ):
        some = "true" if repos is None else f"repo IN ({', '.join(map(literal, repos)) or literal('')})"
        query = f"SELECT {names} FROM {from_parquet(paths)} WHERE {some} ORDER BY {_order(table)}"  # noqa: S608 (our own names)
        found = database.execute(query)
        while rows := found.fetchmany(_BATCH):
            for values in rows:
                row = dict(zip((column.name for column in columns), values, strict=True))
                yield row | {name: json.loads(row[name]) for name in nested if row[name] is not None}


def connect(work: str) -> DuckDBPyConnection:
    """Open a database in a directory of its own, where it also puts what does not fit into memory.

    Raises TaskfilesError (missing-extra).
    """
    duckdb = import_extra("duckdb", "fleet")
    settings: dict[str, Any] = {"threads": 1, "memory_limit": "1GB", "temp_directory": work, **OFFLINE}
    database: DuckDBPyConnection = duckdb.connect(os.path.join(work, "work.duckdb"), config=settings)
    database.execute("SET TimeZone = 'UTC'")
    return database


@contextmanager
def duckdb_errors(place: str) -> Iterator[None]:
    """Turn what DuckDB refuses into an error: OSError for a full disk, bad-dataset for a damaged file."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in {"duckdb", "_duckdb"}:
            raise
        if is_about_content(error):
            remedy = "Export the repositories again, into a new directory; nothing was changed."
            problem = explain_duckdb(error)
            raise TaskfilesError("bad-dataset", path=place, problem=problem, remedy=remedy) from error
        raise OSError(0, explain_duckdb(error), place) from error


class _Table:
    """The writing of one table."""

    def __init__(self, database: DuckDBPyConnection, job: Job, work: str, table: str) -> None:
        self._database, self._job, self._work, self._table = database, job, work, table
        self._is_monthly = table in MONTHLY
        self._by_repo = "repo" in job.partition
        self._columns = job.given.columns[table]
        self._names = ", ".join(identifier(column.name) for column in self._columns)
        # No repository has an empty name, and SQL knows no empty list.
        self._given = ", ".join(map(literal, job.given.repositories or [""]))

    def write(self) -> list[File]:
        self._load()
        old = self._job.old_files(self._table)
        touched = self._new_parts() | self._old_parts(old)
        files = [file for file in old if Part(file.repo, file.month) not in touched]
        for part in sorted(touched, key=_part_key):
            files += self._write_part(part, [file for file in old if Part(file.repo, file.month) == part])
        self._database.execute("DROP TABLE given")
        return files

    def _load(self) -> None:
        """Bring the rows given into the database: from the files that hold them, or by way of one.

        Raises TaskfilesError (bad-dataset) for rows of a repository that nobody gave.
        """
        files = self._job.given.files(self._table)
        if files is None:
            path = os.path.join(self._work, f"{self._table}.jsonl")
            records = write_records(_encode, self._columns, self._job.given.batches(self._table))
            write_lines(self._work, os.path.basename(path), self._table, (line for _, line in records))
            files = {DatasetFormat.JSONL: [path]}
        # A line may be longer than DuckDB expects.
        sources = [
            from_json([path], self._columns, max(_OBJECT_BYTES, _longest_line(path)))
            for path in files.get(DatasetFormat.JSONL, ())
        ]
        if paths := files.get(DatasetFormat.PARQUET):
            sources.append(from_parquet(paths))
        columns = ", ".join(f"{identifier(column.name)} {TYPES[column.type]}" for column in self._columns)
        self._database.execute(f"CREATE TABLE given ({columns})")
        for source in sources:
            self._database.execute(f"INSERT INTO given SELECT {self._names} FROM {source}")  # noqa: S608 (our own names)
        strange = f"SELECT repo FROM given WHERE repo IS NULL OR repo NOT IN ({self._given}) LIMIT 1"  # noqa: S608
        if found := self._database.execute(strange).fetchone():
            raise not_readable(self._table, f"there are rows of {found[0]}, which no manifest names")

    def _new_parts(self) -> set[Part]:
        month, repo = "month" if self._is_monthly else "NULL", "repo" if self._by_repo else "NULL"
        found = self._database.execute(f"SELECT DISTINCT {repo}, {month} FROM given").fetchall()  # noqa: S608
        return {Part(*each) for each in found}

    def _old_parts(self, old: Sequence[File]) -> set[Part]:
        """Find the parts that hold rows of repositories that are given.

        Files are sorted by repository, so that their statistics show most of it; only those that are written
        anew are read whole, and compared with their checksums then.
        """
        if self._by_repo:
            return {Part(file.repo, file.month) for file in old if file.repo in self._job.given.repositories}
        found = set()
        for file in old:
            source = from_parquet([place_of(self._job.directory, file)])
            query = f"SELECT 1 FROM {source} WHERE repo IN ({self._given}) LIMIT 1"  # noqa: S608
            try:
                if self._database.execute(query).fetchone():
                    found.add(Part(file.repo, file.month))
            except Exception:
                self._job.old_path(file)  # one that is damaged is named
                raise
        return found

    def _write_part(self, part: Part, old: Sequence[File]) -> Iterator[File]:
        conditions = [
            f"{name} IS NOT DISTINCT FROM {literal(value)}"
            for name, value, counts in (
                ("repo", part.repo, self._by_repo),
                ("month", part.month, self._is_monthly),
            )
            if counts
        ]
        query = f"SELECT {self._names} FROM given WHERE {' AND '.join(conditions) or 'true'}"  # noqa: S608
        if old:
            source = from_parquet([self._job.old_path(file) for file in old])
            query += f" UNION ALL SELECT {self._names} FROM {source} WHERE repo NOT IN ({self._given})"  # noqa: S608
        order = filter(None, (_CLUSTERS.get(self._table), _order(self._table)))
        self._database.execute(f"CREATE OR REPLACE TABLE part AS {query} ORDER BY {', '.join(order)}")
        (rows,) = self._database.execute("SELECT count(*) FROM part").fetchone() or (0,)
        for start in range(0, rows, FILE_ROWS):
            yield self._write_file(part, start, min(FILE_ROWS, rows - start))
        self._database.execute("DROP TABLE part")

    def _write_file(self, part: Part, start: int, rows: int) -> File:
        aside = os.path.join(self._work, "part.parquet")
        span = f"rowid >= {start} AND rowid < {start + rows}"
        self._database.execute(
            f"COPY (SELECT {self._names} FROM part WHERE {span}) TO {literal(aside)}"  # noqa: S608
            f" (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP_ROWS})"
        )
        size, digest = measure_file(aside)
        parts = [self._table]
        if self._by_repo:
            parts.append(f"repo={quote(str(part.repo), safe='')}")
        if self._is_monthly:
            parts.append(f"month={quote(part.month, safe='') if part.month else UNKNOWN_MONTH}")
        path = "/".join([*parts, f"{digest[:16]}.parquet"])
        place = os.path.join(self._job.stage, *path.split("/"))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.replace(aside, place)
        return File(path, self._table, rows, size, digest, part.repo, part.month)


def _longest_line(path: str) -> int:
    """Return the bytes of the longest line of a file; 0 where none can be too long."""
    if os.path.getsize(path) <= _OBJECT_BYTES:
        return 0
    with open(path, "rb") as file:
        return max(map(len, file), default=0) + 1


def _part_key(part: Part) -> tuple[str, str]:
    return part.repo or "", part.month or ""


def _selected(name: str, kind: Type) -> str:
    if kind is Type.INSTANT:
        return f"strftime({identifier(name)}, '%Y-%m-%dT%H:%M:%S.%fZ')"
    return f"to_json({identifier(name)})::VARCHAR" if kind in {Type.TEXTS, Type.VALUES} else identifier(name)


def from_parquet(paths: Sequence[str]) -> str:
    """Write how DuckDB reads files of Parquet: the values in their paths stand in them, too."""
    return f"read_parquet([{', '.join(map(literal, paths))}], hive_partitioning=false)"


def from_json(paths: Sequence[str], columns: Sequence[Column], longest: int) -> str:
    """Write how DuckDB reads files of JSON Lines with some columns; `longest` are the bytes of a line."""
    types = ", ".join(f"{literal(column.name)}: {literal(TYPES[column.type])}" for column in columns)
    return (
        f"read_json([{', '.join(map(literal, paths))}], format='newline_delimited', columns={{{types}}},"
        f" maximum_object_size={longest})"
    )


def _order(table: str) -> str:
    return ", ".join(f"{identifier(name)} NULLS FIRST" for name in KEYS[table])
