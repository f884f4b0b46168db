"""ticket: Markdown files in `.tickets/`, the title in the first heading."""

from __future__ import annotations

from pathlib import Path

from taskfiles.migrate.foreign import Care, ForeignTask, Place, Reading, Source
from taskfiles.migrate.markdown import find_title, list_markdown, read_page
from taskfiles.migrate.rows import DROP, NUMBERED, PRIORITIES, moment, names, refs, text, word
from taskfiles.text.nodes import Value

ROWS = {
    "id": DROP,
    "title": DROP,
    "status": word(
        "state", {"open": "ready", "in progress": "in-progress", "closed": "done"}, absent="ready"
    ),
    "priority": word("priority", NUMBERED | PRIORITIES),
    "type": text("task_type"),
    "tags": names("labels"),
    "assignee": names("assignees"),
    "parent": refs("parent"),
    "deps": refs("depends_on"),
    "created": moment("created_at"),
}


def finds(directory: Path) -> bool:
    """Return whether there is a directory of tickets, or this is one."""
    return _find_top(directory).is_dir() and _find_top(directory).name == ".tickets"


def _find_top(directory: Path) -> Path:
    inner = directory / ".tickets"
    return inner if inner.is_dir() else directory


def read(directory: Path, care: Care) -> Reading:
    """Read every ticket."""
    reading = Reading()
    for file in list_markdown(_find_top(directory)):
        page = read_page(file, directory, reading, care=care)
        if page is not None:
            keys: dict[str, Value] = dict(page.values)
            old_id = str(keys.get("id") or file.stem)
            ours: dict[str, Value] = {"kind": "epic"} if keys.get("type") == "epic" else {}
            title = str(keys.get("title") or find_title(page.body))
            place = Place(page.path)
            reading.tasks.append(
                ForeignTask(
                    place, old_id, title, page.body, keys, page.lines, ours=ours, body_line=page.body_line
                )
            )
    return reading


SOURCE = Source("ticket", "ticket", ROWS, finds, read)
