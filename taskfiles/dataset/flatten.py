"""Tasks as tables, column by column; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from taskfiles.backlog.graph import find_parents
from taskfiles.basics.instants import find_span
from taskfiles.dataset.attempts import make_attempts, make_gates
from taskfiles.dataset.columns import TASK_KEYS, TASKS
from taskfiles.dataset.instants import instant_texts, micros_text
from taskfiles.dataset.rows import Row, Values, make_once
from taskfiles.dataset.totals import add_up
from taskfiles.stats.dimensions import own_values, value_text, value_texts
from taskfiles.stats.estimates import ESTIMATES, compare
from taskfiles.stats.rows import AttemptRow, make_rows, with_own
from taskfiles.stats.sessions import Sessions
from taskfiles.task.attempts import attempt_list
from taskfiles.task.keys import DEFAULTS
from taskfiles.task.order import sort_by_id
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import State

INVALID = "invalid"
TWIN = "twin"


class Flat(NamedTuple):
    """The tables of some tasks."""

    tasks: Values
    attempts: Values
    gates: Values


_TIMES = ("created_at", "updated_at", "completed_at")
_READ = ("state", *TASK_KEYS, "labels", "title", "due", "not_before", "estimate_minutes", "rank", *_TIMES)


class _Read(NamedTuple):
    """A task with its values of the keys in `_READ`, the user's own, and its attempts with their rows.

    An invalid task has no attempts.
    """

    task: Task
    values: tuple[Any, ...]
    own: Mapping[str, Sequence[str]]
    attempts: Sequence[Mapping[str, Any]]
    rows: Sequence[AttemptRow]


def flatten_tasks(tasks: Iterable[Task], repo: str, zone: tzinfo = UTC) -> Flat:
    """Make tables of all tasks of a project; those of invalid tasks and twins have no attempt.

    Of each task what the tables need is read while a pass over all of them is at it, and no more is kept.
    `zone` is where the days of `due` and `not_before` are meant.
    """
    sessions = Sessions()
    found = {task: _read(task, sessions) for task in tasks}
    ordered = sort_by_id(found)
    count = Counter(task.id for task in ordered)
    problems = {task: INVALID if task.errors else TWIN if count[task.id] > 1 else None for task in ordered}
    sound = [found[task] for task, problem in problems.items() if problem is None]
    keys = _make_columns(sound)
    parents = find_parents(ordered)
    above = [_find_ancestors(read.task.id, parents, count) for read in sound]
    attributes = _attributes(keys, above) | {"values": [read.own for read in sound]}

    own = sessions.find_own()
    tried = [at for at, read in enumerate(sound) if read.rows]
    rows = [with_own(row, own) for at in tried for row in sound[at].rows]
    given = [attempt for at in tried for attempt in sound[at].attempts]
    spans = [slice(*ends) for ends in pairwise(accumulate((len(sound[at].rows) for at in tried), initial=0))]
    attempts = make_attempts(given, rows)
    compared = _compare(rows, spans)
    totals = add_up(attempts, spans) | compared
    beside = compared | {
        "uniform": totals["uniform"],
        "overlapping": [_overlap(rows[span]) for span in spans],
    }
    lengths = [span.stop - span.start for span in spans]
    of_task = _task_columns(sound, keys, repo, zone) | attributes
    shared = ("repo", "task_id", "title", "gone", *attributes)
    attempts |= _repeat({name: of_task[name] for name in shared}, tried, lengths)
    attempts |= _repeat(beside, range(len(tried)), lengths)
    return Flat(
        _add_rows(
            of_task | _spread(totals, tried, len(sound)),
            [_blank_row(found[task], repo, problem) for task, problem in problems.items() if problem],
        ),
        attempts,
        make_gates(given, rows, attempts),
    )


def _read(task: Task, sessions: Sessions) -> _Read:
    values: Mapping[str, Any] = task.values
    read, own = tuple(map(values.get, _READ)), own_values(values)
    if "execution" not in values or task.errors:
        return _Read(task, read, own, (), ())
    attempts: list[Any] = attempt_list(task.values)
    sessions.note(task, attempts)
    return _Read(task, read, own, attempts, [*make_rows(task, attempts)])


def _make_columns(sound: Sequence[_Read]) -> Values:
    """Return the tasks' values of each key that was read, as `Task.get` does."""
    columns = zip(*(read.values for read in sound), strict=True) if sound else ((),) * len(_READ)
    return {
        key: column
        if (default := DEFAULTS.get(key)) is None
        else [default if value is None else value for value in column]
        for key, column in zip(_READ, columns, strict=True)
    }


def _attributes(keys: Values, above: Sequence[Sequence[str]]) -> Values:
    """Make the columns that tasks share with their attempts; `above` are the ids of each one's ancestors."""
    return {
        "state": list(map(str, keys["state"])),
        **{name: make_once(value_text, keys[name]) for name in TASK_KEYS},
        "labels": make_once(value_texts, keys["labels"]),
        "parent": [ancestors[0] if ancestors else None for ancestors in above],
        "ancestors": [sorted(ancestors) for ancestors in above],
    }


def _task_columns(sound: Sequence[_Read], keys: Values, repo: str, zone: tzinfo) -> Values:
    """Make the columns that tasks have by themselves."""
    due, begin = (
        make_once(lambda value: find_span(value, zone), keys[name]) for name in ("due", "not_before")
    )
    return {
        "repo": [repo] * len(sound),
        "task_id": [read.task.id for read in sound],
        "path": [read.task.path for read in sound],
        "title": list(map(str, keys["title"])),
        "problem": [None] * len(sound),
        "due": [None if span is None else micros_text(span[1]) for span in due],
        "not_before": [None if span is None else micros_text(span[0]) for span in begin],
        "estimate_minutes": keys["estimate_minutes"],
        "rank": [None if value is None else float(value) for value in keys["rank"]],
        **{name: instant_texts(keys[name]) for name in _TIMES},
        "attempts": [len(read.attempts) for read in sound],
        "gone": [False] * len(sound),
    }


def _blank_row(read: _Read, repo: str, problem: str) -> Row:
    """Make the row of a task whose keys can't be relied on: its state counts, where it is a word."""
    task, title = read.task, read.values[_READ.index("title")]
    return dict.fromkeys(column.name for column in TASKS) | {
        "repo": repo,
        "task_id": task.id,
        "path": task.path,
        "title": title if isinstance(title, str) else None,
        "problem": problem,
        "state": str(task.state) if is_word(task.state, list(State)) else None,
        "labels": [],
        "ancestors": [],
        "values": read.own,
        "gone": False,
    }


def _repeat(columns: Values, places: Iterable[int], lengths: Sequence[int]) -> Values:
    """Return what stands at some places of columns, each as often as is said."""
    repeated = [at for at, length in zip(places, lengths, strict=True) for _ in range(length)]
    return {name: [column[at] for at in repeated] for name, column in columns.items()}


def _spread(columns: Values, places: Sequence[int], length: int) -> Values:
    """Return longer columns that have these values at some places, and None at all others."""
    spread: Values = {}
    for name, column in columns.items():
        values: list[Any] = [None] * length
        for at, value in zip(places, column, strict=True):
            values[at] = value
        spread[name] = values
    return spread


def _add_rows(columns: Values, rows: Sequence[Row]) -> Values:
    return {name: [*column, *(row[name] for row in rows)] for name, column in columns.items()}


def _compare(rows: Sequence[AttemptRow], spans: Sequence[slice]) -> Values:
    """Return the tasks' estimates with what came of them, where both are known."""
    found: Values = {}
    for name, (estimated, actual) in ESTIMATES.items():
        is_estimated = any(getattr(row, estimated) is not None for row in rows)
        pairs = [(is_estimated and compare(rows[span], name)) or (None, None) for span in spans]
        found[f"compared_{estimated}"] = [pair[0] for pair in pairs]
        found[f"compared_{actual}"] = [pair[1] for pair in pairs]
    return found


def _overlap(rows: Sequence[AttemptRow]) -> bool:
    if len(rows) == 1:  # as most have
        return False
    spans = sorted((row.started_at, row.ended_at) for row in rows)
    ends = accumulate((end for _, end in spans), max)
    return any(start < end for (start, _), end in zip(spans[1:], ends, strict=False))


def _find_ancestors(task_id: str, parents: Mapping[str, str], known: Collection[str]) -> list[str]:
    """List the ids of the tasks above one, the nearest first; a circle is walked once."""
    found: dict[str, None] = {}
    node = parents.get(task_id)
    while node is not None and node in known and node not in found and node != task_id:
        found[node] = None
        node = parents.get(node)
    return list(found)
