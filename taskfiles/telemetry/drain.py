"""Use case: drain the log of a clone to its sinks, each from where it left off."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from taskfiles.backlog.snapshot import bad_config
from taskfiles.basics.instants import format_instant
from taskfiles.basics.secret import scrub_text
from taskfiles.config.model import Config, parse_config
from taskfiles.config.sinks import UNDRAINED, Sink, check_sinks, parse_sink
from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.store.store import Store
from taskfiles.store.trust import is_trusted
from taskfiles.task.attempts import attempt_list
from taskfiles.task.names import CONFIG_PATH
from taskfiles.task.task import Unreadable
from taskfiles.telemetry.cursor import Busy, Cursor
from taskfiles.telemetry.delivery import Delivery, Postponed, join_notes
from taskfiles.telemetry.folder import EventFolder
from taskfiles.telemetry.key import load_key
from taskfiles.telemetry.log import directory_of
from taskfiles.telemetry.otlp import Receiver
from taskfiles.telemetry.place import check_apart
from taskfiles.telemetry.redact import redact_event
from taskfiles.telemetry.repository import EventRepository
from taskfiles.telemetry.spool import Chunk, list_spool, unread

# Bytes of the log in one batch: a request stays small, a commit holds all that it can.
_BATCH = {"dir": 4 << 20, "git": 64 << 20, "otlp": 1 << 20}


class Drained(NamedTuple):
    """Outcome for one sink: how many events it was offered, how many lines were no events, what failed.

    `note` is what is worth knowing of a sink that was served; `refused` counts what it refused for good.
    """

    sink: str
    events: int
    damaged: int
    problem: str | None = None
    note: str | None = None
    refused: int = 0


class Around(NamedTuple):
    """What the caller says: the variables for git, the headers for receivers, the library's version."""

    environment: Mapping[str, str]
    headers: Mapping[str, str]
    version: str


class _Target(Protocol):
    def deliver(self, chunks: Sequence[Chunk]) -> Delivery: ...


def configured_sinks(config: Config) -> list[Sink]:
    """Return the sinks of a configuration that are drained to. Raises TaskfilesError (bad-config)."""
    try:
        sinks = check_sinks(config.telemetry.sinks)
    except ValueError as error:
        problem = f"telemetry.sinks can't be used: {error}."
        raise TaskfilesError("bad-config", path=CONFIG_PATH, problem=problem) from error
    return [sink for sink in sinks if sink.kind not in UNDRAINED]


def choose_sinks(store: Store, named: Sequence[str]) -> tuple[list[Sink], str]:
    """Return the sinks to drain to, and how to redact: those named, else a trusted project's own.

    Who names a sink has decided on it. A file that is not trusted decides on nothing, not on
    `telemetry.redact` either. Raises TaskfilesError (untrusted, bad-config, bad-value).
    """
    try:
        data = store.config_bytes()
    except Unreadable as error:
        raise bad_config(error.finding) from error
    config, findings = (Config(), []) if data is None else parse_config(data)
    if config is None:
        raise bad_config(findings[0])
    sinks = [_named_sink(text) for text in named] or configured_sinks(config)
    trusted = data is not None and is_trusted(store.repository, data)
    if sinks and not named and not trusted:
        listed = ", ".join(scrub_text(sink_text(sink)) for sink in sinks)
        raise TaskfilesError("untrusted", path=CONFIG_PATH, sinks=listed)
    return list(dict.fromkeys(sinks)), config.telemetry.redact if trusted else "hash"


def _named_sink(text: str) -> Sink:
    try:
        sink = parse_sink(text)
        if sink.kind in UNDRAINED:
            raise ValueError("nothing is drained to it")
    except ValueError as error:
        remedy = "Name dir:PATH, git:PATH or otlp:URL."
        raise TaskfilesError(
            "bad-value", option="sink", given=f"“{scrub_text(text)}”", problem=str(error), remedy=remedy
        ) from error
    return sink


def sink_text(sink: Sink) -> str:
    """Write a sink as tasks.toml has it."""
    return f"{sink.kind}:{sink.target}"


def cursor_of(state: str, root: str, sink: Sink) -> Cursor:
    """Return a sink's cursor; relative paths of different worktrees are different sinks."""
    target = sink.target if sink.kind == "otlp" else os.path.realpath(os.path.join(root, sink.target))
    return Cursor(state, f"{sink.kind}:{target}")


def drain(
    store: Store, sinks: Sequence[Sink], mode: str, around: Around, *, dry_run: bool = False
) -> list[Drained]:
    """Send every sink what it has not had; one that fails keeps no other from being served.

    A cursor moves on when its sink has confirmed. Killed in between, the same events are offered again: a
    directory and a repository drop those that they hold, a receiver knows them by their ids.
    Raises TaskfilesError (io) where the clone's key can't be read.
    """
    state = store.journal
    if state is None:
        return [Drained(sink_text(sink), 0, 0) for sink in sinks]
    if dry_run:
        return [_look(store, state, sink) for sink in sinks]
    key = load_key(state) if sinks else b""
    return [_drain(store, state, sink, _Redaction(key, mode), around) for sink in sinks]


class _Redaction(NamedTuple):
    key: bytes
    mode: str

    def of(self, value: Any) -> Any:
        return redact_event(value, self.key, mode=self.mode)

    def name(self, text: str) -> str:
        """Hash a host's name for a file's: one for each clone, so that no two write one file."""
        return hmac.new(self.key, text.encode("utf-8", "surrogateescape"), "sha256").hexdigest()[:16]


def _look(store: Store, state: str, sink: Sink) -> Drained:
    offsets = cursor_of(state, str(store.root), sink).load()
    events = damaged = 0
    for batch in unread(directory_of(state), offsets, _BATCH[sink.kind]):
        events += sum(len(chunk.events) for chunk in batch)
        damaged += sum(chunk.damaged for chunk in batch)
    return Drained(sink_text(sink), events, damaged)


def _drain(store: Store, state: str, sink: Sink, redaction: _Redaction, around: Around) -> Drained:
    cursor, log = cursor_of(state, str(store.root), sink), directory_of(state)
    events, damaged, notes, refused = 0, 0, list[str](), 0
    problem = None
    try:
        target = _open(store, sink, redaction, around)
        with cursor.held():
            until = cursor.postponed_until()
            if until is not None and store.now() < until:
                raise Postponed("nothing was sent to it", until)
            there = set(list_spool(log))
            offsets = {file: offset for file, offset in cursor.load().items() if file in there}
            for batch in unread(log, offsets, _BATCH[sink.kind]):
                delivery = _deliver(target, [_redacted(chunk, redaction) for chunk in batch], cursor, offsets)
                notes.append(delivery.note)
                refused += delivery.refused
                offsets |= {chunk.file: chunk.end for chunk in batch}
                cursor.save(offsets)
                events += sum(len(chunk.events) for chunk in batch)
                damaged += sum(chunk.damaged for chunk in batch)
    except Busy:
        problem = "another push is working on it"
    except Postponed as postponed:
        problem = f"{postponed}; it asks to be left alone until {format_instant(postponed.until)}"
    except TaskfilesError as error:
        problem = error.message.rstrip(".")
    except OSError as error:
        problem = f"{error.filename or sink.target}: {reason_of(error)}"
    note = join_notes(notes) or None
    return Drained(sink_text(sink), events, damaged, problem and scrub_text(problem), note, refused)


def _deliver(target: _Target, chunks: list[Chunk], cursor: Cursor, offsets: Mapping[str, int]) -> Delivery:
    try:
        return target.deliver(chunks)
    except Postponed as postponed:
        cursor.save(offsets, postponed_until=postponed.until)
        raise


def _redacted(chunk: Chunk, redaction: _Redaction) -> Chunk:
    return chunk._replace(events=[redaction.of(event) for event in chunk.events])


def _open(store: Store, sink: Sink, redaction: _Redaction, around: Around) -> _Target:
    place = os.path.normpath(os.path.join(store.root, sink.target))
    if sink.kind != "otlp":
        check_apart(place, str(store.root), store.repository)
    if sink.kind == "dir":
        return EventFolder(place, redaction.name)
    if sink.kind == "git":
        return EventRepository(place, redaction.name("clone"), store.repository, around.environment)
    return Receiver(sink.target, _finder(store, redaction), around.version, around.headers, now=store.now)


def _finder(store: Store, redaction: _Redaction) -> Callable[[str, str], Mapping[str, Any] | None]:
    """Look attempts up in the task files, which are the record of them; a task that is gone has none."""

    def find(task_id: str, attempt_id: str) -> Mapping[str, Any] | None:
        try:
            task = store.get(task_id)
        except TaskfilesError:
            return None
        for attempt in attempt_list(task.values):
            if isinstance(attempt, dict) and str(attempt.get("id")).lower() == attempt_id.lower():
                return dict(redaction.of(attempt))
        return None

    return find
