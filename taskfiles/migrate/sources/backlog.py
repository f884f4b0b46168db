"""Backlog.md: `backlog/` with tasks, completed tasks, drafts and an archive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from taskfiles.migrate.configuration import list_texts, read_configuration
from taskfiles.migrate.foreign import Care, ForeignTask, Place, Reading, Setting, Source
from taskfiles.migrate.markdown import Page, find_title, list_markdown, read_page
from taskfiles.migrate.markers import drop_markers
from taskfiles.migrate.rows import BLOCKED, DROP, PRIORITIES, moment, names, refs, text, word
from taskfiles.text.nodes import Value

ROWS = {
    "id": DROP,
    "title": DROP,
    "status": word(
        "state",
        {
            "to do": "ready",
            "in progress": "in-progress",
            "done": "done",
            "completed": "done",
            "blocked": BLOCKED,
            "draft": "idea",
            "archived": "canceled",
        },
        absent="ready",
    ),
    "priority": word("priority", PRIORITIES),
    "type": text("task_type"),
    "labels": names("labels"),
    "assignee": names("assignees"),
    "milestone": text("milestone"),
    "created_date": moment("created_at"),
    "updated_date": moment("updated_at"),
    "due_date": moment("due"),
    "completed_date": moment("completed_at"),
    "reporter": text("created_by"),
    "parent_task_id": refs("parent"),
    "parent": refs("parent"),
    "subtasks": refs("children"),
    "dependencies": refs("depends_on"),
    "modified_files": names("touches"),
}
# What a directory says about all that is in it, whatever the status; done stays done.
_PLACES = {"tasks": None, "completed": "completed", "drafts": "draft", "archive/tasks": "archived"}
_PLACES |= {"archive/drafts": "archived", "archive/completed": "archived"}
_ID = re.compile(r"(?P<id>[A-Za-z][A-Za-z0-9_]*-\d+(?:\.\d+)*)")
_DONE = {"done", "completed", "complete"}
_CONFIGURED = {"statuses", "priorities", "labels", "milestones", "definition_of_done"}
_CONFIGURED |= {"project_name", "task_prefix", "backlog_directory"}  # where and what it is, which ids say


def finds(directory: Path) -> bool:
    """Return whether there is a Backlog.md directory, or this is one."""
    return _find_top(directory) is not None


def _find_top(directory: Path) -> Path | None:
    for top in (directory / "backlog", directory / ".backlog", directory):
        if (top / "tasks").is_dir() and (
            (top / "config.yml").is_file() or top.name in {"backlog", ".backlog"}
        ):
            return top
    return None


def read(directory: Path, care: Care) -> Reading:
    """Read tasks, completed ones, drafts and archived ones, in this order."""
    reading = Reading()
    top = _find_top(directory) or directory
    milestones = _read_milestones(top, directory, reading)
    _configure(read_configuration(_find_config(top, directory), directory, reading), reading)
    for place, meant in _PLACES.items():
        for file in list_markdown(top / place) if (top / place).is_dir() else ():
            page = read_page(file, directory, reading, care=care)
            if page is not None:
                reading.tasks.append(_make_task(page, meant, milestones))
    _follow_prefix(reading)
    return reading


def _follow_prefix(reading: Reading) -> None:
    """Read references under an older prefix, `task-5` for BACK-5, as the one task with that number.

    Texts may use a prefix that keys use, too.
    """
    prefixes: set[str] = set()
    numbers: dict[str, set[str]] = {}
    for task in reading.tasks:
        numbers.setdefault(_number(task.old_id), set()).add(task.old_id)
    known = {task.old_id.casefold() for task in reading.tasks}

    def follow(name: Value) -> Value:
        found = numbers.get(_number(str(name)), set())
        is_known = str(name).casefold() in known
        if is_known or len(found) != 1 or not _number(str(name)):
            return name
        prefixes.add(str(name).rpartition("-")[0].casefold())
        return found.copy().pop()

    for task in reading.tasks:
        keys = dict(task.keys)
        for key in ("dependencies", "parent_task_id", "parent", "subtasks"):
            value = keys.get(key)
            if isinstance(value, list):
                keys[key] = [follow(each) for each in value]
            elif isinstance(value, str):
                keys[key] = follow(value)
        task.keys = keys
    for task in reading.tasks:
        if len(numbers[_number(task.old_id)]) == 1 and not task.old_id.casefold().startswith("draft-"):
            task.others = tuple(f"{prefix}-{_number(task.old_id)}" for prefix in sorted(prefixes))


def _number(old_id: str) -> str:
    """Return the number of an id, without zeros before it: `task-05.1` and `BACK-5.1` have one."""
    match = re.fullmatch(r"[A-Za-z_]+-(\d+(?:\.\d+)*)", old_id)
    return ".".join(str(int(part)) for part in match[1].split(".")) if match else ""


def _find_config(top: Path, directory: Path) -> Path:
    files = (top / "config.yml", directory / "backlog.config.yml")
    return next((file for file in files if file.is_file()), files[0])


def _configure(config: Mapping[str, Value], reading: Reading) -> None:
    """Take over what the configuration declares: words, labels, milestones, the definition of done."""
    reading.declared = {
        row: list_texts(config.get(name))
        for name, row in (("statuses", "status"), ("priorities", "priority"))
        if list_texts(config.get(name))
    }
    for name in ("labels", "milestones"):
        reading.settings += [Setting(name, (name, each)) for each in list_texts(config.get(name))]
    if criteria := list_texts(config.get("definition_of_done")):
        values = {"kind": "task", "criteria": [" ".join(each.split()) for each in criteria]}
        reading.settings.append(Setting("definition_of_done", ("templates", "definition-of-done"), values))
    reading.idle = sorted(key for key in config if key not in _CONFIGURED)


def _read_milestones(top: Path, directory: Path, reading: Reading) -> dict[str, str]:
    """Return the titles of milestones by their ids; each is a setting."""
    titles = {}
    for file in list_markdown(top / "milestones") if (top / "milestones").is_dir() else ():
        page = read_page(file, directory, reading)
        if page is not None and page.values.get("id") and page.values.get("title"):
            titles[str(page.values["id"])] = str(page.values["title"])
    reading.settings += [
        Setting("milestones", ("milestones", title)) for title in sorted(set(titles.values()))
    ]
    return titles


def _make_task(page: Page, meant: str | None, milestones: dict[str, str]) -> ForeignTask:
    name = page.path.rpartition("/")[2].removesuffix(".md")
    match = _ID.match(name)
    old_id = str(page.values.get("id") or (match["id"] if match else name))
    keys: dict[str, Value] = dict(page.values)
    if (milestone := milestones.get(str(keys.get("milestone")))) is not None:
        keys["milestone"] = milestone
    words = {}
    if meant is not None and str(keys.get("status", "")).casefold() not in _DONE:
        words["status"] = meant
    title = str(page.values.get("title") or find_title(page.body))
    place = Place(page.path)
    return ForeignTask(place, old_id, title, page.body, keys, page.lines, words, body_line=page.body_line)


SOURCE = Source("backlog", "Backlog.md", ROWS, finds, read, drop_markers=drop_markers)
