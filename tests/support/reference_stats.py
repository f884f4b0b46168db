"""The figures of `stats` computed another way, straight from what stands in the files; slow and plain.

Written from the definitions in docs/reference/metrics.md alone: nothing of `taskfiles.stats` is used.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise
from typing import Any

Task = dict[str, Any]  # a frontmatter
DEFAULTS = {
    "size": "medium",
    "ambiguity": "low",
    "executor": "standard",
    "isolation": "module",
    "priority": "normal",
    "kind": "task",
}
_TIMES = {"month": "%Y-%m", "week": "%G-W%V", "day": "%Y-%m-%d"}
TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")


def figures(
    tasks: Sequence[Task],
    by: Sequence[str],
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[tuple[str | None, ...], dict[str, Any]]:
    """Give each group's figures by its key."""
    cases = [case for task in tasks for case in cases_of(task, since, until)]
    keys = {key for case in cases for key in keys_of(case, by)}
    return {key: describe([case for case in cases if key in keys_of(case, by)], cases) for key in keys}


def cases_of(task: Task, since: datetime | None, until: datetime | None) -> Iterator[dict[str, Any]]:
    for number, attempt in enumerate(task.get("execution", {}).get("attempts", []), 1):
        end = datetime.fromisoformat(attempt["ended_at"]).astimezone(UTC)
        if (since is None or not end < since) and (until is None or end < until):
            start = datetime.fromisoformat(attempt["started_at"]).astimezone(UTC)
            yield {"task": task, "number": number, "attempt": attempt, "start": start, "end": end}


def keys_of(case: dict[str, Any], by: Sequence[str]) -> list[tuple[str | None, ...]]:
    keys: list[tuple[str | None, ...]] = [()]
    for name in by:
        keys = [(*key, value) for key in keys for value in values_of(case, name)]
    return keys


def values_of(case: dict[str, Any], name: str) -> list[str | None]:
    executor = case["attempt"]["executor"]
    if name in {"model", "tool", "provider"}:
        return [executor.get(name)]
    if name == "planner":
        planner = executor.get("planner")
        return [planner and (planner["model"] if "model" in planner else planner["tool"])]
    if name == "error_type":
        return [case["attempt"].get("error_type")]
    if name == "version":
        return [executor.get("version")]
    if name == "outcome":
        told = outcome(case["attempt"])
        return [{"succeeded": "success", "timed_out": "failed", "abandoned": "failed"}.get(told, told)]
    if name == "gate":
        gates = case["attempt"].get("quality_gates", {})
        return sorted({*gates.get("run", ()), *gates.get("failed", ())}) or [None]
    if name in _TIMES:
        return [case["end"].strftime(_TIMES[name])]
    told = case["task"].get("labels" if name == "label" else name, DEFAULTS.get(name))
    values = [each for each in (told if isinstance(told, list) else [told]) if each is not None]
    # What is no text is told as JSON.
    return sorted(
        {each if isinstance(each, str) else json.dumps(each, separators=(",", ":")) for each in values}
    ) or [None]


def outcome(attempt: dict[str, Any]) -> str:
    told = attempt.get("outcome") or ("success" if attempt["status"] == "completed" else "failed")
    if told == "failed" and attempt.get("error_type") == "timeout":
        return "timed_out"
    if told == "failed" and attempt["status"] == "abandoned":
        return "abandoned"
    return "succeeded" if told == "success" else told


def verdict(case: dict[str, Any]) -> bool | None:
    return case["attempt"].get("reviewer", {}).get("approved")


def is_good(case: dict[str, Any]) -> bool:
    return outcome(case["attempt"]) == "succeeded" and verdict(case) in {True, None}


def at_rank(values: Sequence[int], percent: int) -> int | None:
    """The least value that so many percent of all are not above."""
    for value in sorted(values):
        if Fraction(sum(other <= value for other in values), len(values)) >= Fraction(percent, 100):
            return value
    return None


def bounds(good: int, cases: int) -> tuple[float, float] | None:
    """The two p at which the observed rate is exactly z standard errors away: a quadratic's roots."""
    if not cases:
        return None
    with localcontext() as context:
        context.prec = 60
        square, rate = Decimal("1.959964") ** 2 / cases, Decimal(good) / cases
        half = 2 * rate + square
        root = (half * half - 4 * (1 + square) * rate * rate).sqrt()
        return float((half - root) / (2 * (1 + square))), float((half + root) / (2 * (1 + square)))


def add(values: list[int | None]) -> int | None:
    return sum(v for v in values if v is not None) if any(v is not None for v in values) else None


def over(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else float(Fraction(part, whole))


def seconds(time: timedelta) -> Fraction:
    return Fraction(time.days * 86_400 + time.seconds) + Fraction(time.microseconds, 1_000_000)


def covered(cases: Sequence[dict[str, Any]]) -> Fraction:
    """The length of what is covered by at least one case: between neighbouring marks all or nothing."""
    marks = sorted({each[side] for each in cases for side in ("start", "end")})
    return sum(
        (
            seconds(right - left)
            for left, right in pairwise(marks)
            if any(each["start"] <= left and right <= each["end"] for each in cases)
        ),
        Fraction(0),
    )


def describe(cases: list[dict[str, Any]], everything: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the figures of one group; `everything` are the cases of all groups."""
    names = list(dict.fromkeys(case["task"]["id"] for case in cases))
    of = {name: [case for case in cases if case["task"]["id"] == name] for name in names}
    last = [group[-1] for group in of.values()]
    began = [group for group in of.values() if group[0]["number"] == 1]
    until = [
        min(case["number"] for case in group if is_good(case)) for group in began if any(map(is_good, group))
    ]
    durations = [case["attempt"]["duration_seconds"] for case in cases]
    told: dict[str, Any] = {"tasks": len(of), "attempts": len(cases), "successes": sum(map(is_good, last))}
    told["first_attempts"] = len(began)
    told["first_attempt_successes"] = sum(is_good(group[0]) for group in began)
    told |= {f"success_within_{k}": sum(number <= k for number in until) for k in (2, 3, 5)}
    told["attempts_to_success_median"] = at_rank(until, 50)
    told["attempts_to_success_max"] = max(until) if until else None
    told["reviewed"] = sum(verdict(case) is not None for case in last)
    told["accepted"] = [verdict(case) for case in last].count(True)
    told["reviews_approved"] = [verdict(case) for case in cases].count(True)
    told["reviews_rejected"] = [verdict(case) for case in cases].count(False)
    outcomes = [outcome(case["attempt"]) for case in cases]
    for name in ("succeeded", "partial", "blocked", "failed", "timed_out", "abandoned"):
        told[f"attempts_{name}"] = outcomes.count(name)
    for name, good, all_of in [
        ("success_rate", "successes", "tasks"),
        ("first_attempt_rate", "first_attempt_successes", "first_attempts"),
        ("acceptance_rate", "accepted", "reviewed"),
    ]:
        told[name] = over(told[good], told[all_of])
        told[f"{name}_low"], told[f"{name}_high"] = bounds(told[good], told[all_of]) or (None, None)
    told["insufficient"] = told["tasks"] < 5
    told["first_attempt_insufficient"] = told["first_attempts"] < 5
    told["acceptance_insufficient"] = told["reviewed"] < 5
    return told | times(of, durations, everything) | gates(cases) | amounts(cases, of)


def times(of: dict[str, list[Any]], durations: list[int], everything: list[dict[str, Any]]) -> dict[str, Any]:
    wall = [
        seconds(max(each["end"] for each in group) - min(each["start"] for each in group))
        for group in of.values()
    ]
    full = len(durations) >= 20
    told: dict[str, Any] = {"work_seconds": sum(durations), "wall_seconds": float(sum(wall))}
    told["idle_seconds"] = float(sum(wall) - sum(map(covered, of.values())))
    told["duration_p50"] = at_rank(durations, 50)
    told["duration_p95"] = at_rank(durations, 95) if full else max(durations)
    told["duration_p95_measure"] = "percentile" if full else "maximum"
    norms = {size: work_of(everything, size) for size in ("tiny", "small", "medium", "large", "xl")}
    usual = [group for group in of.values() if len(norms[size_of(group[0])]) >= 5]
    told["effort_tasks"] = len(usual)
    told["effort_work_seconds"] = sum(
        case["attempt"]["duration_seconds"] for group in usual for case in group
    )
    told["effort_expected_seconds"] = sum(at_rank(norms[size_of(group[0])], 50) or 0 for group in usual)
    told["effort"] = over(told["effort_work_seconds"], told["effort_expected_seconds"])
    return told


def size_of(case: dict[str, Any]) -> str:
    return str(case["task"].get("size", "medium"))


def work_of(everything: list[dict[str, Any]], size: str) -> list[int]:
    names = {case["task"]["id"] for case in everything if size_of(case) == size}
    return [
        sum(case["attempt"]["duration_seconds"] for case in everything if case["task"]["id"] == name)
        for name in names
    ]


def gates(cases: list[dict[str, Any]]) -> dict[str, Any]:
    told = [case["attempt"].get("quality_gates", {}) for case in cases]
    known = [gate for gate in told if "run" in gate or "failed" in gate]
    failed = [set(gate.get("failed", [])) for gate in known]
    run = [set(gate.get("run", [])) | bad for gate, bad in zip(known, failed, strict=True)]
    return {
        "gated_attempts": sum(bool(names) for names in run),
        "gate_failed_attempts": sum(bool(names) for names in failed),
        "gates_run": add([len(names) for names in run]),
        "gates_failed": add([len(names) for names in failed]),
    }


def amounts(cases: list[dict[str, Any]], of: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    def find(case: dict[str, Any], part: str, name: str) -> int | None:
        return case["attempt"].get(part, {}).get(name)  # type: ignore[no-any-return]  # a frontmatter

    told: dict[str, Any] = {}
    for name in TOKENS:
        known = [find(case, "usage", name) for case in cases]
        told[name], told[f"{name}_known_attempts"] = add(known), len(known) - known.count(None)
    costs = [find(case, "cost", "actual_usd_micros") for case in cases]
    told["cost_usd_micros"], told["cost_known_attempts"] = add(costs), len(costs) - costs.count(None)
    priced = [
        group
        for group in of.values()
        if None not in [find(case, "cost", "actual_usd_micros") for case in group]
    ]
    spent = add([find(case, "cost", "actual_usd_micros") for group in priced for case in group])
    good = sum(is_good(group[-1]) for group in priced)
    told |= {
        "cost_known_tasks": len(priced),
        "cost_known_successes": good,
        "cost_known_tasks_usd_micros": spent,
    }
    told["cost_per_task_usd_micros"] = over(spent, len(priced))
    told["cost_per_success_usd_micros"] = over(spent, good)
    for name, part, unit, actual in [
        ("cost", "cost", "usd_micros", "actual_usd_micros"),
        ("input", "usage", "tokens", "input_tokens"),
        ("output", "usage", "tokens", "output_tokens"),
    ]:
        estimate = "estimated_usd_micros" if name == "cost" else f"estimated_{name}_tokens"
        both = []
        for group in of.values():
            known = [case for case in group if find(case, part, estimate) is not None]
            came_of = [find(case, part, actual) for case in group]
            whole = len(group) == len(group[0]["task"]["execution"]["attempts"])
            if whole and known and None not in came_of and sum(came_of) < 2**63:
                first = min(known, key=lambda case: (case["start"], case["number"]))
                both.append((find(first, part, estimate), sum(came_of)))
        told[f"{name}_compared_tasks"] = len(both)
        expected, came = add([pair[0] for pair in both]), add([pair[1] for pair in both])
        told[f"{name}_compared_estimated_{unit}"], told[f"{name}_compared_actual_{unit}"] = expected, came
        told[f"{name}_actual_to_estimated"] = over(came, expected)
    took = [
        (minutes * 60, spent_on)
        for group in of.values()
        if (minutes := group[0]["task"].get("estimate_minutes")) is not None
        and len(group) == len(group[0]["task"]["execution"]["attempts"])
        and (spent_on := sum(case["attempt"]["duration_seconds"] for case in group)) < 2**63
    ]
    expected, came = add([pair[0] for pair in took]), add([pair[1] for pair in took])
    told |= {"time_compared_tasks": len(took), "time_compared_estimated_seconds": expected}
    told |= {"time_compared_actual_seconds": came, "time_actual_to_estimated": over(came, expected)}
    return told


def is_near(one: Any, other: Any) -> bool:
    """Whether two figures are the same: fractions to twelve digits, all else exactly."""
    if isinstance(one, float) or isinstance(other, float):
        return (
            one is not None and other is not None and math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
        )
    return type(one) is type(other) and bool(one == other)
