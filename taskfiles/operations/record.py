"""Use case: record attempts in a task's file; those of one session of a tool follow each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from taskfiles.basics.instants import format_instant, parse_instant
from taskfiles.basics.uuids import new_uuid7
from taskfiles.changes.mutate import Draft, mutate
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.operations.session_totals import Sessions, concerns_sessions
from taskfiles.store.location import has_leases
from taskfiles.store.store import Store
from taskfiles.task.attempts import (
    attempt_list,
    complete_times,
    first_difference,
    follow_times,
    has_totals,
    merge_attempt,
)
from taskfiles.task.findings import make_finding
from taskfiles.task.keys import attempt_problems
from taskfiles.telemetry.secret_attempt import scrub_attempt
from taskfiles.text.nodes import field_name

SECRETS_REPLACED = "secrets-replaced"  # a rule of a change


def record(
    store: Store,
    task_id: str,
    attempts: Sequence[dict[str, Any]],
    *,
    amend: str | None = None,
    if_match: str | None = None,
    dry_run: bool = False,
) -> Result[list[str]]:
    """Record attempts at a task, all or none; `made` are their ids.

    An attempt is a mapping as in the file (docs/reference/format.md). A missing end is now; a missing start
    is the end minus the duration if that is given, else the start of the caller's claim, or the end of the
    previous attempt under it; a missing duration is computed from both; a missing id is generated. The same
    id with the same content changes nothing. With `amend`, the fields of the one attempt given replace those
    of the recorded attempt with that id. What looks like a secret is not written; `rules` of the change then
    has `secrets-replaced`.

    Where a tool printed the totals of its session (`session_totals`), the attempt's own figures are those
    minus the greatest before it, in whatever task; later attempts of the session are computed anew, in the
    same transaction: their changes follow that of the task.

    Raises TaskfilesError: bad-attempt, attempt-conflict, no-attempt, and as `mutate` does.
    """
    for attempt in attempts:
        if not isinstance(attempt, dict):
            raise TaskfilesError("bad-attempt", problem="An attempt is a mapping of keys.")
    if amend is not None and len(attempts) != 1:
        raise TaskfilesError("bad-attempt", problem="An amendment is one attempt, not several.")
    ids: list[str] = []
    given = [scrub_attempt(attempt) for attempt in attempts]
    claimed_at = _claim_start(store, task_id) if has_leases(store.leases) else None
    sessions = Sessions(store)

    def edit(draft: Draft) -> None:
        ids.clear()
        _check_attempt_list(draft)
        if given != list(attempts):
            draft.rules.append(SECRETS_REPLACED)
        for attempt in given:
            if amend is None:
                ids.append(_add(draft, attempt, new_uuid7(store.now()), claimed_at, sessions))
            else:
                ids.append(_amend(draft, attempt, amend))
        sessions.settle(draft)

    if not concerns_sessions(store, task_id, given, amend):
        change = mutate(store, task_id, edit, action="attempt.record", if_match=if_match, dry_run=dry_run)
        return Result([change], ids, dry_run)
    from taskfiles.changes.mutate_all import mutate_all  # noqa: PLC0415 (few attempts are of a session with totals)

    with store.locks.store():
        task = store.get(task_id)
        followers = sessions.read(task, given)
        expected = {task.id: if_match} if if_match is not None else {}
        first, *others = mutate_all(
            store,
            {task.id: edit, **dict.fromkeys(followers, sessions.settle)},
            action="attempt.record",
            if_match=expected,
            despite_claims=followers,
            dry_run=dry_run,
        )
    return Result([first, *(change for change in others if change.changed)], ids, dry_run)


def _check_attempt_list(draft: Draft) -> None:
    execution = draft.values.get("execution")
    wrong = execution is not None and not isinstance(execution, dict)
    if isinstance(execution, dict):
        attempts = execution.get("attempts")
        wrong = attempts is not None and not isinstance(attempts, list)
    if wrong:
        raise TaskfilesError(
            "edit-unsafe",
            path=draft.task.path,
            field="execution",
            problem="what stands there is no list of attempts",
        )


def find_attempt(draft: Draft, attempt_id: str) -> tuple[int, dict[str, Any]] | None:
    """Return a recorded attempt after its index, by its id, ignoring case; None if there is none."""
    for index, recorded in enumerate(attempt_list(draft.values)):
        if not isinstance(recorded, dict):
            continue
        known = recorded.get("id")
        if isinstance(known, str) and known and known.lower() == attempt_id.lower():
            return index, recorded
    return None


def _add(
    draft: Draft,
    attempt: dict[str, Any],
    new_id: str,
    claimed_at: datetime | None,
    sessions: Sessions,
) -> str:
    given = attempt.get("id")
    if isinstance(given, str) and (found := find_attempt(draft, given)):
        if has_totals(attempt):  # what is compared are its own figures
            whole = sessions.settled_one(draft, merge_attempt(found[1], attempt), found[0])
            attempt = {key: value for key, value in attempt.items() if key in whole} | {
                key: whole[key] for key in ("usage", "cost") if key in whole and key in attempt
            }
        difference = first_difference(scrub_attempt(found[1]), attempt)
        if difference is not None:
            raise TaskfilesError(
                "attempt-conflict", path=draft.task.path, id=draft.task.id, attempt=given, field=difference
            )
        return given
    execution = draft.values.get("execution") or {}
    recorded = execution.get("attempts") or []
    if claimed_at is not None and {"started_at", "duration_seconds"}.isdisjoint(attempt):
        attempt = attempt | {"started_at": format_instant(_find_start(claimed_at, recorded, draft.now))}
    complete = complete_times({"id": new_id} | attempt, draft.now)
    check_attempt(complete)
    attempts = [*recorded, complete]
    draft.values["execution"] = execution | {"attempts": attempts}
    return str(complete["id"])


def _claim_start(store: Store, task_id: str) -> datetime | None:
    from taskfiles.store import claims  # noqa: PLC0415 (only the holder of a claim needs it)

    return claims.held_since(store, task_id, "name")


def _find_start(claimed_at: datetime, recorded: list[Any], now: str) -> datetime:
    """Return the end of the last attempt if it is after the claim's start, else that start."""
    last = recorded[-1] if recorded else None
    try:
        ended = parse_instant(str(last.get("ended_at")) if isinstance(last, dict) else "")
    except ValueError:
        return claimed_at
    return ended if claimed_at < ended <= parse_instant(now) else claimed_at


def _amend(draft: Draft, attempt: dict[str, Any], attempt_id: str) -> str:
    found = find_attempt(draft, attempt_id)
    if found is None:
        raise TaskfilesError("no-attempt", path=draft.task.path, id=draft.task.id, which=f" {attempt_id}")
    index, recorded = found
    given = {key: value for key, value in attempt.items() if key != "id"}
    merged = follow_times(merge_attempt(recorded, given), given)
    if isinstance(merged.get("reviewer"), dict):
        merged["reviewer"] = {"reviewed_at": draft.now} | merged["reviewer"]
    draft.values["execution"]["attempts"][index] = merged
    return attempt_id


def check_attempt(attempt: dict[str, Any]) -> None:
    """Check an attempt before the file is changed.

    Raises TaskfilesError (bad-attempt) with everything that is wrong.
    """
    problems = attempt_problems(attempt)
    sentences = []
    if {"started_at", "duration_seconds"}.isdisjoint(attempt):
        problems = [problem for problem in problems if problem[1] not in _TIMES]
        sentences = ["Give `started_at` or `duration_seconds`; the other follows."]
    found = [make_finding(code, "", 0, 0, field_name(path), **params) for code, path, params in problems]
    sentences += [f"{finding.field}: {finding.message} {finding.hint}" for finding in found]
    if sentences:
        details = [
            {"code": finding.code, "field": finding.field, "message": finding.message} for finding in found
        ]
        raise TaskfilesError("bad-attempt", problem=" ".join(sentences), details={"problems": details})


_TIMES = {("started_at",), ("duration_seconds",)}
