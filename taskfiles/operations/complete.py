"""Use case: complete a task."""

from __future__ import annotations

from collections.abc import Mapping

from taskfiles.changes.mutate import Draft
from taskfiles.changes.result import Result
from taskfiles.operations.move import move
from taskfiles.store.store import Store
from taskfiles.task.words import State
from taskfiles.text.sections import read_section


def complete(
    store: Store,
    task_id: str,
    *,
    tick: bool = False,
    commit_message: str | None = None,
    insights: Mapping[str, str] | None = None,
    close_reason: str | None = None,
    force: str | None = None,
    if_match: str | None = None,
    dry_run: bool = False,
) -> Result[None]:
    """Move a task to done; `tick` ticks its acceptance criteria. The task's change comes first.

    `commit_message` and `close_reason` set these keys, and `insights` are texts by the section that each is
    added to, unless it is there already; of a task that is done, too. Its conditions and errors are those of
    `move` to done.
    """

    def add(draft: Draft) -> None:
        if commit_message is not None:
            draft.values["commit_message"] = commit_message
        for title, text in (insights or {}).items():
            there = (read_section(draft.body, title) or "").replace("\r\n", "\n")
            if text.strip() not in there:
                draft.append_section(title, text)

    return move(
        store,
        task_id,
        State.DONE,
        tick=tick,
        close_reason=close_reason,
        force=force,
        also=add,
        action="task.complete",
        if_match=if_match,
        dry_run=dry_run,
    )
