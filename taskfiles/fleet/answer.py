"""What engines answer, as what was measured; pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from taskfiles.dataset.instants import micros_text
from taskfiles.fleet.definitions import IN_MICROS, MEASURED
from taskfiles.fleet.selection import Selection, is_own
from taskfiles.fleet.statement import EVERYTHING, GROUP, SIZE, count_attempts, make_views
from taskfiles.fleet.tasks import count_tasks, list_plan_events, list_untried
from taskfiles.stats.amounts import seconds_of
from taskfiles.stats.groups import SizeNorm
from taskfiles.stats.report import Measured
from taskfiles.stats.rows import Untried
from taskfiles.telemetry.workflows import BatchMetrics, count_batch

Record = Mapping[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Answer(NamedTuple):
    """What was measured, and what else was found.

    `keys` are the dimensions that are keys which some task has; `named` counts the tasks with the id that
    was asked for; `plans` is None where they were not asked for.
    """

    measured: Measured
    keys: frozenset[str]
    named: int
    plans: BatchMetrics | None


class Ask(NamedTuple):
    """What is asked of an engine: the figures of a selection in groups, the tasks without any attempt one
    by one or only how many, and plans or not.
    """

    selection: Selection
    by: tuple[str, ...]
    with_untried: bool = False
    with_plans: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that are read."""
        return ("attempts", "tasks", "events") if self.with_plans else ("attempts", "tasks")


class Connection(NamedTuple):
    """An engine at work on a dataset.

    `define` makes a query a view, in place of one of that name; `rows` runs a query.
    """

    define: Callable[[str, str], object]
    rows: Callable[[str], Iterable[Record]]


def put_questions(ask: Ask, engine: Connection, unreadable: int) -> Answer:
    """Ask an engine; numbers may come as any kind that is whole."""
    by, selection = ask.by, ask.selection
    for name, query in make_views(selection, by).items():
        engine.define(name, query)
    counted = engine.rows(count_attempts(by))
    (tasks,) = engine.rows(count_tasks(selection, by))
    untried = engine.rows(list_untried(selection)) if ask.with_untried else ()
    plans = count_plans(engine.rows(list_plan_events(selection))) if ask.with_plans else None
    return _read(counted, tasks, untried, by, unreadable)._replace(plans=plans)


def count_plans(events: Iterable[Record]) -> BatchMetrics:
    """Count over the rows of events, the oldest first; plans of two repositories are two."""
    said = ((each["repo"], each["type"], json.loads(each["data"])) for each in events)
    return count_batch(
        {"type": kind, "data": {**data, "plan_id": f"{repo}\0{data['plan_id']}"}}
        for repo, kind, data in said
        if isinstance(data.get("plan_id"), str)
    )


def _read(
    counted: Iterable[Record], tasks: Record, untried: Iterable[Record], by: Sequence[str], unreadable: int
) -> Answer:
    groups: dict[tuple[str | None, ...], dict[str, Any]] = {}
    everything: dict[str, Any] = {}
    norms: dict[str, SizeNorm] = {}
    for record in counted:
        if record["part"] == SIZE:
            norms[record["size"]] = SizeNorm(int(record["tasks"]), int(record["duration_p50"]))
        elif record["part"] == EVERYTHING:
            everything = _figures(record)
        elif record["part"] == GROUP:
            groups[tuple(record[f"k{number}"] for number in range(len(by)))] = _figures(record)
    listed = sorted(
        Untried(
            each["task_id"], each["title"], each["kind"], each["path"], instant_text(each["completed_us"])
        )
        for each in untried
    )
    measured = Measured(
        groups=groups,
        everything=everything,
        norms=norms,
        untried=listed,
        without_telemetry=int(tasks["without_telemetry"]),
        invalid=int(tasks["invalid"]),
        unreadable=unreadable,
        overdue=int(tasks["overdue"]),
    )
    keys = {name for number, name in enumerate(by) if is_own(name) and tasks[f"n{number}"]}
    return Answer(measured, frozenset(keys), int(tasks["named"]), None)


def _figures(record: Record) -> dict[str, Any]:
    return {name: _figure(name, record[name]) for name in MEASURED}


def _figure(name: str, value: Any) -> int | float | None:
    if value is None:
        return None
    return seconds_of(int(value)) if name in IN_MICROS else int(value)


def instant_text(micros: Any) -> str | None:
    """Write an instant that is counted in microseconds since 1970."""
    return None if micros is None else micros_text(_EPOCH + timedelta(microseconds=int(micros)))
