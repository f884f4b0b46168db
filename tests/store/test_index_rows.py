"""Rows of a list from the index alone: each change is in them, or the index leaves it to the files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest

from support.in_process import call
from support.project import Project
from taskfiles import Store
from taskfiles.store.index.known import find_known
from taskfiles.store.index.rows import read_rows

ALL = ["alpha", "begun", "beta", "gamma", "shipped", "someday"]


@pytest.fixture
def indexed(old: Project) -> Project:
    """A project whose files are old enough to be in the index."""
    assert call(old, "list", "--output", "json").code == 0
    return old


def rows(project: Project, state: str | None = None) -> list[str] | None:
    store = Store(project.root, index=True)
    assert store.reader.cache is not None
    found = read_rows(store.reader.root, store.reader.cache, state)
    return None if found is None else [task["id"] for task in json.loads(b"[" + b",".join(found) + b"]")]


def known(project: Project, task_id: str) -> tuple[list[str], list[str]] | None:
    store = Store(project.root, index=True)
    assert store.reader.cache is not None
    return find_known(store.reader.root, store.reader.cache, task_id)


def add(project: Project) -> None:
    project.task("new")


def change(project: Project) -> None:
    project.task("beta", title="Another")


def take_out(project: Project) -> None:
    (project.root / "tasks/10-ready/task-beta.md").unlink()


def take_out_a_directory(project: Project) -> None:
    shutil.rmtree(project.root / "tasks/00-idea")


def add_below(project: Project) -> None:
    project.write("tasks/10-ready/web/task-below.md", "---\nid: below\ntitle: E\nstate: ready\n---\n")


STEPS: list[tuple[Callable[[Project], object], set[str], set[str]]] = [
    (change, set(), set()),
    (add, {"new"}, set()),
    (take_out, set(), {"beta"}),
    (take_out_a_directory, set(), {"someday"}),
    (add_below, {"below"}, set()),
]


def test_rows_hold_each_change(indexed: Project) -> None:
    ids, ready = {*ALL}, {"alpha", "beta", "gamma"}
    assert (rows(indexed), rows(indexed, "ready")) == (sorted(ids), sorted(ready))
    for step, more, fewer in STEPS:
        step(indexed)
        ids, ready = ids - fewer | more, ready - fewer | more
        for _ in range(2):
            assert (rows(indexed), rows(indexed, "ready")) == (sorted(ids), sorted(ready))
            assert rows(indexed, "canceled") == []


def twin(project: Project) -> None:
    project.write("tasks/10-ready/task-new.md", "---\nid: alpha\ntitle: E\nstate: ready\n---\n")


def broken(project: Project) -> None:
    project.write("tasks/10-ready/task-beta.md", "---\nid: beta\n")


def link(project: Project) -> None:
    (project.root / "tasks/10-ready/task-new.md").symlink_to("task-alpha.md")


def test_what_is_not_certain_is_left_to_the_files(indexed: Project) -> None:
    kept = indexed.tree()
    for step in (twin, broken, link):
        step(indexed)
        assert rows(indexed) is None
        (indexed.root / "tasks/10-ready/task-new.md").unlink(missing_ok=True)
        indexed.write("tasks/10-ready/task-beta.md", kept["tasks/10-ready/task-beta.md"])


def test_files_of_an_id_are_known_or_named_as_unknown(indexed: Project) -> None:
    assert known(indexed, "alpha") == (["tasks/10-ready/task-alpha.md"], [])
    assert known(indexed, "nope") == ([], [])
    twin(indexed)
    assert known(indexed, "alpha") == (["tasks/10-ready/task-alpha.md"], ["tasks/10-ready/task-new.md"])
    link_of = indexed.root / "tasks/10-ready/task-more.md"
    link_of.symlink_to("task-alpha.md")
    assert known(indexed, "alpha") is None
