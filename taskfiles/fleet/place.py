"""Where a dataset lies: a directory, or a URL that fsspec can read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from taskfiles.dataset.directory import load_manifest
from taskfiles.dataset.manifest import NAME, Counts, Format, Manifest, read_manifest
from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.extras import import_extra

READABLE = (Format.PARQUET, Format.JSONL)


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

    Raises TaskfilesError (bad-dataset, missing-extra, io), also for a format that engines don't read.
    """
    place = place.rstrip("/") if is_url(place) else os.path.abspath(place)
    if is_url(place):
        with _remote_errors(place):
            text = file_system(place).cat_file(f"{place}/{NAME}").decode()
        manifest: Manifest | None = read_manifest(text, path=f"{place}/{NAME}")
    else:
        manifest = load_manifest(place)
    if manifest is None:
        remedy = "Name a directory that `tasks export` has written."
        raise TaskfilesError("bad-dataset", path=place, problem=f"it has no {NAME}", remedy=remedy)
    if manifest.format not in READABLE:
        problem = f"it is {manifest.format}, which no engine reads"
        remedy = "Export with --format parquet, or jsonl, into another directory."
        raise TaskfilesError("bad-dataset", path=place, problem=problem, remedy=remedy)
    return Dataset(place, manifest)


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
        problem = reason_of(error) if isinstance(error, OSError) else str(error).splitlines()[0]
        remedy = "Check the URL and the credentials; the package for this kind of URL may be missing."
        raise TaskfilesError("io", path=place, action="Reading", problem=problem, remedy=remedy) from error
