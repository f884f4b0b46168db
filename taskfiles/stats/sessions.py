"""Attempts whose tool printed totals of its session: their own figures, whatever the files say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taskfiles.task.sessions import Own, Place, differs, find_own, session_of
from taskfiles.task.task import Task


class Sessions:
    """The attempts of sessions that were seen, over all tasks of a project."""

    def __init__(self) -> None:
        self._attempts: list[tuple[Place, Mapping[str, Any]]] = []

    def note(self, task: Task, attempts: Sequence[Any]) -> None:
        """Note a task's attempts; those of an invalid task say nothing."""
        named = [number for number, attempt in enumerate(attempts) if session_of(attempt) is not None]
        if named and not task.errors:
            self._attempts += [(Place(task.id, number), attempts[number]) for number in named]

    def find_own(self) -> dict[Place, Own]:
        """Find the figures of attempts whose file says others: two branches were merged, say."""
        own = find_own(self._attempts)
        return {
            place: own[place] for place, each in self._attempts if place in own and differs(each, own[place])
        }
