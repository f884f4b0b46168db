"""The answer of `stats`: groups with their ranks, totals, and what is left out; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from taskfiles.backlog.milestones import Milestone
from taskfiles.basics.instants import normalise_instant
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.stats.dimensions import BY, Key, is_ordered, order_of
from taskfiles.stats.figures import count, derive, only_sums
from taskfiles.stats.groups import Group, SizeNorm, find_norms, make_groups
from taskfiles.stats.rows import Gathered, Scope, Untried
from taskfiles.task.words import Size

if TYPE_CHECKING:
    from taskfiles.stats.flow import Flow
    from taskfiles.telemetry.workflows import BatchMetrics


class Measured(NamedTuple):
    """What was counted, by whichever engine: figures that follow from no others, by group and over all.

    `untried` holds the done tasks without any attempt, or as many of them as were asked for.
    """

    groups: Mapping[Key, Mapping[str, Any]]
    everything: Mapping[str, Any]
    norms: Mapping[str, SizeNorm]
    untried: list[Untried]
    without_telemetry: int
    invalid: int
    unreadable: int
    overdue: int
    milestones: tuple[Milestone, ...] = ()


class Report(NamedTuple):
    """Figures of groups in the order of their ranks, those without one after them.

    A group is `{"key": …, "rank": …, figures…}`. Of `found` groups no more than asked for are there;
    `plans` is None where they were not asked for or no log has any, `flow` where it was not asked for.
    """

    by: tuple[str, ...]
    scope: Scope
    task: str | None
    groups: list[dict[str, Any]]
    found: int
    measured: Measured
    plans: BatchMetrics | None
    flow: Flow | None = None


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
    return assemble(measure(gathered, by), scope, by, task=task, limit=limit, plans=plans)


def measure(gathered: Gathered, by: Sequence[str]) -> Measured:
    """Count what `gather` gave, group by group; without a dimension all is one group, of nothing too."""
    norms = find_norms(gathered.rows)
    everything = Group(norms)
    for row in gathered.rows:
        everything.add(row)
    groups: dict[Key, Group] = make_groups(gathered.rows, norms) if by else {(): everything}
    return Measured(
        groups={key: count(group) for key, group in groups.items()},
        everything=count(everything),
        norms=norms,
        untried=gathered.untried,
        without_telemetry=len(gathered.untried),
        invalid=gathered.invalid,
        unreadable=gathered.unreadable,
        overdue=gathered.overdue,
        milestones=gathered.milestones,
    )


def assemble(
    measured: Measured,
    scope: Scope,
    by: Sequence[str],
    *,
    task: str | None = None,
    limit: int | None = None,
    plans: BatchMetrics | None = None,
) -> Report:
    """Make the report of what was measured, in whatever order it came."""
    keys = sorted(measured.groups, key=lambda key: order_of(by, key))
    groups = [
        {"key": dict(zip(by, key, strict=True)), "rank": None, **derive(measured.groups[key])} for key in keys
    ]
    ranked = _rank(groups)
    shown = groups if is_ordered(tuple(by)) else ranked
    return Report(tuple(by), scope, task, shown[:limit], len(groups), measured, plans)


def _rank(groups: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rank groups by the lower bound of their rate, from 1; equal bounds share one, few tasks have none."""
    ranked = [group for group in groups if not group["insufficient"]]
    ranked.sort(key=lambda group: group["success_rate_low"], reverse=True)
    ranks: dict[float, int] = {}
    for number, group in enumerate(ranked, 1):
        group["rank"] = ranks.setdefault(group["success_rate_low"], number)
    return [*ranked, *(group for group in groups if group["insufficient"])]


def report_object(report: Report, *, with_untried: bool = False) -> dict[str, Any]:
    """Return a report as `tasks stats --output json` prints it; numbers are not rounded."""
    scope, measured = report.scope, report.measured
    norms = {str(size): measured.norms[size] for size in Size if size in measured.norms}
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
        "totals": only_sums(measured.everything),
        "sizes": [
            {"size": size, **norm._asdict(), "insufficient": norm.is_insufficient}
            for size, norm in norms.items()
        ],
        "without_telemetry": measured.without_telemetry,
        "invalid": measured.invalid,
        "unreadable": measured.unreadable,
        "overdue": measured.overdue,
        "milestones": [each._asdict() for each in measured.milestones],
        "plans": None if report.plans is None else report.plans._asdict(),
        "flow": None,
    }
    if report.flow is not None:
        from taskfiles.stats.flow import flow_object  # noqa: PLC0415 (few reports have it)

        answer["flow"] = flow_object(report.flow)
    if with_untried:
        answer["tasks_without_telemetry"] = [each._asdict() for each in measured.untried]
    return answer
