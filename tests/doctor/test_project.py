"""The project itself: git, its directory, settings, index, ids and places."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.in_process import call, ok
from support.layouts import in_states
from support.project import Project
from taskfiles import Store, TaskfilesError
from taskfiles.doctor.check import Scene, Status
from taskfiles.doctor.layout import check_places
from taskfiles.doctor.project import (
    check_config,
    check_duplicates,
    check_git,
    check_index,
    check_root,
    remove_index,
)
from taskfiles.store.index import reading
from taskfiles_cli.render.remedies import say


def scene_of(project: Project) -> Scene:
    return Scene(str(project.root), project.store)


def test_git_is_named_with_its_repository(project: Project) -> None:
    (seen,) = check_git(scene_of(project))
    assert seen.status is Status.OK
    assert seen.message.endswith(f"the repository is {project.root}.")


def test_without_a_repository_it_says_what_is_missed(project: Project) -> None:
    (project.root / ".git").rename(project.root / "git")
    (seen,) = check_git(scene_of(project))
    assert seen.status is Status.INFO
    assert seen.hint.endswith("undo and the event log are not there either.")
    home = str(project.root.parent / "state")
    (seen,) = check_git(Scene(str(project.root), Store(project.root, state_home=home)))
    assert seen.hint == "Run `git init`; without it claims and trust are not there."


def test_what_it_says_of_undo_without_a_repository_is_true(project: Project) -> None:
    (project.root / ".git").rename(project.root / "git")
    for env, is_there in (({}, True), ({"HOME": "", "XDG_STATE_HOME": ""}, False)):
        ok(call(project, "new", "--title", "A task", env=env))
        assert ("undo and the event log" in ok(call(project, "doctor", env=env)).out) is not is_there
        assert (call(project, "undo", env=env).code == 0) is is_there


def test_git_that_does_not_run(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = scene_of(project)
    monkeypatch.setenv("PATH", str(tmp_path))
    (seen,) = check_git(scene)
    assert seen.status is Status.WRONG
    assert seen.message.startswith("git does not run: ")


def test_a_project_is_there_and_what_can_not_be_read_is_named(project: Project) -> None:
    project.task("fix")
    (sound,) = check_root(scene_of(project))
    assert sound.message == f"The project is {project.root}; it holds 1 task."
    project.write("tasks/10-ready/task-bad.md", "---\nid: bad\n")
    seen = list(check_root(scene_of(project)))
    assert [(each.status, each.path) for each in seen[1:]] == [(Status.WRONG, "tasks/10-ready/task-bad.md")]


def test_no_project_is_said_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(TaskfilesError) as missing:
        Store.find(tmp_path)
    (seen,) = check_root(Scene(str(tmp_path), None, missing.value))
    assert (seen.status, seen.hint) == (Status.WRONG, missing.value.hint)
    for check in (check_config, check_index, check_duplicates, check_places):
        assert list(check(Scene(str(tmp_path), None, missing.value))) == []


@in_states
@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        (None, Status.OK, "There is no tasks/tasks.toml; the defaults apply."),
        ("", Status.OK, "tasks/tasks.toml can be used (format 1)."),
        ("format = 1\n", Status.OK, "tasks/tasks.toml can be used (format 1)."),
        ("a = [", Status.WRONG, None),
        ("colour = 1\n", Status.INFO, None),
    ],
)
def test_settings_can_be_used_or_not(
    text: str | None, status: Status, message: str | None, project: Project
) -> None:
    if text is not None:
        project.configure(text)
    (seen,) = check_config(scene_of(project))
    assert (seen.status, seen.path) == (status, "tasks/tasks.toml")
    assert message in {None, seen.message}


def test_an_index_is_absent_whole_or_damaged(old: Project) -> None:
    old.task("fix")
    (absent,) = check_index(scene_of(old))
    assert absent.message == "There is no index yet; the next list writes it."
    ok(call(old, "list"))
    (whole,) = check_index(scene_of(old))
    assert whole.message.startswith("The index is whole (")
    assert {each.status for each in remove_index(scene_of(old))} == {Status.FIXED}
    (gone,) = check_index(scene_of(old))
    assert gone == absent


def test_a_damaged_index_is_wrong_and_removed(old: Project) -> None:
    old.task("fix")
    ok(call(old, "list"))
    scene = scene_of(old)
    assert scene.index is not None
    file = Path(scene.index, reading.BASE)
    file.write_bytes(file.read_bytes()[:-1] + b"\0")
    (seen,) = check_index(scene)
    assert (seen.status, seen.message) == (Status.WRONG, "The index can't be read, and is not used.")
    assert f"Removed {file}." in [each.message for each in remove_index(scene)]
    assert not file.exists()


def test_without_a_place_there_is_no_index(project: Project) -> None:
    (project.root / ".git").rename(project.root / "git")
    (seen,) = check_index(scene_of(project))
    assert seen.message == "There is no place for an index; every file is read each time."
    assert list(remove_index(scene_of(project))) == []


@in_states
def test_an_id_names_one_task(project: Project) -> None:
    text = project.task("fix", created_at="2025-11-02T12:00:00Z").read_text()
    assert [each.status for each in check_duplicates(scene_of(project))] == [Status.OK]
    other = text.replace("2025-11-02T12:00:00Z", "2025-11-03T12:00:00Z")
    project.write(project.path("fix", "idea"), other.replace("state: ready", "state: idea"))
    (seen,) = check_duplicates(scene_of(project))
    assert (seen.status, seen.path) == (Status.WRONG, project.path())
    assert seen.message == "fix is the id of tasks/00-idea/task-fix.md already."
    assert seen.hint == "Give it another: fix-2 for tasks/10-ready/task-fix.md."
    assert say(seen.hint) == "`tasks rename tasks/10-ready/task-fix.md fix-2` gives it another."


def test_one_task_in_two_files_is_to_be_merged(project: Project) -> None:
    text = project.task("fix", created_at="2025-11-02T12:00:00Z").read_text()
    project.write("tasks/00-idea/task-fix.md", text.replace("state: ready", "state: idea"))
    (seen,) = check_duplicates(scene_of(project))
    assert "one task in 2 places, as a merge can leave it." in seen.message
    assert "`tasks merge fix --prefer tasks/00-idea/task-fix.md`" in say(seen.hint or "")
    assert "the named one's word counts where they differ, in state" in (seen.hint or "")


@in_states
def test_a_task_that_branches_moved_apart_is_to_be_settled_first(project: Project) -> None:
    text = project.task("fix").read_text()
    marks = "<<<<<<< HEAD\nstate: in-progress\n=======\nstate: idea\n>>>>>>> topic\n"
    for place in ("00-idea", "20-in-progress"):
        project.write(f"tasks/{place}/task-fix.md", text.replace("state: ready\n", marks))
    (project.root / project.path()).unlink()
    (seen,) = check_duplicates(scene_of(project))
    assert (seen.status, seen.path) == (Status.WRONG, project.path("fix", "idea"))
    assert seen.message == (
        "fix stands in tasks/00-idea/task-fix.md and tasks/20-in-progress/task-fix.md: branches moved it to "
        "different places."
    )


def test_files_lie_where_their_state_says(project: Project) -> None:
    file = project.task("fix")
    assert [each.status for each in check_places(scene_of(project))] == [Status.OK]
    os.rename(file, project.root / "tasks" / "task-fix.md")
    (seen,) = check_places(scene_of(project))
    assert (seen.status, seen.path) == (Status.WRONG, "tasks/task-fix.md")
