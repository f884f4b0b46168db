"""`tasks list`: the tasks of a project, filtered and sorted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles.basics.commas import split_commas
from taskfiles.task.columns import read_ids
from taskfiles.task.wire import rows_bytes
from taskfiles_cli.command.choice import read_choice
from taskfiles_cli.command.listed import Ask, Seen, Startable, survey
from taskfiles_cli.command.problems import warn_of_unmatched
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command
from taskfiles_cli.line.values import check_fields
from taskfiles_cli.render.console import Console, Format

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from taskfiles_cli.line.options import (
        Ambiguities,
        Assignees,
        ChangedSince,
        DueBefore,
        Executors,
        HasExecution,
        IsBlocked,
        IsMine,
        Isolations,
        IsOverdue,
        Kinds,
        Labels,
        Metas,
        Models,
        OnlyOpen,
        Parents,
        Priorities,
        SavedView,
        Search,
        Sizes,
        States,
        Statuses,
        Text,
        Tools,
        Whole,
        count,
        flag,
        opt,
    )
    from taskfiles_cli.render.lines import Line, Row


@command(*READS, "brief", answers="list")
def list_(
    session: Session,
    *,
    state: States = None,
    kind: Kinds = None,
    priority: Priorities = None,
    label: Labels = None,
    assignee: Assignees = None,
    executor: Executors = None,
    size: Sizes = None,
    ambiguity: Ambiguities = None,
    isolation: Isolations = None,
    parent: Parents = None,
    blocked: IsBlocked = None,
    startable: Annotated[
        bool | None, flag("Whether `tasks next` would offer it.", "--startable/--not-startable")
    ] = None,
    only_open: OnlyOpen = False,
    every: Annotated[bool, flag("Done and canceled tasks, too.", "--all")] = False,
    search: Search = "",
    meta: Metas = None,
    has_execution: HasExecution = False,
    status: Statuses = None,
    model: Models = None,
    tool: Tools = None,
    since: ChangedSince = None,
    due_before: DueBefore = None,
    overdue: IsOverdue = False,
    mine: IsMine = False,
    view: SavedView = None,
    sort: Annotated[Text, opt("KEYS", "Keys, separated by commas; `-key` for the reverse.")] = None,
    limit: Annotated[Whole, count("At most N tasks.")] = None,
    fields: Annotated[
        Text, opt("KEYS", "Only these keys, body, derived and startable among them if named.")
    ] = None,
    strict: Annotated[bool, flag("Exit 1 where a file is unreadable or invalid.", "--strict")] = False,
) -> int:
    """List tasks, filtered and sorted.

    People get the open tasks: those in progress, then ready ones, then ideas, the most urgent first; the last
    line counts those that are done or canceled, which --all or --state shows. The other formats have all
    tasks, by id. Filters of different kinds must all hold. A file that can't be read or is invalid is named
    on standard error; the exit code stays 0 unless --strict is given.
    """
    words = {"state": state, "kind": kind, "priority": priority, "executor": executor, "size": size}
    words |= {"ambiguity": ambiguity, "isolation": isolation}
    wanted = read_choice(
        session,
        words,
        label=label,
        assignee=assignee,
        parent=parent,
        blocked=blocked,
        only_open=only_open,
        search=search,
        meta=meta,
        has_execution=has_execution,
        status=status,
        model=model,
        tool=tool,
        since=since,
        due_before=due_before,
        overdue=overdue,
        mine=mine,
        view=view,
    )
    chosen = split_commas([fields]) if fields is not None else None
    console = session.console
    compact = chosen is None and not parent and console.is_compact and not console.brief
    people = console.output == Format.HUMAN
    with_rows = not compact and (chosen is not None or console.is_machine)
    hides = people and not wanted.state and not wanted.open and not every
    keys = split_commas([sort]) if sort is not None else ([] if people else ["id"])
    ask = Ask(wanted, keys, limit, chosen or (), chosen, with_rows, hides=hides)
    if people and chosen is None:
        from taskfiles.backlog.standing import describe_standings  # noqa: PLC0415 (programs need none)

        ask = ask._replace(
            standings=partial(
                describe_standings,
                now=session.store.now(),
                zone=session.store.zone,
                milestones=session.store.milestones,
            )
        )
    if startable is not None or "startable" in (chosen or ()):
        from taskfiles.store.claims import find_claims  # noqa: PLC0415 (few lists ask)

        ask = ask._replace(
            startable=Startable(
                find_claims(session.store), startable, session.store.now(), session.store.zone
            )
        )
    session.kept = seen = survey(session.store, ask)
    claims = session.claims_of()
    if claims and (chosen is None or "claim" in chosen):
        for row, task_id in zip(seen.rows, read_ids(seen.tasks), strict=False):
            row["claim"] = claims.get(task_id)
    check_fields(chosen or (), seen.keys)
    if compact:
        console.rows(rows_bytes(seen.tasks, claims))
    else:
        console.answer(
            seen.rows,
            human=lambda: _human(seen, chosen, claims, console),
            plain=_plain(seen, chosen),
        )
    session.warn_problems(seen.problems, {task.path for task in seen.tasks} if seen.problems else ())
    if seen.lookout is not None:
        warn_of_unmatched(console, seen.lookout, session.store)
    return 1 if strict and seen.problems else 0


def _plain(seen: Seen, chosen: Sequence[str] | None) -> Iterable[Row]:
    if not chosen:
        return read_ids(seen.tasks)
    from taskfiles_cli.render.table import plain_fields  # noqa: PLC0415 (most lists need none)

    return (plain_fields(row, chosen) for row in seen.rows)


def _human(
    seen: Seen, chosen: Sequence[str] | None, claims: Mapping[str, Any], console: Console
) -> list[Line]:
    from taskfiles_cli.render.listing import (  # noqa: PLC0415 (programs need none)
        empty_lines,
        hidden_lines,
        milestone_lines,
        render_listing,
    )

    if not seen.tasks:
        return empty_lines(seen.hidden, seen.total)
    if seen.standings is None:
        from taskfiles_cli.render.table import render_tasks  # noqa: PLC0415 (as above)

        return [*render_tasks(seen.rows, chosen or (), console.width()), *hidden_lines(seen.hidden)]
    lines = render_listing(
        seen.standings, claims, console.width(), console.icons(), colours=console.is_coloured
    )
    return [*lines, *milestone_lines(seen.standings), *hidden_lines(seen.hidden)]
