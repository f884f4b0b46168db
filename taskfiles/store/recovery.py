"""Recovery of interrupted changes of several files: roll them back, or find that they are complete.

Each change has a record (see journal). Whoever takes locks checks the pending records before it reads, and
waits for each one that is locked: its writer already has all the locks that it needs, so the wait ends. So
nobody writes a file of a change that must be rolled back, and the rollback needs no lock but the record's.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from typing import Literal

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import TaskfilesError
from taskfiles.store import disk, journal
from taskfiles.store.journal import FileChange, Noted, Record
from taskfiles.store.location import ROLLED_BACK, pending_names
from taskfiles.store.locks import try_lock
from taskfiles.store.site import is_listed

Stage = Literal["before", "moved", "after", "other"]


class Moves(NamedTuple):
    """What a record moves: the bytes that leave each path, and those that come to each path."""

    leaving: dict[str | None, bytes | None]
    coming: dict[str | None, bytes | None]


def moves_of(record: Record) -> Moves:
    """Return what a record moves; a path may be left by one file and taken by another."""
    moved = [change for change in record.files if change.source != change.target]
    return Moves(
        {change.source: change.before for change in moved}, {change.target: change.after for change in moved}
    )


_ALONE = Moves({}, {})


def find_stage(root: str, change: FileChange, moves: Moves = _ALONE) -> Stage:
    """Return how far the change of a file got; `other` if the file has neither text.

    `moves` are those of its record: another file may have to leave the path that this one takes, or may
    take the path that this one leaves. Raises OSError.
    """
    source = None if change.source is None else _read(root, change.source)
    if change.source == change.target:
        stages: dict[bytes | None, Stage] = {change.before: "before", change.after: "after"}
        return stages.get(source, "other")
    target = None if change.target is None else _read(root, change.target)
    if source is not None and moves.coming.get(change.source) == source:
        source = None
    if target is not None and moves.leaving.get(change.target) == target:
        target = None
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
    """Undo what a change has written, and return the paths of files left alone, since others changed them.

    Raises TaskfilesError (io); calling it again continues.
    """
    left = []
    moves = moves_of(record)
    for change in reversed(record.files):
        path = change.target or change.source or ""
        with disk.io_errors("Restoring", path):
            stage = find_stage(root, change, moves)
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
        assert change.target is not None  # a change without a file before has one after
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
        disk.replace_file(real, change.before, disk.identity_of(os.stat(real)), change.after)
    if target != source:
        disk.move_file(target, source)


def recover(state: str, hold: Callable[[int], bool], notice: Callable[[str, str], None]) -> int:
    """Roll back the changes that killed commands left half done; finish the records of complete ones.

    Return how many that were. `hold` locks a record's descriptor and returns whether that succeeded; `notice`
    receives a message and its code. Raises TaskfilesError (io), and any error of `hold`.
    """
    settled = 0
    with closing(open_pending(state, "Repairing")) as pending:
        for path, descriptor in pending:
            with disk.io_errors("Locking", path):
                is_held = hold(descriptor)
            if is_held and _is_there(path, descriptor):
                with disk.io_errors("Repairing", path):
                    settled += _recover(state, path, descriptor, notice)
    return settled


def open_pending(state: str, action: str | None) -> Generator[tuple[str, int], None, None]:
    """Yield path and descriptor of each record of a change in progress, or left by a killed command.

    A caller that may stop early closes the generator. A record that can't be opened raises TaskfilesError
    (io) with `action`; without an action it is skipped.
    """
    for name in pending_names(state):
        path = os.path.join(state, "pending", name)
        try:
            descriptor = disk.open_regular(path)
        except (FileNotFoundError, disk.NotRegular):
            continue  # finished meanwhile, or no record
        except OSError:
            if action is None:
                continue
            with disk.io_errors(action, path):
                raise
        try:
            yield path, descriptor
        finally:
            os.close(descriptor)


def list_pending(state: str) -> Iterator[tuple[str, bool]]:
    """Yield the path of each record of a change, and whether its writer was killed; others are at work.

    A temporary record is passed over: its change has not begun. Raises TaskfilesError (io).
    """
    with closing(open_pending(state, "Reading")) as pending:
        for path, descriptor in pending:
            with disk.io_errors("Locking", path):
                is_left = try_lock(descriptor, fcntl.LOCK_SH)  # who else only looks is in nobody's way
            if not path.endswith(journal.TEMPORARY) and _is_there(path, descriptor):  # not finished just now
                yield path, is_left


def change_stamp(state: str) -> int | None:
    """Return a number that differs after each change of several steps; None while one is in progress."""
    try:
        stamp = os.stat(os.path.join(state, "pending")).st_mtime_ns  # each record added or removed sets it
    except OSError:
        return 0
    with closing(open_pending(state, None)) as pending:
        try:
            held = any(not try_lock(descriptor, fcntl.LOCK_SH) for _, descriptor in pending)
        except OSError:  # nothing can be locked there, so that nobody is at work
            held = False
    return None if held else stamp


def _is_there(path: str, descriptor: int) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    return False


def _recover(state: str, path: str, descriptor: int, notice: Callable[[str, str], None]) -> bool:
    """Settle the change of a record whose lock is held; return whether there is one and it could be done."""
    if not os.access(os.path.dirname(path), os.W_OK):
        notice(f"A command was cut short, and {path} can't be written to repair its change.", "cut-short")
        return False
    if path.endswith(journal.TEMPORARY):  # its writer was killed before it changed a file
        os.unlink(path)
        return False
    size = os.fstat(descriptor).st_size
    pending = journal.Pending(path, descriptor, size, "")
    try:
        record = journal.decode_record(_read_whole(descriptor))
    except (ValueError, TypeError, KeyError):
        notice(
            f"The record {os.path.basename(path)} of a command that was cut short can't be read.", "cut-short"
        )
        journal.finish(state, pending)
        return True
    root = record.find_root(state)
    if record.site and not os.path.isdir(root) and is_listed(record.site, os.path.dirname(state)):
        notice(f"{record.action} was cut short in {root}, {_AWAY}", "cut-short")
        return False
    moves = moves_of(record)
    if all(find_stage(root, change, moves) == "after" for change in record.files):
        journal.finish(state, pending._replace(command=record.command))
        return True
    left = roll_back(root, record)
    for place in {place for change in record.files for place in change[1:3] if place}:
        disk.remove_leftover(os.path.join(root, place))
    os.unlink(path)
    message = f"{record.action} was cut short; its change is undone."
    if left:
        message += f" Changed since, and left as they are: {', '.join(left)}."
    notice(message, ROLLED_BACK)
    return True


_AWAY = (
    "which is not there now, and is undone when it is; `git worktree repair` there makes a moved one known, "
    "`git worktree prune` drops one that is gone for good."
)


def _read_whole(descriptor: int) -> bytes:
    with open(os.dup(descriptor), "rb") as file:
        file.seek(0)
        return file.read()


def read_made(state: str) -> Iterator[Noted]:
    """Yield the journal's records of changes that were made, the newest first.

    A record whose writer was killed before it changed anything is passed over. Raises OSError.
    """
    for noted in journal.read_journal(state):
        record = noted.record
        if noted.confirmed or record is None:
            yield noted
            continue
        root = record.find_root(state)
        if not all(find_stage(root, change) == "before" for change in record.files):
            yield noted


def recover_for_reader(state: str, hold: Callable[[int], bool], notice: Callable[[str, str], None]) -> None:
    """Recover as `recover` does, for a command that only reads: a failure becomes a notice."""
    try:
        recover(state, hold, notice)
    except TaskfilesError as error:
        notice(f"A command was cut short, and its change can't be undone yet: {error.message}", "cut-short")
