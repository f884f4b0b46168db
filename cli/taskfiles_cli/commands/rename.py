"""`tasks rename`: another id, everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import rename as rename_task
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command
from taskfiles_cli.line.names import read_task_name

if TYPE_CHECKING:
    from taskfiles_cli.line.options import arg, complete_ids


@command(*CHANGES_ONE, action="task.rename", about="task", finds=())
def rename(
    session: Session,
    task: Annotated[
        str,
        arg(
            "ID|PATH",
            "The task's id; its file's path where two share the id.",
            show_default=False,
            autocompletion=complete_ids,
        ),
    ],
    new_id: Annotated[str, arg("NEW-ID", "The id to give it.", show_default=False)],
) -> int:
    """Give a task another id, and update every reference: keys, `[Task:ID]` and links.

    All files change together. Attempts and the commit messages of done tasks stay as they are.
    """
    store = session.store
    name = read_task_name(store, task)
    changes = rename_task(store, name, new_id, if_match=session.if_match, dry_run=session.dry_run).changes
    answer = session.mutation(changes)
    others = f", and in {len(changes) - 1} more" if len(changes) > 1 else ""
    session.answer_mutation(answer, changes, f"Renamed {task} to {new_id} in {changes[0].after.path}{others}")
    session.warn_unreadable(store.unreadable)
    return 0
