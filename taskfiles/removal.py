"""Deleting tasks that nothing names any more, and what brings them back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from taskfiles.backlog.mentions import Reference, find_references
from taskfiles.backlog.query import latest_activity
from taskfiles.changes.mutate import Change
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.errors import TaskfilesError
from taskfiles.store.git import Copy, find_copies
from taskfiles.store.store import Store
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED
from taskfiles.text.sections import INSIGHTS, read_section


class Removal(NamedTuple):
    """A deleted task: the change, what git holds of its file, and its insights where it has any."""

    change: Change
    copy: Copy
    insights: str | None


class Kept(NamedTuple):
    """A task that stays, and the places that name it."""

    task: Task
    references: list[Reference]


def delete(
    store: Store, ids: Sequence[str], *, if_match: str | None = None, dry_run: bool = False
) -> list[Removal]:
    """Delete tasks that no other task names, all of them or none; `if_match` is for a single one.

    Raises TaskfilesError: referenced, with every place; and as `mutate_all` does.
    """
    names = list(dict.fromkeys(ids))
    with store.locks.store():
        for task_id in names:
            store.get(task_id)
        references = _find_all(store.snapshot().tasks, names)
        if references:
            raise _referenced(references)
        expected = {names[0]: if_match} if if_match is not None else {}
        return _remove(store, names, "task.delete", expected, dry_run)


def clean_up(store: Store, before: datetime, *, dry_run: bool = False) -> tuple[list[Removal], list[Kept]]:
    """Delete done and canceled tasks whose latest instant is before a moment; those that others name stay.

    A task without an instant of its own stays: nothing tells its age.
    Raises TaskfilesError as `mutate_all` does.
    """
    with store.locks.store():
        tasks = store.snapshot().tasks
        old = {task.id: task for task in tasks if _is_old(task, before)}
        kept: dict[str, Kept] = {}
        while references := _find_all(tasks, old.keys() - kept.keys()):
            for task_id, places in references.items():
                kept[task_id] = Kept(old[task_id], places)
        names = sorted(old.keys() - kept.keys())
        return _remove(store, names, "task.cleanup", {}, dry_run), [kept[each] for each in sorted(kept)]


def _is_old(task: Task, before: datetime) -> bool:
    latest = latest_activity(task)
    return is_word(task.state, CLOSED) and latest is not None and latest < before


def _find_all(tasks: Sequence[Task], ids: Collection[str]) -> dict[str, list[Reference]]:
    """Find what names these tasks, from outside of them."""
    found: dict[str, list[Reference]] = defaultdict(list)
    for task in tasks:
        if task.id not in ids:
            for reference in find_references(task, ids):
                found[reference.target].append(reference)
    return dict(found)


def _referenced(references: dict[str, list[Reference]]) -> TaskfilesError:
    places = [place for task_id in sorted(references) for place in references[task_id]]
    first = places[0]
    named = ", ".join(dict.fromkeys(f"{each.path}:{each.line}" for each in places))
    return TaskfilesError(
        "referenced",
        path=first.path,
        line=first.line,
        id=", ".join(sorted(references)),
        places=named,
        details={"references": [each._asdict() for each in places]},
    )


def _remove(
    store: Store, ids: Sequence[str], action: str, if_match: dict[str, str], dry_run: bool
) -> list[Removal]:
    if not ids:
        return []
    paths = [store.get(task_id).path for task_id in ids]
    copies = find_copies(store.repository, store.root, paths)
    changes = mutate_all(store, {}, action=action, removals=ids, if_match=if_match, dry_run=dry_run)
    return [
        Removal(
            change, copies.get(change.after.path, "none"), read_section(change.after.body, INSIGHTS) or None
        )
        for change in changes
    ]
