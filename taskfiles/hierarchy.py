"""Changing how tasks hang together: adopt children, rename a task."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial

from taskfiles.backlog.graph import words
from taskfiles.backlog.mentions import names_task, rename_in_body, rename_in_values
from taskfiles.changes.mutate import Change, Draft, Edit, carrying_claim
from taskfiles.changes.mutate_all import mutate_all
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
) -> list[Change]:
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
    return [changes[0], *(change for change in changes[1:] if change.changed)]


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


def rename(
    store: Store, task: str, new_id: str, *, if_match: str | None = None, dry_run: bool = False
) -> list[Change]:
    """Give a task, named by id or path, another id wherever tasks name it; the task's change comes first.

    Where two files share the id, name one by its path; references stay with the other.
    References are those of the frontmatter, `[Task:id]`, and links to its file in bodies. The attempts
    and the commit messages of done tasks stay: they record the past. A claim on the task goes along.

    Raises TaskfilesError: bad-value, id-taken, and as `mutate_all` does.
    """
    try:
        values.check_id(new_id)
    except values.BadValue:
        raise TaskfilesError(
            "bad-value",
            option="NEW-ID",
            given=f"“{new_id}”",
            problem="it is no id",
            remedy="Use small letters, digits and hyphens, with a letter or digit first.",
        ) from None

    def edit(draft: Draft) -> None:
        old = loaded.task.id
        draft.body = rename_in_body(draft.task.path, draft.body, old, new_id)
        draft.values = rename_in_values(draft.values, old, new_id)
        if draft.task.path == loaded.task.path:
            draft.values["id"] = new_id

    with store.locks.store():
        loaded = store.load_at(task) if "/" in task else store.load(task)
        task_id = loaded.task.id
        if new_id != task_id and (holder := store.holder(new_id)) is not None:
            raise TaskfilesError("id-taken", path=holder, id=new_id)
        tasks = store.snapshot().tasks
        others = [each for each in tasks if each.path != loaded.task.path]
        is_shared = any(each.id == task_id for each in others)
        if is_shared:
            others = []  # two files share the id: what names it means the one that keeps it
        edits: dict[str, Edit] = {loaded.task.path: edit}
        edits |= {each.path: edit for each in others if names_task(each, task_id)}
        expected = {loaded.task.path: if_match} if if_match is not None else {}
        with nullcontext() if dry_run or is_shared else carrying_claim(store, task_id, new_id):
            changes = mutate_all(
                store,
                edits,
                action="task.rename",
                if_match=expected,
                despite_claims=edits.keys() - {loaded.task.path},
                dry_run=dry_run,
            )
    return [changes[0], *(change for change in changes[1:] if change.changed)]
