"""Ids for tasks that have others elsewhere; pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from taskfiles.migrate.foreign import ForeignTask, SourceFinding
from taskfiles.task.names import LONGEST_ID, suggest_id

_ROOM = LONGEST_ID - len("-99999")


def suggest_from(task: ForeignTask) -> str:
    """Return the id that a task would have if it were free.

    >>> from taskfiles.migrate.foreign import Place
    >>> suggest_from(ForeignTask(Place("a.md"), "BACK-5.2", "Title", b""))
    'back-5-2'
    """
    found = (
        ""
        if task.is_id_from_title
        else re.sub("[^a-z0-9]+", "-", (task.wanted_id or task.old_id).lower()).strip("-")
    )
    return found[:_ROOM].rstrip("-") or suggest_id(task.title)


def choose_id(task: ForeignTask, taken: Collection[str], findings: list[SourceFinding]) -> str:
    """Return a free id for a task; that an old id gets a number is a finding."""
    wanted = suggest_from(task)
    chosen, number = wanted, 2
    while chosen in taken:
        chosen, number = f"{wanted}-{number}", number + 1
    if chosen != wanted and not task.is_id_from_title:
        message = f"{task.old_id} becomes {chosen}: {wanted} is taken."
        findings.append(SourceFinding(task.place, "id-taken", "warning", message))
    return chosen


class OldIds:
    """Finds the id here of a task that others name by its old id, in any case of letters."""

    def __init__(self) -> None:
        self._exact: dict[str, str] = {}
        self._folded: dict[str, str] = {}

    def add(self, old_id: str, task_id: str) -> None:
        """Add a task; of several with one old id the first is meant."""
        self._exact.setdefault(old_id, task_id)
        self._folded.setdefault(old_id.casefold(), task_id)

    def find(self, old_id: str) -> str | None:
        """Return the id here; None if the source has no such task."""
        return self._exact.get(old_id) or self._folded.get(old_id.casefold())
