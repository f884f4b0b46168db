"""Use case: the changes of one task, or of all, from git's history and the clone's journal."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from taskfiles.backlog.snapshot import no_such_task
from taskfiles.basics.instants import format_instant
from taskfiles.errors import TaskfilesError
from taskfiles.history.commits import Commit, FileChange, list_commits
from taskfiles.history.differences import list_differences
from taskfiles.history.uncommitted import Uncommitted, list_uncommitted, read_own_records
from taskfiles.history.versions import Pair, Versions, follow
from taskfiles.store.committed import read_head
from taskfiles.store.git import run_git
from taskfiles.store.journal import Record
from taskfiles.store.store import Store
from taskfiles.task.layout import TASKS_DIR, is_markdown
from taskfiles.task.task import Task

Source = Literal["commit", "journal", "file"]


class LogEntry(NamedTuple):
    """One change of one task: when, by whom, where it is known from, and what changed.

    `source` is `commit` with `commit` and `subject`, `journal` for what no commit has, with `action` and
    `run_id`, or `file` for a change by hand that no commit has; its time is that of the file, or of the next
    known change. `by` is the commit's author, or tells callers apart; None where nobody knows.
    """

    time: str
    by: str | None
    source: Source
    commit: str | None
    subject: str | None
    action: str | None
    run_id: str | None
    pair: Pair

    @property
    def changes(self) -> list[dict[str, Any]]:
        """What changed, as `list_differences` has it."""
        return list_differences(*self.pair)


def read_log(store: Store, name: str | None = None, since: datetime | None = None) -> list[LogEntry]:
    """List the changes of a task named by its id, or of all tasks, the newest first.

    `since` leaves out what is older. Without git there is only what the journal has. A task that is gone is
    found by its last id. Raises TaskfilesError (no-such-task, git-failed, history-missing).
    """
    if name is not None:
        entries = _of_one(store, name, _list_commits(store, None), read_own_records(store))
    else:
        entries = read_uncommitted(store) + read_committed(store, since)
    begin = format_instant(since) if since is not None else ""
    return [each for each in entries if each.time >= begin]


def find_head(store: Store) -> str | None:
    """Return the name of the last commit; None without git, and where there is none yet."""
    if store.repository is None:
        return None
    try:
        return run_git(store.root, "rev-parse", "--verify", "--quiet", "HEAD").strip()
    except TaskfilesError:
        return None


def _list_commits(store: Store, since: datetime | None) -> list[Commit]:
    if find_head(store) is None:
        return []
    # Commits are left out by when they were committed; what they hold may be older.
    commits = list_commits(store.root, None if since is None else int(since.timestamp()))
    if cut := [commit.name[:12] for commit in commits if commit.is_cut]:
        message = f"The clone is shallow: what {', '.join(cut)} and commits before changed is not known here."
        store.notice(message, "shallow-history")
    return [commit for commit in commits if not commit.is_cut]


def _of_one(store: Store, name: str, commits: Sequence[Commit], records: Sequence[Record]) -> list[LogEntry]:
    snapshot = store.snapshot()
    now = next((task for task in snapshot.tasks if task.id == name), None)
    found = follow(store.root, commits, name, now.path if now else None)
    if now is None and not found:
        raise no_such_task(name, snapshot)
    committed = found[0][1].after if found else None
    open_ = [_uncommitted(each) for each in list_uncommitted(records, committed, now)]
    return _timed(store, open_) + [_committed(commit, pair) for commit, pair in found]


def read_committed(store: Store, since: datetime | None = None) -> list[LogEntry]:
    """List the changes of all tasks that commits have, the newest first. Raises as `read_log` does."""
    commits = _list_commits(store, since)
    versions = Versions(store.root)
    versions.load([file for commit in commits for file in commit.files])
    return [_committed(commit, pair) for commit in commits for pair in versions.pairs(commit.files)]


def read_uncommitted(store: Store) -> list[LogEntry]:
    """List the changes of all tasks that no commit has, the newest first. Raises as `read_log` does."""
    records = read_own_records(store)
    open_: list[LogEntry] = []
    for committed, now in _changed_tasks(store):
        open_ += _timed(store, [_uncommitted(each) for each in list_uncommitted(records, committed, now)])
    return sorted(open_, key=lambda entry: entry.time, reverse=True)


def _changed_tasks(store: Store) -> Iterator[tuple[Task | None, Task | None]]:
    """Yield the committed and the present version of each task that differs from the last commit."""
    tasks = {task.path: task for task in store.snapshot().tasks}
    held = _read_head(store)
    paths = set(tasks) - set(held) if store.repository is not None else set(tasks)
    if held:
        words = ("-z", "--name-only", "--no-renames", "--relative", "HEAD", "--", TASKS_DIR)
        paths |= {path for path in run_git(store.root, "diff", *words).split("\0") if path}
    versions = Versions(store.root)
    changes = [FileChange(path, held[path], None) for path in sorted(paths & held.keys())]
    versions.load(changes)
    old = {task.id: task for each in changes if (task := versions.task(each.path, each.before)) is not None}
    new = {tasks[path].id: tasks[path] for path in paths & tasks.keys()}
    for task_id in sorted(old.keys() | new.keys()):
        yield old.get(task_id), new.get(task_id)


def _read_head(store: Store) -> dict[str, str]:
    """Map the paths of Markdown files below `tasks/` in the last commit to their blobs."""
    if store.repository is None:
        return {}
    return {path: blob for path, blob in read_head(store.root, [TASKS_DIR]).items() if is_markdown(path)}


def _committed(commit: Commit, pair: Pair) -> LogEntry:
    time = format_instant(datetime.fromtimestamp(commit.time, UTC))
    return LogEntry(time, commit.by, "commit", commit.name, commit.subject, None, None, pair)


def _uncommitted(change: Uncommitted) -> LogEntry:
    record = change.record
    if record is None:
        return LogEntry("", None, "file", None, None, None, None, change.pair)
    return LogEntry(
        record.time, record.actor, "journal", None, None, record.action, record.run_id, change.pair
    )


def _timed(store: Store, entries: Sequence[LogEntry]) -> list[LogEntry]:
    """Give changes by hand a time: that of the file, or of the next change that is known."""
    found: list[LogEntry] = []
    for entry in entries:
        time = entry.time or (found[-1].time if found else _time_of_file(store, entry.pair.after))
        found.append(entry._replace(time=time))
    return found


def _time_of_file(store: Store, task: Task | None) -> str:
    """Return when a file was changed; for one that is gone, the present."""
    if task is not None:
        with suppress(OSError):
            seconds = os.stat(store.reader.file(task.path)).st_mtime
            return format_instant(datetime.fromtimestamp(seconds, UTC))
    return format_instant(store.now())
