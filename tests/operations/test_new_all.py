"""Many tasks in one call: they name each other, all or none is created, each problem is named at once."""

from __future__ import annotations

import json

import pytest

from support.in_process import call, ok
from support.project import Project
from taskfiles import NewTask, create_all

EPIC = [
    {"title": "Search", "kind": "epic", "ref": "e"},
    {"title": "Crawl", "kind": "story", "ref": "s", "parent": "e"},
    *({"title": f"Part {n}", "parent": "s", "state": "ready", "criteria": ["It works"]} for n in range(10)),
    {
        "title": "Last",
        "parent": "Crawl",
        "depends_on": ["Part 0", "part-1"],
        "sections": {"Overview": "Why."},
    },
]
MARKDOWN = """
# Parse: all of it
state: ready
labels: a, b
ref: p

Some text.

- [ ] It works

```
# no title
```

## Technical Approach

How.

# After
depends_on: p
"""


def create(project: Project, text: str, *more: str) -> object:
    return ok(call(project, "new", "--from", "-", "-o", "json", *more, stdin=text)).json


def test_an_epic_is_split_in_one_call(project: Project) -> None:
    answer = create(project, json.dumps(EPIC))
    assert isinstance(answer, dict)
    assert len(answer["tasks"]) == len(EPIC)
    assert project.get("search").get("children") == ["crawl"]
    assert project.get("crawl").get("children") == [*(f"part-{n}" for n in range(10)), "last"]
    assert project.get("last").get("depends_on") == ["part-0", "part-1"]
    assert ok(call(project, "validate", "--strict")).code == 0
    ok(call(project, "undo"))
    assert list(project.store.tasks()) == []


def test_tasks_go_below_one_that_is_there(project: Project) -> None:
    project.task("story", kind="story")
    create(project, '{"tasks": [{"title": "A", "parent": "story"}, {"title": "B", "parent": "story"}]}')
    assert project.get("story").get("children") == ["a", "b"]


def test_a_description_is_the_overview(project: Project) -> None:
    create(project, json.dumps([{"title": "A", "description": "To PyPI.", "criteria": ["It is there"]}]))
    task = project.get("a")
    assert "## Overview\n\nTo PyPI.\n" in task.body
    assert "description" not in task.values
    wrong = call(project, "new", "--from", "-", stdin='[{"title": "B", "description": 3}]')
    assert (wrong.code, "description" in wrong.err) == (2, True)


def test_markdown(project: Project) -> None:
    create(project, MARKDOWN)
    task = project.get("parse-all-it")
    assert (task.state, task.get("labels"), task.boxes) == ("ready", ["a", "b"], 1)
    assert "```\n# no title\n```\n" in task.body
    assert "## Technical Approach\n\nHow.\n" in task.body
    assert project.get("after").get("depends_on") == ["parse-all-it"]


def test_every_problem_of_every_entry_is_named_at_once(project: Project) -> None:
    project.task("fix")
    before = project.tree()
    bad = [
        {"title": "", "priority": "hihg", "size": "huge"},
        {"title": "B", "parent": "nope", "depends_on": ["x"]},
        {"title": "C", "id": "fix"},
        {"title": "D", "etag": "x", "ref": "r"},
        {"title": "E", "ref": "r"},
        {"title": "Good"},
    ]
    done = call(project, "new", "--from", "-", "-o", "json", stdin=json.dumps(bad))
    assert (done.code, done.error["code"]) == (2, "bad-entries")
    problems = done.error["details"]["problems"]
    assert [each["entry"] for each in problems] == [1, 1, 1, 2, 2, 3, 4, 5]
    assert project.tree() == before


@pytest.mark.parametrize(
    "text", ["", "text", "[]", "[1]", '[{"title": 1}]', '[{"title": "A", "criteria": "x"}]', "{"]
)
def test_what_names_no_task_is_refused(project: Project, text: str) -> None:
    assert call(project, "new", "--from", "-", stdin=text).code == 2
    assert list(project.store.tasks()) == []


def test_references_to_nothing_can_be_allowed(project: Project) -> None:
    create(project, '[{"title": "A", "depends_on": ["later"], "parent": "above"}]', "--allow-missing")
    assert (project.get("a").get("depends_on"), project.get("a").get("parent")) == (["later"], "above")


def test_a_circle_is_refused(project: Project) -> None:
    circle = '[{"title": "A", "depends_on": ["B"]}, {"title": "B", "depends_on": ["A"]}]'
    assert call(project, "new", "--from", "-", stdin=circle).code == 1
    assert list(project.store.tasks()) == []


def test_by_the_library(project: Project) -> None:
    done = create_all(
        project.store, [NewTask("A", {"kind": "story"}, ref="a"), NewTask("B", {"parent": "a"})]
    )
    assert done.made == ["a", "b"]
    assert project.get("a").get("children") == ["b"]


def test_the_title_may_stand_by_itself(project: Project) -> None:
    ok(call(project, "new", "Fix it"))
    assert project.get("fix-it").title == "Fix it"
    assert call(project, "new").code == 2
    assert call(project, "new", "A", "--title", "B").code == 2
    assert call(project, "new", "A", "--from", "-", stdin="[]").code == 2


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ('[{"title": "A", "parent": ["x"]}]', "bad-entries", "parent: Expected text, found a list"),
        (
            '[{"title": "A", "parent": {"a": 1}}]',
            "bad-entries",
            "parent: Expected text, found a mapping",
        ),
        ('[{"title": "A", "depends_on": [["x"]]}]', "bad-entries", "depends_on[0]: Expected text"),
        ('[{"title": "A", "x_own": NaN}]', "bad-json", "NaN"),
        ('[{"title": "A", "title": "B"}]', "bad-json", "title"),
        ('[{"title": "A",]', "bad-json", "at line 1, column 16"),
    ],
)
def test_an_entry_that_is_none_is_named(project: Project, text: str, code: str, words: str) -> None:
    """By the one reader of JSON, and by the rules for keys; nothing of it ends in a failure of our own."""
    done = call(project, "new", "--from", "-", "-o", "json", stdin=text)
    assert (done.code, done.error["code"]) == (2, code)
    assert words in done.error["message"]
    assert project.tree() == {}
