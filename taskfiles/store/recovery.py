"""Changes of several files that were cut short: all of them taken back, or seen to be whole.

A change is known by its record (see journal). Whoever takes locks looks at the pending records before it
reads, and waits for each that somebody holds: its writer has all the locks that it needs, so it ends by
itself. Thus nobody writes a file of a change that is still to be taken back, and taking it back needs no
lock but the record's.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from typing import Literal

from taskfiles.errors import TaskfilesError
from taskfiles.store import disk, journal
from taskfiles.store.journal import FileChange, Record
from taskfiles.store.location import TAKEN_BACK, pending_names
from taskfiles.store.locks import try_lock

Stage = Literal["before", "moved", "after", "other"]


def find_stage(root: str, change: FileChange) -> Stage:
    """Tell how far the change of a file has come; `other`: it holds neither text. Raises OSError."""
    source = None if change.source is None else _read(root, change.source)
    if change.source == change.target:
        stages: dict[bytes | None, Stage] = {change.before: "before", change.after: "after"}
        return stages.get(source, "other")
    target = None if change.target is None else _read(root, change.target)
    if (source, target) == (None, change.after):
        return "after"
    if (source, target) == (change.before, None):
        return "before"
    return "moved" if (source, target) == (None, change.before) else "other"


def _read(root: str, path: str) -> bytes | None:
    try:
        content = disk.read_regular(os.path.join(root, path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except IsADirectoryError:
        return b""
    return b"" if content is None else content[0]


def roll_back(root: str, record: Record) -> list[str]:
    """Take back what a change has written, and give the paths of files that were changed by others since.

    Raises TaskfilesError (io); calling it again goes on.
    """
    left = []
    for change in reversed(record.files):
        path = change.target or change.source or ""
        with disk.naming("Restoring", path):
            stage = find_stage(root, change)
            try:
                if stage == "other":
                    left.append(path)
                elif stage != "before":
                    _restore(root, change, stage)
            except (disk.Changed, FileExistsError):  # saved by hand in this very moment
                left.append(path)
    return left


def _restore(root: str, change: FileChange, stage: Stage) -> None:
    if change.source is None or change.before is None:
        assert change.target is not None  # a change of a file that neither was nor is changes nothing
        made = os.path.join(root, change.target)
        os.unlink(made)
        disk.sync_directory(os.path.dirname(made))
        return
    source = os.path.join(root, change.source)
    if change.target is None:
        disk.create_file(source, change.before)
        return
    target = os.path.join(root, change.target)
    if stage == "after":
        real = os.path.realpath(target)
        disk.replace_file(real, change.before, disk.identity_of(os.stat(real)))
    if target != source:
        disk.move_file(target, source)


def settle(state: str, hold: Callable[[int], bool], notice: Callable[[str, str], None]) -> None:
    """Take back what killed commands left half done, or finish their records where all was written.

    `hold` locks a record's descriptor and tells whether it could; `notice` is told what was done, with a
    code. Raises TaskfilesError (io), and what `hold` raises.
    """
    with closing(open_pending(state, "Repairing")) as pending:
        for path, descriptor in pending:
            if hold(descriptor) and _is_there(path, descriptor):
                with disk.naming("Repairing", path):
                    _settle(state, path, descriptor, notice)


def open_pending(state: str, action: str | None) -> Generator[tuple[str, int], None, None]:
    """Open one record after the other of what is being changed, or was when its writer died.

    Gives paths and descriptors; who may stop on the way closes it. `action` is what a failure is told to be
    of, as TaskfilesError (io); without one, records that can't be opened are passed over.
    """
    for name in pending_names(state):
        path = os.path.join(state, "pending", name)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue  # finished meanwhile
        except OSError:
            if action is None:
                continue
            with disk.naming(action, path):
                raise
        try:
            yield path, descriptor
        finally:
            os.close(descriptor)


def find_moment(state: str) -> int | None:
    """Tell one moment between changes of several steps from another, by a number; None while one is made."""
    try:
        moment = os.stat(os.path.join(state, "pending")).st_mtime_ns  # what comes or goes there sets it anew
    except OSError:
        return 0
    with closing(open_pending(state, None)) as pending:
        held = any(not try_lock(descriptor, fcntl.LOCK_SH) for _, descriptor in pending)
    return None if held else moment


def _is_there(path: str, descriptor: int) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    return False


def _settle(state: str, path: str, descriptor: int, notice: Callable[[str, str], None]) -> None:
    if not os.access(os.path.dirname(path), os.W_OK):
        notice(f"A command was cut short, and {path} can't be written to repair its change.", "cut-short")
        return
    if path.endswith(journal.TEMPORARY):  # its writer died before it touched a file
        os.unlink(path)
        return
    size = os.fstat(descriptor).st_size
    pending = journal.Pending(path, descriptor, size)
    try:
        record = journal.decode_record(_read_whole(path))
    except (ValueError, TypeError, KeyError):
        notice(
            f"The record {os.path.basename(path)} of a command that was cut short can't be read.", "cut-short"
        )
        journal.finish(state, pending)
        return
    root = os.path.normpath(os.path.join(state, record.root))
    if all(find_stage(root, change) == "after" for change in record.files):
        journal.finish(state, pending)
        return
    left = roll_back(root, record)
    for place in {place for change in record.files for place in change[1:3] if place}:
        disk.remove_leftover(os.path.join(root, place))
    os.unlink(path)
    told = f"{record.action} was cut short; its change is taken back."
    if left:
        told += f" Changed since, and left as they are: {', '.join(left)}."
    notice(told, TAKEN_BACK)


def _read_whole(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def settle_for_reader(state: str, hold: Callable[[int], bool], notice: Callable[[str, str], None]) -> None:
    """Do as `settle` does for a command that only reads: what fails becomes a notice."""
    try:
        settle(state, hold, notice)
    except TaskfilesError as error:
        notice(
            f"A command was cut short, and its change can't be taken back yet: {error.message}", "cut-short"
        )
