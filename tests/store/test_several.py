"""Several tasks read at once: each as `Store.load` reads it, and no file more than a few times."""

from __future__ import annotations

from collections import Counter

import pytest

from support.in_process import call
from support.layouts import in_flat
from support.opened_files import opened
from support.project import Project
from taskfiles import Store, TaskfilesError, move, pickup
from taskfiles.store.reader import Loaded
from taskfiles.store.several import make_loader

MANY = 12


@pytest.fixture
def several(project: Project) -> Project:
    for number in range(MANY):
        project.task(f"t-{number}")
    return project


def outcome(load: object, task_id: str) -> object:
    """What a loader says of an id: path and bytes, or the error's code."""
    assert callable(load)
    try:
        loaded = load(task_id)
    except TaskfilesError as error:
        return error.code, error.details
    return loaded.task.path, loaded.task.data, loaded.identity


def test_each_is_as_if_it_was_loaded_alone(several: Project) -> None:
    several.write("tasks/notes/copy.md", several.get("t-1").data)
    several.write("tasks/notes/named.md", several.get("t-2").data.replace(b"id: t-2", b"id: free"))
    (several.root / several.path("t-3")).write_text("---\n{unclosed\n---\n")
    several.write("tasks/notes/t-4.md", "---\n[unclosed\n---\n")
    several.write("tasks/notes/fence.md", "no fence\n")
    store = several.store
    names = [*(f"t-{number}" for number in range(MANY)), "free", "gone", "fence"]
    load = make_loader(store, names)
    found = {name: outcome(load, name) for name in names}
    assert found == {name: outcome(store.load, name) for name in names}
    codes = {name: said[0] for name, said in found.items() if isinstance(said, tuple)}
    assert (codes["t-1"], codes["t-3"], codes["gone"]) == (
        "ambiguous-task",
        "unreadable-task",
        "no-such-task",
    )
    assert codes["free"] == "tasks/notes/named.md"


def test_what_was_moved_or_changed_meanwhile_is_found(several: Project) -> None:
    store = several.store
    load = make_loader(store, [f"t-{number}" for number in range(MANY)])
    data = several.get("t-1").data
    several.write("tasks/notes/elsewhere.md", data)
    (several.root / several.path("t-1")).write_bytes(data.replace(b"id: t-1", b"id: other"))
    (several.root / several.path("t-2")).rename(several.root / "tasks/notes/moved.md")
    assert load("t-1").task.path == "tasks/notes/elsewhere.md"
    assert load("t-2").task.path == "tasks/notes/moved.md"


@pytest.mark.parametrize("argv", [("fmt",), ("fmt", *(f"t-{number}" for number in range(MANY)))])
def test_the_work_does_not_grow_with_the_square_of_the_tasks(several: Project, argv: tuple[str, ...]) -> None:
    for number in range(MANY):
        file = several.root / several.path(f"t-{number}")
        head, front, body = file.read_text().split("---\n", 2)
        lines = front.splitlines(keepends=True)
        file.write_text("---\n".join([head, "".join(reversed(lines)), body]))
    with opened(several.root / "tasks") as paths:
        done = call(several, *argv)
    assert done.code == 0
    assert len(done.out.splitlines()) == MANY
    times = Counter(path for path in paths if path.endswith(".md"))
    assert max(times.values()) < MANY


def test_what_was_just_found_is_not_searched_for_again(several: Project) -> None:
    store = Store(several.root, index=True)
    at = {"t-1": store.get("t-1").path, "t-2": several.path("t-3")}
    load = make_loader(store, ["t-1", "t-2"], at)
    with opened(several.root / "tasks") as paths:
        assert load("t-1").task.id == "t-1"
    assert paths == [str(several.root / at["t-1"])]
    assert load("t-2").task.path == several.path("t-2")  # it was not there
    (several.root / at["t-1"]).rename(several.root / "tasks/moved.md")
    assert load("t-1").task.path == "tasks/moved.md"


@in_flat
def test_a_state_changes_with_one_look_at_all_files(several: Project) -> None:
    searched = []

    class Counting(Store):
        def load(self, task_id: str) -> Loaded:
            searched.append(task_id)
            return super().load(task_id)

    store = Counting(several.root, index=True)
    move(store, "t-1", "idea")
    assert searched == ["t-1"]
    searched.clear()
    several.git("init", "-q")
    pickup(Counting(several.root, index=True), "t-2", by="ana")
    assert searched == []  # it has read all tasks, for what they say of this one
