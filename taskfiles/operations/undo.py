"""Use case: undo a command's changes by the journal, unless a file has changed since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import NamedTuple

from taskfiles.backlog.snapshot import unreadable_task
from taskfiles.changes.claims import as_holder, end_claim, moving_claim, note_closing
from taskfiles.changes.commit import Planned, commit
from taskfiles.changes.draft import plan_creation, plan_removal, plan_text
from taskfiles.changes.mutate import check_places, check_relations, retry
from taskfiles.changes.outside_links import report_outside_links
from taskfiles.changes.result import Result
from taskfiles.changes.write import SettingsChange
from taskfiles.errors import TaskfilesError
from taskfiles.operations.undo_choice import choose
from taskfiles.store.journal import Record
from taskfiles.store.reader import Loaded
from taskfiles.store.store import Store
from taskfiles.task.names import CONFIG_PATH
from taskfiles.task.task import Task, Unreadable, parse_task


class Restoration(NamedTuple):
    """A file's path and bytes as they must be now, and as they are restored; None for no file."""

    now_path: str | None
    now: bytes | None
    path: str | None
    data: bytes | None


class Undone(NamedTuple):
    """The journal's records that were undone, the newest first, and the commits that hold what was undone.

    `commits` maps the paths of those changes that HEAD holds to the newest commit of each, abbreviated.
    """

    records: list[Record]
    commits: dict[str, str]


def undo(store: Store, run_id: str | None = None, *, dry_run: bool = False) -> Result[Undone]:
    """Undo the caller's own last command, or all changes of a named run, in one change.

    Records that are already undone are skipped, so that calling it again goes further back; to undo an
    `undo`, name its run. If the caller's last command changed another project of the clone, as in another
    worktree, nothing is undone here. The journal keeps the last commands.

    If a pickup is undone, its claim ends. Tasks that others have claimed are refused.

    Raises TaskfilesError: claimed, nothing-to-undo, changed-elsewhere, changed-since, path-taken,
    edit-invalid, lock-timeout, io.
    """
    store.check_writable()

    def attempt() -> Result[Undone]:
        chosen = choose(store, run_id)
        restored = find_restorations(chosen)
        settings = _plan_settings(store, chosen, restored)
        restored = [each for each in restored if CONFIG_PATH not in (each.now_path, each.path)]
        versions = _Versions(restored)
        planned = [_plan(store, chosen, each, versions, dry_run) for each in restored]
        changes = [each.change for each in planned]
        renamed = [(c.before.id, c.after.id) for c in changes if c.before and c.before.id != c.after.id]
        commits = _find_commits(store, restored)
        ids = sorted({change.after.id for change in changes} | {old for old, _ in renamed})
        with ExitStack() as claims:
            for names in renamed if not dry_run else ():
                claims.enter_context(moving_claim(store, *names))
            claims.enter_context(as_holder(store, *ids, dry_run=dry_run))
            check_places(store, changes)
            check_relations(store, changes, versions.duplicates)
            if not dry_run:
                commit(store, planned, "task.undo", [record.key for record in chosen], settings)
                report_outside_links(store, changes)
        ends_claim = any(record.action == "task.claim" for record in chosen)
        for change in changes if not dry_run else ():
            if not change.removed:
                note_closing(store, change.before, change.after)
            if ends_claim or change.removed:
                end_claim(store, change.after.id)
        return Result(changes, Undone(chosen, commits), dry_run)

    with store.locks.store():
        return retry(attempt)


def _plan_settings(
    store: Store, records: Sequence[Record], restored: Sequence[Restoration]
) -> SettingsChange | None:
    """Return the change that restores tasks.toml; None if the records did not change it."""
    for each in restored:
        if CONFIG_PATH in (each.now_path, each.path):
            if store.config_bytes() != each.now:
                raise _changed(records[0], CONFIG_PATH)
            return SettingsChange(each.now, each.data)
    return None


def _find_commits(store: Store, restored: Sequence[Restoration]) -> dict[str, str]:
    if store.repository is None:
        return {}
    from taskfiles.store.committed import Made, find_commits  # noqa: PLC0415 (it imports hashlib)

    return find_commits(store.root, [Made(each.path, each.now_path, each.now) for each in restored])


def find_restorations(records: Sequence[Record]) -> list[Restoration]:
    """Combine the changes of records, the newest first, into one restoration for each file.

    Raises TaskfilesError (changed-since) if something else changed a file in between.
    """
    restored: dict[int, Restoration] = {}
    by_path: dict[str, int] = {}  # files that are to have a path, and those that are to be gone from one
    by_absence: dict[str | None, int] = {}
    for record in records:
        for change in reversed(record.files):
            if change.target is None:
                number = by_absence.pop(change.source, None)
            else:
                number = by_path.pop(change.target, None)
            if number is None:
                number = len(restored)
                restored[number] = Restoration(change.target, change.after, change.source, change.before)
            elif restored[number].data != change.after:
                raise _changed(record, restored[number].path or "")
            else:
                restored[number] = restored[number]._replace(path=change.source, data=change.before)
            if change.source is None:
                by_absence[restored[number].now_path] = number
            else:
                by_path[change.source] = number
    return [each for each in restored.values() if each[:2] != each[2:]]


def _changed(record: Record, path: str) -> TaskfilesError:
    return TaskfilesError("changed-since", path=path, action=record.action, time=record.time)


class _Versions:
    """Versions of files as tasks; what can't be read, with conflict markers, has values of one that can."""

    def __init__(self, restored: Sequence[Restoration]) -> None:
        self._like: Task | None = None
        for each in restored:
            for path, data in ((each.path, each.data), (each.now_path, each.now)):
                if self._like is None and path is not None and data is not None:
                    with suppress(Unreadable):
                        self._like = parse_task(path, data)
        found = Counter(self.parse(each.path, each.data).id for each in restored if each.path and each.data)
        self.duplicates = {task_id for task_id, count in found.items() if count > 1}

    def parse(self, path: str, data: bytes) -> Task:
        """Return a version as a task. Raises TaskfilesError (unreadable-task) if none of them can be read."""
        try:
            return parse_task(path, data)
        except Unreadable as error:
            if self._like is None:
                raise unreadable_task(error.finding) from error
            return Task.from_unreadable(path, data, self._like)


def _plan(
    store: Store,
    records: Sequence[Record],
    file: Restoration,
    versions: _Versions,
    dry_run: bool,
) -> Planned:
    loaded = None if file.now_path is None else _load(store, records, file.now_path, file.now, versions)
    if file.path is None or file.data is None:
        assert loaded is not None  # the file exists now or is restored
        return Planned(loaded, plan_removal(loaded.task, dry_run=dry_run))
    after = versions.parse(file.path, file.data)
    if loaded is not None:
        return Planned(loaded, plan_text(loaded.task, after, dry_run=dry_run))
    if after.id not in versions.duplicates and (holder := store.find_file(after.id)) is not None:
        raise TaskfilesError("id-taken", path=holder, id=after.id)
    return Planned(None, plan_creation(after, dry_run=dry_run))


def _load(
    store: Store, records: Sequence[Record], path: str, data: bytes | None, versions: _Versions
) -> Loaded:
    with suppress(FileNotFoundError, Unreadable):
        now, identity = store.reader.read_regular(path)
        if now == data:
            return Loaded(versions.parse(path, now), identity, store.reader.real_file(path))
    raise _changed(records[0], path)
