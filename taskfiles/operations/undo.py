"""Use case: undo a command's changes by the journal, unless a file has changed since."""

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

OFFERED = 3  # runs that the error names if the caller has none of its own


class Restoration(NamedTuple):
    """A file's path and bytes as they must be now, and as they are restored; None for no file."""

    now_path: str | None
    now: bytes | None
    path: str | None
    data: bytes | None


def undo(store: Store, run_id: str | None = None, *, dry_run: bool = False) -> Result[list[Record]]:
    """Undo the caller's own last command, or all changes of a named run, in one change.

    `made` are the journal's records that were undone, the newest first.

    Records that are already undone are skipped, so that calling it again goes further back; to undo an
    `undo`, name its run. Only changes of this project's files count, and the journal keeps the last ones.

    If a pickup is undone, its claim ends. Tasks that others have claimed are refused.

    Raises TaskfilesError: claimed, nothing-to-undo, changed-since, path-taken, edit-invalid, lock-timeout,
    io.
    """
    store.check_writable()

    def attempt() -> Result[list[Record]]:
        chosen = _choose(store, run_id)
        restored = find_restorations(chosen)
        duplicates = _find_duplicates(restored)
        planned = [_plan(store, chosen, each, duplicates, dry_run) for each in restored]
        changes = [each.change for each in planned]
        renamed = [(c.before.id, c.after.id) for c in changes if c.before and c.before.id != c.after.id]
        ids = sorted({change.after.id for change in changes} | {old for old, _ in renamed})
        with ExitStack() as claims:
            for names in renamed if not dry_run else ():
                claims.enter_context(moving_claim(store, *names))
            claims.enter_context(as_holder(store, *ids, dry_run=dry_run))
            check_places(store, changes)
            check_relations(store, changes, duplicates)
            if not dry_run:
                commit(store, planned, "task.undo", [record.key for record in chosen])
        ends_claim = any(record.action == "task.claim" for record in chosen)
        for change in changes if not dry_run else ():
            if ends_claim or change.removed:
                end_claim(store, change.after.id)
        return Result(changes, chosen, dry_run)

    with store.locks.store():
        return retry(attempt)


def _choose(store: Store, run_id: str | None) -> list[Record]:
    """Return the records to undo, the newest first."""
    live = list(find_live(_read(store)))
    if run_id is not None:
        chosen = [record for record in live if record.run_id == run_id.lower()]
        if not chosen:
            raise _nothing_to_undo(f"the journal holds no change of run {run_id} that stands", live)
        return chosen
    actor = store.caller.actor
    own = [record for record in live if actor and record.actor == actor and not record.undoes]
    if not own:
        raise _nothing_to_undo("the journal holds no change of yours that stands", live)
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


def is_undoable(store: Store) -> bool:
    """Return whether the last command of this store can be undone."""
    newest = next(_read(store), None)
    return newest is not None and newest.command == store.caller.command


def find_live(records: Iterator[Record]) -> Iterator[Record]:
    """Yield the records, the newest first, that are not undone."""
    undone: set[str] = set()
    for record in records:
        if record.key not in undone:
            undone.update(record.undoes)
            yield record


def _nothing_to_undo(problem: str, live: Sequence[Record]) -> TaskfilesError:
    runs = {record.run_id: record for record in reversed(live)}
    latest = list(runs.values())[: -OFFERED - 1 : -1]
    named = ", ".join(
        f"{record.run_id} ({record.action} of {', '.join(dict.fromkeys(c.id for c in record.files))})"
        for record in latest
    )
    remedy = f"Name a run to take it back; the last ones: {named}." if named else "Nothing was noted yet."
    return TaskfilesError("nothing-to-undo", problem=problem, remedy=remedy)


def find_restorations(records: Sequence[Record]) -> list[Restoration]:
    """Combine the changes of records, the newest first, into one restoration for each file.

    Raises TaskfilesError (changed-since) if something else changed a file in between.
    """
    restored: list[Restoration] = []
    for record in records:
        for change in reversed(record.files):
            if change.target is None:
                before = next((w for w in restored if w.path is None and w.now_path == change.source), None)
            else:
                before = next((w for w in restored if w.path == change.target), None)
            if before is None:
                restored.append(Restoration(change.target, change.after, change.source, change.before))
            elif before.data != change.after:
                raise _changed(record, before.path or "")
            else:
                restored[restored.index(before)] = before._replace(path=change.source, data=change.before)
    return [each for each in restored if each[:2] != each[2:]]


def _changed(record: Record, path: str) -> TaskfilesError:
    return TaskfilesError("changed-since", path=path, action=record.action, time=record.time)


def _find_duplicates(restored: Sequence[Restoration]) -> set[str]:
    """Return the ids that several of the restored files have, as before a merge of them."""
    found = Counter(
        parse_task(each.path, each.data).id for each in restored if each.path and each.data is not None
    )
    return {task_id for task_id, count in found.items() if count > 1}


def _plan(
    store: Store, records: Sequence[Record], file: Restoration, duplicates: Collection[str], dry_run: bool
) -> Planned:
    loaded = None if file.now_path is None else _load(store, records, file.now_path, file.now)
    if file.path is None or file.data is None:
        assert loaded is not None  # the file exists now or is restored
        return Planned(loaded, plan_removal(loaded.task, dry_run=dry_run))
    after = parse_task(file.path, file.data)
    if loaded is not None:
        return Planned(loaded, plan_text(loaded.task, after, dry_run=dry_run))
    if after.id not in duplicates and (holder := store.find_file(after.id)) is not None:
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
