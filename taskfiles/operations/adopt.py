"""Use case: make tasks children of a parent."""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.result import Result, keep_changed
from taskfiles.errors import TaskfilesError
from taskfiles.operations.children import Place, child_edits
from taskfiles.store.store import Store


def adopt(
    store: Store,
    parent: str,
    children: Sequence[str],
    *,
    before: str | None = None,
    after: str | None = None,
    if_match: str | None = None,
    dry_run: bool = False,
) -> Result[None]:
    """Add tasks to a parent's children, in this order, and remove them from other parents.

    They come last, or with `before` or `after` beside that child, also if they are children already. A
    child's `parent` key is removed if it names another task. The parent's change comes first; `if_match` is
    the parent's etag. Only claims on the parent count: the other tasks merely follow its change.

    Raises TaskfilesError as `mutate_all` does, edit-invalid for a cycle, a fourth level or a child whose
    kind is not below its parent's, bad-value for a place at no other child.
    """
    if before is not None and after is not None:
        remedy = "Give one of before and after."
        raise TaskfilesError(
            "bad-value", option="after", given=f"“{after}”", problem="before is given, too", remedy=remedy
        )
    sibling = before if before is not None else after
    place = None if sibling is None else Place(sibling, after=after is not None)
    with store.locks.store():
        for child in children:
            store.get(child)
        edits = child_edits(store, parent, children, place)
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
