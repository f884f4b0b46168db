"""Who closes a task is given the names of those that depend on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.in_process import call
from support.project import Project

CLOSING: dict[str, tuple[str, ...]] = {
    "move": ("move", "d", "canceled"),
    "update": ("update", "d", "--meta", "state=canceled"),
    "force": ("move", "d", "done", "--force", "enough"),
}


def waits_directly(project: Project) -> None:
    project.task("d", commit_message="done")
    project.task("e", depends_on="[d]")


def is_blocked_by(project: Project) -> None:
    project.task("d", blocks="[e]", commit_message="done")
    project.task("e")


@pytest.mark.parametrize("arrange", [waits_directly, is_blocked_by])
@pytest.mark.parametrize("command", CLOSING)
def test_closing_names_who_waits(project: Project, arrange: Callable[[Project], None], command: str) -> None:
    arrange(project)
    project.task("closed", depends_on="[d]", state="canceled")
    project.task("other")
    answered = call(project, *CLOSING[command], "--output", "json")
    assert (answered.code, answered.json["waiting"]) == (0, ["e"])
    assert ("waits-for-canceled" in answered.err) is (command != "force")


def test_people_are_given_the_names_too(project: Project) -> None:
    waits_directly(project)
    assert "e depends on d, which is canceled." in call(project, "move", "d", "canceled").err
    assert "waiting" not in call(project, "move", "e", "canceled", "--output", "json").json


def test_what_is_closed_along_with_it_does_not_wait(project: Project) -> None:
    project.task("top", kind="epic", children="[a, b]")
    project.task("a", depends_on="[b]")
    project.task("b")
    project.task("c", depends_on="[a]")
    answered = call(project, "move", "top", "canceled", "--cascade", "canceled", "--output", "json")
    assert answered.json["waiting"] == ["c"]
