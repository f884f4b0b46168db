"""The answer of `stats`: groups with their ranks, totals, and what is left out; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from taskfiles.instants import normalise_instant
from taskfiles.stats.dimensions import BY, Key, order_of
from taskfiles.stats.figures import measure, measure_totals
from taskfiles.stats.groups import Group, SizeNorm, find_norms, make_groups
from taskfiles.stats.rows import Gathered, Scope, Untold
from taskfiles.telemetry.workflows import BatchMetrics
from taskfiles.words import Size


class Report(NamedTuple):
    """Figures of groups in the order of their ranks, those without one after them.

    A group is `{"key": …, "rank": …, figures…}`. Of `found` groups no more than asked for are there;
    `norms` are by size, `plans` None where they were not asked for or no log tells of any.
    """

    by: tuple[str, ...]
    scope: Scope
    task: str | None
    groups: list[dict[str, Any]]
    found: int
    totals: dict[str, Any]
    norms: dict[str, SizeNorm]
    untold: list[Untold]
    invalid: int
    unreadable: int
    plans: BatchMetrics | None


def make_report(
    gathered: Gathered,
    scope: Scope,
    by: Sequence[str] = BY,
    *,
    task: str | None = None,
    limit: int | None = None,
    plans: BatchMetrics | None = None,
) -> Report:
    """Compute the figures of what `gather` gave for the same scope and dimensions.

    Without a dimension all attempts are one group, which is there without an attempt, too.
    `task` names the task that the scope's ids are below.
    """
    norms = find_norms(gathered.rows)
    everything = Group(norms)
    for row in gathered.rows:
        everything.add(row)
    found: dict[Key, Group] = make_groups(gathered.rows, norms) if by else {(): everything}
    keys = sorted(found, key=lambda key: order_of(by, key))
    groups = [{"key": dict(zip(by, key, strict=True)), "rank": None, **measure(found[key])} for key in keys]
    return Report(
        by=tuple(by),
        scope=scope,
        task=task,
        groups=_rank(groups)[:limit],
        found=len(groups),
        totals=measure_totals(everything),
        norms={size: norms[size] for size in map(str, Size) if size in norms},
        untold=gathered.untold,
        invalid=gathered.invalid,
        unreadable=gathered.unreadable,
        plans=plans,
    )


def _rank(groups: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rank groups by the lower bound of their rate, from 1; equal bounds share one, few tasks have none."""
    ranked = [group for group in groups if not group["insufficient"]]
    ranked.sort(key=lambda group: group["success_rate_low"], reverse=True)
    ranks: dict[float, int] = {}
    for number, group in enumerate(ranked, 1):
        group["rank"] = ranks.setdefault(group["success_rate_low"], number)
    return [*ranked, *(group for group in groups if group["insufficient"])]


def report_object(report: Report, *, with_untold: bool = False) -> dict[str, Any]:
    """Give a report as `tasks stats --output json` prints it; numbers are not rounded."""
    scope = report.scope
    answer: dict[str, Any] = {
        "by": list(report.by),
        "filter": {
            "since": None if scope.since is None else normalise_instant(scope.since.isoformat()),
            "until": None if scope.until is None else normalise_instant(scope.until.isoformat()),
            "states": sorted(scope.states),
            "task": report.task,
        },
        "groups": report.groups,
        "groups_found": report.found,
        "totals": report.totals,
        "sizes": [
            {"size": size, **norm._asdict(), "insufficient": norm.is_insufficient}
            for size, norm in report.norms.items()
        ],
        "without_telemetry": len(report.untold),
        "invalid": report.invalid,
        "unreadable": report.unreadable,
        "plans": None if report.plans is None else report.plans._asdict(),
    }
    if with_untold:
        answer["tasks_without_telemetry"] = [each._asdict() for each in report.untold]
    return answer
