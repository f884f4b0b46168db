"""tbd: Markdown files in `.tbd/data-sync/issues/`, which the branch `tbd-sync` holds."""

from __future__ import annotations

from pathlib import Path

from taskfiles.migrate.foreign import Care, ForeignTask, Place, Reading, Source
from taskfiles.migrate.markdown import Page, list_markdown, read_page
from taskfiles.migrate.rows import BLOCKED, DROP, NUMBERED, PRIORITIES, moment, names, refs, text, word
from taskfiles.text.nodes import Value

ROWS = {
    "id": DROP,
    "title": DROP,
    "type": DROP,
    "version": DROP,
    "dependencies": DROP,
    "status": word(
        "state",
        {
            "open": "ready",
            "in progress": "in-progress",
            "closed": "done",
            "done": "done",
            "blocked": BLOCKED,
            "deferred": "idea",
            "canceled": "canceled",
        },
        absent="ready",
    ),
    "priority": word("priority", NUMBERED | PRIORITIES),
    "kind": text("task_type"),
    "labels": names("labels"),
    "assignee": names("assignees"),
    "parent_id": refs("parent"),
    "child_order_hints": refs("children"),
    "created_at": moment("created_at"),
    "updated_at": moment("updated_at"),
    "closed_at": moment("completed_at"),
    "close_reason": text("close_reason"),
    "created_by": text("created_by"),
    "due_date": moment("due"),
    "deferred_until": moment("not_before"),
}
_PLACES = (".tbd/data-sync/issues", ".tbd/issues", "data-sync/issues", "issues")


def finds(directory: Path) -> bool:
    """Return whether there are issues of tbd."""
    return any((directory / place).is_dir() for place in _PLACES if place.startswith((".tbd", "data-sync")))


def read(directory: Path, care: Care) -> Reading:
    """Read every issue."""
    reading = Reading()
    top = next((directory / place for place in _PLACES if (directory / place).is_dir()), directory)
    pages = [
        page
        for file in list_markdown(top)
        if (page := read_page(file, directory, reading, care=care)) is not None
    ]
    parents = {str(page.values.get("id")): page.values.get("parent_id") for page in pages}
    reading.tasks += [_make_task(page, parents) for page in pages]
    return reading


def _make_task(page: Page, parents: dict[str, Value]) -> ForeignTask:
    keys: dict[str, Value] = dict(page.values)
    old_id = str(keys.get("id") or page.path.rpartition("/")[2].removesuffix(".md"))
    hints = keys.get("child_order_hints")
    if isinstance(hints, list):  # an order, not a relation: others may have moved away since
        keys["child_order_hints"] = [name for name in hints if parents.get(str(name)) == old_id]
    words = {}
    if keys.get("resolution") in {"canceled", "cancelled"}:
        words["status"] = "canceled"
    relations: dict[str, list[str]] = {}
    given = keys.get("dependencies")
    for each in given if isinstance(given, list) else ():
        kind = each.get("type") if isinstance(each, dict) else None
        if isinstance(each, dict) and kind == "blocks":
            relations.setdefault("blocks", []).append(str(each.get("target", "")))
        else:
            found = keys.setdefault("relations", [])
            if isinstance(found, list):
                found.append(each)
    ours: dict[str, Value] = {"kind": "epic"} if keys.get("kind") == "epic" else {}
    title, place = str(keys.get("title") or ""), Place(page.path)
    return ForeignTask(
        place,
        old_id,
        title,
        page.body,
        keys,
        page.lines,
        words,
        ours,
        relations,
        body_line=page.body_line,
    )


SOURCE = Source("tbd", "tbd", ROWS, finds, read)
