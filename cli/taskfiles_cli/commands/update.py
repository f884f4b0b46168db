"""`tasks update`: change a task's keys, sections and checkboxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import TaskfilesError, Update
from taskfiles import update as update_task
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command
from taskfiles_cli.line.pairs import read_fields
from taskfiles_cli.line.values import read_item, read_meta

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Fields, TaskId, Texts, Wholes, opt


@command(*CHANGES_ONE, action="task.update", about="task_id")
def update(
    session: Session,
    task_id: TaskId,
    *,
    meta: Annotated[
        Texts,
        opt(
            "KEY=VALUE",
            "Set a key. The value is text as typed, unless it is true, false, a number, or a list or map in "
            'brackets (`labels=[a, b]`). `null` removes the key; `"null"` is the word.',
        ),
    ] = None,
    unset: Annotated[Texts, opt("KEY", "Remove a key.")] = None,
    add: Annotated[Texts, opt("KEY=ITEM", "Add an item to a list, unless it is there.")] = None,
    remove: Annotated[Texts, opt("KEY=ITEM", "Remove an item from a list.")] = None,
    field: Fields = None,
    check: Annotated[
        Wholes, opt("N", "Tick checkbox N of Acceptance Criteria, counted from 1.", min=1)
    ] = None,
    uncheck: Annotated[Wholes, opt("N", "Clear checkbox N.", min=1)] = None,
) -> int:
    """Change a task's keys, sections and checkboxes in one write.

    No line is touched that needn't be: comments, order and layout stay.
    """
    values = dict(read_meta("--meta", text) for text in meta or ())
    _refuse_opposites("--meta and --unset", set(values) & set(unset or ()))
    _refuse_opposites("--check and --uncheck", set(check or ()) & set(uncheck or ()))
    wanted = Update(
        set=values,
        unset=tuple(unset or ()),
        add=tuple(read_item("--add", text) for text in add or ()),
        remove=tuple(read_item("--remove", text) for text in remove or ()),
        sections=tuple(read_fields(field)),
        checks=dict.fromkeys(check or (), True) | dict.fromkeys(uncheck or (), False),
    )
    if wanted == Update():
        raise TaskfilesError("usage", problem="No change is given.", command="tasks update")
    changes = update_task(
        session.store, task_id, wanted, if_match=session.if_match, dry_run=session.dry_run
    ).changes
    sentence = f"Updated {task_id} in {changes[0].after.path}"
    session.answer_mutation(session.mutation(changes), changes, sentence)
    return 0


def _refuse_opposites(options: str, both: set[Any]) -> None:
    if both:
        problem = f"{options} both name {min(both)}; leave one of them out."
        raise TaskfilesError("usage", problem=problem, command="tasks update")
