"""The journal of a clone: the changes of commands, with the bytes before and after, in the git directory.

Each record is a file, locked by its writer as long as that lives. `pending/` contains records of changes of
several steps in progress; `journal/` those of finished changes, numbered, of which the newest are kept. A
change of one step gets its record there before it is made, and the record is confirmed afterwards. Without
records there is no `undo`, and no task is lost.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from taskfiles.basics.digest import hex_digest
from taskfiles.basics.jsontext import encode_json
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.store.disk import NotRegular, open_regular, sync_directory
from taskfiles.store.shared import make_directories
from taskfiles.store.site import Site, find_place, site_of

KEPT = 100  # commands, each with all of its records
KEPT_BYTES = 32 * 1024 * 1024
_MAGIC = b"tasks-journal 2 "  # a new version of the format gets a new number
_ANNOUNCED, _MADE = b"?", b"+"  # the byte after it
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

    `key` identifies the record, `command` is the same for all records of one command; `actor` distinguishes
    callers; `undoes` are the keys of the records that this change undoes. `site` is the project's in its
    clone; `root` is its directory at that time, relative to the state directory, and all that is known
    without git.
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
    site: Site | None = None

    def is_of(self, root: str, site: Site | None, state: str) -> bool:
        """Whether the change was made in a project, by its directory and site."""
        if self.site is not None:
            return self.site == site
        return os.path.realpath(os.path.join(state, self.root)) == os.path.realpath(root)

    def find_root(self, state: str) -> str:
        """Return the project's directory now, or the one that it had where nobody knows of another."""
        found = None if self.site is None else find_place(self.site, os.path.dirname(state))
        return found or os.path.normpath(os.path.join(state, self.root))


class Pending(NamedTuple):
    """The record of a change in progress, and the descriptor that holds its lock."""

    path: str
    descriptor: int
    size: int
    command: str


class Noted(NamedTuple):
    """A record in the journal as it was read: None if it can't be read.

    A record is not confirmed if its writer was killed before it could say that the change was made.
    """

    name: str
    record: Record | None
    confirmed: bool = True


def new_key() -> str:
    """Return a key for a new record."""
    return os.urandom(8).hex()


# Format


def encode_record(record: Record, *, confirmed: bool = True) -> bytes:
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
    parts = [encode_json(head), b"\n"]
    parts += [data for change in record.files for data in change[3:] if data is not None]
    rest = b"".join(parts)
    return _MAGIC + (_MADE if confirmed else _ANNOUNCED) + hex_digest(rest).encode() + b"\n" + rest


def decode_record(data: bytes) -> Record:
    """Decode a record. Raises ValueError if it is damaged or of another version."""
    first, _, rest = data.partition(b"\n")
    magic, mark, digest = first[: len(_MAGIC)], first[len(_MAGIC) :][:1], first[len(_MAGIC) + 1 :]
    if magic != _MAGIC or mark not in (_MADE, _ANNOUNCED) or digest != hex_digest(rest).encode():
        raise ValueError("it is damaged, or of another version")
    line, _, content = rest.partition(b"\n")
    import json  # noqa: PLC0415 (what writes a record reads none)

    head: dict[str, Any] = json.loads(line)
    files, at = [], 0
    for task_id, source, target, *sizes in head.pop("files"):
        found: list[bytes | None] = []
        for size in sizes:
            found.append(None if size is None else content[at : at + size])
            at += size or 0
        files.append(FileChange(task_id, source, target, *found))
    site = site_of(head.get("site"))
    return Record(**{**head, "files": tuple(files), "undoes": tuple(head["undoes"]), "site": site})


# Writing


def begin(state: str, record: Record) -> Pending:
    """Store the record of a change about to be made, synced to disk, and lock it. Raises OSError."""
    directory = os.path.join(state, "pending")
    if not os.path.isdir(directory):
        make_directories(directory)
        sync_directory(state)
    data = encode_record(record)
    path = os.path.join(directory, record.key)
    temporary = path + TEMPORARY
    while True:
        descriptor = open_regular(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL)
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
            return Pending(path, descriptor, len(data), record.command)


def finish(state: str, pending: Pending) -> None:
    """Move the record of a completed change to the finished ones, where `undo` finds it. Raises OSError."""
    directory = os.path.join(state, "journal")
    make_directories(directory)
    names = _names(directory)
    name = _next_name(names, pending.size, pending.command, os.path.basename(pending.path))
    os.rename(pending.path, os.path.join(directory, name))
    _prune(directory, [*names, name])


def announce(state: str, record: Record) -> Pending:
    """Store the record of a change of one step that is about to be made, without syncing it to disk.

    The record is locked until `settle`. Raises OSError.
    """
    data = encode_record(record, confirmed=False)
    directory = os.path.join(state, "journal")
    name = _next_name(_names(directory), len(data), record.command, record.key)
    path = os.path.join(directory, name)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        descriptor = open_regular(path, flags)
    except FileNotFoundError:
        make_directories(directory)
        descriptor = open_regular(path, flags)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _write_all(descriptor, data)
    except BaseException:
        with suppress(OSError):
            os.unlink(path)
        os.close(descriptor)
        raise
    return Pending(path, descriptor, len(data), record.command)


def settle(announced: Pending, *, made: bool) -> None:
    """Confirm the record of a change that was made, or remove that of one that was not. Raises OSError."""
    try:
        if made:
            os.pwrite(announced.descriptor, _MADE, len(_MAGIC))
        else:
            os.unlink(announced.path)
    finally:
        os.close(announced.descriptor)
    directory = os.path.dirname(announced.path)
    _prune(directory, _names(directory))


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _next_name(names: list[str], size: int, command: str, key: str) -> str:
    """Return the next record's name: number, size, command and key, so that pruning opens no files.

    Writers of a task file hold its lock, so the records of one file have rising numbers.
    """
    number = int(names[-1].partition("-")[0]) + 1 if names else 1
    group = hex_digest(os.fsencode(command))[:16] if command else key
    return f"{number:010d}-{size:010d}-{group}-{key}"


def _names(directory: str) -> list[str]:
    """List the names of finished records, the oldest first."""
    with suppress(FileNotFoundError):
        return sorted(filter(_is_name, os.listdir(directory)))
    return []


def _is_name(name: str) -> bool:
    number, size, *rest = [*name.split("-"), ""][:5]
    return name.isascii() and number.isdigit() and size.isdigit() and len(rest) == 3


def _prune(directory: str, names: list[str]) -> None:
    """Delete all but the newest commands' records; `names` are ordered from the oldest.

    The records of one command stay or go together, whatever their size: half of them undo nothing whole.
    """
    sizes: dict[str, int] = {}
    for name in reversed(names):
        _, size, group = name.split("-")[:3]
        sizes[group] = sizes.get(group, 0) + int(size)
    left, gone = KEPT_BYTES, set()
    for position, (group, total) in enumerate(sizes.items()):
        left -= total
        if position >= KEPT or (left < 0 and position > 0):
            gone.add(group)
    for name in names if gone else ():
        if name.split("-")[2] in gone:
            with suppress(OSError):  # another command prunes too
                os.unlink(os.path.join(directory, name))


# Reading


def read_journal(state: str) -> Iterator[Noted]:
    """Yield the journal's records, the newest first. Raises OSError."""
    directory = os.path.join(state, "journal")
    for name in reversed(_names(directory)):
        try:
            data = _read_settled(os.path.join(directory, name))
        except FileNotFoundError:
            continue  # pruned by another command
        if data is None:
            continue
        try:
            yield Noted(name, decode_record(data), data[len(_MAGIC) : len(_MAGIC) + 1] == _MADE)
        except (ValueError, TypeError, KeyError):
            yield Noted(name, None)


def read_records(state: str) -> Iterator[Record | None]:
    """Yield the records themselves, the newest first; None for one that can't be read. Raises OSError."""
    return (each.record for each in read_journal(state))


def _read_settled(path: str) -> bytes | None:
    """Read a record as soon as its writer has settled it; None for what is no regular file."""
    try:
        descriptor = open_regular(path)
    except NotRegular:
        return None
    with open(descriptor, "rb") as file:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        return file.read()
