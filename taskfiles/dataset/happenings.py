"""Events and the plans in them, as rows; pure.

Events are taken as they are given: redacted already, the oldest first, each id once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from taskfiles.basics.instants import parse_instant
from taskfiles.basics.jsontext import json_text
from taskfiles.dataset.instants import micros_text
from taskfiles.dataset.rows import Row
from taskfiles.stats.dimensions import month_of
from taskfiles.telemetry.actions import EXECUTION_SUMMARY, PLAN_CREATED
from taskfiles.telemetry.reading import list_at

_DEPENDENCY = "depends_on:"


class Happenings(NamedTuple):
    """The rows of a log."""

    events: list[Row]
    plans: list[Row]


def flatten_events(events: Iterable[Mapping[str, Any]], repo: str) -> Happenings:
    """Make rows of the events of a repository, and one of each plan in them."""
    found = Happenings([], [])
    plans: dict[str, Row] = {}
    for event in events:
        at = _read_time(event.get("time"))
        found.events.append(_event_row(event, repo, at))
        _add_to_plan(plans, event, repo, None if at is None else micros_text(at))
    found.plans.extend({**plan, "conflicts": sorted(plan["conflicts"])} for plan in plans.values())
    return found


def _event_row(event: Mapping[str, Any], repo: str, at: datetime | None) -> Row:
    data = event["data"]
    return {
        "repo": repo,
        "event_id": event["id"],
        "time": None if at is None else micros_text(at),
        "month": None if at is None else month_of(at),
        "type": event["type"],
        **{name: _text(data.get(name)) for name in ("action", "outcome", "reason", "actor")},
        "task_id": _text(event.get("subject")),
        "run_id": _text(event.get("correlationid")),
        "cause_id": _text(event.get("causationid")),
        "sequence": _text(event.get("sequence")),
        "data": json_text(_finite(data)),
    }


def _add_to_plan(plans: dict[str, Row], event: Mapping[str, Any], repo: str, at: str | None) -> None:
    """Add what an event says about its plan, by the rules of `telemetry.workflows.count_batch`."""
    data = event["data"]
    plan_id = data.get("plan_id")
    if event["type"] not in {PLAN_CREATED, EXECUTION_SUMMARY} or not isinstance(plan_id, str):
        return
    plan = plans.setdefault(plan_id, {"repo": repo, "plan_id": plan_id, **_blank_plan(at)})
    said = [each for each in (plan["first_told_at"], plan["last_told_at"], at) if each is not None]
    plan["first_told_at"], plan["last_told_at"] = min(said, default=None), max(said, default=None)
    stages = list_at(data, "stages") or list_at(data, "stage_runs")
    keys = [list_at(stage, "blocking_conflicts") for stage in stages if isinstance(stage, dict)]
    plan["conflicts"].update(
        key for each in keys for key in each if isinstance(key, str) and not key.startswith(_DEPENDENCY)
    )
    # The same plan is the same stages: whichever event has them.
    plan["stages"] = _count(data.get("stage_count"), plan["stages"])
    plan["workflows"] = _count(data.get("workflow_count"), plan["workflows"])
    plan["selection_reason"] = _text(data.get("selection_reason")) or plan["selection_reason"]
    if event["type"] == EXECUTION_SUMMARY and data.get("status") == "executed":
        plan["runs"] += 1
        plan["last_outcome"] = _text(data.get("outcome"))


def _blank_plan(at: str | None) -> Row:
    unknown = dict.fromkeys(("stages", "workflows", "selection_reason", "last_outcome"))
    return {"first_told_at": at, "last_told_at": at, "conflicts": set(), "runs": 0, **unknown}


def _read_time(value: Any) -> datetime | None:
    try:
        return parse_instant(str(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: Any, known: int | None) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else known


def _finite(value: Any) -> Any:
    """Return a value without what is no JSON: a log may hold NaN, which Python reads and others don't."""
    if isinstance(value, float):
        return value if abs(value) != float("inf") and value == value else None  # noqa: PLR0124 (NaN)
    if isinstance(value, dict):
        return {str(name): _finite(each) for name, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list) else value
