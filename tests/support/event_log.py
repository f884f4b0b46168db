"""The event log and the journal of a project's clone, as tests look at them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.project import Project
from taskfiles.store.journal import Record, read_records
from taskfiles.telemetry.log import directory_of
from taskfiles.telemetry.reading import read_events


def log_of(project: Project) -> Path:
    """The log's directory."""
    return Path(directory_of(str(project.root / ".git" / "tasks")))


def log_file(project: Project) -> Path:
    """The log's only file."""
    (file,) = log_of(project).rglob("*.jsonl")
    return file


def events_of(project: Project) -> list[dict[str, Any]]:
    """All events, in order."""
    return list(read_events(str(log_of(project))))


def last_event(project: Project) -> dict[str, Any]:
    """The newest event."""
    return events_of(project)[-1]


def records_of(project: Project) -> list[Record]:
    """All records of the journal, each of which can be read."""
    records = list(read_records(str(project.root / ".git" / "tasks")))
    assert None not in records
    return [record for record in records if record]
