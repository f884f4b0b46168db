"""`tasks adopt`: give a parent its children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import adopt as adopt_tasks
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command

if TYPE_CHECKING:
    from taskfiles_cli.line.options import arg, complete_ids


@command(*CHANGES_ONE, action="task.adopt", about="parent", finds=("parent", "children"))
def adopt(
    session: Session,
    parent: Annotated[
        str, arg("PARENT", "The parent's id.", show_default=False, autocompletion=complete_ids)
    ],
    children: Annotated[
        list[str], arg("CHILD", "The children's ids.", show_default=False, autocompletion=complete_ids)
    ],
) -> int:
    """Move tasks under a parent, and out of their former parent.

    All files change together. --if-match is about the parent.
    """
    changes = adopt_tasks(
        session.store, parent, children, if_match=session.if_match, dry_run=session.dry_run
    ).changes
    answer = session.mutation(changes)
    session.answer_mutation(answer, changes, f"Entered {', '.join(children)} in {changes[0].after.path}")
    return 0
