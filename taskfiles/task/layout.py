"""The two layouts of `tasks/`: one path for a task's whole life, or a directory for each state."""

from __future__ import annotations

TASKS_DIR = "tasks"
CONFIG_NAME = "tasks.toml"
ENDING = ".md"
FLAT, STATES = "flat", "states"
LAYOUTS = (FLAT, STATES)
DIRECTORIES: dict[str, str] = {
    "idea": "00-idea",
    "ready": "10-ready",
    "in-progress": "20-in-progress",
    "done": "30-done",
    "canceled": "40-canceled",
}


def is_markdown(name: str) -> bool:
    """Return whether a file's name ends in `.md`, in any case."""
    return name[-3:].lower() == ENDING
