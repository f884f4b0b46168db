"""The same change in several tasks: all or none, one undo, and a limit for who sees nothing of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.in_process import call, inside, ok
from support.project import Project
from support.streams import on_terminal
from taskfiles import Filter, TaskfilesError, Update, update_all
from taskfiles_cli.main import main


@pytest.fixture
def three(project: Project) -> Project:
    for name in ("a", "b", "c"):
        project.task(name, labels="[ui]")
    project.task("other", state="idea")
    return project


def values(project: Project, key: str) -> dict[str, Any]:
    return {task.id: task.values.get(key) for task in project.store.tasks()}


def test_ids_change_together_in_their_order_and_one_undo_brings_all_back(three: Project) -> None:
    before = three.tree()
    done = ok(call(three, "update", "b", "a", "b", "-p", "high", "-l", "css", "-o", "json"))
    answer = json.loads(done.out)
    assert (answer["changed"], [task["id"] for task in answer["tasks"]]) == (True, ["b", "a"])
    assert values(three, "priority") == {"a": "high", "b": "high", "c": None, "other": None}
    assert values(three, "labels")["a"] == ["ui", "css"]
    ok(call(three, "undo"))
    assert three.tree() == before


def test_a_filter_chooses(three: Project) -> None:
    done = ok(call(three, "update", "--where", "state=ready", "--where", "label=ui", "-p", "high"))
    assert done.out == "Updated 3 tasks: a, b, c\n"
    assert values(three, "priority")["other"] is None
    again = ok(call(three, "update", "--where", "label=ui", "-p", "high"))
    assert again.out == "No change: 3 tasks are already up to date.\n"
    ok(call(three, "update", "a", "-p", "low"))
    mixed = ok(call(three, "update", "--where", "label=ui", "-p", "low"))
    assert mixed.out == "Updated 2 tasks: b, c; 1 already up to date\n"


def test_no_match_changes_nothing_and_says_so(three: Project) -> None:
    before = three.tree()
    done = ok(call(three, "update", "--where", "label=nobody", "-p", "high"))
    warning = "warning: No task has the label “nobody”.\n"
    assert (done.out, done.err) == ("Nothing to change.\n", f"No task matches.\n{warning}")
    answer = ok(call(three, "update", "--where", "label=nobody", "-p", "high", "-o", "json")).json
    assert (answer["changed"], answer["reason"], answer["task"]) == (False, "unchanged", None)
    assert three.tree() == before


def test_me_among_assignees_is_the_caller(three: Project) -> None:
    ana = {"TASKS_ACTOR": "ana"}
    ok(call(three, "update", "a", "-a", "bob,@me", env=ana))
    ok(call(three, "new", "Mine", "-a", "@Me", "-s", "ready", env=ana))
    ok(call(three, "update", "b", "-a", "me", env=ana))
    found = values(three, "assignees")
    assert (found["a"], found["b"], found["mine"]) == (["bob", "ana"], ["ana"], ["ana"])
    assert ok(call(three, "list", "--mine", "--output", "plain", env=ana)).out == "a\nb\nmine\n"
    assert ok(call(three, "list", "-a", "me", "--output", "plain", env=ana)).out == "a\nb\nmine\n"


def test_boxes_are_ticked_in_each_and_named_with_their_task(three: Project) -> None:
    answer = ok(call(three, "update", "a", "b", "--check", "1", "-o", "json")).json
    assert [(box["id"], box["number"], box["checked"]) for box in answer["boxes"]] == [
        ("a", 1, True),
        ("b", 1, True),
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (("a", "nope", "-p", "high"), 3),
        (("a", "b", "--check", "9"), 1),
        (("a", "b", "--depends-on", "nope"), 3),
        (("a", "b", "--unset", "title"), 1),
        (("a", "b", "--parent", "a"), 1),
        (("a", "b", "--if-match", "0", "-p", "high"), 2),
        (("--where", "label=ui", "--if-match", "0", "-p", "high"), 2),
        (("a", "--where", "label=ui", "-p", "high"), 2),
        (("-p", "high"), 2),
        (("--where", " ", "-p", "high"), 2),
        (("--where", "parent=nope", "-p", "high"), 3),
        (("a", "twin", "-p", "high"), 3),
        (("--where", "open", "-p", "high"), 3),
    ],
)
def test_what_one_refuses_changes_none(three: Project, line: tuple[str, ...], code: int) -> None:
    data = three.task("twin").read_bytes()
    three.write("tasks/deeper/twin.md", data)
    before = three.tree()
    done = call(three, "update", *line)
    assert done.code == code, done.err
    assert three.tree() == before


def test_a_task_that_another_has_claimed_refuses_all(three: Project) -> None:
    ok(call(three, "pickup", "b", "--by", "bob"))
    before = three.tree()
    done = call(three, "update", "--where", "label=ui", "-p", "high", "-o", "json")
    assert (done.code, done.error["code"]) == (4, "claimed")
    assert three.tree() == before
    ok(call(three, "update", "--where", "label=ui", "-p", "high", "--by", "bob"))


def test_all_get_a_parent_and_leave_their_former(three: Project) -> None:
    three.task("top", kind="epic", state="idea")
    three.task("former", kind="story", state="idea", children="[a, b]")
    ok(call(three, "update", "--where", "label=ui", "--parent", "top"))
    assert (values(three, "children")["top"], values(three, "children")["former"]) == (["a", "b", "c"], [])
    ok(call(three, "validate"))


def test_a_dry_run_shows_all_and_writes_none(three: Project) -> None:
    before = three.tree()
    done = ok(call(three, "update", "--where", "label=ui", "-p", "high", "--dry-run"))
    assert done.out.count("+priority: high") == 3
    assert three.tree() == before


def test_more_than_twenty_need_a_word_or_somebody_who_sees(project: Project) -> None:
    for number in range(21):
        project.task(f"many-{number}")
    before = project.tree()
    line = ("update", "--where", "state=ready", "-p", "high")
    done = call(project, *line)
    assert done.code == 1
    assert "error[many-tasks] 21 tasks would change, more than 20." in done.err
    assert project.tree() == before
    ok(call(project, *line, "--dry-run"))
    with inside(project), on_terminal(typing=True):
        assert main(line) == 0
    ok(call(project, "undo"))
    assert project.tree() == before
    ok(call(project, *line, "--yes"))
    assert set(values(project, "priority").values()) == {"high"}


def test_from_python(three: Project) -> None:
    done = update_all(three.store, Filter(label="ui"), Update(set={"size": "xl"}, checks={1: True}))
    assert [change.after.id for change in done.changes] == ["a", "b", "c"]
    assert {task_id: [box.number for box in boxes] for task_id, boxes in done.made.items()} == {
        "a": [1],
        "b": [1],
        "c": [1],
    }
    assert update_all(three.store, [], Update(set={"size": "s"})).changes == []
    with pytest.raises(TaskfilesError) as caught:
        update_all(three.store, ["a", "b"], Update(set={"size": "tiny"}), most=1)
    assert (caught.value.code, caught.value.details) == ("many-tasks", {"ids": ["a", "b"]})
