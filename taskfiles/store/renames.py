"""The id that a task has now, if it was renamed: what the journal has of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskfiles.basics.instants import parse_instant
from taskfiles.store.journal import read_records
from taskfiles.task.task import find_task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from taskfiles.store.journal import FileChange
    from taskfiles.store.store import Store


def find_new_id(store: Store, task_id: str, since: datetime) -> str:
    """Follow the renames of a task from an instant on; return its id as it is, if there was none.

    A rename by hand is not in the journal, and nor is one whose record was pruned.
    """
    found = task_id
    for old, new in reversed(list(_renames(store, since))):
        if old == found:
            found = new
    return found


def _renames(store: Store, since: datetime) -> Iterator[tuple[str, str]]:
    """Yield the old and the new id of each rename from an instant on, the newest first."""
    if store.journal is None:
        return
    earliest, site = since.replace(microsecond=0), store.find_site()
    try:
        for record in read_records(store.journal):
            if record is None or not record.is_of(store.reader.root, site, store.journal):
                continue
            if parse_instant(record.time) < earliest:
                return
            for change in reversed(record.files):
                old, new = _ids(change)
                if old is not None and new is not None and old != new:
                    yield old, new
    except (OSError, ValueError):
        return


def _ids(change: FileChange) -> tuple[str | None, str | None]:
    before, after = (
        find_task("", data) if data is not None else None for data in (change.before, change.after)
    )
    return before.id if before else None, after.id if after else None
