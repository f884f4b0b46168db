"""Pieces of SQL: queries of steps, selections as conditions; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from taskfiles.basics.instants import MICROSECOND
from taskfiles.dataset.sql import literal
from taskfiles.fleet.selection import Selection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def select(columns: Sequence[str], relation: str, by: Sequence[str] = ()) -> str:
    """Write a query, grouped by columns where there are some."""
    # What comes from outside was made a literal, or compared with known names before.
    text = f"SELECT {', '.join(columns)} FROM {relation}"  # noqa: S608
    return text + (f" GROUP BY {', '.join(by)}" if by else "")


def with_steps(steps: Mapping[str, str], query: str) -> str:
    """Put named steps before a query that uses them."""
    return f"WITH {', '.join(f'{name} AS ({text})' for name, text in steps.items())} {query}"


def micros_of(instant: datetime) -> int:
    """Return the microseconds since 1970."""
    return (instant - _EPOCH) // MICROSECOND


def conditions(selection: Selection, instant: str | None) -> Iterator[str]:
    """Write what rows of a table must meet; `instant` is the column that the span is about."""
    scope = selection.scope
    if selection.repos:
        yield f"repo IN ({', '.join(map(literal, sorted(selection.repos)))})"
    if scope.states:
        yield f"(state IS NULL OR state IN ({', '.join(map(literal, sorted(scope.states)))}))"
    if selection.task is not None:
        named = literal(selection.task)
        yield f"(task_id = {named} OR ARRAY_CONTAINS(ancestors, {named}))"
    if instant is not None:
        yield from span(selection, instant)


def span(selection: Selection, instant: str) -> Iterator[str]:
    """Write that an instant lies in the span of a selection."""
    if selection.scope.since is not None:
        yield f"{instant} >= {micros_of(selection.scope.since)}"
    if selection.scope.until is not None:
        yield f"{instant} < {micros_of(selection.scope.until)}"
