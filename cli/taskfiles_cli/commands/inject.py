"""`tasks inject`: tell agents of this project in the file that they read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import TaskfilesError
from taskfiles.operations.inject import plan_injection, write_injection
from taskfiles.store.disk import io_errors
from taskfiles.store.outputs import check_output
from taskfiles_cli.command.block import block_text, injection_change, injection_sentence, refuse_stale
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import command
from taskfiles_cli.line.places import check_local
from taskfiles_cli.line.surroundings import here
from taskfiles_cli.line.texts import check_utf8
from taskfiles_cli.render.lines import Lines, diff_lines

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Text, arg, flag


_SKILL_FILE = ".claude/skills/tasks/SKILL.md"
_SKILL = b"""---
name: tasks
description: Choose, claim, record and finish this repository's work items in tasks/ with the command tasks.
---

"""


@command("output", "dry_run", "root", "lock_timeout", "color")
def inject(
    session: Session,
    file: Annotated[Text, arg("FILE", "The file that agents read, as AGENTS.md.", show_default=False)] = None,
    *,
    skill: Annotated[
        bool, flag("Write a skill of Claude Code: .claude/skills/tasks/SKILL.md.", "--skill")
    ] = False,
    check: Annotated[
        bool, flag("Write nothing; exit 1 where the block is missing or stale.", "--check")
    ] = False,
) -> int:
    """Write a short block about `tasks` into a file for agents, or refresh it.

    It stands between two marks; what is outside of them keeps every byte. A file that is missing is
    created. With --skill the file is a skill of Claude Code, which is read when it is needed.
    `tasks help agent` is the longer text that the block names.
    """
    session.begin("agents.inject", dry_run=check or session.dry_run)
    if check and session.dry_run:
        problem = "--check and --dry-run exclude each other."
        raise TaskfilesError("usage", problem=problem, command="tasks inject")
    if (file is None) != skill:
        problem = "--skill has a file of its own; leave FILE out." if skill else "Missing argument 'FILE'."
        raise TaskfilesError("usage", problem=problem, command="tasks inject")
    head = _SKILL if skill else b""
    if file is None:
        file = os.path.relpath(os.path.join(session.store.root, _SKILL_FILE), here())
    file = check_local("FILE", check_utf8("FILE", file))
    store, place, text = session.store, os.path.join(here(), file), block_text()
    check_output("FILE", file, str(store.root))
    if check or session.dry_run:
        planned = plan_injection(place, str(store.root), text, head)
    else:
        with store.locks.store():
            if skill:
                with io_errors("Creating", file):
                    os.makedirs(os.path.dirname(place), exist_ok=True)
            planned = plan_injection(place, str(store.root), text, head)
            write_injection(planned)
    if check:
        refuse_stale(planned)
    made: dict[str, Any] = {}
    if planned.changed:
        made = {"reason": None, "changed": True, "changes_made": [injection_change(planned)]}
    answer = session.mutation([], dry_run=session.dry_run or check, **made)
    if session.dry_run:
        answer["diff"] = planned.diff
    current = f"The block of `tasks` in {planned.path} is the current one."
    sentence = diff_lines(planned.diff) if session.dry_run else injection_sentence(planned)
    human: Lines = sentence if planned.changed else "" if session.dry_run else current
    session.console.answer(answer, human=lambda: human, plain=[planned.path] if planned.changed else [])
    return 0
