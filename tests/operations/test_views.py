"""Saved filters in tasks.toml: used by name, replaced by options, checked with the rest of the file."""

from __future__ import annotations

import pytest

from support.in_process import call, ok
from support.project import Project
from taskfiles.operations.views import check_views

VIEWS = """
[views.now]
state = ["ready", "in-progress"]
label = "ui"

[views.mine]
mine = true
open = true
"""


@pytest.fixture
def viewed(project: Project) -> Project:
    project.configure(VIEWS)
    project.task("fix", labels="[ui]", assignees="[ana]")
    project.task("draw", labels="[ui]", state="idea")
    project.task("other", labels="[css]", assignees="['@bob']")
    project.task("old", labels="[ui]", state="done", assignees="[ana]")
    return project


def ids(project: Project, *options: str, me: str = "ana") -> list[str]:
    done = ok(call(project, "list", *options, "--output", "plain", env={"TASKS_ACTOR": me}))
    assert done.err == ""
    return done.out.split()


def test_a_view_is_its_filters(viewed: Project) -> None:
    assert ids(viewed, "--view", "now") == ["fix"]
    assert ids(viewed, "--view", "now", "-a", "ana") == ["fix"]


def test_an_option_replaces_the_views_own(viewed: Project) -> None:
    assert ids(viewed, "--view", "now", "--state", "idea") == ["draw"]
    assert ids(viewed, "--view", "now", "-l", "css") == ["other"]


def test_mine_is_the_name_that_acts(viewed: Project) -> None:
    assert ids(viewed, "--view", "mine") == ["fix"]
    assert ids(viewed, "--view", "mine", me="bob") == ["other"]
    assert ids(viewed, "--mine") == ids(viewed, "-a", "@me") == ["fix", "old"]
    assert ids(viewed, "--mine", "-a", "bob") == ["fix", "old", "other"]
    viewed.git("config", "user.name", "bob")
    assert ids(viewed, "--mine", me="") == ["other"]


def test_plan_knows_me(viewed: Project) -> None:
    done = ok(call(viewed, "plan", "-a", "@me", "--output", "plain", env={"TASKS_ACTOR": "ana"}))
    assert "fix" in done.out
    assert "other" not in done.out


def test_an_unknown_view_names_those_that_are_there(viewed: Project) -> None:
    done = call(viewed, "list", "--view", "nwo", "-o", "json")
    assert (done.code, done.error["code"]) == (2, "bad-value")
    assert done.error["message"] == "--view can't be “nwo”: there is no such view."
    assert done.error["hint"].endswith("tasks/tasks.toml has now, mine.")
    viewed.configure("")
    assert "below [views.NAME]" in call(viewed, "list", "--view", "now").err


WRONG = [
    ('[views.a]\nstate = "redy"\n', (2, 9), "views.a.state", "Did you mean ready?"),
    ('[views.a]\nopen = true\nsate = "ready"\n', (3, 8), "views.a.sate", "Did you mean state?"),
    ('[views.a]\nopen = "yes"\n', (2, 8), "views.a.open", "Write `open` alone;"),
    ('[views.a]\nsince = "soon"\n', (2, 9), "views.a.since", "Write 2025-11-02,"),
    ("[views]\na = 5\n", (2, 5), "views.a", "Write its filters below [views.NAME]"),
]


@pytest.mark.parametrize(("text", "place", "field", "remedy"), WRONG)
def test_a_wrong_view_is_a_finding_at_its_place(
    viewed: Project, text: str, place: tuple[int, int], field: str, remedy: str
) -> None:
    (finding,) = check_views(text.encode())
    assert (finding.code, finding.line, finding.column) == ("config-value", *place)
    assert finding.field == field
    assert finding.hint.startswith(remedy)
    viewed.configure(text)
    done = call(viewed, "validate", "--output", "json")
    assert done.code == 1
    assert [each["field"] for each in done.json["findings"] if each["code"] == "config-value"] == [field]
    assert "configuration" in call(viewed, "doctor").out
    assert ids(viewed, "--state", "idea") == ["draw"]  # whoever names no view is not in its way


def test_a_wrong_view_is_refused_where_it_is_named(viewed: Project) -> None:
    viewed.configure('[views.a]\nstate = "redy"\n')
    done = call(viewed, "list", "--view", "a")
    assert done.code == 2
    assert "It stands in [views.a]; `tasks validate` shows the line." in done.err


@pytest.mark.parametrize("data", [b"\xff", b"views = 5", b"[views", b"", b"[views]\n"])
def test_what_else_is_wrong_is_reported_elsewhere(data: bytes) -> None:
    assert check_views(data) == []
