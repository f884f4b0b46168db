"""Attempts of one session of a tool: their own figures, from the running totals that the tool prints; pure.

A tool that resumes a session may print what the whole session took. An attempt keeps that as
`session_totals`; its own figures are those minus the greatest totals before it in the session, whatever
task has them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from taskfiles.basics.instants import find_instant
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.attempts import has_totals

FIGURES = (
    "input_tokens",
    "output_tokens",
    "reasoning_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
)
COST = "actual_usd_micros"


class Place(NamedTuple):
    """An attempt by its task and its place there."""

    task: str
    number: int  # from 0


class Own(NamedTuple):
    """Figures of an attempt alone; a part is None where its totals say nothing of it.

    `problem` says why none can be known; both parts are empty then.
    """

    usage: dict[str, int] | None
    cost: int | None
    problem: str | None = None
    has_cost: bool = False


def session_of(attempt: object) -> tuple[str, str] | None:
    """Return the tool and session of an attempt; None where it names no session."""
    if not isinstance(attempt, dict) or not isinstance(attempt.get("executor"), dict):
        return None
    tool, session = attempt["executor"].get("tool"), attempt.get("session_id")
    return (tool, session) if isinstance(tool, str) and isinstance(session, str) else None


def find_own(attempts: Iterable[tuple[Place, Mapping[str, Any]]]) -> dict[Place, Own]:
    """Compute the own figures of all attempts that have totals of their session.

    >>> first = {"executor": {"tool": "codex"}, "session_id": "s", "started_at": "2025-11-02T15:00:00Z",
    ...          "session_totals": {"usage": {"input_tokens": 100}}}
    >>> second = first | {"started_at": "2025-11-02T16:00:00Z",
    ...                   "session_totals": {"usage": {"input_tokens": 130}}}
    >>> find_own([(Place("a", 0), second), (Place("b", 0), first)])[Place("a", 0)].usage
    {'input_tokens': 30}
    """
    sessions: dict[tuple[str, str], list[tuple[Place, Mapping[str, Any]]]] = defaultdict(list)
    for place, attempt in attempts:
        session = session_of(attempt)
        if session is not None:
            sessions[session].append((place, attempt))
    found: dict[Place, Own] = {}
    for members in sessions.values():
        if any(has_totals(attempt) for _, attempt in members):
            found |= _of_session(sorted(members, key=_order))
    return found


def _order(member: tuple[Place, Mapping[str, Any]]) -> tuple[Any, ...]:
    place, attempt = member
    start = find_instant(attempt.get("started_at"))
    return (start is None, start.timestamp() if start is not None else 0.0, str(attempt.get("id")), place)


def _of_session(members: Sequence[tuple[Place, Mapping[str, Any]]]) -> dict[Place, Own]:
    found: dict[Place, Own] = {}
    greatest: dict[str, int] = {}
    is_unknown = False  # an attempt without totals came after the last one with totals
    for place, attempt in members:
        totals = attempt.get("session_totals")
        if isinstance(totals, dict):
            figures = _figures(totals)
            if has_totals(attempt):
                found[place] = _subtract(figures, greatest, is_unknown=is_unknown)
            greatest |= {key: max(value, greatest.get(key, 0)) for key, value in figures.items()}
            is_unknown = False
        else:
            is_unknown = True
    return found


def _figures(totals: Mapping[str, Any]) -> dict[str, int]:
    usage, cost = totals.get("usage"), totals.get("cost")
    known = {key: usage.get(key) for key in FIGURES} if isinstance(usage, dict) else {}
    known[COST] = cost.get(COST) if isinstance(cost, dict) else None
    return {key: value for key, value in known.items() if isinstance(value, int)}


def _subtract(figures: Mapping[str, int], before: Mapping[str, int], *, is_unknown: bool) -> Own:
    has_cost = COST in figures
    if is_unknown:
        return Own({}, None, "an earlier attempt of the session has no totals", has_cost)
    own = {key: value - before[key] if key in before else value for key, value in figures.items()}
    if any(value < 0 for value in own.values()):
        return Own({}, None, "an earlier attempt of the session has greater totals", has_cost)
    if before:  # what the earlier ones lack can not be separated
        own = {key: value for key, value in own.items() if key in before}
    usage = {key: value for key, value in own.items() if key != COST}
    return Own(usage if len(figures) > has_cost else None, own.get(COST), None, has_cost)


def apply_own(attempt: dict[str, Any], own: Own) -> dict[str, Any]:
    """Return an attempt with its own figures; unknown ones stay out."""
    changed = dict(attempt)
    if own.usage is not None:
        kept = {key: value for key, value in (attempt.get("usage") or {}).items() if key not in FIGURES}
        changed["usage"] = {key: own.usage[key] for key in FIGURES if key in own.usage} | kept
    if own.has_cost or own.problem is not None:
        cost = {
            key: value for key, value in (attempt.get("cost") or {}).items() if key not in {COST, "source"}
        }
        if own.cost is not None:
            source = attempt["session_totals"].get("cost", {}).get("source")
            cost = {COST: own.cost} | cost | ({} if source is None else {"source": source})
        changed["cost"] = cost
    return {key: value for key, value in changed.items() if value != {}}


def differs(attempt: Mapping[str, Any], own: Own) -> bool:
    """Whether an attempt's figures are others than its own."""
    usage, cost = attempt.get("usage") or {}, attempt.get("cost") or {}
    if own.usage is not None and {key: usage[key] for key in FIGURES if key in usage} != own.usage:
        return True
    return own.has_cost and cost.get(COST) != own.cost
