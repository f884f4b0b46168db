"""`tasks telemetry compact`: archive the days of the log that are past their time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from taskfiles import TaskfilesError
from taskfiles.errors import number_of
from taskfiles.telemetry.actions import WRITE
from taskfiles.telemetry.retention import Day, archive_directory
from taskfiles.telemetry.retention import compact as compact_log
from taskfiles_cli.command.handed import tell_handed
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command

if TYPE_CHECKING:
    from taskfiles_cli.line.options import flag


@command(*READS, action=WRITE, answers="telemetry-compact")
def compact(
    session: Session,
    *,
    delete: Annotated[
        bool, flag("Take archived days out of the log; their archives stay.", "--delete")
    ] = False,
    dry_run: Annotated[bool, flag("Show what would be done, and do nothing.", "--dry-run")] = False,
) -> int:
    """Archive whole days of the event log that are past the retention of all their events.

    An archive is compressed and has its SHA-256 beside it; none is ever deleted. A day that a sink of
    tasks.toml has not had is left alone. Attempts in task files are not touched.
    """
    days = compact_log(session.store, delete=delete, dry_run=dry_run)
    state = session.store.journal
    archive = archive_directory(state) if state else None
    answer = {"dry_run": dry_run, "archive": archive, "days": [day._asdict() for day in days]}
    done = [day for day in days if day.outcome in {"archived", "deleted"}]
    session.console.answer(
        answer, human=lambda: _human(days, archive, dry_run=dry_run), plain=[day.day for day in done]
    )
    error, records = _failure(days), sum(day.events for day in done)
    tell_handed(session, "archive", records, changed=bool(done), served=bool(done), error=error)
    if error is not None:
        raise error
    return 0


def _failure(days: Sequence[Day]) -> TaskfilesError | None:
    """Make the error of the first day that could not be archived; None where all could."""
    failed = next((day for day in days if day.outcome == "failed"), None)
    if failed is None:
        return None
    remedy = "Fix it and run the command again; nothing of that day was deleted."
    return TaskfilesError(
        "io", path=failed.day, action="Archiving", problem=str(failed.reason), remedy=remedy
    )


def _human(days: Sequence[Day], archive: str | None, *, dry_run: bool) -> list[str]:
    if not days:
        return ["No day is past its time."]
    lines = []
    for day in days:
        count = number_of(day.events, "event")
        would = "would be " if dry_run and day.outcome in {"archived", "deleted"} else ""
        more = f": {day.reason}" if day.reason else ""
        lines.append(f"{day.day}  {would}{day.outcome}, {count}{more}")
    return [*lines, f"Archives: {archive or ''}"]
