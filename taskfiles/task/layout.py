"""Names of the directories of task files and of the configuration file."""

from __future__ import annotations

TASKS_DIR = "tasks"
CONFIG_NAME = "tasks.toml"
DIRECTORIES: dict[str, str] = {
    "idea": "00-idea",
    "ready": "10-ready",
    "in-progress": "20-in-progress",
    "done": "30-done",
    "canceled": "40-canceled",
}
