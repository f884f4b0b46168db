"""Alerts: which groups of an answer of `stats` are beyond a threshold; pure.

Nothing is looked at but answers, so that whatever has computed one gets the same judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from taskfiles.basics.instants import normalise_instant
from taskfiles.stats.figures import Kind
from taskfiles.stats.rows import Scope
from taskfiles.stats.thresholds import WATCHED, Alert
from taskfiles.task.names import CONFIG_PATH


class Judged(NamedTuple):
    """A group as an alert sees it: its figure, on `n` cases, with the interval where it is a rate.

    It `fires` beyond the threshold; with too few cases, or nothing to compare, it is `insufficient` and
    never does.
    """

    key: dict[str, str | None]
    value: float | None
    low: float | None
    high: float | None
    n: int
    fires: bool
    insufficient: bool


def narrow(alert: Alert, scope: Scope, now: datetime) -> Scope:
    """Return the scope of an alert's window, which ends where the scope ends, or now."""
    if alert.window is None:
        return scope._replace(since=None)
    try:
        since = (scope.until or now) - timedelta(seconds=alert.window)
    except OverflowError:  # before the first of all years
        since = None
    return scope._replace(since=since)


def judge(alert: Alert, answer: Mapping[str, Any]) -> list[Judged]:
    """Judge each group of an answer of `stats` by the alert's dimensions, in the answer's order."""
    return [_judge(alert, group) for group in answer["groups"] if alert.where.items() <= group["key"].items()]


def _judge(alert: Alert, group: Mapping[str, Any]) -> Judged:
    value, n = group[alert.metric], group[_cases(alert)]
    insufficient = value is None or n < alert.least
    return Judged(
        key=group["key"],
        value=value,
        low=group.get(f"{alert.metric}_low"),
        high=group.get(f"{alert.metric}_high"),
        n=n,
        fires=not insufficient and _is_beyond(alert, value),
        insufficient=insufficient,
    )


def _cases(alert: Alert) -> str:
    return str(WATCHED[alert.metric].cases)


def _is_beyond(alert: Alert, value: float) -> bool:
    return (alert.below is not None and value < alert.below) or (
        alert.above is not None and value > alert.above
    )


def alerts_object(
    judged: Sequence[tuple[Alert, Mapping[str, Any], Sequence[Judged]]],
    scope: Scope,
    task: str | None,
    hint: Callable[[Alert, Mapping[str, Any]], str],
) -> dict[str, Any]:
    """Return alerts as `tasks stats --alerts` prints them, from each with its answer and what it found there.

    `findings` are the groups that fired, `insufficient` those with too few cases; numbers are not rounded.
    `hint` says where the figures of an alert's answer are to be seen.
    """
    seen = [
        (each, _group_object(alert, each, hint(alert, answer)))
        for alert, answer, groups in judged
        for each in groups
    ]
    return {
        "filter": {
            "until": None if scope.until is None else normalise_instant(scope.until.isoformat()),
            "states": sorted(scope.states),
            "task": task,
        },
        "alerts": [_alert_object(alert, answer, groups) for alert, answer, groups in judged],
        "findings": [shown for each, shown in seen if each.fires],
        "insufficient": [shown for each, shown in seen if each.insufficient],
    }


def _alert_object(alert: Alert, answer: Mapping[str, Any], groups: Sequence[Judged]) -> dict[str, Any]:
    return {
        "alert": alert.label,
        "metric": alert.metric,
        "below": alert.below,
        "above": alert.above,
        "by": list(alert.by),
        "where": alert.where,
        "since": answer["filter"]["since"],
        "until": answer["filter"]["until"],
        "least": alert.least,
        "severity": str(alert.severity),
        "groups": len(groups),
        "fired": sum(each.fires for each in groups),
        "insufficient": sum(each.insufficient for each in groups),
    }


def _group_object(alert: Alert, group: Judged, hint: str) -> dict[str, Any]:
    return {
        "alert": alert.label,
        "severity": str(alert.severity),
        "message": _say(alert, group),
        "path": CONFIG_PATH,
        "line": alert.line,
        "column": alert.column,
        "hint": hint,
        "key": group.key,
        "metric": alert.metric,
        "value": group.value,
        "low": group.low,
        "high": group.high,
        "below": alert.below,
        "above": alert.above,
        "n": group.n,
        "cases": _cases(alert),
        "least": alert.least,
        "insufficient": group.insufficient,
    }


def _say(alert: Alert, group: Judged) -> str:
    """Say what was found in one sentence, and of a rate how far chance may reach."""
    where = ", ".join(f"{name} {'-' if value is None else value}" for name, value in group.key.items())
    about = f"{alert.label}: {where or 'all attempts'}: {alert.metric}"
    cases = f"{_cases(alert)}: {group.n}"
    if group.insufficient:
        few = "nothing to compare" if group.n >= alert.least else f"fewer than {alert.least}"
        return f"{about} rests on too little ({cases}, {few})."
    side, threshold = ("below", alert.below) if alert.below is not None else ("above", alert.above)
    assert threshold is not None
    assert group.value is not None
    if group.low is not None and group.high is not None:
        reach = ", which reaches over the threshold" if group.low <= threshold <= group.high else ""
        cases += f"; 95 % interval {_number(alert, group.low)} to {_number(alert, group.high)}{reach}"
    return f"{about} is {_number(alert, group.value)}, {side} {_number(alert, threshold)} ({cases})."


def _number(alert: Alert, value: float) -> str:
    """Write a rate in percent, all else as it is, with no more digits than help."""
    if WATCHED[alert.metric].kind is Kind.RATE:
        return f"{100 * value:.4g}%"
    return str(int(value)) if isinstance(value, int) or value.is_integer() else f"{value:.6g}"
