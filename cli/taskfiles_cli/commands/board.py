"""`tasks board`: the board on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import LANES, Card, Filter, Task, TaskfilesError, find_tasks, make_board, make_card
from taskfiles.backlog.readiness import Backlog
from taskfiles.basics.extras import import_extra
from taskfiles.store.claims import claim_objects
from taskfiles.task.acting import MAX_NAME
from taskfiles_cli.command.choice import read_choice
from taskfiles_cli.command.pickup import read_holder
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import command
from taskfiles_cli.render.console import Console, is_terminal
from taskfiles_cli.surface.cardtext import Look
from taskfiles_cli.surface.phrases import Clock
from taskfiles_cli.surface.printed import print_board

if TYPE_CHECKING:
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
        Tools,
        Whole,
        count,
        flag,
        opt,
    )

_CARDS = 40  # of a column, where the board is printed
_NARROW = 80


@command("acting", "root", "color", answers=None)
def board(
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
    only_open: OnlyOpen = False,
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
    lanes: Annotated[str, opt("KIND", f"In lanes: {', '.join(LANES)}.")] = "none",
    once: Annotated[bool, flag("Print the board once, instead of showing it live.", "--print")] = False,
    limit: Annotated[Whole, count("At most N cards of a column, where it is printed. Default: 40.")] = None,
    read_only: Annotated[bool, flag("Only show: nothing can be changed.", "--read-only")] = False,
    poll: Annotated[
        Whole, count("Look at the files every N seconds, for file systems without notifications.")
    ] = None,
) -> int:
    """Show the board on the terminal, live: who holds what, what waits, attempts and their cost; act on it.

    A change of a task file, by hand, by an agent or by git, is on the board within a second. Keys and the
    mouse move cards, `?` lists the keys. What is done there is done as board:NAME, with the refusals of the
    commands, and can be undone. Where there is no terminal, or not the extra `tui`, it prints the board once.
    """
    words = {"state": state, "kind": kind, "priority": priority, "executor": executor, "size": size}
    words |= {"ambiguity": ambiguity, "isolation": isolation}
    given: dict[str, Any] = {
        "label": label,
        "assignee": assignee,
        "parent": parent,
        "blocked": blocked,
        "only_open": only_open,
        "search": search,
        "meta": meta,
        "has_execution": has_execution,
        "status": status,
        "model": model,
        "tool": tool,
        "since": since,
        "due_before": due_before,
        "overdue": overdue,
        "mine": mine,
        "view": view,
    }
    wanted = read_choice(session, words, **given)
    if lanes not in LANES or poll == 0:
        _refuse(lanes, poll)
    if once or not _has_terminal(session.console) or not _has_extra(session.console):
        _print(session, wanted, lanes, _CARDS if limit is None else limit)
        return 0
    from taskfiles_cli.tui.show import show  # noqa: PLC0415 (it needs the extra)
    from taskfiles_cli.tui.view import Start  # noqa: PLC0415 (as above)

    store = session.store
    if not session.console.has_colour(sys.stdout):
        os.environ["NO_COLOR"] = "1"  # by which what draws the board knows
    me = read_holder(session.acting, store)
    by = None if read_only else f"board:{me}"[:MAX_NAME]
    project = os.path.basename(os.fspath(store.root)) or "tasks"
    start = Start(project, wanted, _say_filter({**words, **given}), lanes, session.console.icons(), me)
    return show(store, by, start, poll=None if poll is None else float(poll))


def _refuse(lanes: str, poll: int | None) -> None:
    """Refuse lanes that there are none of, and a pause of no length."""
    if poll == 0:
        problem, remedy = "it would never rest", "Write 1 or more seconds."
        raise TaskfilesError("bad-value", option="--poll", given="0", problem=problem, remedy=remedy)
    make_board((), Backlog(()), lanes=lanes)


def _has_terminal(console: Console) -> bool:
    """Whether there is a terminal to draw on, with keys."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return all(is_terminal(each) for each in streams) and console.env.get("TERM", "dumb") != "dumb"


def _has_extra(console: Console) -> bool:
    """Whether the live board can be shown; where not, say what to type."""
    try:
        import_extra("textual", "tui")
    except TaskfilesError as error:
        console.note(f"This is the board of this moment; the live one needs textual. {error.hint}")
        return False
    return True


def _print(session: Session, wanted: Filter, lanes: str, limit: int) -> None:
    store, console = session.store, session.console
    snapshot = store.snapshot()
    claims, backlog = claim_objects(store), Backlog(snapshot.tasks)
    dues = store.milestones
    tasks = find_tasks(snapshot.tasks, wanted)
    board = make_board(tasks, backlog, lanes=lanes, claims=claims, milestones=dues)
    clock = Clock(store.now(), store.zone)

    def card_of(task: Task) -> tuple[Card, tuple[int, int]]:
        card = make_card(task, backlog, claims=claims, now=clock.now, zone=clock.zone, milestones=dues)
        return card, task.criteria

    width = console.width()
    look = Look(width or _NARROW, console.icons(), clock)
    console.answer(
        None,
        human=lambda: print_board(board, card_of, look, limit=limit, is_terminal=width is not None),
    )


def _say_filter(given: Mapping[str, Any]) -> str:
    """Write the options that choose tasks as people read them."""
    words = []
    for name, value in given.items():
        key = {"only_open": "open", "blocked": "blocked" if value else "unblocked"}.get(name, name)
        shown = key.replace("_", "-")
        if isinstance(value, list):
            words += [f"{shown}:{each}" for each in value]
        elif isinstance(value, bool):
            words += [shown] if value or name == "blocked" else []
        elif value:
            words.append(f"{shown}:{value}")
    return " ".join(words)
