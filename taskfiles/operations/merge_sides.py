"""Merge both sides of a task that git could not merge: what they were, git's index and commits still have.

Git leaves its own attempt in the files, with conflict markers; where both sides have moved a file, in two.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import NamedTuple

from taskfiles.basics.instants import format_instant
from taskfiles.changes.claims import as_holder, end_claims
from taskfiles.changes.commit import Planned
from taskfiles.changes.draft import REFRESHED, Draft, plan_draft, plan_removal
from taskfiles.changes.mutate import Change, write_all_planned
from taskfiles.errors import TaskfilesError
from taskfiles.merge.task import is_one_history, merge_task
from taskfiles.merge.twins import United
from taskfiles.operations.merge_links import Present, lead_links
from taskfiles.store.reader import Loaded
from taskfiles.store.store import Store
from taskfiles.store.unmerged import BASE, OURS, THEIRS, read_versions
from taskfiles.task.names import expected_path, ids_in_path
from taskfiles.task.task import Task, Unreadable, parse_task

SIDES = ("ours", "theirs")
_BEGINNING = re.compile(rb"^<{7,} ", re.MULTILINE)
_MARKER = re.compile(rb"(?:<{7,}|={7,}|>{7,}|\|{7,})(?: |$)")


class Sides(NamedTuple):
    """A task that git has not merged: the versions of both sides and of their base, and the marked files.

    The paths of the versions are git's names for them, such as `HEAD:./tasks/fix.md`. Their links lead from
    the first of the marked files to where the tasks are now: what both sides have moved is no difference.
    """

    base: Task | None
    ours: Task
    theirs: Task
    marked: list[Loaded]

    def in_order(self, prefer: str | None) -> list[Task]:
        """Return the versions of both sides, the preferred one first."""
        order = [self.ours, self.theirs]
        return order[::-1] if prefer == SIDES[1] else order

    def find_ancestor(self, _first: Task, _second: Task) -> Task | None:
        """Return the version that both sides come from."""
        return self.base


def find_sides(store: Store, name: str) -> Sides | None:
    """Find both sides of a task, named by its id or a path; None unless its files hold conflict markers.

    None also where one of several files is without markers, since somebody has chosen its text by then, and
    where git has two tasks with one id. Raises TaskfilesError (edit-unsafe) for a file that holds a line of
    neither side: somebody has begun to merge it by hand.
    """
    found = _read_sides(store, name)
    if "/" in name and found:
        found = _read_sides(store, found[0].task.id)
    by_stage = {stage: [each for each in found if each.stage == stage] for stage in (BASE, OURS, THEIRS)}
    if [len(by_stage[stage]) for stage in (OURS, THEIRS)] != [1, 1] or len(by_stage[BASE]) > 1:
        return None
    ours, theirs = (by_stage[stage][0].task for stage in (OURS, THEIRS))
    base = by_stage[BASE][0].task if by_stage[BASE] else None
    if ours.id != theirs.id or (base is None and not is_one_history(ours, theirs)):
        return None
    versions = (base.data if base else b"", ours.data, theirs.data)
    places = dict.fromkeys(each.path for stage in (OURS, THEIRS, BASE) for each in by_stage[stage])
    there = [path for path in places if os.path.lexists(store.reader.file(path))]
    marked = _read_marked(store, there, versions, ours)
    _check_untouched(marked, _known_lines(*versions))
    if not marked:
        return None
    present = Present(store.walk(), store.settings.layout)
    led = {
        stage: lead_links(each.task, each.path, marked[0].task.path, present)
        for stage in by_stage
        for each in by_stage[stage]
    }
    return Sides(led.get(BASE), led[OURS], led[THEIRS], marked)


def merge_sides(
    store: Store, sides: Sides, united: United, prefer: str | None, *, dry_run: bool
) -> list[Change]:
    """Write the merged text of both sides into one file, and delete the other; the caller has the lock.

    The change of the file that is kept comes first. Raises TaskfilesError as `mutate_all` does.
    """
    order = sides.in_order(prefer)
    kept = choose_kept([each.task for each in sides.marked], united.task, store.settings.layout)
    here = Present((), store.settings.layout)  # links of both sides lead to where tasks are already
    merged = lead_links(united.task, sides.marked[0].task.path, kept.path, here)
    draft = Draft(parse_task(kept.path, merged.data), format_instant(store.now()))
    settle(draft, order, united)
    planned = [
        Planned(each, plan_draft(each.task, draft, layout=store.settings.layout, dry_run=dry_run))
        if each.task is kept
        else Planned(each, plan_removal(each.task, dry_run=dry_run))
        for each in sorted(sides.marked, key=lambda each: each.task is not kept)
    ]
    with as_holder(store, kept.id, dry_run=dry_run):
        changes = write_all_planned(store, planned, "task.merge", dry_run=dry_run)
    end_claims(store, changes)
    return changes


def choose_kept(files: Sequence[Task], united: Task, layout: str) -> Task:
    """Return the file to keep: the first one at a path of the merged task, or the first."""
    for task in files:
        try:
            if task.path == expected_path(united.values, layout, task.path):
                return task
        except ValueError:
            break
    return files[0]


def settle(draft: Draft, order: Sequence[Task], united: United) -> None:
    """Complete the draft of a merged task: its place, and the times of its completion and of this change."""
    draft.to_place = True
    if any(each.field == "state" for each in united.differences):
        # The first file decides on the state, and so on the time of completion, which belongs to it.
        if "completed_at" in order[0].values:
            draft.values["completed_at"] = order[0].values["completed_at"]
        else:
            draft.values.pop("completed_at", None)
    for key in REFRESHED:
        if key in draft.values:
            draft.values[key] = draft.now


class _Side(NamedTuple):
    path: str
    stage: int
    task: Task


def _read_sides(store: Store, name: str) -> list[_Side]:
    """Read what git has of the unmerged files of a task, named by a path or by the id in their names."""
    found = []
    for each in read_versions(store.repository, store.root, lambda path: name in {path, *ids_in_path(path)}):
        with suppress(Unreadable):
            found.append(_Side(each.path, each.stage, parse_task(each.source, each.data)))
    return found


def _read_marked(store: Store, paths: Sequence[str], versions: Sequence[bytes], like: Task) -> list[Loaded]:
    """Read files that all hold conflict markers of git's; empty if one doesn't.

    A marker that the versions have themselves is text, so that there must be more than in any of them.
    """
    found = []
    usual = max(len(_BEGINNING.findall(data)) for data in versions)
    for path in paths:
        try:
            data, identity = store.reader.read_regular(path)
        except (Unreadable, FileNotFoundError):
            return []
        if len(_BEGINNING.findall(data)) <= usual:
            return []
        found.append(Loaded(Task.from_unreadable(path, data, like), identity, store.reader.real_file(path)))
    return found


def _known_lines(base: bytes, ours: bytes, theirs: bytes) -> frozenset[bytes]:
    """Return the lines that git or the merge driver can have written, without markers of theirs."""
    merged = merge_task(base, ours, theirs)
    known = {line for text in (base, ours, theirs, merged.settled) for line in text.splitlines()}
    return frozenset(known | {line for line in merged.data.splitlines() if not _MARKER.match(line)})


def _check_untouched(marked: Sequence[Loaded], known: Collection[bytes]) -> None:
    """Raise TaskfilesError (edit-unsafe) for a line that neither git nor the merge driver has written."""
    for loaded in marked:
        for number, line in enumerate(loaded.task.data.splitlines(), 1):
            if line in known or _MARKER.match(line):
                continue
            problem = f"line {number} is of neither side, so that somebody has begun to merge it by hand"
            path = loaded.task.path
            raise TaskfilesError("edit-unsafe", path=path, line=number, field="The file", problem=problem)
