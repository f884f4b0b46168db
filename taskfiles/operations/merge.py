"""Use case: merge several files of one task into one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from taskfiles.backlog.snapshot import Snapshot, no_such_task, unreadable_task
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
    list_choices,
    list_merges,
    list_renames,
    unite,
)
from taskfiles.operations.merge_sides import (
    SIDES,
    Sides,
    choose_kept,
    find_sides,
    merge_sides,
    settle,
)
from taskfiles.remedy import Remedy, join_remedies
from taskfiles.store.copies import Copy, find_copies
from taskfiles.store.store import Store
from taskfiles.task.names import ids_in_path
from taskfiles.task.task import Task


class Union(NamedTuple):
    """Outcome of a merge of a task's files.

    `copies` is git's copy of each removed file (same, older or none) by path; `settled` are the fields that
    differed and have the value of the preferred file. `sides` is true for both sides of a merge of git's.
    """

    copies: dict[str, Copy]
    settled: list[str]
    sides: bool = False


def merge_files(
    store: Store, name: str, *, prefer: str | None = None, if_match: str | None = None, dry_run: bool = False
) -> Result[Union]:
    """Merge all files of a task, named by its id or by the path of one of them, into one file.

    The file contains the attempts, list items, ticks and comments of all, by the same rules as a merge of
    branches, and is placed by its state. Fields that differ have the value of the file `prefer`. `if_match`
    is the etag of that file, or without it of the file changed last. A task in one file does not change.
    The change of the file that is kept comes first, then those of the removed files.

    Where git could not merge the task and left conflict markers in its files, the versions of both sides are
    merged instead; `prefer` is then `ours` or `theirs`, or the path of that side, and `if_match` is of the
    first of the files.

    Raises TaskfilesError: files-differ without `prefer`, several-tasks, bad-value for a file that is not one
    of the task's, and as `mutate_all` does.
    """

    def attempt() -> Result[Union]:
        if (sides := find_sides(store, name)) is not None:
            return _merge_sides(store, sides, prefer, if_match, dry_run)
        files = _find_files(store, name)
        order = _put_first(files, prefer)
        check_etag(order[0], if_match)
        if len(order) == 1:
            same = Change(order[0], order[0], False, dry_run, [], [])
            return Result([same], Union({}, []), dry_run)
        united = unite(order, ancestor_in(store))
        if united.differences and prefer is None:
            raise _files_differ(order, united.differences, list_merges(order, differ=True))
        kept = choose_kept(order, united.task, store.settings.layout)
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
        paths = [task.path for task in files]
        raise _bad_choice(prefer, f"it is not a file of {files[0].id}", paths)
    return first + [task for task in files if task.path != prefer]


def _merge_sides(
    store: Store, sides: Sides, prefer: str | None, if_match: str | None, dry_run: bool
) -> Result[Union]:
    check_etag(sides.marked[0].task, if_match)
    side = _find_side(sides, prefer)
    united = unite(sides.in_order(side), sides.find_ancestor)
    if united.differences and side is None:
        choices = list_choices(sides.ours.id, SIDES)
        raise _files_differ(
            [sides.ours, sides.theirs], united.differences, choices, sides.marked[0].task.path
        )
    changes = merge_sides(store, sides, united, side, dry_run=dry_run)
    gone = [change.after.path for change in changes if change.removed]
    settled = list(dict.fromkeys(each.field for each in united.differences))
    return Result(changes, Union(find_copies(store.repository, store.root, gone), settled, True), dry_run)


def _find_side(sides: Sides, prefer: str | None) -> str | None:
    """Return the preferred side. Raises TaskfilesError (bad-value)."""
    if prefer is None or prefer in SIDES:
        return prefer
    versions = zip(SIDES, (sides.ours, sides.theirs), strict=True)
    named = [side for side, task in versions if task.path.partition(":./")[2] == prefer]
    if len(named) == 1:
        return named[0]
    raise _bad_choice(prefer, f"it names no side of {sides.ours.id}", SIDES)


def _bad_choice(prefer: str, problem: str, choices: Sequence[str]) -> TaskfilesError:
    remedy = f"Name {' or '.join(choices)}."
    return TaskfilesError("bad-value", option="prefer", given=f"“{prefer}”", problem=problem, remedy=remedy)


def _edit(draft: Draft, order: list[Task], united: United) -> None:
    draft.start_from(united.task)
    settle(draft, order, united)


def _files_differ(
    order: list[Task], differences: list[Difference], choices: Remedy, path: str | None = None
) -> TaskfilesError:
    """Return the error of files that differ; `path` is the file to name where git has both versions."""
    first = differences[0].places[0]
    return TaskfilesError(
        "files-differ",
        path=path or first["path"],
        line=first["line"] if path is None else None,
        id=order[0].id,
        count=len(order),
        fields=describe(differences),
        commands=choices,
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
