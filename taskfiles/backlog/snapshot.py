"""A store's tasks at one moment, and the errors for missing, ambiguous and unreadable ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.unicode import fold
from taskfiles.errors import TaskfilesError, number_of
from taskfiles.remedy import Remedy, join_remedies
from taskfiles.task.findings import Finding
from taskfiles.task.names import ids_in_path
from taskfiles.task.rows import TaskRows
from taskfiles.task.task import Task
from taskfiles.task.values import suggest

_NAMED = 3  # ids in a hint


class Snapshot(NamedTuple):
    """A store at one moment: its tasks ordered by id, and a finding for each unreadable file."""

    tasks: Sequence[Task]
    unreadable: list[Finding]


def collect(found: Iterable[Task | Finding]) -> Snapshot:
    """Collect the tasks and findings of one pass over all files."""
    if isinstance(found, TaskRows):
        return Snapshot(found.sorted().kept(), [])
    unreadable: list[Finding] = []
    tasks = [*readable_tasks(found, unreadable)]
    from taskfiles.task.order import sort_by_id  # noqa: PLC0415 (one task needs none)

    return Snapshot(sort_by_id(tasks), unreadable)


def readable_tasks(found: Iterable[Task | Finding], unreadable: list[Finding]) -> Iterator[Task]:
    """Yield the tasks of one pass over all files as they come, and add its findings to a list."""
    for each in found:
        if isinstance(each, Task):
            yield each
        else:
            unreadable.append(each)


def find_beginning(text: str, snapshot: Snapshot) -> list[str]:
    """Return the ids that begin with a text in any case, of unreadable files those that their names have."""
    begin = fold(text.strip())
    ids = {task.id for task in snapshot.tasks}
    ids |= {task_id for finding in snapshot.unreadable for task_id in ids_in_path(finding.path)}
    return sorted(task_id for task_id in ids if begin and task_id.startswith(begin))


def no_such_task(task_id: str, snapshot: Snapshot) -> TaskfilesError:
    """Return the error for an id that no task has; its hint names the ids that begin so, or a near one."""
    longer = find_beginning(task_id, snapshot)
    if 0 < len(longer) <= _NAMED:
        near = f"Did you mean {' or '.join(longer)}? "
    elif longer:
        near = f"{len(longer)} ids begin so: {', '.join(longer[:_NAMED])}, …. "
    else:
        near = suggest(task_id, [task.id for task in snapshot.tasks])
    parts = [Remedy("{near}Name the id of a task of this project.", "ids", near=near)]
    if broken := len(snapshot.unreadable):
        files = number_of(broken, "unreadable file")
        parts.append(Remedy("{files} may hold it.", "unreadable-ids", files=files))
    remedy = join_remedies(parts)
    return TaskfilesError("no-such-task", id=task_id, remedy=remedy)


def ambiguous_task(task_id: str, paths: list[str]) -> TaskfilesError:
    """Return the error for an id that several files have."""
    return TaskfilesError(
        "ambiguous-task", id=task_id, count=len(paths), paths=", ".join(paths), details={"paths": paths}
    )


def unreadable_task(finding: Finding) -> TaskfilesError:
    """Return the error for a file that a command needs and can't read."""
    if finding.code == "unreadable-file":
        problem = finding.message.rstrip(".").rpartition(": ")[2]
        return TaskfilesError("io", path=finding.path, action="Reading", problem=problem, remedy=finding.hint)
    return TaskfilesError(
        "unreadable-task",
        path=finding.path,
        line=finding.line,
        column=finding.column,
        problem=finding.message,
        details={"finding": finding.code},
    )


def bad_config(finding: Finding) -> TaskfilesError:
    """Return the error for a tasks.toml that can't be used."""
    line, column, problem = finding.line, finding.column, finding.message
    return TaskfilesError("bad-config", path=finding.path, line=line, column=column, problem=problem)
