"""The local log as a spool: what of it a sink has not had yet, by file and byte."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from taskfiles.store.disk import open_regular
from taskfiles.telemetry.reading import list_files, parse_event


class Chunk(NamedTuple):
    """Some whole lines of one file of the log: its day and host, the bytes that they take, their events.

    `damaged` counts the lines that hold no event; they stay in the log and are sent nowhere.
    """

    file: str  # relative to the log: dt=2026-11-21/host.jsonl
    start: int
    end: int
    events: list[dict[str, Any]]
    damaged: int

    @property
    def day(self) -> str:
        """The day, as in `2026-11-21`."""
        return self.file.partition("/")[0].removeprefix("dt=")

    @property
    def host(self) -> str:
        """The host's name, as the log has it."""
        return self.file.rpartition("/")[2].removesuffix(".jsonl")


def list_spool(log: str) -> list[str]:
    """List the files of a log relative to it, the oldest day first. Raises OSError."""
    return [os.path.relpath(path, log) for path in list_files(log)]


def unread(log: str, offsets: Mapping[str, int], limit: int) -> Iterator[list[Chunk]]:
    """Return what follows the offsets, in batches of about `limit` bytes. Raises OSError.

    A last line without its end is left: it is being written, or was torn and is ended by the next writer.
    """
    batch: list[Chunk] = []
    size = 0
    for file in list_spool(log):
        for chunk in read_chunks(log, file, offsets.get(file, 0), limit):
            if size and size + chunk.end - chunk.start > limit:
                yield batch
                batch, size = [], 0
            batch.append(chunk)
            size += chunk.end - chunk.start
    if batch:
        yield batch


def size_of(path: str) -> int:
    """Return the size of a file of the log. Raises OSError, also for what is no regular file."""
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(0, "it is not a regular file", path)
    return status.st_size


def read_chunks(log: str, file: str, offset: int = 0, limit: int = 8 << 20) -> Iterator[Chunk]:
    """Read one file of the log from a byte on, in chunks of at most about `limit` bytes. Raises OSError."""
    path = os.path.join(log, file)
    size = size_of(path)
    if size == offset:
        return
    start = end = offset if offset <= size else 0  # another file stands there now
    events: list[dict[str, Any]] = []
    damaged = 0
    with open(open_regular(path), "rb") as lines:
        lines.seek(start)
        for line in lines:
            if not line.endswith(b"\n"):
                break
            if end > start and end + len(line) - start > limit:
                yield Chunk(file, start, end, events, damaged)
                start, events, damaged = end, [], 0
            end += len(line)
            event = parse_event(line)
            if event is not None:
                events.append(event)
            elif line.strip():
                damaged += 1
    if end > start:
        yield Chunk(file, start, end, events, damaged)
