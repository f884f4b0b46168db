"""Use case: put whole days of the log that are past their time into archives, and delete them on request."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from taskfiles.basics.digest import hex_digest
from taskfiles.basics.secret import scrub_text
from taskfiles.errors import TaskfilesError, reason_of
from taskfiles.store.disk import put_file, read_regular, sync_directory
from taskfiles.store.shared import make_directories
from taskfiles.telemetry.actions import (
    ATTEMPT_RECORDED,
    ATTEMPT_REVIEWED,
    COMPLETION,
    DECISION,
    EXECUTION_SUMMARY,
    PLAN_CREATED,
    TASK_CHANGED,
    WRITE,
    WRITE_FAILED,
)
from taskfiles.telemetry.cursor import Busy, Cursor
from taskfiles.telemetry.drain import configured_sinks, cursor_of, sink_text
from taskfiles.telemetry.log import directory_of
from taskfiles.telemetry.spool import list_spool, read_chunks

if TYPE_CHECKING:
    from taskfiles.store.store import Store

_DAY = 86400
MEDIUM, LONG = 90 * _DAY, 730 * _DAY  # seconds
_PLANS = (PLAN_CREATED, EXECUTION_SUMMARY)
# How long events of a type stay in the log, in seconds, where `telemetry.retention` doesn't say otherwise.
RETENTION: dict[str, float] = {
    TASK_CHANGED: MEDIUM,
    ATTEMPT_RECORDED: MEDIUM,
    ATTEMPT_REVIEWED: MEDIUM,
    COMPLETION: LONG,
    **dict.fromkeys(_PLANS, 365 * _DAY),
    DECISION: MEDIUM,
    WRITE: MEDIUM,
    WRITE_FAILED: MEDIUM,
}
_MAX_FILE = 1 << 32


class Day(NamedTuple):
    """A day past its time: its events and files, and what became of it.

    `outcome` is archived, deleted (archived before), kept or failed; `reason` says why the last two.
    """

    day: str
    events: int
    files: int
    outcome: str
    reason: str | None = None


def retention_of(settings: Mapping[str, float]) -> dict[str, float]:
    """Return how long each type stays; a plan and its summaries stay alike, as long as the longer of them."""
    found = RETENTION | dict(settings)
    return found | dict.fromkeys(_PLANS, max(found[name] for name in _PLANS))


def archive_directory(state: str) -> str:
    """Return the directory of the archives below a clone's state directory."""
    return os.path.join(state, "telemetry", "archive", "v1")


def compact(store: Store, *, delete: bool = False, dry_run: bool = False) -> list[Day]:
    """Archive each day all of whose events are past their time; with `delete` take it out of the log then.

    Today and yesterday are never past, and neither is a day that a sink of tasks.toml has not had.
    An archive is never deleted. Raises TaskfilesError (bad-config, lock-timeout), OSError.
    """
    state = store.journal
    if state is None:
        return []
    retention = retention_of(store.config.telemetry.retention)
    cursors = {
        sink_text(sink): cursor_of(state, str(store.root), sink).load()
        for sink in configured_sinks(store.config)
    }
    log = directory_of(state)
    days: dict[str, list[str]] = {}
    for file in list_spool(log):
        days.setdefault(file.partition("/")[0].removeprefix("dt="), []).append(file)
    due = [day for day in days if _is_due(log, day, days[day], retention, store.now())]
    if dry_run or not due:
        return [_handle(log, state, day, days[day], cursors, delete=delete, dry_run=True) for day in due]
    try:
        with Cursor(state, "compact").held():
            return [_handle(log, state, day, days[day], cursors, delete=delete) for day in due]
    except Busy:
        raise TaskfilesError("lock-timeout", path=log, seconds="0") from None


def _is_due(log: str, day: str, files: list[str], retention: Mapping[str, float], now: datetime) -> bool:
    try:
        end = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError):
        return False
    age = (now - end).total_seconds()
    if age < _DAY or age < min(retention.values()):
        return False
    # A type that this version doesn't know stays as long as most do.
    return all(age >= retention.get(kind, MEDIUM) for kind in _types(log, files))


def _types(log: str, files: list[str]) -> Iterator[str]:
    for file in files:
        for chunk in read_chunks(log, file):
            yield from (str(event.get("type")) for event in chunk.events)


def _handle(
    log: str,
    state: str,
    day: str,
    files: list[str],
    cursors: Mapping[str, Mapping[str, int]],
    *,
    delete: bool,
    dry_run: bool = False,
) -> Day:
    events, ends = 0, dict.fromkeys(files, 0)
    for file in files:
        for chunk in read_chunks(log, file):  # a torn end is no part of any, and no sink will have it
            events, ends[file] = events + len(chunk.events), chunk.end
    for sink, offsets in cursors.items():
        if any(offsets.get(file, 0) < end for file, end in ends.items()):
            return Day(day, events, len(files), "kept", f"not drained to {scrub_text(sink)}")
    if not dry_run:
        try:
            for file in files:
                _archive(os.path.join(log, file), os.path.join(archive_directory(state), file), delete=delete)
        except OSError as error:
            problem = reason_of(error)
            return Day(day, events, len(files), "failed", f"{error.filename or day}: {problem}")
        if delete:
            with suppress(OSError):  # something else lies there too
                os.rmdir(os.path.join(log, f"dt={day}"))
    return Day(day, events, len(files), "deleted" if delete else "archived")


def _archive(path: str, target: str, *, delete: bool) -> None:
    """Write a file's archive with its checksum, whole; then remove the file on request.

    Killed before the last step the file is still there, and archiving it again gives the same archive.
    """
    target += ".gz"
    data = _read(path)
    before = _unpack(target)
    content = data if data.startswith(before) else before if before.endswith(data) else before + data
    make_directories(os.path.dirname(target))
    packed = gzip.compress(content, mtime=0)
    if content != before:
        put_file(target, packed)
    else:
        packed = _read(target)
    put_file(target + ".sha256", f"{hex_digest(packed)}  {os.path.basename(target)}\n".encode())
    if delete:
        # What is deleted is what the disk gives back, and nothing that came meanwhile.
        if not _unpack(target).endswith(data) or _read(path) != data:
            raise OSError(0, "it changed while it was archived", path)
        os.unlink(path)
        sync_directory(os.path.dirname(path))


def _read(path: str) -> bytes:
    found = read_regular(path, _MAX_FILE)
    if found is None or len(found[0]) > _MAX_FILE:
        raise OSError(0, "it is not a regular file of at most 4 GiB", path)
    return found[0]


def _unpack(path: str) -> bytes:
    """Return what an archive holds; nothing where there is none. Raises OSError, also for a damaged one."""
    try:
        return gzip.decompress(_read(path))
    except FileNotFoundError:
        return b""
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise OSError(0, "the archive is damaged; move it aside", path) from error
