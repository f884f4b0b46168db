"""Write a deterministic project of N realistic tasks: about a third done, with an attempt each.

python tests/benchmarks/corpus.py COUNT DIRECTORY [flat|states]
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from taskfiles.basics.instants import format_instant
from taskfiles.task.layout import CONFIG_NAME, DIRECTORIES, FLAT
from taskfiles.task.names import expected_path
from taskfiles.text.nodes import Value
from taskfiles.text.yaml_print import print_block

STATES = ["done", "done", "ready", "ready", "idea", "in-progress"]
MODELS = [
    ("claude-code", "claude-opus-4-1"),
    ("codex", "gpt-5-codex"),
    ("aider", "deepseek-v3"),
    ("cursor", None),
]
LABELS = ["backend", "frontend", "docs", "perf", "ux"]
START = datetime(2026, 1, 1, tzinfo=UTC)
INTERVAL = timedelta(minutes=7)  # from one task to the next
SPAN = timedelta(days=200)  # that the tasks take at most: an attempt that ends in the future is a finding
TEXT = "The parser keeps what people wrote while a command changes only what it was asked to change. " * 4
INSIGHTS = "".join(f"\n### {name}\n\n- Done.\n" for name in ("Changelog", "Decisions", "Technical Changes"))


def write_project(count: int, directory: Path, layout: str = FLAT) -> None:
    """Write `count` task files below `directory`/tasks; the same count gives the same bytes."""
    chance = random.Random(count)
    (directory / "tasks").mkdir(parents=True, exist_ok=True)
    (directory / "tasks" / CONFIG_NAME).write_text(f'format = 1\nlayout = "{layout}"\n', encoding="utf-8")
    for name in DIRECTORIES.values() if layout != FLAT else ():
        (directory / "tasks" / name).mkdir(exist_ok=True)
    interval = min(INTERVAL, SPAN / count)
    for number in range(count):
        values = task_values(number, chance, interval)
        done = values["state"] == "done"
        body = f"\n## Overview\n\n{TEXT}\n\n## Acceptance Criteria\n\n- [{'x' if done else ' '}] It works\n"
        body += f"\n## Technical Approach\n\n{TEXT}\n"
        body += f"\n## Post-Implementation Insights\n{INSIGHTS}" if done else ""
        front = "".join(print_block(values, 0)[1:])
        (directory / expected_path(values, layout)).write_text(f"---\n{front}---\n{body}", encoding="utf-8")


def task_values(number: int, chance: random.Random, interval: timedelta = INTERVAL) -> dict[str, Value]:
    """Make one task's frontmatter; it was created so many intervals after the first."""
    created = START + number * interval + timedelta(milliseconds=chance.randrange(1000))
    updated = created + timedelta(hours=chance.randrange(1, 500))
    state = chance.choice(STATES)
    values: dict[str, Value] = {
        "id": f"task-{number}",
        "title": f"Make part {number} do what it should",
        "kind": "task",
        "state": state,
        "priority": chance.choice(["low", "normal", "high"]),
        "size": chance.choice(["small", "medium", "large"]),
        "touches": [f"src/part{number % 50}/**"],
        "labels": [*chance.sample(LABELS, 2)],
        "created_at": format_instant(created),
        "updated_at": format_instant(updated),
        "last_activity_at": format_instant(updated),
    }
    if state == "done":
        values |= {"commit_message": f"feat: part {number}", "completed_at": format_instant(updated)}
        values["execution"] = {"attempts": [attempt(updated, chance)]}
    return values


def attempt(end: datetime, chance: random.Random) -> dict[str, Value]:
    """Make one attempt."""
    seconds = chance.randrange(30, 4000)
    tool, model = chance.choice(MODELS)
    executor: dict[str, Value] = {"tool": tool}
    if model:
        executor["model"] = model
    started = format_instant(end - timedelta(seconds=seconds))
    times: dict[str, Value] = {
        "started_at": started,
        "ended_at": format_instant(end),
        "duration_seconds": seconds,
    }
    return times | {"status": "completed", "executor": executor}


if __name__ == "__main__":
    write_project(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:4])
