"""The strict rule for those who want it: events are kept in a repository of their own.

`telemetry.require = "repository"` asks for a `git:` sink with all of the log in it. This repository itself is
none: `push` refuses it.
"""

from __future__ import annotations

from collections.abc import Iterator

from taskfiles.basics.secret import scrub_text
from taskfiles.config.model import Config
from taskfiles.config.sinks import Sink
from taskfiles.store.store import Store
from taskfiles.telemetry.actions import WRITE
from taskfiles.telemetry.conformance import PROBLEMS, Problem
from taskfiles.telemetry.drain import configured_sinks, cursor_of, sink_text
from taskfiles.telemetry.log import directory_of
from taskfiles.telemetry.spool import unread

_BATCH = 1 << 22  # bytes that are looked at in one go


def check_requirement(store: Store, config: Config) -> Iterator[Problem]:
    """Return what `telemetry.require` asks for and the project lacks. Raises OSError, TaskfilesError."""
    if config.telemetry.require is None:
        return
    sinks = [sink for sink in configured_sinks(config) if sink.kind == "git"]
    if not sinks:
        yield Problem("no-repository", PROBLEMS["no-repository"])
    for sink in sinks:
        if waiting := _count_waiting(store, sink):
            name = scrub_text(sink_text(sink))
            yield Problem("not-pushed", f"{PROBLEMS['not-pushed']} {name} lacks {waiting}.")


def _count_waiting(store: Store, sink: Sink) -> int:
    """Count the events that a sink has not had; that of a push itself goes with the next one."""
    if store.journal is None:
        return 0
    offsets = cursor_of(store.journal, str(store.root), sink).load()
    batches = unread(directory_of(store.journal), offsets, _BATCH)
    return sum(event["type"] != WRITE for batch in batches for chunk in batch for event in chunk.events)
