"""The material of a report from a log of events; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from taskfiles.basics.instants import format_instant, parse_instant
from taskfiles.report.ends import Ends
from taskfiles.report.material import PLAN_ENDS, EventMaterial
from taskfiles.stats.rows import Scope
from taskfiles.telemetry.actions import BLOCKED, EXECUTION_SUMMARY, OUTCOMES, PLAN_CREATED
from taskfiles.telemetry.reading import Line, is_event
from taskfiles.telemetry.skipped import Skipped
from taskfiles.telemetry.workflows import count_batch

# They sum a run up, and repeat the reason for which a part of it was refused.
_SUMMARIES = frozenset({"agent.complete", "repo.prepare.complete"})
_NEVER = PLAN_ENDS[-1]


def make_event_material(lines: Iterable[Line], scope: Scope, skipped: Skipped | None = None) -> EventMaterial:
    """Count the events of the span, each id once, in whatever order the lines stand.

    `skipped` gathers the lines that can't be counted.
    """
    seen: set[str] = set()
    runs: set[str] = set()
    first = last = None
    outcomes: dict[str, Counter[str]] = {}
    refused: dict[tuple[str, str], Counter[bool]] = {}
    plans: list[tuple[datetime, str, dict[str, Any]]] = []
    ends = Ends()
    unreadable = 0
    for line in lines:
        event = line.event
        time = None if event is None else _find_time(event)
        if event is None or time is None:
            unreadable += 1
            if skipped is not None:
                skipped.add_line(line.path, line.number)
            continue
        if scope.holds(time):  # of repeats the last in time counts, in whatever order they stand
            ends.add(event, time)
        if event["id"] in seen or not scope.holds(time):
            continue
        seen.add(event["id"])
        data = event["data"]
        run = str(event.get("correlationid"))
        runs.add(run)
        first, last = min(time, first or time), max(time, last or time)
        outcomes.setdefault(data["action"], Counter())[data["outcome"]] += 1
        if data["outcome"] == BLOCKED:
            is_summary = data["action"] in _SUMMARIES
            refused.setdefault((run, str(data.get("reason"))), Counter())[is_summary] += 1
        if event["type"] in {PLAN_CREATED, EXECUTION_SUMMARY}:
            plans.append((time, str(event.get("sequence")), event))
    said = [event for _, _, event in sorted(plans, key=lambda plan: plan[:2])]
    return EventMaterial(
        events=len(seen),
        runs=len(runs),
        unreadable=unreadable,
        outcomes={action: dict(sorted(outcomes[action].items())) for action in sorted(outcomes)},
        refusals=_count_refusals(refused),
        plans=_count_plans(said),
        batch=count_batch(said),
        earliest=None if first is None else format_instant(first),
        latest=None if last is None else format_instant(last),
        ends=ends.list(),
    )


def _find_time(event: Mapping[str, Any]) -> datetime | None:
    """Find the instant of an event that can be counted; None where it can't."""
    if not is_event(event):
        return None
    data = event["data"]
    if not isinstance(data.get("action"), str) or data.get("outcome") not in OUTCOMES:
        return None
    try:
        return parse_instant(str(event.get("time")))
    except ValueError:
        return None


def _count_refusals(refused: Mapping[tuple[str, str], Counter[bool]]) -> dict[str, int]:
    """Count refusals by reason: a sum of a run counts where no other event of that run has the reason."""
    reasons: Counter[str] = Counter()
    for (_, reason), count in refused.items():
        reasons[reason] += count[False] or count[True]
    return dict(sorted(reasons.items()))


def _count_plans(events: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Count plans, each once, by what became of them; what was executed is not skipped by a later preview."""
    ends: dict[str, str] = {}
    for event in events:
        data = event["data"]
        if not isinstance(plan := data.get("plan_id"), str):
            continue
        ends.setdefault(plan, _NEVER)
        if event["type"] == EXECUTION_SUMMARY:
            if data.get("status") == "executed" and data["outcome"] in PLAN_ENDS:
                ends[plan] = data["outcome"]
            elif data.get("status") == "skipped" and ends[plan] == _NEVER:
                ends[plan] = "skipped"
    counts = Counter(ends.values())
    return {end: counts[end] for end in PLAN_ENDS}
