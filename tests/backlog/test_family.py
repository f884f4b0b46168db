"""What surrounds a task: its ancestors from the nearest up, its children ranked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import DONE, PRIORITIES, make_task
from taskfiles import Task
from taskfiles.backlog.family import find_ancestors, find_context, rank_children


def by_id(*tasks: Task) -> dict[str, Task]:
    return {task.id: task for task in tasks}


def ids(tasks: list[Task]) -> list[str]:
    return [task.id for task in tasks]


def test_a_task_between_its_ancestors_and_its_children() -> None:
    tasks = by_id(
        make_task("epic", children=["story"]),
        make_task("story", children=["b", "gone", "a"]),
        make_task("a", parent="story"),
        make_task("b"),
    )
    context = find_context("story", tasks)
    assert (context.target.id, ids(context.ancestors), ids(context.children)) == (
        "story",
        ["epic"],
        ["b", "a"],
    )
    assert ids(find_context("a", tasks).ancestors) == ["story", "epic"]
    assert find_context("a", tasks).children == []


def test_ancestors_end_where_a_parent_is_missing() -> None:
    assert ids(find_ancestors("a", by_id(make_task("a", parent="b"), make_task("b", parent="gone")))) == ["b"]


def test_a_circle_of_parents_is_walked_once() -> None:
    parents = {"a": "b", "b": "c", "c": "b", "d": "d"}
    tasks = by_id(*(make_task(name, parent=parent) for name, parent in parents.items()))
    assert ids(find_ancestors("a", tasks)) == ["b", "c"]
    assert ids(find_ancestors("b", tasks)) == ["c"]
    assert find_ancestors("d", tasks) == []


def test_children_are_ranked_by_state_then_by_priority() -> None:
    given = [
        make_task("done", priority="urgent", **DONE),
        make_task("odd", state="todo"),
        make_task("idea", state="idea", priority="high"),
        make_task("moving", state="in-progress"),
        make_task("odd-priority", priority="soon"),
        make_task("low", priority="low"),
        make_task("usual"),
        make_task("urgent", priority="urgent"),
    ]
    assert ids(rank_children(given)) == [
        *("urgent", "usual", "low", "odd-priority"),
        *("moving", "idea", "done", "odd"),
    ]


@given(st.lists(st.sampled_from(PRIORITIES), max_size=8))
def test_children_of_one_rank_stay_in_their_parent_s_order(priorities: list[str]) -> None:
    children = [make_task(f"t{n}", priority=priority) for n, priority in enumerate(priorities)]
    for priority in PRIORITIES:
        alike = [task for task in children if task.get("priority") == priority]
        assert [task for task in rank_children(children) if task.get("priority") == priority] == alike
