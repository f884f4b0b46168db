"""Options that shape texts: each is kept, a run again changes nothing, and what was edited here stays."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.foreign_tasks import OLD, backlog_file, backlog_task
from support.in_process import call, ok
from support.layouts import in_states
from support.project import Project
from taskfiles.migrate.chosen import check_chosen
from taskfiles.schema.files import read_schema
from taskfiles.task.names import CONFIG_PATH

BOTH = ("--rewrite-references", "--drop-markers")
SCHEMA = Draft202012Validator(read_schema("migrate"))
BODY = """
## Description

<!-- SECTION:DESCRIPTION:BEGIN -->
After BACK-2.1, see [it](<../completed/back-2.1 - B.md#how>) and `BACK-2.1`.
<!-- SECTION:DESCRIPTION:END -->

## Acceptance Criteria
<!-- AC:BEGIN -->
- [ ] #1 As task-2.1 says
"""
AFTER = """
## Description

After back-2-1, see [it](<{link}#how>) and `BACK-2.1`.

## Acceptance Criteria
- [ ] #1 As back-2-1 says
"""
FIRST = "tasks/back-1 - A.md"


def two(project: Project, body: str = BODY, more: str = "dependencies: [task-2.1]\n") -> None:
    backlog_file(project, FIRST, f"id: BACK-1\ntitle: A\nstatus: To Do\n{more}", body)
    backlog_file(project, "completed/back-2.1 - B.md", "id: BACK-2.1\ntitle: B\nstatus: Done\n")


def migrate(project: Project, *options: str) -> dict[str, Any]:
    done = ok(call(project, "migrate", OLD, *options, "--output", "json")).json
    SCHEMA.validate(done)
    return dict(done)


def text_of(project: Project, task_id: str = "back-1") -> str:
    return project.get(task_id).document.body.decode()


def link(project: Project) -> str:
    return "back-2-1.md" if project.layout == "flat" else "../30-done/task-back-2-1.md"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_references_are_rewritten_and_markers_dropped(project: Project, end: str) -> None:
    body = BODY.replace("\n", end)
    two(project, body)
    before = project.tree()
    shown = migrate(project, *BOTH, "--dry-run")
    assert project.tree() == before
    path = f"{OLD}/backlog/{FIRST}"
    assert [(each["path"], each["line"], each["old"]) for each in shown["references"]] == [
        (path, 11, "BACK-2.1"),
        (path, 11, "<../completed/back-2.1 - B.md#how>"),
        (path, 16, "task-2.1"),
    ]
    assert [(each["line"], each["marker"]) for each in shown["markers"]] == [
        (10, "<!-- SECTION:DESCRIPTION:BEGIN -->"),
        (12, "<!-- SECTION:DESCRIPTION:END -->"),
        (15, "<!-- AC:BEGIN -->"),
    ]
    assert (shown["in_code"], shown["options"]) == (1, ["rewrite_references", "drop_markers"])
    assert [(each["code"], each["line"]) for each in shown["findings"]] == [("lone-marker", 15)]
    people = ok(call(project, "migrate", OLD, *BOTH, "--dry-run")).out
    assert "BACK-2.1 " in people
    assert f"{path}:11" in people
    assert "In code, as they were: 1 reference." in people
    done = migrate(project, *BOTH)
    assert done["references"] == shown["references"]
    assert text_of(project) == AFTER.format(link=link(project)).replace("\n", end)
    ok(call(project, "validate"))
    assert ok(call(project, "migrate", OLD, "--verify", "--output", "json")).json["verified"]
    ok(call(project, "undo"))
    assert project.tree() == before


def test_without_the_options_texts_and_settings_are_as_before(project: Project) -> None:
    two(project)
    done = migrate(project)
    assert text_of(project) == BODY
    assert "raw=" not in str(project.get("back-1").values["x_backlog_base"])
    assert (done["options"], done["references"], done["markers"], done["in_code"]) == ([], [], [], 0)
    assert done["settings"] == []


def test_options_are_kept_and_a_run_again_changes_nothing(project: Project) -> None:
    two(project)
    migrate(project, *BOTH)
    tree = project.tree()
    assert (project.root / CONFIG_PATH).read_text().count("= true") == 2
    for again in ((), BOTH, BOTH[:1]):
        done = migrate(project, *again)
        assert (done["changed"], done["references"], done["markers"]) == (False, [], [])
        assert len(done["options"]) == 2
    assert project.tree() == tree
    backlog_task(project, "3", more="")
    backlog_file(project, "tasks/back-4 - D.md", "id: BACK-4\ntitle: D\n", "\nBACK-3\n")
    assert [each["new"] for each in migrate(project)["references"]] == ["back-3"]
    assert text_of(project, "back-4") == "\nback-3\n"


def test_an_option_that_is_gone_from_the_settings_is_gone_from_the_texts(project: Project) -> None:
    two(project)
    migrate(project, *BOTH)
    file = project.root / CONFIG_PATH
    file.write_text(file.read_text().replace("drop_markers = true", "drop_markers = false"))
    done = migrate(project)
    assert (done["options"], done["counts"]["changed"]) == (["rewrite_references"], 1)
    assert "<!-- AC:BEGIN -->" in text_of(project)
    assert "back-2-1" in text_of(project)


def test_an_option_that_comes_later_changes_texts_that_nobody_edited(project: Project) -> None:
    two(project)
    backlog_file(project, "tasks/back-3 - C.md", "id: BACK-3\ntitle: C\n", "\nSee BACK-1.\n")
    migrate(project)
    ok(call(project, "note", "back-3", "Mine"))
    edited = text_of(project, "back-3")
    done = migrate(project, *BOTH)
    assert text_of(project) == AFTER.format(link=link(project))
    assert text_of(project, "back-3") == edited
    assert [each["code"] for each in done["findings"]] == ["lone-marker", "text-kept"]
    again = migrate(project, *BOTH)
    assert (again["changed"], again["findings"]) == (False, [])


def test_a_text_that_was_edited_here_stays_and_one_that_changed_on_both_sides_is_named(
    project: Project,
) -> None:
    two(project)
    migrate(project, *BOTH)
    ok(call(project, "note", "back-1", "Mine: BACK-2.1"))
    edited = text_of(project)
    assert not migrate(project)["changed"]
    two(project, BODY + "More.\n")
    done = migrate(project)
    assert "conflict" in [each["code"] for each in done["findings"]]
    assert text_of(project) == edited
    two(project)
    assert not migrate(project)["changed"]


def test_a_text_that_changed_there_is_taken_as_the_options_make_it(project: Project) -> None:
    two(project)
    migrate(project, *BOTH)
    two(project, BODY + "And BACK-1.\n")
    done = migrate(project)
    assert done["counts"]["changed"] == 1
    assert text_of(project) == AFTER.format(link=link(project)) + "And back-1.\n"
    assert ok(call(project, "migrate", OLD, "--verify")).code == 0


@in_states
def test_files_that_move_here_are_no_change_of_texts(project: Project) -> None:
    two(project)
    migrate(project, *BOTH)
    ok(call(project, "move", "back-1", "in-progress"))
    ok(call(project, "move", "back-2-1", "canceled", "--force", "Not needed"))
    moved = text_of(project)
    assert "canceled" in moved
    assert not migrate(project)["changed"]
    two(project, BODY + "More.\n")
    done = migrate(project)
    assert [each["code"] for each in done["findings"]] == ["lone-marker"]
    assert text_of(project) == moved + "More.\n"
    proof = call(project, "migrate", OLD, "--verify", "--output", "json").json
    assert {each["key"] for each in proof["differences"]} == {"state"}


@in_states
def test_a_new_task_links_to_one_that_moves_in_the_same_run(project: Project) -> None:
    backlog_task(project, "1")
    migrate(project, *BOTH)
    backlog_task(project, "1", status="Done")
    backlog_file(project, "tasks/back-2 - B.md", "id: BACK-2\ntitle: B\n", "\n[x](back-1%20-%20Task-1.md)\n")
    migrate(project)
    assert "](../30-done/" in text_of(project, "back-2")
    assert text_of(project, "back-2").endswith("task-back-1.md)\n")
    assert not migrate(project)["changed"]


def test_a_reference_that_finds_its_task_only_now_is_rewritten_then(project: Project) -> None:
    backlog_file(project, FIRST, "id: BACK-1\ntitle: A\n", "\nSee BACK-9.\n")
    migrate(project, "--rewrite-references")
    assert text_of(project) == "\nSee BACK-9.\n"
    backlog_task(project, "9")
    migrate(project)
    assert text_of(project) == "\nSee back-9.\n"


def test_a_task_that_is_gone_from_the_source_is_named_by_its_id_here_all_the_same(project: Project) -> None:
    two(project)
    migrate(project, *BOTH)
    text = text_of(project)
    (project.root / OLD / "backlog/completed/back-2.1 - B.md").unlink()
    two_again = BODY.replace("task-2.1", "BACK-2.1")
    backlog_file(project, FIRST, "id: BACK-1\ntitle: A\nstatus: To Do\n", two_again)
    migrate(project)
    assert text_of(project) == text


def test_markers_are_those_of_backlog_md(project: Project) -> None:
    project.write("../todo.txt", "x done\n")
    done = call(project, "migrate", "todo.txt", "../todo.txt", "--drop-markers", "--output", "json")
    assert (done.code, done.error["code"]) == (2, "bad-value")
    assert done.error["message"].startswith("--drop-markers can't be used: todo.txt writes no markers")
    ok(call(project, "migrate", "todo.txt", "../todo.txt", "--rewrite-references"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[migrate.backlog]\ndrop_markers = "yes"\n', "true or false"),
        ("[migrate.backlog]\nother = true\n", "a table"),
    ],
)
def test_an_option_that_is_none_is_a_finding(text: str, problem: str) -> None:
    (finding,) = check_chosen(text.encode())
    assert (finding.line, finding.code) == (2, "config-value")
    assert problem in finding.message


def test_kept_options_are_no_findings() -> None:
    assert (
        check_chosen(b"[migrate.backlog]\ndrop_markers = false\nheadings = true\n[migrate.x.headings]\n")
        == []
    )
