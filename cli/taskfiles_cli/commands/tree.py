"""`tasks tree`: parents with their children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import tree_object
from taskfiles.backlog.relations import Problems, check_duplicates
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command
from taskfiles_cli.render.tree import render_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from taskfiles_cli.line.options import Text, arg, complete_ids


@command(*READS, answers="tree", finds=("task_id",))
def tree(
    session: Session,
    *,
    task_id: Annotated[
        Text,
        arg("ID", "Only this task with what is below it.", show_default=False, autocompletion=complete_ids),
    ] = None,
) -> int:
    """Show parents with their children, in the parents' order.

    A task stands below its effective parent: the one that lists it, else the one that it names itself.
    """
    if task_id is not None:
        session.store.get(task_id)
    snapshot = session.store.snapshot()
    tops = tree_object(snapshot.tasks, task_id)
    console = session.console
    console.answer(
        tops,
        human=lambda: render_tree([*_walk(tops)], console.width(), console.icons()),
        plain=(node["id"] for _, node in _walk(tops) if "title" in node),
    )
    duplicates = list(check_duplicates(snapshot.tasks))
    session.warn_problems(Problems(snapshot.unreadable, duplicates), {each.path for each in duplicates})
    return 0


def _walk(tops: list[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the nodes from top to bottom with their depth, missing children after those that are there."""
    waiting = [(0, node) for node in reversed(tops)]
    while waiting:
        depth, node = waiting.pop()
        yield depth, node
        below = [*node.get("children", ()), *({"id": name} for name in node.get("missing", ()))]
        waiting += [(depth + 1, each) for each in reversed(below)]
