"""The kind of a task that is created below another: one level below, unless it is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.in_process import call, ok
from support.project import BODY, Project
from taskfiles import NewTask, TaskfilesError, create, create_all


def test_a_family_is_created_without_a_kind_but_the_first(project: Project) -> None:
    ok(call(project, "new", "Improve checkout flow", "--kind", "epic"))
    made = ok(call(project, "new", "Add payment validation", "--parent", "improve-checkout-flow"))
    path = project.get("add-payment-validation").path
    assert made.out == f"Created add-payment-validation, a story, in {path}\n"
    made = ok(call(project, "new", "Validate card number", "--parent", "add-payment-validation"))
    assert made.out.startswith("Created validate-card-number in tasks/")
    kinds = ["epic", "story", "task"]
    ids = ["improve-checkout-flow", "add-payment-validation", "validate-card-number"]
    assert [project.get(each).kind for each in ids] == kinds
    assert ok(call(project, "validate", "--strict")).code == 0


@pytest.mark.parametrize("more", [("--kind", "task"), ("--meta", "kind=task")])
def test_a_kind_that_is_said_stands(project: Project, more: tuple[str, ...]) -> None:
    project.task("e", kind="epic")
    made = ok(call(project, "new", "A", "--parent", "e", *more))
    assert (project.get("a").kind, ", a " in made.out) == ("task", False)


@pytest.mark.parametrize("above", [None, "e"])
def test_a_task_that_is_split_becomes_a_story(project: Project, above: str | None) -> None:
    project.task("e", kind="epic", children="[t]" if above else "[]")
    file = project.task("t", extra="# mine\n", body=f"{BODY}\nSee [other](task-other.md).\n")
    other = project.task("other", body=f"{BODY}\nSee [t]({file.name}).\n")
    before = project.tree()
    made = ok(call(project, "new", "Part one", "--parent", "t"))
    assert made.out.splitlines()[0].endswith("; t is a story now")
    assert "; " not in ok(call(project, "new", "Part two", "--parent", "t")).out.splitlines()[0]
    lifted = project.get("t")
    assert (lifted.kind, lifted.values["children"]) == ("story", ["part-one", "part-two"])
    assert "# mine\n" in (project.root / lifted.path).read_text()
    assert Path(lifted.path).name in other.read_text()
    assert ok(call(project, "validate", "--strict")).code == 0
    for _ in range(2):
        ok(call(project, "undo"))
    assert project.tree() == before


@pytest.mark.parametrize("more", [(), ("--kind", "task")])
def test_below_a_task_that_can_be_no_story_nothing_is_created(
    project: Project, more: tuple[str, ...]
) -> None:
    project.task("s", kind="story", children="[]" if more else "[t]")
    project.task("t")
    before = project.tree()
    error = call(project, "new", "A", "--parent", "t", *more, "-o", "json").error
    assert (error["code"], error["details"]["finding"]) == ("edit-invalid", "hierarchy-kind")
    assert project.tree() == before


def test_a_parent_that_is_not_there_gives_no_kind(project: Project) -> None:
    made = create(project.store, "A", parent="later", allow_missing=True)
    assert made.task is not None
    assert (made.task.kind, made.task.values["parent"]) == ("task", "later")


def test_entries_have_the_kinds_of_their_levels(project: Project) -> None:
    """Below tasks that are there, below each other, in any order, named by `parent` or by `children`."""
    project.task("e", kind="epic")
    entries = [
        {"title": "Leaf", "parent": "s"},
        {"title": "Story", "ref": "s", "parent": "e"},
        {"title": "Top", "kind": "epic", "children": ["Middle"]},
        {"title": "Middle"},
        {"title": "Low", "parent": "Middle"},
        {"title": "Own", "parent": "e", "kind": "task"},
        {"title": "Alone"},
    ]
    ok(call(project, "new", "--from", "-", stdin=json.dumps(entries)))
    found = {each["title"]: project.get(str(each["title"]).lower()).kind for each in entries}
    assert found == {
        "Leaf": "task",
        "Story": "story",
        "Top": "epic",
        "Middle": "story",
        "Low": "task",
        "Own": "task",
        "Alone": "task",
    }


def test_entries_in_a_circle_end(project: Project) -> None:
    entries = [NewTask("A", {"parent": "B"}), NewTask("B", {"parent": "A"})]
    with pytest.raises(TaskfilesError):
        create_all(project.store, entries)
