"""Several tasks read with one look at all files, each as `Store.load` reads one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress

from taskfiles.backlog.snapshot import Snapshot
from taskfiles.store.reader import Loaded
from taskfiles.store.store import Store
from taskfiles.task.names import ids_in_path
from taskfiles.task.task import Unreadable

_MANY = 3  # for which one look at all files is cheaper than a search for each


def make_loader(
    store: Store, ids: Iterable[str], at: Mapping[str, str] | None = None
) -> Callable[[str], Loaded]:
    """Return a function that reads each of these tasks as `Store.load` does; where they are is found once.

    `at` are the paths of those that the caller has found by a search of its own. It raises as `Store.load`
    does.
    """
    paths = dict(at or {})
    wanted = {*ids} - paths.keys()
    if len(wanted) >= _MANY:
        paths |= locate(store.snapshot(recover=False), wanted)
    if not paths:
        return store.load

    def load(task_id: str) -> Loaded:
        if task_id in paths:
            with suppress(FileNotFoundError, Unreadable):  # it has changed since: search
                loaded = store.reader.read(paths[task_id])
                if loaded is not None and loaded.task.id == task_id:
                    return loaded
        return store.load(task_id)

    return load


def locate(snapshot: Snapshot, wanted: Collection[str]) -> dict[str, str]:
    """Map ids to paths, where one readable file has the id and no unreadable one is named after it."""
    found: dict[str, list[str]] = {}
    for task in snapshot.tasks:
        if task.id in wanted:
            found.setdefault(task.id, []).append(task.path)
    unsure = {task_id for finding in snapshot.unreadable for task_id in ids_in_path(finding.path)}
    return {each: paths[0] for each, paths in found.items() if len(paths) == 1 and each not in unsure}
