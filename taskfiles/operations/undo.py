"""Use case: undo what a command changed, by the journal, unless a file has changed since."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from taskfiles.changes.commit import Planned, commit
from taskfiles.changes.draft import plan_creation, plan_removal, plan_text
from taskfiles.changes.mutate import (
    as_holder,
    check_places,
    check_relations,
    end_claim,
    moving_claim,
    retry,
)
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.store.journal import Record, read_records
from taskfiles.store.reader import Loaded
from taskfiles.store.store import Store
from taskfiles.task.task import Unreadable, parse_task

OFFERED = 3  # runs that are named where the caller has none of its own


class Restoration(NamedTuple):
    """A file's way back: where and what it must be now, and where and what it was; None for no file."""

    now_path: str | None
    now: bytes | None
    path: str | None
    data: bytes | None


def undo(store: Store, run_id: str | None = None, *, dry_run: bool = False) -> Result[list[Record]]:
    """Take back the caller's own last command, or all that a named run did, in one change.

    `made` are the journal's records that were taken back, the newest first.

    What was taken back already is passed over, so that calling it again goes further back; to take back
    an `undo`, name its run. Only changes of this project's files, of which the journal holds the last.

    A pickup that is taken back ends its claim. Tasks that others have claimed are refused.

    Raises TaskfilesError: claimed, nothing-to-undo, changed-since, path-taken, edit-invalid, lock-timeout,
    io.
    """
    store.check_writable()

    def attempt() -> Result[list[Record]]:
        chosen = _choose(store, run_id)
        ways = find_way_back(chosen)
        doubled = _find_doubled(ways)
        planned = [_plan(store, chosen, each, doubled, dry_run) for each in ways]
        changes = [each.change for each in planned]
        renamed = [(c.before.id, c.after.id) for c in changes if c.before and c.before.id != c.after.id]
        ids = sorted({change.after.id for change in changes} | {old for old, _ in renamed})
        with ExitStack() as claims:
            for names in renamed if not dry_run else ():
                claims.enter_context(moving_claim(store, *names))
            claims.enter_context(as_holder(store, *ids, dry_run=dry_run))
            check_places(store, changes)
            check_relations(store, changes, doubled)
            if not dry_run:
                commit(store, planned, "task.undo", [record.key for record in chosen])
        gives_back = any(record.action == "task.claim" for record in chosen)
        for change in changes if not dry_run else ():
            if gives_back or change.removed:
                end_claim(store, change.after.id)
        return Result(changes, chosen, dry_run)

    with store.locks.store():
        return retry(attempt)


def _choose(store: Store, run_id: str | None) -> list[Record]:
    """Find the records to take back, the newest first."""
    live = list(find_live(_read(store)))
    if run_id is not None:
        chosen = [record for record in live if record.run_id == run_id.lower()]
        if not chosen:
            raise _nothing(f"the journal holds no change of run {run_id} that stands", live)
        return chosen
    actor = store.caller.actor
    own = [record for record in live if actor and record.actor == actor and not record.undoes]
    if not own:
        raise _nothing("the journal holds no change of yours that stands", live)
    command = own[0].command
    return [record for record in own if record.command == command] if command else own[:1]


def _read(store: Store) -> Iterator[Record]:
    if store.journal is None:
        return
    root, damaged = os.path.relpath(store.reader.root, store.journal), 0
    for record in read_records(store.journal):
        if record is None:
            damaged += 1
        elif record.root == root:
            yield record
    if damaged:
        message = f"{damaged} of the journal's records can't be read; they are passed over."
        store.notice(message, "journal-damaged")


def is_noted(store: Store) -> bool:
    """Tell whether what was done through this store last can be taken back."""
    newest = next(_read(store), None)
    return newest is not None and newest.command == store.caller.command


def find_live(records: Iterator[Record]) -> Iterator[Record]:
    """Leave out of records, the newest first, those that were taken back."""
    taken: set[str] = set()
    for record in records:
        if record.key not in taken:
            taken.update(record.undoes)
            yield record


def _nothing(problem: str, live: Sequence[Record]) -> TaskfilesError:
    runs = {record.run_id: record for record in reversed(live)}
    latest = list(runs.values())[: -OFFERED - 1 : -1]
    named = ", ".join(
        f"{record.run_id} ({record.action} of {', '.join(dict.fromkeys(c.id for c in record.files))})"
        for record in latest
    )
    remedy = f"Name a run to take it back; the last ones: {named}." if named else "Nothing was noted yet."
    return TaskfilesError("nothing-to-undo", problem=problem, remedy=remedy)


def find_way_back(records: Sequence[Record]) -> list[Restoration]:
    """Join the changes of records, the newest first, to one way back for each file.

    Raises TaskfilesError (changed-since) where something else changed a file in between.
    """
    ways: list[Restoration] = []
    for record in records:
        for change in reversed(record.files):
            if change.target is None:
                before = next((w for w in ways if w.path is None and w.now_path == change.source), None)
            else:
                before = next((w for w in ways if w.path == change.target), None)
            if before is None:
                ways.append(Restoration(change.target, change.after, change.source, change.before))
            elif before.data != change.after:
                raise _changed(record, before.path or "")
            else:
                ways[ways.index(before)] = before._replace(path=change.source, data=change.before)
    return [way for way in ways if way[:2] != way[2:]]


def _changed(record: Record, path: str) -> TaskfilesError:
    return TaskfilesError("changed-since", path=path, action=record.action, time=record.time)


def _find_doubled(ways: Sequence[Restoration]) -> set[str]:
    """Find the ids that stood in several of the files that come back, as before a merge of them."""
    found = Counter(parse_task(way.path, way.data).id for way in ways if way.path and way.data is not None)
    return {task_id for task_id, count in found.items() if count > 1}


def _plan(
    store: Store, records: Sequence[Record], way: Restoration, doubled: Collection[str], dry_run: bool
) -> Planned:
    loaded = None if way.now_path is None else _load(store, records, way.now_path, way.now)
    if way.path is None or way.data is None:
        assert loaded is not None  # from nothing to nothing is no way
        return Planned(loaded, plan_removal(loaded.task, dry_run=dry_run))
    after = parse_task(way.path, way.data)
    if loaded is not None:
        return Planned(loaded, plan_text(loaded.task, after, dry_run=dry_run))
    if after.id not in doubled and (holder := store.holder(after.id)) is not None:
        raise TaskfilesError("id-taken", path=holder, id=after.id)
    return Planned(None, plan_creation(after, dry_run=dry_run))


def _load(store: Store, records: Sequence[Record], path: str, data: bytes | None) -> Loaded:
    try:
        loaded = store.reader.read(path)
    except (FileNotFoundError, Unreadable):
        loaded = None
    if loaded is None or loaded.task.data != data:
        raise _changed(records[0], path)
    return loaded
