"""The resources that a task needs exclusively, and the keys of conflicts between two tasks; pure.

Conflict keys: `touches:GLOB|GLOB` if one path can match both, `deliverable:NAME`, `isolation:shared` with
another shared task, `isolation:global` with every task.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from taskfiles.backlog.globs import find_overlaps
from taskfiles.backlog.graph import words
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.task import Task
from taskfiles.task.words import Isolation

ALONE = "isolation:global"
_TOUCHES = "touches:"
_SHARED = "isolation:shared"


class Needs(NamedTuple):
    """What one task needs: its resources, sorted, or to run `alone`.

    A resource is one side of a conflict key, such as `touches:GLOB`.
    """

    id: str
    resources: tuple[str, ...]
    alone: bool


def read_needs(task: Task) -> Needs:
    """Return what a task needs by its `touches`, `deliverables` and `isolation`."""
    isolation = task.get("isolation")
    resources = {_TOUCHES + glob for glob in words(task, "touches")}
    resources |= {f"deliverable:{name}" for name in words(task, "deliverables")}
    if isolation == Isolation.SHARED:
        resources.add(_SHARED)
    return Needs(task.id, tuple(sorted(resources)), isolation == Isolation.GLOBAL)


def find_rivals(needs: Iterable[Needs]) -> dict[str, Sequence[str]]:
    """Map each resource to those that can't be used at the same time, itself among them."""
    resources = {resource for each in needs for resource in each.resources}
    globs = [resource.removeprefix(_TOUCHES) for resource in resources if resource.startswith(_TOUCHES)]
    rivals: dict[str, Sequence[str]] = {resource: (resource,) for resource in resources}
    for glob, others in find_overlaps(globs).items():
        rivals[_TOUCHES + glob] = [_TOUCHES + other for other in others]
    return rivals


def conflict_key(one: str, other: str) -> str:
    """Return the key for the conflict of two rival resources.

    >>> conflict_key("touches:src/b", "touches:src/*"), conflict_key("deliverable:x", "deliverable:x")
    ('touches:src/*|src/b', 'deliverable:x')
    """
    if not one.startswith(_TOUCHES):
        return one
    return _TOUCHES + "|".join(sorted(each.removeprefix(_TOUCHES) for each in (one, other)))
