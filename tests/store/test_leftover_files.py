"""Temporary files that killed writers have left below `tasks/`: found, and removed by who may."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.in_process import call, ok
from support.kill_steps import kill_at
from support.project import Project
from taskfiles import Update, update
from taskfiles.store.disk import temporary_path

PLACES = [
    "tasks/10-ready/task-fix.md",
    "tasks/10-ready/gone.md",
    "tasks/ui/deep/other.md",
    "tasks/tasks.toml",
]


def leave(project: Project) -> list[Path]:
    project.task("fix", extra="x_n: 0\n")
    found = []
    for place in PLACES:
        file = project.root / temporary_path(place)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"---\nid: half\n")
        found.append(file)
    return found


def left(project: Project) -> list[str]:
    return [path for path in project.tree() if ".tasks-" in path]


def test_a_kill_in_a_write_of_one_file_leaves_one(project: Project) -> None:
    project.task("fix", extra="x_n: 0\n")
    step = 0
    while not left(project):
        step += 1
        assert kill_at(step, lambda: update(project.store, "fix", Update(set={"x_n": 1})), project)
    project.task("other")
    ok(call(project, "update", "other", "--meta", "size=xl"))  # holds the lock of another task
    assert left(project)
    assert call(project, "doctor").code == 1
    ok(call(project, "doctor", "--fix"))
    assert not left(project)


@pytest.mark.parametrize(
    "argv", [("undo",), ("validate", "--fix"), ("rename", "fix", "b"), ("delete", "fix"), ("init",)]
)
def test_whoever_holds_the_lock_removes_what_was_left(project: Project, argv: tuple[str, ...]) -> None:
    leave(project)
    call(project, *argv)
    assert not left(project)


def test_doctor_names_and_removes_what_was_left(project: Project) -> None:
    ok(call(project, "init"))
    leave(project)
    before = project.tree()
    looked = call(project, "doctor", "-o", "json")
    named = {row["path"] for row in looked.json["results"] if row["status"] == "wrong"}
    assert (looked.code, named) == (1, set(left(project)))
    assert project.tree() == before
    fixed = call(project, "doctor", "--fix", "-o", "json")
    assert (fixed.code, fixed.json["summary"]["fixed"]) == (0, len(PLACES))
    assert project.tree() == {path: data for path, data in before.items() if ".tasks-" not in path}
    assert call(project, "doctor", "--fix", "-o", "json").json["summary"]["fixed"] == 0


def test_what_a_writer_is_at_work_on_stays(project: Project) -> None:
    leave(project)
    with project.store.locks.tasks("other"):
        assert call(project, "doctor", "--lock-timeout", "0.1").code == 0
        call(project, "doctor", "--fix", "--lock-timeout", "0.1")
    assert len(left(project)) == len(PLACES)


def test_what_only_looks_like_one_stays(project: Project, tmp_path: Path) -> None:
    project.task("fix")
    kept = [
        ".tasks-0123456789abcdef.md",
        ".tasks-0123456789abcdeg.tmp",
        ".tasks-012.tmp",
        "x.tasks-0123456789abcdef.tmp",
    ]
    for name in kept:
        project.write(f"tasks/10-ready/{name}", "mine")
    (project.root / "tasks/10-ready/.tasks-0123456789abcdef.tmp").symlink_to(tmp_path)
    (project.root / "tasks/10-ready/.tasks-0123456789abcde0.tmp").mkdir()
    os.mkfifo(project.root / "tasks/10-ready/.tasks-0123456789abcde1.tmp")
    (project.root / "tasks/linked").symlink_to(tmp_path)
    outside = tmp_path / ".tasks-0123456789abcdef.tmp"
    outside.write_text("mine")
    names = sorted(os.listdir(project.root / "tasks/10-ready"))
    with project.store.locks.store():
        pass
    assert sorted(os.listdir(project.root / "tasks/10-ready")) == names
    assert outside.exists()
