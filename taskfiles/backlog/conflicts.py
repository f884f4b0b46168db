"""What a task needs for itself while it is worked on, and the keys by which two tasks conflict; pure.

Conflict keys: `touches:GLOB|GLOB` where one path can match both, `deliverable:NAME`, `isolation:shared` with
another shared task, `isolation:global` with every task.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from taskfiles.backlog.globs import find_overlaps
from taskfiles.backlog.graph import words
from taskfiles.task.task import Task
from taskfiles.task.words import Isolation

ALONE = "isolation:global"
_TOUCHES = "touches:"
_SHARED = "isolation:shared"


class Needs(NamedTuple):
    """What one task needs: resources in order, each a conflict key's kind and one side; or to be alone."""

    id: str
    resources: tuple[str, ...]
    alone: bool


def read_needs(task: Task) -> Needs:
    """Read what a task needs from its `touches`, `deliverables` and `isolation`."""
    isolation = task.get("isolation")
    resources = {_TOUCHES + glob for glob in words(task, "touches")}
    resources |= {f"deliverable:{name}" for name in words(task, "deliverables")}
    if isolation == Isolation.SHARED:
        resources.add(_SHARED)
    return Needs(task.id, tuple(sorted(resources)), isolation == Isolation.GLOBAL)


def find_rivals(needs: Iterable[Needs]) -> dict[str, Sequence[str]]:
    """Map each resource to those that it can't be used beside, itself among them."""
    resources = {resource for each in needs for resource in each.resources}
    globs = [resource.removeprefix(_TOUCHES) for resource in resources if resource.startswith(_TOUCHES)]
    rivals: dict[str, Sequence[str]] = {resource: (resource,) for resource in resources}
    for glob, others in find_overlaps(globs).items():
        rivals[_TOUCHES + glob] = [_TOUCHES + other for other in others]
    return rivals


def conflict_key(one: str, other: str) -> str:
    """Name the conflict of two rival resources.

    >>> conflict_key("touches:src/b", "touches:src/*"), conflict_key("deliverable:x", "deliverable:x")
    ('touches:src/*|src/b', 'deliverable:x')
    """
    if not one.startswith(_TOUCHES):
        return one
    return _TOUCHES + "|".join(sorted(each.removeprefix(_TOUCHES) for each in (one, other)))
