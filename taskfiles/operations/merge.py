"""Use case: merge several files of one task into one."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from taskfiles.backlog.snapshot import Snapshot, no_such_task, unreadable_task
from taskfiles.changes.draft import REFRESHED
from taskfiles.changes.mutate import Change, Draft, check_etag, retry
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.merge.ancestry import ancestor_in, relation_in
from taskfiles.merge.twins import (
    Difference,
    Twins,
    United,
    describe,
    find_twins,
    known_ids,
    list_merges,
    list_renames,
    unite,
)
from taskfiles.remedy import join_remedies
from taskfiles.store.copies import Copy, find_copies
from taskfiles.store.store import Store
from taskfiles.task.names import expected_path, ids_in_path
from taskfiles.task.task import Task


class Union(NamedTuple):
    """Outcome of a merge of a task's files.

    `copies` is git's copy of each removed file (same, older or none) by path; `settled` are the fields that
    differed and have the value of the preferred file.
    """

    copies: dict[str, Copy]
    settled: list[str]


def merge_files(
    store: Store, name: str, *, prefer: str | None = None, if_match: str | None = None, dry_run: bool = False
) -> Result[Union]:
    """Merge all files of a task, named by its id or by the path of one of them, into one file.

    The file contains the attempts, list items, ticks and comments of all, by the same rules as a merge of
    branches, and is placed by its state. Fields that differ have the value of the file `prefer`. `if_match`
    is the etag of that file, or without it of the file changed last. A task in one file does not change.
    The change of the file that is kept comes first, then those of the removed files.

    Raises TaskfilesError: files-differ without `prefer`, several-tasks, bad-value for a file that is not one
    of the task's, and as `mutate_all` does.
    """

    def attempt() -> Result[Union]:
        files = _find_files(store, name)
        order = _put_first(files, prefer)
        check_etag(order[0], if_match)
        if len(order) == 1:
            same = Change(order[0], order[0], False, dry_run, [], [])
            return Result([same], Union({}, []), dry_run)
        united = unite(order, ancestor_in(store))
        if united.differences and prefer is None:
            raise _files_differ(order, united.differences)
        kept = _choose_kept(order, united.task, store.settings.layout)
        gone = [task.path for task in order if task is not kept]
        copies = find_copies(store.repository, store.root, gone)
        try:
            changes = mutate_all(
                store,
                {kept.path: partial(_edit, order=order, united=united)},
                removals=gone,
                if_match={task.path: task.etag for task in order},
                action="task.merge",
                dry_run=dry_run,
            )
        except TaskfilesError as error:
            if error.code != "etag-mismatch":
                raise
            raise TaskfilesError("changed-underneath", path=error.path) from error
        settled = list(dict.fromkeys(each.field for each in united.differences))
        return Result(changes, Union(copies, settled), dry_run)

    store.check_writable()
    with store.locks.store():
        return retry(attempt)


def _find_files(store: Store, name: str) -> list[Task]:
    """Return the files of the named task, the one changed last first."""
    snapshot = store.snapshot()
    tasks = [task for task in snapshot.tasks if name in (task.id, task.path)]
    if not tasks:
        raise no_such_task(name, snapshot)
    task_id = tasks[0].id
    for finding in snapshot.unreadable:
        if finding.severity == "error" and task_id in ids_in_path(finding.path):
            raise unreadable_task(finding)
    files = [store.load_at(task.path).task for task in snapshot.tasks if task.id == task_id]
    for task in files:
        if task.id != task_id:
            raise TaskfilesError("changed-underneath", path=task.path)
    if len(files) == 1:
        return files
    (twins,) = find_twins(files, relation_in(store))
    if name != task_id:
        return next(part for part in twins.histories if any(task.path == name for task in part))
    if not twins.is_one_task:
        raise _several_tasks(twins, snapshot)
    return twins.histories[0]


def _put_first(files: list[Task], prefer: str | None) -> list[Task]:
    if prefer is None:
        return files
    first = [task for task in files if task.path == prefer]
    if not first:
        raise TaskfilesError(
            "bad-value",
            option="prefer",
            given=f"“{prefer}”",
            problem=f"it is no file of {files[0].id}",
            remedy=f"Name {' or '.join(task.path for task in files)}.",
        )
    return first + [task for task in files if task.path != prefer]


def _choose_kept(order: list[Task], united: Task, layout: str) -> Task:
    """Return the file to keep: the one at the path of the merged task, or the first."""
    try:
        place = expected_path(united.values, layout)
    except ValueError:
        return order[0]
    return next((task for task in order if task.path == place), order[0])


def _edit(draft: Draft, order: list[Task], united: United) -> None:
    draft.start_from(united.task)
    draft.to_place = True
    if any(each.field == "state" for each in united.differences):
        # The first file decides on the state, and so on the time of completion, which belongs to it.
        if "completed_at" in order[0].values:
            draft.values["completed_at"] = order[0].values["completed_at"]
        else:
            draft.values.pop("completed_at", None)
    for key in REFRESHED:
        if key in draft.values:
            draft.values[key] = draft.now


def _files_differ(order: list[Task], differences: list[Difference]) -> TaskfilesError:
    first = differences[0].places[0]
    return TaskfilesError(
        "files-differ",
        path=first["path"],
        line=first["line"],
        id=order[0].id,
        count=len(order),
        fields=describe(differences),
        commands=list_merges(order, differ=True),
        details={"differences": [each._asdict() for each in differences]},
    )


def _several_tasks(twins: Twins, snapshot: Snapshot) -> TaskfilesError:
    taken = known_ids(snapshot.tasks, snapshot.unreadable)
    commands = [each.remedy for each in list_renames(twins, taken)]
    return TaskfilesError(
        "several-tasks",
        id=twins.id,
        count=len(twins.histories),
        paths=", ".join(task.path for part in twins.histories for task in part),
        commands=join_remedies(commands, " or "),
    )
