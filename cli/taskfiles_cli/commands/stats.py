"""`tasks stats`: figures over the recorded attempts, group by group."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Finding, Snapshot, Store, Task, TaskfilesError
from taskfiles.files import naming
from taskfiles.graph import find_descendants
from taskfiles.instants import parse_instant
from taskfiles.keys import KEY_ORDER
from taskfiles.rules.references import first_problems
from taskfiles.snapshot import ambiguous_task, no_such_task
from taskfiles.stats.dimensions import DIMENSIONS, is_own
from taskfiles.stats.figures import FIGURES
from taskfiles.stats.report import BY, make_report, report_object
from taskfiles.stats.rows import Gathered, Scope, Untold, gather
from taskfiles.telemetry.log import directory_of
from taskfiles.telemetry.reading import read_events
from taskfiles.telemetry.workflows import BatchMetrics, count_batch
from taskfiles.values import suggest
from taskfiles_cli.output import Colour, Console, StatsFormat
from taskfiles_cli.render.stats import render_stats
from taskfiles_cli.render.table import one_line, render_tasks
from taskfiles_cli.session import Session
from taskfiles_cli.texts import read_when, read_words, split_commas

if TYPE_CHECKING:
    from datetime import datetime

    import typer

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
    root: Root = None,
    color: Color = Colour.AUTO,
) -> int:
    """Tell success, time and cost of the recorded attempts, group by group.

    Each rate has its 95 % interval (Wilson), and groups are ranked by its lower bound; below 5
    tasks a rate is marked and has no rank. What is not known is left out, never 0.
    docs/reference/metrics.md defines every figure.
    """
    session = Session(output, root, color)
    names = tuple(dict.fromkeys(split_commas(by))) if by is not None else BY
    scope = read_scope(session.store.now(), since, until, state)
    gathered, scope, problems = survey(session.store, scope, names, task)
    _check_dimensions(names, gathered)
    metrics = _count_plans(session.store, scope) if plans else None
    report = make_report(gathered, scope, names, task=task, limit=limit, plans=metrics)
    answer = report_object(report, with_untold=without_telemetry)
    if without_telemetry:
        _answer_untold(session.console, answer)
    else:
        _answer_groups(session.console, answer)
    session.warn_findings(problems)
    return 0


def _answer_groups(console: Console, answer: dict[str, Any]) -> None:
    groups = answer["groups"]
    if console.output == StatsFormat.CSV:
        header = [*answer["by"], "rank", *(figure.name for figure in FIGURES)]
        rows = ([*group["key"].values(), *list(group.values())[1:]] for group in groups)
        console.write(_csv(header, rows))
        return
    console.answer(
        groups if console.output == StatsFormat.JSONL else answer,
        human=lambda: render_stats(answer, console.width()),
        plain=map(_plain, groups),
    )


def _answer_untold(console: Console, answer: dict[str, Any]) -> None:
    rows = answer["tasks_without_telemetry"]
    if console.output == StatsFormat.CSV:
        console.write(_csv(Untold._fields, (row.values() for row in rows)))
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


def _check_dimensions(names: Sequence[str], gathered: Gathered) -> None:
    """Refuse what is neither a dimension nor a key of any task, and nothing at all."""
    for name in names or ("",):
        if not name or (is_own(name) and name not in gathered.keys):
            known = [*DIMENSIONS, *KEY_ORDER]
            remedy = f"{suggest(name, known)}Use {', '.join(DIMENSIONS)} or a key that tasks have."
            problem = "no task has it" if name else "it names nothing"
            raise TaskfilesError(
                "bad-value", option="--by", given=f"“{name}”", problem=problem, remedy=remedy
            )


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


def _csv(header: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """Write rows under their names; nothing stands for null."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([str(value).lower() if isinstance(value, bool) else value for value in row])
    return text.getvalue()


def _plain(group: dict[str, Any]) -> str:
    """Name a group by its values, tabs between."""
    return "\t".join("-" if value is None else one_line(value) for value in group["key"].values())
