"""One task with everything that is known of it, for a page of its own."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from taskfiles import Finding, LogEntry, Store, Task, entry_object, read_log, task_object
from taskfiles.backlog.board import Card, make_card
from taskfiles.backlog.family import find_ancestors
from taskfiles.backlog.present import Attempt, list_attempts
from taskfiles.text.checkboxes import Box, find_boxes, is_criterion
from taskfiles.text.sections import split_lines
from taskfiles_cli.render.milestones import with_day
from taskfiles_cli.surface.linking import Linked, list_links
from taskfiles_cli.surface.linking import Named as Named  # noqa: PLC0414 (faces name it)
from taskfiles_cli.surface.mirror import View

MAX_BODY = 256 * 1024  # characters that are shown as Markdown; of a longer text the first ones, as it stands


class Detail(NamedTuple):
    """A task as its page shows it.

    `values` is the object of `tasks show`, a milestone with its day; `body` is its Markdown, `boxes` its
    checkboxes by line, `whole` whether all of the text is there. `ancestors` come from the top down.
    """

    task: Task
    card: Card
    values: dict[str, Any]
    body: str
    boxes: list[Box]
    whole: bool
    attempts: list[Attempt]
    ancestors: list[Named]
    children: list[Named]
    depends_on: list[Named]
    frees: list[Named]
    links: list[Linked]
    findings: list[Finding]


def read_detail(store: Store, view: View, task_id: str) -> Detail:
    """Read a task, its file as it is now, its relations as the view has them.

    Raises TaskfilesError (no-such-task, ambiguous-task, unreadable-task).
    """
    task = store.get(task_id)
    backlog, claims = view.backlog, view.claims
    lines = split_lines(task.body)
    frees = [other for other, named in backlog.dependencies.items() if task_id in named]
    now, dues = store.now(), view.milestones
    card = make_card(task, backlog, claims=claims, now=now, zone=view.zone, milestones=dues)
    values = task_object(task, show=True, claim=dict(claims[task_id]) if task_id in claims else None)
    return Detail(
        task,
        card,
        with_day(values, task, dues, now, view.zone),
        task.body[:MAX_BODY],
        find_boxes(lines),
        len(task.body) <= MAX_BODY,
        sorted(list_attempts(task), key=lambda each: each.ended, reverse=True),
        [_name(view, each.id) for each in reversed(find_ancestors(task_id, backlog.by_id))],
        [_name(view, each) for each in backlog.children.get(task_id, ())],
        [_name(view, each) for each in dict.fromkeys(backlog.dependencies.get(task_id, ()))],
        [_name(view, each) for each in sorted(frees)],
        list_links(task.values.get("links"), partial(_name, view)),
        list(task.findings),
    )


def _name(view: View, task_id: Any) -> Named:
    task = view.backlog.by_id.get(str(task_id))
    return Named(
        str(task_id), None if task is None else str(task.title), None if task is None else task.state
    )


def name_box(box: Box) -> str:
    """Return the name by which `tasks update --check` knows a box."""
    return str(box.number) if is_criterion(box) else f"{box.section}:{box.number}"


def read_history(store: Store, task_id: str, limit: int = 200) -> list[dict[str, Any]]:
    """List the latest changes of a task, as `tasks log` has them. Raises TaskfilesError."""
    entries: list[LogEntry] = read_log(store, task_id)[:limit]
    return [entry_object(entry) for entry in entries]
