"""The JSON form of a task's history."""

from __future__ import annotations

from typing import Any

from taskfiles.history.log import LogEntry
from taskfiles.task.wire import changes_object


def entry_object(entry: LogEntry) -> dict[str, Any]:
    """Return an entry as `tasks log` shows it."""
    task = entry.pair.task
    return {
        "time": entry.time,
        "by": entry.by,
        "source": entry.source,
        "commit": entry.commit,
        "subject": entry.subject,
        "action": entry.action,
        "run_id": entry.run_id,
        "id": task.id,
        "path": task.path,
        "changes": changes_object(entry.changes),
    }
