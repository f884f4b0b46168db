"""Places named for output: never among task files, never in a directory of git, by no trick."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from support.in_process import call
from support.layouts import in_states
from support.project import Project
from taskfiles import TaskfilesError
from taskfiles.store.outputs import check_output

TASK = "tasks/10-ready/task-fix.md"
PLACES: dict[str, Callable[[Project], str]] = {
    "a task": lambda _: TASK,
    "the settings": lambda _: "tasks/tasks.toml",
    "tasks itself": lambda _: "tasks",
    "what is not there yet": lambda _: "tasks/new/place",
    "the long way round": lambda _: "tasks/../tasks/x",
    "git's directory": lambda _: ".git",
    "git's settings": lambda _: ".git/config",
    "a hook": lambda _: ".git/hooks/pre-commit",
    "another repository in it": lambda _: "vendor/.git/config",
    "a bare repository": lambda project: bare(project, "../bare.git") + "/config",
    "a worktree's pointer": lambda project: worktree(project) + "/.git",
    "a worktree's own directory": lambda project: worktree(project) and ".git/worktrees/side/HEAD",
    "a worktree's tasks": lambda project: worktree(project) + "/" + TASK,
    "git's directory elsewhere": lambda project: elsewhere(project) + "/config",
    "a link to a task": lambda project: link(project, "page.html", TASK),
    "a link to tasks": lambda project: link(project, "out", "tasks") + "/x",
    "a link to a link into git": lambda project: link(project, "b", link(project, "a", ".git")) + "/x",
    "a link that dangles into tasks": lambda project: link(project, "c", "tasks/nothing"),
}


def bare(project: Project, place: str) -> str:
    project.git("init", "-q", "--bare", place)
    return place


def worktree(project: Project) -> str:
    project.git("add", "-A")
    project.git("commit", "-qm", "all")
    project.git("worktree", "add", "-q", "../side")
    return "../side"


def elsewhere(project: Project) -> str:
    project.git("init", "-q", "--separate-git-dir", "../kept")
    return "../kept"


def link(project: Project, name: str, target: str) -> str:
    (project.root / name).symlink_to(target)
    return name


@pytest.fixture
def repository(project: Project) -> Project:
    project.git("init", "-q")
    project.configure("")
    project.task("fix")
    return project


@pytest.mark.parametrize("name", PLACES)
def test_no_option_writes_there(name: str, repository: Project) -> None:
    place = PLACES[name](repository)
    before = contents(repository.root.parent)
    machine = ("--output", "json")
    lines: list[tuple[str, ...]] = [
        ("report", "--out", place),
        ("report", "--out", f"{place}/x.html"),
        ("report", "--format", "svg", "--out", f"{place}/"),
        ("report", "--format", "png", "--chart", "gates", "--out", place),
        ("export", "--dataset", place),
        ("init", "--root", place),
    ]
    for line in lines:
        done = call(repository, *line, *machine)
        assert (done.code, done.error["code"]) == (2, "bad-value"), line
    done = call(repository, "run", "fix", "--log", place, *machine, "--", "true")
    assert (done.code, done.error["code"]) == (2, "bad-value")
    done = call(repository, "inject", place, "--output", "json")
    assert (done.code, done.error["code"]) in {(2, "bad-value"), (6, "outside-root")}
    assert contents(repository.root.parent) == before


def contents(directory: Path) -> dict[str, bytes]:
    """Every file's bytes; what commands note for themselves below git's directory is left out."""
    return {
        path: Path(path).read_bytes()
        for root, _, names in os.walk(directory)
        for path in (os.path.join(root, name) for name in names)
        if os.path.isfile(path) and not re.search(r"/home/|/(\.git|kept)/tasks/", path)
    }


@in_states
def test_a_chart_that_is_a_link_into_tasks_is_refused(repository: Project) -> None:
    (repository.root / "charts").mkdir()
    (repository.root / "charts" / "gates.svg").symlink_to(f"../{TASK}")
    before = (repository.root / TASK).read_bytes()
    done = call(repository, "report", "--format", "svg", "--out", "charts/", "--output", "json")
    assert (done.code, done.error["code"]) == (2, "bad-value")
    assert (repository.root / TASK).read_bytes() == before
    assert [path.name for path in (repository.root / "charts").iterdir()] == ["gates.svg"]


def test_tasks_behind_a_link_are_the_project_s(repository: Project) -> None:
    (repository.root / "tasks").rename(repository.root / "kept")
    (repository.root / "tasks").symlink_to("kept")
    with pytest.raises(TaskfilesError, match="it lies in tasks/"):
        check_output("--out", str(repository.root / "kept" / "x"), str(repository.root))


@pytest.mark.parametrize(
    "place", ["page.html", "out/page.html", "mytasks/x", "git/x", "docs/tasks/x", ".github/x"]
)
def test_any_other_place_is_free(place: str, repository: Project) -> None:
    assert call(repository, "report", "--out", place).code == 0
    assert (repository.root / place).is_file()
