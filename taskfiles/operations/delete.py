"""Use case: delete tasks that no other task names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from taskfiles.backlog.mentions import Reference, find_references
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.store.copies import Copy, find_copies
from taskfiles.store.store import Store
from taskfiles.task.task import Task
from taskfiles.text.sections import INSIGHTS, read_section


class Removal(NamedTuple):
    """A deleted task as it was, git's copy of its file (same, older or none), and its insights if any."""

    task: Task
    copy: Copy
    insights: str | None


def delete(
    store: Store, ids: Sequence[str], *, if_match: str | None = None, dry_run: bool = False
) -> Result[list[Removal]]:
    """Delete tasks that no other task names, all or none; `if_match` is for a single one.

    Raises TaskfilesError: referenced, with every reference; and as `mutate_all` does.
    """
    names = list(dict.fromkeys(ids))
    with store.locks.store():
        for task_id in names:
            store.get(task_id)
        references = find_outside_references(store.snapshot().tasks, names)
        if references:
            raise _referenced(references)
        expected = {names[0]: if_match} if if_match is not None else {}
        return remove_tasks(store, names, "task.delete", expected, dry_run)


def find_outside_references(tasks: Sequence[Task], ids: Collection[str]) -> dict[str, list[Reference]]:
    """Return the references to tasks from all other tasks, by the id referred to."""
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


def remove_tasks(
    store: Store, ids: Sequence[str], action: str, if_match: dict[str, str], dry_run: bool
) -> Result[list[Removal]]:
    """Delete tasks in one change; the caller holds the store's lock and has checked the references."""
    if not ids:
        return Result([], [], dry_run)
    paths = [store.get(task_id).path for task_id in ids]
    copies = find_copies(store.repository, store.root, paths)
    changes = mutate_all(store, {}, action=action, removals=ids, if_match=if_match, dry_run=dry_run)
    removals = [
        Removal(task, copies.get(task.path, "none"), read_section(task.body, INSIGHTS) or None)
        for task in (change.after for change in changes)
    ]
    return Result(changes, removals, dry_run)
