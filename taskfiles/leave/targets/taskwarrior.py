"""Taskwarrior: the JSON that `task import` reads."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from typing import Any

from taskfiles.basics.jsontext import json_text
from taskfiles.leave.moments import print_basic
from taskfiles.leave.target import Item, Leaving, Namer, Target
from taskfiles.migrate.sources.taskwarrior import SOMEDAY, SOURCE, write_notes
from taskfiles.text.nodes import Value

_NOTE = re.compile(r"- (\S*) (.*(?:\n {2}.*)*)")
_NAMESPACE = uuid.UUID("6f0b2c52-6a1c-4a0e-9d0a-6d5f4d6e1a5b")
_OLDEST = "19800101T000000Z"  # it refuses a file with an instant before, and an annotation needs one


def start_naming(kept: Collection[str]) -> Namer:  # noqa: ARG001 (no two are alike)
    """Return what gives a UUID that is the same at every export."""
    return lambda task, _: str(uuid.uuid5(_NAMESPACE, task.id))


def spell(word: str) -> Value:
    """Return a priority's letter in upper case, a state as it is."""
    return word.upper() if len(word) == 1 else word


def write(leaving: Leaving) -> dict[str, bytes]:
    """Write all tasks."""
    tasks = [_make_task(item) for item in leaving.items]
    return {"taskwarrior.json": (json_text(tasks, indent=1) + "\n").encode()}


def _make_task(item: Item) -> dict[str, Any]:
    own, state = dict(item.own), item.state
    values = item.task.values
    task: dict[str, Any] = {"uuid": item.old_id, "description": item.title, **own}
    task |= {key: value for key, value in item.keys.items() if not _is_too_old(key, value)}
    if state == "started":
        task["start"] = own.get("start") or print_basic(
            str(values.get("updated_at") or values.get("created_at") or _OLDEST)
        )
        state = "pending"
    if state == "deleted" and (ended := task.pop("deleted", None)):
        task["end"] = ended
    if state == "waiting" and "recur" not in own:
        task.setdefault("wait", SOMEDAY)  # without a day it would be pending
    task["status"] = "recurring" if state == "waiting" and "recur" in own else state
    if item.waits:
        task["depends"] = item.waits
    title, notes = split_body(item.text, item.title)
    entry = str(task.get("entry") or _OLDEST)
    found = [{"entry": at or entry, "description": text} for at, text in notes]
    if found:
        task["annotations"] = found
    return {**task, "description": title}


def _is_too_old(key: str, value: Value) -> bool:
    row = SOURCE.rows.get(key)
    return row is not None and row.how == "moment" and str(value) < _OLDEST


def split_body(body: str, title: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the description and the annotations, as instants and texts, that a body came from.

    A body that came from somewhere else is one annotation without an instant.

    >>> split_body("\\n## Notes\\n\\n- 20250105T120000Z Asked\\n", "T")
    ('T', [('20250105T120000Z', 'Asked')])
    """
    if not body.strip():
        return title, []
    found = [(match[1], match[2].replace("\n  ", "\n")) for match in _NOTE.finditer(body)]
    notes: list[Any] = [{"entry": at, "description": text} for at, text in found]
    first = body.partition("\n## Notes\n")[0].removeprefix("\n").removesuffix("\n")
    for description in (title, first):
        if " ".join(description.split()) == title and write_notes(description, notes) == body.encode():
            return description, found
    return title, [("", body.strip("\n"))]


TARGET = Target(
    SOURCE,
    write,
    print_basic,
    place="taskwarrior.json",
    spell=spell,
    only={"status": (*SOURCE.rows["status"].words,)},
    names=start_naming,
)
