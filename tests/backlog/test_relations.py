"""Rules between files: each finding stands in the file, and at the key, that somebody can put right."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from support.backlogs import backlogs, make_task
from taskfiles import Task
from taskfiles.backlog import relations
from taskfiles.backlog.problems import first_problems
from taskfiles.backlog.relations import RELATION_RULES, STORE_RULES


def found(rule: Any, *tasks: Task) -> list[tuple[str, str, str | None]]:
    """What a rule finds: the code, the id of the file's task, the field."""
    ids = {task.path: task.id for task in tasks}
    return [(each.code, ids[each.path], each.field) for each in rule(list(tasks))]


def test_an_id_belongs_to_the_first_file_by_path() -> None:
    tasks = [make_task("a", path=path) for path in ("tasks/b.md", "tasks/a.md", "tasks/c.md")]
    findings = list(relations.check_duplicates([*tasks, make_task("b")]))
    assert [(each.code, each.path, each.field) for each in findings] == [
        ("duplicate-id", "tasks/b.md", "id"),
        ("duplicate-id", "tasks/c.md", "id"),
    ]
    assert all("tasks/a.md" in each.message for each in findings)


def test_references_lead_somewhere() -> None:
    task = make_task("a", children=["b", "bb"], depends_on=["gone", 5], parent="b-b", blocks="gone")
    findings = list(relations.check_dangling([task, make_task("bb")]))
    assert [(each.code, each.field) for each in findings] == [
        ("dangling-reference", "children[0]"),
        ("dangling-reference", "depends_on[0]"),
        ("dangling-reference", "parent"),
    ]
    assert "Did you mean bb?" in findings[2].hint


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ([make_task("a", children=["b"]), make_task("b")], []),
        ([make_task("a", children=["a"])], [("hierarchy-cycle", "a", "children[0]")]),
        ([make_task("a", parent="a")], [("hierarchy-cycle", "a", "parent")]),
        (
            [make_task("a", children=["x", "b"]), make_task("b", children=["a"])],
            [("hierarchy-cycle", "a", "children[1]")],
        ),
        ([make_task("a", parent="b"), make_task("b", parent="a")], [("hierarchy-cycle", "a", "parent")]),
        ([make_task("b", children=["a"], parent="a")], [("hierarchy-cycle", "b", "children[0]")]),
    ],
)
def test_no_task_is_its_own_ancestor(tasks: list[Task], expected: list[Any]) -> None:
    assert found(relations.check_cycles, *tasks) == expected


def test_the_hierarchy_has_three_levels() -> None:
    chain = [
        make_task(name, parent=above) for name, above in [("b", "a"), ("c", "b"), ("d", "c"), ("e", "d")]
    ]
    tasks = [make_task("a"), *chain]
    assert found(relations.check_depth, *tasks[:3]) == []
    assert found(relations.check_depth, *tasks) == [
        ("hierarchy-depth", "d", "id"),
        ("hierarchy-depth", "e", "id"),
    ]
    assert found(relations.check_depth, *tasks[::-1]) == [
        ("hierarchy-depth", "e", "id"),
        ("hierarchy-depth", "d", "id"),
    ]
    circle = [make_task("x", parent="y"), make_task("y", parent="x"), make_task("z", parent="x")]
    assert found(relations.check_depth, *circle) == []  # a circle is another rule's matter


@pytest.mark.parametrize(
    ("above", "below", "fits"),
    [
        ("epic", "story", True),
        ("epic", "task", True),
        ("story", "task", True),
        ("epic", "epic", False),
        ("story", "epic", False),
        ("task", "task", False),
        ("bug", "task", True),  # a wrong word is another rule's matter
        ("epic", "bug", True),
    ],
)
def test_a_child_s_kind_is_below_its_parent_s(above: str, below: str, fits: bool) -> None:
    listed = [make_task("a", kind=above, children=["gone", "b"]), make_task("b", kind=below, parent="a")]
    assert found(relations.check_kinds, *listed) == ([] if fits else [("hierarchy-kind", "a", "children[1]")])
    named = [make_task("a", kind=above), make_task("b", kind=below, parent="a")]
    assert found(relations.check_kinds, *named) == ([] if fits else [("hierarchy-kind", "b", "parent")])


@pytest.mark.parametrize(
    ("parent", "child", "around", "remedy"),
    [
        ("story", "story", {}, "b kind task"),
        ("story", "epic", {}, "b kind task"),
        ("epic", "epic", {}, "b kind story"),
        ("task", "task", {}, "a kind story"),
        ("task", "story", {}, "a kind epic"),
        ("epic", "epic", {"below": "story"}, "b kind story"),  # nothing fits; it at least is a level
        ("story", "story", {"below": "task"}, "a kind epic"),
        ("task", "task", {"top": "epic"}, "a kind story"),
        ("task", "task", {"top": "story"}, "b parent top"),
        ("story", "story", {"top": "epic", "below": "task"}, "b parent top"),
    ],
)
def test_the_remedy_of_a_kind_that_does_not_fit_is_one_that_does(
    parent: str, child: str, around: dict[str, str], remedy: str
) -> None:
    tasks = [make_task("a", kind=parent, children=["b"]), make_task("b", kind=child)]
    if "top" in around:
        tasks.append(make_task("top", kind=around["top"], children=["a"]))
    if "below" in around:
        tasks.append(make_task("below", kind=around["below"], parent="b"))
    (finding,) = [each for each in relations.check_kinds(tasks) if each.hint.data["id"] == "a"]
    assert " ".join(finding.hint.data[name] for name in ("changed", "key", "value")) == remedy


def test_a_child_has_one_parent() -> None:
    tasks = [
        make_task("a", children=["c"]),
        make_task("b", children=["c", "d"]),
        make_task("c", parent="a"),
        make_task("d", parent="a"),
    ]
    assert found(relations.check_parents, *tasks) == [
        ("several-parents", "b", "children[0]"),
        ("several-parents", "d", "parent"),
    ]


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ([make_task("a", depends_on=["b"]), make_task("b")], []),
        ([make_task("a", depends_on=["b", "a"])], [("dependency-cycle", "a", "depends_on[1]")]),
        (
            [make_task("a", depends_on=["b"]), make_task("b", depends_on=["a"])],
            [("dependency-cycle", "a", "depends_on[0]")],
        ),
        (
            [make_task("a", depends_on=["b"], blocks=["b"]), make_task("b")],
            [("dependency-cycle", "a", "depends_on[0]")],
        ),
        (
            [make_task("a", blocks=["x", "b"]), make_task("b", blocks=["a"])],
            [("dependency-cycle", "a", "blocks[1]")],
        ),
        (
            [make_task("b", depends_on=["gone"], blocks=["gone"])],
            [("dependency-cycle", "b", "depends_on[0]")],
        ),
    ],
)
def test_no_task_waits_for_itself(tasks: list[Task], expected: list[Any]) -> None:
    assert found(relations.check_dependencies, *tasks) == expected


# All rules


def test_every_rule_is_listed_once() -> None:
    rules = {rule for name, rule in vars(relations).items() if name.startswith("check_")}
    assert {*STORE_RULES} == rules
    assert {*RELATION_RULES} < rules


@given(backlogs(circles=True))
def test_a_finding_points_into_the_file_that_it_names(tasks: list[Task]) -> None:
    lines = {task.path: task.data.decode().splitlines() for task in tasks}
    for rule in STORE_RULES:
        for each in rule(tasks):
            key = str(each.field).partition("[")[0]
            above = lines[each.path][: each.line]
            assert [line for line in above if line[0] not in " -"][-1].startswith(f"{key}:")


def test_commands_that_read_every_task_name_the_first_error_of_each() -> None:
    tasks = [
        make_task("a", size="huge", labels=[""]),
        make_task("b", path="tasks/b.md"),
        make_task("b", path="tasks/c.md"),
        make_task("c", parent="gone"),
    ]
    assert [(each.code, each.path) for each in first_problems(tasks)] == [
        ("unknown-value", "tasks/10-ready/task-a.md"),
        ("duplicate-id", "tasks/c.md"),
    ]
