"""Work items as Markdown files with YAML frontmatter, in the git repository they are about.

    from pathlib import Path
    from taskfiles import Filter, Store, find_tasks, record

    store = Store.find(Path.cwd())
    for task in find_tasks(store.snapshot().tasks, Filter(words={"state": frozenset({"done"})})):
        print(task.id, task.meta.execution)

The library never prints, never reads the environment, never exits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taskfiles.attempts import Derived, derive
from taskfiles.diagnostics import FINDINGS, Finding
from taskfiles.errors import ERRORS, TaskfilesError
from taskfiles.lifecycle import Update, create, plan_reorder, reorder, update
from taskfiles.model import (
    KEY_ORDER,
    ExecutionAttempt,
    ExecutionExecutor,
    ExecutionReviewer,
    ExecutionStatus,
    TaskExecution,
    TaskMeta,
)
from taskfiles.mutation import Change
from taskfiles.query import Filter, find_tasks, sort_tasks
from taskfiles.recording import record, review
from taskfiles.store import Snapshot, Store
from taskfiles.task import Task, Unreadable, parse_task
from taskfiles.validation import Report, fix, validate
from taskfiles.wire import task_object

if TYPE_CHECKING:
    from taskfiles.handler import TaskHandler

__version__ = "0.1.0"

__all__ = [
    "ERRORS",
    "FINDINGS",
    "KEY_ORDER",
    "Change",
    "Derived",
    "ExecutionAttempt",
    "ExecutionExecutor",
    "ExecutionReviewer",
    "ExecutionStatus",
    "Filter",
    "Finding",
    "Report",
    "Snapshot",
    "Store",
    "Task",
    "TaskExecution",
    "TaskHandler",
    "TaskMeta",
    "TaskfilesError",
    "Unreadable",
    "Update",
    "create",
    "derive",
    "find_tasks",
    "fix",
    "parse_task",
    "plan_reorder",
    "record",
    "reorder",
    "review",
    "sort_tasks",
    "task_object",
    "update",
    "validate",
]


def __getattr__(name: str) -> Any:
    """Import the python-frontmatter handler when it is asked for: it brings PyYAML along."""
    if name == "TaskHandler":
        from taskfiles.handler import TaskHandler  # noqa: PLC0415 (see above)

        return TaskHandler
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
