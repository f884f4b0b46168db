"""Links between task files follow the files: what a change of places makes of the links in the store."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from taskfiles.backlog.links import find_links, find_paths, relocate_links, relocate_paths
from taskfiles.changes.commit import Planned
from taskfiles.changes.draft import Linked, moves_file, plan_creation, plan_text
from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store
from taskfiles.task.keys import key_order
from taskfiles.task.layout import STATES
from taskfiles.task.task import Task, Unreadable, parse_task
from taskfiles.text.nodes import field_name
from taskfiles.text.positions import UnsafeEdit
from taskfiles.text.sections import split_lines
from taskfiles.text.splice import edit_yaml

RULE = "links-follow"


@contextmanager
def lock_moving(store: Store, *ids: str) -> Iterator[None]:
    """Hold the locks under which tasks may change their state.

    Where files lie by state and another file links to one of theirs, that file changes too, and the whole
    store is locked. Raises TaskfilesError (lock-timeout).
    """
    linked = store.settings.layout == STATES and _is_linked(store, ids)
    with store.locks.store() if linked else store.locks.tasks(*ids):
        yield


def _is_linked(store: Store, ids: Sequence[str]) -> bool:
    paths = set()
    for task_id in ids:
        with suppress(TaskfilesError):  # who changes it will say so
            paths.add(store.get(task_id).path)
    return any(_find_linking(store, paths))


def follow_links(store: Store, planned: Sequence[Planned], *, dry_run: bool) -> list[Planned]:
    """Return planned changes in which links lead where files will be, with those of files that link to them.

    The entries of other files' changes are also those of the first change that moves a file.
    Raises Linked if there is such a file and the store is not locked.
    """
    moved = {
        change.before.path: change.after.path
        for _, change in planned
        if change.before is not None and not change.removed and change.before.path != change.after.path
    }
    if not moved:
        return list(planned)
    result = [_relocate(each, moved) for each in planned]
    touched = {each.loaded.task.path for each in planned if each.loaded is not None}
    others: list[Planned] = []
    for path in _find_linking(store, moved.keys(), without=touched):
        if not dry_run and not store.locks.has_store:
            raise Linked("changed-underneath", path=path)
        loaded = store.load_at(path)
        after = _relocated(loaded.task, loaded.task, moved)
        others.append(Planned(loaded, plan_text(loaded.task, after, dry_run=dry_run)))
    if others:
        at = next(number for number, each in enumerate(result) if moves_file(each.change))
        first = result[at].change
        entries = [entry for each in others for entry in each.change.changes]
        result[at] = result[at]._replace(
            change=first._replace(changes=[*first.changes, *entries], rules=[*first.rules, RULE])
        )
    return result + others


def _relocate(planned: Planned, moved: Mapping[str, str]) -> Planned:
    change = planned.change
    if change.removed:
        return planned
    if change.before is None:
        made = _relocated(change.after, change.after, moved)
        return (
            planned
            if made is change.after
            else planned._replace(change=plan_creation(made, dry_run=change.dry_run))
        )
    after = _relocated(change.after, change.before, moved)
    if after is change.after:
        return planned
    again = plan_text(change.before, after, dry_run=change.dry_run)
    return planned._replace(change=again._replace(rules=[*change.rules, RULE]))


def _relocated(task: Task, before: Task, moved: Mapping[str, str]) -> Task:
    """Return a task, whose file was `before`, with its links led to where files will be."""
    document = task.document
    body = document.body.decode(errors="surrogateescape")
    new, front = relocate_links(body, before.path, task.path, moved), _relocated_front(task, moved)
    if (new, front) == (body, document.front):
        return task
    data = document.with_parts(front, new.encode(errors="surrogateescape")).to_bytes()
    return parse_task(task.path, data)


def _relocated_front(task: Task, moved: Mapping[str, str]) -> str:
    """Return the frontmatter with the paths of `links` led to where files will be."""
    front = task.document.front
    links = task.value("links")
    if not any(path in moved for path in find_paths(links)):
        return front
    wanted = {**task.values, "links": relocate_paths(links, moved)}
    try:
        return edit_yaml(front, wanted, key_order, task.document.newline)
    except UnsafeEdit as unsafe:
        field = field_name(unsafe.path)
        raise TaskfilesError("edit-unsafe", path=task.path, field=field, problem=unsafe.problem) from unsafe


def _find_linking(store: Store, paths: Collection[str], without: Collection[str] = ()) -> Iterator[str]:
    """Yield the paths of task files with a link to one of some files, these files themselves left out."""
    wanted = set(paths)
    if not wanted:
        return
    needles = {needle for path in wanted for needle in _needles(path)}
    for path in store.walk():
        if path in wanted or path in without:
            continue
        with suppress(Unreadable, FileNotFoundError):
            content = store.reader.read_bytes(path)
            if content is None or not any(needle in content[0] for needle in needles):
                continue
            loaded = store.reader.read(path)
            if loaded is not None and not wanted.isdisjoint(_linked_files(loaded.task)):
                yield path


def _linked_files(task: Task) -> Iterator[str]:
    """Yield the paths of the files that a task links to, in its body or its frontmatter."""
    yield from (link.target for link in find_links(task.path, split_lines(task.body)))
    yield from find_paths(task.value("links"))


def _needles(path: str) -> tuple[bytes, bytes]:
    """Return how a link may write the name of a file."""
    from urllib.parse import quote  # noqa: PLC0415 (only a change of places needs it)

    name = os.path.basename(path)
    return os.fsencode(name), quote(os.fsencode(name)).encode()
