"""`tasks migrate`: bring in the tasks of another tool."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from taskfiles import (
    Care,
    MigrationRequest,
    TaskfilesError,
    Verification,
    migrate_tasks,
    migration_object,
    verification_object,
    verify_migration,
)
from taskfiles_cli.command.gh import list_issues, names_repository
from taskfiles_cli.command.session import Session, staging_line
from taskfiles_cli.command.shared import CHANGES_SOME, command
from taskfiles_cli.line.pairs import read_map
from taskfiles_cli.line.places import check_local
from taskfiles_cli.render.migration import render_migration, render_proof
from taskfiles_cli.render.remedies import say_error

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Texts, arg, flag, opt


EXAMPLE = "status:'In Review'=in-progress"


@command(*CHANGES_SOME, answers="migrate", finds=())
def migrate(
    session: Session,
    words: Annotated[
        list[str],
        arg("[FROM] DIR", "The tool, guessed if left out, and where its tasks are.", show_default=False),
    ],
    *,
    choices: Annotated[
        Texts,
        opt(
            "KEY:WORD=OURS",
            "What a word of the source is here, kept in tasks.toml; may be repeated.",
            "--map",
        ),
    ] = None,
    repair: Annotated[
        bool, flag("Read what is known to be broken in such sources as it was meant.", "--repair")
    ] = False,
    loose: Annotated[
        bool,
        flag("Take files without frontmatter that say **Status**: WORD before their sections.", "--loose"),
    ] = False,
    headings: Annotated[
        bool, flag("Name sections as here: Description becomes Overview; kept in tasks.toml.", "--headings")
    ] = False,
    references: Annotated[
        bool,
        flag(
            "Rewrite old ids and links to old files in texts; kept in tasks.toml.",
            "--rewrite-references",
        ),
    ] = False,
    markers: Annotated[
        bool,
        flag("Drop Backlog.md's <!-- … --> markers from texts; kept in tasks.toml.", "--drop-markers"),
    ] = False,
    no_git: Annotated[
        bool, flag("Leave out what only git's history says: instants, commit messages.", "--no-git")
    ] = False,
    verify: Annotated[
        bool, flag("Compare each task of the source with what is here; write nothing.", "--verify")
    ] = False,
) -> int:
    """Bring in the tasks of another tool, in one change, with their old ids; the source is never written.

    FROM is backlog, taskmd, beads, tbd, ticket, taskmaster, spec-kit, todo.txt, taskwarrior, github,
    taskplain, markdown, or the path of a mapping file in TOML. DIR may be a file; `github OWNER/REPO` asks
    the program `gh` for the issues.

    --dry-run shows what each word becomes, what has no place here, and what is wrong, and exits 1 while
    anything is in the way. Labels, milestones and the like of the source's configuration go into tasks.toml.
    Texts stay byte for byte unless an option says otherwise, and the answer lists each change in them by path
    and line; code, URLs and paths stay in any case. Called again, it brings in what has changed in the source
    since; what has changed here stays, and conflicts are named. `tasks undo` reverts all of it. --verify
    proves that all of it is here: how many tasks in which state, and what differs by task and key (exit 1).
    """
    source, place = _read_words(words)
    directory = Path(check_local("DIR", place, reads=True))
    chosen, care = read_map(choices, EXAMPLE), Care(repair, loose, headings, references, markers)
    if not verify:
        session.begin("task.migrate", dry_run=session.dry_run)
    text = list_issues(place) if source == "github" and names_repository(place) else None
    request = MigrationRequest(directory, source, chosen, text, care, use_git=not no_git)
    if verify:
        return _answer_proof(session, directory, verify_migration(session.store, request))
    done = migrate_tasks(session.store, request, dry_run=session.dry_run)
    answer = migration_object(done.made)
    head = session.mutation(done.changes, dry_run=session.dry_run)
    kept = ("action", "outcome", "reason", "changed", "dry_run", "run_id", "stage")
    answer = {**{key: head[key] for key in kept if key in head}, "directory": os.fspath(directory), **answer}
    if session.dry_run or answer["settings"]:
        counts = answer["counts"]
        answer["changed"] = bool(counts["new"] or counts["changed"] or answer["settings"])
        answer["reason"] = None if answer["changed"] else "unchanged"
    last = [staging_line(answer)] if "stage" in answer else []
    session.console.answer(
        answer,
        human=lambda: [*render_migration(answer), *last],
        plain=[change.after.id for change in done.changes],
    )
    for name in done.made.others:
        session.console.note(f"{place} holds tasks of {name}, too: `tasks migrate {name} {place}`.")
    if session.dry_run and (problem := done.made.problem) is not None:
        session.console.note(say_error(problem))
        return 1
    return 0


def _answer_proof(session: Session, directory: Path, made: Verification) -> int:
    answer = {"directory": os.fspath(directory), **verification_object(made)}
    plain = [each["old"] for each in answer["differences"]]
    session.console.answer(answer, human=lambda: render_proof(answer), plain=list(dict.fromkeys(plain)))
    return 0 if answer["verified"] else 1


def _read_words(words: Sequence[str]) -> tuple[str | None, str]:
    if len(words) not in {1, 2}:
        problem = "The tool and the place of its tasks belong here."
        raise TaskfilesError("usage", problem=problem, command="tasks migrate")
    return (words[0], words[1]) if len(words) == 2 else (None, words[0])
