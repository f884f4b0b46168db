"""Use case: put repositories into a dataset, replacing their earlier rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from taskfiles.basics.extras import import_extra
from taskfiles.dataset import textfiles
from taskfiles.dataset.columns import TABLES, Schema
from taskfiles.dataset.destination import check_destination
from taskfiles.dataset.directory import (
    finish,
    held,
    is_whole,
    load_manifest,
    publish,
    refuse_other_columns,
    staging,
)
from taskfiles.dataset.gone import keep_gone
from taskfiles.dataset.manifest import TABULAR, Counts, File, Manifest
from taskfiles.dataset.rows import Values, count_rows
from taskfiles.dataset.words import DatasetFormat
from taskfiles.dataset.writing import Given, Job
from taskfiles.errors import TaskfilesError
from taskfiles.remedy import Remedy
from taskfiles.store.disk import io_errors

PATIENCE = 10.0  # seconds that another writer is waited for
Progress = Callable[[int, int], None]
LAST = list(TABLES)[-1]


class Exported(NamedTuple):
    """The dataset as it is now, which of its files have changed, and what it has of those given."""

    manifest: Manifest
    changed: frozenset[str]
    is_changed: bool
    repositories: Mapping[str, Counts]


def choose_format(
    directory: str, format_: DatasetFormat | None, *, by_repo: bool, columns: Schema = TABLES
) -> tuple[DatasetFormat, tuple[str, ...]]:
    """Return the format and partition of a dataset: as it is there, else as it is asked for, else jsonl.

    Raises TaskfilesError (bad-dataset) where the two differ, (missing-extra), and as `load_manifest` does.
    """
    found = load_manifest(directory)
    wanted = format_ or (found.format if found else DatasetFormat.JSONL)
    if wanted is DatasetFormat.PARQUET:
        import_extra("duckdb", "fleet")
    partition = () if wanted is not DatasetFormat.PARQUET else ("repo", "month") if by_repo else ("month",)
    if by_repo and not partition:
        problem = f"{wanted} is not split by repository"
        remedy = Remedy("Use it with the format parquet.", "split-format")
        raise TaskfilesError("bad-value", option="partition", given="repo", problem=problem, remedy=remedy)
    if found is None:
        return wanted, partition
    refuse_other_columns(directory, found, columns)
    if found.format is not wanted:
        way = Remedy("Export as {format}", "same-format", format=found.format)
        raise _differs(directory, f"it is {found.format}, not {wanted}", way)
    if by_repo and found.partition != partition:
        way = Remedy("Export without a partition", "no-partition")
        raise _differs(directory, "it is not split by repository", way)
    return wanted, found.partition


def export(
    directory: str,
    given: Given,
    format_: DatasetFormat | None,
    *,
    by_repo: bool = False,
    timeout: float = PATIENCE,
    progress: Progress | None = None,
    safe_csv: bool = False,
) -> Exported:
    """Write what is given; the same input makes the same bytes, and nothing is written where it is there.

    Other writers wait for up to `timeout` seconds. Whatever happens, the directory holds the dataset of
    before or that of after. With `safe_csv` a dataset of CSV has an apostrophe before each text that a
    spreadsheet would run. Raises TaskfilesError (bad-dataset, missing-extra, lock-timeout, io).
    """
    columns = given.columns
    check_destination(directory)
    choose_format(
        directory, format_, by_repo=by_repo, columns=columns
    )  # what is refused is refused without a trace
    with held(directory, timeout):
        format_, partition = choose_format(directory, format_, by_repo=by_repo, columns=columns)
        old = finish(directory, load_manifest(directory))
        given = keep_gone(directory, old, given)
        with staging(directory) as stage, io_errors("Writing", directory):
            shown = _with_progress(given, progress) if progress else given
            job = Job(directory, stage, old, shown, partition, safe_csv=safe_csv)
            files = tuple(sorted(_write(job, format_)))
            repositories = {**(old.repositories if old else {}), **given.repositories}
            manifest = Manifest(
                format_, partition, dict(sorted(repositories.items())), files, columns=columns
            )
            changed = frozenset(file.path for file in files if _is_new(job, file))
            is_changed = manifest != old or bool(changed)
            if is_changed:
                publish(directory, manifest, changed, old)
            else:
                finish(directory, old)
    return Exported(manifest, changed, is_changed, given.repositories)


def _write(job: Job, format_: DatasetFormat) -> list[File]:
    if format_ is DatasetFormat.PARQUET:
        from taskfiles.dataset.parquet import write_parts  # noqa: PLC0415 (what it needs takes 5 ms to import)

        return write_parts(job)
    if format_ is DatasetFormat.SQLITE:
        from taskfiles.dataset.lite import write_database  # noqa: PLC0415 (SQLite takes 5 ms to import)

        return write_database(job)
    return (textfiles.write_tables if format_ in TABULAR else textfiles.write_documents)(job, format_)


def _is_new(job: Job, file: File) -> bool:
    """Whether a file was written and is not what is there; then that stays, and the new one is dropped."""
    staged = os.path.join(job.stage, *file.path.split("/"))
    if not os.path.lexists(staged):
        return False
    return file not in (job.old.files if job.old else ()) or not is_whole(job.directory, file)


def _with_progress(given: Given, progress: Progress) -> Given:
    """Report progress as the rows are asked for."""
    whole = sum(
        counts.tasks + counts.attempts + counts.gates + (counts.events or 0) + (counts.plans or 0)
        for counts in given.repositories.values()
    )
    done = 0

    def batches(table: str) -> Iterator[Values]:
        nonlocal done
        for batch in given.batches(table):
            yield batch
            done += count_rows(batch)
            if done < whole:
                progress(done, whole)
        if table == LAST:
            progress(whole, whole)

    return given._replace(batches=batches)


def _differs(directory: str, problem: str, way: str) -> TaskfilesError:
    remedy = Remedy("{way}, or name another directory; nothing was changed.", way=way)
    return TaskfilesError("bad-dataset", path=directory, problem=problem, remedy=remedy)
