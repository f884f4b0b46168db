"""Tasks that came from elsewhere are found by the ids that they had there."""

from __future__ import annotations

import pytest

from support.in_process import call
from support.project import Project


def moved(project: Project, task_id: str, old_id: str, source: str = "backlog") -> None:
    project.task(task_id, **{f"x_{source}_id": f'"{old_id}"'})


@pytest.mark.parametrize("name", ["BACK-5.2", "back-5.2", "Back-5.2"])
def test_a_task_is_found_by_its_old_id(project: Project, name: str) -> None:
    moved(project, "back-5-2", "BACK-5.2")
    project.task("other")
    assert call(project, "show", name, "--output", "json").json["id"] == "back-5-2"
    assert call(project, "update", name, "--meta", "size=xl").code == 0
    assert call(project, "new", "--title", "N", "--id", "n", "--depends-on", name).code == 0
    assert project.get("n").values["depends_on"] == ["back-5-2"]


@pytest.mark.parametrize("name", ["master/5.2", "#12", "001-photos/T001", "notes.md"])
def test_old_ids_of_any_form(project: Project, name: str) -> None:
    moved(project, "mine", name, "odd")
    assert call(project, "show", name, "--output", "json").json["id"] == "mine"


def test_a_path_that_is_there_goes_first(project: Project) -> None:
    file = project.task("fix")
    path = file.relative_to(project.root).as_posix()
    moved(project, "other", path)
    assert call(project, "show", path, "--output", "json").json["id"] == "fix"


def test_exactly_so_written_goes_before_other_cases(project: Project) -> None:
    moved(project, "one", "A.1")
    moved(project, "two", "a.1")
    assert call(project, "show", "A.1", "--output", "json").json["id"] == "one"
    assert call(project, "show", "a.1", "--output", "json").json["id"] == "two"


def test_an_old_id_of_several_tasks_is_refused(project: Project) -> None:
    moved(project, "one", "A.1")
    moved(project, "two", "A.1", "taskmd")
    done = call(project, "show", "A.1", "--output", "json")
    assert (done.code, done.error["code"]) == (3, "ambiguous-task")


@pytest.mark.parametrize("name", ["NOPE-1", "no/where", "x.md"])
def test_what_nobody_had_is_no_task(project: Project, name: str) -> None:
    moved(project, "one", "A.1")
    done = call(project, "show", name, "--output", "json")
    assert (done.code, done.error["code"]) == (3, "no-such-task")
