"""Use case: make the same changes in several tasks, named or chosen by a filter, all or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from taskfiles.backlog.filter import Filter
from taskfiles.backlog.graph import find_parents
from taskfiles.backlog.query import find_tasks
from taskfiles.backlog.snapshot import Snapshot, ambiguous_task
from taskfiles.backlog.unmatched import check_parents
from taskfiles.changes.mutate import Draft, Edit
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.operations.update import Update, apply_update, check_update, is_there
from taskfiles.store.store import Store
from taskfiles.text.checkboxes import Box


def update_all(
    store: Store,
    chosen: Sequence[str] | Filter,
    changes: Update,
    *,
    most: int | None = None,
    allow_missing: bool = False,
    dry_run: bool = False,
) -> Result[dict[str, list[Box]]]:
    """Make the same changes in several tasks, all or none; `made` maps ids to the boxes of `checks`.

    `chosen` are ids, or a filter, which no task may match. The result has the changes in the order of the
    ids, and then those of parents. No more than `most` tasks are changed.
    Raises TaskfilesError: many-tasks, and as `update` does.
    """
    check_update(chosen[0] if not isinstance(chosen, Filter) and chosen else "", changes)
    with store.locks.store():
        paths = store.with_snapshot(lambda snapshot: _choose(store, snapshot, chosen))
        if most is not None and len(paths) > most:
            raise TaskfilesError("many-tasks", count=len(paths), most=most, details={"ids": list(paths)})
        return _update(store, paths, changes, allow_missing=allow_missing, dry_run=dry_run)


def _choose(store: Store, snapshot: Snapshot, chosen: Sequence[str] | Filter) -> dict[str, str]:
    """Map the ids of the chosen tasks to their files' paths."""
    places: dict[str, list[str]] = {}
    for task in snapshot.tasks:
        places.setdefault(task.id, []).append(task.path)
    if isinstance(chosen, Filter):
        check_parents(snapshot, chosen, find_parents(snapshot.tasks))
        ids = [task.id for task in find_tasks(snapshot.tasks, chosen)]
    else:
        ids = list(chosen)
    found: dict[str, str] = {}
    for task_id in ids:
        paths = places.get(task_id) or [store.load(task_id).task.path]  # which says what is wrong with it
        if len(paths) > 1:
            raise ambiguous_task(task_id, paths)
        found[task_id] = paths[0]
    return found


def _update(
    store: Store, paths: Mapping[str, str], changes: Update, *, allow_missing: bool, dry_run: bool
) -> Result[dict[str, list[Box]]]:
    if changes.parent is not None and not is_there(store, changes.parent, allow_missing=allow_missing):
        changes = changes._replace(set={**changes.set, "parent": changes.parent}, parent=None)
    boxes: dict[str, list[Box]] = {}
    edits: dict[str, list[Edit]] = {path: [_edit(task_id, changes, boxes)] for task_id, path in paths.items()}
    guarded = set(edits)
    if changes.parent is not None and paths:
        from taskfiles.operations.children import child_edits  # noqa: PLC0415 (most updates move no task)

        for name, edit in child_edits(store, changes.parent, list(paths)).items():
            path = name if "/" in name else paths.get(name) or store.load(name).task.path
            guarded |= {path} if "/" not in name else set()
            edits.setdefault(path, []).append(edit)
    if not edits:
        return Result([], {}, dry_run)
    made = mutate_all(
        store,
        {path: partial(_run, each) for path, each in edits.items()},
        action="task.update",
        despite_claims=edits.keys() - guarded,
        dry_run=dry_run,
        allow_missing=allow_missing,
    )
    return Result(
        [*made[: len(paths)], *(each for each in made[len(paths) :] if each.changed)], boxes, dry_run
    )


def _edit(task_id: str, changes: Update, boxes: dict[str, list[Box]]) -> Edit:
    def edit(draft: Draft) -> None:
        boxes[task_id] = apply_update(draft, changes)

    return edit


def _run(edits: Sequence[Edit], draft: Draft) -> None:
    for edit in edits:
        edit(draft)
