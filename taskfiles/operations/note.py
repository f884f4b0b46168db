"""Use case: add a note to a task, whose text is the caller's own and replaces nothing."""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles.changes.mutate import Draft, mutate
from taskfiles.changes.result import Result
from taskfiles.errors import TaskfilesError
from taskfiles.store import claims
from taskfiles.store.store import Store
from taskfiles.text.sections import NOTES

_MINUTE = len("2025-11-02T15:03")
_FURTHER = "    "  # deep enough that no line of a note is a heading, a fence or an underline


def note(
    store: Store,
    task_id: str,
    text: str,
    *,
    by: str | None = None,
    if_match: str | None = None,
    dry_run: bool = False,
) -> Result[str]:
    """Add a note to the section Notes, as `- 2025-11-02T15:03Z ana: TEXT`; `made` is that item.

    `by` is who writes it; None for the holder of the caller's claim, and without one nobody is named.
    Further lines are indented: whatever the text, it is one item of a list.
    Raises TaskfilesError: bad-value for a blank text, and as `mutate` does.
    """
    lines = [line.rstrip() for line in text.strip().splitlines()]
    if not lines:
        remedy = "Say what the next person or agent has to know."
        raise TaskfilesError(
            "bad-value", option="text", given="blank", problem="a note says something", remedy=remedy
        )
    if by is None:
        lease = claims.find_lease(store, task_id)
        by = lease.by if lease is not None and claims.is_holder(store, lease) else None
    made: list[str] = []

    def edit(draft: Draft) -> None:
        made[:] = [make_item(lines, by, draft.now, draft.newline)]
        draft.append_section(NOTES, made[0])
        draft.added = [title for title in draft.added if title != NOTES]

    change = mutate(store, task_id, edit, if_match=if_match, dry_run=dry_run)
    return Result([change], made[0], dry_run)


def make_item(lines: Sequence[str], by: str | None, now: str, newline: str) -> str:
    """Return a note of several lines as one item of a list; `now` is an instant in UTC."""
    who = f" {by}" if by else ""
    further = (_FURTHER + line if line.strip() else "" for line in lines[1:])
    return newline.join([f"- {now[:_MINUTE]}Z{who}: {lines[0]}", *further])
