"""`tasks migrate`: all or nothing, again and again, and what stands in the way is named."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from support.event_log import records_of
from support.foreign_tasks import OLD, backlog_file, backlog_task, wordy
from support.in_process import call, ok
from support.project import Project


def digest(root: Path) -> dict[str, str]:
    return {
        file.relative_to(root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(root.rglob("*"))
        if file.is_file()
    }


def test_tasks_come_in_with_their_old_ids_and_bodies(project: Project) -> None:
    body = "\n## Description\r\n\n\tOdd  bytes \n\n\n- [x] #1 Ticked\n<!-- AC:END -->\nno end"
    backlog_file(
        project, "tasks/back-5.2 - A-title.md", "id: BACK-5.2\ntitle: A title\nstatus: In Progress\n", body
    )
    source = digest(project.root / OLD)
    done = call(project, "migrate", OLD)
    assert done.code == 0, done
    task = project.get("back-5-2")
    assert (task.title, task.state, task.values["x_backlog_id"]) == ("A title", "in-progress", "BACK-5.2")
    assert task.document.body == body.encode()
    assert digest(project.root / OLD) == source
    assert call(project, "validate").code == 0


def test_the_source_is_guessed_and_said(project: Project) -> None:
    backlog_task(project)
    done = call(project, "migrate", OLD, "--dry-run")
    assert done.out.startswith("Backlog.md (guessed) in ../old: 1 task")
    named = call(project, "migrate", "backlog", OLD, "--dry-run")
    assert named.out.startswith("Backlog.md in ../old: 1 task")


def test_a_dry_run_is_the_whole_answer_and_writes_nothing(project: Project) -> None:
    backlog_task(project, "1", "To Do", "ordinal: 3\npriority: high\n")
    backlog_task(project, "2", "In Review")
    tree = project.tree()
    done = call(project, "migrate", OLD, "--dry-run", "--output", "json")
    assert done.code == 1
    words = {(each["key"], each["value"]): (each["word"], each["count"]) for each in done.json["words"]}
    assert words == {
        ("status", "To Do"): ("ready", 1),
        ("status", "In Review"): (None, 1),
        ("priority", "high"): ("high", 1),
    }
    assert done.json["unplaced"] == [{"key": "ordinal", "kept_as": "x_backlog_ordinal", "count": 1}]
    assert done.json["counts"] == {"new": 2, "changed": 0, "same": 0}
    assert (done.json["dry_run"], done.json["changed"]) == (True, True)
    assert project.tree() == tree
    assert records_of(project) == []


def test_an_unknown_word_refuses_with_what_to_type(project: Project) -> None:
    wordy(project)
    tree = project.tree()
    done = call(project, "migrate", OLD, "--output", "json")
    assert (done.code, done.error["code"]) == (1, "unmapped")
    assert "'status:In Review=in-progress'" in done.error["hint"]
    assert project.tree() == tree
    assert call(project, "migrate", OLD, "--map", "status:in review=in-progress").code == 0
    assert project.get("back-1").state == "in-progress"


def test_ten_unknown_words_are_named_in_the_sentence_and_all_in_the_details(project: Project) -> None:
    for number in range(12):
        backlog_task(project, str(number), f"Odd {number:02}")
    done = call(project, "migrate", OLD, "--output", "json")
    assert "Odd 09” (1 task), and 2 more" in done.error["message"]
    assert "'status:Odd 09=idea|ready|" in done.error["hint"]
    assert len(done.error["details"]["words"]) == 12


def test_a_choice_is_of_a_key_with_words_and_names_one_of_ours(project: Project) -> None:
    wordy(project)
    for given in ("status:In Review=doing", "title:x=ready", "status", "=ready", "status:x="):
        done = call(project, "migrate", OLD, "--map", given, "--output", "json")
        assert (done.code, done.error["code"]) == (2, "bad-value"), given
        assert "--map" in done.error["message"], given


def test_a_blocked_state_is_a_ready_task_with_a_reason(project: Project) -> None:
    backlog_task(project, status="Waiting")
    assert call(project, "migrate", OLD, "--map", "status:Waiting=blocked").code == 0
    assert project.get("back-1").values["blocked"] == "Backlog.md: Waiting"


def test_a_broken_file_is_named_with_its_place_and_nothing_is_half_done(project: Project) -> None:
    backlog_task(project)
    backlog_file(project, "tasks/back-2 - x.md", "id: BACK-2\ntitle: T\nassignee: @ada\n")
    backlog_file(project, "tasks/back-3 - x.md", "id: [BACK-3\n")
    tree = project.tree()
    done = call(project, "migrate", OLD, "--output", "json")
    assert (done.code, done.error["code"]) == (1, "bad-source")
    places = {(each["path"], each["line"]) for each in done.error["details"]["findings"]}
    assert ("../old/backlog/tasks/back-2 - x.md", 4) in places
    assert "../old/backlog/tasks/back-3 - x.md" in {path for path, _ in places}
    assert project.tree() == tree


def test_repair_reads_a_bare_at_as_it_was_meant(project: Project) -> None:
    backlog_file(project, "tasks/back-2 - x.md", "id: BACK-2\ntitle: T\nstatus: Done\nassignee:\n  - @ada\n")
    assert call(project, "migrate", OLD).code == 1
    assert call(project, "migrate", OLD, "--repair").code == 0
    assert project.get("back-2").values["assignees"] == ["@ada"]


def test_loose_takes_files_without_frontmatter_that_say_a_state(project: Project) -> None:
    text = "# Fix it\n\n**Status**: In Progress\n- **Priority:** high\n\n## Why\n\n**Status**: x\n"
    backlog_task(project)
    project.write(f"{OLD}/backlog/tasks/back-7 - Fix-it.md", text)
    project.write(f"{OLD}/backlog/tasks/notes.md", "# Notes\n\n**Author**: ada\n")
    strict = call(project, "migrate", OLD, "--dry-run", "--output", "json").json
    assert [each["code"] for each in strict["findings"]] == ["no-frontmatter", "no-frontmatter"]
    done = call(project, "migrate", OLD, "--loose", "--output", "json").json
    assert [(each["code"], each["path"]) for each in done["findings"]] == [
        ("no-frontmatter", f"{OLD}/backlog/tasks/notes.md")
    ]
    task = project.get("back-7")
    assert (task.title, task.state, task.values["priority"]) == ("Fix it", "in-progress", "high")
    assert task.document.body == text.encode()
    assert call(project, "migrate", OLD, "--loose", "--output", "json").json["changed"] is False


def test_headings_get_our_names_where_none_has_them(project: Project) -> None:
    body = (
        "\n## Description\r\n\nText\n\n## Implementation Notes\n\nN\n\n## Final Summary\n\n## Overview of x\n"
    )
    backlog_file(project, "tasks/back-1 - A.md", "id: BACK-1\ntitle: A\nstatus: Done\n", body)
    backlog_file(
        project,
        "tasks/back-2 - B.md",
        "id: BACK-2\ntitle: B\nstatus: Done\n",
        "\n## Overview\n\n## Description\n",
    )
    assert call(project, "migrate", OLD, "--headings").code == 0
    wanted = body.replace("Description", "Overview").replace("Final Summary", "Post-Implementation Insights")
    assert project.get("back-1").document.body == wanted.encode()
    assert project.get("back-2").document.body == b"\n## Overview\n\n## Description\n"
    for again in ((), ("--headings",)):
        assert call(project, "migrate", OLD, *again, "--output", "json").json["changed"] is False
        assert call(project, "migrate", OLD, *again, "--verify").code == 0


def test_conflict_markers_are_named_by_their_line(project: Project) -> None:
    backlog_file(
        project,
        "tasks/back-1 - x.md",
        "id: BACK-1\ntitle: T\n",
        "one\n<<<<<<< HEAD\ntwo\n=======\n>>>>>>> x\n",
    )
    done = call(project, "migrate", OLD, "--output", "json")
    assert done.code == 1
    assert done.error["line"] == 6


def test_one_undo_takes_all_back(project: Project) -> None:
    for number in range(1, 131):
        backlog_task(project, str(number))
    tree = project.tree()
    assert call(project, "migrate", OLD).code == 0
    assert len(project.store.snapshot().tasks) == 130
    assert call(project, "undo").code == 0
    assert project.tree() == tree


def test_ids_that_are_taken_are_numbered_and_said(project: Project) -> None:
    project.task("back-1")
    backlog_task(project, "1")
    backlog_file(project, "archive/tasks/back-1 - x.md", "id: back-1\ntitle: Old\nstatus: To Do\n")
    backlog_file(project, "tasks/readme-1.md", "id: README\ntitle: A guide\nstatus: To Do\n")
    done = call(project, "migrate", OLD, "--output", "json")
    assert done.code == 0
    ids = {each["old"]: each["id"] for each in done.json["ids"]}
    assert ids["BACK-1"] == "back-1-2"
    assert ids["back-1"] == "back-1-3"
    assert [each["code"] for each in done.json["findings"]].count("id-taken") >= 2
    assert call(project, "validate").code == 0
    assert call(project, "migrate", OLD, "--output", "json").json["counts"] == {
        "new": 0,
        "changed": 0,
        "same": 3,
    }


def test_what_names_nobody_is_kept_aside_and_said(project: Project) -> None:
    backlog_task(project, "1", more="dependencies:\n  - BACK-9\n  - back-2\n")
    backlog_task(project, "2")
    done = call(project, "migrate", OLD, "--output", "json")
    (finding,) = [each for each in done.json["findings"] if each["code"] == "no-such-task"]
    assert (finding["path"], finding["line"]) == ("../old/backlog/tasks/back-1 - Task-1.md", 6)
    values = project.get("back-1").values
    assert (values["depends_on"], values["x_backlog_depends_on"]) == (["back-2"], ["BACK-9"])


def test_four_levels_become_three_and_circles_are_broken(project: Project) -> None:
    for number, more in {
        "1": "dependencies: [BACK-5]\n",
        "2": "parent_task_id: BACK-1\n",
        "3": "parent_task_id: BACK-2\n",
        "4": "parent_task_id: BACK-3\n",
        "5": "dependencies: [BACK-1]\n",
        "6": "parent_task_id: BACK-6\n",
        "7": "parent_task_id: BACK-8\n",
        "8": "parent_task_id: BACK-7\n",
    }.items():
        backlog_task(project, number, more=more)
    done = call(project, "migrate", OLD, "--output", "json")
    assert done.code == 0, done
    codes = [each["code"] for each in done.json["findings"]]
    assert (codes.count("too-deep"), codes.count("circle")) == (1, 3)
    kinds = {number: project.get(f"back-{number}").kind for number in "1234"}
    assert kinds == {"1": "epic", "2": "story", "3": "task", "4": "task"}
    assert project.get("back-2").values["children"] == ["back-3", "back-4"]
    assert project.get("back-4").values["x_backlog_parent"] == ["BACK-3"]
    assert call(project, "validate").code == 0


def test_again_brings_in_what_changed_there_and_keeps_what_changed_here(project: Project) -> None:
    for number in "123":
        backlog_task(project, number, more="labels: [a, b]\n")
    assert call(project, "migrate", OLD).code == 0
    assert call(project, "update", "back-1", "--meta", "priority=high", "--add", "labels=mine").code == 0
    assert call(project, "update", "back-2", "--meta", "title=Mine").code == 0
    backlog_task(project, "1", "Done", more="labels: [b, c]\n")
    backlog_file(project, "tasks/back-2 - Task-2.md", "id: BACK-2\ntitle: Theirs\nstatus: To Do\n")
    done = call(project, "migrate", OLD, "--output", "json")
    assert done.json["counts"] == {"new": 0, "changed": 2, "same": 1}
    one = project.get("back-1")
    assert (one.state, one.values["priority"], one.values["labels"]) == ("done", "high", ["b", "mine", "c"])
    assert project.get("back-2").title == "Mine"
    (conflict,) = [each for each in done.json["findings"] if each["code"] == "conflict"]
    assert "`title`" in conflict["message"]
    again = call(project, "migrate", OLD, "--output", "json")
    assert (again.json["changed"], again.json["counts"]["same"]) == (False, 3)
    assert [each["code"] for each in again.json["findings"]] == ["conflict"]


def test_an_instant_that_every_change_refreshes_is_no_conflict(project: Project) -> None:
    backlog_task(project, "1", more="updated_date: 2026-01-02 10:00\n")
    assert call(project, "migrate", OLD).code == 0
    assert call(project, "update", "back-1", "--meta", "size=xl").code == 0
    backlog_task(project, "1", more="updated_date: 2026-01-03 10:00\npriority: high\n")
    done = call(project, "migrate", OLD, "--output", "json")
    assert (done.json["findings"], done.json["counts"]["changed"]) == ([], 1)
    assert project.get("back-1").values["priority"] == "high"


def test_a_task_that_was_renamed_here_is_found_again(project: Project) -> None:
    backlog_task(project, "1")
    assert call(project, "migrate", OLD).code == 0
    assert call(project, "rename", "BACK-1", "navbar").code == 0
    backlog_task(project, "1", "Done")
    backlog_task(project, "2", more="dependencies: [BACK-1]\n")
    assert call(project, "migrate", OLD).code == 0
    assert project.get("navbar").state == "done"
    assert project.get("back-2").values["depends_on"] == ["navbar"]


def test_a_source_in_the_projects_own_directory_is_refused(project: Project) -> None:
    project.task("fix")
    done = call(project, "migrate", "tasks", "--output", "json")
    assert done.code == 1
    assert done.error["code"] == "no-source"


def test_the_projects_own_directory_beside_a_source_is_no_other_source(project: Project) -> None:
    project.task("fix")
    project.write("backlog/config.yml", "")
    project.write("backlog/tasks/back-1 - T.md", "---\nid: BACK-1\ntitle: T\nstatus: Done\n---\n")
    done = call(project, "migrate", ".", "--output", "json")
    assert (done.json["source"], done.json["others"], done.err) == ("backlog", [], "")
    (project.root / "backlog/config.yml").unlink()
    (project.root / "backlog").rename(project.root.parent / "away")
    assert call(project, "migrate", ".", "--output", "json").error["code"] == "no-source"


def test_several_sources_in_one_directory_are_named(project: Project) -> None:
    backlog_task(project)
    project.write(f"{OLD}/todo.txt", "Call\n")
    done = call(project, "migrate", OLD)
    assert "`tasks migrate todo.txt ../old`" in done.err
    assert call(project, "migrate", "todo.txt", OLD).code == 0
    assert {task.id for task in project.store.snapshot().tasks} == {"back-1", "call"}


def test_a_directory_of_nothing_is_refused(project: Project) -> None:
    project.write(f"{OLD}/notes.txt", "x")
    for place, word in ((OLD, "looks like"), ("../gone", "does not exist")):
        done = call(project, "migrate", place, "--output", "json")
        assert (done.code, done.error["code"]) == (1, "no-source")
        assert word in done.error["message"]
    assert call(project, "migrate", "jira", OLD).code == 2
    assert call(project, "migrate", "gone.toml", OLD).code == 1
    assert call(project, "migrate", "a", "b", "c").code == 2


def test_an_id_that_is_another_task_now_overwrites_nothing(project: Project) -> None:
    """Two sources of one kind number their tasks alike; nothing but title and text tells them apart."""
    for name, title, text in (("s1", "login page", "body login"), ("s2", "billing", "body billing")):
        project.write(f"../{name}/a.md", f"---\nid: 1\ntitle: {title}\nstatus: open\n---\n{text}\n")
    assert call(project, "migrate", "markdown", "../s1").code == 0
    before = project.tree()
    done = call(project, "migrate", "markdown", "../s2", "--output", "json")
    assert (done.code, done.error["code"]) == (1, "bad-source")
    assert "1 was “login page” the last time, and is “billing” now" in done.error["message"]
    assert project.tree() == before
    file = project.root / "../s1/a.md"
    file.write_text(file.read_text().replace("login page", "log in"))  # the title alone is an edit
    assert call(project, "migrate", "markdown", "../s1").code == 0
    assert project.get("1").title == "log in"


def test_keys_by_the_names_of_ours_are_kept_beside_them(project: Project) -> None:
    keys = "id: cs\ntitle: cs\nstatus: open\nx_markdown_id: KEEP\nx_markdown_base: body=1\n"
    project.write("../src/cs.md", f"---\n{keys}---\nb\n")
    for _ in range(2):
        assert call(project, "migrate", "markdown", "../src").code == 0
    values = project.get("cs").values
    assert [values[f"x_markdown_{name}"] for name in ("id", "id_", "base_")] == ["cs", "KEEP", "body=1"]


OUTSIDE = {
    "beads": (".beads/issues.jsonl", '{"id": "s", "title": "secret", "status": "open"}\n'),
    "todo.txt": ("todo.txt", "secret\n"),
    "spec-kit": ("specs/001-a/tasks.md", "# Tasks: A\n\n- [ ] T001 secret\n"),
    "taskmaster": (
        ".taskmaster/tasks/tasks.json",
        '{"tasks": [{"id": 1, "title": "secret", "status": "done"}]}',
    ),
    "../boxes.toml": ("notes/a.md", "- [ ] secret\n"),
    "ticket": (".tickets/s.md", "---\nid: s\nstatus: open\n---\n# secret\n"),
}


@pytest.mark.parametrize("source", OUTSIDE)
def test_no_source_is_read_through_a_link_that_leads_out(project: Project, source: str) -> None:
    """A file that the user has named may be such a link."""
    path, text = OUTSIDE[source]
    project.write("../boxes.toml", 'lines = "boxes"\n')
    project.write("../out/todo.txt", text)
    link = project.root / "../src" / path
    link.parent.mkdir(parents=True)
    link.symlink_to(os.path.relpath(project.root / "../out/todo.txt", link.parent))
    done = ok(call(project, "migrate", source, "../src", "--output", "json"))
    assert [each["code"] for each in done.json["findings"]] == ["leads-out"]
    assert done.json["counts"]["new"] == 0
    if source == "todo.txt":
        named = ok(call(project, "migrate", source, "../src/todo.txt", "--output", "json"))
        assert named.json["counts"]["new"] == 1


def test_what_is_named_as_a_task_and_is_no_file_is_told(project: Project) -> None:
    place = project.root / "../src/notes"
    place.mkdir(parents=True)
    os.mkfifo(place / "pipe.md")
    (place / "gone.md").symlink_to("nothing.md")
    (place / "directory.md").mkdir()
    found = ok(call(project, "migrate", "markdown", "../src", "--output", "json")).json["findings"]
    assert [(each["path"], each["code"], each["severity"]) for each in found] == [
        ("../src/notes/gone.md", "unreadable-file", "warning"),
        ("../src/notes/pipe.md", "unreadable-file", "warning"),
    ]


def test_what_has_no_id_is_known_by_its_title(project: Project) -> None:
    project.write("../issues.json", '[{"title": "One", "state": "OPEN"}, {"title": "Two", "state": "OPEN"}]')
    project.write("../tasks.json", '{"tasks": [{"title": "Three", "status": "done"}]}')
    ok(call(project, "migrate", "github", "../issues.json"))
    ok(call(project, "migrate", "taskmaster", "../tasks.json"))
    values = {task.id: task.values for task in project.store.tasks()}
    assert values["one"]["x_github_id"] == "One"
    assert values["two"]["x_github_id"] == "Two"
    assert values["three"]["x_taskmaster_id"] == "Three"


def test_values_are_shown_and_kept_in_the_words_of_their_source(project: Project) -> None:
    keys = "labels: {a: b}\nassignee: [ana, [bob]]\nmilestone: true\ncreated_date: it's\n"
    project.write("../src/backlog/config.yml", "project_name: Old\n")
    text = f"---\nid: BACK-1\ntitle: One\nstatus: [odd, true]\n{keys}---\n"
    project.write("../src/backlog/tasks/back-1 - One.md", text)
    refused = call(project, "migrate", "../src")
    assert '“["odd",true]”' in refused.err
    done = ok(call(project, "migrate", "../src", "--map", 'status:["odd",true]=ready', "--output", "json"))
    assert "“it's”" in done.json["findings"][0]["message"]
    values = project.get("back-1").values
    assert values["milestone"] == "true"
    assert "labels" not in values
    assert values["x_backlog_labels"] == {"a": "b"}
    assert values["x_backlog_assignee"] == ["ana", ["bob"]]


def test_a_link_out_of_the_source_is_not_followed(project: Project) -> None:
    project.write("../out.md", "---\nid: out\ntitle: out\nstatus: open\n---\nsecret\n")
    project.write("../src/in.md", "---\nid: in\ntitle: in\nstatus: open\n---\n")
    (project.root / "../src/link.md").symlink_to("../out.md")
    (project.root / "../src/same.md").symlink_to("in.md")
    done = call(project, "migrate", "markdown", "../src", "--output", "json")
    assert done.code == 0
    codes = {each["path"]: each["code"] for each in done.json["findings"]}
    assert codes["../src/link.md"] == "leads-out"
    assert not any("secret" in task.body for task in project.store.tasks())
