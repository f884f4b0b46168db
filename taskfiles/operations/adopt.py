"""Use case: put tasks among a parent's children."""

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
    """Enter tasks among a parent's children, at the end and in this order, and take them out elsewhere.

    A child's own `parent` key that names another goes. The parent's change comes first; `if_match` is the
    parent's etag. A claim counts on the parent alone: what follows in the others is no work on them.

    Raises TaskfilesError as `mutate_all` does, edit-invalid for a circle, a fourth level or a child whose
    kind is not below its parent's.
    """
    with store.locks.store():
        for child in children:
            store.get(child)
        wanted = set(children)
        edits: dict[str, Edit] = {parent: partial(_enter, children=children)}
        for task in store.snapshot().tasks:
            own = task.values.get("parent")
            leaves = isinstance(own, str) and own != parent and task.id in wanted
            if task.id != parent and (leaves or wanted & set(words(task, "children"))):
                edits[task.path] = partial(_leave, children=wanted, leaves=leaves)
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


def _enter(draft: Draft, children: Sequence[str]) -> None:
    held = draft.values.get("children")
    held = [] if held is None else held
    if not isinstance(held, list):
        problem = f"it is {values.describe(held)}, not a list"
        raise TaskfilesError("edit-unsafe", path=draft.task.path, field="children", problem=problem)
    added = [child for child in dict.fromkeys(children) if child not in held]
    if added:
        draft.values["children"] = [*held, *added]


def _leave(draft: Draft, children: set[str], *, leaves: bool) -> None:
    held = draft.values.get("children")
    if isinstance(held, list) and children & {each for each in held if isinstance(each, str)}:
        draft.values["children"] = [child for child in held if child not in children]
    if leaves:
        draft.values.pop("parent", None)
