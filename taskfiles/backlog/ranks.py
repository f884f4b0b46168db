"""Ranks that people gave tasks, spaced anew so that there is room between any two; pure."""

from __future__ import annotations

from collections.abc import Iterable

from taskfiles.task.task import Task
from taskfiles.task.words import CLOSED

STEP = 10  # between neighbours


def space_ranks(tasks: Iterable[Task]) -> dict[str, int]:
    """Map the paths of open tasks with a rank to ranks STEP apart that keep each state's order.

    Of equal ranks the lower id comes first, as in `next`. Only ranks that change are there. Invalid tasks
    are left out, and so is what has no rank, which stays last.
    """
    columns: dict[str, list[tuple[float, str, str]]] = {}
    for task in tasks:
        rank = task.value("rank")
        if isinstance(rank, int | float) and not task.errors and task.state not in CLOSED:
            columns.setdefault(str(task.state), []).append((rank, task.id, task.path))
    return {
        path: number * STEP
        for column in columns.values()
        for number, (rank, _, path) in enumerate(sorted(column), 1)
        if rank != number * STEP
    }
