"""`tasks search`: the tasks that contain a text, the best first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Filter, Finding, Snapshot, Task, TaskfilesError
from taskfiles.backlog.graph import find_parents
from taskfiles.backlog.problems import Problems, find_problems
from taskfiles.backlog.query import make_test
from taskfiles.backlog.search import make_needles, match_task, rank_matches
from taskfiles.backlog.sieve import join_sieves, make_sieve
from taskfiles.backlog.snapshot import readable_tasks
from taskfiles.backlog.wire import match_object
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import number_of
from taskfiles.task.order import sort_by_id
from taskfiles_cli.command.choice import read_options, read_where
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command
from taskfiles_cli.line.values import read_criteria
from taskfiles_cli.render.lines import Painted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from taskfiles import Store
    from taskfiles.backlog.search import Match, Needle
    from taskfiles_cli.line.options import (
        Assignees,
        IsMine,
        Kinds,
        Labels,
        OnlyOpen,
        Priorities,
        SavedView,
        States,
        Texts,
        Whole,
        arg,
        count,
        opt,
    )
    from taskfiles_cli.render.console import Console
    from taskfiles_cli.render.lines import Line

_SHOWN = 20  # tasks that people see where they don't say how many


@command(*READS, answers="search")
def search(
    session: Session,
    text: Annotated[
        list[str],
        arg("TEXT", "What tasks must contain, in any case; of several texts each.", show_default=False),
    ],
    *,
    state: States = None,
    kind: Kinds = None,
    priority: Priorities = None,
    label: Labels = None,
    assignee: Assignees = None,
    only_open: OnlyOpen = False,
    mine: IsMine = False,
    where: Annotated[
        Texts, opt("FILTERS", "Also match these filters of `tasks list`, as in 'size=small since=7d'.")
    ] = None,
    view: SavedView = None,
    limit: Annotated[Whole, count(f"At most N tasks. Default: all, for people {_SHOWN}.")] = None,
) -> int:
    """Find tasks by text, the best first, with the lines that contain it.

    A text counts most in the title, then in the id, in labels and headings, in the rest of the body; as a
    whole word more than as a part of one. Of equals open tasks come first, then what has changed last.
    In quotes several words are one text; without, each is a text of its own. Case does not count, nor how
    Unicode writes a letter. `tasks list --search` finds the same tasks.
    """
    needles = make_needles(_check_texts(text))
    criteria = read_criteria(
        {"state": state, "kind": kind, "priority": priority}, label=label, assignee=assignee
    )
    wanted = [read_options(session, criteria | {"open": only_open}, mine=mine, view=view)]
    wanted += [read_where(session, where)] if where else []
    console = session.console
    most = _SHOWN if limit is None and not console.is_machine and console.output != "plain" else limit
    seen = _survey(session.store, _Ask(wanted, needles, most))
    console.answer(
        seen.rows,
        human=lambda: (
            _human(seen, needles, console)
            if seen.rows or seen.found
            else [_say_none(session.store, text, filtered=any(each != Filter() for each in wanted))]
        ),
        plain=[row["id"] for row in seen.rows],
    )
    session.warn_problems(seen.problems, {row["path"] for row in seen.rows})
    return 0


def _check_texts(texts: Sequence[str]) -> Sequence[str]:
    if any(not each.strip() for each in texts):
        raise TaskfilesError(
            "bad-value", option="TEXT", given="blank", problem="it names nothing", remedy="Write a word."
        )
    return texts


def _human(seen: _Seen, needles: Sequence[Needle], console: Console) -> list[Line]:
    from taskfiles_cli.render.found import render_found  # noqa: PLC0415 (programs need none)

    lines = render_found(seen.rows, needles, console.width(), console.icons())
    if left := seen.found - len(seen.rows):
        lines.append(Painted("", "dim", f"{number_of(left, 'more task')} not shown: --limit {seen.found}"))
    return lines


def _say_none(store: Store, texts: Sequence[str], *, filtered: bool) -> str:
    """Say that nothing was found, and what to type next."""
    import shlex  # noqa: PLC0415 (most searches find something)

    from taskfiles_cli.render.listing import NO_TASKS  # noqa: PLC0415 (as above)

    total = len(store.snapshot().tasks)
    if not total:
        return NO_TASKS
    shown = " and ".join(f"“{each}”" for each in texts)
    words = [word for each in texts for word in each.split()]
    if filtered:
        anywhere = f"`tasks search {shlex.join(texts)}` looks into all"
        return f"No task that the filters ask for contains {shown}. {anywhere}."
    if len(words) > len(texts):
        return f"No task contains {shown}. `tasks search {shlex.join(words)}` finds the words apart."
    if len(texts) > 1:
        return f"No task contains {shown}. `tasks search {shlex.quote(texts[0])}` looks for one alone."
    return f"No task contains {shown}. `tasks list --all` shows {_all_of(total)}."


def _all_of(total: int) -> str:
    return f"all {number_of(total, 'task')}" if total > 1 else "the only task"


class _Ask(NamedTuple):
    """What is asked for: the filters, which all must hold, the texts, and how many tasks."""

    wanted: Sequence[Filter]
    needles: Sequence[Needle]
    most: int | None


class _Seen(NamedTuple):
    """The rows shown, how many tasks were found, and what is wrong with files."""

    rows: list[dict[str, Any]]
    found: int
    problems: Problems


def _survey(store: Store, ask: _Ask) -> _Seen:
    """Look at every task that may match, by the index where it knows the others."""
    if all(each.parent is None for each in ask.wanted):
        texts = [needle.text for needle in ask.needles]
        only = join_sieves([make_sieve(each, texts) for each in ask.wanted])
        seen = store.read_all(partial(_look, store=store, ask=ask), only=only)
        if seen is not None:
            return seen
    # Parents, and ids that stand twice, show only where all tasks are at hand.
    return store.with_snapshot(lambda snapshot: _look_again(snapshot, store, ask))


def _look(
    found: Iterable[Task | Finding], store: Store, ask: _Ask, parents: Mapping[str, str] | None = None
) -> _Seen | None:
    """Look at tasks as they come; without `parents` None where an id stands twice."""
    tests = [make_test(each, parents or {}) for each in ask.wanted if each != Filter()]
    unreadable: list[Finding] = []
    invalid: list[Task] = []
    matches: list[Match] = []
    ids: list[str] = []
    for each in readable_tasks(found, unreadable):
        ids.append(each.id)
        if each.errors:
            invalid.append(each)
        if all(meets(each) for meets in tests) and (match := match_task(each, ask.needles)) is not None:
            matches.append(match)
    if parents is None and len(set(ids)) < len(ids):
        return None
    ranked = rank_matches(matches, store.zone)
    rows = [match_object(match, ask.needles) for match in ranked[: ask.most]]
    problems = find_problems(unreadable, sort_by_id(invalid))
    return _Seen(rows, len(ranked), problems)


def _look_again(snapshot: Snapshot, store: Store, ask: _Ask) -> _Seen:
    seen = _look(snapshot.tasks, store, ask, find_parents(snapshot.tasks))
    assert seen is not None
    return seen._replace(problems=find_problems(snapshot.unreadable, snapshot.tasks))
