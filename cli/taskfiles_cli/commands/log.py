"""`tasks log`: who changed what, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import entry_object, read_log, select_entries
from taskfiles.backlog.filter_text import is_me
from taskfiles.basics.commas import split_commas
from taskfiles.task.words import State
from taskfiles_cli.command.choice import name_people
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command
from taskfiles_cli.line.values import parse_words, read_when
from taskfiles_cli.render.flow import reflow
from taskfiles_cli.render.history import render_entries
from taskfiles_cli.render.lines import Line

if TYPE_CHECKING:
    from taskfiles_cli.line.options import WHEN, Text, Texts, Whole, arg, complete_ids, count, opt, word_help


@command(*READS, answers="log", finds=("task_id",))
def log(
    session: Session,
    *,
    task_id: Annotated[
        Text, arg("ID", "Only this task.", show_default=False, autocompletion=complete_ids)
    ] = None,
    since: Annotated[Text, opt("WHEN", f"Since WHEN: {WHEN}.")] = None,
    by: Annotated[Texts, opt("NAMES", "Only what these people changed, commas between; @me is you.")] = None,
    state: Annotated[
        Texts, opt("WORDS", "Only what came to such a state: " + word_help("state"), "--state", "-s")
    ] = None,
    limit: Annotated[Whole, count("At most N changes, the newest, each with all its tasks.")] = None,
) -> int:
    """Show who changed which key, box, section or attempt, and when; the newest first.

    It is read from git's history, through moves and renames, and for what is not committed from the clone's
    journal, which knows the last hundred commands. A change by hand that no commit has is shown too. What
    was done today, and by whom: --state done --since today.
    """
    store = session.store
    begin = read_when("--since", since, store.now(), store.zone) if since is not None else None
    people = split_commas(name_people(session, by) or ())
    if any(map(is_me, split_commas(by or ()))):  # the caller, who may have changed things without a name
        people.append(session.actor)
    states = parse_words("--state", State, state) if state else ()
    entries = select_entries(read_log(store, task_id, begin), by=people, states=states, limit=limit)
    rows = [entry_object(entry) for entry in entries]
    console = session.console

    def human() -> list[Line]:
        lines = render_entries(rows, session.actor, one=task_id is not None, icons=console.icons())
        return [part for line in lines or ["No changes."] for part in reflow(line, console.width())]

    plain = ((row["time"], row["id"], row["source"], row["by"] or "") for row in rows)
    console.answer(rows, human=human, plain=plain)
    return 0
