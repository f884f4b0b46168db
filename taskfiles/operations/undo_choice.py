"""Which of the journal's records `undo` undoes, and why none where it is not the caller's to choose."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from taskfiles.errors import TaskfilesError
from taskfiles.remedy import Remedy, join_remedies
from taskfiles.store.disk import io_errors
from taskfiles.store.journal import Record
from taskfiles.store.recovery import read_made
from taskfiles.store.store import Store

OFFERED = 3  # runs that the error names if the caller has none of its own


class Standing(NamedTuple):
    """The clone's records that are not undone, the newest first.

    `damaged` names the newest record that can't be read, and `newer` counts those that are newer than it.
    """

    records: list[Record]
    damaged: str | None
    newer: int


def choose(store: Store, run_id: str | None) -> list[Record]:
    """Return the records of the caller's own last command, or those of a run, the newest first.

    Raises TaskfilesError: nothing-to-undo; changed-elsewhere if that command changed another project, such
    as that of another worktree, since an older change must not be taken for it; io.
    """
    standing, root, site = _read_standing(store), store.reader.root, store.find_site()
    ours = [record for record in standing.records if record.is_of(root, site, store.journal or "")]
    own = {record.key for record in ours}
    chosen = _find_own(store, standing, ours) if run_id is None else _find_run(standing, ours, run_id)
    wanted = chosen[:1] if run_id is None else chosen
    if all(record.key not in own for record in wanted):
        raise _elsewhere(store, chosen[0], ours)
    for place in dict.fromkeys(_place(store, record) for record in chosen if record.key not in own):
        message = f"What the same run changed in {place} stands; undo it there."
        store.notice(message, "changed-elsewhere")
    return [record for record in chosen if record.key in own]


def _find_own(store: Store, standing: Standing, ours: Sequence[Record]) -> list[Record]:
    actor = store.caller.actor
    own = [record for record in standing.records if actor and record.actor == actor and not record.undoes]
    if standing.damaged is not None and (not own or own[0] not in standing.records[: standing.newer]):
        raise _nothing_to_undo(f"a later record of the journal, {standing.damaged}, can't be read", ours)
    if not own:
        raise _nothing_to_undo("no change of yours is recorded in this clone", ours)
    command = own[0].command
    return [record for record in own if record.command == command] if command else own[:1]


def _find_run(standing: Standing, ours: Sequence[Record], run_id: str) -> list[Record]:
    chosen = [record for record in standing.records if record.run_id == run_id.lower()]
    if not chosen:
        raise _nothing_to_undo(f"run {run_id} has no change here that can be undone", ours)
    return chosen


def _read_standing(store: Store) -> Standing:
    found: list[Record] = []
    undone: set[str] = set()
    damaged, newer = None, 0
    if store.journal is not None:
        with io_errors("Reading", store.journal):
            for noted in read_made(store.journal):
                record = noted.record
                if record is None:
                    damaged, newer = damaged or noted.name, newer if damaged else len(found)
                elif record.key not in undone:
                    undone.update(record.undoes)
                    found.append(record)
    return Standing(found, damaged, newer)


def is_undoable(store: Store) -> bool:
    """Return whether the last command of this store can be undone."""
    if store.journal is None:
        return False
    try:
        newest = next(read_made(store.journal), None)
    except OSError:
        return False
    return newest is not None and newest.record is not None and newest.record.command == store.caller.command


def _place(store: Store, record: Record) -> str:
    assert store.journal is not None  # it holds the record
    return record.find_root(store.journal)


def _elsewhere(store: Store, record: Record, ours: Sequence[Record]) -> TaskfilesError:
    place = _place(store, record)
    offered = _offer(ours)
    here = _name_runs(offered) if offered else ""
    if os.path.isdir(place):
        there: str = Remedy("Undo it there.", "undo-there", place=place)
    else:  # a worktree is removed with its files, or moved without git
        there = "There is no such directory now. If it was moved, `git worktree repair` there, then undo it."
    remedy = join_remedies([there, here])
    return TaskfilesError(
        "changed-elsewhere",
        action=record.action,
        ids=_ids_of(record),
        place=place,
        remedy=remedy,
        details={"root": place, "run_id": record.run_id, "action": record.action, "time": record.time},
    )


def _nothing_to_undo(problem: str, ours: Sequence[Record]) -> TaskfilesError:
    offered = _offer(ours)
    remedy = _name_runs(offered) if offered else "The journal is empty."
    return TaskfilesError("nothing-to-undo", problem=problem, remedy=remedy)


def _name_runs(offered: str) -> Remedy:
    return Remedy("Name a run to undo it here; the last ones: {offered}.", "undo-run", offered=offered)


def _offer(ours: Sequence[Record]) -> str:
    runs = {record.run_id: record for record in reversed(ours)}
    latest = list(runs.values())[: -OFFERED - 1 : -1]
    return ", ".join(f"{record.run_id} ({record.action} of {_ids_of(record)})" for record in latest)


def _ids_of(record: Record) -> str:
    return ", ".join(dict.fromkeys(change.id for change in record.files))
