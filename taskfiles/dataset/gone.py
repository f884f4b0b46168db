"""Tasks whose files are gone: their attempts stay in a dataset from an earlier export, marked.

Work that was done was done: without this, deleting old tasks would change the figures of past months.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import Any, NamedTuple

from taskfiles.dataset.manifest import TABULAR, Counts, Manifest
from taskfiles.dataset.merging import Source
from taskfiles.dataset.rows import Row, sort_key
from taskfiles.dataset.writing import Given, in_batches

_TABLES = ("tasks", "attempts", "gates")


class _Key(NamedTuple):
    repo: str
    task_id: str


def keep_gone(directory: str, old: Manifest | None, given: Given) -> Given:
    """Add what a dataset has of tasks with attempts that its repositories no longer have.

    A task whose attempts stand under another id now was renamed, and is not kept.
    Raises TaskfilesError (bad-dataset, missing-extra, io).
    """
    repos = given.repositories.keys() & (old.repositories.keys() if old else set())
    if old is None or not repos or old.format not in TABULAR:
        return given
    source = Source(directory, old)
    current = {_key(row) for row in given.rows("tasks")}
    missing = {_key(row) for row in source.rows("tasks", repos) if row["attempts"]} - current
    if not missing:
        return given
    there = {_identity(row) for row in given.rows("attempts")}
    attempts = [row for row in source.rows("attempts", repos) if _key(row) in missing]
    missing -= {_key(row) for row in attempts if _identity(row) in there}
    if not missing:
        return given
    kept = {
        table: [_mark(row) for row in source.rows(table, repos) if _key(row) in missing] for table in _TABLES
    }
    merged = in_batches(
        lambda table: heapq.merge(given.rows(table), kept[table], key=sort_key(table)), given.columns
    )
    return given._replace(
        repositories={repo: _count(repo, counts, kept) for repo, counts in given.repositories.items()},
        batches=lambda table: merged(table) if kept.get(table) else given.batches(table),
        files=lambda table: None if kept.get(table) else given.files(table),
    )


def _key(row: Mapping[str, Any]) -> _Key:
    return _Key(row["repo"], row["task_id"])


def _identity(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what distinguishes an attempt from others of its repository, whichever task it is of."""
    if row["attempt_id"] is not None:
        return row["repo"], row["attempt_id"]
    return row["repo"], row["started_at"], row["ended_at"], row["tool"], row["model"]


def _mark(row: Row) -> Row:
    return row | {"gone": True} if "gone" in row else row


def _count(repo: str, counts: Counts, kept: Mapping[str, list[Row]]) -> Counts:
    more = {table: sum(row["repo"] == repo for row in rows) for table, rows in kept.items()}
    sums = {table: getattr(counts, table) + number for table, number in more.items()}
    return counts._replace(**sums, gone=more["tasks"])
