"""Use case: fill in the reviewer of an attempt."""

from __future__ import annotations

from typing import Any

from taskfiles.changes.mutate import Draft, mutate
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.operations.record import SECRETS_REPLACED, find_attempt
from taskfiles.store.store import Store
from taskfiles.task.attempts import attempt_list, first_difference
from taskfiles.telemetry.secret_attempt import scrub_attempt


def review(
    store: Store,
    task_id: str,
    reviewer: dict[str, Any],
    *,
    attempt: str | None = None,
    if_match: str | None = None,
    dry_run: bool = False,
) -> Result[str | None]:
    """Fill in the reviewer of an attempt, by default of the last in the file; `made` is its id.

    `reviewer` has name and approved, and optionally reviewed_at (default: now) and notes; a review equal to
    the recorded one changes nothing. What looks like a secret in it is not written.

    Raises TaskfilesError: no-attempt, and as `mutate` does.
    """
    reviewed: list[str | None] = []
    clean = scrub_attempt(reviewer)

    def edit(draft: Draft) -> None:
        reviewed.clear()
        index = _reviewed_index(draft, attempt)
        recorded = draft.values["execution"]["attempts"][index]
        old = recorded.get("reviewer") if isinstance(recorded, dict) else None
        reviewed.append(recorded.get("id"))
        if isinstance(old, dict) and first_difference(scrub_attempt(old), clean) is None:
            return
        if clean != reviewer:
            draft.rules.append(SECRETS_REPLACED)
        kept = (
            {key: value for key, value in old.items() if key not in _REVIEW} if isinstance(old, dict) else {}
        )
        recorded["reviewer"] = kept | {"reviewed_at": draft.now} | clean

    change = mutate(store, task_id, edit, action="attempt.review", if_match=if_match, dry_run=dry_run)
    return Result([change], reviewed[0], dry_run)


_REVIEW = frozenset({"name", "approved", "reviewed_at", "notes"})


def _reviewed_index(draft: Draft, attempt: str | None) -> int:
    recorded = attempt_list(draft.values)
    if attempt is not None:
        found = find_attempt(draft, attempt)
        if found is None:
            raise TaskfilesError("no-attempt", path=draft.task.path, id=draft.task.id, which=f" {attempt}")
        return found[0]
    if not recorded or not isinstance(recorded[-1], dict):
        raise TaskfilesError("no-attempt", path=draft.task.path, id=draft.task.id, which="")
    return len(recorded) - 1
