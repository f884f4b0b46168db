"""Use case: move misplaced files, set when done tasks were completed, and say why others are left."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.changes.commit import Planned, commit
from taskfiles.changes.draft import Draft, plan_text, render_draft
from taskfiles.changes.mutate import retry
from taskfiles.changes.outside_links import report_outside_links
from taskfiles.changes.relink import follow_links
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.operations.completion import Completion, known_completions, lacks_completion
from taskfiles.remedy import Remedy
from taskfiles.store.store import Store
from taskfiles.task.findings import Finding
from taskfiles.task.names import expected_path
from taskfiles.task.place import find_misplaced
from taskfiles.task.task import Task, parse_task

MISPLACED = frozenset(("wrong-directory", "wrong-name"))
_DECIDE = ("state", "kind", "completed_at")  # the keys that a file's place follows from
_LONGEST_NAME = 255  # bytes that file systems take


class Fix(NamedTuple):
    """A fix that was made, or with `dry_run` would be: the file moved from `source` to `target`.

    `completed_at` is the instant that was set, None if none was; `taken_from` says from where: `updated_at`,
    or `git:COMMIT`.
    """

    id: str
    source: str
    target: str
    completed_at: str | None = None
    taken_from: str | None = None


class Left(NamedTuple):
    """A file that has to be put right by hand: why it is left, and what has to be done first.

    `target` is where the file belongs, None if that is not known or it is there.
    """

    id: str
    path: str
    target: str | None
    code: str
    reason: str
    remedy: str


class Fixes(NamedTuple):
    """What was fixed, and what was left."""

    done: list[Fix]
    left: list[Left]


class Repair(NamedTuple):
    """A file as it was read, where it belongs, and when its task was completed if that has to be set."""

    task: Task
    target: str
    completion: Completion | None


class Plan(NamedTuple):
    """Repairs in rounds, each of which frees places for the next, and what is left."""

    rounds: list[list[Repair]]
    left: list[Left]


def fix(store: Store, *, dry_run: bool = False, only: Collection[str] | None = None) -> Result[Fixes]:
    """Move every misplaced file to the directory and name that its frontmatter requires.

    A done task without `completed_at` gets it from git's history, else from `updated_at`. Files whose path is
    taken by another that does not move, whose id is in two files, or whose place can't be known are left,
    each with the reason; all else is one change, made as a whole or not at all. Deterministic and idempotent:
    a path that a move frees is used in the same run.
    `only` are paths. Raises TaskfilesError: lock-timeout, io.
    """
    store.check_writable()

    def attempt() -> Result[Fixes]:
        tasks = store.snapshot(check=True).tasks
        chosen = [task for task in tasks if only is None or task.path in only]
        plan = plan_fixes(store, tasks, only, known_completions(store, chosen))
        left, done = list(plan.left), []
        planned: list[Planned] = []
        gone: set[str] = set()
        for repairs in plan.rounds:
            for repair in repairs:
                try:
                    planned.append(_plan_repair(store, repair, gone, dry_run))
                except TaskfilesError as error:
                    left.append(_refused(repair, error))
                    continue
                done.append(_describe(repair))
            gone |= {each.loaded.task.path for each in planned if each.loaded}
        planned = follow_links(store, planned, dry_run=dry_run)
        if not dry_run:
            commit(store, planned, "task.fix")
            report_outside_links(store, [each.change for each in planned])
        moved = {} if dry_run else {each.source: each.target for each in done}
        left = [each._replace(path=moved.get(each.path, each.path)) for each in left]
        return Result([each.change for each in planned], Fixes(done, _by_path(left)), dry_run)

    with store.locks.store():
        return retry(attempt)


def _plan_repair(store: Store, repair: Repair, gone: Collection[str], dry_run: bool) -> Planned:
    """Plan one repair. Raises TaskfilesError, too, if the file or its target have changed since."""
    path, target = repair.task.path, repair.target
    loaded = store.load_at(path)
    if loaded.task.etag != repair.task.etag:
        raise TaskfilesError("changed-underneath", path=path)
    if target != path and target not in gone and os.path.lexists(store.reader.file(target)):
        raise TaskfilesError("path-taken", path=target, id=repair.task.id)
    after = loaded.task
    if repair.completion is not None:
        draft = Draft(loaded.task, repair.completion.instant)
        draft.values["completed_at"] = repair.completion.instant
        after = render_draft(draft)
    return Planned(loaded, plan_text(loaded.task, parse_task(target, after.data), dry_run=dry_run))


def _describe(repair: Repair) -> Fix:
    task, target, completion = repair
    if completion is None:
        return Fix(task.id, task.path, target)
    source = f"git:{completion.commit}" if completion.commit else completion.source
    return Fix(task.id, task.path, target, completion.instant, source)


def _refused(repair: Repair, error: TaskfilesError) -> Left:
    reason = error.message[:1].lower() + error.message[1:].rstrip(".")
    return Left(
        repair.task.id, repair.task.path, repair.target, error.code, reason, error.hint or "Try again."
    )


def plan_fixes(
    store: Store,
    tasks: Sequence[Task],
    only: Collection[str] | None = None,
    completions: Mapping[str, Completion] | None = None,
) -> Plan:
    """Plan the repairs of tasks whose findings are known; nothing is written."""
    known = completions or {}
    paths: dict[str, list[str]] = {}
    for task in tasks:
        paths.setdefault(task.id, []).append(task.path)
    left: list[Left] = []
    repairs: dict[str, Repair] = {}
    for task in tasks:
        if only is not None and task.path not in only:
            continue
        completion = known.get(task.path)
        is_misplaced = any(find_misplaced(task, store.settings.layout))
        if completions is not None and lacks_completion(task) and completion is None:
            reason = "neither git's history nor `updated_at` says when it was completed"
            left.append(Left(task.id, task.path, None, "missing-completed-at", reason, "Set `completed_at`."))
        if not is_misplaced and completion is None:
            continue
        try:
            repairs[task.path] = _find_repair(store, task, completion, paths[task.id])
        except _Kept as kept:
            left.append(kept.left)
    rounds, taken = order_moves(
        {path: each.target for path, each in repairs.items()},
        lambda path: os.path.lexists(store.reader.file(path)),
    )
    for path in taken:
        task, target, _ = repairs[path]
        remedy = "Move one of the two by hand first." if target in taken else "Move that file away first."
        left.append(Left(task.id, path, target, "path-taken", f"{target} is there already", remedy))
    return Plan([[repairs[path] for path in paths] for paths in rounds], _by_path(left))


def _by_path(left: Sequence[Left]) -> list[Left]:
    return sorted(left, key=lambda each: (each.path, each.code))


class _Kept(Exception):
    """A file has to stay where it is."""

    def __init__(self, left: Left) -> None:
        super().__init__(left.reason)
        self.left = left


def _find_repair(store: Store, task: Task, completion: Completion | None, twins: Sequence[str]) -> Repair:
    """Return the repair of a task. Raises _Kept."""

    def keep(code: str, reason: str, remedy: str) -> _Kept:
        return _Kept(Left(task.id, task.path, None, code, reason, remedy))

    for finding in task.errors:
        if finding.field in _DECIDE:
            what = finding.message[:1].lower() + finding.message[1:].rstrip(".")
            reason = f"its place follows from `{finding.field}`, and {what} (line {finding.line})"
            raise keep(finding.code, reason, f"Correct `{finding.field}` first.")
    if len(twins) > 1:
        other = next(path for path in twins if path != task.path)
        raise keep("duplicate-id", f"{other} has the same id", "Give one of the two another id first.")
    if os.path.islink(store.reader.file(task.path)):
        raise keep("symbolic-link", "it is a symbolic link", "Put a regular file in its place first.")
    values = task.values if completion is None else {**task.values, "completed_at": completion.instant}
    target = expected_path(values, store.settings.layout, task.path)
    if len(os.fsencode(target.rpartition("/")[2])) > _LONGEST_NAME:
        raise keep("long-name", "its id is too long for a file name", "Give it a shorter id first.")
    return Repair(task, target, completion)


def order_moves(
    targets: Mapping[str, str], exists: Callable[[str], bool]
) -> tuple[list[list[str]], list[str]]:
    """Order moves in rounds, so that each place is free when a file gets there; the second list can't move.

    >>> order_moves({"a": "b", "b": "c"}, {"a", "b"}.__contains__)
    ([['b'], ['a']], [])
    """
    waiting = dict(sorted(targets.items()))
    rounds: list[list[str]] = []
    gone: set[str] = set()
    filled: set[str] = set()
    while waiting:
        ready: list[str] = []
        for path, target in waiting.items():
            is_free = target == path or target in gone or not exists(target)
            if is_free and target not in filled:
                ready.append(path)
                filled.add(target)
        if not ready:
            break
        for path in ready:
            if waiting.pop(path) != path:
                gone.add(path)
        rounds.append(ready)
    return rounds, list(waiting)


def explain_left(store: Store, tasks: Sequence[Task], findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield findings; where `fix` would leave a misplaced file, the hint says why and what comes first."""
    if not any(finding.code in MISPLACED for finding in findings):
        yield from findings
        return
    left = {each.path: each for each in plan_fixes(store, tasks).left}
    for finding in findings:
        each = left.get(finding.path) if finding.code in MISPLACED else None
        if each is None:
            yield finding
        else:
            words = "A repair leaves it: {reason}. {remedy}"
            hint = Remedy(words, "finding.left", reason=each.reason, remedy=each.remedy)
            yield finding._replace(hint=hint)
