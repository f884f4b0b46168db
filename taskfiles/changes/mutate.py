"""Change one task: lock, read, plan, check, write; with the checks that every change of tasks runs."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import TypeVar

from taskfiles.backlog.snapshot import Snapshot, no_such_task
from taskfiles.basics.instants import format_instant
from taskfiles.changes.claims import as_holder, check_named, end_claims
from taskfiles.changes.commit import Planned, commit
from taskfiles.changes.draft import (
    Change,
    Draft,
    Edit,
    Linked,
    closes,
    invalid_edit,
    moves_file,
    plan_edit,
)
from taskfiles.changes.write import SettingsChange, check_place
from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store
from taskfiles.task.findings import Finding
from taskfiles.task.names import LONGEST_ID, ids_in_path, is_long_name
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED
from taskfiles.text.nodes import same

__all__ = [
    "Change",
    "Draft",
    "Edit",
    "check_etag",
    "invalid_edit",
    "mutate",
    "retry",
]

_TRIES = 5  # a file that changes during each of them is being rewritten by another program
RELATIONS = ("id", "children", "parent", "depends_on", "blocks", "kind")
_Result = TypeVar("_Result")


def retry(attempt: Callable[[], _Result]) -> _Result:
    """Repeat an attempt that found a file changed underneath, so that an edit by hand is kept.

    Raises TaskfilesError: changed-underneath after the last try, and what the attempt raises.
    """
    for _ in range(_TRIES - 1):
        try:
            return attempt()
        except TaskfilesError as error:
            if error.code != "changed-underneath" or isinstance(error, Linked):
                raise
    return attempt()


def mutate(
    store: Store,
    task_id: str,
    edit: Edit,
    *,
    action: str = "task.update",
    if_match: str | None = None,
    dry_run: bool = False,
    allow_missing: bool = True,
) -> Change:
    """Apply an edit to one task under its lock and write it, unless nothing changes.

    If somebody saves the file meanwhile, the edit is applied to the new text. `action` is the name of the
    change in the journal. Without `allow_missing` a new reference to a task that does not exist is refused
    (no-such-task).
    Raises TaskfilesError: claimed, bad-lease, etag-mismatch, edit-unsafe, edit-invalid, path-taken,
    lock-timeout, changed-underneath, io, and as `Store.load` does.
    """
    store.check_writable()

    def attempt() -> Change:
        loaded = store.load(task_id)
        check_etag(loaded.task, if_match)
        now = format_instant(store.now())
        change = plan_edit(loaded.task, edit, now, layout=store.settings.layout, dry_run=dry_run)
        return write_planned(store, Planned(loaded, change), action, allow_missing=allow_missing)

    def run() -> Change:
        with as_holder(store, task_id, dry_run=dry_run):
            change = retry(attempt)
        end_claims(store, [change])
        return change

    try:
        with store.locks.tasks(task_id):
            return run()
    except Linked:  # few changes move a file that others link to
        with store.locks.store():
            return run()


def write_planned(store: Store, planned: Planned, action: str, *, allow_missing: bool = True) -> Change:
    """Check a planned change of one task and write it, with the links that follow it."""
    (change,) = write_all_planned(
        store, [planned], action, allow_missing=allow_missing, dry_run=planned.change.dry_run
    )
    return change


def write_all_planned(
    store: Store,
    planned: Sequence[Planned],
    action: str,
    *,
    allow_missing: bool = True,
    despite_claims: Container[str] = (),
    settings: SettingsChange | None = None,
    dry_run: bool = False,
) -> list[Change]:
    """Check planned changes together and write them, with the links that follow them; return the changes.

    The caller has the locks, and holds or passes over the claims (`as_holder`); ids in `despite_claims` only
    follow the change of another task. Raises TaskfilesError as `check_named`, `check_places`,
    `check_relations` and `commit` do.
    """
    whole = _follow_links(store, planned, dry_run=dry_run)
    changes = [each.change for each in whole]
    check_named(store, [each for each in changes[: len(planned)] if each.after.id not in despite_claims])
    check_places(store, changes)
    check_relations(store, changes, allow_missing=allow_missing)
    whole = name_waiting(store, whole)
    if not dry_run:
        commit(store, whole, action, settings=settings)
        _report_outside_links(store, changes)
    return [each.change for each in whole[: len(planned)]]


def _follow_links(store: Store, planned: Sequence[Planned], *, dry_run: bool) -> list[Planned]:
    if not any(moves_file(each.change) for each in planned):
        return list(planned)
    from taskfiles.changes.relink import follow_links  # noqa: PLC0415 (most changes move no file)

    return follow_links(store, planned, dry_run=dry_run)


def _report_outside_links(store: Store, changes: Sequence[Change]) -> None:
    if any(change.removed or moves_file(change) for change in changes):
        from taskfiles.changes.outside_links import report_outside_links  # noqa: PLC0415 (as above)

        report_outside_links(store, changes)


def check_etag(task: Task, expected: str | None) -> None:
    """Raise TaskfilesError (etag-mismatch) if a task is not the version that the caller expects."""
    if expected is not None and expected != task.etag:
        raise TaskfilesError(
            "etag-mismatch",
            path=task.path,
            id=task.id,
            actual=task.etag,
            expected=expected,
            details={"etag": task.etag},
        )


def check_places(store: Store, changes: Sequence[Change]) -> None:
    """Refuse changes that would put a file where there is one already, or where none belongs.

    A path that one of the changes leaves is free for another.
    Raises TaskfilesError (long-name, path-taken, outside-root).
    """
    left = {
        change.before.path
        for change in changes
        if change.before and (change.removed or change.before.path != change.after.path)
    }
    for change in changes:
        path = change.after.path
        if change.removed or (change.before is not None and change.before.path == path):
            continue
        if is_long_name(path):
            raise TaskfilesError("long-name", path=path, id=change.after.id, longest=LONGEST_ID)
        check_place(store, path)
        if path not in left and os.path.lexists(store.reader.file(path)):
            raise TaskfilesError("path-taken", path=path, id=change.after.id)


def check_relations(
    store: Store,
    changes: Sequence[Change],
    duplicates: Container[str] = (),
    *,
    allow_missing: bool = True,
) -> None:
    """Refuse changes that together would introduce an error between files.

    The whole store is read only if relations change. Ids in `duplicates` may be in several files.
    Raises TaskfilesError: edit-invalid, no-such-task without `allow_missing` for a new reference to no task.
    """
    if not any(_changes_relations(change) for change in changes):
        return

    def check(snapshot: Snapshot) -> Finding | None:
        if not allow_missing:
            _check_targets(snapshot, changes, store.find_absent().ids)
        return _find_new_error(snapshot.tasks, changes, duplicates)

    finding = store.with_snapshot(check)
    if finding is not None:
        new = next(change.after for change in changes if not change.removed)
        raise invalid_edit(new.id, finding)


def _check_targets(snapshot: Snapshot, changes: Sequence[Change], elsewhere: Iterable[str]) -> None:
    """Raise TaskfilesError (no-such-task) for a reference that changes add to a task that does not exist.

    `elsewhere` are ids of tasks that a sparse checkout leaves out.
    """
    from taskfiles.backlog.graph import list_references  # noqa: PLC0415 (few changes are of relations)

    known = {*elsewhere} | {task.id for task in snapshot.tasks} | {change.after.id for change in changes}
    known |= {task_id for finding in snapshot.unreadable for task_id in ids_in_path(finding.path)}
    for change in changes:
        before = [] if change.before is None else list_references(change.before)
        for key, target in [] if change.removed else list_references(change.after):
            if target not in known and (key, target) not in before:
                error = no_such_task(target, snapshot)
                error.details |= {"field": key, "reference": target}
                raise error


def name_waiting(store: Store, planned: Sequence[Planned]) -> list[Planned]:
    """Return planned changes with the open tasks that depend on what they close.

    The whole store is read only if a change closes a task.
    """
    after = {each.change.after.id: each.change.after for each in planned if not each.change.removed}
    closed = {
        each.change.after.id
        for each in planned
        if each.change.changed and not each.change.removed and closes(each.change.before, each.change.after)
    }
    if not closed:
        return list(planned)
    from taskfiles.backlog.graph import find_dependents  # noqa: PLC0415 (most changes close nothing)

    found = store.with_snapshot(lambda snapshot: find_dependents(snapshot.tasks, closed))
    still = {
        task_id: tuple(
            other for other in others if other not in after or not is_word(after[other].state, CLOSED)
        )
        for task_id, others in found.items()
    }
    return [
        each._replace(change=each.change._replace(waiting=still.get(each.change.after.id, ())))
        for each in planned
    ]


def _find_new_error(
    tasks: Sequence[Task], changes: Sequence[Change], duplicates: Container[str]
) -> Finding | None:
    from taskfiles.backlog.relations import find_new_circle  # noqa: PLC0415 (few changes are of relations)
    from taskfiles.task.order import sort_by_id  # noqa: PLC0415 (as above)

    old = [change.before for change in changes if change.before is not None]
    new = [change.after for change in changes if not change.removed]
    touched = {task.path for task in old}
    others = [task for task in tasks if task.path not in touched]
    before = sort_by_id(_rename_all([*others, *old], changes))
    after = sort_by_id([*others, *new])
    if (circle := find_new_circle(before, after)) is not None:
        return circle
    known = Counter((f.code, f.message) for f in _relation_errors(before))
    named = {task.path: task.id for task in new}
    for finding in _relation_errors(after):
        if finding.code == "duplicate-id" and named.get(finding.path) in duplicates:
            continue
        if not known[finding.code, finding.message]:
            return finding
        known[finding.code, finding.message] -= 1
    return None


def _rename_all(tasks: list[Task], changes: Sequence[Change]) -> list[Task]:
    """Return tasks with the ids that changes give them, so that errors from before are known by these."""
    ids = {c.before.path: c.after.id for c in changes if c.before and c.before.id != c.after.id}
    if not ids:
        return tasks
    from taskfiles.backlog.mentions import may_mention, rename_in_values  # noqa: PLC0415 (only a rename needs it)

    kept = {task.id for task in tasks if task.path not in ids}
    names = [(task.id, ids[task.path]) for task in tasks if task.path in ids and task.id not in kept]
    renamed = []
    for task in tasks:
        values = task.values
        for old, new in names:
            if not may_mention(task, old) and not may_mention(task, new):
                continue
            # References to the new id had no target before; their errors do not count as known.
            values = rename_in_values(rename_in_values(values, new, "-"), old, new)
        renamed.append(Task(task.path, task.document, {**values, "id": ids.get(task.path, task.id)}))
    return renamed


def _changes_relations(change: Change) -> bool:
    if change.removed or not change.changed:
        return False
    old = (
        change.before.values
        if change.before
        else {key: change.after.values.get(key) for key in ("id", "kind")}
    )
    new = change.after.values
    if not all(same(old.get(key), new.get(key)) for key in RELATIONS):
        return True
    if not new.get("links"):
        return False
    from taskfiles.backlog.graph import linked_tasks  # noqa: PLC0415 (few tasks have links)

    return not set(linked_tasks(new["links"])) <= set(linked_tasks(old.get("links")))


def _relation_errors(tasks: Sequence[Task]) -> Iterator[Finding]:
    from taskfiles.backlog.relations import RELATION_RULES  # noqa: PLC0415 (as above)

    for rule in RELATION_RULES:
        yield from (finding for finding in rule(tasks) if finding.severity == "error")
