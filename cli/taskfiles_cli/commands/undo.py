"""`tasks undo`: undo a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from taskfiles import undo as take_back
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import CHANGES_SOME, command
from taskfiles_cli.render.lines import name_some

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Text, arg

_NAMED = 3  # paths of one commit
_IDS = 10  # of what was undone


@command(*CHANGES_SOME, action="task.undo")
def undo(
    session: Session,
    *,
    run: Annotated[Text, arg("RUN_ID", "Default: your own last command.", show_default=False)] = None,
) -> int:
    """Undo your own last change, or that of a named run, unless a file has changed since.

    Yours is what the same claim, run, name in TASKS_ACTOR or terminal session changed. Called again it goes
    further back; to undo an undo, name its run. If your last change was made in another worktree, it
    says where, and changes nothing here. Commits that already contain the undone change are named.
    """
    done = take_back(session.store, run, dry_run=session.dry_run)
    changes, (records, commits) = done.changes, done.made
    keys = ("run_id", "action", "time")
    undone = [{key: getattr(record, key) for key in keys} for record in records]
    committed = [{"path": path, "commit": commit} for path, commit in sorted(commits.items())]
    answer = session.mutation(changes, undone=undone, committed=committed, dry_run=session.dry_run)
    ids = list(dict.fromkeys(change.id for record in records for change in record.files))
    actions = ", ".join(dict.fromkeys(record.action for record in records))
    back = "" if session.dry_run else f"; `tasks undo {session.run_id}` brings it back"
    session.answer_mutation(
        answer, changes, f"Undid {actions} of {name_some(ids, _IDS)} (run {records[0].run_id}){back}"
    )
    _warn_of_commits(session, commits)
    return 0


def _warn_of_commits(session: Session, commits: Mapping[str, str]) -> None:
    """Warn that commits hold what was undone: only the work tree is as it was before."""
    by_commit: dict[str, list[str]] = {}
    for path, commit in sorted(commits.items()):
        by_commit.setdefault(commit, []).append(path)
    for commit, paths in by_commit.items():
        session.console.warn(
            f"Commit {commit} holds the change of {name_some(paths, _NAMED)}."
            " To undo it there too, commit what is here now.",
            code="committed",
        )
