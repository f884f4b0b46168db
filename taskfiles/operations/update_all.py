"""Use case: make the same changes in several tasks, named or chosen by a filter, all or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from taskfiles.backlog.filter import Filter
from taskfiles.backlog.graph import find_parents
from taskfiles.backlog.query import find_tasks
from taskfiles.backlog.unmatched import check_parents
from taskfiles.changes.mutate import Draft, Edit
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.operations.update import Update, apply_update, check_update, is_there
from taskfiles.store.several import make_loader
from taskfiles.store.store import Store
from taskfiles.text.checkboxes import Box


def update_all(
    store: Store,
    chosen: Sequence[str] | Filter,
    changes: Update,
    *,
    most: int | None = None,
    allow_missing: bool = False,
    if_match: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> Result[dict[str, list[Box]]]:
    """Make the same changes in several tasks, all or none; `made` maps ids to the boxes of `checks`.

    `chosen` are ids, or a filter, which no task may match. The result has the changes in the order of the
    ids, and then those of parents. No more than `most` tasks are changed. `if_match` maps ids to the etags
    that they must have.
    Raises TaskfilesError: many-tasks, and as `update` does; errors about further tasks are in its `others`.
    """
    check_update(chosen[0] if not isinstance(chosen, Filter) and chosen else "", changes)
    with store.locks.store():
        ids = list(dict.fromkeys(_choose(store, chosen)))
        if most is not None and len(ids) > most:
            raise TaskfilesError("many-tasks", count=len(ids), most=most, details={"ids": ids})
        if not ids:
            return Result([], {}, dry_run)
        return _update(store, ids, changes, if_match, allow_missing=allow_missing, dry_run=dry_run)


def _choose(store: Store, chosen: Sequence[str] | Filter) -> Sequence[str]:
    if not isinstance(chosen, Filter):
        return chosen
    snapshot = store.snapshot()
    check_parents(snapshot, chosen, find_parents(snapshot.tasks))
    return [task.id for task in find_tasks(snapshot.tasks, chosen)]


def _update(
    store: Store,
    ids: Sequence[str],
    changes: Update,
    if_match: Mapping[str, str] | None,
    *,
    allow_missing: bool,
    dry_run: bool,
) -> Result[dict[str, list[Box]]]:
    if changes.parent is not None and not is_there(store, changes.parent, allow_missing=allow_missing):
        changes = changes._replace(set={**changes.set, "parent": changes.parent}, parent=None)
    boxes: dict[str, list[Box]] = {}
    edits: dict[str, list[Edit]] = {task_id: [_edit(task_id, changes, boxes)] for task_id in ids}
    followers: set[str] = set()
    if changes.parent is not None:
        from taskfiles.operations.children import child_edits  # noqa: PLC0415 (most updates move no task)

        load = make_loader(store, ids)
        own = {load(task_id).task.path: task_id for task_id in ids}
        for name, edit in child_edits(store, changes.parent, ids).items():
            key = own.get(name, name)
            followers |= {key} - {changes.parent, *ids}
            edits.setdefault(key, []).append(edit)
    made = mutate_all(
        store,
        {key: partial(_run, each) for key, each in edits.items()},
        action="task.update",
        if_match=if_match,
        despite_claims=followers,
        dry_run=dry_run,
        allow_missing=allow_missing,
    )
    others = (each for each in made[len(ids) :] if each.changed)
    return Result([*made[: len(ids)], *others], boxes, dry_run)


def _edit(task_id: str, changes: Update, boxes: dict[str, list[Box]]) -> Edit:
    def edit(draft: Draft) -> None:
        boxes[task_id] = apply_update(draft, changes)

    return edit


def _run(edits: Sequence[Edit], draft: Draft) -> None:
    for edit in edits:
        edit(draft)
