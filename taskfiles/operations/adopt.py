"""Use case: make tasks children of a parent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from taskfiles.backlog.graph import words
from taskfiles.changes.mutate import Draft, Edit
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.result import Result, keep_changed
from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store
from taskfiles.task import values


def adopt(
    store: Store,
    parent: str,
    children: Sequence[str],
    *,
    if_match: str | None = None,
    dry_run: bool = False,
) -> Result[None]:
    """Add tasks to a parent's children, at the end and in this order, and remove them from other parents.

    A child's `parent` key is removed if it names another task. The parent's change comes first; `if_match`
    is the parent's etag. Only claims on the parent count: the other tasks merely follow its change.

    Raises TaskfilesError as `mutate_all` does, edit-invalid for a cycle, a fourth level or a child whose
    kind is not below its parent's.
    """
    with store.locks.store():
        for child in children:
            store.get(child)
        edits = adoption_edits(store, parent, children)
        expected = {parent: if_match} if if_match is not None else {}
        changes = mutate_all(
            store,
            edits,
            action="task.adopt",
            if_match=expected,
            despite_claims=edits.keys() - {parent},
            dry_run=dry_run,
        )
    return Result(keep_changed(changes), None, dry_run)


def adoption_edits(store: Store, parent: str, children: Sequence[str]) -> dict[str, Edit]:
    """Return the edits that move tasks below a parent: by its id, and of all other tasks by their paths."""
    wanted = set(children)
    edits: dict[str, Edit] = {parent: partial(_add_children, children=children)}
    for task in store.snapshot().tasks:
        own = task.values.get("parent")
        drop_parent = isinstance(own, str) and own != parent and task.id in wanted
        if task.id != parent and (drop_parent or wanted & set(words(task, "children"))):
            edits[task.path] = partial(_remove_children, children=wanted, drop_parent=drop_parent)
    return edits


def _add_children(draft: Draft, children: Sequence[str]) -> None:
    old = draft.values.get("children")
    old = [] if old is None else old
    if not isinstance(old, list):
        problem = f"it is {values.describe(old)}, not a list"
        raise TaskfilesError("edit-unsafe", path=draft.task.path, field="children", problem=problem)
    added = [child for child in dict.fromkeys(children) if child not in old]
    if added:
        draft.values["children"] = [*old, *added]


def _remove_children(draft: Draft, children: set[str], *, drop_parent: bool) -> None:
    old = draft.values.get("children")
    if isinstance(old, list) and children & {each for each in old if isinstance(each, str)}:
        draft.values["children"] = [child for child in old if child not in children]
    if drop_parent:
        draft.values.pop("parent", None)
