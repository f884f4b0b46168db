"""`tasks telemetry completion`: what came of one task, as its completion event tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taskfiles import TaskfilesError
from taskfiles.store.repository import count_tracked
from taskfiles.telemetry.completion import find_completion
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command
from taskfiles_cli.render.details import line

if TYPE_CHECKING:
    from taskfiles_cli.line.options import TaskId


@command(*READS, answers="payload.task.completion", finds=("task_id",))
def completion(
    session: Session,
    task_id: TaskId,
) -> int:
    """Show a task's outcome over all its attempts: its completion event.

    Built anew from the task file; nothing is written or sent. Unknown values are null.
    """
    task = session.store.get(task_id)
    found = find_completion(task, count_tracked(session.store.repository))
    if found is None:
        raise TaskfilesError("no-attempt", path=task.path, id=task.id, which="")
    event_id, payload = found
    answer = {"id": event_id, "subject": task.id, **payload}
    session.console.answer(answer, human=lambda: _human(answer), plain=[task.id])
    return 0


def _human(answer: dict[str, Any]) -> list[str]:
    width = max(map(len, answer)) + 2
    known = {key: "unknown" if value is None else value for key, value in answer.items()}
    return [line(key, value, width) for key, value in known.items()]
