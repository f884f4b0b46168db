"""`tasks migrate --verify`: each task of a source is here with its values, or what differs is named."""

from __future__ import annotations

from jsonschema import Draft202012Validator

from migrate.test_sources import TASKMD
from support.foreign_tasks import OLD, backlog_file, backlog_task
from support.in_process import call, ok
from support.project import Project
from taskfiles.schema.files import read_schema

SCHEMA = Draft202012Validator(read_schema("migrate-verify"))
VERIFY = ("migrate", OLD, "--verify", "--output", "json")


def test_what_came_in_is_proved(project: Project) -> None:
    """For the other sources, see where each row of their tables is tested."""
    sample = TASKMD
    for path, text in sample.files.items():
        project.write(f"{OLD}/{path}", text)
    before = call(project, "migrate", sample.place, "--verify", "--output", "json")
    assert before.code == 1
    assert {each["here"] for each in before.json["states"]} == {"missing"}
    assert {each["key"] for each in before.json["differences"]} == {"task"}
    ok(call(project, "migrate", sample.place))
    tree = project.tree()
    done = ok(call(project, "migrate", sample.place, "--verify", "--output", "json")).json
    SCHEMA.validate(done)
    assert (done["verified"], done["tasks"], done["gone"]) == (True, len(sample.expected), [])
    assert all(each["there"] == each["here"] for each in done["states"])
    assert project.tree() == tree


def test_what_differs_is_named_by_task_and_key(project: Project) -> None:
    for number in "123":
        backlog_task(project, number, more="priority: high\n")
    ok(call(project, "migrate", OLD))
    ok(call(project, "update", "back-1", "--meta", "priority=low", "--meta", "size=xl"))
    ok(call(project, "note", "back-2", "Mine"))
    ok(call(project, "delete", "back-3"))
    done = call(project, *VERIFY)
    assert done.code == 1
    SCHEMA.validate(done.json)
    found = {(each["old"], each["key"]): each for each in done.json["differences"]}
    assert found.keys() == {("BACK-1", "priority"), ("BACK-2", "body"), ("BACK-3", "task")}
    first = found["BACK-1", "priority"]
    assert (first["path"], first["line"]) == ("../old/backlog/tasks/back-1 - Task-1.md", 6)
    assert (first["id"], first["source"], first["here"]) == ("back-1", "high", "low")
    shown = call(project, "migrate", OLD, "--verify")
    assert 'back-1: priority is "low" here and "high" in BACK-1.' in shown.out
    assert "BACK-3 is not here." in shown.out
    assert "the text differs" in shown.out
    assert shown.out.endswith("3 differences.\n")


def test_a_task_that_the_source_has_no_more_is_counted(project: Project) -> None:
    backlog_task(project, "1")
    backlog_task(project, "2")
    ok(call(project, "migrate", OLD))
    (project.root / OLD / "backlog/tasks/back-2 - Task-2.md").unlink()
    assert ok(call(project, *VERIFY)).json["gone"] == ["back-2"]


def test_a_source_that_cannot_be_read_proves_nothing(project: Project) -> None:
    backlog_file(project, "tasks/back-3 - x.md", "id: [BACK-3\n")
    assert call(project, *VERIFY).error["code"] == "bad-source"
