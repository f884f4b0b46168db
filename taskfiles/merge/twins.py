"""Twins: several files with one id, as a merge can leave them; pure."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from taskfiles.backlog.query import latest_activity
from taskfiles.errors import TaskfilesError
from taskfiles.merge.line_ends import align
from taskfiles.merge.lines import find_clashes
from taskfiles.merge.task import BODY, FILE, FRONTMATTER, is_one_history, merge_versions, shared_body
from taskfiles.remedy import Remedy, join_remedies
from taskfiles.task.findings import Finding
from taskfiles.task.names import free_id, ids_in_path
from taskfiles.task.task import Task, parse_task

_LONGEST_SHOWN = 40  # characters of a value
_NEVER = datetime.min.replace(tzinfo=UTC)
Related = Callable[[Task, Task], bool]
Ancestor = Callable[[Task, Task], Task | None]


class Twins(NamedTuple):
    """The files with one id, grouped by the task that they come from.

    The files of one task are to be merged; the one changed last comes first. If there are several tasks,
    they got the same id independently: all are to be renamed but the one with the first path.
    """

    id: str
    histories: list[list[Task]]

    @property
    def is_one_task(self) -> bool:
        """Whether all files come from one task, which has had several files since a merge."""
        return len(self.histories) == 1


class Difference(NamedTuple):
    """A dotted field, or `body`, in which two files of one task differ: its places with their values."""

    field: str
    places: list[dict[str, Any]]


class United(NamedTuple):
    """Several files of one task as one; every difference is as in the first file."""

    task: Task
    differences: list[Difference]


def find_twins(tasks: Iterable[Task], are_related: Related = is_one_history) -> list[Twins]:
    """Group the tasks whose id is in more than one file, ordered by id."""
    by_id: defaultdict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        by_id[task.id].append(task)
    return [
        Twins(task_id, _part(group, are_related))
        for task_id, group in sorted(by_id.items())
        if len(group) > 1
    ]


def _part(group: list[Task], are_related: Related) -> list[list[Task]]:
    """Group files by the task that they come from."""
    parts: list[list[Task]] = []
    for task in sorted(group, key=lambda task: task.path):
        mine = [part for part in parts if any(are_related(other, task) for other in part)]
        joined = [*(other for part in mine for other in part), task]
        parts = [part for part in parts if part not in mine] + [joined]
    return [_latest_first(part) for part in sorted(parts, key=lambda part: min(task.path for task in part))]


def unite(tasks: Sequence[Task], find_ancestor: Ancestor) -> United:
    """Merge the files of one task, the first one first; attempts, list items, ticks and comments of all stay.

    Without a common ancestor two values of one key are a difference. Raises TaskfilesError (edit-unsafe) if
    the result can't be written into one file by meaning.
    """
    first, *others = tasks
    whole, differences = first, []
    for other in others:
        base = find_ancestor(first, other)
        result = merge_versions(base, whole, other)
        if {FILE, FRONTMATTER} & {*result.conflicts}:
            problem = f"what it and {other.path} hold does not fit into one text"
            raise TaskfilesError("edit-unsafe", path=first.path, field="The frontmatter", problem=problem)
        for field in dict.fromkeys(result.conflicts):
            places = _compare_bodies(base, whole, other) if field == BODY else _compare(field, whole, other)
            differences.append(Difference(field, places))
        whole = parse_task(first.path, result.settled)
    return United(whole, differences)


def _compare(field: str, *tasks: Task) -> list[dict[str, Any]]:
    key = next(
        (key for key in tasks[0].values if field == key or field.startswith((f"{key}.", f"{key}["))), ""
    )
    places = []
    for task in tasks:
        node = task.root.find_key((key,)) if key in task.values else None
        value = task.values.get(key) if key == field else None
        places.append({"path": task.path, "line": task.line_of(node), "value": value})
    return places


def _compare_bodies(base: Task | None, ours: Task, theirs: Task) -> list[dict[str, Any]]:
    bodies = align(shared_body(base, ours, theirs), ours.document.body, theirs.document.body)[:3]
    places = []
    for clash in find_clashes(*(body.decode(errors="surrogateescape") for body in bodies)):
        for task, index in ((ours, clash.ours), (theirs, clash.theirs)):
            places.append({"path": task.path, "line": task.document.body_line + index, "value": None})
    return places


def _latest_first(tasks: list[Task]) -> list[Task]:
    by_path = sorted(tasks, key=lambda task: task.path)
    return sorted(by_path, key=lambda task: latest_activity(task) or _NEVER, reverse=True)


# Messages


def describe(differences: Iterable[Difference]) -> str:
    """Return a text with the fields in which files differ, the places, and short values."""
    return ", ".join(f"{each.field} ({', '.join(map(_show, each.places))})" for each in differences)


def _show(place: dict[str, Any]) -> str:
    where, value = f"{place['path']}:{place['line']}", place["value"]
    is_short = isinstance(value, (str, int, float)) and len(str(value)) <= _LONGEST_SHOWN
    return f"{value} in {where}" if is_short else where


def list_merges(files: Sequence[Task], *, differ: bool, by_path: bool = False) -> Remedy:
    """Return what makes one file of several; if they differ, each choice."""
    name = shlex.quote(files[0].path) if by_path else files[0].id
    if not differ:
        return Remedy("merge them", "merge.all", name=name)
    return list_choices(name, [shlex.quote(task.path) for task in files])


def list_choices(name: str, words: Sequence[str]) -> Remedy:
    """Return each choice of what counts where files differ, by the words that make it."""
    choices = [Remedy("prefer {path}", "merge.prefer", name=name, path=word) for word in words]
    return join_remedies(choices, " or ")


class Renaming(NamedTuple):
    """A task that needs another id, that id, and what changes it."""

    task: Task
    new_id: str
    remedy: Remedy


def list_renames(twins: Twins, taken: Iterable[str]) -> list[Renaming]:
    """List the tasks that need another id; the first one keeps it."""
    known = {*taken}
    found = []
    for first, *_ in twins.histories[1:]:
        known.add(free := free_id(twins.id, known))
        remedy = Remedy("{new_id} for {path}", "rename", path=shlex.quote(first.path), new_id=free)
        found.append(Renaming(first, free, remedy))
    return found


def known_ids(tasks: Iterable[Task], unreadable: Iterable[Finding]) -> set[str]:
    """Return the ids of tasks, and those in the names of unreadable files."""
    named = {each for finding in unreadable for each in ids_in_path(finding.path)}
    return {task.id for task in tasks} | named
