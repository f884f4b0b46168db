"""Tasks by the ids that they had elsewhere, as `tasks migrate` keeps them; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from taskfiles.basics.patterns import lazy
from taskfiles.task.task import Task

_KEY = lazy(r"x_[a-z0-9_]+_id", re.ASCII)


def find_by_old_id(tasks: Iterable[Task], name: str) -> list[Task]:
    """Return the tasks that had an id elsewhere: exactly so written, or where none had, in any case."""
    folded = name.casefold()
    exact: list[Task] = []
    others: list[Task] = []
    for task in tasks:
        for key, value in task.values.items():
            if isinstance(value, str) and value.casefold() == folded and _KEY.fullmatch(key):
                (exact if value == name else others).append(task)
                break
    return exact or others
