"""beads: one issue a line in `.beads/issues.jsonl`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from taskfiles.migrate.foreign import Care, ForeignTask, Place, Reading, Source
from taskfiles.migrate.json_file import compose, read_lines
from taskfiles.migrate.markdown import path_in
from taskfiles.migrate.rows import BLOCKED, DROP, NUMBERED, PRIORITIES, moment, names, refs, text, word
from taskfiles.text.nodes import Value

ROWS = {
    "id": DROP,
    "title": DROP,
    "description": DROP,
    "design": DROP,
    "acceptance_criteria": DROP,
    "notes": DROP,
    "comments": DROP,
    "dependencies": DROP,
    "parent": refs("parent"),
    "status": word(
        "state",
        {
            "open": "ready",
            "in progress": "in-progress",
            "hooked": "in-progress",
            "closed": "done",
            "blocked": BLOCKED,
            "deferred": "idea",
            "tombstone": "canceled",
        },
        absent="ready",
    ),
    "priority": word("priority", NUMBERED | PRIORITIES),
    "issue_type": text("task_type"),
    "labels": names("labels"),
    "assignee": names("assignees"),
    "created_at": moment("created_at"),
    "updated_at": moment("updated_at"),
    "closed_at": moment("completed_at"),
    "close_reason": text("close_reason"),
    "created_by": text("created_by"),
    "due_at": moment("due"),
    "defer_until": moment("not_before"),
    "estimated_minutes": DROP,  # read as a number, below
}
_RELATIONS = {"parent-child": "parent", "blocks": "depends_on"}
_FILES = ("issues.jsonl", "beads.jsonl")


def finds(directory: Path) -> bool:
    """Return whether there is a file of beads' issues, or this is one."""
    return _find_file(directory) is not None


def _find_file(directory: Path) -> Path | None:
    if directory.is_file():
        return directory if directory.suffix == ".jsonl" else None
    places = [above / name for above in (directory / ".beads", directory) for name in _FILES]
    return next((file for file in places if file.is_file()), None)


def read(directory: Path, care: Care) -> Reading:  # noqa: ARG001 (there is nothing to repair)
    """Read all issues in the order of their lines."""
    reading = Reading()
    file = _find_file(directory)
    if file is None:
        reading.report(Place(_FILES[0]), "unreadable-file", "There is no such file.")
        return reading
    path = path_in(file, directory)
    for line, issue in read_lines(file, directory, reading):
        reading.tasks.append(_make_task(issue, Place(path, line)))
    return reading


def _make_task(issue: dict[str, Any], place: Place) -> ForeignTask:
    keys: dict[str, Value] = dict(issue)
    relations: dict[str, list[str]] = {}
    given = issue.get("dependencies")
    for each in given if isinstance(given, list) else ():
        if not isinstance(each, dict):
            keys["dependencies_"] = given
            continue
        kind, target = str(each.get("type") or "blocks"), str(each.get("depends_on_id") or "")
        if kind in _RELATIONS:
            relations.setdefault(_RELATIONS[kind], []).append(target)
        else:
            found = keys.setdefault(kind, [])
            if isinstance(found, list):
                found.append(target)
    ours: dict[str, Value] = {"kind": "epic"} if issue.get("issue_type") == "epic" else {}
    minutes = issue.get("estimated_minutes")
    if isinstance(minutes, int) and minutes > 0:
        ours["estimate_minutes"] = minutes
    body = compose(
        ("", issue.get("description")),
        ("Design", issue.get("design")),
        ("Acceptance Criteria", issue.get("acceptance_criteria")),
        ("Notes", issue.get("notes")),
        ("Comments", _write_comments(issue.get("comments"))),
    )
    old_id, title = str(issue.get("id") or ""), str(issue.get("title") or "")
    return ForeignTask(place, old_id or title, title, body, keys, ours=ours, relations=relations)


def _write_comments(given: object) -> str:
    items = [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []
    lines = [
        f"- {each.get('created_at', '')} {each.get('author', '')}: {each.get('text', '')}".replace(
            "\n", "\n  "
        )
        for each in items
    ]
    return "\n".join(lines)


SOURCE = Source("beads", "beads", ROWS, finds, read)
