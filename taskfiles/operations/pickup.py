"""Use case: claim a task, so that nobody else works on it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

from taskfiles.backlog.family import Context, find_ancestors, find_context
from taskfiles.backlog.graph import words
from taskfiles.backlog.readiness import Backlog, Obstacle, find_obstacles
from taskfiles.basics.instants import format_instant
from taskfiles.changes.mutate import Change, Draft, check_etag
from taskfiles.changes.mutate_all import mutate_all
from taskfiles.changes.relink import lock_moving
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.remedy import Remedy, join_remedies
from taskfiles.store import claims
from taskfiles.store.closings import Closing, find_closing
from taskfiles.store.several import locate, make_loader
from taskfiles.store.store import Store
from taskfiles.task.acting import check_name
from taskfiles.task.claim import Lease, check_seconds, new_lease, new_token
from taskfiles.task.findings import Finding
from taskfiles.task.task import Task
from taskfiles.task.words import State
from taskfiles.text.sections import ACCEPTANCE_CRITERIA


class Pickup(NamedTuple):
    """A claim: its lease, the token that acts as its holder, and the context for the work.

    `expired` is the former lease if the task is taken over from another holder; `renewed` is whether the
    caller had the claim already. With `dry_run` a new claim has the lease that would be made, and no token.
    `unreadable` are the files that may contain more of the context, if the store was read for it.
    """

    lease: Lease
    token: str | None
    expired: Lease | None
    renewed: bool
    context: Context
    unreadable: Sequence[Finding] = ()


def pickup(
    store: Store,
    task_id: str,
    *,
    by: str,
    seconds: float | None = None,
    attempt: str | None = None,
    exclusive: bool = False,
    strict: bool = False,
    if_match: str | None = None,
    dry_run: bool = False,
    tasks: Sequence[Task] | None = None,
) -> Result[Pickup]:
    """Claim a task, move it to in-progress and its ancestors out of idea, and add the holder's name to it.

    Of many callers exactly one gets the claim, whatever their names; who has its token (`store.claims`)
    renews it by calling again. Callers under the same name in the same directory (`store.acts_as`) are its
    holder afterwards, unless it is `exclusive`: then only tokens are.
    With `strict` a task without criteria is not ready.
    `seconds` is the lease's length (default: lease.duration), `attempt` an id that acts as the holder too,
    `tasks` are those of the whole store if the caller has just read them.

    Raises TaskfilesError: claimed, bad-lease, not-ready, claims-unavailable, bad-value, and as
    `mutate_all` does.
    """
    _check(by, seconds)
    store.check_writable()
    if not dry_run:
        claims.check_claims_available(store)
    claims.own_lease(store, task_id)  # refuses a claimed task before the store is read
    found: dict[str, str] = {}
    if tasks is None:
        snapshot = store.snapshot()
        tasks, unreadable = snapshot
        found = locate(snapshot, {task_id})
    else:
        unreadable = []
    known = {task.id: task for task in reversed(tasks)}
    ideas = [task.id for task in find_ancestors(task_id, known) if task.state == State.IDEA]
    with lock_moving(store, task_id, *ideas):
        own = claims.own_lease(store, task_id)
        task = make_loader(store, (), found)(task_id).task if found else store.get(task_id)
        known[task_id], found[task_id] = task, task.path
        check_etag(task, if_match)
        held = claims.held_token(store, own) if own is not None else None
        if own is not None and task.state == State.IN_PROGRESS:
            lease = own if dry_run else claims.renew_lease(store, own, seconds)
            same = Change(task, task, False, dry_run, [], [])
            made = Pickup(lease, held, None, True, find_context(task_id, known), unreadable)
            return Result([same], made, dry_run)
        token = held or new_token()
        former = claims.find_lease(store, task_id)
        closing = find_closing(store, task_id)
        claim_edit = _ClaimEdit(own.by if own else by, former, closing, known, strict=strict)
        claim_edit.check(task)
        length = store.settings.lease if seconds is None else seconds
        lease = new_lease(task_id, claim_edit.by, store.now(), length, token, attempt)
        lease = lease._replace(assigned=claim_edit.assigns(task))
        if not exclusive and (name := store.acts_as) is not None:
            lease = lease._replace(worktree=store.reader.root, named=name.text is not None)
        if own is not None:
            lease = lease._replace(keys=tuple(dict.fromkeys((*own.keys, *lease.keys))))
        edits = {task_id: claim_edit.edit, **dict.fromkeys(ideas, _promote)}
        with nullcontext() if dry_run else claims.leased(store, lease):
            changes = mutate_all(
                store,
                edits,
                action="task.claim",
                if_match={task_id: if_match} if if_match else None,
                dry_run=dry_run,
                despite_claims=edits,
                at=found,
            )
    changes.sort(key=lambda change: change.after.id != task_id)
    known |= {change.after.id: change.after for change in changes}
    expired = former if task.state == State.IN_PROGRESS else None
    context = find_context(task_id, known)
    made = Pickup(lease, None if dry_run else token, expired, False, context, unreadable)
    return Result(changes, made, dry_run)


def _check(by: str, seconds: float | None) -> None:
    try:
        check_name(by)
    except ValueError as bad:
        given, name = f"“{by[:40]}”", Remedy("Name who takes the task, as in ada.", "no-name")
        raise TaskfilesError("bad-value", option="by", given=given, problem=str(bad), remedy=name) from bad
    try:
        check_seconds(1 if seconds is None else seconds)
    except ValueError as bad:
        given, remedy = f"{seconds:g} s", "Write it as 30m or 2h."
        raise TaskfilesError(
            "bad-value", option="seconds", given=given, problem=str(bad), remedy=remedy
        ) from bad


class _ClaimEdit:
    """The edit of a claimed task; it decides by the task as it is under the lock."""

    def __init__(
        self,
        by: str,
        former: Lease | None,
        closing: Closing | None,
        known: dict[str, Task],
        *,
        strict: bool,
    ) -> None:
        self.by, self.former, self.closing, self.known = by, former, closing, known
        self.passed = {"children"} if strict else {"children", "criteria"}
        self._checked: str | None = None

    def check(self, task: Task) -> None:
        """Raise TaskfilesError (not-ready) if a task is not ready."""
        if task.etag == self._checked:
            return
        others = [other for other in self.known.values() if other.id != task.id]
        found = find_obstacles(task, Backlog([*others, task]), lapsed=self.former is not None)
        obstacles = [each for each in found if each.code not in self.passed]
        obstacles += [_describe_closing(self.closing)] if self.closing is not None else []
        if obstacles:
            raise TaskfilesError(
                "not-ready",
                path=task.path,
                id=task.id,
                problem="; ".join(each.message.rstrip(".") for each in obstacles),
                remedy=join_remedies(dict.fromkeys(_remedy(task, each) for each in obstacles)),
                details={"reasons": [{"code": each.code, "message": each.message} for each in obstacles]},
            )
        self._checked = task.etag

    def assigns(self, task: Task) -> bool:
        """Return whether the claim adds a name to the assignees that is not among them otherwise."""
        return self.by not in self._others(words(task, "assignees"))

    def _others(self, names: list[Any]) -> list[Any]:
        """Return names without the one that the former claim added."""
        former = self.former.by if self.former is not None and self.former.assigned else None
        return [name for name in names if name != former]

    def edit(self, draft: Draft) -> None:
        self.check(draft.task)
        if draft.values.get("state") == State.IN_PROGRESS:
            draft.rules.append("claim-expired")
        draft.values["state"] = State.IN_PROGRESS.value
        others = self._others(draft.values.get("assignees") or [])
        draft.values["assignees"] = others if self.by in others else [*others, self.by]


def _remedy(task: Task, obstacle: Obstacle) -> Remedy:
    """Return the sentence that says how to remove an obstacle of a task."""
    code = obstacle.code
    if code == "state" and task.state == State.IN_PROGRESS:
        code = "unclaimed"
    return Remedy(
        _REMEDIES[code], f"start.{code}", id=task.id, other=obstacle.other, section=ACCEPTANCE_CRITERIA
    )


def _describe_closing(closing: Closing) -> Obstacle:
    by = f" by {closing.by}" if closing.by else ""
    gone = "" if os.path.isdir(closing.worktree) else " (which is gone)"
    since = format_instant(closing.at)
    message = f"its state is {closing.state} in {closing.worktree}{gone}{by} since {since}"
    return Obstacle("closed-elsewhere", message)


_REMEDIES = {
    "closed-elsewhere": "Merge what was done there. If that was dropped, force the release of {id}.",
    "unclaimed": "No claim in this clone says who is working on it; if nobody is, release it.",
    "state": "Move it to ready first.",
    "invalid": "Fix what is wrong with it.",
    "blocked": "Unset `blocked` first.",
    "dependency": "Finish {other} first, or take it out of the dependencies.",
    "circle": "Remove one of the dependencies in that circle.",
    "ancestor-waits": "Finish what {other} depends on first.",
    "ancestor-closed": "Reopen {other}, or move the task to another parent.",
    "ancestor-blocked": "Unset `blocked` of {other} first.",
    "criteria": "Write {section} that say when it is done.",
}


def _promote(draft: Draft) -> None:
    if draft.values.get("state") == State.IDEA:
        draft.values["state"] = State.READY.value
        draft.rules.append("ready-by-child")
