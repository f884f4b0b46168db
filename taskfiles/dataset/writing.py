"""What writers of a dataset are given, and the files that they write aside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import chain, islice
from typing import NamedTuple

from taskfiles.basics.foreign import explain_record
from taskfiles.dataset.columns import TABLES, Schema
from taskfiles.dataset.directory import find_file
from taskfiles.dataset.manifest import Counts, File, Manifest
from taskfiles.dataset.rows import Row, Values, batch_rows, list_rows
from taskfiles.dataset.words import DatasetFormat
from taskfiles.errors import TaskfilesError

_AT_ONCE = 50  # lines that are written together


class Given(NamedTuple):
    """Repositories with all that is exported of them.

    `batches` gives the rows of a table, fit and sorted, some at a time and column by column; `documents` the
    lines of a repository for formats that hold no tables; `files` the same rows as files, by their format,
    where they lie in some. `columns` are ours, and those that datasets of other releases have besides.
    """

    repositories: Mapping[str, Counts]
    batches: Callable[[str], Iterable[Values]]
    documents: Callable[[str], Iterable[bytes]] = lambda _repo: ()
    files: Callable[[str], Mapping[DatasetFormat, list[str]] | None] = lambda _table: None
    columns: Schema = TABLES

    def rows(self, table: str) -> Iterator[Row]:
        """Return the rows of a table one by one."""
        return chain.from_iterable(map(list_rows, self.batches(table)))


def in_batches(
    rows: Callable[[str], Iterable[Row]], columns: Schema = TABLES
) -> Callable[[str], Iterator[Values]]:
    """Return what gives the rows of a table in batches, of what gives them one by one."""
    return lambda table: batch_rows([column.name for column in columns[table]], rows(table))


class Job(NamedTuple):
    """One writing: what there is, what is given, and where new files go.

    Rows of the repositories that are given replace those that are there; all others stay. With `safe_csv`
    no text of CSV is one that a spreadsheet runs.
    """

    directory: str
    stage: str
    old: Manifest | None
    given: Given
    partition: tuple[str, ...]
    safe_csv: bool = False

    def old_files(self, table: str) -> list[File]:
        """List the files of a table that are there."""
        return self.old.files_of(table) if self.old else []

    def old_path(self, file: File) -> str:
        """Return the place of a file that is there and whole. Raises TaskfilesError (bad-dataset, io)."""
        return find_file(self.directory, file)


def write_lines(stage: str, path: str, table: str, lines: Iterable[bytes], *, header: bytes = b"") -> File:
    """Write lines into a new file below the staging directory, and return its entry. Raises OSError."""
    place = os.path.join(stage, *path.split("/"))
    os.makedirs(os.path.dirname(place), exist_ok=True)
    digest, size, rows = sha256(header), len(header), 0
    with open(place, "xb") as file:
        file.write(header)
        left = iter(lines)
        while some := [*islice(left, _AT_ONCE)]:
            data = b"".join(some)
            file.write(data)
            digest.update(data)
            size += len(data)
            rows += len(some)
    return File(path, table, rows, size, digest.hexdigest())


def reading(path: str, records: Iterable[Row]) -> Iterator[Row]:
    """Pass on the rows of a file; what is none is an error. Raises TaskfilesError (bad-dataset)."""
    try:
        yield from records
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise not_readable(path, explain_record(error)) from error


def not_readable(path: str, problem: str) -> TaskfilesError:
    """Build the error of a file of a dataset that holds something else."""
    remedy = "Bring that file back, or export into another directory; nothing was changed."
    return TaskfilesError("bad-dataset", path=path, problem=problem, remedy=remedy)
