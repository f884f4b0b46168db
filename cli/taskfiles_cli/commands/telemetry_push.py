"""`tasks telemetry push`: give the sinks what they have not had."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote

from taskfiles import TaskfilesError, __version__
from taskfiles.basics.secret import scrub_text
from taskfiles.errors import number_of
from taskfiles.telemetry.actions import WRITE
from taskfiles.telemetry.drain import Around, Drained, choose_sinks, drain
from taskfiles.telemetry.log import directory_of
from taskfiles.telemetry.reading import list_files
from taskfiles.telemetry.skipped import Skipped
from taskfiles_cli.command.handed import tell_handed
from taskfiles_cli.command.problems import warn_of_skipped
from taskfiles_cli.command.session import Session
from taskfiles_cli.command.shared import READS, command

if TYPE_CHECKING:
    from taskfiles_cli.line.options import Texts, flag, opt

HEADERS_VARIABLE = "OTEL_EXPORTER_OTLP_HEADERS"


@command(*READS, action=WRITE, answers="telemetry-push")
def push(
    session: Session,
    *,
    sink: Annotated[
        Texts,
        opt(
            "SINK",
            "dir:PATH, git:PATH or otlp:URL, instead of those in tasks.toml; may be repeated.",
            "--sink",
        ),
    ] = None,
    dry_run: Annotated[bool, flag("Count what would be sent, and send nothing.", "--dry-run")] = False,
) -> int:
    """Send the event log of this clone to the sinks of tasks.toml, each from where it left off.

    Sinks of a tasks.toml that is not trusted are refused; those named by --sink are your own word. Paths,
    people and secrets are taken out (telemetry.redact). A request takes at most 10 s, a git command 60 s.
    Exit 6 where a sink fails; the others are served, and it gets the rest the next time.
    """
    sinks, mode = choose_sinks(session.store, sink or ())
    around = Around(os.environ, _headers(os.environ.get(HEADERS_VARIABLE, "")), __version__)
    drained = drain(session.store, sinks, mode, around, dry_run=dry_run)
    error = _failure([each for each in drained if each.problem is not None])
    names = ", ".join(scrub_text(each.sink) for each in drained) or "none"
    records, served = sum(each.events for each in drained), any(each.problem is None for each in drained)
    # The next push takes that event along.
    tell_handed(session, names, records, changed=records > 0, served=served or records > 0, error=error)
    answer = {"dry_run": dry_run, "sinks": [_row(each) for each in drained]}
    session.console.answer(
        answer,
        human=lambda: _human(drained, dry_run=dry_run),
        plain=[scrub_text(each.sink) for each in drained if each.problem is None],
    )
    skipped = Skipped()
    if session.store.journal is not None:
        with suppress(OSError):  # which its sinks have said
            list_files(directory_of(session.store.journal), skipped)
    warn_of_skipped(session.console, skipped)
    for each in drained:
        if each.damaged:
            message = f"{number_of(each.damaged, 'line')} of the log can't be read and stay where they are."
            session.console.warn(message, code="damaged-lines")
            break
    for each in drained:
        if each.refused:
            message = (
                f"{scrub_text(each.sink)} refused {number_of(each.refused, 'item')} for good: {each.note}."
            )
            session.console.warn(message, code="events-refused")
    if error is not None:
        raise error
    return 0


def _failure(failed: Sequence[Drained]) -> TaskfilesError | None:
    """Make one error of all sinks that failed, which `details` has one by one; None where none did."""
    if not failed:
        return None
    rows = [{"sink": scrub_text(each.sink), "problem": each.problem} for each in failed]
    return TaskfilesError(
        "sink-failed",
        sink=", ".join(str(row["sink"]) for row in rows),
        problem="; ".join(str(row["problem"]) for row in rows),
        details={"sinks": rows},
    )


def _row(each: Drained) -> Mapping[str, object]:
    outcome = "success" if each.problem is None else "failed"
    return {**each._asdict(), "sink": scrub_text(each.sink), "outcome": outcome}


def _human(drained: Sequence[Drained], *, dry_run: bool) -> list[str]:
    if not drained:
        return ["There is no sink to drain to: events stay in this clone."]
    verb = "would get" if dry_run else "got"
    lines = []
    for each in drained:
        more = f"; {each.note}" if each.note else ""
        more += ", then failed" if each.problem is not None else ""
        count = number_of(each.events, "event")
        lines.append(f"{scrub_text(each.sink)} {verb} {count}{more}.")
    return lines


def _headers(text: str) -> dict[str, str]:
    """Read the headers for receivers as OpenTelemetry's exporters do: `name=value,name=value`."""
    pairs = (part.partition("=") for part in text.split(",") if "=" in part)
    return {name.strip(): unquote(value.strip()) for name, _, value in pairs if name.strip()}
