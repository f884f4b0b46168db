"""The SQL that counts and lists tasks, and lists the events of plans; in DuckDB's dialect, pure."""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles.dataset.sql import literal
from taskfiles.fleet.selection import Selection, is_own
from taskfiles.fleet.sql import conditions, micros_of, select, span
from taskfiles.task.words import CLOSED, State
from taskfiles.telemetry.actions import EXECUTION_SUMMARY, PLAN_CREATED


def count_tasks(selection: Selection, by: Sequence[str]) -> str:
    """Write the statement that counts tasks: `invalid`, `without_telemetry`, `overdue`, those with each key.

    `named` counts those with the id of the selection's task. The columns after these, `n0`, `n1`, …, go with
    the dimensions: how many tasks of the whole dataset have that key, where it is one of the user's own;
    else null.
    """
    wanted = " AND ".join(conditions(selection, None)) or "TRUE"
    keys = (f'COUNT("values"[{literal(name)}])' if is_own(name) else "NULL" for name in by)
    of_repos = conditions(Selection(repos=selection.repos), None)
    named = [*of_repos, f"task_id = {literal(selection.task or '')}"]
    columns = [
        f"COUNT(*) FILTER (WHERE {' AND '.join(named)}) AS named",
        f"COUNT(*) FILTER (WHERE {wanted} AND problem IS NOT NULL) AS invalid",
        f"COUNT(*) FILTER (WHERE {_untried(selection)}) AS without_telemetry",
        f"COUNT(*) FILTER (WHERE {_overdue(selection)}) AS overdue",
        *(f"{text} AS n{number}" for number, text in enumerate(keys)),
    ]
    return select(columns, "tasks")


def list_untried(selection: Selection) -> str:
    """Write the statement that lists the done tasks without any attempt, as `Untried` has them."""
    path = "CONCAT(repo, '/', path) AS path"
    columns = ["task_id", "title", "kind", path, "completed_us"]
    return f"{select(columns, 'tasks')} WHERE {_untried(selection)}"


def list_plan_events(selection: Selection) -> str:
    """Write the statement that lists the events of plans, the oldest first: `repo`, `type`, `data`."""
    types = ", ".join(map(literal, (PLAN_CREATED, EXECUTION_SUMMARY)))
    repos = conditions(Selection(repos=selection.repos), None)
    wanted = " AND ".join([f"type IN ({types})", *repos, *span(selection, "time_us")])
    return (
        f"{select(['repo', 'type', 'data'], 'events')} WHERE {wanted} ORDER BY time_us NULLS FIRST, event_id"
    )


def _overdue(selection: Selection) -> str:
    """What `plain.is_overdue` says."""
    if selection.scope.now is None:
        return "FALSE"
    closed = ", ".join(map(literal, sorted(CLOSED)))
    is_open = ["problem IS NULL", f"state NOT IN ({closed})", f"due_us < {micros_of(selection.scope.now)}"]
    return " AND ".join([*conditions(selection, None), *is_open])


def _untried(selection: Selection) -> str:
    """What `plain.is_untold` says; one whose completion is not known may be in the span."""
    done = ["problem IS NULL", f"state = {literal(State.DONE)}", "attempts = 0"]
    ended = " AND ".join(span(selection, "completed_us"))
    in_span = [f"(completed_us IS NULL OR ({ended}))"] if ended else []
    return " AND ".join([*conditions(selection, None), *done, *in_span])
