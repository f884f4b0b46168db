"""taskmd: Markdown files below the directory that `.taskmd.yaml` names, else below `tasks/`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from taskfiles.migrate.configuration import list_texts, read_configuration
from taskfiles.migrate.foreign import Care, ForeignTask, Place, Reading, Setting, Source
from taskfiles.migrate.markdown import find_title, list_markdown, read_page
from taskfiles.migrate.rows import BLOCKED, DROP, PRIORITIES, SIZES, moment, names, refs, text, word
from taskfiles.text.nodes import Value

ROWS = {
    "id": DROP,
    "title": DROP,
    "status": word(
        "state",
        {
            "pending": "ready",
            "in progress": "in-progress",
            "completed": "done",
            "blocked": BLOCKED,
            "cancelled": "canceled",
        },
        absent="ready",
    ),
    "priority": word("priority", PRIORITIES),
    "effort": word("size", SIZES),
    "type": text("task_type"),
    "tags": names("labels"),
    "owner": names("assignees"),
    "group": text("track"),
    "phase": text("milestone"),
    "parent": refs("parent"),
    "dependencies": refs("depends_on"),
    "depends-on": refs("depends_on"),
    "touches": names("touches"),
    "created": moment("created_at"),
    "updated": moment("updated_at"),
    "completed": moment("completed_at"),
}
_CONFIGS = (".taskmd.yaml", ".taskmd.yml")
_CONFIGURED = {"dir", "task-dir", "ignore", "phases", "scopes"}


def finds(directory: Path) -> bool:
    """Return whether there is a configuration of taskmd."""
    return any((directory / name).is_file() for name in _CONFIGS)


def read(directory: Path, care: Care) -> Reading:
    """Read every file that has an id or a status; a directory that is not the top one is the group."""
    reading = Reading()
    file = next(
        (directory / name for name in _CONFIGS if (directory / name).is_file()), directory / _CONFIGS[0]
    )
    config = read_configuration(file, directory, reading)
    named = config.get("dir") or config.get("task-dir")
    top = directory / (named if isinstance(named, str) else "tasks")
    top = top if top.is_dir() else directory
    scopes = config.get("scopes")
    _configure(config, reading)
    ignored = set(list_texts(config.get("ignore")))
    for file in list_markdown(top):
        inner = file.relative_to(top).parts[:-1]
        if ignored.intersection(inner):
            continue
        page = read_page(file, directory, reading, care=care)
        if page is None:
            continue
        if not {"id", "status"} & page.values.keys():
            reading.report(Place(page.path), "no-task", "It has neither id nor status.", is_error=False)
            continue
        keys: dict[str, Value] = dict(page.values)
        if "touches" in keys and isinstance(scopes, dict):
            keys["touches"] = _resolve(keys["touches"], scopes)
        if inner and "group" not in keys:
            keys["group"] = "/".join(inner)
        old_id = str(page.values.get("id") or file.stem)
        title = str(page.values.get("title") or find_title(page.body))
        reading.tasks.append(
            ForeignTask(
                Place(page.path), old_id, title, page.body, keys, page.lines, body_line=page.body_line
            )
        )
    return reading


def _configure(config: Mapping[str, Value], reading: Reading) -> None:
    """Take over phases as milestones, and scopes as templates: a new task of one touches its paths."""
    phases, scopes = config.get("phases"), config.get("scopes")
    for each in phases if isinstance(phases, list) else ():
        phase = each if isinstance(each, dict) else {"id": each}
        if name := str(phase.get("id") or phase.get("name") or "").strip():
            title = str(phase.get("name") or "").strip()
            values: dict[str, Any] = {"title": title} if title and title != name else {}
            reading.settings.append(Setting("phases", ("milestones", name), values))
    known = scopes if isinstance(scopes, dict) else {}
    for scope in known:
        touched = _resolve(scope, known)
        if touched != [scope]:
            reading.settings.append(Setting("scopes", ("templates", scope), {"touches": touched}))
    reading.idle = sorted(key for key in config if key not in _CONFIGURED)


def _resolve(touches: Value, scopes: dict[str, Value]) -> list[Value]:
    """Return the paths of scopes that the configuration knows; others are taken as they are."""
    found: list[Value] = []
    for name in touches if isinstance(touches, list) else [touches]:
        scope = scopes.get(str(name))
        paths = scope.get("paths") if isinstance(scope, dict) else None
        found += [_glob(str(path)) for path in paths] if isinstance(paths, list) else [name]
    return found


def _glob(path: str) -> str:
    return f"{path}**" if path.endswith("/") else path


SOURCE = Source("taskmd", "taskmd", ROWS, finds, read)
