"""`tasks merge`: one file of several that are one task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import merge_files
from taskfiles.operations.merge_sides import SIDES
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_ONE, command
from taskfiles_cli.line.names import read_task_name, read_task_path

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Text, arg, complete_ids, opt


@command(*CHANGES_ONE, action="task.merge")
def merge(
    session: Session,
    task: Annotated[
        str,
        arg(
            "ID|PATH",
            "The task's id, or the path of one of its files.",
            show_default=False,
            autocompletion=complete_ids,
        ),
    ],
    *,
    prefer: Annotated[
        Text, opt("PATH|ours|theirs", "The file, or side, whose word counts where they differ.")
    ] = None,
) -> int:
    """Merge several files of one task into one, as a merge of branches can leave them.

    Attempts, list items, ticks and comments of all are kept. What the files say differently is named with
    its lines, until --prefer decides. `tasks doctor` finds such files. --if-match is about the preferred
    file, or the one changed last.
    A file in which git has left conflict markers becomes one text of both sides, as they are in git;
    --prefer then says ours or theirs.
    """
    store = session.store
    name = read_task_name(store, task)
    chosen = prefer if prefer is None or prefer in SIDES else read_task_path(store, prefer)
    done = merge_files(store, name, prefer=chosen, if_match=session.if_match, dry_run=session.dry_run)
    kept, made = done.changes[0].after, done.made
    removed = [{"id": kept.id, "path": path, "git": git, "children": []} for path, git in made.copies.items()]
    session.about(kept.id)
    answer = session.mutation(done.changes, removed=removed, settled=made.settled)
    answer.pop("tasks", None)  # it is one
    merged = ", ".join([*(["both sides"] if made.sides else []), *made.copies])
    sentence = f"Merged {merged} into {kept.path}"
    if made.settled:
        sentence += f"; as {chosen} has it: {', '.join(made.settled)}"
    session.answer_mutation(answer, done.changes[:1], sentence)
    session.warn_unreadable(store.unreadable)
    return 0
