"""`tasks pickup`: claim a task and begin it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskfiles import pickup as pick_up
from taskfiles_cli.command.origin import read_attempt
from taskfiles_cli.command.pickup import answer_pickup, read_holder, read_lease
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import command

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Exclusive, HeldFor, Holder, TaskId


@command(
    "output",
    "brief",
    "claim",
    "dry_run",
    "if_match",
    "root",
    "lock_timeout",
    "color",
    action="task.claim",
    about="task_id",
    answers="pickup",
    also=("start",),
)
def pickup(
    session: Session,
    task_id: TaskId,
    *,
    by: Holder = None,
    lease: HeldFor = None,
    exclusive: Exclusive = False,
) -> int:
    """Claim a ready task and move it to in-progress; show what is needed to work on it.

    If several try, one gets it; the others exit 4 and are shown who holds it, and since when. Each later
    change from this worktree under the same name (--by or TASKS_ACTOR, or neither both times), or with the
    token of the answer, renews the claim; nobody else can change the task until the claim ends, by `tasks
    release` or by itself. Claims hold within one clone of the repository and its worktrees, not in other
    clones.
    """
    session.acting = by
    store = session.store
    holder = read_holder(by, store)
    session.detail(by=holder)
    done = pick_up(
        store,
        task_id,
        by=holder,
        seconds=read_lease(lease),
        attempt=read_attempt(),
        exclusive=exclusive,
        if_match=session.if_match,
        dry_run=session.dry_run,
    )
    answer_pickup(session, done.changes, done.made)
    return 0
