"""The edits that make tasks the children of a parent, and of no other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from taskfiles.backlog.graph import find_children, words
from taskfiles.changes.mutate import Draft, Edit
from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store
from taskfiles.task import values
from taskfiles.text.nodes import Value


class Place(NamedTuple):
    """Where among a parent's children tasks belong: before another child, or after it."""

    sibling: str
    after: bool = False


def child_edits(
    store: Store, parent: str, children: Sequence[str], place: Place | None = None
) -> dict[str, Edit]:
    """Return the edits that move tasks below a parent: by its id, and of all other tasks by their paths.

    With a place tasks that are its children already change theirs. Raises TaskfilesError (bad-value) for a
    place at no child.
    """
    wanted = set(children)
    tasks = store.snapshot().tasks
    edits: dict[str, Edit] = {parent: partial(_add_children, children=children)}
    if place is not None:
        siblings = find_children(tasks).get(parent, [])
        edits[parent] = partial(
            _place_children, parent=parent, children=children, siblings=siblings, place=place
        )
    for task in tasks:
        own = task.values.get("parent")
        drop_parent = isinstance(own, str) and own != parent and task.id in wanted
        if task.id != parent and (drop_parent or wanted & set(words(task, "children"))):
            edits[task.path] = partial(_remove_children, children=wanted, drop_parent=drop_parent)
    return edits


def _read_children(draft: Draft) -> list[Value]:
    old = draft.values.get("children")
    old = [] if old is None else old
    if not isinstance(old, list):
        problem = f"it is {values.describe(old)}, not a list"
        raise TaskfilesError("edit-unsafe", path=draft.task.path, field="children", problem=problem)
    return old


def _place_children(
    draft: Draft, parent: str, children: Sequence[str], siblings: Sequence[str], place: Place
) -> None:
    """Put children before or after a sibling; `siblings` are all of the parent's, in the order shown."""
    old = _read_children(draft)
    order = put_beside(old, siblings, children, place)
    if order is None:
        others = [each for each in dict.fromkeys([*old, *siblings]) if each not in children]
        raise TaskfilesError(
            "bad-value",
            option="after" if place.after else "before",
            given=f"“{place.sibling}”",
            problem=f"it is not another child of {parent}",
            remedy=f"Its other children are {', '.join(map(str, others))}."
            if others
            else "It has no other child.",
        )
    if order != old:
        draft.values["children"] = order


def put_beside(
    listed: Sequence[Value], siblings: Sequence[str], children: Sequence[str], place: Place
) -> list[Value] | None:
    """Return a list of children in which some stand beside a sibling; None where that is no other child.

    `listed` are those that the parent lists, which stay in the list; `siblings` are all, in the order shown:
    those that name the parent themselves come last, and are listed only as far as needed.

    >>> put_beside(["a", "b"], ["a", "b"], ["new"], Place("b"))
    ['a', 'new', 'b']
    >>> put_beside(["a"], ["a", "m", "z"], ["new"], Place("m", after=True))
    ['a', 'm', 'new']
    """
    moved = list(dict.fromkeys(children))
    others = [*listed, *(each for each in siblings if each not in listed)]
    others = [each for each in others if each not in moved]
    if place.sibling not in others:
        return None
    at = others.index(place.sibling) + place.after
    order = [*others[:at], *moved, *others[at:]]
    while order[-1] not in listed and order[-1] not in moved:
        order.pop()
    return order


def _add_children(draft: Draft, children: Sequence[str]) -> None:
    old = _read_children(draft)
    added = [child for child in dict.fromkeys(children) if child not in old]
    if added:
        draft.values["children"] = [*old, *added]


def _remove_children(draft: Draft, children: set[str], *, drop_parent: bool) -> None:
    old = draft.values.get("children")
    if isinstance(old, list) and children & {each for each in old if isinstance(each, str)}:
        draft.values["children"] = [child for child in old if child not in children]
    if drop_parent:
        draft.values.pop("parent", None)
