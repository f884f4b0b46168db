"""`tasks telemetry tail`, `show`, `check` and `coverage`: read what the event log says."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from taskfiles import TaskfilesError
from taskfiles.errors import number_of
from taskfiles.store.disk import io_errors
from taskfiles.telemetry.actions import ACTIONS, OUTCOMES
from taskfiles.telemetry.log import directory_of
from taskfiles.telemetry.reading import list_at, read_events, read_lines
from taskfiles.telemetry.skipped import Skipped
from taskfiles_cli.command.problems import warn_of_skipped
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import PRINTS, READS, command
from taskfiles_cli.line.values import single_word
from taskfiles_cli.render.console import Format
from taskfiles_cli.render.events import render_events

if TYPE_CHECKING:
    from taskfiles import Store
    from taskfiles_cli.line.options import Text, arg, opt

Event = dict[str, Any]


@command(*READS, answers=None)
def tail(
    session: Session,
    *,
    count: Annotated[int, opt("N", "At most N events.", "--count", "-n", min=1)] = 20,
    task: Annotated[Text, opt("ID", "Only of this task.")] = None,
    action: Annotated[Text, opt("ACTION", "Only of this action, as `task.update`.")] = None,
    outcome: Annotated[Text, opt("WORD", f"Only with this outcome: {', '.join(OUTCOMES)}.")] = None,
) -> int:
    """Show the newest events of this clone, the oldest of them first."""
    wanted = None if outcome is None else single_word("--outcome", OUTCOMES, outcome)

    def meets(event: Event) -> bool:
        data = event["data"]
        return (
            (task is None or task in [event.get("subject"), *list_at(data, "tasks")])
            and (action is None or data.get("action") == action)
            and (wanted is None or data.get("outcome") == wanted)
        )

    _answer(session, list(deque(filter(meets, _events(session)), maxlen=count)))
    return 0


@command(*READS, answers=None)
def show(
    session: Session,
    run: Annotated[str, arg("RUN", "The `run_id` of an answer, or its beginning.", show_default=False)],
) -> int:
    """Show all events of one run in their order, those of its child processes included."""
    found = [event for event in _events(session) if str(event.get("correlationid")).startswith(run.lower())]
    runs = sorted({str(event.get("correlationid")) for event in found})
    if len(runs) != 1:
        problem = f"{len(runs)} begin so: {', '.join(runs[:3])}" if runs else "the log of this clone has none"
        raise TaskfilesError("no-such-run", run=run, problem=problem)
    _answer(session, sorted(found, key=lambda event: str(event.get("sequence"))))
    return 0


@command(*READS, answers=None)
def check(
    session: Session,
) -> int:
    """Check that the event log is whole, and that it agrees with the task files.

    Exits 1 where it does not, or where `telemetry.require` is not met. Nothing is fixed: the log is
    only ever added to, and where it differs from a task file, the file is right.
    """
    from pathlib import Path  # noqa: PLC0415 (as below)

    from taskfiles.store.repository import find_elsewhere  # noqa: PLC0415 (as below)
    from taskfiles.telemetry.conformance import LogSummary, check_entries, check_lines  # noqa: PLC0415 (it needs pydantic)
    from taskfiles.telemetry.requirement import check_requirement  # noqa: PLC0415 (as above)

    store = session.store
    place, problems, told = _place(session), [], LogSummary()
    if place is not None:
        skipped = Skipped()
        with io_errors("Reading", place):
            problems = list(check_lines(read_lines(place, skipped), told))
        problems += check_entries(skipped)
    snapshot = store.snapshot()
    look = partial(find_elsewhere, store.repository, Path(store.root))
    problems += told.compare(snapshot.tasks, look, _under_way(store))
    with io_errors("Reading", place or ""):
        problems += check_requirement(store, store.config)
    rows = [problem._asdict() for problem in problems]
    summary = {"events": told.count, "problems": len(rows)}
    sound = f"{number_of(told.count, 'event')}, nothing wrong."
    human = [f"{_where(each.path, each.line)}{each.code}: {each.message}" for each in problems]
    session.console.answer(
        rows if session.output is Format.JSONL else {"summary": summary, "problems": rows},
        human=lambda: human or sound,
        plain=[each.code for each in problems],
    )
    session.warn_unreadable(snapshot.unreadable)
    return 1 if problems else 0


def _under_way(store: Store) -> set[str]:
    """Name the tasks and plans that are being run now."""
    from taskfiles.run.ledger import Ledger  # noqa: PLC0415 (as above)
    from taskfiles.run.plan_ledger import PlanLedger  # noqa: PLC0415 (as above)

    if store.journal is None:
        return set()
    running = {each.task_id for each in Ledger(store.journal).running()}
    return running | set(PlanLedger(store.journal).running())


@command(*PRINTS, answers=None)
def coverage(
    session: Session,
) -> int:
    """Show each action with its commands, its event and the outcomes that it can have."""
    rows = [
        {
            "action": name,
            "commands": each.where.split(", "),
            "does": each.does,
            "event": each.event,
            "outcomes": list(each.outcomes),
            "notes": each.notes,
        }
        for name, each in ACTIONS.items()
    ]
    size = max(map(len, ACTIONS))
    human = [
        f"{name:{size}}  {', '.join(each.outcomes):{34}}  {each.where}" for name, each in ACTIONS.items()
    ]
    session.console.answer(rows, human=lambda: human, plain=list(ACTIONS))
    return 0


def _answer(session: Session, events: list[Event]) -> None:
    session.console.answer(
        events, human=lambda: render_events(events), plain=[event["id"] for event in events]
    )


def _place(session: Session) -> str | None:
    """Where the log lies; None where there is no place for one, without git and without a home."""
    state = session.store.journal
    return None if state is None else directory_of(state)


def _events(session: Session) -> Iterator[Event]:
    skipped = Skipped()
    if (place := _place(session)) is not None:
        with io_errors("Reading", place):
            yield from read_events(place, skipped)
    warn_of_skipped(session.console, skipped)


def _where(path: str | None, line: int | None) -> str:
    place = path or ""
    return f"{place}:{line}: " if line is not None else f"{place}: " if place else ""
