"""`tasks search`: filters, limits, what is read, and what it says where nothing is found."""

from __future__ import annotations

import re

import pytest

from support.in_process import call, ok
from support.opened_files import opened
from support.project import Project
from support.pseudo_terminal import on_pty
from taskfiles_cli.render.cells import text_width


@pytest.fixture
def project(project: Project) -> Project:
    project.task("fix-login", title="Fix the login", labels="[auth]", assignees="[ana]", priority="high")
    project.task("page", state="idea", body="\n## Overview\n\nThe login page is blank.\n")
    project.task("past", state="done", title="Login by mail")
    project.task("other")
    return project


def found(project: Project, *argv: str) -> list[str]:
    return ok(call(project, "search", *argv, "-o", "plain")).out.split()


@pytest.mark.parametrize(
    ("argv", "ids"),
    [
        (["login"], ["fix-login", "past", "page"]),
        (["LOGIN", "blank"], ["page"]),
        (["login page"], ["page"]),
        (["auth"], ["fix-login"]),
        (["login", "--open"], ["fix-login", "page"]),
        (["login", "-s", "done,idea"], ["past", "page"]),
        (["login", "-l", "auth"], ["fix-login"]),
        (["login", "-a", "ana", "-p", "high"], ["fix-login"]),
        (["login", "--mine", "--where", "priority=high"], ["fix-login"]),
        (["login", "--where", "open state=done"], []),
        (["login", "-s", "done", "--where", "open"], []),
        (["login", "--where", "parent=other"], []),
        (["login", "--view", "hot"], ["fix-login"]),
        (["login", "--limit", "2"], ["fix-login", "past"]),
        (["login", "--limit", "0"], []),
    ],
)
def test_filters_hold_besides(project: Project, argv: list[str], ids: list[str]) -> None:
    project.configure('[views.hot]\npriority = "high"\n')
    project.env["TASKS_ACTOR"] = "ana"
    assert found(project, *argv) == ids


def test_a_list_that_searches_finds_the_same(project: Project) -> None:
    for text in ("login", "auth", "PAGE", "title of"):
        listed = call(project, "list", "--search", text, "-o", "plain").out.split()
        assert sorted(found(project, text)) == listed
        assert listed


def test_people_see_twenty_and_the_number_of_the_rest(project: Project) -> None:
    for number in range(22):
        project.task(f"t-{number:02}", title="A zebra")
    out = call(project, "search", "zebra").out.splitlines()
    assert len(out) == 21
    assert out[-1] == "2 more tasks not shown: --limit 22"
    assert len(call(project, "search", "zebra", "--limit", "22").out.splitlines()) == 22
    assert len(found(project, "zebra")) == len(call(project, "search", "zebra", "-o", "json").json) == 22


def test_lines_beyond_three_are_counted(project: Project) -> None:
    project.task("long", body="\n## Notes\n\n" + "The zebra.\n\n" * 5)
    out = call(project, "search", "zebra").out.splitlines()
    assert [line.partition(": ")[2] for line in out[1:4]] == ["The zebra."] * 3
    assert out[4] == f"  and 2 more in {project.path('long')}"
    (row,) = call(project, "search", "zebra", "-o", "json").json
    assert (len(row["lines"]), row["more"]) == (3, 2)


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["zebra"], "No task contains “zebra”. `tasks list --all` shows all 4 tasks."),
        (["fix page"], "No task contains “fix page”. `tasks search fix page` finds the words apart."),
        (["zebra", "x"], "No task contains “zebra” and “x”. `tasks search zebra` looks for one alone."),
        (
            ["login", "-s", "canceled"],
            "No task that the filters ask for contains “login”. `tasks search login` looks into all.",
        ),
    ],
)
def test_an_empty_answer_says_what_to_type(project: Project, argv: list[str], says: str) -> None:
    done = ok(call(project, "search", *argv))
    assert done.out.strip() == says
    assert call(project, "search", *argv, "-o", "json").json == []


def test_texts_of_nothing_are_refused(project: Project) -> None:
    done = call(project, "search", " ", "-o", "json")
    assert (done.code, done.error["code"]) == (2, "bad-value")
    assert call(project, "search").code == 2


def test_an_empty_project_says_how_to_begin(empty: Project) -> None:
    assert call(empty, "search", "x").out == 'No tasks yet. `tasks new "Fix the navbar"` creates one.\n'


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("empty")
    (root / "tasks").mkdir()
    (root / "tasks" / "tasks.toml").write_text('layout = "flat"\n')
    return Project(root)


def test_only_files_that_match_are_read(old: Project) -> None:
    for _ in range(2):  # the first makes the index, and the texts of all
        assert found(old, "of ALPHA") == ["alpha"]
    with opened(old.root / "tasks") as files:
        assert found(old, "of ALPHA") == ["alpha"]
        assert found(old, "alpha", "no such thing") == []
    assert {file.rpartition("/")[2] for file in files if file.endswith(".md")} == {"task-alpha.md"}


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(project: Project, columns: int) -> None:
    project.task(
        "wide", title="A zebra " * 40, body="\n## 日本語の " + "章" * 10 + "\n\n" + "日本 zebra " * 90 + "\n"
    )
    project.task("key", labels="[" + "zebra" * 50 + "]")
    seen = on_pty(project, "search", "zebra", env={"LC_ALL": "C.UTF-8", "TERM": "xterm"}, columns=columns)
    assert seen.count("\x1b[30;43mzebra\x1b[0m") >= 3
    lines = re.sub(r"\x1b\[[\d;]*m", "", seen).splitlines()
    assert max(map(text_width, lines)) <= columns
    plain = call(project, "search", "zebra").out
    assert "\x1b" not in plain
    assert "A zebra " * 39 in plain
