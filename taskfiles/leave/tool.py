"""The names of the tools that tasks can be written for."""

from __future__ import annotations

from enum import StrEnum


class Tool(StrEnum):
    """A tool, by the name of its source."""

    BACKLOG = "backlog"
    TASKMD = "taskmd"
    TASKPLAIN = "taskplain"
    BEADS = "beads"
    TODO_TXT = "todo.txt"
    TASKWARRIOR = "taskwarrior"
    GITHUB = "github"
