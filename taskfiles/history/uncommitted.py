"""Changes that no commit has: what the clone's journal knows of them, and what was changed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from taskfiles.history.versions import Pair
from taskfiles.store.journal import Record, read_records
from taskfiles.store.store import Store
from taskfiles.task.task import Task, find_task


class Uncommitted(NamedTuple):
    """A change that no commit has: the journal's record of it, or None for one by hand."""

    record: Record | None
    pair: Pair


def read_own_records(store: Store) -> list[Record]:
    """List the journal's records of this project, the newest first; empty where it can't be read."""
    if store.journal is None:
        return []
    try:
        records = [each for each in read_records(store.journal) if each is not None]
    except OSError:
        return []
    site = store.find_site()
    return [each for each in records if each.is_of(store.reader.root, site, store.journal)]


def list_uncommitted(
    records: Sequence[Record], committed: Task | None, now: Task | None
) -> Iterator[Uncommitted]:
    """Yield the changes of a task since the last commit, the newest first; None is a version without it.

    What lies between two records, or behind the oldest, was changed by hand or by another program.
    """
    newer, known = now, now or committed
    task_id = known.id if known is not None else ""
    for record in records:
        if _is_same(newer, committed):
            return
        found = _find(record, task_id)
        if found is None:
            continue
        before, after = found
        if not _is_same(after, newer):
            yield Uncommitted(None, Pair(after, newer))
        yield Uncommitted(record, Pair(before, after))
        newer = before
        if newer is not None:
            task_id = newer.id
    if not _is_same(newer, committed):
        yield Uncommitted(None, Pair(committed, newer))


def _find(record: Record, task_id: str) -> tuple[Task | None, Task | None] | None:
    """Return the versions of a task that a record has; None if it has none, or only unreadable ones."""
    for file in record.files:
        sides = ((file.source, file.before), (file.target, file.after))
        before, after = (find_task(path, data) if path and data is not None else None for path, data in sides)
        if task_id in {task.id for task in (before, after) if task is not None}:
            return before, after
    return None


def _is_same(first: Task | None, second: Task | None) -> bool:
    """Return whether two versions are one text at one path, whatever git makes of its line ends."""
    if first is None or second is None:
        return first is second
    return first.path == second.path and _plain(first) == _plain(second)


def _plain(task: Task) -> bytes:
    return task.data.replace(b"\r\n", b"\n")
