"""Write N tasks as other programs keep them, so that run.py can measure those beside.

    python tests/benchmarks/peers.py backlog|taskwarrior COUNT DIRECTORY

`backlog` writes a project of Backlog.md (`npm install backlog.md`) into the directory; `taskwarrior` writes
tasks.json there, which is loaded by `task rc.data.location=DIRECTORY import DIRECTORY/tasks.json`.
"""

from __future__ import annotations

import json
import random
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

from corpus import TEXT, task_values

from taskfiles.basics.instants import parse_instant
from taskfiles.text.nodes import Value

BACKLOG = """\
---
id: {id}
title: {title}
status: {status}
assignee: []
created_date: '{created:%Y-%m-%d %H:%M}'
labels: [{labels}]
dependencies: []
priority: {priority}
---

## Description

{text}

## Acceptance Criteria

- [ ] #1 It works
"""
CONFIG = """\
project_name: "peer"
default_status: "To Do"
statuses: ["To Do", "In Progress", "Done"]
task_prefix: "task"
"""
PRIORITIES = {"low": "low", "normal": "medium", "high": "high"}
LETTERS = {"low": "L", "normal": "M", "high": "H"}


def tasks(count: int) -> Iterator[dict[str, Value]]:
    """Give the frontmatter of the corpus's tasks."""
    chance = random.Random(count)
    return (task_values(number, chance) for number in range(count))


def write_backlog(count: int, directory: Path) -> None:
    """Write a project of Backlog.md."""
    statuses = {"done": "Done", "in-progress": "In Progress"}
    (directory / "backlog" / "tasks").mkdir(parents=True)
    (directory / "backlog" / "config.yml").write_text(CONFIG, encoding="utf-8")
    for values in tasks(count):
        text = BACKLOG.format(
            id=values["id"],
            title=values["title"],
            status=statuses.get(str(values["state"]), "To Do"),
            created=parse_instant(str(values["created_at"])),
            labels=", ".join(values["labels"]),  # type: ignore[arg-type]  # the corpus writes a list
            priority=PRIORITIES[str(values["priority"])],
            text=TEXT,
        )
        name = f"{values['id']} - {str(values['title']).replace(' ', '-')}.md"
        (directory / "backlog" / "tasks" / name).write_text(text, encoding="utf-8")


def write_taskwarrior(count: int, directory: Path) -> None:
    """Write what taskwarrior imports."""
    directory.mkdir(parents=True, exist_ok=True)
    found = []
    for values in tasks(count):
        done = values["state"] == "done"
        found.append(
            {
                "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, str(values["id"]))),
                "description": values["title"],
                "status": "completed" if done else "pending",
                "entry": _basic(values["created_at"]),
                "priority": LETTERS[str(values["priority"])],
                "tags": values["labels"],
            }
            | ({"end": _basic(values["completed_at"])} if done else {})
        )
    (directory / "tasks.json").write_text(json.dumps(found), encoding="utf-8")


def _basic(instant: Value) -> str:
    """Write an instant in ISO 8601's basic form, which taskwarrior reads."""
    return f"{parse_instant(str(instant)):%Y%m%dT%H%M%SZ}"


if __name__ == "__main__":
    write = {"backlog": write_backlog, "taskwarrior": write_taskwarrior}[sys.argv[1]]
    write(int(sys.argv[2]), Path(sys.argv[3]))
