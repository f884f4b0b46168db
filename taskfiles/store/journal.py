"""The journal of a clone: what commands changed, with the bytes before and after, under the git directory.

A record is one file. `pending/` holds those of changes that are being written, each locked by its writer
as long as that lives; `journal/` the finished ones, numbered, of which the newest are kept. Losing them
loses `undo`, never a task.
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
_MAGIC = b"tasks-journal 1 "  # a new version of the form gets a new number
TEMPORARY = ".tmp"


class FileChange(NamedTuple):
    """One file's part of a change: its path before and after, relative to the root, and its bytes.

    Both are None where there was, or is, no file.
    """

    id: str
    source: str | None
    target: str | None
    before: bytes | None
    after: bytes | None


class Record(NamedTuple):
    """One command's change of files.

    `key` names it, `command` is shared by those of one command; `root` is the project's, relative to the
    state directory; `actor` tells callers apart; `undoes` are the keys of the records that it takes back.
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
    """A record of a change that is being written, and the descriptor that holds its lock."""

    path: str
    descriptor: int
    size: int


def new_key() -> str:
    """Make the name of a new record."""
    return os.urandom(8).hex()


# The form


def encode_record(record: Record) -> bytes:
    """Write a record as bytes: a line with a digest, a line of JSON, then the files' bytes.

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
    """Read a record. Raises ValueError where it is damaged or of another version."""
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
    """Note durably what is about to be written, and hold the record's lock. Raises OSError."""
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
            # Before it was locked another command took the file for a left-over, and removed it.
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
    """Turn the record of a change that is made into one that `undo` finds. Raises OSError."""
    directory = os.path.join(state, "journal")
    os.makedirs(directory, exist_ok=True)
    names = _names(directory)
    name = _next_name(names, pending.size, os.path.basename(pending.path))
    os.rename(pending.path, os.path.join(directory, name))
    _prune(directory, [*names, name])


def append(state: str, record: Record) -> None:
    """Note a change of one file that is made already; neither synced nor waited for. Raises OSError."""
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
    """Number and size stand in the name, so that neither order nor pruning needs to open files.

    Who writes a file holds its task's lock, so the records of one file have rising numbers.
    """
    number = int(names[-1].partition("-")[0]) + 1 if names else 1
    return f"{number:010d}-{size:010d}-{key}"


def _names(directory: str) -> list[str]:
    """List the finished records' names, the oldest first."""
    with suppress(FileNotFoundError):
        return sorted(name for name in os.listdir(directory) if name[:1].isdigit())
    return []


def _prune(directory: str, names: list[str]) -> None:
    """Keep the newest of some records, ordered from the oldest on."""
    left = KEPT_BYTES
    for position, name in enumerate(reversed(names)):
        left -= int(name.split("-")[1])
        if position >= KEPT or (left < 0 and position > 0):
            with suppress(OSError):  # another command prunes too
                os.unlink(os.path.join(directory, name))


# Reading


def read_records(state: str) -> Iterator[Record | None]:
    """Give the finished records, the newest first; None for one that can't be read. Raises OSError."""
    directory = os.path.join(state, "journal")
    for name in reversed(_names(directory)):
        try:
            descriptor = os.open(os.path.join(directory, name), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue  # pruned meanwhile
        with open(descriptor, "rb") as file:
            fcntl.flock(descriptor, fcntl.LOCK_SH)  # its writer may be at it
            try:
                yield decode_record(file.read())
            except (ValueError, TypeError, KeyError):
                yield None
