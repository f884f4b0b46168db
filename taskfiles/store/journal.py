"""The journal of a clone: the changes of commands, with the bytes before and after, in the git directory.

Each record is a file. `pending/` contains records of changes in progress, each locked by its writer as long
as that lives; `journal/` finished ones, numbered, of which the newest are kept. Without them there is no
`undo`, and no task is lost.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from taskfiles.basics.digest import hex_digest
from taskfiles.store.disk import sync_directory

KEPT = 100  # records
KEPT_BYTES = 32 * 1024 * 1024
_MAGIC = b"tasks-journal 1 "  # a new version of the format gets a new number
TEMPORARY = ".tmp"


class FileChange(NamedTuple):
    """One file's part of a change: its path before and after, relative to the root, and its bytes.

    Path and bytes are None if there was no file before, or is none after.
    """

    id: str
    source: str | None
    target: str | None
    before: bytes | None
    after: bytes | None


class Record(NamedTuple):
    """One change of files by a command.

    `key` identifies the record, `command` is the same for all records of one command; `root` is the
    project's, relative to the state directory; `actor` distinguishes callers; `undoes` are the keys of the
    records that this change undoes.
    """

    key: str
    command: str
    action: str
    run_id: str
    actor: str
    root: str
    time: str
    files: tuple[FileChange, ...]
    undoes: tuple[str, ...] = ()


class Pending(NamedTuple):
    """The record of a change in progress, and the descriptor that holds its lock."""

    path: str
    descriptor: int
    size: int


def new_key() -> str:
    """Return a key for a new record."""
    return os.urandom(8).hex()


# Format


def encode_record(record: Record) -> bytes:
    """Encode a record as bytes: a line with a digest, a line of JSON, then the files' bytes.

    >>> change = FileChange("fix", None, "tasks/00-idea/task-fix.md", None, b"text")
    >>> record = Record("k", "c", "task.create", "", "", "../..", "", (change,))
    >>> decode_record(encode_record(record)) == record
    True
    """
    head = record._asdict()
    head["files"] = [
        [*change[:3], *(None if data is None else len(data) for data in change[3:])]
        for change in record.files
    ]
    parts = [json.dumps(head).encode(), b"\n"]
    parts += [data for change in record.files for data in change[3:] if data is not None]
    rest = b"".join(parts)
    return _MAGIC + hex_digest(rest).encode() + b"\n" + rest


def decode_record(data: bytes) -> Record:
    """Decode a record. Raises ValueError if it is damaged or of another version."""
    first, _, rest = data.partition(b"\n")
    if first != _MAGIC + hex_digest(rest).encode():
        raise ValueError("it is damaged, or of another version")
    line, _, content = rest.partition(b"\n")
    head: dict[str, Any] = json.loads(line)
    files, at = [], 0
    for task_id, source, target, *sizes in head.pop("files"):
        found: list[bytes | None] = []
        for size in sizes:
            found.append(None if size is None else content[at : at + size])
            at += size or 0
        files.append(FileChange(task_id, source, target, *found))
    return Record(**{**head, "files": tuple(files), "undoes": tuple(head["undoes"])})


# Writing


def begin(state: str, record: Record) -> Pending:
    """Store the record of a change about to be made, synced to disk, and lock it. Raises OSError."""
    directory = os.path.join(state, "pending")
    if not os.path.isdir(directory):
        os.makedirs(directory, exist_ok=True)
        sync_directory(state)
    data = encode_record(record)
    path = os.path.join(directory, record.key)
    temporary = path + TEMPORARY
    while True:
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            _write_all(descriptor, data)
            os.fsync(descriptor)
            os.rename(temporary, path)
            sync_directory(directory)
        except FileNotFoundError:
            # Another command removed the file before it was locked, as the leftover of a killed one.
            os.close(descriptor)
        except BaseException:
            for leftover in (temporary, path):
                with suppress(OSError):
                    os.unlink(leftover)
            os.close(descriptor)
            raise
        else:
            return Pending(path, descriptor, len(data))


def finish(state: str, pending: Pending) -> None:
    """Move the record of a completed change to the finished ones, where `undo` finds it. Raises OSError."""
    directory = os.path.join(state, "journal")
    os.makedirs(directory, exist_ok=True)
    names = _names(directory)
    name = _next_name(names, pending.size, os.path.basename(pending.path))
    os.rename(pending.path, os.path.join(directory, name))
    _prune(directory, [*names, name])


def append(state: str, record: Record) -> None:
    """Store the record of a completed change of one file, without syncing it to disk. Raises OSError."""
    data = encode_record(record)
    if len(data) > KEPT_BYTES:
        return
    directory = os.path.join(state, "journal")
    names = _names(directory)
    name = _next_name(names, len(data), record.key)
    path = os.path.join(directory, name)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o666)
    except FileNotFoundError:
        os.makedirs(directory, exist_ok=True)
        descriptor = os.open(path, flags, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _write_all(descriptor, data)
    finally:
        os.close(descriptor)
    _prune(directory, [*names, name])


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _next_name(names: list[str], size: int, key: str) -> str:
    """Return the next record's name, with number and size, so that sorting and pruning open no files.

    Writers of a task file hold its lock, so the records of one file have rising numbers.
    """
    number = int(names[-1].partition("-")[0]) + 1 if names else 1
    return f"{number:010d}-{size:010d}-{key}"


def _names(directory: str) -> list[str]:
    """List the names of finished records, the oldest first."""
    with suppress(FileNotFoundError):
        return sorted(name for name in os.listdir(directory) if name[:1].isdigit())
    return []


def _prune(directory: str, names: list[str]) -> None:
    """Delete all but the newest records; `names` are ordered from the oldest."""
    left = KEPT_BYTES
    for position, name in enumerate(reversed(names)):
        left -= int(name.split("-")[1])
        if position >= KEPT or (left < 0 and position > 0):
            with suppress(OSError):  # another command prunes too
                os.unlink(os.path.join(directory, name))


# Reading


def read_records(state: str) -> Iterator[Record | None]:
    """Yield the finished records, the newest first; None for one that can't be read. Raises OSError."""
    directory = os.path.join(state, "journal")
    for name in reversed(_names(directory)):
        try:
            descriptor = os.open(os.path.join(directory, name), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue  # pruned by another command
        with open(descriptor, "rb") as file:
            fcntl.flock(descriptor, fcntl.LOCK_SH)  # waits for a writer that has not finished
            try:
                yield decode_record(file.read())
            except (ValueError, TypeError, KeyError):
                yield None
