"""Single steps on the disk: each is whole or not made, and nothing that changed meanwhile is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.backlogs import make_task
from support.layouts import in_states
from support.project import Project, store
from taskfiles import TaskfilesError
from taskfiles.changes import write

pytestmark = in_states

PATH = "tasks/10-ready/task-a.md"


def refused(step: object, *arguments: object) -> str:
    with pytest.raises(TaskfilesError) as caught:
        step(*arguments)  # type: ignore[operator]
    return caught.value.code


@pytest.mark.parametrize(
    ("path", "fits"),
    [
        (PATH, True),
        ("tasks/30-done/2025-11-02 task-a.md", True),
        ("tasks/10-ready/ui/BACK-1 - Größe.MD", True),
        ("tasks/10-ready/../../task-a.md", False),
        ("tasks/.hidden/task-a.md", False),
        ("tasks/10-ready/.task-a.md", False),
        ("tasks/10-ready/task-a.txt", False),
        ("tasks//task-a.md", False),
        ("tasks/10-ready/task-a\0.md", False),
        ("docs/10-ready/task-a.md", False),
    ],
)
def test_task_files_are_written_where_they_belong(project: Project, path: str, fits: bool) -> None:
    if fits:
        write.check_place(store(project), path)
    else:
        assert refused(write.check_place, store(project), path) == "outside-root"


def test_a_directory_that_leads_out_of_the_repository_takes_no_file(project: Project, tmp_path: Path) -> None:
    (project.root / "tasks/00-idea").symlink_to(tmp_path)
    assert (
        refused(write.create, store(project), make_task("a", path="tasks/00-idea/task-a.md"))
        == "outside-root"
    )
    assert not (tmp_path / "task-a.md").exists()


def test_a_file_is_created_where_none_stands(project: Project) -> None:
    task = make_task("a", path=project.path("a", "idea"))
    write.create(store(project), task)
    assert (project.root / task.path).read_bytes() == task.data
    assert refused(write.create, store(project), make_task("a", path=task.path, size="xl")) == "path-taken"
    assert project.tree() == {task.path: task.data}


def test_a_directory_that_can_not_be_made_is_the_system_s_refusal(project: Project) -> None:
    project.write("tasks/00-idea", "a file")
    assert refused(write.create, store(project), make_task("a", path="tasks/00-idea/task-a.md")) == "io"
    project.task("b")
    assert refused(write.move, store(project), project.get("b"), "tasks/00-idea/task-b.md") == "io"


def test_content_is_replaced_and_the_permissions_stay(project: Project) -> None:
    file = project.task("a")
    file.chmod(0o640)
    write.replace(store(project).load("a"), b"new")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new", 0o640)


@pytest.mark.parametrize("step", ["replace", "remove"])
def test_what_somebody_saved_meanwhile_is_kept(project: Project, step: str) -> None:
    file = project.task("a")
    opened = store(project)
    loaded = opened.load("a")
    file.write_bytes(b"mine")
    if step == "replace":
        assert refused(write.replace, loaded, b"new") == "changed-underneath"
    else:
        assert refused(write.remove, opened, loaded) == "changed-underneath"
    assert file.read_bytes() == b"mine"


def test_a_file_moves_to_a_place_that_is_free(project: Project) -> None:
    file = project.task("a")
    data = file.read_bytes()
    task = project.get("a")
    write.move(store(project), task, project.path("a", "in-progress"))
    assert project.tree() == {project.path("a", "in-progress"): data}
    assert refused(write.move, store(project), task, project.path("a", "idea")) == "changed-underneath"
    other = project.task("b").read_bytes()
    assert (
        refused(write.move, store(project), project.get("b"), project.path("a", "in-progress"))
        == "path-taken"
    )
    assert project.tree() == {project.path("b"): other, project.path("a", "in-progress"): data}


def test_a_file_is_removed_once(project: Project) -> None:
    project.task("a")
    opened = store(project)
    loaded = opened.load("a")
    write.remove(opened, loaded)
    assert project.tree() == {}
    assert refused(write.remove, opened, loaded) == "changed-underneath"


def test_a_link_is_neither_moved_nor_removed(project: Project) -> None:
    project.task("a").rename(project.root / "kept.md")
    (project.root / PATH).symlink_to("../../kept.md")
    opened = store(project)
    loaded = opened.load("a")
    assert refused(write.move, opened, loaded.task, project.path("a", "idea")) == "edit-unsafe"
    assert refused(write.remove, opened, loaded) == "edit-unsafe"
    write.replace(loaded, b"new")
    assert (project.root / "kept.md").read_bytes() == b"new"
    assert (project.root / PATH).is_symlink()
