"""`tasks note`: add a note to a task."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError
from taskfiles import note as add_note
from taskfiles.errors import number_of
from taskfiles_cli.command.origin import read_name
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command
from taskfiles_cli.line.texts import read_text

if TYPE_CHECKING:
    from taskfiles_cli.line.options import TEXT_HELP, TaskId, arg


@command(*CHANGES_ONE, action="task.update", about="task_id")
def note(
    session: Session,
    task_id: TaskId,
    text: Annotated[list[str], arg("TEXT", "What to write down. " + TEXT_HELP, show_default=False)],
) -> int:
    """Add a note with time and name to a task's section Notes; earlier notes stay.

    The name is that of --by or TASKS_ACTOR, else of your claim; with none of these only the time is written.
    Notes that several write at once are all kept, also when branches are merged with `tasks merge-driver`.
    """
    if len(text) > 1:
        remedy = f"Quote it, so that it is one text: tasks note {shlex.join([task_id, ' '.join(text)])}"
        given, problem = number_of(len(text), "text"), "a note is one"
        raise TaskfilesError("bad-value", option="TEXT", given=given, problem=problem, remedy=remedy)
    words = read_text("TEXT", text[0])
    name = read_name(session.acting)
    done = add_note(
        session.store,
        task_id,
        words,
        by=None if name is None else name.text,
        if_match=session.if_match,
        dry_run=session.dry_run,
    )
    answer = session.mutation(done.changes)
    session.answer_mutation(answer, done.changes, f"Noted in {done.changes[0].after.path}: {done.made}")
    return 0
