"""Tasks that contain a text: the same ones whether an index tells, or their files do."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from support.opened_files import opened
from support.project import Project
from taskfiles import Filter, Store, Task, find_tasks
from taskfiles.basics.unicode import fold
from taskfiles.store import containing
from taskfiles.store.containing import keep_containing
from taskfiles.task import remembered

MANY = 60
NEEDLES = ("zebra", "number 7", "part-1", "of two\nlines", "ÄRGER", "it works", "ux", "nowhere", "ß")


@pytest.fixture
def many(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr(containing, "_FEW", 5)
    monkeypatch.setattr(remembered, "RACY_NS", 0)  # the files of a test are young
    for number in range(MANY):
        zebra = ", a Zebra" if number % 3 else ""
        body = f"\n## Overview\n\nNumber {number}{zebra}.\nOf two\nlines, Ärger, Fuß.\n"
        project.task(f"part-{number}", body=body, labels="[UX]" if number % 2 else "[]")
    return project


def indexed(project: Project) -> list[Task]:
    store = Store(project.root, index=True)
    store.snapshot()
    return store.snapshot().tasks


def check(tasks: list[Task], needle: str) -> None:
    found = [task.id for task in keep_containing(tasks, fold(needle), tasks)]
    assert found == [task.id for task in find_tasks(tasks, Filter(search=needle))]


def test_the_index_finds_what_the_files_say(many: Project) -> None:
    tasks = indexed(many)
    assert all(task.row is not None for task in tasks)
    few = tasks[10:30]
    for needle in NEEDLES:  # the first one writes the texts
        check(tasks, needle)
        found = keep_containing(tasks, fold(needle), tasks)
        assert keep_containing(few, fold(needle), tasks) == [task for task in found if task in few]


def edit(project: Project) -> None:
    project.task("part-3", body="\n## Overview\n\nAn elephant.\n")
    project.task("part-7", body="\n## Overview\n\nA zebra.\n")


def lose(project: Project) -> None:
    for base, _, names in os.walk(project.root / ".git" / "tasks" / "index"):
        for name in names:
            os.unlink(os.path.join(base, name))


@pytest.mark.parametrize("change", [edit, lose])
def test_what_has_changed_since_is_read(many: Project, change: Callable[[Project], None]) -> None:
    keep_containing(tasks := indexed(many), "zebra", tasks)
    change(many)
    check(indexed(many), "zebra")
    check(indexed(many), "elephant")


def test_a_text_is_found_without_its_files(many: Project) -> None:
    tasks = indexed(many)
    keep_containing(tasks, "zebra", tasks)
    with opened(many.root / "tasks") as paths:
        assert len(keep_containing(tasks, "zebra", tasks)) == MANY - MANY // 3
        assert keep_containing(tasks, "nowhere", tasks) == []
    assert paths == []


def test_texts_of_a_newer_index_are_left_alone(many: Project) -> None:
    old = indexed(many)
    lose(many)
    new = indexed(many)
    keep_containing(new, "zebra", new)
    check(old, "zebra")  # from the files
    with opened(many.root / "tasks") as paths:
        assert len(keep_containing(new, "zebra", new)) == MANY - MANY // 3
    assert paths == []
