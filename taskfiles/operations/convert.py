"""Use case: convert a project to the other layout."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from taskfiles.backlog.snapshot import Snapshot
from taskfiles.changes.commit import Planned, commit
from taskfiles.changes.draft import plan_text
from taskfiles.changes.mutate import check_places, retry
from taskfiles.changes.outside_links import OutsideLink, find_outside_links
from taskfiles.changes.relink import follow_links
from taskfiles.changes.result import Result
from taskfiles.changes.write import SettingsChange
from taskfiles.config.edit import Undeclarable, set_layout
from taskfiles.errors import TaskfilesError
from taskfiles.store.branches import Branch, find_moving_branches
from taskfiles.store.location import is_project
from taskfiles.store.store import MAX_CONFIG, Store
from taskfiles.task.findings import Finding
from taskfiles.task.keys import FORMAT
from taskfiles.task.layout import DIRECTORIES, FLAT, TASKS_DIR
from taskfiles.task.names import CONFIG_PATH, RESERVED_IDS, expected_path
from taskfiles.task.task import Task, parse_task

CONVERT = "project.convert"
_NEW = f"format = {FORMAT}\n".encode()


class Conversion(NamedTuple):
    """A conversion: the change of tasks.toml, unreadable files, which stay, links that lead nowhere now."""

    setting: dict[str, Any]
    unreadable: list[Finding]
    links: list[OutsideLink]


def choose_layout(base: Path, wanted: str | None) -> str:
    """Return the layout that a directory has once it is a project: its own, or for a new one the wanted one.

    A project without the key has a directory for each state. Raises TaskfilesError (bad-config).
    """
    if is_project(str(base)):
        return Store(base).settings.layout
    return wanted or FLAT


def convert(
    store: Store, layout: str, new: bytes = _NEW, *, despite_branches: bool = False, dry_run: bool = False
) -> Result[Conversion]:
    """Move every task file to its path under a layout, in one change with tasks.toml and the links.

    `new` is the text of a tasks.toml where there is none; it need not have the key.

    A project that has the layout already only gets the key. Links in other Markdown files are listed, never
    written. Under the flat layout files outside of state directories keep their directory.

    Raises TaskfilesError: layout-blocked, which names all that stands in the way; branches-moved unless
    `despite_branches`; and as `commit` does.
    """
    store.check_writable()

    def attempt() -> Result[Conversion]:
        snapshot = store.snapshot(check=True)
        targets = {} if layout == store.settings.layout else _find_targets(store, snapshot, layout)
        branches = [] if despite_branches or not targets else find_moving_branches(store.root)
        if branches:
            raise _branches_moved(layout, branches)
        planned = [_plan_move(store, path, target, dry_run) for path, target in sorted(targets.items())]
        planned = follow_links(store, planned, dry_run=dry_run)
        changes = [each.change for each in planned]
        check_places(store, changes)
        links = list(find_outside_links(store, changes))
        setting = {"path": CONFIG_PATH, "field": "layout", "from": store.config.layout, "to": layout}
        if not dry_run:
            commit(store, planned, CONVERT, settings=_plan_settings(store, layout, new, setting))
            store.reload_config()
            if layout == FLAT:
                _remove_empty(store)
        return Result(changes, Conversion(setting, snapshot.unreadable, links), dry_run)

    with store.locks.store():
        return retry(attempt)


def _find_targets(store: Store, snapshot: Snapshot, layout: str) -> dict[str, str]:
    """Map the paths of files that move to where they go. Raises TaskfilesError (layout-blocked)."""
    targets: dict[str, str] = {}
    problems: list[tuple[str, str]] = []
    taken: dict[str, str] = {}
    for task in snapshot.tasks:
        try:
            target = _target(task, layout)
        except ValueError:
            problems.append((task.path, "its id, kind or state names no path"))
            continue
        other = taken.setdefault(target, task.path)
        if other != task.path:
            problems.append((task.path, f"{other} would have the same path, {target}"))
        elif layout == FLAT and task.id in RESERVED_IDS:
            problems.append((task.path, f"{target} is the name of a file that is usually no task"))
        elif target != task.path and os.path.islink(store.reader.file(task.path)):
            problems.append((task.path, "it is a symbolic link"))
        elif target != task.path:
            targets[task.path] = target
    problems += [
        (path, f"{target} is there already")
        for path, target in targets.items()
        if target not in targets and os.path.lexists(store.reader.file(target))
    ]
    if problems:
        raise _blocked(layout, problems)
    return targets


def _target(task: Task, layout: str) -> str:
    above = task.path.split("/")[1:-1]
    by_state = len(above) == 1 and above[0] in DIRECTORIES.values()
    return expected_path(task.values, layout, "" if by_state else task.path)


def _blocked(layout: str, problems: Sequence[tuple[str, str]]) -> TaskfilesError:
    named = "; ".join(f"{path}: {problem}" for path, problem in problems[:3])
    more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
    return TaskfilesError(
        "layout-blocked",
        path=problems[0][0],
        layout=layout,
        problems=named + more,
        details={"problems": [{"path": path, "problem": problem} for path, problem in problems]},
    )


def _branches_moved(layout: str, branches: Sequence[Branch]) -> TaskfilesError:
    named = ", ".join(f"{each.name} ({len(each.paths)})" for each in branches[:5])
    more = f" and {len(branches) - 5} more" if len(branches) > 5 else ""
    return TaskfilesError(
        "branches-moved",
        branches=named + more,
        layout=layout,
        details={"branches": [each._asdict() for each in branches]},
    )


def _plan_move(store: Store, path: str, target: str, dry_run: bool) -> Planned:
    loaded = store.load_at(path)
    change = plan_text(loaded.task, parse_task(target, loaded.task.data), dry_run=dry_run)
    return Planned(loaded, change)


def _plan_settings(store: Store, layout: str, new: bytes, setting: dict[str, Any]) -> SettingsChange | None:
    before = store.config_bytes()
    try:
        after = set_layout(new if before is None else before, layout)
    except Undeclarable:
        problem = "`layout` can't be set without touching what surrounds it"
        raise _blocked(layout, [(CONFIG_PATH, problem)]) from None
    if len(after) > MAX_CONFIG:
        raise _blocked(layout, [(CONFIG_PATH, "with the key it would be too large to be read")])
    return SettingsChange(before, after, [setting]) if after != before else None


def _remove_empty(store: Store) -> None:
    """Remove state directories that hold nothing any more."""
    for name in DIRECTORIES.values():
        with suppress(OSError):  # it is not empty, or not there
            os.rmdir(store.reader.file(f"{TASKS_DIR}/{name}"))
