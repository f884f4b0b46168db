"""Where a dataset lies: a directory, or a URL that fsspec can read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from taskfiles.basics.extras import import_extra
from taskfiles.basics.foreign import explain_remote
from taskfiles.dataset.directory import find_file, is_whole, need_manifest, place_of
from taskfiles.dataset.manifest import NAME, Counts, File, Manifest, read_manifest
from taskfiles.dataset.words import DatasetFormat
from taskfiles.errors import TaskfilesError
from taskfiles.remedy import Remedy

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
        remedy: str = Remedy("Export as parquet, or jsonl, into another directory.", "readable-format")
        raise TaskfilesError("bad-dataset", path=place, problem=problem, remedy=remedy)
    if manifest.lacking:
        problem = f"its tables have no column {manifest.lacking[0]}, which this release reads"
        remedy = "Export the repositories into a new directory with this release."
        raise TaskfilesError("bad-dataset", path=place, problem=problem, remedy=remedy)
    return Dataset(place, manifest)


@contextmanager
def whole_files(dataset: Dataset, tables: Sequence[str]) -> Iterator[Dataset]:
    """Return a dataset on this machine whose files of some tables have the checksums of the manifest.

    Engines would take lines that are missing for lines that never were. Files behind a URL are fetched, each
    once, into a temporary directory, which needs nothing of a server but that it sends files.
    Raises TaskfilesError (bad-dataset, missing-extra, io).
    """
    files = [file for table in tables for file in dataset.manifest.files_of(table)]
    if not dataset.is_remote:
        for file in files:
            find_file(dataset.place, file)
        yield dataset
        return
    with tempfile.TemporaryDirectory(prefix="tasks-") as place:
        with _remote_errors(dataset.place):
            system = file_system(dataset.place)
            for file in files:
                local = place_of(place, file)
                os.makedirs(os.path.dirname(local), exist_ok=True)
                system.get_file(f"{dataset.place}/{file.path}", local)
        for file in files:
            if not is_whole(place, file):
                raise _differs(dataset, file)
        yield dataset._replace(place=place)


def check_sizes(dataset: Dataset, tables: Sequence[str]) -> None:
    """Refuse files of tables behind a URL that have another size than the manifest says.

    For engines on other machines, which fetch files themselves. Not every server gives sizes.
    Raises TaskfilesError (bad-dataset, io).
    """
    files = [file for table in tables for file in dataset.manifest.files_of(table)]
    with _remote_errors(dataset.place):
        sizes = file_system(dataset.place).sizes([f"{dataset.place}/{file.path}" for file in files])
    for file, size in zip(files, sizes, strict=True):
        if size not in {None, file.bytes}:
            raise _differs(dataset, file)


def _differs(dataset: Dataset, file: File) -> TaskfilesError:
    problem = f"{file.path} has not the bytes that the manifest names"
    remedy = "Export or copy it there again, and the manifest last."
    return TaskfilesError("bad-dataset", path=dataset.place, problem=problem, remedy=remedy)


def file_system(place: str) -> Any:
    """Return fsspec's file system for a URL. Raises TaskfilesError (missing-extra)."""
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
        problem = explain_remote(error, "fsspec")
        remedy = "Check the URL and the credentials; the package for this kind of URL may be missing."
        raise TaskfilesError("io", path=place, action="Reading", problem=problem, remedy=remedy) from error
