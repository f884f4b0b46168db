"""taskmd: Markdown files below the directory that `.taskmd.yaml` names, else below `tasks/`."""

from __future__ import annotations

from pathlib import Path

from taskfiles.migrate.foreign import Care, ForeignTask, Place, Reading, Source
from taskfiles.migrate.markdown import find_title, list_markdown, read_page
from taskfiles.migrate.rows import BLOCKED, DROP, PRIORITIES, SIZES, moment, names, refs, text, word
from taskfiles.text.nodes import Value, YamlProblem
from taskfiles.text.yaml import read_yaml

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


def finds(directory: Path) -> bool:
    """Return whether there is a configuration of taskmd."""
    return any((directory / name).is_file() for name in _CONFIGS)


def read(directory: Path, care: Care) -> Reading:
    """Read every file that has an id or a status; a directory that is not the top one is the group."""
    reading = Reading()
    config = _read_config(directory, reading)
    named = config.get("dir") or config.get("task-dir")
    top = directory / (named if isinstance(named, str) else "tasks")
    top = top if top.is_dir() else directory
    scopes = config.get("scopes")
    for file in list_markdown(top):
        page = read_page(file, directory, reading, care=care)
        if page is None:
            continue
        if not {"id", "status"} & page.values.keys():
            reading.report(Place(page.path), "no-task", "It has neither id nor status.", is_error=False)
            continue
        keys: dict[str, Value] = dict(page.values)
        if "touches" in keys and isinstance(scopes, dict):
            keys["touches"] = _resolve(keys["touches"], scopes)
        inner = file.relative_to(top).parts[:-1]
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


def _read_config(directory: Path, reading: Reading) -> dict[str, Value]:
    file = next((directory / name for name in _CONFIGS if (directory / name).is_file()), None)
    if file is None:
        return {}
    try:
        root = read_yaml(file.read_text(encoding="utf-8"))
        return root.entries() if root.kind == "mapping" else {}
    except (YamlProblem, UnicodeDecodeError, OSError):
        reading.report(Place(file.name), "yaml-syntax", "The configuration can't be read.", is_error=False)
        return {}


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
