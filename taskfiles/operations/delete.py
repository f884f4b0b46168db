"""Use case: delete tasks that no other task names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import NamedTuple

from taskfiles.backlog.graph import find_parents
from taskfiles.backlog.mentions import Reference, find_references
from taskfiles.backlog.snapshot import Snapshot
from taskfiles.backlog.unreadable_mentions import find_in_unreadable
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.store.copies import Copy, find_copies
from taskfiles.store.store import Store
from taskfiles.task.task import Task, Unreadable
from taskfiles.text.sections import INSIGHTS, read_section


class Removal(NamedTuple):
    """A deleted task as it was, git's copy of its file (same, older or none), and its insights if any.

    `children` are the ids of its children that stay, without a parent now.
    """

    task: Task
    copy: Copy
    insights: str | None
    children: tuple[str, ...] = ()


def delete(
    store: Store, ids: Sequence[str], *, if_match: str | None = None, dry_run: bool = False
) -> Result[list[Removal]]:
    """Delete tasks that no other task names, all or none; `if_match` is for a single one.

    A file that can't be read as a task and may name one counts, too.
    Raises TaskfilesError: referenced, with every reference; and as `mutate_all` does.
    """
    names = list(dict.fromkeys(ids))
    with store.locks.store():
        for task_id in names:
            store.get(task_id)
        snapshot = store.snapshot()
        references = find_outside_references(snapshot.tasks, names)
        doubtful = find_doubtful_references(store, snapshot, names)
        if references or doubtful:
            raise _referenced(references, doubtful)
        expected = {names[0]: if_match} if if_match is not None else {}
        return remove_tasks(store, snapshot.tasks, names, "task.delete", expected, dry_run=dry_run)


def find_outside_references(tasks: Sequence[Task], ids: Collection[str]) -> dict[str, list[Reference]]:
    """Return the references to tasks from all other tasks, by the id referred to."""
    found: dict[str, list[Reference]] = defaultdict(list)
    for task in tasks:
        if task.id not in ids:
            for reference in find_references(task, ids):
                found[reference.target].append(reference)
    return dict(found)


def find_doubtful_references(
    store: Store, snapshot: Snapshot, ids: Collection[str]
) -> dict[str, list[Reference]]:
    """Return where files that can't be read as tasks may name some, by the id named.

    What a file holds that can't be read at all is not known; `Store.unreadable` has its finding.
    """
    found: dict[str, list[Reference]] = defaultdict(list)
    for path in dict.fromkeys(finding.path for finding in snapshot.unreadable):
        with suppress(Unreadable, FileNotFoundError):
            data, _ = store.reader.read_regular(path)
            for reference in find_in_unreadable(path, data, ids):
                found[reference.target].append(reference)
    return dict(found)


def _referenced(
    references: dict[str, list[Reference]], doubtful: dict[str, list[Reference]]
) -> TaskfilesError:
    places = [place for task_id in sorted(references) for place in references[task_id]]
    unread = [place for task_id in sorted(doubtful) for place in doubtful[task_id]]
    first = [*places, *unread][0]
    named = [f"{each.path}:{each.line}" for each in places]
    named += [f"{each.path}:{each.line} (a file that can't be read as a task)" for each in unread]
    return TaskfilesError(
        "referenced",
        path=first.path,
        line=first.line,
        id=", ".join(sorted({*references, *doubtful})),
        places=", ".join(dict.fromkeys(named)),
        details={"references": [each._asdict() for each in (*places, *unread)]},
    )


def remove_tasks(
    store: Store,
    tasks: Sequence[Task],
    ids: Sequence[str],
    action: str,
    if_match: dict[str, str],
    *,
    dry_run: bool,
) -> Result[list[Removal]]:
    """Delete some of all tasks in one change.

    The caller holds the store's lock and has checked the references.
    """
    if not ids:
        return Result([], [], dry_run)
    staying = [task.id for task in tasks if task.id not in set(ids)]
    parents = find_parents(tasks)
    paths = [store.get(task_id).path for task_id in ids]
    copies = find_copies(store.repository, store.root, paths)
    changes = mutate_all(store, {}, action=action, removals=ids, if_match=if_match, dry_run=dry_run)
    removals = [
        Removal(
            task,
            copies.get(task.path, "none"),
            read_section(task.body, INSIGHTS) or None,
            tuple(child for child in staying if parents.get(child) == task.id),
        )
        for task in (change.after for change in changes)
    ]
    return Result(changes, removals, dry_run)
