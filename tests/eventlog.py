"""The event log of a project, as tests look at it."""

from __future__ import annotations

import hashlib
from typing import Any

from project import Project
from taskfiles.telemetry.log import directory_of
from taskfiles.telemetry.reading import read_events


def events_of(project: Project) -> list[dict[str, Any]]:
    """All events of a project's clone, in order."""
    return list(read_events(directory_of(str(project.root / ".git" / "tasks"))))


def last_event(project: Project) -> dict[str, Any]:
    """The newest event."""
    return events_of(project)[-1]


def fingerprint(project: Project) -> dict[str, str]:
    """A digest of each file below `tasks/`."""
    return {
        str(file.relative_to(project.root)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted((project.root / "tasks").rglob("*"))
        if file.is_file()
    }
