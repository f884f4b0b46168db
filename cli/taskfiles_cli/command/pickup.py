"""What commands that claim tasks share: who the holder is, how long for, and the answer."""

from __future__ import annotations

import os
import pwd
import shlex
from collections.abc import Sequence
from typing import Any

from taskfiles import Change, Pickup
from taskfiles.backlog.wire import context_object
from taskfiles.basics.instants import format_instant, parse_duration
from taskfiles.errors import TaskfilesError
from taskfiles.store.git import run_git
from taskfiles.store.store import Store
from taskfiles.task.wire import claim_object, task_object
from taskfiles_cli.command.origin import read_name
from taskfiles_cli.command.session import Session, staging_line
from taskfiles_cli.render.details import render_details
from taskfiles_cli.render.lines import diff_lines


def read_holder(given: str | None, store: Store) -> str:
    """Give the holder's name: the one given, else TASKS_ACTOR, else git's user.name, else the login name."""
    if (acting := read_name(given)) is not None and acting.text is not None:
        return acting.text
    if store.repository is not None:
        name = run_git(store.repository.top, "config", "--get", "user.name", check=False).strip()
        if name:
            return name
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"user {os.geteuid()}"


def read_lease(text: str | None) -> float | None:
    """Read how long a claim is to hold, in seconds."""
    return read_duration("--lease", text, "30m or 2h")


def read_duration(option: str, text: str | None, examples: str) -> float | None:
    """Read how long something may take, in seconds; None where nothing is given."""
    try:
        return None if text is None else parse_duration(text)
    except ValueError as error:
        given, remedy = f"“{text}”", f"Write it as {examples}."
        raise TaskfilesError(
            "bad-value", option=option, given=given, problem=str(error), remedy=remedy
        ) from error


def answer_pickup(session: Session, changes: Sequence[Change], had: Pickup) -> None:
    """Tell of a claim that was had, with all that whoever works on the task needs."""
    more: dict[str, Any] = {"reason": "renewed"} if had.renewed else {}
    session.about(had.context.target.id)
    answer = session.mutation(changes, **more)
    answer["claim"] = claim_object(had.lease, had.token, had.expired) if had.token else None
    target, around = had.context.target, [*had.context.ancestors, *had.context.children]
    claims = session.claims_of({target.id, *(task.id for task in around)})
    answer["task"] = task_object(target, show=True, claim=claims.get(target.id))
    answer["context"] = context_object(had.context, claims)
    session.console.answer(answer, human=lambda: _human(answer, had), plain=[had.context.target.id])
    session.warn_unreadable(had.unreadable)


def _how_to_hold(had: Pickup) -> list[str]:
    """Say how the holder's changes are known: by the name in the worktree, by the token anywhere."""
    token = f"give --claim {had.token}, or set TASKS_CLAIM to it."
    if not had.lease.worktree:
        return [f"To act as its holder, {token}"]
    name = f" with --by {shlex.quote(had.lease.by)}" if had.lease.named else ""
    return [f"In this worktree you hold it{name}; elsewhere {token}"]


def _human(answer: dict[str, Any], had: Pickup) -> list[str]:
    if answer["dry_run"]:
        return diff_lines(answer["diff"])
    target, until = had.context.target, format_instant(had.lease.until)
    done = "Renewed the claim on" if had.renewed else "Picked up"
    lines = [f"{done} {target.id} for {had.lease.by} until {until}: {target.path}"]
    if had.expired is not None:
        lines.append(f"The claim of {had.expired.by} expired at {format_instant(had.expired.until)}.")
    lines += _how_to_hold(had)
    if "stage" in answer:
        lines.append(staging_line(answer))
    lines.append("")
    lines += render_details(answer["task"])
    for head, tasks in (("Part of", had.context.ancestors), ("Children", had.context.children)):
        if tasks:
            lines += ["", f"{head}:", *(f"  {task.id} ({task.state}): {task.title}" for task in tasks)]
    return lines
