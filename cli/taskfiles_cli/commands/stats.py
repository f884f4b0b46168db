"""`tasks stats`: figures over the recorded attempts, group by group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Finding, Snapshot, Store, Task, TaskfilesError
from taskfiles.files import naming
from taskfiles.graph import find_descendants
from taskfiles.instants import parse_instant, utc_now
from taskfiles.rules.references import first_problems
from taskfiles.snapshot import ambiguous_task, no_such_task
from taskfiles.stats.dimensions import BY, DIMENSIONS
from taskfiles.stats.figures import FIGURES
from taskfiles.stats.report import Report, assemble, make_report, report_object
from taskfiles.stats.rows import Gathered, Scope, Untold, gather
from taskfiles.telemetry.log import directory_of
from taskfiles.telemetry.reading import read_events
from taskfiles.telemetry.workflows import BatchMetrics, count_batch
from taskfiles_cli.dimensions import check_dimensions, find_unknown
from taskfiles_cli.output import Colour, Console, Engine, StatsFormat
from taskfiles_cli.render.csvtext import render_csv
from taskfiles_cli.render.stats import render_stats, values_line
from taskfiles_cli.render.table import render_tasks
from taskfiles_cli.session import Session
from taskfiles_cli.texts import read_when, read_words, split_commas

if TYPE_CHECKING:
    from datetime import datetime

    import typer

    from taskfiles_cli.fleet import Fleet
    from taskfiles_cli.options import Color, Root, States, StatsOutput, complete_ids

_UNTOLD_COLUMNS = ("id", "kind", "completed_at", "title")


def stats(
    output: StatsOutput = StatsFormat.HUMAN,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIMENSIONS",
            help=f"{', '.join(DIMENSIONS)} or a key of your own; commas between. Default: {','.join(BY)}.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="Attempts that ended at or after an instant, a date, or 7d ago."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Attempts that ended before that.")
    ] = None,
    state: States = None,
    task: Annotated[
        str | None,
        typer.Option(metavar="ID", help="This task and all below it.", autocompletion=complete_ids),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=0, metavar="N", help="At most N groups.")] = None,
    without_telemetry: Annotated[
        bool, typer.Option("--without-telemetry", help="List the done tasks that have no attempt.")
    ] = False,
    plans: Annotated[
        bool, typer.Option("--plans", help="Count the plans that this clone's event log tells of.")
    ] = False,
    alerts: Annotated[
        bool, typer.Option("--alerts", help="Judge the groups by the alerts of tasks/tasks.toml, instead.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="With --alerts: exit 1 on warnings too.")] = False,
    dataset: Annotated[
        str | None,
        typer.Option(metavar="PLACE", help="Of a dataset, a directory or URL, instead of the task files."),
    ] = None,
    engine: Annotated[
        Engine | None,
        typer.Option(
            help="Who counts a dataset. Default: duckdb where needed or installed.", case_sensitive=False
        ),
    ] = None,
    repo: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="With --dataset: of this repository alone; may be repeated."),
    ] = None,
    root: Root = None,
    color: Color = Colour.AUTO,
) -> int:
    """Tell success, time and cost of the recorded attempts, group by group.

    Each rate has its 95 % interval (Wilson), and groups are ranked by its lower bound; below 5
    tasks a rate is marked and has no rank. What is not known is left out, never 0.
    docs/reference/metrics.md defines every figure.
    With --alerts what [[alerts]] of tasks/tasks.toml find is told, and the exit code is 1 on an error,
    with --strict on a warning too; nothing is sent.
    With --dataset the answer is that of all repositories that were exported into it, and no task
    file is read; docs/how-to/fleet.md shows it at work.
    """
    session = Session(output, root, color)
    fleet = _open_fleet(dataset, engine, repo)
    if alerts:
        own = {"--by": by, "--since": since, "--limit": limit, "--plans": plans or None}
        _refuse_beside_alerts({**own, "--without-telemetry": without_telemetry or None})
        from taskfiles_cli.alerting import answer_alerts  # noqa: PLC0415 (few calls are of alerts)

        scope = read_scope(session.store.now(), None, until, state)
        return answer_alerts(session, scope, task, fleet or _look_again, strict=strict)
    if strict:
        raise TaskfilesError("usage", problem="--strict goes with --alerts.", command="tasks stats")
    names = tuple(dict.fromkeys(split_commas(by))) if by is not None else BY
    if fleet is not None:
        scope = read_scope(utc_now(), since, until, state)
        asked = fleet.ask(scope, names, task, with_untold=without_telemetry, with_plans=plans)
        check_dimensions(names, fleet.dimensions, asked.unknown)
        report = assemble(asked.measured, scope, names, task=task, limit=limit, plans=asked.plans)
        _answer(session.console, report, with_untold=without_telemetry)
        return 0
    scope = read_scope(session.store.now(), since, until, state)
    gathered, scope, problems = survey(session.store, scope, names, task)
    check_dimensions(names, DIMENSIONS, find_unknown(names, gathered))
    metrics = _count_plans(session.store, scope) if plans else None
    report = make_report(gathered, scope, names, task=task, limit=limit, plans=metrics)
    _answer(session.console, report, with_untold=without_telemetry)
    session.warn_findings(problems)
    return 0


def _open_fleet(dataset: str | None, engine: Engine | None, repos: Sequence[str] | None) -> Fleet | None:
    """Open a dataset where one is given; without it nothing else is of use."""
    if dataset is not None:
        from taskfiles_cli.fleet import open_fleet  # noqa: PLC0415 (few calls are of datasets)

        return open_fleet(dataset, engine, repos or ())
    if given := [name for name, value in {"--engine": engine, "--repo": repos}.items() if value]:
        problem = f"{' and '.join(given)} can't go without --dataset."
        raise TaskfilesError("usage", problem=problem, command="tasks stats")
    return None


def _refuse_beside_alerts(others: Mapping[str, object]) -> None:
    """Refuse options for which each alert has a setting of its own, or no use."""
    if given := [name for name, value in others.items() if value is not None]:
        problem = f"{' and '.join(given)} can't go with --alerts."
        raise TaskfilesError("usage", problem=problem, command="tasks stats")


def _answer(console: Console, report: Report, *, with_untold: bool) -> None:
    answer = report_object(report, with_untold=with_untold)
    (_answer_untold if with_untold else _answer_groups)(console, answer)


def _answer_groups(console: Console, answer: dict[str, Any]) -> None:
    groups = answer["groups"]
    if console.output == StatsFormat.CSV:
        header = [*answer["by"], "rank", *(figure.name for figure in FIGURES)]
        rows = ([*group["key"].values(), *list(group.values())[1:]] for group in groups)
        console.write(render_csv(header, rows))
        return
    console.answer(
        groups if console.output == StatsFormat.JSONL else answer,
        human=lambda: render_stats(answer, console.width()),
        plain=[values_line(group["key"]) for group in groups],
    )


def _answer_untold(console: Console, answer: dict[str, Any]) -> None:
    rows = answer["tasks_without_telemetry"]
    if console.output == StatsFormat.CSV:
        console.write(render_csv(Untold._fields, (row.values() for row in rows)))
        return
    console.answer(
        rows if console.output == StatsFormat.JSONL else answer,
        human=lambda: render_tasks(rows, _UNTOLD_COLUMNS, console.width()),
        plain=[row["id"] for row in rows],
    )


def read_scope(now: datetime, since: str | None, until: str | None, state: Sequence[str] | None) -> Scope:
    """Read which attempts are asked for. Raises TaskfilesError (bad-value)."""
    start = read_when("--since", since, now) if since is not None else None
    end = read_when("--until", until, now) if until is not None else None
    if start is not None and end is not None and end <= start:
        problem, remedy = "it is not after --since", "Name a later point in time; --until itself is left out."
        raise TaskfilesError(
            "bad-value", option="--until", given=f"“{until}”", problem=problem, remedy=remedy
        )
    return Scope(start, end, read_words({"state": state}).get("state", frozenset()))


def survey(
    store: Store, scope: Scope, by: Sequence[str], task: str | None
) -> tuple[Gathered, Scope, list[Finding]]:
    """Look at every task once; what concerns several files shows only where all tasks are at hand.

    Gives the scope with the ids below `task`, and what is wrong with files, too. Raises TaskfilesError
    (no-such-task, ambiguous-task).
    """
    if task is None:
        gathered, problems = store.read_all(lambda found: _look(found, scope, by))
        if not gathered.twins:
            return gathered, scope, problems
    return store.with_snapshot(lambda snapshot: _look_again(snapshot, scope, by, task))


def _look(found: Iterable[Task | Finding], scope: Scope, by: Sequence[str]) -> tuple[Gathered, list[Finding]]:
    unreadable: list[Finding] = []
    invalid: list[Task] = []

    def watched() -> Iterator[Task | Finding]:
        for each in found:
            if isinstance(each, Finding):
                unreadable.append(each)
            elif each.errors:
                invalid.append(each)
            yield each

    gathered = gather(watched(), scope, by)
    return gathered, [*unreadable, *first_problems(sorted(invalid, key=lambda task: (task.id, task.path)))]


def _look_again(
    snapshot: Snapshot, scope: Scope, by: Sequence[str], task: str | None
) -> tuple[Gathered, Scope, list[Finding]]:
    if task is not None:
        paths = [each.path for each in snapshot.tasks if each.id == task]
        if not paths:
            raise no_such_task(task, snapshot)
        if len(paths) > 1:
            raise ambiguous_task(task, paths)
        scope = scope._replace(ids=frozenset([task, *find_descendants(snapshot.tasks, task)]))
    gathered = gather([*snapshot.unreadable, *snapshot.tasks], scope, by)
    return gathered, scope, [*snapshot.unreadable, *first_problems(snapshot.tasks)]


def _count_plans(store: Store, scope: Scope) -> BatchMetrics | None:
    """Count over the events of the clone's log in the span; None where there is no log."""
    if store.journal is None:
        return None
    place = directory_of(store.journal)
    with naming("Reading", place):
        events = read_events(place)
        first = next(events, None)
        if first is None:
            return None
        return count_batch(event for event in chain([first], events) if _is_within(event, scope))


def _is_within(event: dict[str, Any], scope: Scope) -> bool:
    try:
        return scope.holds(parse_instant(str(event.get("time"))))
    except ValueError:
        return False
