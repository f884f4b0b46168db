"""Tasks and events as rows of the tables; pure.

A row maps each column to its value. Instants are texts in UTC with microseconds, so that they sort as text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import accumulate
from typing import Any, NamedTuple

from taskfiles.backlog.graph import find_parents
from taskfiles.basics.instants import MICROSECOND, find_instant, find_span, pad_usual
from taskfiles.dataset.columns import TASK_KEYS
from taskfiles.dataset.rows import Row
from taskfiles.dataset.totals import add_up
from taskfiles.stats.dimensions import (
    agent_of,
    error_of,
    month_of,
    own_values,
    planner_of,
    task_value,
    task_values,
)
from taskfiles.stats.estimates import ESTIMATES, compare
from taskfiles.stats.rows import AttemptRow, attempts_of, make_rows, with_own
from taskfiles.stats.sessions import Sessions
from taskfiles.task.order import sort_by_id
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import State
from taskfiles.telemetry.outcomes import read_meaning

INVALID = "invalid"
TWIN = "twin"
# Columns of an attempt that are fields of its row in `stats` under the same name.
SHARED = tuple(name for name in AttemptRow._fields if name not in {"task", "size", "gates", "values"})

_PLAIN = ("error_detail", "exit_code", "turns", "model_requests", "refused_tools", "no_change")


class Flat(NamedTuple):
    """The rows of some tasks."""

    tasks: list[Row]
    attempts: list[Row]
    gates: list[Row]


def flatten_tasks(tasks: Sequence[Task], repo: str, zone: tzinfo = UTC) -> Flat:
    """Make rows of all tasks of a project; those of invalid tasks and twins have no attempt.

    `zone` is where the days of `due` and `not_before` are meant.
    """
    count = Counter(task.id for task in tasks)
    parents = find_parents(tasks)
    flat = Flat([], [], [])
    sessions = Sessions()
    for task in tasks:
        sessions.note(task, attempts_of(task))
    own = sessions.find_own()
    for task in sort_by_id(tasks):
        problem = INVALID if task.errors else TWIN if count[task.id] > 1 else None
        if problem is not None:
            flat.tasks.append(_blank_task(task, repo, problem))
            continue
        attributes = _attributes(task, _find_ancestors(task.id, parents, count.keys()))
        attempts = attempts_of(task)
        if not attempts:
            flat.tasks.append(_task_row(task, repo, attributes, _UNTRIED, zone))
            continue
        rows = [with_own(row, own) for row in make_rows(task, attempts)]
        compared = _compare(rows)
        beside = attributes | {"overlapping": _overlap(rows)} | compared
        tried = []
        for attempt, row in zip(attempts, rows, strict=True):
            tried.append(_attempt_row(task, repo, attempt, row, beside))
            flat.gates.extend(_gate_rows(repo, attempt, row.gates or {}, tried[-1]))
        total = {"attempts": len(attempts)} | add_up(tried) | compared
        flat.tasks.append(_task_row(task, repo, attributes, total, zone))
        for each in tried:
            each["uniform"] = total["uniform"]
        flat.attempts.extend(tried)
    return flat


def micros_text(instant: datetime) -> str:
    """Write an instant in UTC with microseconds.

    >>> micros_text(datetime(2026, 3, 1, 10, 0, tzinfo=UTC))
    '2026-03-01T10:00:00.000000Z'
    """
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _attributes(task: Task, ancestors: list[str]) -> Row:
    return {
        "state": str(task.state),
        **{name: task_value(name, task) for name in TASK_KEYS},
        "labels": [label for label in task_values("label", task) if label is not None],
        "parent": ancestors[0] if ancestors else None,
        "ancestors": sorted(ancestors),
        "values": dict(own_values(task)),
    }


def _task_row(task: Task, repo: str, attributes: Row, total: Row, zone: tzinfo) -> Row:
    due, begin = (find_span(task.value(name), zone) for name in ("due", "not_before"))
    return {
        "repo": repo,
        "task_id": task.id,
        "path": task.path,
        "title": str(task.title),
        "problem": None,
        **attributes,
        "due": None if due is None else micros_text(due[1]),
        "not_before": None if begin is None else micros_text(begin[0]),
        "estimate_minutes": task.get("estimate_minutes"),
        "rank": _number(task.get("rank")),
        **{name: _instant_at(task.get(name)) for name in ("created_at", "updated_at", "completed_at")},
        **total,
        "gone": False,
    }


def _blank_task(task: Task, repo: str, problem: str) -> Row:
    """Make the row of a task whose keys can't be relied on: its state counts, where it is a word."""
    attributes = dict.fromkeys(("state", *TASK_KEYS, "parent"))
    state = str(task.state) if is_word(task.state, list(State)) else None
    return {
        "repo": repo,
        "task_id": str(task.id),
        "path": task.path,
        "title": task.title if isinstance(task.title, str) else None,
        "problem": problem,
        **attributes,
        "state": state,
        "labels": [],
        "ancestors": [],
        "values": dict(own_values(task)),
        **dict.fromkeys(("due", "not_before", "estimate_minutes", "rank")),
        **dict.fromkeys(("created_at", "updated_at", "completed_at")),
        **_UNTRIED,
        "attempts": None,
        "gone": False,
    }


def _attempt_row(task: Task, repo: str, attempt: Mapping[str, Any], row: AttemptRow, attributes: Row) -> Row:
    executor, context = attempt["executor"], attempt.get("context", {})
    reviewed = attempt.get("reviewer", {}).get("reviewed_at")
    meaning = read_meaning(attempt["status"], attempt.get("outcome"), attempt.get("error_type"))
    shared = {name: getattr(row, name) for name in SHARED}
    return {
        **shared,
        **attributes,
        "repo": repo,
        "task_id": task.id,
        "title": str(task.title),
        "attempt_id": attempt.get("id"),
        "started_at": micros_text(row.started_at),
        "ended_at": micros_text(row.ended_at),
        "elapsed_micros": (row.ended_at - row.started_at) // MICROSECOND,
        "month": month_of(row.ended_at),
        "status": str(attempt["status"]),
        "outcome": str(meaning.outcome),
        "ending": str(row.ending),
        "reviewed_at": _instant_at(reviewed),
        **{name: attempt.get(name) for name in _PLAIN},
        "error_type": error_of(attempt),
        "reasoning_tokens": attempt.get("usage", {}).get("reasoning_tokens"),
        "version": executor.get("version"),
        **{name: agent_of(attempt, name) for name in ("tool", "model", "provider")},
        "planner": planner_of(attempt),
        "commit_base": attempt.get("commit", {}).get("base"),
        "commit_head": attempt.get("commit", {}).get("head"),
        "gates_run": row.gates_run,
        "gates_failed": row.gates_failed,
        "cost_source": attempt.get("cost", {}).get("source"),
        "context_compactions": context.get("compactions"),
        "context_rotations": context.get("rotations"),
        "context_utilization_final": _number(context.get("utilization_final")),
        "created_files": len(attempt["created_files"]) if "created_files" in attempt else None,
        "gone": False,
    }


def _gate_rows(repo: str, attempt: Mapping[str, Any], gates: Mapping[str, bool], row: Row) -> Iterator[Row]:
    durations = attempt.get("quality_gates", {}).get("durations_ms", {})
    same = ("task_id", "position", "ended_at", "month", "state", "ancestors")
    for name, failed in sorted(gates.items()):
        yield {
            "repo": repo,
            "gate": name,
            "failed": failed,
            "duration_ms": durations.get(name),
            **{key: row[key] for key in same},
        }


def _compare(rows: Sequence[AttemptRow]) -> Row:
    """Return the task's estimates with what came of them, where both are known."""
    found: Row = {}
    for name, (estimated, actual) in ESTIMATES.items():
        pair = compare(rows, name) if rows else None
        found[f"compared_{estimated}"], found[f"compared_{actual}"] = pair or (None, None)
    return found


_UNTRIED = {"attempts": 0, **add_up([]), **_compare([])}


def _overlap(rows: Sequence[AttemptRow]) -> bool:
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


def _instant_at(text: Any) -> str | None:
    if isinstance(text, str) and (usual := pad_usual(text)) is not None:
        return usual
    instant = find_instant(text)
    return None if instant is None else micros_text(instant)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
