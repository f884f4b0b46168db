"""The tasks of a view that a filter line asks for."""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles import Filter, Task, find_tasks
from taskfiles_cli.surface.filterline import Line
from taskfiles_cli.surface.mirror import View

_ALL = Filter()


def select(view: View, line: Line) -> Sequence[Task]:
    """Return the tasks that match, in the order of the view; texts that were read are not kept."""
    tasks = view.backlog.tasks
    if line.wanted == _ALL:
        return tasks
    found = find_tasks(tasks, line.wanted)
    if line.text:
        for task in tasks:
            task.drop_cached()
    return found
