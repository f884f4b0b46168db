"""`tasks log`: who changed what, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from taskfiles import entry_object, read_log
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command
from taskfiles_cli.line.values import read_when
from taskfiles_cli.render.flow import reflow
from taskfiles_cli.render.history import render_entries
from taskfiles_cli.render.lines import Line

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Text, Whole, arg, complete_ids, count, opt


@command(*READS, answers="log", finds=("task_id",))
def log(
    session: Session,
    *,
    task_id: Annotated[
        Text, arg("ID", "Only this task.", show_default=False, autocompletion=complete_ids)
    ] = None,
    since: Annotated[
        Text, opt("WHEN", "Since an instant, a date, today, yesterday, or a duration ago (7d, 1w).")
    ] = None,
    limit: Annotated[Whole, count("At most N entries, the newest.")] = None,
) -> int:
    """Show who changed which key, box, section or attempt, and when; the newest first.

    It is read from git's history, through moves and renames, and for what is not committed from the clone's
    journal, which knows the last hundred commands. A change by hand that no commit has is shown too.
    """
    store = session.store
    begin = read_when("--since", since, store.now(), store.zone) if since is not None else None
    entries = read_log(store, task_id, begin)[:limit]
    rows = [entry_object(entry) for entry in entries]
    console = session.console

    def human() -> list[Line]:
        lines = render_entries(rows, session.actor, one=task_id is not None, icons=console.icons())
        return [part for line in lines or ["No changes."] for part in reflow(line, console.width())]

    plain = ((row["time"], row["id"], row["source"], row["by"] or "") for row in rows)
    console.answer(rows, human=human, plain=plain)
    return 0
