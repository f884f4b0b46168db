"""The tasks of a view that a filter line asks for."""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles import Filter, Task, find_tasks
from taskfiles.basics.unicode import fold
from taskfiles.store.containing import keep_containing
from taskfiles_cli.surface.filterline import Line
from taskfiles_cli.surface.mirror import View

_ALL = Filter()


def select(view: View, line: Line) -> Sequence[Task]:
    """Return the tasks that match, in the order of the view; texts that were read are not kept.

    Raises TaskfilesError (changed-underneath).
    """
    tasks = view.backlog.tasks
    if line.wanted == _ALL:
        return tasks
    needle = fold(line.wanted.search)
    found = find_tasks(tasks, line.wanted.without_search())
    return keep_containing(found, needle, tasks) if needle else found
