"""Reconcile declarations with use, piece by piece: tables in tasks.toml, epics of tracks, their titles.

The caller holds the store's lock. If one piece fails, its error is collected and the others are still done.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from taskfiles.backlog.snapshot import bad_config
from taskfiles.basics.signals import uninterrupted
from taskfiles.changes.mutate import retry
from taskfiles.config.edit import Undeclarable, declare
from taskfiles.errors import TaskfilesError, number_of
from taskfiles.operations.declared import Usage, find_gaps
from taskfiles.operations.new import create
from taskfiles.operations.update import Update, update
from taskfiles.remedy import Remedy
from taskfiles.store import disk
from taskfiles.store.store import MAX_CONFIG, Store
from taskfiles.task.names import CONFIG_PATH, MAX_ID
from taskfiles.task.task import Unreadable

UNDECIDED = "not-reconciled"  # for a person to decide; any other error is the system's or a conflict


class Work:
    """The changes and errors of one step, collected while it runs."""

    def __init__(self) -> None:
        self.changes: list[dict[str, Any]] = []
        self.rules: set[str] = set()
        self.errors: list[TaskfilesError] = []
        self.declared: set[str] = set()  # tracks

    def attempt(self, rule: str, do: Callable[[], list[dict[str, Any]]]) -> None:
        """Do one thing and collect its changes, or its error, so that the others are still done."""
        try:
            changes = do()
        except TaskfilesError as error:
            self.errors.append(error)
            return
        self.changes += changes
        self.rules |= {rule} if changes else set()

    def leave(self, what: str, problem: str, remedy: str) -> None:
        """Add the error that leaves something for a person to decide."""
        self.errors.append(
            TaskfilesError(UNDECIDED, path=CONFIG_PATH, what=what, problem=problem, remedy=remedy)
        )


def declare_used(store: Store, usage: Usage, family: str, dry_run: bool, work: Work) -> None:
    """Declare the names of a family that tasks use, in one write of tasks.toml."""
    config = store.load_config()
    gaps = find_gaps(config, usage)
    for name in gaps.undeclarable.get(family, ()):
        what = f"{family.removesuffix('s').capitalize()} {json.dumps(name, ensure_ascii=False)}"
        problem = "a track's name is an id" if family == "tracks" else "the name is not one line of text"
        work.leave(what, problem, "Give its tasks another name.")
    if gaps.undeclared.get(family):

        def write() -> list[dict[str, Any]]:
            names = _write_tables(store, usage, family, dry_run)
            if family == "tracks":
                work.declared.update(names)
            return _describe(family, names)

        work.attempt(f"declare-{family}", partial(retry, write))


def _write_tables(store: Store, usage: Usage, family: str, dry_run: bool) -> Sequence[str]:
    """Add the missing tables, unless somebody else saves the file meanwhile; return their names."""
    from taskfiles.config.model import parse_config  # noqa: PLC0415 (it needs pydantic)

    try:
        content = store.reader.read_bytes(CONFIG_PATH, MAX_CONFIG)
    except (Unreadable, FileNotFoundError):
        content = None
    if content is None:
        raise TaskfilesError("changed-underneath", path=CONFIG_PATH)
    data, identity = content
    config, findings = parse_config(data)
    if config is None:
        raise bad_config(findings[0])
    names = find_gaps(config, usage).undeclared.get(family)
    if not names:
        return []
    after = _declared(data, family, names)
    if not dry_run:
        with uninterrupted():
            try:
                file = os.path.realpath(store.reader.file(CONFIG_PATH))
                disk.write_over(file, after, identity, CONFIG_PATH, data)
            except TaskfilesError as error:
                if not error.details.get("written"):
                    raise
                # The change was made, so it is reported as made.
                store.notice(f"{CONFIG_PATH} is written, but the disk did not confirm it.", "not-synced")
            store.note_written(CONFIG_PATH, _describe(family, names))
    return names


def _describe(family: str, names: Sequence[str]) -> list[dict[str, Any]]:
    return [{"path": CONFIG_PATH, "field": f"{family}.{name}", "from": None, "to": {}} for name in names]


def _declared(data: bytes, family: str, names: Sequence[str]) -> bytes:
    problem = "the file would be larger than it may be"
    try:
        after = declare(data, family, names)
    except Undeclarable:
        problem = f"`{family}` is an inline table there, which can't be continued"
    else:
        if len(after) <= MAX_CONFIG:
            return after
    what, remedy = f"What tasks use of {family}", f"Write `[{family}.NAME]` tables."
    raise TaskfilesError(UNDECIDED, path=CONFIG_PATH, what=what, problem=problem, remedy=remedy)


def prepare_tracks(store: Store, usage: Usage, broken: int, dry_run: bool, work: Work) -> None:
    """Create missing epics of declared tracks, and set epics' titles to those of their tracks."""
    config = store.load_config()
    gaps = find_gaps(config, usage)
    declared = {*config.tracks} | work.declared
    for track in gaps.epicless:
        if track not in declared:
            continue
        if broken:
            problem = f"{number_of(broken, 'file')} can't be read, and may hold one"
            remedy = Remedy("Fix what can't be read.", "fix-unreadable")
            work.leave(f"Track {track} without an epic", problem, remedy)
            continue
        title = (config.tracks[track].title if track in config.tracks else None) or track
        work.attempt("track-epic", partial(_create_epic, store, track, title, dry_run))
    for epic, title in gaps.retitled:
        work.attempt("track-title", partial(_retitle, store, epic.id, title, dry_run))


def _create_epic(store: Store, track: str, title: str, dry_run: bool) -> list[dict[str, Any]]:
    is_free = len(track) <= MAX_ID and store.find_file(track) is None
    task_id = track if is_free else None
    made = create(store, title, task_id=task_id, keys={"kind": "epic", "track": track}, dry_run=dry_run)
    return [entry for change in made.changes for entry in change.changes]


def _retitle(store: Store, epic: str, title: str, dry_run: bool) -> list[dict[str, Any]]:
    made = update(store, epic, Update(set={"title": title}), dry_run=dry_run)
    return [entry for change in made.changes for entry in change.changes]
