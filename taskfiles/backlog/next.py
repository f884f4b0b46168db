"""Choose what to work on next: the ready tasks by rank, or several without conflicts; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, tzinfo

from taskfiles.backlog.conflicts import read_needs
from taskfiles.backlog.dates import is_early
from taskfiles.backlog.filter import Filter
from taskfiles.backlog.graph import find_nearest
from taskfiles.backlog.query import make_test
from taskfiles.backlog.ranking import Candidate, can_execute, rank_tasks
from taskfiles.backlog.readiness import Backlog, find_obstacles
from taskfiles.backlog.stages import choose_parallel
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.columns import read_ids, read_states
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import Size, State

_SIZES = list(Size)
_OPEN = frozenset((State.IDEA, State.READY, State.IN_PROGRESS))


class Skipped(NamedTuple):
    """A candidate that was not selected, since it conflicts with the selected `other` by this key."""

    id: str
    conflict: str
    other: str


class Choice(NamedTuple):
    """What to work on next: candidates by rank, the ids selected among them, those passed over for conflicts.

    `left_out` maps reasons to the ids of open leaf tasks that are no candidates, each under its first reason:
    `claimed` by others, `closed-elsewhere`, `idea`, `in-progress`, `not-before` a later day, `unfit` for the
    caller's limits, or the code of an obstacle. Where there is no candidate, `children` has what is ready
    with open tasks below it.
    """

    candidates: list[Candidate]
    selected: list[str]
    passed_over: list[Skipped]
    left_out: dict[str, list[str]]


def choose_next(
    tasks: Iterable[Task],
    *,
    count: int = 10,
    executor: str | None = None,
    max_size: str | None = None,
    parallelize: int | None = None,
    held: Collection[str] = (),
    lapsed: Collection[str] = (),
    elsewhere: Collection[str] = (),
    strict: bool = False,
    wanted: Filter | None = None,
    include_blocked: bool = False,
    now: datetime | None = None,
    zone: tzinfo = UTC,
) -> Choice:
    """Rank the ready leaf tasks and select the best one, or up to `parallelize` without conflicts.

    `executor` leaves out tasks that need a higher level, `max_size` larger ones. `held` are ids claimed by
    others, `lapsed` those whose claim has expired, which may be in progress, `elsewhere` those that are
    closed in another worktree. Tasks without criteria come last, with `strict` not at all. With `now` those
    that are not to be begun yet are left out, and what is overdue ranks higher; `zone` is where days are
    meant. Only what `wanted` matches is looked at, the rest is not counted as left out; its `parent` means
    that task and all below it. `include_blocked` offers what is blocked, or below what is.
    `count` limits the candidates; with `parallelize` all that were considered are returned.
    """
    backlog = Backlog(tasks)
    ready: list[Task] = []
    parents: list[str] = []
    left_out: dict[str, list[str]] = {}
    above = (wanted.parent if wanted is not None else None) or ()
    inside = {**find_nearest(backlog.parents, above), **dict.fromkeys(above, next(iter(above), ""))}
    meets = None if wanted is None else make_test(wanted, inside)
    ignored = {"criteria"} if not strict else set()
    ignored |= {"blocked", "ancestor-blocked"} if include_blocked else set()
    tasks = backlog.tasks
    for number, (task_id, state) in enumerate(zip(read_ids(tasks), read_states(tasks), strict=True)):
        if not is_word(state, _OPEN) or (meets is not None and not meets(tasks[number])):
            continue
        if below := backlog.children.get(task_id):
            if state == State.READY and any(map(backlog.is_open, below)):
                parents.append(task_id)
            continue
        again = task_id in lapsed
        code = _why_not(task_id, state, held, elsewhere, again=again)
        if code is None:
            task = tasks[number]  # made only now, since what is no candidate needs none
            code = None if task_id in backlog.free else _find_obstacle(task, backlog, ignored, again=again)
            if code is None and now is not None and is_early(task, now, zone):
                code = "not-before"
            if code is None and not (
                (executor is None or can_execute(task, executor)) and _fits(task, max_size)
            ):
                code = "unfit"
            if code is None:
                ready.append(task)
                continue
        left_out.setdefault(code, []).append(task_id)
    if parents and not ready:  # else what is below them is offered, or said of
        left_out["children"] = parents
    candidates = rank_tasks(ready, backlog, executor=executor, now=now, zone=zone)
    if parallelize is None:
        best = [each.task.id for each in candidates[:1]]
        return Choice(candidates[:count], best, [], left_out)
    needs = [read_needs(each.task) for each in candidates]
    selected, passed = choose_parallel(needs, parallelize)
    skipped = [Skipped(*each) for each in passed]
    seen = max(count, len(selected) + len(skipped))
    return Choice(candidates[:seen], selected, skipped, left_out)


def _why_not(
    task_id: str, state: object, held: Collection[str], elsewhere: Collection[str], *, again: bool
) -> str | None:
    """Return the first reason beside its obstacles why an open task can't be started."""
    if task_id in held:
        return "claimed"
    if task_id in elsewhere:
        return "closed-elsewhere"
    return None if state == State.READY or (again and state == State.IN_PROGRESS) else str(state)


def _find_obstacle(task: Task, backlog: Backlog, ignored: Collection[str], *, again: bool) -> str | None:
    codes = (each.code for each in find_obstacles(task, backlog, lapsed=again))
    return next((code for code in codes if code not in ignored), None)


def _fits(task: Task, max_size: str | None) -> bool:
    return max_size is None or _SIZES.index(task.get("size")) <= _SIZES.index(Size(max_size))
