"""Rules for a file's directory and name; they depend on the project's layout, not on the file alone."""

from __future__ import annotations

from collections.abc import Iterator

from taskfiles.task.findings import Finding, Problem, locate
from taskfiles.task.layout import DIRECTORIES, FLAT, STATES, TASKS_DIR
from taskfiles.task.names import expected_name
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import Kind

_KINDS = frozenset(kind.value for kind in Kind)
_NAMING = {FLAT: ("id",), STATES: ("id", "kind", "state", "completed_at")}  # keys that a file is named after


def find_misplaced(task: Task, layout: str) -> Iterator[Finding]:
    """Yield what is wrong with the place of a task's file under a layout: its directory, its name."""
    if task.path.startswith(TASKS_DIR + "/"):
        for problem in _problems(task, layout):
            yield locate(problem, task.path, task.document, lambda: task.root)


def _problems(task: Task, layout: str) -> Iterator[Problem]:
    above, _, name = task.path.rpartition("/")
    directory = DIRECTORIES.get(task.state) if isinstance(task.state, str) else None
    if layout == STATES and directory and above != f"{TASKS_DIR}/{directory}":
        wanted = f"{TASKS_DIR}/{directory}"
        yield Problem("wrong-directory", ("state",), {"state": task.state, "directory": wanted})
    if is_word(task.kind, _KINDS):
        wanted = expected_name({key: task.value(key) for key in _NAMING[layout]}, layout)
        if name != wanted:
            yield Problem("wrong-name", ("id",), {"name": wanted})
