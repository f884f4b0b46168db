"""Where a dataset lies: a directory, or a URL that fsspec can read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from taskfiles.basics.extras import import_extra
from taskfiles.dataset.directory import find_file, need_manifest
from taskfiles.dataset.manifest import NAME, Counts, Manifest, read_manifest
from taskfiles.dataset.words import DatasetFormat
from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.store.disk import io_errors

READABLE = (DatasetFormat.PARQUET, DatasetFormat.JSONL)


class Dataset(NamedTuple):
    """A dataset that can be read: its place, without a slash at the end, and what is there."""

    place: str
    manifest: Manifest

    @property
    def is_remote(self) -> bool:
        """Whether it lies at a URL."""
        return is_url(self.place)

    def paths(self, table: str) -> list[str]:
        """List the files of a table as paths, or as URLs."""
        return [f"{self.place}/{file.path}" for file in self.manifest.files_of(table)]

    def count_unreadable(self, repos: frozenset[str]) -> int:
        """Count the files that could not be read when these repositories, or all, were exported."""
        return sum(each.unreadable for each in self._counts(repos))

    def has_events(self, repos: frozenset[str]) -> bool:
        """Whether any event of these repositories, or of all, is there."""
        return any(each.events for each in self._counts(repos))

    def _counts(self, repos: frozenset[str]) -> list[Counts]:
        counts = self.manifest.repositories
        return [each for repo, each in counts.items() if not repos or repo in repos]


def is_url(place: str) -> bool:
    """Whether a place is a URL.

    >>> is_url("s3://bucket/tasks"), is_url("/srv/tasks")
    (True, False)
    """
    return "://" in place


def open_dataset(place: str) -> Dataset:
    """Read the manifest at a place.

    Raises TaskfilesError (bad-dataset, missing-extra, io), also for a format that engines don't read, and for
    tables without a column that they do.
    """
    if is_url(place):
        # What is nothing but a beginning stays as it is, and is refused as a URL.
        place = bare if is_url(bare := place.rstrip("/")) else place
        with _remote_errors(place):
            text = file_system(place).cat_file(f"{place}/{NAME}").decode(errors="replace")
        manifest = read_manifest(text, path=f"{place}/{NAME}")
    else:
        place = os.path.abspath(place)
        manifest = need_manifest(place)
    if manifest.format not in READABLE:
        problem = f"it is {manifest.format}, which no engine reads"
        remedy = "Export with --format parquet, or jsonl, into another directory."
        raise TaskfilesError("bad-dataset", path=place, problem=problem, remedy=remedy)
    if manifest.lacking:
        problem = f"its tables have no column {manifest.lacking[0]}, which this release reads"
        remedy = "Export the repositories into a new directory with this release."
        raise TaskfilesError("bad-dataset", path=place, problem=problem, remedy=remedy)
    return Dataset(place, manifest)


def check_files(dataset: Dataset, tables: Sequence[str]) -> None:
    """Refuse files of tables that are not what the manifest tells of.

    Engines would take lines that are missing for lines that never were. JSON Lines in a directory are read as
    a whole, which takes less time than to parse them; of Parquet, and behind a URL, the size is compared.
    Raises TaskfilesError (bad-dataset, io).
    """
    files = [file for table in tables for file in dataset.manifest.files_of(table)]
    if dataset.is_remote:
        with _remote_errors(dataset.place):
            sizes = file_system(dataset.place).sizes([f"{dataset.place}/{file.path}" for file in files])
        # Not every server tells a size.
        wrong = [file for file, size in zip(files, sizes, strict=True) if size not in {None, file.bytes}]
    elif dataset.manifest.format is DatasetFormat.JSONL:
        for file in files:
            find_file(dataset.place, file)
        wrong = []
    else:
        wrong = [file for file in files if _size(f"{dataset.place}/{file.path}") != file.bytes]
    if wrong:
        problem = f"{wrong[0].path} is not what the manifest tells of"
        remedy = "Export or copy it there again, and the manifest last."
        raise TaskfilesError("bad-dataset", path=dataset.place, problem=problem, remedy=remedy)


def _size(path: str) -> int | None:
    """Give the size of a file, None where there is none."""
    with io_errors("Reading", path), suppress(FileNotFoundError):
        return os.path.getsize(path)
    return None


def file_system(place: str) -> Any:
    """Give fsspec's file system for a URL. Raises TaskfilesError (missing-extra)."""
    fsspec = import_extra("fsspec", "fleet")
    with _remote_errors(place):
        return fsspec.url_to_fs(place)[0]


@contextmanager
def _remote_errors(place: str) -> Iterator[None]:
    """Turn whatever goes wrong with a URL into one error; each kind of place has errors of its own."""
    try:
        yield
    except TaskfilesError:
        raise
    except Exception as error:
        told = reason_of(error) if isinstance(error, OSError) else str(error)
        problem = (told.splitlines() or [type(error).__name__])[0]
        remedy = "Check the URL and the credentials; the package for this kind of URL may be missing."
        raise TaskfilesError("io", path=place, action="Reading", problem=problem, remedy=remedy) from error
