"""`tasks adopt`: give a parent its children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError
from taskfiles import adopt as adopt_tasks
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command
from taskfiles_cli.line.names import find_id

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Text, arg, complete_ids, opt


@command(*CHANGES_ONE, action="task.adopt", about="parent", finds=("parent", "children"))
def adopt(
    session: Session,
    parent: Annotated[
        str, arg("PARENT", "The parent's id.", show_default=False, autocompletion=complete_ids)
    ],
    children: Annotated[
        list[str], arg("CHILD", "The children's ids.", show_default=False, autocompletion=complete_ids)
    ],
    *,
    before: Annotated[
        Text, opt("ID", "Put them before this child of the parent's.", autocompletion=complete_ids)
    ] = None,
    after: Annotated[
        Text, opt("ID", "Put them after this child of the parent's.", autocompletion=complete_ids)
    ] = None,
) -> int:
    """Move tasks under a parent, and out of their former parent.

    They come last, in the order given; --before and --after say where, also for those that are children
    already. All files change together. --if-match is about the parent.
    """
    if before is not None and after is not None:
        problem = "--before and --after are two places; give one."
        raise TaskfilesError("usage", problem=problem, command="tasks adopt")
    changes = adopt_tasks(
        session.store,
        parent,
        children,
        before=None if before is None else find_id(session.store, before),
        after=None if after is None else find_id(session.store, after),
        if_match=session.if_match,
        dry_run=session.dry_run,
    ).changes
    answer = session.mutation(changes)
    where = f"before {before}" if before is not None else f"after {after}" if after is not None else ""
    sentence = f"Added {', '.join(children)} to {parent}{where and f' {where}'} ({changes[0].after.path})"
    session.answer_mutation(answer, changes, sentence)
    return 0
