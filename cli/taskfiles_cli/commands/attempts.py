"""`tasks attempts`: the recent attempts of all tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from taskfiles import Filter, Finding, Snapshot, Store, Task, find_tasks
from taskfiles.backlog.problems import Problems, find_problems
from taskfiles.backlog.query import make_test
from taskfiles.backlog.sieve import make_sieve
from taskfiles.backlog.snapshot import readable_tasks
from taskfiles.basics.commas import split_commas
from taskfiles.basics.unicode import normal
from taskfiles.dataset.instants import micros_text
from taskfiles.dataset.recent import list_recent
from taskfiles.stats.rows import Scope
from taskfiles.task.order import sort_by_id
from taskfiles.task.words import ExecutionStatus
from taskfiles_cli.command.choice import read_where
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command
from taskfiles_cli.figures.survey import find_below, read_scope
from taskfiles_cli.line.values import parse_words, read_criteria
from taskfiles_cli.render.attempts import render_attempts

if TYPE_CHECKING:
    from taskfiles_cli.line.options import (
        Below,
        Labels,
        Since,
        States,
        Texts,
        Until,
        Whole,
        count,
        opt,
    )

_SHOWN = 20  # attempts that people see where they don't say how many
_TRIED = Filter(has_execution=True)


@command(*READS, answers="attempts", finds=("task",))
def attempts(
    session: Session,
    *,
    since: Since = None,
    until: Until = None,
    status: Annotated[Texts, opt("WORDS", f"{', '.join(ExecutionStatus)}; commas between.")] = None,
    model: Annotated[Texts, opt("MODELS", "By one of these models.")] = None,
    tool: Annotated[Texts, opt("TOOLS", "By one of these tools.")] = None,
    task: Below = None,
    state: States = None,
    label: Labels = None,
    where: Annotated[
        Texts, opt("FILTERS", "Of tasks that match these filters of `tasks list`: 'priority=high open'.")
    ] = None,
    limit: Annotated[Whole, count(f"At most N attempts. Default: all, for people {_SHOWN}.")] = None,
) -> int:
    """Show who worked on which task, and what came of it: the attempts of all tasks, the latest first.

    Each is shown with its end, task, tool, model, result, duration, tokens, cost and review; unknown values
    are left out. The last line adds up all that match, not only those shown. Attempts of invalid tasks are
    left out, as in `tasks stats`, and the tasks are named.
    """
    store, console = session.store, session.console
    scope = read_scope(session.now(), since, until, state, store.zone)
    wanted = [Filter(**read_criteria({"state": state}, label=label))]
    wanted += [read_where(session, where)] if where else []
    said = _Said(
        parse_words("--status", ExecutionStatus, status or ()),
        {normal(each) for each in split_commas(model or ())},
        {normal(each) for each in split_commas(tool or ())},
    )
    seen = _survey(store, _Ask(wanted, task))
    rows = [row for row in seen.rows if said.holds(row) and _ended_within(row, scope)]
    people = not console.is_machine and console.output != "plain"
    shown = rows[: _SHOWN if limit is None and people else limit]
    console.answer(
        shown,
        human=lambda: render_attempts(
            shown, rows, seen.total, store.zone, width=console.width(), icons=console.icons()
        ),
        plain=(_plain(row) for row in shown),
    )
    session.warn_problems(seen.problems)
    return 0


def _plain(row: Mapping[str, Any]) -> list[str]:
    keys = ("ended_at", "task_id", "ending", "tool", "model", "duration_seconds", "cost_usd_micros")
    return ["" if row[key] is None else str(row[key]) for key in keys]


class _Said(NamedTuple):
    """What attempts must say of themselves; empty where anything will do."""

    status: frozenset[str]
    models: set[str]
    tools: set[str]

    def holds(self, row: Mapping[str, Any]) -> bool:
        return (
            (not self.status or row["status"] in self.status)
            and (not self.models or row["model"] in self.models)
            and (not self.tools or row["tool"] in self.tools)
        )


def _ended_within(row: Mapping[str, Any], scope: Scope) -> bool:
    ended: str = row["ended_at"]  # texts of one form sort by time
    return (scope.since is None or ended >= micros_text(scope.since)) and (
        scope.until is None or ended < micros_text(scope.until)
    )


class _Ask(NamedTuple):
    """The filters of tasks, which all must hold, and the task below which they are to be."""

    wanted: Sequence[Filter]
    below: str | None


class _Seen(NamedTuple):
    """The attempts of the tasks asked for, the number of those of all, and what is wrong with files."""

    rows: list[dict[str, Any]]
    total: int
    problems: Problems


def _survey(store: Store, ask: _Ask) -> _Seen:
    """Look at every task with attempts; others only where what is above a task counts."""
    if ask.below is None and all(each.parent is None for each in ask.wanted):
        return store.read_all(partial(_look, ask=ask), only=make_sieve(_TRIED))
    return store.with_snapshot(lambda snapshot: _look_again(snapshot, ask))


def _look(found: Iterable[Task | Finding], ask: _Ask) -> _Seen:
    tests = [make_test(each, {}) for each in ask.wanted if each != Filter()]
    tasks: list[Task] = []
    unreadable: list[Finding] = []
    chosen: set[str] = set()
    for each in readable_tasks(found, unreadable):
        tasks.append(each)
        if all(meets(each) for meets in tests):
            chosen.add(each.id)
    invalid = sort_by_id(task for task in tasks if task.errors)
    return _make(tasks, chosen, find_problems(unreadable, invalid))


def _look_again(snapshot: Snapshot, ask: _Ask) -> _Seen:
    chosen = {task.id for task in snapshot.tasks}
    for each in ask.wanted:
        chosen &= {task.id for task in find_tasks(snapshot.tasks, each)}
    if ask.below is not None:
        chosen &= find_below(snapshot, ask.below)
    return _make(snapshot.tasks, chosen, find_problems(snapshot.unreadable, snapshot.tasks))


def _make(tasks: Sequence[Task], chosen: set[str], problems: Problems) -> _Seen:
    rows = list_recent([task for task in tasks if task.value("execution") is not None])
    return _Seen([row for row in rows if row["task_id"] in chosen], len(rows), problems)
