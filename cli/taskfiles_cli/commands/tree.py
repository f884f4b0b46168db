"""`tasks tree`: parents with their children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import tree_object
from taskfiles.backlog.relations import Problems, check_duplicates
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command

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
    session.console.answer(
        tops,
        human=lambda: [f"{'  ' * depth}{_line(node)}" for depth, node in _walk(tops)] or ["No tasks."],
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


def _line(node: dict[str, Any]) -> str:
    if "title" not in node:
        return f"{node['id']} (missing)"
    above = node.get("ancestors")
    path = f"{' > '.join(above)} > " if above else ""
    closed = sum(child["state"] in {"done", "canceled"} for child in node["children"])
    progress = f", {closed} of {len(node['children'])} closed" if node["children"] else ""
    return f"{path}{node['id']}: {node['title']} ({node['kind']}, {node['state']}{progress})"
