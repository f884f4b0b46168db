"""Where tasks name each other, and how a new id takes an old one's place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from taskfiles.backlog.mentions import find_references, may_mention, rename_in_body, rename_in_values

PATH = "tasks/10-ready/task-a.md"


def places(body: str = "", **keys: Any) -> list[tuple[str, str]]:
    """Who is named in a task `a`, and the line that does it."""
    task = make_task("a", body=body, **keys)
    lines = task.data.decode().splitlines()
    return [(each.target, lines[each.line - 1].strip()) for each in find_references(task, {"a", "b", "c-1"})]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, []),
        ({"children": ["x", "b"]}, [("b", "- b")]),
        ({"depends_on": ["b", "c-1"], "blocks": ["b"]}, [("b", "- b"), ("c-1", "- c-1"), ("b", "- b")]),
        ({"parent": "b"}, [("b", "parent: b")]),
        ({"children": ["a"]}, []),  # its own name for itself
        ({"labels": ["b"], "title": "b"}, []),
        ({"children": "b", "parent": ["b"], "blocks": [5]}, []),
    ],
)
def test_keys_that_name_tasks(keys: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert places(**keys) == expected


@pytest.mark.parametrize(
    ("line", "targets"),
    [
        ("See [Task:b] and [Task:c-1].", ["b", "c-1"]),
        ("[Task:bb] [Task:B] [task:b] Task:b b", []),
        ("[text](task-b.md)", ["b"]),
        ("[text](./task-b.md#how)", ["b"]),
        ("[text](../20-in-progress/story-b.md)", ["b"]),
        ("[text](<../30-done/2025-11-02 task-b.md>)", ["b"]),
        ("[text](../30-done/2025-11-02%20task-b.md)", ["b"]),
        ("[text](/tasks/00-idea/epic-c-1.md)", ["c-1"]),
        ("[text]( task-b.md 'title')", ["b"]),
        ("[b]: ../10-ready/task-b.md", ["b"]),
        ("[b](task-b.md) [c](task-c-1.md)", ["b", "c-1"]),
        ("[text](task-b.txt) [text](B.md) [text](../task-b.md) [text](../../docs/task-b.md)", []),
        ("[text](https://example.invalid/tasks/10-ready/task-b.md)", []),
    ],
)
def test_places_of_a_body_that_name_tasks(line: str, targets: list[str]) -> None:
    assert places(f"\n{line}\n") == [(target, line.strip()) for target in targets]


def test_links_in_code_are_text() -> None:
    assert places("\n```\n[text](task-b.md)\n```\n") == []
    assert places("\n```\n[Task:b]\n```\n") == [("b", "[Task:b]")]


# Renaming


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[Task:b], [Task:bb]", "[Task:new], [Task:bb]"),
        ("[b](task-b.md#b) b", "[b](task-new.md#b) b"),
        ("[x](<../30-done/2025-11-02 task-b.md>)", "[x](<../30-done/2025-11-02 task-new.md>)"),
        ("[x](../30-done/2025-11-02%20task-b.md)", "[x](../30-done/2025-11-02%20task-new.md)"),
        (
            "[x](task-b.md), [y](../00-idea/epic-b.md)\r\n",
            "[x](task-new.md), [y](../00-idea/epic-new.md)\r\n",
        ),
        ("[x](task-bb.md) task-b.md", "[x](task-bb.md) task-b.md"),
        ("```\n[x](task-b.md) [Task:b]\n```", "```\n[x](task-b.md) [Task:new]\n```"),
        ("[x](docs/task-b.md)", "[x](docs/task-b.md)"),
    ],
)
def test_a_new_id_takes_the_old_one_s_place_in_a_body(before: str, after: str) -> None:
    assert rename_in_body(PATH, before, "b", "new") == after


BODIES = st.lists(
    st.sampled_from(
        ["[Task:b]", "[x](task-b.md)", "[x](../00-idea/epic-b.md#b)", "b", " ", "\n", "```", "[x](b.md)"]
    ),
    max_size=10,
).map("".join)


@given(BODIES)
def test_after_a_rename_the_new_id_is_named_where_the_old_one_was(body: str) -> None:
    renamed = rename_in_body(PATH, body, "b", "new")
    ids = {"b", "new"}
    before = [(each.target, each.line) for each in find_references(make_task("a", body=body), ids)]
    after = [(each.target, each.line) for each in find_references(make_task("a", body=renamed), ids)]
    assert after == [("new", line) for _, line in before]
    assert rename_in_body(PATH, renamed, "new", "b") == body


def test_a_new_id_takes_the_old_one_s_place_in_the_frontmatter() -> None:
    values = {
        "id": "a",
        "title": "After [Task:b]",
        "parent": "b",
        "children": ["b", "c", 5],
        "depends_on": "b",
        "labels": ["b"],
        "x_own": {"note": ["see [Task:b]", 5]},
        "commit_message": "[Task:b]",
        "execution": {"attempts": [{"notes": "[Task:b]"}]},
    }
    assert rename_in_values(values, "b", "new") == values | {
        "title": "After [Task:new]",
        "parent": "new",
        "children": ["new", "c", 5],
        "x_own": {"note": ["see [Task:new]", 5]},
        "commit_message": "[Task:new]",
    }


def test_what_records_the_past_stays() -> None:
    values = {
        "state": "done",
        "commit_message": "[Task:b]",
        "execution": {"attempts": [{"notes": "[Task:b]"}]},
    }
    assert rename_in_values(values, "b", "new") == values


@pytest.mark.parametrize(
    ("keys", "expected"),
    [({}, False), ({"parent": "b-c"}, True), ({"children": ["b-c"]}, True), ({"x": "b-c"}, True)],
)
def test_whether_a_task_may_name_another(keys: dict[str, Any], expected: bool) -> None:
    assert may_mention(make_task("a", **keys), "b-c") is expected
