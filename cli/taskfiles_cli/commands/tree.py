"""`tasks tree`: parents with their children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import Filter, find_tasks, tree_object
from taskfiles.backlog.problems import Problems, check_duplicates
from taskfiles.backlog.wire import prune_tree
from taskfiles_cli.command.choice import read_options, warn_of_wanted
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command
from taskfiles_cli.line.values import read_criteria
from taskfiles_cli.render.tree import render_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from taskfiles import Snapshot
    from taskfiles_cli.line.options import (
        Assignees,
        IsBlocked,
        IsMine,
        Kinds,
        Labels,
        Metas,
        OnlyOpen,
        Priorities,
        SavedView,
        Search,
        Text,
        Texts,
        arg,
        complete_ids,
        flag,
        opt,
        word_help,
    )

_ALL = Filter()


@command(*READS, answers="tree", finds=("task_id",))
def tree(
    session: Session,
    *,
    task_id: Annotated[
        Text,
        arg("ID", "Only this task with what is below it.", show_default=False, autocompletion=complete_ids),
    ] = None,
    only_open: OnlyOpen = False,
    state: Annotated[
        Texts, opt("WORDS", word_help("state", "; commas between"), "--state", "--states", "-s")
    ] = None,
    kind: Kinds = None,
    priority: Priorities = None,
    label: Labels = None,
    assignee: Assignees = None,
    mine: IsMine = False,
    blocked: IsBlocked = None,
    startable: Annotated[bool, flag("What `tasks next` would offer.", "--startable", "--ready-only")] = False,
    search: Search = "",
    meta: Metas = None,
    view: SavedView = None,
) -> int:
    """Show parents with their children, in the parents' order.

    A task stands below its effective parent: the one that lists it, else the one that it names itself. With
    filters the tree has what matches, with what is above it.
    """
    criteria = read_criteria(
        {"state": state, "kind": kind, "priority": priority},
        label=label,
        assignee=assignee,
        search=search,
        meta=meta,
    )
    criteria |= {"open": only_open, "blocked": blocked}
    wanted = read_options(session, criteria, mine=mine, view=view)
    if task_id is not None:
        session.store.get(task_id)

    def look(snapshot: Snapshot) -> tuple[Snapshot, list[dict[str, Any]]]:
        tops = tree_object(snapshot.tasks, task_id, session.store.milestones)
        if startable or wanted != _ALL:
            matching = {task.id for task in find_tasks(snapshot.tasks, wanted)}
            tops = prune_tree(tops, matching & _find_startable(session, snapshot) if startable else matching)
        return snapshot, tops

    session.kept = snapshot, tops = session.store.with_snapshot(look)
    console = session.console
    console.answer(
        tops,
        human=lambda: render_tree(
            _walk(tops),
            console.width(),
            console.icons(),
            total=len(snapshot.tasks),
            is_past=_is_past(session),
        ),
        plain=(node["id"] for _, node in _walk(tops) if node.get("matches")),
    )
    if wanted != _ALL:
        warn_of_wanted(session, wanted, snapshot.tasks)
    duplicates = list(check_duplicates(snapshot.tasks))
    session.warn_problems(Problems(snapshot.unreadable, duplicates), {each.path for each in duplicates})
    return 0


def _find_startable(session: Session, snapshot: Snapshot) -> set[str]:
    """Return the ids of the tasks that `next` would offer."""
    from taskfiles.backlog.next import choose_next  # noqa: PLC0415 (few trees ask)
    from taskfiles.store.claims import find_claims  # noqa: PLC0415 (as above)

    store, tasks = session.store, snapshot.tasks
    claims = find_claims(store)._asdict()
    choice = choose_next(tasks, count=len(tasks), **claims, now=store.now(), zone=store.zone)
    return {each.task.id for each in choice.candidates}


def _is_past(session: Session) -> Callable[[object], bool]:
    from taskfiles.backlog.dates import is_past  # noqa: PLC0415 (programs get the date alone)

    now, zone = session.store.now(), session.store.zone
    return lambda due: is_past(due, now, zone)


def _walk(tops: list[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the nodes from top to bottom with their depth, missing children after those that are there."""
    waiting = [(0, node) for node in reversed(tops)]
    while waiting:
        depth, node = waiting.pop()
        yield depth, node
        below = [*node.get("children", ()), *({"id": name} for name in node.get("missing", ()))]
        waiting += [(depth + 1, each) for each in reversed(below)]
