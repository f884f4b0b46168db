"""`tasks move`: from one state to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import Change, TaskfilesError
from taskfiles import move as move_task
from taskfiles.operations.move import CASCADES
from taskfiles.task.words import CLOSED, State
from taskfiles_cli.command.finish import say_what_is_missing
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command
from taskfiles_cli.line.texts import read_optional
from taskfiles_cli.line.values import single_word

if TYPE_CHECKING:
    from taskfiles_cli.line.options import CloseReason, ForceReason, TaskId, Text, arg, opt


@command(*CHANGES_ONE, action="task.move", about="task_id")
def move(
    session: Session,
    task_id: TaskId,
    state: Annotated[str, arg("STATE", "idea, ready, in-progress, done or canceled.", show_default=False)],
    *,
    cascade: Annotated[
        Text, opt("STATE", "Move the tasks below it too: to ready, idea or canceled.", "--cascade")
    ] = None,
    reason: CloseReason = None,
    force: ForceReason = None,
) -> int:
    """Move a task to a state, and its file to that state's directory.

    Done requires what `tasks complete` requires. A task with open tasks below it can become neither done nor
    canceled. --cascade moves the tasks below in the same change, which one `undo` reverts: ideas to ready,
    ready ones to idea, open ones to canceled.
    """
    wanted = single_word("STATE", State, state)
    forced = read_reason(force, "move")
    why = read_close_reason(reason, wanted, "move")
    along = _read_cascade(cascade)
    try:
        done = move_task(
            session.store,
            task_id,
            wanted,
            cascade=along,
            close_reason=why,
            force=forced,
            if_match=session.if_match,
            dry_run=session.dry_run,
        )
    except TaskfilesError as error:
        say_what_is_missing(error, session, {})
        raise
    answer_move(
        session, done.changes, f"Moved {task_id} to {wanted}", along=along if along != wanted else None
    )
    if along is not None:
        session.warn_unreadable(session.store.unreadable)
    return 0


def _read_cascade(text: str | None) -> str | None:
    if text is None:
        return None
    word = State.CANCELED if text.casefold() == "cancel" else text  # as taskplain spells it
    # The library says why no task is started or completed along with others.
    return single_word("--cascade", State if word in {*State} else CASCADES, word)


def read_reason(text: str | None, command: str) -> str | None:
    """Read the value of --force. Raises TaskfilesError (usage) where it is blank."""
    reason = read_optional("--force", text)
    if reason is not None and not reason.strip():
        raise TaskfilesError("usage", problem="--force takes a reason.", command=f"tasks {command}")
    return reason


def read_close_reason(text: str | None, state: str, command: str) -> str | None:
    """Read the value of --reason. Raises TaskfilesError (usage) where it is blank, or nothing is closed."""
    why = read_optional("--reason", text)
    if why is None:
        return None
    if state not in CLOSED:
        problem = f"--reason says why a task is closed, and {state} does not close it."
        raise TaskfilesError("usage", problem=problem, command=f"tasks {command}")
    if not why.strip():
        raise TaskfilesError("usage", problem="--reason takes a text.", command=f"tasks {command}")
    return why.strip()


def answer_move(session: Session, changes: list[Change], sentence: str, *, along: str | None = None) -> None:
    """Answer a change of state, with the tasks that went along; `along` is their state, if another."""
    also = ", ".join(change.after.id for change in changes[1:])
    how = f", and to {along} {also}" if along is not None else f", and along with it {also}"
    when = _describe_completion(changes[0])
    session.answer_mutation(
        session.mutation(changes),
        changes,
        f"{when or sentence}: {changes[0].after.path}{how if also else ''}",
    )


def _describe_completion(change: Change) -> str:
    """Say when a task that was done already was completed, and from where that is known; empty for others."""
    source = next((words for rule, words in _SOURCES.items() if rule in change.rules), "")
    task = change.after
    return f"Set completed_at of {task.id} to {task.values.get('completed_at')}, {source}" if source else ""


_SOURCES = {
    "completed-at-from-git": "from git's history",
    "completed-at-from-updated-at": "from updated_at",
    "completed-at-from-now": "the present: nothing says when it was done",
}
