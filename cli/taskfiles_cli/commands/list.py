"""`tasks list`: the tasks of a project, filtered and sorted."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Filter, Finding, Snapshot, Store, Task, sort_tasks, task_object
from taskfiles.backlog.graph import find_parents
from taskfiles.backlog.problems import Problems, find_problems
from taskfiles.backlog.query import make_test
from taskfiles.backlog.sieve import make_sieve
from taskfiles.basics.commas import split_commas
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.task.columns import find_invalid
from taskfiles.task.keys import ADDED_KEYS, KEY_ORDER, SHOW_KEYS
from taskfiles.task.order import sort_by_id
from taskfiles.task.values import is_word
from taskfiles.task.wire import chosen_objects, rows_bytes
from taskfiles.task.words import CLOSED
from taskfiles_cli.command.choice import read_choice
from taskfiles_cli.command.problems import warn_of_unmatched
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command
from taskfiles_cli.line.values import check_fields
from taskfiles_cli.render.console import Console, Format

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from taskfiles.backlog.readiness import Backlog
    from taskfiles.backlog.standing import Standing
    from taskfiles.backlog.unmatched import Lookout
    from taskfiles.store.claims import ProjectClaims
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
    ask = _Ask(wanted, keys, limit, chosen or (), chosen, with_rows, hides=hides)
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
            startable=_Startable(
                find_claims(session.store), startable, session.store.now(), session.store.zone
            )
        )
    session.kept = seen = _survey(session.store, ask)
    claims = session.claims_of()
    for row, task in zip(seen.rows, seen.tasks, strict=False):
        if task.id in claims and (chosen is None or "claim" in chosen):
            row["claim"] = claims[task.id]
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


def _plain(seen: _Seen, chosen: Sequence[str] | None) -> Iterable[Row]:
    if not chosen:
        return [task.id for task in seen.tasks]
    from taskfiles_cli.render.table import plain_fields  # noqa: PLC0415 (most lists need none)

    return (plain_fields(row, chosen) for row in seen.rows)


def _human(
    seen: _Seen, chosen: Sequence[str] | None, claims: Mapping[str, Any], console: Console
) -> list[Line]:
    from taskfiles_cli.render.listing import (  # noqa: PLC0415 (programs need none)
        empty_lines,
        hidden_lines,
        milestone_lines,
        render_listing,
    )

    if not seen.tasks:
        return empty_lines(seen.hidden, seen.total)
    if chosen is not None:
        from taskfiles_cli.render.table import render_tasks  # noqa: PLC0415 (as above)

        return [*render_tasks(seen.rows, chosen, console.width()), *hidden_lines(seen.hidden)]
    lines = render_listing(
        seen.standings, claims, console.width(), console.icons(), colours=console.is_coloured
    )
    return [*lines, *milestone_lines(seen.standings), *hidden_lines(seen.hidden)]


class _Ask(NamedTuple):
    """What is asked for: which tasks, in which order, how many; the keys named, and those of the rows.

    Without `shown` rows have all keys; `with_rows` is whether the answer needs any. Without keys to sort by
    the order is that of people. `hides` leaves closed tasks out and counts them; `standings` describes where
    tasks stand, if the answer needs that.
    """

    wanted: Filter
    sort: Sequence[str]
    limit: int | None
    named: Sequence[str]
    shown: Sequence[str] | None
    with_rows: bool
    startable: _Startable | None = None
    hides: bool = False
    standings: Callable[[Sequence[Task], Backlog], list[Standing]] | None = None


class _Startable(NamedTuple):
    """The claims and the instant that decide what can be started, and whether only such tasks are wanted."""

    claims: ProjectClaims
    wanted: bool | None
    now: datetime
    zone: tzinfo

    def find(self, tasks: Sequence[Task]) -> set[str]:
        """Return the ids of the tasks that `next` would offer."""
        from taskfiles.backlog.next import choose_next  # noqa: PLC0415 (few lists ask)

        choice = choose_next(tasks, count=len(tasks), **self.claims._asdict(), now=self.now, zone=self.zone)
        return {each.task.id for each in choice.candidates}


class _Seen(NamedTuple):
    """The tasks asked for, their rows if needed, what is wrong, and the keys found of those named.

    `lookout` knows what is asked for and no task has. `hidden` counts the closed tasks that are left out, by
    state; `total` counts those of the project. `snapshot` has all tasks where they were needed.
    """

    tasks: list[Task]
    rows: list[dict[str, Any]]
    problems: Problems
    keys: set[str]
    lookout: Lookout | None = None
    hidden: Mapping[str, int] = MappingProxyType({})
    total: int = 0
    standings: Sequence[Standing] = ()
    snapshot: Snapshot | None = None


def _survey(store: Store, ask: _Ask) -> _Seen:
    """Look at every task once, and keep only those asked for: a large store would not fit into memory."""
    if ask.wanted.parent is None and ask.startable is None and ask.standings is None:
        # Whether any task has a key of its own shows only where all are looked at.
        if _KNOWN.issuperset(ask.named):
            seen = store.read_all(
                lambda found: _look(found, ask, None, sifted=True), only=make_sieve(ask.wanted)
            )
            if seen is not None and (seen.lookout is None or not seen.lookout.missing()):
                return seen
        seen = store.read_all(lambda found: _look(found, ask, None))
        if seen is not None:
            return seen
    # Parents, what tasks wait for, and ids that stand twice show only where all tasks are at hand.
    return store.with_snapshot(lambda snapshot: _look_again(snapshot, ask))


_KNOWN = frozenset({*KEY_ORDER, *ADDED_KEYS, *SHOW_KEYS, "extra", "startable"})
_ALL = Filter()


def _look(
    found: Iterable[Task | Finding],
    ask: _Ask,
    parents: Mapping[str, str] | None,
    can_start: Collection[str] = (),
    *,
    sifted: bool = False,
) -> _Seen | None:
    """Look at tasks as they come; without `parents` None where an id stands twice.

    Of `sifted` tasks others may be left out; the lookout then sees those that match.
    """
    above = parents or {}
    meets = None if ask.wanted == _ALL else make_test(ask.wanted, above)
    own = set(ask.named) - _KNOWN
    wanted = None if ask.startable is None else ask.startable.wanted
    tasks: list[Task] = []
    invalid: list[Task] = []
    unreadable: list[Finding] = []
    keys: set[str] = set()
    ids: list[str] = []
    hidden: dict[str, int] = {}
    lookout = _make_lookout(ask.wanted)
    for each in found:
        if isinstance(each, Finding):
            unreadable.append(each)
            continue
        if lookout is not None and not sifted:
            lookout.look(each)
        if own:
            keys |= each.values.keys() & own
        if (meets is None or each.is_certain or meets(each)) and (
            wanted is None or wanted == (each.id in can_start)
        ):
            if ask.hides and is_word(each.state, CLOSED):
                hidden[each.state] = hidden.get(each.state, 0) + 1
            else:
                tasks.append(each)
                continue
        ids.append(each.id)
        if each.errors:
            invalid.append(each)
    ids += [task.id for task in tasks]
    invalid += find_invalid(tasks)
    if parents is None and len(set(ids)) < len(ids):
        return None
    problems = find_problems(unreadable, sort_by_id(invalid))
    if lookout is not None and sifted:
        lookout.look_until_found(tasks)
    tasks = (sort_tasks(tasks, ask.sort) if ask.sort else _sort_for_people(tasks))[: ask.limit]
    rows = _rows(tasks, ask.shown, above) if ask.with_rows else []
    if "startable" in ask.named:
        for row, task in zip(rows, tasks, strict=True):
            row["startable"] = task.id in can_start
    return _Seen(tasks, rows, problems, keys, lookout, hidden, len(ids))


def _sort_for_people(tasks: Sequence[Task]) -> list[Task]:
    from taskfiles.backlog.standing import sort_by_urgency  # noqa: PLC0415 (programs need none)

    return sort_by_urgency(tasks)


def _make_lookout(wanted: Filter) -> Lookout | None:
    if not (wanted.labels or wanted.assignee or wanted.model or wanted.tool or wanted.meta):
        return None
    from taskfiles.backlog.unmatched import Lookout  # noqa: PLC0415 (most lists ask for no texts)

    return Lookout(wanted)


def _look_again(snapshot: Snapshot, ask: _Ask) -> _Seen:
    parents = {} if ask.wanted.parent is None else find_parents(snapshot.tasks)
    if ask.wanted.parent is not None:
        from taskfiles.backlog.unmatched import check_parents  # noqa: PLC0415 (as above)

        check_parents(snapshot, ask.wanted, parents)
    can_start = set() if ask.startable is None else ask.startable.find(snapshot.tasks)
    seen = _look(snapshot.tasks, ask, parents, can_start)
    assert seen is not None
    if (describe := ask.standings) is not None:
        from taskfiles.backlog.readiness import Backlog  # noqa: PLC0415 (programs need none)

        backlog = Backlog(snapshot.tasks)
        seen = seen._replace(standings=describe(seen.tasks, backlog))
    return seen._replace(problems=find_problems(snapshot.unreadable, snapshot.tasks), snapshot=snapshot)


def _rows(
    tasks: Sequence[Task], shown: Sequence[str] | None, parents: Mapping[str, str]
) -> list[dict[str, Any]]:
    rows = [task_object(task) for task in tasks] if shown is None else chosen_objects(tasks, shown)
    if parents and (shown is None or "parent" in shown):
        for task, row in zip(tasks, rows, strict=True):
            row["parent"] = parents.get(task.id, row["parent"])
    return rows
