"""The command line of an agent that is only named: `tasks run --agent`."""

from __future__ import annotations

import os
from collections.abc import Sequence

from taskfiles import TaskfilesError
from taskfiles.agents.command_line import LINES, Permissions, make_command
from taskfiles_cli.command.session import Session
from taskfiles_cli.line.values import single_word


def read_line(
    session: Session,
    agent: str,
    permissions: str | None,
    model: str | None,
    more: Sequence[str],
    *,
    worktrees: bool,
) -> list[str]:
    """Make the line of an agent. Raises TaskfilesError (bad-value) where it has none such."""
    name = single_word("--agent", LINES, agent)
    given = Permissions.WORK.value if permissions is None else permissions
    level = Permissions(single_word("--permissions", Permissions, given))
    try:
        return make_command(
            name, model=model, permissions=level, more=more, git=_git(session, worktrees=worktrees)
        )
    except ValueError as error:
        raise TaskfilesError(
            "bad-value",
            option="--permissions",
            given=level.value,
            problem=f"no line of {name}'s gives just that",
            remedy=f"Use one of {', '.join(LINES[name].permissions)}.",
        ) from error


def _git(session: Session, *, worktrees: bool) -> str:
    """Name git's directory as the agent may write it: as short as can be, one for all worktrees."""
    store = session.store
    is_usual = os.path.isdir(os.path.join(store.root, ".git"))
    return ".git" if store.common is None or (is_usual and not worktrees) else os.fspath(store.common)
