"""Names of the directories of task files and of the configuration file."""

from __future__ import annotations

TASKS_DIR = "tasks"
CONFIG_NAME = "tasks.toml"
ENDING = ".md"
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
