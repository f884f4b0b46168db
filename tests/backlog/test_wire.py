"""Queues, plans, trees and families as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import backlogs, make_task, plan
from taskfiles import Task
from taskfiles.backlog.family import find_context
from taskfiles.backlog.graph import find_parents
from taskfiles.backlog.next import choose_next
from taskfiles.backlog.wire import (
    choice_object,
    context_object,
    matrix_object,
    plan_object,
    prune_tree,
    tree_object,
)
from taskfiles.task.claim import new_lease
from taskfiles.task.wire import lease_object, task_object

NOON = datetime(2025, 11, 2, 12, tzinfo=UTC)


def test_a_family_is_without_its_task_and_without_bodies() -> None:
    tasks = {
        task.id: task
        for task in [make_task("a", children=["b"]), make_task("b", children=["c"]), make_task("c")]
    }
    made = context_object(find_context("b", tasks))
    assert made == {
        "ancestors": [task_object(tasks["a"])],
        "children": [task_object(tasks["c"])],
    }


def test_a_queue_has_a_reason_for_every_point_and_names_who_was_passed_over() -> None:
    tasks = [make_task("a", touches=["src"], priority="high"), make_task("b", touches=["src"])]
    made = choice_object(choose_next(tasks, parallelize=2))
    assert [each["id"] for each in made["candidates"]] == ["a", "b"]
    for each in made["candidates"]:
        assert each["score"] == sum(reason["points"] for reason in each["reasons"])
        assert each["expired"] is None
    assert made["selected"] == ["a"]
    assert made["passed_over"] == [{"id": "b", "conflict": "touches:src|src", "with": "a"}]


def test_a_task_in_progress_whose_claim_has_run_out_says_whose_it_was() -> None:
    tasks = [make_task("a", state="in-progress"), make_task("b")]
    lapsed = {name: new_lease(name, "ana", NOON, 60, "t") for name in "ab"}
    made = choice_object(choose_next(tasks, lapsed=lapsed), lapsed)
    expired = {each["id"]: each["expired"] for each in made["candidates"]}
    assert expired == {"a": lease_object(lapsed["a"]), "b": None}  # b has been put back since


@given(backlogs(), st.booleans())
def test_a_plan_and_its_matrix_have_the_same_tasks(tasks: list[Task], parallel: bool) -> None:
    made = plan(tasks, parallel=parallel)
    shown, matrix = plan_object(made), matrix_object(made)["include"]
    assert [(each["index"], each["run_mode"], each["workflows"]) for each in shown["stages"]] == [
        (index, stage.run_mode, stage.ids) for index, stage in enumerate(made.stages)
    ]
    assert [(each["stage"], each["run_mode"], each["id"]) for each in matrix] == [
        (each["index"], each["run_mode"], task_id)
        for each in shown["stages"]
        for task_id in each["workflows"]
    ]
    assert shown["workflow_count"] == len(matrix)
    assert shown["stage_count"] == len(shown["stages"])
    assert "overall_timeout_seconds" not in shown
    assert plan_object(plan(tasks, parallel=parallel, overall_timeout=9))["overall_timeout_seconds"] == 9


# Trees


def outline(nodes: list[Any]) -> list[Any]:
    return [[node["id"], outline(node["children"])] if node["children"] else node["id"] for node in nodes]


TASKS = [
    make_task("epic", kind="epic", children=["story", "gone", "b"]),
    make_task("story", kind="story", children=["a"]),
    make_task("a"),
    make_task("b", size="huge"),
    make_task("orphan", parent="elsewhere"),
]


def test_each_task_stands_once_below_its_parent() -> None:
    tree = tree_object(TASKS)
    assert outline(tree) == [["epic", [["story", ["a"]], "b"]], "orphan"]
    epic, orphan = tree
    assert (epic["parent"], epic["missing"], epic["ancestors"], epic["valid"]) == (None, ["gone"], [], True)
    assert (orphan["parent"], orphan["ancestors"]) == ("elsewhere", ["elsewhere"])
    b = epic["children"][1]
    assert (b["parent"], b["valid"], b["state"], "ancestors" in b) == ("epic", False, "ready", False)


def test_the_tree_of_one_task_begins_with_it() -> None:
    (story,) = tree_object(TASKS, "story")
    assert outline([story]) == [["story", ["a"]]]
    assert (story["parent"], story["ancestors"]) == ("epic", ["epic"])
    (a,) = tree_object(TASKS, "a")
    assert a["ancestors"] == ["epic", "story"]


def test_a_pruned_tree_has_what_matches_and_what_is_above_it() -> None:
    (epic,) = prune_tree(tree_object(TASKS), {"a"})
    assert outline([epic]) == [["epic", [["story", ["a"]]]]]
    (story,) = epic["children"]
    assert [epic["matches"], story["matches"], story["children"][0]["matches"]] == [False, False, True]
    assert epic["progress"] == {"closed": 0, "total": 2}  # of all that are there, shown or not
    assert outline(prune_tree(tree_object(TASKS), {"story", "orphan"})) == [["epic", ["story"]], "orphan"]
    assert prune_tree(tree_object(TASKS), set()) == []


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdefx")), st.sets(st.sampled_from("abcdef"))
)
def test_a_pruned_tree_loses_no_match(parents: dict[str, str], matching: set[str]) -> None:
    tasks = [make_task(name, parent=parents.get(name)) for name in "abcdef"]
    shown: dict[str, bool] = {}
    waiting = prune_tree(tree_object(tasks), matching)
    while waiting:
        node = waiting.pop()
        shown[node["id"]] = node["matches"]
        assert node["matches"] or node["children"]
        waiting += node["children"]
    assert {name for name, matches in shown.items() if matches} == matching


def test_a_circle_stands_at_the_top_and_is_walked_once() -> None:
    tasks = [make_task("b", parent="a"), make_task("a", parent="b"), make_task("c", parent="a")]
    tree = tree_object(tasks)
    assert outline(tree) == [["a", ["b", "c"]]]
    assert (tree[0]["parent"], tree[0]["ancestors"]) == ("b", ["b"])


@pytest.mark.parametrize("count", [51, 120])
def test_a_very_deep_hierarchy_is_shown_in_pieces(count: int) -> None:
    names = [f"t{n:03}" for n in range(count)]
    tasks = [make_task(name, parent=names[n - 1] if n else None) for n, name in enumerate(names)]
    tree = tree_object(tasks)
    assert [each["id"] for each in tree] == names[::50]
    assert [each["parent"] for each in tree] == [None, *names[49:-1:50]]


def test_a_child_of_two_is_shown_below_the_first_as_everywhere_else() -> None:
    tasks = [make_task("a", children=["c"]), make_task("b", children=["c"]), make_task("c")]
    assert outline(tree_object(tasks)) == [["a", ["c"]], "b"]
    assert find_parents(tasks) == {"c": "a"}


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdefx")))
def test_whatever_the_parents_each_task_is_shown_once(parents: dict[str, str]) -> None:
    tasks = [make_task(name, parent=parents.get(name)) for name in "abcdef"]
    shown: list[str] = []
    waiting = tree_object(tasks)
    while waiting:
        node = waiting.pop()
        shown.append(node["id"])
        assert node["parent"] == parents.get(node["id"])
        waiting += node["children"]
    assert sorted(shown) == list("abcdef")
