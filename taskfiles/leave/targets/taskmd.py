"""taskmd: a file a task in `tasks/`, which `.taskmd.yaml` names."""

from __future__ import annotations

from taskfiles.leave.markdown import choose_path, write_name, write_page
from taskfiles.leave.moments import print_day
from taskfiles.leave.target import Leaving, Target
from taskfiles.migrate.sources.taskmd import SOURCE
from taskfiles.text.nodes import Value


def spell(word: str) -> Value:
    """Return a word with hyphens."""
    return word.replace(" ", "-")


def write(leaving: Leaving) -> dict[str, bytes]:
    """Write each task's file, and the configuration."""
    files = {".taskmd.yaml": b"dir: tasks\n"}
    taken: set[str] = set()
    for item in leaving.items:
        values: dict[str, Value] = {"id": item.old_id, "title": item.title, "status": spell(item.state)}
        path = choose_path("tasks/", write_name(item.old_id) or "task", taken)
        files[path] = write_page({**values, **item.own, **item.keys}, item.body)
    return files


TARGET = Target(
    SOURCE,
    write,
    print_day,
    "day",
    spell=spell,
    only={"priority": ("critical", "high", "medium", "low"), "effort": ("small", "medium", "large")},
    single={"owner"},
)
