"""Taskwarrior: the JSON of `task export`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from taskfiles.migrate.foreign import Care, ForeignTask, Place, Reading, Source
from taskfiles.migrate.json_file import Lines, compose, read_json
from taskfiles.migrate.rows import DROP, moment, names, refs, text, word
from taskfiles.text.nodes import Value

ROWS = {
    "uuid": DROP,
    "id": DROP,
    "description": DROP,
    "annotations": DROP,
    "urgency": DROP,
    "status": word(
        "state",
        {
            "pending": "ready",
            "started": "in-progress",
            "waiting": "idea",
            "recurring": "idea",
            "completed": "done",
            "deleted": "canceled",
        },
    ),
    "priority": word("priority", {"h": "high", "m": "normal", "l": "low"}),
    "project": text("track"),
    "tags": names("labels"),
    "depends": refs("depends_on"),
    "entry": moment("created_at"),
    "modified": moment("updated_at"),
    "end": moment("completed_at"),
    "due": moment("due"),
    "wait": moment("not_before"),
    "scheduled": moment("not_before"),
}


SOMEDAY = "99991230T000000Z"  # what `wait:someday` is
_NEVER = re.compile(r"9999|2038-?01-?1")  # the year, and what it was before 2.6


def finds(directory: Path) -> bool:
    """Return whether this is a JSON file whose objects have uuid, description and status."""
    if not directory.is_file() or directory.suffix != ".json":
        return False
    with directory.open("rb") as opened:
        start = opened.read(1 << 20)
    return b'"uuid"' in start and b'"description"' in start and b'"status"' in start


def read(directory: Path, care: Care) -> Reading:  # noqa: ARG001 (there is nothing to repair)
    """Read all tasks of an export."""
    reading = Reading()
    found = read_json(directory, directory, reading)
    if found is None:
        return reading
    tasks, lines = found[0], Lines(found[1])
    if not isinstance(tasks, list) or not all(isinstance(each, dict) for each in tasks):
        reading.report(Place(directory.name), "not-a-list", "It is not a list of tasks.")
        return reading
    for task in tasks:
        place = Place(directory.name, lines.find("description", task.get("description")))
        reading.tasks.append(_make_task(task, place))
    return reading


def _make_task(task: dict[str, Any], place: Place) -> ForeignTask:
    keys: dict[str, Value] = dict(task)
    words = {}
    if task.get("status") == "pending" and task.get("start"):
        words["status"] = "started"
    elif task.get("status") in {"pending", "waiting"} and _NEVER.match(str(task.get("wait"))):
        words["status"] = "waiting"  # since 2.6 the status is pending
        keys.pop("wait")
    if task.get("status") == "deleted":
        keys["deleted"] = keys.pop("end", None)
    title = str(task.get("description") or "")
    body = write_notes(title, task.get("annotations"))
    old_id = str(task.get("uuid") or title)
    return ForeignTask(place, old_id, title, body, keys, words=words, is_id_from_title=True)


def write_notes(description: str, annotations: object) -> bytes:
    """Return the body of a task: a description of several lines, then its annotations."""
    written = [
        f"- {each.get('entry', '')} {each.get('description', '')}".replace("\n", "\n  ")
        for each in (annotations if isinstance(annotations, list) else [])
        if isinstance(each, dict)
    ]
    return compose(("", description if "\n" in description else ""), ("Notes", "\n".join(written)))


SOURCE = Source("taskwarrior", "Taskwarrior", ROWS, finds, read)
