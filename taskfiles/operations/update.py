"""Use case: change a task's keys, sections and checkboxes in one write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.unicode import normal
from taskfiles.changes.mutate import Change, Draft, Edit, mutate
from taskfiles.changes.result import Result, keep_changed
from taskfiles.errors import TaskfilesError
from taskfiles.operations.repeated import FIXED, fixed_key, new_values, settable_values
from taskfiles.operations.update_shape import check_shape
from taskfiles.store.store import Store
from taskfiles.task import values
from taskfiles.text.sections import ACCEPTANCE_CRITERIA, CRITERION_TO_WRITE, read_section

if TYPE_CHECKING:
    from taskfiles.text.checkboxes import Box


class Update(NamedTuple):
    """Changes to one task that are made in one write.

    `set` and `unset` work on top-level keys; None in `set` removes a key as well. `add` and `remove` work
    on items of list keys; `patch` is a JSON Merge Patch (RFC 7386); `sections` replaces a section's text,
    `appends` adds to its end; `criteria` are added to Acceptance Criteria as open checkboxes; `body` replaces
    the whole body; `checks` ticks (true) or clears (false) checkboxes: by number from 1, by `SECTION:N` or by
    text, see `text.checkboxes.find_box`; `parent` moves the task to that one's children.
    """

    set: Mapping[str, Any] = {}
    unset: Sequence[str] = ()
    add: Sequence[tuple[str, Any]] = ()
    remove: Sequence[tuple[str, Any]] = ()
    patch: Mapping[str, Any] = {}
    sections: Sequence[tuple[str, str]] = ()
    appends: Sequence[tuple[str, str]] = ()
    criteria: Sequence[str] = ()
    checks: Mapping[int | str, bool] = {}
    body: str | None = None
    parent: str | None = None


def update(
    store: Store,
    task_id: str,
    changes: Update,
    *,
    allow_missing: bool = False,
    if_match: str | None = None,
    dry_run: bool = False,
) -> Result[list[Box]]:
    """Change a task's keys, sections and checkboxes in one lossless write; `made` are the boxes of `checks`.

    An id that a change adds must be that of a task, unless `allow_missing` is given.
    Raises TaskfilesError: bad-value, fixed-key, edit-unsafe, edit-invalid, section-text, no-such-checkbox,
    and as `mutate` does.
    """
    check_update(task_id, changes)
    boxes: list[Box] = []

    def edit(draft: Draft) -> None:
        boxes[:] = apply_update(draft, changes)

    if changes.parent is not None and not is_there(store, changes.parent, allow_missing=allow_missing):
        changes = changes._replace(set={**changes.set, "parent": changes.parent}, parent=None)
    if changes.parent is not None:
        below = _update_below(
            store,
            task_id,
            edit,
            changes.parent,
            allow_missing=allow_missing,
            if_match=if_match,
            dry_run=dry_run,
        )
        return Result(below, boxes, dry_run)
    change = mutate(store, task_id, edit, if_match=if_match, dry_run=dry_run, allow_missing=allow_missing)
    return Result([change], boxes, dry_run)


def check_update(task_id: str, changes: Update) -> None:
    """Raise TaskfilesError (bad-value, fixed-key) for what no task can be changed by."""
    check_shape(changes)
    listed = {key for key, _ in changes.add} | (
        {"id"} & {*changes.unset, *(key for key, _ in changes.remove)}
    )
    for key in sorted(listed & FIXED.keys()):
        raise fixed_key(task_id, key)


def apply_update(draft: Draft, changes: Update) -> list[Box]:
    """Make the changes in a draft, `parent` left out; return the boxes of `checks`.

    Raises TaskfilesError: bad-value, fixed-key, edit-unsafe, section-text, no-such-checkbox.
    """
    draft.values = merge_top(draft.values, settable_values(draft.task, changes.set))
    for key in changes.unset:
        draft.values.pop(key, None)
    draft.values = merge_patch(draft.values, new_values(draft.task, changes.patch))
    for key, item in changes.add:
        add_item(draft, key, item)
    for key, item in changes.remove:
        _remove_item(draft, key, item)
    if changes.body is not None:
        draft.body = changes.body.replace("\r\n", "\n").replace("\n", draft.newline)
    for title, text in changes.sections:
        draft.write_section(title, text)
    for title, text in changes.appends:
        draft.append_section(title, text)
    for text in changes.criteria:
        add_criterion(draft, text)
    return [_tick(draft, which, checked) for which, checked in changes.checks.items()]


def is_there(store: Store, parent: str, *, allow_missing: bool) -> bool:
    """Return whether a parent exists. Without `allow_missing` raises TaskfilesError (no-such-task) if not."""
    if store.has(parent):
        return True
    if allow_missing:
        return False
    from taskfiles.backlog.snapshot import no_such_task  # noqa: PLC0415 (an error may take its time)

    error = no_such_task(parent, store.snapshot())
    error.details |= {"field": "parent", "reference": parent}
    raise error


def _update_below(
    store: Store,
    task_id: str,
    edit: Edit,
    parent: str,
    *,
    allow_missing: bool,
    if_match: str | None,
    dry_run: bool,
) -> list[Change]:
    """Change a task and move it to a parent's children, all or none."""
    from taskfiles.changes.mutate_all import mutate_all  # noqa: PLC0415 (most updates change one task)
    from taskfiles.operations.children import child_edits  # noqa: PLC0415 (as above)

    with store.locks.store():
        own = store.get(task_id).path
        others = child_edits(store, parent, [task_id])
        also = [others.pop(key) for key in (own, task_id) if key in others]

        def edit_all(draft: Draft) -> None:
            for each in (edit, *also):
                each(draft)

        changes = mutate_all(
            store,
            {task_id: edit_all, **others},
            action="task.update",
            if_match={task_id: if_match} if if_match is not None else {},
            despite_claims=others.keys() - {parent},
            dry_run=dry_run,
            allow_missing=allow_missing,
        )
    return keep_changed(changes)


def merge_patch(target: dict[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Apply a JSON Merge Patch (RFC 7386): null removes a key, mappings merge, all else replaces.

    >>> merge_patch({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": None}, "d": [4]})
    {'a': {'c': 2}, 'd': [4]}
    """
    result = dict(target)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            old = result.get(key)
            result[key] = merge_patch(old if isinstance(old, dict) else {}, value)
        else:
            result[key] = value
    return result


def merge_top(target: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Set top-level keys; None removes one.

    >>> merge_top({"a": 1, "b": 2}, {"a": None, "b": 3})
    {'b': 3}
    """
    merged = {**target, **given}
    return {key: value for key, value in merged.items() if key not in given or value is not None}


def add_item(draft: Draft, key: str, item: Any) -> None:
    """Add an item to a list key unless it is already there."""
    items = _items(draft, key)
    if not any(_equals(item, other) for other in items):
        draft.values[key] = [*items, item]


def _remove_item(draft: Draft, key: str, item: Any) -> None:
    items = _items(draft, key)
    kept = [other for other in items if not _is_named(key, item, other)]
    if len(kept) < len(items):
        draft.values[key] = kept


def _is_named(key: str, item: Any, other: Any) -> bool:
    """Return whether an item of a list is meant: a link by as much of it as is given."""
    if key == "links" and isinstance(item, dict) and isinstance(other, dict):
        return all(name in other and _equals(value, other[name]) for name, value in item.items())
    return _equals(item, other)


def _equals(item: Any, other: Any) -> bool:
    """Return whether two items are equal, texts in one form of Unicode."""
    if isinstance(item, str) and isinstance(other, str):
        return normal(item) == normal(other)
    return bool(item == other)


def _items(draft: Draft, key: str) -> list[Any]:
    items = draft.values.get(key)
    if items is None:
        return []
    if not isinstance(items, list):
        problem = f"it is {values.describe(items)}, not a list"
        raise TaskfilesError("edit-unsafe", path=draft.task.path, field=key, problem=problem)
    return items


def add_criterion(draft: Draft, text: str) -> None:
    """Add a criterion as an open checkbox, in place of the template's."""
    from taskfiles.text.checkboxes import write_box  # noqa: PLC0415 (few changes are of checkboxes)

    item = write_box(text)
    if read_section(draft.body, ACCEPTANCE_CRITERIA) == CRITERION_TO_WRITE:
        draft.write_section(ACCEPTANCE_CRITERIA, item)
    else:
        draft.append_section(ACCEPTANCE_CRITERIA, item)


def _tick(draft: Draft, which: int | str, checked: bool) -> Box:
    from taskfiles.text.checkboxes import NoBox, set_box  # noqa: PLC0415 (as above)

    try:
        draft.body, box = set_box(draft.body, which, checked=checked)
    except NoBox as none:
        raise TaskfilesError(
            "no-such-checkbox", path=draft.task.path, id=draft.task.id, number=which, problem=str(none)
        ) from None
    return box
