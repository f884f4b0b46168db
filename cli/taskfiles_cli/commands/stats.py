"""`tasks stats`: figures over the recorded attempts, group by group."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Store, TaskfilesError
from taskfiles.basics.commas import split_commas
from taskfiles.basics.instants import parse_instant
from taskfiles.stats.dimensions import BY, DIMENSIONS
from taskfiles.stats.figures import FIGURES
from taskfiles.stats.report import Report, assemble, make_report, report_object
from taskfiles.stats.rows import Scope, Untried
from taskfiles.telemetry.skipped import Skipped
from taskfiles_cli.command.problems import warn_of_skipped
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import command
from taskfiles_cli.figures.dimensions import check_dimensions, find_unknown
from taskfiles_cli.figures.survey import choose_fleet, look_again, read_scope, survey
from taskfiles_cli.line.output_format import StatsFormat
from taskfiles_cli.render.console import Console
from taskfiles_cli.render.csvtext import render_csv
from taskfiles_cli.render.stats import render_stats, values_row
from taskfiles_cli.render.table import render_tasks

if TYPE_CHECKING:
    from taskfiles.stats.flow import Flow
    from taskfiles.telemetry.workflows import BatchMetrics
    from taskfiles_cli.line.options import (
        Below,
        DatasetPlace,
        EngineChoice,
        Repositories,
        SafeCsv,
        Since,
        States,
        StatsOutput,
        Texts,
        Until,
        Whole,
        count,
        flag,
        opt,
    )

_UNTRIED_COLUMNS = ("id", "kind", "completed_at", "title")


@command("root", "color", answers="stats", finds=("task",))
def stats(
    session: Session,
    *,
    output: StatsOutput = StatsFormat.HUMAN,  # noqa: ARG001 (the session has it)
    by: Annotated[
        Texts,
        opt(
            "DIMENSIONS",
            f"{', '.join(DIMENSIONS)} or a key of your own; commas between. Default: {','.join(BY)}.",
        ),
    ] = None,
    since: Since = None,
    until: Until = None,
    state: States = None,
    task: Below = None,
    limit: Annotated[Whole, count("At most N groups.")] = None,
    without_telemetry: Annotated[
        bool, flag("List the done tasks that have no attempt.", "--without-telemetry")
    ] = False,
    plans: Annotated[bool, flag("Count the plans in this clone's event log.", "--plans")] = False,
    flow: Annotated[
        bool, flag("Lead and cycle time, throughput, the age of what is open; from git's history.", "--flow")
    ] = False,
    alerts: Annotated[
        bool, flag("Judge the groups by the alerts of tasks/tasks.toml, instead.", "--alerts")
    ] = False,
    strict: Annotated[bool, flag("With --alerts: exit 1 on warnings too.", "--strict")] = False,
    dataset: DatasetPlace = None,
    engine: EngineChoice = None,
    repo: Repositories = None,
    safe_csv: SafeCsv = False,
) -> int:
    """Show success rate, time and cost of recorded attempts, by group.

    Each rate has its 95 % interval (Wilson), and groups are ranked by its lower bound; below 5 tasks a rate
    is marked and has no rank. Unknown values are left out, never 0. docs/reference/metrics.md defines every
    figure. With --alerts it shows what [[alerts]] in tasks/tasks.toml find, and exits 1 on an error, with
    --strict on a warning too; nothing is sent. With --dataset the answer is that of all repositories that
    were exported into it, and no task file is read; docs/how-to/fleet.md shows it at work.
    """
    if safe_csv and session.console.output != StatsFormat.CSV:
        raise TaskfilesError("usage", problem="--safe-csv goes with --output csv.", command="tasks stats")
    if flow and dataset is not None:
        problem = "--flow can't go with --dataset: a dataset has no history of states."
        raise TaskfilesError("usage", problem=problem, command="tasks stats")
    fleet = choose_fleet(dataset, engine, repo, "tasks stats")
    if alerts:
        own = {
            "--by": by,
            "--since": since,
            "--limit": limit,
            "--plans": plans or None,
            "--flow": flow or None,
        }
        _refuse_beside_alerts({**own, "--without-telemetry": without_telemetry or None})
        from taskfiles_cli.figures.alerts import answer_alerts  # noqa: PLC0415 (few calls are of alerts)

        zone = UTC if fleet else session.store.zone
        scope = read_scope(session.now(), None, until, state, zone)
        return answer_alerts(session, scope, task, fleet or look_again, strict=strict, safe_csv=safe_csv)
    if strict:
        raise TaskfilesError("usage", problem="--strict goes with --alerts.", command="tasks stats")
    names = tuple(dict.fromkeys(split_commas(by))) if by is not None else BY
    if fleet is not None:
        scope = read_scope(session.now(), since, until, state)
        asked = fleet.ask(scope, names, task, with_untried=without_telemetry, with_plans=plans)
        check_dimensions(names, fleet.dimensions, asked.unknown)
        report = assemble(asked.measured, scope, names, task=task, limit=limit, plans=asked.plans)
        _answer(session.console, report, with_untried=without_telemetry, safe=safe_csv)
        return 0
    scope = read_scope(session.now(), since, until, state, session.store.zone)
    scope = scope._replace(milestones=session.store.milestones)
    gathered, scope, problems = survey(session.store, scope, names, task)
    check_dimensions(names, DIMENSIONS, find_unknown(names, gathered))
    skipped = Skipped()
    metrics = _count_plans(session.store, scope, skipped) if plans else None
    report = make_report(gathered, scope, names, task=task, limit=limit, plans=metrics)
    if flow:
        report = report._replace(flow=_measure_flow(session.store, scope))
    _answer(session.console, report, with_untried=without_telemetry, safe=safe_csv)
    session.warn_problems(problems)
    warn_of_skipped(session.console, skipped)
    return 0


def _measure_flow(store: Store, scope: Scope) -> Flow:
    from taskfiles.history.transitions import read_transitions  # noqa: PLC0415 (few calls ask for it)
    from taskfiles.stats.flow import measure_flow  # noqa: PLC0415 (few calls ask for it)

    return measure_flow(store.snapshot().tasks, read_transitions(store), scope, store.now())


def _refuse_beside_alerts(others: Mapping[str, object]) -> None:
    """Refuse options for which each alert has a setting of its own, or no use."""
    if given := [name for name, value in others.items() if value is not None]:
        problem = f"{' and '.join(given)} can't go with --alerts."
        raise TaskfilesError("usage", problem=problem, command="tasks stats")


def _answer(console: Console, report: Report, *, with_untried: bool, safe: bool) -> None:
    answer = report_object(report, with_untried=with_untried)
    (_answer_untried if with_untried else _answer_groups)(console, answer, safe=safe)


def _answer_groups(console: Console, answer: dict[str, Any], *, safe: bool) -> None:
    groups = answer["groups"]
    if console.output == StatsFormat.CSV:
        header = [*answer["by"], "rank", *(figure.name for figure in FIGURES)]
        rows = ([*group["key"].values(), *list(group.values())[1:]] for group in groups)
        console.write(render_csv(header, rows, safe=safe))
        return
    console.answer(
        groups if console.output == StatsFormat.JSONL else answer,
        human=lambda: render_stats(answer, console.width()),
        plain=[values_row(group["key"]) for group in groups],
    )


def _answer_untried(console: Console, answer: dict[str, Any], *, safe: bool) -> None:
    rows = answer["tasks_without_telemetry"]
    if console.output == StatsFormat.CSV:
        console.write(render_csv(Untried._fields, (row.values() for row in rows), safe=safe))
        return
    console.answer(
        rows if console.output == StatsFormat.JSONL else answer,
        human=lambda: render_tasks(rows, _UNTRIED_COLUMNS, console.width()),
        plain=[row["id"] for row in rows],
    )


def _count_plans(store: Store, scope: Scope, skipped: Skipped) -> BatchMetrics | None:
    """Count over the events of the clone's log in the span; None where there is no log."""
    if store.journal is None:
        return None
    from itertools import chain  # noqa: PLC0415 (few calls ask for it)

    from taskfiles.store.disk import io_errors  # noqa: PLC0415 (as above)
    from taskfiles.telemetry.log import directory_of  # noqa: PLC0415 (as above)
    from taskfiles.telemetry.reading import read_events  # noqa: PLC0415 (as above)
    from taskfiles.telemetry.workflows import count_batch  # noqa: PLC0415 (as above)

    place = directory_of(store.journal)
    with io_errors("Reading", place):
        events = read_events(place, skipped)
        first = next(events, None)
        if first is None:
            return None
        return count_batch(event for event in chain([first], events) if _is_within(event, scope))


def _is_within(event: dict[str, Any], scope: Scope) -> bool:
    try:
        return scope.holds(parse_instant(str(event.get("time"))))
    except ValueError:
        return False
