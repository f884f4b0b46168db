"""What goes on now, for the beginning of a report: states, in progress, blocked, overdue, just done; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from taskfiles.backlog.board import Claims, find_waits
from taskfiles.backlog.dates import is_overdue
from taskfiles.backlog.graph import words
from taskfiles.backlog.query import is_blocked
from taskfiles.backlog.readiness import Backlog
from taskfiles.basics.instants import find_instant
from taskfiles.errors import number_of
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED, State

MOST = 20  # lines of a list; the rest is counted
_WEEK = timedelta(days=7)
_BEGUN = frozenset({State.READY.value, State.IN_PROGRESS.value})


class Row(NamedTuple):
    """A task in a list, and what is to be said of it."""

    id: str
    title: str
    state: str
    says: str


class NowMaterial(NamedTuple):
    """The project at one instant: how many tasks are in each state, and the lists of those that matter."""

    day: str
    states: dict[str, int]
    progress: list[Row]
    blocked: list[Row]
    overdue: list[Row]
    done: list[Row]


def make_now(
    backlog: Backlog, *, claims: Claims, now: datetime, zone: tzinfo, ids: Collection[str] | None = None
) -> NowMaterial:
    """Say what goes on in a backlog at an instant, of these tasks if ids are given.

    In progress comes what is held longest first, blocked what has a reason before what waits for others,
    overdue the longest first, done of the last seven days the latest first.
    """
    tasks = [task for task in backlog.tasks if ids is None or task.id in ids]
    still = [task for task in tasks if not is_word(task.state, CLOSED)]
    states = dict.fromkeys((state.value for state in State), 0)
    for task in tasks:
        states[str(task.state)] = states.get(str(task.state), 0) + 1
    progress = [task for task in still if task.state == State.IN_PROGRESS]
    progress.sort(key=lambda task: (str(claims.get(task.id, {}).get("since", "~")), task.id))
    late = [task for task in still if is_overdue(task, now, zone)]
    late.sort(key=lambda task: (str(task.value("due")), task.id))
    done = [
        (ended, task)
        for task in tasks
        if task.state == State.DONE
        and (ended := find_instant(task.value("completed_at"), zone)) is not None
        and now - _WEEK <= ended <= now
    ]
    done.sort(key=lambda pair: (-pair[0].timestamp(), pair[1].id))
    return NowMaterial(
        day=now.astimezone(zone).date().isoformat(),
        states=states,
        progress=[_row(task, _say_holder(task, claims)) for task in progress],
        blocked=[*_list_blocked(still, backlog)],
        overdue=[_row(task, f"was due {task.value('due')}") for task in late],
        done=[_row(task, ended.astimezone(zone).date().isoformat()) for ended, task in done],
    )


def _row(task: Task, says: str) -> Row:
    return Row(task.id, str(task.title), str(task.state), says)


def _say_holder(task: Task, claims: Claims) -> str:
    claim = claims.get(task.id)
    names = ", ".join(words(task, "assignees"))
    if claim is not None:
        return f"held by {claim.get('by')}"
    return f"assigned to {names}, held by nobody" if names else "held by nobody"


def _list_blocked(tasks: Iterable[Task], backlog: Backlog) -> Iterable[Row]:
    waiting = []
    for task in sorted(tasks, key=lambda task: task.id):
        if is_blocked(task):
            yield _row(task, " ".join(str(task.value("blocked")).split()))
        elif is_word(task.state, _BEGUN) and (waits := find_waits(task, backlog)):
            more = f", and {number_of(len(waits) - 1, 'thing')} more" if len(waits) > 1 else ""
            waiting.append(_row(task, f"{waits[0].message}{more}"))
    yield from waiting
