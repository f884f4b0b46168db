"""Tasks are named by id, by path as given from here and then from the root, and by kind and id."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.in_process import call
from support.layouts import in_states
from support.opened_files import opened
from support.project import Project
from taskfiles import TaskfilesError
from taskfiles_cli.line.names import find_id, read_task_name

pytestmark = in_states

PATH = "tasks/10-ready/task-fix.md"


def test_a_path_is_as_given_from_here_or_from_the_root(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = project.task("fix")
    assert read_task_name(project.store, "fix") == "fix"
    monkeypatch.chdir(project.root.parent)
    for name in (str(file), f"repo/{PATH}", PATH, "./repo/tasks/../" + PATH):
        assert read_task_name(project.store, name) == PATH
        assert find_id(project.store, name) == "fix"
    monkeypatch.chdir(file.parent)
    assert read_task_name(project.store, "task-fix.md") == PATH
    (project.root / "link").symlink_to(file.parent)
    monkeypatch.chdir(project.root / "link")
    assert read_task_name(project.store, "task-fix.md") == PATH


def test_tasks_may_be_a_link(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.task("fix")
    (project.root / "docs").mkdir()
    (project.root / "tasks").rename(project.root / "docs/tasks")
    (project.root / "tasks").symlink_to("docs/tasks")
    for place, name in [
        (".", PATH),
        ("docs/tasks/10-ready", "task-fix.md"),
        ("tasks", "10-ready/task-fix.md"),
    ]:
        monkeypatch.chdir(project.root / place)
        assert find_id(project.store, name) == "fix"


@pytest.mark.parametrize("kind", ["epic", "story", "task"])
def test_kind_and_id_name_a_task(project: Project, kind: str) -> None:
    project.task("fix", kind=kind)
    for prefix in ("epic", "story", "task"):
        assert find_id(project.store, f"{prefix}-fix") == "fix"


def test_an_exact_id_comes_first(project: Project) -> None:
    project.task("fix")
    project.task("task-fix", kind="story")
    assert find_id(project.store, "task-fix") == "task-fix"
    assert find_id(project.store, "story-task-fix") == "task-fix"
    assert find_id(project.store, "epic-nope") == "epic-nope"


def test_an_id_that_begins_like_a_kind_is_found_by_its_name(project: Project) -> None:
    project.task("task-7")
    for number in range(3):
        project.task(f"other-{number}")
    with opened(project.root / "tasks") as paths:
        assert find_id(project.store, "task-7") == "task-7"
    assert [path for path in paths if path.endswith(".md")] == []


@pytest.mark.parametrize(
    "name", ["tasks/10-ready/task-gone.md", "README.md", "/etc/hosts", "../repo/notes/x.md", "tasks/notes.md"]
)
def test_a_path_of_no_task_is_refused(project: Project, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("README.md", "---\nid: fix\ntitle: T\nstate: ready\n---\n")
    project.write("notes/x.md", "---\nid: fix\ntitle: T\nstate: ready\n---\n")
    project.write("tasks/notes.md", "# Notes\n")
    monkeypatch.chdir(project.root)
    with pytest.raises(TaskfilesError) as caught:
        find_id(project.store, name)
    assert (caught.value.code, caught.value.exit) == ("no-such-task", 3)


LINES = [
    ("show", "NAME"),
    ("metadata", "get", "NAME"),
    ("tree", "NAME"),
    ("stats", "--task", "NAME"),
    ("update", "NAME", "--meta", "size=xl"),
    ("move", "NAME", "in-progress"),
    ("record", "NAME", "--status", "failed", "--tool", "t", "--duration-seconds", "1"),
    ("pickup", "NAME", "--by", "me"),
    ("release", "NAME"),
    ("adopt", "top", "NAME"),
    ("fmt", "NAME"),
    ("plan", "NAME"),
    ("run", "NAME", "--", "true"),
    ("rename", "NAME", "other"),
    ("delete", "NAME"),
]


@pytest.mark.parametrize("line", LINES, ids=[" ".join(line[:2]) for line in LINES])
@pytest.mark.parametrize("name", ["10-ready/task-fix.md", PATH, "task-fix"])
def test_every_command_takes_every_name(project: Project, line: tuple[str, ...], name: str) -> None:
    project.task("fix")
    project.task("top", kind="epic")
    words = [name if word == "NAME" else word for word in line]
    done = call(project, *words, cwd=Path(project.root / "tasks"))
    assert done.code == 0, done.err


def test_the_event_names_the_id(project: Project) -> None:
    project.task("fix")
    assert call(project, "update", PATH, "--meta", "size=xl").code == 0
    (event,) = call(project, "telemetry", "tail", "--output", "jsonl").out.splitlines()
    assert json.loads(event)["subject"] == "fix"
