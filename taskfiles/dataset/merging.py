"""Datasets as what is given to another one: merged, in whichever format they are."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple, TypeVar

from taskfiles.basics.extras import import_extra
from taskfiles.dataset.columns import TABLES, Schema, widen
from taskfiles.dataset.directory import find_file, need_manifest
from taskfiles.dataset.manifest import TABULAR, Counts, Manifest
from taskfiles.dataset.rows import Row, sort_key
from taskfiles.dataset.texts import read_rows
from taskfiles.dataset.words import DatasetFormat
from taskfiles.dataset.writing import Given, in_batches, reading
from taskfiles.errors import TaskfilesError
from taskfiles.remedy import Remedy

_READABLE = frozenset({DatasetFormat.JSONL, DatasetFormat.PARQUET})  # what DuckDB reads without our help
_TRIES = 20  # an export during each of them: they are written all the time
Written = TypeVar("Written")


class Source(NamedTuple):
    """A dataset that is read."""

    directory: str
    manifest: Manifest

    def rows(self, table: str, repos: Collection[str] | None = None) -> Iterator[Row]:
        """Return the rows of a table in order, of some repositories or all.

        Raises TaskfilesError (bad-dataset, missing-extra, io).
        """
        rows = self._rows(table, repos)
        if self.manifest.lacking:  # older columns: what was not known then is null
            blank = {column.name: None for column in TABLES[table]}
            rows = (blank | row for row in rows)
        return rows if repos is None else (row for row in rows if row["repo"] in repos)

    def _rows(self, table: str, repos: Collection[str] | None) -> Iterator[Row]:
        files = [(file, find_file(self.directory, file)) for file in self.manifest.files_of(table)]
        paths = [path for _, path in files]
        if not files:
            return iter(())
        if self.manifest.format is DatasetFormat.PARQUET:
            from taskfiles.dataset import parquet  # noqa: PLC0415 (exports read no dataset of this form)

            return parquet.read_table(paths, table, self.manifest.columns[table], repos)
        if self.manifest.format is DatasetFormat.SQLITE:
            from taskfiles.dataset import lite  # noqa: PLC0415 (as above)

            return lite.read_table(paths[0], table, self.manifest.columns[table])
        each = (read_rows(path, self.manifest.format.value, self.manifest.columns[table]) for path in paths)
        return reading(self.directory, heapq.merge(*each, key=sort_key(table)))


def merge_steadily(directories: Sequence[str], write: Callable[[Given], Written]) -> Written:
    """Open datasets and write what they hold; what is exported into them meanwhile is read again.

    Raises TaskfilesError as `open_sources` and `write` do, and (bad-dataset) where they never stay the same.
    """
    for _ in range(_TRIES):
        before = [need_manifest(directory) for directory in directories]
        try:
            written = write(open_sources(directories))
        except (TaskfilesError, OSError) as error:
            if isinstance(error, TaskfilesError) and error.code not in {"bad-dataset", "io"}:
                raise
            if before == [need_manifest(directory) for directory in directories]:
                raise  # nobody has changed them: that is how it is
        else:
            if before == [need_manifest(directory) for directory in directories]:
                return written
    problem, remedy = "it is written all the time", "Repeat this when the exports have ended."
    raise TaskfilesError("bad-dataset", path=directories[0], problem=problem, remedy=remedy)


def open_sources(directories: Sequence[str]) -> Given:
    """Open datasets in order to give all that they hold.

    Raises TaskfilesError (missing-extra), and (bad-dataset) also for a repository that stands in two.
    """
    sources = [_open(directory) for directory in directories]
    columns = _widen(sources)
    found: dict[str, Counts] = {}
    where: dict[str, str] = {}
    for source in sources:
        for repo, counts in source.manifest.repositories.items():
            if repo in found:
                problem = f"the repository {repo} is in {where[repo]} as well"
                words = "Name one of the two datasets, or export one repository under another name."
                remedy = Remedy(words, "repository-twice")
                raise TaskfilesError("bad-dataset", path=source.directory, problem=problem, remedy=remedy)
            found[repo], where[repo] = counts, source.directory

    def rows(table: str) -> Iterator[Row]:
        return heapq.merge(*(_known(source, table) for source in sources), key=sort_key(table))

    def files(table: str) -> dict[DatasetFormat, list[str]] | None:
        """Return the files of a table as they are, where DuckDB can read them all."""
        if any(source.manifest.format not in _READABLE for source in sources):
            return None
        if any(source.manifest.columns != columns for source in sources):
            return None
        given: dict[DatasetFormat, list[str]] = {}
        for source in sources:
            places = [find_file(source.directory, file) for file in source.manifest.files_of(table)]
            given.setdefault(source.manifest.format, []).extend(places)
        return given

    return Given(dict(sorted(found.items())), in_batches(rows, columns), files=files, columns=columns)


def _widen(sources: Sequence[Source]) -> Schema:
    try:
        return widen(source.manifest.columns for source in sources)
    except ValueError as error:
        problem = f"datasets of different releases have {error} in different types"
        remedy = "Export these repositories again with one release."
        directory = sources[-1].directory
        raise TaskfilesError("bad-dataset", path=directory, problem=problem, remedy=remedy) from error


def _open(directory: str) -> Source:
    manifest = need_manifest(directory)
    if manifest.format not in TABULAR:
        problem = f"it is {manifest.format}, which holds no rows"
        remedy = "Export that repository again as jsonl, csv, sqlite or parquet."
        raise TaskfilesError("bad-dataset", path=directory, problem=problem, remedy=remedy)
    if manifest.format is DatasetFormat.PARQUET:
        import_extra("duckdb", "fleet")
    return Source(directory, manifest)


def _known(source: Source, table: str) -> Iterator[Row]:
    """Pass on rows whose repository the manifest names; others would be lost without a word."""
    for row in source.rows(table):
        if row["repo"] not in source.manifest.repositories:
            problem = f"it holds rows of {row['repo']}, which its manifest does not name"
            remedy = "Export into that dataset again, then repeat this."
            raise TaskfilesError("bad-dataset", path=source.directory, problem=problem, remedy=remedy)
        yield row
