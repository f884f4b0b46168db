"""Attempts of one session, in all tasks of a store, given their own figures while one of them is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taskfiles.changes.draft import Draft
from taskfiles.store.store import Store
from taskfiles.task.attempts import attempt_list, has_totals
from taskfiles.task.task import Task
from taskfiles.task.words import CostSource

if TYPE_CHECKING:
    from taskfiles.task.sessions import Own, Place

_COMPUTED = frozenset({"actual_usd_micros", "source", "price_since"})


def concerns_sessions(store: Store, task_id: str, given: Sequence[dict[str, Any]], amend: str | None) -> bool:
    """Whether figures of attempts may depend on others: one has totals, or may be between some that have."""
    if any("session_totals" in attempt for attempt in given):
        return True
    if amend is None and not any("session_id" in attempt for attempt in given):
        return False
    return any(map(has_totals, attempt_list(store.get(task_id).values)))


class Sessions:
    """The attempts of sessions that some attempts belong to, in all tasks, as they become."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._attempts: dict[str, list[Any]] = {}  # by task, those that are being written as they will be

    def read(self, task: Task, given: Sequence[dict[str, Any]]) -> list[str]:
        """Read the other tasks' attempts of the sessions that a task and given attempts are of.

        Returns the tasks with attempts that may have to be computed anew.
        """
        from taskfiles.task.sessions import session_of  # noqa: PLC0415 (few attempts have totals)

        sessions = {session_of(each) for each in [*given, *attempt_list(task.values)]} - {None}
        followers = []
        for other in self._store.tasks() if sessions else []:
            if other.id == task.id or other.errors:
                continue
            attempts = attempt_list(other.values)
            members = [each for each in attempts if session_of(each) in sessions]
            if members:
                self._attempts[other.id] = attempts
            if any(has_totals(each) for each in members):
                followers.append(other.id)
        return sorted(followers)

    def _own(self, task_id: str, attempts: Sequence[Any]) -> dict[Place, Own]:
        """Compute the own figures of all attempts, where a task has these."""
        from taskfiles.task.sessions import Place, find_own  # noqa: PLC0415 (as above)

        known = self._attempts | {task_id: list(attempts)}
        return find_own(
            (Place(name, index), each)
            for name, those in known.items()
            for index, each in enumerate(those)
            if isinstance(each, dict)
        )

    def settle(self, draft: Draft) -> None:
        """Set the own figures of each attempt of a task that has totals."""
        attempts = attempt_list(draft.values)
        settled = self._settled(draft.task.id, attempts)
        self._attempts[draft.task.id] = settled
        if settled != attempts:
            draft.values["execution"] = draft.values["execution"] | {"attempts": settled}

    def settled_one(self, draft: Draft, attempt: dict[str, Any], index: int) -> dict[str, Any]:
        """Return an attempt as it would stand at a place of a task."""
        attempts = attempt_list(draft.values)
        settled = self._settled(draft.task.id, [*attempts[:index], attempt, *attempts[index + 1 :]])
        return dict(settled[index])

    def _settled(self, task_id: str, attempts: Sequence[Any]) -> list[Any]:
        if not any(map(has_totals, attempts)):
            return [*attempts]
        from taskfiles.task.sessions import Place, differs  # noqa: PLC0415 (as above)

        own = self._own(task_id, attempts)
        return [
            self._with_own(each, own[place])
            if (place := Place(task_id, index)) in own and differs(each, own[place])
            else each
            for index, each in enumerate(attempts)
        ]

    def _with_own(self, attempt: dict[str, Any], own: Own) -> dict[str, Any]:
        from taskfiles.operations.prices import with_cost  # noqa: PLC0415 (as above)
        from taskfiles.task.sessions import apply_own  # noqa: PLC0415 (as above)

        changed = apply_own(attempt, own)
        cost: dict[str, Any] = changed.get("cost") or {}
        if cost.get("source") == CostSource.COMPUTED:  # from figures that were not its own
            rest = {key: value for key, value in cost.items() if key not in _COMPUTED}
            changed = with_cost(self._store, changed | {"cost": rest})
        found: dict[str, Any] = {key: value for key, value in changed.items() if value != {}}
        return found
