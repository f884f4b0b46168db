"""The edits that make tasks the children of a parent, and of no other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from taskfiles.backlog.graph import words
from taskfiles.changes.mutate import Draft, Edit
from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store
from taskfiles.task import values


def child_edits(store: Store, parent: str, children: Sequence[str]) -> dict[str, Edit]:
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
