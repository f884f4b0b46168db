"""What wakes a mirror: a change of files wakes it, however it looks for them."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Collection

import pytest

from support.project import Project
from taskfiles import pickup
from taskfiles_cli.surface.watch import find_places, follow, list_marks, watch

PATIENCE = 20.0


@pytest.mark.parametrize("poll", [None, 0.01])
@pytest.mark.parametrize("what", ["edit", "new", "delete", "claim"])
def test_a_change_wakes(project: Project, what: str, poll: float | None) -> None:
    file = project.task("a")
    store = project.store
    if what == "claim":
        assert store.leases is not None
        os.makedirs(store.leases)
    woken, ready, stop = threading.Event(), threading.Event(), threading.Event()

    def wake(changed: Collection[str]) -> None:
        if changed:
            woken.set()
        ready.set()

    thread = follow(store, wake, stop, poll=poll)
    try:
        assert ready.wait(PATIENCE)  # it has looked once
        woken.clear()
        if what == "edit":
            file.write_text(file.read_text() + "\nMore.\n")
        elif what == "new":
            project.task("b")
        elif what == "delete":
            file.unlink()
        else:
            pickup(project.store, "a", by="ana")
        assert woken.wait(PATIENCE)
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.mark.parametrize("poll", [None, 0.01])
def test_what_changed_before_it_was_watched_is_looked_for(project: Project, poll: float | None) -> None:
    project.task("a")
    seen = watch(project.store, threading.Event(), poll=poll)
    assert {*find_places(project.store)} <= {*next(seen)}


def test_the_first_claim_of_a_clone_is_seen(project: Project) -> None:
    project.task("a")
    store, stop = project.store, threading.Event()
    assert store.leases is not None
    assert find_places(store) == [str(store.directory)]
    seen = watch(store, stop, poll=None)
    next(seen)
    pickup(project.store, "a", by="ana")
    for _ in seen:
        if store.leases in find_places(store):
            break
    stop.set()
    assert store.leases in find_places(store)


def test_marks_know_every_file(project: Project) -> None:
    file = project.task("a")
    marks = list_marks(project.store)
    assert str(file) in marks
    file.write_text(file.read_text() + "x")
    assert list_marks(project.store) != marks


@pytest.mark.parametrize("poll", [None, 0.01])
def test_it_goes_on_when_the_tasks_were_away(project: Project, poll: float | None) -> None:
    project.task("a")
    store, stop, seen = project.store, threading.Event(), threading.Event()

    def wake(changed: Collection[str]) -> None:
        if changed and (project.root / "tasks" / "back.md").exists():
            seen.set()

    thread = follow(store, wake, stop, poll=poll)
    try:
        shutil.rmtree(project.root / "tasks")
        project.write("tasks/back.md", "---\nid: back\ntitle: Back\nstate: ready\n---\n")
        assert seen.wait(PATIENCE)
    finally:
        stop.set()
        thread.join(PATIENCE)
