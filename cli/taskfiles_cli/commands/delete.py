"""`tasks delete`: delete tasks that no other task names, and say what brings them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import TaskfilesError
from taskfiles import delete as delete_tasks
from taskfiles.operations.undo_choice import is_undoable
from taskfiles_cli.command.beginning import NEVER
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command
from taskfiles_cli.figures.leaving import find_leaving
from taskfiles_cli.render.lines import diff_lines, split_lines

if TYPE_CHECKING:
    from taskfiles import Kept, Removal, Result
    from taskfiles_cli.line.options import Insights, arg, complete_ids

_EXPORT = "`tasks export --dataset DIR` keeps the attempts of tasks that are there when it runs."
_COPIES = {
    "same": "the last commit has it",
    "older": "the last commit has an older text",
    "none": "git has no copy at this path",
}


@command(*CHANGES_ONE, action="task.delete", about="ids", beginnings=NEVER)
def delete(
    session: Session,
    ids: Annotated[list[str], arg("ID", "The tasks' ids.", show_default=False, autocompletion=complete_ids)],
    *,
    insights: Insights = False,
) -> int:
    """Delete tasks that no other task refers to, and say whether git has a copy.

    `tasks undo` brings them back, too.
    """
    if session.if_match is not None and len(ids) > 1:
        problem = "--if-match is about one task; name a single one."
        raise TaskfilesError("usage", problem=problem, command="tasks delete")
    done = delete_tasks(session.store, ids, if_match=session.if_match, dry_run=session.dry_run)
    answer_removals(session, done, done.made, insights=insights)
    session.warn_unreadable(session.store.unreadable)  # which may name what is gone
    return 0


def answer_removals(
    session: Session,
    done: Result[Any],
    removals: Sequence[Removal],
    *,
    insights: bool,
    kept: Sequence[Kept] | None = None,
) -> None:
    """Answer what was deleted, and with `kept` what stays because other tasks name it."""
    texts = {each.task.id: each.insights for each in removals if insights and each.insights}
    removed = [
        {"id": each.task.id, "path": each.task.path, "git": each.copy, "children": [*each.children]}
        for each in removals
    ]
    leaving = find_leaving([each.task for each in removals], session.store.journal)
    more: dict[str, Any] = {"removed": removed} | ({"leaving": leaving.object()} if leaving else {})
    if insights:
        more["insights"] = texts
    if kept is not None:
        more["kept"] = [
            {
                "id": each.task.id,
                "path": each.task.path,
                "references": [place._asdict() for place in each.references],
            }
            for each in kept
        ]
    noted = not done.dry_run and is_undoable(session.store)
    answer = session.mutation(done.changes, dry_run=done.dry_run, **more)
    session.console.answer(
        answer,
        human=lambda: _human(answer, removals, texts, noted=noted),
        plain=[each["id"] for each in removed],
    )
    if leaving:
        message = leaving.sentence(would=done.dry_run)
        session.console.warn(f"{message} {_EXPORT}" if leaving.newer else message, code="attempts-leave")


def _left(removal: Removal) -> str:
    """Name the children that lose their parent."""
    named = ", ".join(removal.children)
    return f" Below no task now: {named}." if named else ""


def _human(
    answer: dict[str, Any], removals: Sequence[Removal], texts: Mapping[str, str | None], *, noted: bool
) -> list[str]:
    verb = "Would delete" if answer["dry_run"] else "Deleted"
    lines = [
        f"{verb} {each.task.id} in {each.task.path}; {_COPIES[each.copy]}.{_left(each)}" for each in removals
    ]
    if not lines:
        lines = ["Nothing to delete."]
    elif noted:
        lines.append(f"`tasks undo {answer['run_id']}` brings {'it' if len(removals) == 1 else 'them'} back.")
    for removal in removals:
        task = removal.task
        if text := texts.get(task.id):
            lines += ["", f"# {task.id}: {task.title}", "", *split_lines(text)]
    return [*lines, *diff_lines(answer.get("diff", ""))]
