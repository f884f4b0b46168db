"""Backlog.md: `backlog/` with tasks, completed tasks, drafts, an archive, and a configuration."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection

from taskfiles.leave.markdown import choose_path, write_name, write_page
from taskfiles.leave.moments import print_minute
from taskfiles.leave.target import Item, Leaving, Namer, Target
from taskfiles.migrate.rows import fold
from taskfiles.migrate.sources.backlog import SOURCE
from taskfiles.task.task import Task
from taskfiles.task.words import State
from taskfiles.text.nodes import Value

_PLACES = {"draft": "drafts", "done": "completed", "completed": "completed", "archived": "archive/tasks"}
_USUAL = ("To Do", "In Progress", "Done")
_PREFIX, _DRAFT = "TASK", "DRAFT"
_ID = re.compile(r"([A-Za-z]+)-(\d+)(?:\.\d+)*")
# In the order in which the tool itself writes them; the rest follows.
_ORDER = ("id", "title", "status", "assignee", "reporter", "created_date", "updated_date", "labels")


def start_naming(kept: Collection[str]) -> Namer:
    """Return what gives the next number under the prefix that most of the ids have; drafts have their own."""
    found = [match for each in kept if (match := _ID.fullmatch(each))]
    prefixes = Counter(match[1].upper() for match in found if match[1].upper() != _DRAFT)
    usual = max(sorted(prefixes) or [_PREFIX], key=prefixes.__getitem__)
    last: Counter[str] = Counter()
    for match in found:
        last[match[1].upper()] = max(last[match[1].upper()], int(match[2]))

    def name_task(task: Task, _: bool) -> str:
        prefix = _DRAFT if task.values.get("state") == State.IDEA else usual
        last[prefix] += 1
        return f"{prefix}-{last[prefix]}"

    return name_task


def spell(word: str) -> Value:
    """Return a state as the tool shows it, a priority as it writes it.

    >>> spell("in progress"), spell("high")
    ('In Progress', 'high')
    """
    return word.title() if word in _STATUSES else word


_STATUSES = {*SOURCE.rows["status"].words}


def write(leaving: Leaving) -> dict[str, bytes]:
    """Write each task where its state puts it; an archived one is to do as far as its file knows."""
    files: dict[str, bytes] = {}
    taken: set[str] = set()
    statuses = [str(spell(item.state)) for item in leaving.items if item.state not in _PLACES]
    found = list(dict.fromkeys([*_USUAL[:2], *filter(None, statuses), _USUAL[2]]))
    settings = {
        "project_name": leaving.project,
        "default_status": _USUAL[0],
        "statuses": found,
        "date_format": "yyyy-mm-dd hh:mm",
        "task_prefix": _find_prefix(leaving).lower(),
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in settings.items()]
    files["backlog/config.yml"] = "".join(lines).encode(errors="replace")  # the tool reads one line a key
    for item in leaving.items:
        place = _PLACES.get(item.state, "tasks")
        status = "To Do" if item.state == "archived" else spell(item.state)
        name = f"{write_name(item.old_id.lower()) or 'task'} - {write_name(item.title) or 'task'}"
        path = choose_path(f"backlog/{place}/", name, taken)
        files[path] = write_page(_collect(item, status), item.body)
    files.setdefault("backlog/tasks/.gitkeep", b"")
    return files


def _collect(item: Item, status: Value) -> dict[str, Value]:
    keys = {"assignee": [], "labels": [], "dependencies": [], **item.keys}
    values: dict[str, Value] = {"id": item.old_id, "title": item.title, "status": status}
    values |= {key: keys[key] for key in _ORDER if key in keys}
    return {**values, **{key: value for key, value in item.own.items() if fold(key) != "status"}, **keys}


def _find_prefix(leaving: Leaving) -> str:
    found = [match[1] for item in leaving.items if (match := _ID.fullmatch(item.old_id))]
    counts = Counter(prefix.upper() for prefix in found if prefix.upper() != _DRAFT)
    return counts.most_common(1)[0][0] if counts else _PREFIX


TARGET = Target(
    SOURCE,
    write,
    print_minute,
    "minute",
    spell=spell,
    only={"priority": ("high", "medium", "low")},
    names=start_naming,
    headings={
        "Overview": "Description",
        "Technical Approach": "Implementation Plan",
        "Post-Implementation Insights": "Final Summary",
    },
)
