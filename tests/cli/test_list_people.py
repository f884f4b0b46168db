"""`tasks list` for people: the open tasks, on a terminal and in a pipe alike; machine output is as it was."""

from __future__ import annotations

import json

import pytest

from support.in_process import call
from support.project import BODY, Project
from support.pseudo_terminal import on_pty


@pytest.fixture
def busy(project: Project) -> Project:
    project.task("idle", state="idea", body=BODY)
    project.task("soon", body=BODY, priority="high")
    project.task("later", body=BODY, depends_on="[soon]")
    project.task("now", state="in-progress", body=BODY)
    project.task("past", state="done")
    project.task("never", state="canceled")
    return project


def ids(out: str) -> list[str]:
    return [line.split()[0] for line in out.splitlines()[1:] if "not shown" not in line]


def test_people_see_what_is_open_and_a_count_of_the_rest(busy: Project) -> None:
    out = call(busy, "list").out
    assert ids(out) == ["now", "soon", "later", "idle"]
    assert out.splitlines()[-1] == "1 done and 1 canceled not shown: --all"
    assert out.splitlines()[3].endswith("  soon")  # what `later` waits for


@pytest.mark.parametrize(
    ("argv", "found", "last"),
    [
        (["--all"], ["now", "soon", "later", "idle", "past", "never"], ""),
        (["--open"], ["now", "soon", "later", "idle"], ""),
        (["--state", "done"], ["past"], ""),
        (["--state", "ready,done"], ["soon", "later", "past"], ""),
        (["--priority", "high"], ["soon"], ""),
        (["--priority", "normal"], ["now", "later", "idle"], "1 done and 1 canceled not shown: --all"),
        (["--all", "--sort", "id"], ["idle", "later", "never", "now", "past", "soon"], ""),
        (["--limit", "1"], ["now"], "1 done and 1 canceled not shown: --all"),
        (["--fields", "id,kind"], ["now", "soon", "later", "idle"], "1 done and 1 canceled not shown: --all"),
    ],
)
def test_a_state_or_all_says_which(
    busy: Project, argv: list[str], found: list[str], last: str | None
) -> None:
    out = call(busy, "list", *argv).out
    assert ids(out) == found
    assert (out.splitlines()[-1] if "not shown" in out else "") == last


def test_programs_get_every_task_by_id(busy: Project) -> None:
    every = ["idle", "later", "never", "now", "past", "soon"]
    assert call(busy, "list", "-o", "plain").out.split() == every
    for more in ([], ["--all"]):
        assert [task["id"] for task in call(busy, "list", "-o", "json", *more).json] == every
    lines = call(busy, "list", "-o", "jsonl").out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == every


def test_a_terminal_gets_the_same_tasks_with_icons(busy: Project) -> None:
    call(busy, "pickup", "soon", "--by", "agent-7")
    seen = on_pty(busy, "list", env={"LC_ALL": "C.UTF-8", "TERM": "xterm"}, columns=120)
    assert ids(seen.replace("\x1b[2m", "").replace("\x1b[0m", "")) == ["soon", "now", "later", "idle"]
    assert "\x1b[1;33m◐ in-progress\x1b[0m" in seen
    assert "\x1b[36m◉ agent-7\x1b[0m" in seen
    plain = on_pty(busy, "list", env={"LC_ALL": "C", "TERM": "xterm", "NO_COLOR": "1"}, columns=120)
    assert plain.isascii()
    assert "> in-progress" in plain
    assert "@ agent-7" in plain


def test_an_empty_project_says_what_to_type(project: Project) -> None:
    assert call(project, "list").out == 'No tasks yet. `tasks new "Fix the navbar"` creates one.\n'
    assert call(project, "list", "-o", "json").out == "[]\n"
    project.task("past", state="done")
    assert call(project, "list").out == "No open tasks; 1 done not shown: --all\n"
