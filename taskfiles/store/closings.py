"""Closings: which tasks other worktrees of this clone have closed. One file for each task, beside the leases.

What a worktree has done is in its own files until it is merged: without a note of it the task would be
offered again everywhere else. Nothing is noted in a clone without further worktrees. A closing counts where
it is not known yet, in every other worktree that has the task open, until it is undone there, dropped by a
forced release, or `LASTS` old.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from taskfiles.basics.input_text import parse_json
from taskfiles.basics.instants import format_instant, parse_instant
from taskfiles.basics.jsontext import json_text
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.store.disk import put_file, read_regular
from taskfiles.store.shared import make_directories
from taskfiles.task.names import lease_name

if TYPE_CHECKING:
    from taskfiles.store.store import Store
    from taskfiles.task.task import Task

FORMAT = 1
LASTS = timedelta(days=30)
_MAX_BYTES = 64 * 1024


class Closing(NamedTuple):
    """A task that was closed in a worktree: its state there, by whom (empty where nobody knows), and when."""

    id: str
    state: str
    by: str
    at: datetime
    worktree: str


def note_closing(store: Store, task: Task, by: str | None) -> None:
    """Note that a task was closed in this worktree, by whom if that is known; the caller holds its lock.

    A failure changes nothing else: it is reported, since other worktrees will offer the task again.
    """
    directory = _directory(store)
    if directory is None or not _has_worktrees(store):
        return
    _write(store, directory, Closing(task.id, str(task.state), by or "", store.now(), store.reader.root))


def move_closing(store: Store, old_id: str, new_id: str) -> None:
    """Note under its new id that a task is closed in some worktree, where that is noted."""
    directory = _directory(store)
    closing = _read(os.path.join(directory, lease_name(old_id))) if directory is not None else None
    if directory is not None and closing is not None:
        _write(store, directory, closing._replace(id=new_id))
        drop_closing(store, old_id)


def _write(store: Store, directory: str, closing: Closing) -> None:
    value = {"format": FORMAT, **closing._asdict(), "at": format_instant(closing.at)}
    try:
        make_directories(directory)
        put_file(os.path.join(directory, lease_name(closing.id)), f"{json_text(value)}\n".encode())
        _tidy(store, directory)
    except OSError as error:
        place = "here" if closing.worktree == store.reader.root else f"in {closing.worktree}"
        message = f"Other worktrees can't see that {closing.id} is {closing.state} {place}: {error.strerror}."
        store.notice(message, "closing-not-noted")


def drop_closing(store: Store, task_id: str) -> None:
    """Delete the note that a task is closed somewhere, if there is one."""
    directory = _directory(store)
    with suppress(OSError):
        if directory is not None:
            os.unlink(os.path.join(directory, lease_name(task_id)))


def find_closing(store: Store, task_id: str) -> Closing | None:
    """Return where another worktree has closed a task; None if none has, or it can't be read."""
    directory = _directory(store)
    closing = _read(os.path.join(directory, lease_name(task_id))) if directory is not None else None
    return closing if closing is not None and _counts(store, closing) else None


def list_closings(store: Store) -> dict[str, Closing]:
    """Map ids of the tasks that other worktrees have closed to their closings."""
    directory, names = _directory(store), list[str]()
    with suppress(OSError):
        names = os.listdir(directory) if directory is not None else []
    found = [_read(os.path.join(directory or "", name)) for name in sorted(names) if name.endswith(".json")]
    return {each.id: each for each in found if each is not None and _counts(store, each)}


def _directory(store: Store) -> str | None:
    return os.path.join(store.leases, "closed") if store.leases is not None else None


def _counts(store: Store, closing: Closing) -> bool:
    return closing.worktree != store.reader.root and store.now() - closing.at < LASTS


def _has_worktrees(store: Store) -> bool:
    return store.common is not None and os.path.isdir(os.path.join(store.common, "worktrees"))


def _tidy(store: Store, directory: str) -> None:
    """Remove closings that are too old to count."""
    for name in os.listdir(directory):
        path = os.path.join(directory, name)
        closing = _read(path)
        if closing is not None and store.now() - closing.at >= LASTS:
            os.unlink(path)


def _read(path: str) -> Closing | None:
    try:
        content = read_regular(path, _MAX_BYTES)
        raw = parse_json(content[0]) if content is not None else None
        if not isinstance(raw, dict) or raw.get("format") != FORMAT:
            return None
        task_id, state, by, worktree = (str(raw[key]) for key in ("id", "state", "by", "worktree"))
        closing = Closing(task_id, state, by, parse_instant(str(raw["at"])), worktree)
    except (OSError, ValueError, KeyError):
        return None
    return closing if lease_name(closing.id) == os.path.basename(path) else None
