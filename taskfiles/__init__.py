"""Work items as Markdown files with YAML frontmatter, in the git repository they are about.

    from pathlib import Path
    from taskfiles import Filter, Store, find_tasks, record

    store = Store.find(Path.cwd())
    for task in find_tasks(store.snapshot().tasks, Filter(words={"state": frozenset({"done"})})):
        print(task.id, task.meta.execution)

The library never prints, never reads the environment, never exits.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own costs more than all else that `tasks --version` does
if TYPE_CHECKING:
    from typing import Any

    from taskfiles.backlog.family import Context
    from taskfiles.backlog.next import Choice, choose_next
    from taskfiles.backlog.plan import Plan, make_plan
    from taskfiles.backlog.query import Filter, find_tasks, sort_tasks
    from taskfiles.backlog.readiness import Backlog, Obstacle, find_obstacles
    from taskfiles.backlog.snapshot import Snapshot
    from taskfiles.backlog.wire import task_object, tree_object
    from taskfiles.changes.mutate import Change
    from taskfiles.changes.mutate_all import mutate_all
    from taskfiles.errors import ERRORS, TaskfilesError
    from taskfiles.merge.task import merge_task
    from taskfiles.operations.adopt import adopt
    from taskfiles.operations.cleanup import clean_up
    from taskfiles.operations.delete import delete
    from taskfiles.operations.fmt import plan_reorder, reorder
    from taskfiles.operations.merge import Union, merge_files
    from taskfiles.operations.move import move
    from taskfiles.operations.new import create
    from taskfiles.operations.next import claim_best
    from taskfiles.operations.pickup import Pickup, pickup
    from taskfiles.operations.record import record
    from taskfiles.operations.release import Release, release
    from taskfiles.operations.rename import rename
    from taskfiles.operations.review import review
    from taskfiles.operations.undo import undo
    from taskfiles.operations.update import Update, update
    from taskfiles.operations.validate import Report, fix, validate
    from taskfiles.store.store import Caller, Store
    from taskfiles.task.attempts import Derived, derive
    from taskfiles.task.codes import FINDINGS
    from taskfiles.task.findings import Finding
    from taskfiles.task.frontmatter import TaskHandler
    from taskfiles.task.keys import KEY_ORDER
    from taskfiles.task.model import (
        ExecutionAttempt,
        ExecutionExecutor,
        ExecutionReviewer,
        TaskExecution,
        TaskMeta,
    )
    from taskfiles.task.task import Task, Unreadable, parse_task
    from taskfiles.task.words import ExecutionStatus

__version__ = "0.1.0"

__all__ = [
    "ERRORS",
    "FINDINGS",
    "KEY_ORDER",
    "Backlog",
    "Caller",
    "Change",
    "Choice",
    "Context",
    "Derived",
    "ExecutionAttempt",
    "ExecutionExecutor",
    "ExecutionReviewer",
    "ExecutionStatus",
    "Filter",
    "Finding",
    "Obstacle",
    "Pickup",
    "Plan",
    "Release",
    "Report",
    "Snapshot",
    "Store",
    "Task",
    "TaskExecution",
    "TaskHandler",
    "TaskMeta",
    "TaskfilesError",
    "Union",
    "Unreadable",
    "Update",
    "adopt",
    "choose_next",
    "claim_best",
    "clean_up",
    "create",
    "delete",
    "derive",
    "find_obstacles",
    "find_tasks",
    "fix",
    "make_plan",
    "merge_files",
    "merge_task",
    "move",
    "mutate_all",
    "parse_task",
    "pickup",
    "plan_reorder",
    "record",
    "release",
    "rename",
    "reorder",
    "review",
    "sort_tasks",
    "task_object",
    "tree_object",
    "undo",
    "update",
    "validate",
]

# Where each public name lives: a command that lists tasks needs no library that only others need.
_HOMES = {
    "task.attempts": ("Derived", "derive"),
    "operations.pickup": ("Pickup", "pickup"),
    "operations.next": ("claim_best",),
    "operations.release": ("Release", "release"),
    "backlog.family": ("Context",),
    "task.codes": ("FINDINGS",),
    "task.findings": ("Finding",),
    "backlog.next": ("Choice", "choose_next"),
    "errors": ("ERRORS", "TaskfilesError"),
    "task.frontmatter": ("TaskHandler",),
    "operations.update": ("Update", "update"),
    "operations.new": ("create",),
    "operations.fmt": ("plan_reorder", "reorder"),
    "task.keys": ("KEY_ORDER",),
    "merge.task": ("merge_task",),
    "task.model": (
        "ExecutionAttempt",
        "ExecutionExecutor",
        "ExecutionReviewer",
        "TaskExecution",
        "TaskMeta",
    ),
    "changes.mutate": ("Change",),
    "backlog.plan": ("Plan", "make_plan"),
    "backlog.query": ("Filter", "find_tasks", "sort_tasks"),
    "backlog.readiness": ("Backlog", "Obstacle", "find_obstacles"),
    "operations.record": ("record",),
    "operations.review": ("review",),
    "backlog.snapshot": ("Snapshot",),
    "store.store": ("Caller", "Store"),
    "task.task": ("Task", "Unreadable", "parse_task"),
    "changes.mutate_all": ("mutate_all",),
    "operations.move": ("move",),
    "operations.undo": ("undo",),
    "operations.adopt": ("adopt",),
    "operations.rename": ("rename",),
    "operations.cleanup": ("clean_up",),
    "operations.delete": ("delete",),
    "operations.merge": ("Union", "merge_files"),
    "operations.validate": ("Report", "fix", "validate"),
    "backlog.wire": ("task_object", "tree_object"),
    "task.words": ("ExecutionStatus",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 (see above)

    value = getattr(import_module(f"taskfiles.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
