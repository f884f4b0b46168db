"""The result that every call that changes tasks returns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.changes.draft import Change
from taskfiles.task.task import Task

Made = TypeVar("Made")


class Result(NamedTuple, Generic[Made]):
    """The changes that a call made, or with `dry_run` would make.

    `changes` has the main task's first, then those of other tasks that changed with it. `made` is what else
    the call returns, such as the ids of recorded attempts; None if there is nothing else.
    """

    changes: list[Change]
    made: Made
    dry_run: bool

    @property
    def task(self) -> Task | None:
        """The main task as it is after the call; None if the call deleted it or found nothing to do."""
        return None if not self.changes or self.changes[0].removed else self.changes[0].after

    @property
    def changed(self) -> bool:
        """Whether anything changed."""
        return any(change.changed for change in self.changes)

    @property
    def diff(self) -> str:
        """All changes as one unified diff, as `git apply` reads it; empty if nothing changed."""
        return "".join(change.diff for change in self.changes)


def keep_changed(changes: Sequence[Change]) -> list[Change]:
    """Return the changes without those that change nothing, but always with the first, the main task's."""
    return [*changes[:1], *(change for change in changes[1:] if change.changed)]
