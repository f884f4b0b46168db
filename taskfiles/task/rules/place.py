"""Rules for a file's directory and name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from taskfiles.task.findings import Problem
from taskfiles.task.layout import DIRECTORIES, TASKS_DIR
from taskfiles.task.names import expected_name
from taskfiles.task.rules.registry import finds
from taskfiles.task.words import Kind

if TYPE_CHECKING:
    from taskfiles.task.source import Source


@finds("wrong-directory")
def check_directory(task: Source) -> Iterator[Problem]:
    """Check that the file is in its state's directory."""
    directory = DIRECTORIES.get(task.state) if isinstance(task.state, str) else None
    if (
        directory
        and task.path.startswith(TASKS_DIR + "/")
        and task.path.rpartition("/")[0] != f"{TASKS_DIR}/{directory}"
    ):
        yield Problem(
            "wrong-directory", ("state",), {"state": task.state, "directory": f"{TASKS_DIR}/{directory}"}
        )


@finds("wrong-name")
def check_name(task: Source) -> Iterator[Problem]:
    """Check that the file is named after kind and id, and if done after its completion date."""
    if (
        not task.path.startswith(TASKS_DIR + "/")
        or not isinstance(task.kind, str)
        or task.kind not in set(Kind)
    ):
        return
    name = expected_name(task.values)
    if task.path.rpartition("/")[2] != name:
        yield Problem("wrong-name", ("id",), {"name": name})
