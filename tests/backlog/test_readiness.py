"""What keeps a task from being worked on, in codes and in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import DONE, backlogs, make_task
from taskfiles import Task
from taskfiles.backlog.readiness import Backlog, find_obstacles


def obstacles(task: Task, *others: Task) -> list[tuple[str, str | None]]:
    return [(each.code, each.other) for each in find_obstacles(task, Backlog([task, *others]))]


@pytest.mark.parametrize(
    ("task", "others", "expected"),
    [
        (make_task("a"), [], []),
        (make_task("a", state="idea"), [], [("state", None)]),
        (make_task("a", state="in-progress"), [], [("state", None)]),
        (make_task("a", blocked="waits"), [], [("blocked", None)]),
        (make_task("a", blocked=" "), [], []),
        (make_task("a", depends_on=["b"]), [make_task("b")], [("dependency", "b")]),
        (make_task("a", depends_on=["b"]), [make_task("b", **DONE)], []),
        (make_task("a", depends_on=["b"]), [], [("dependency", "b")]),
        (make_task("a", depends_on=["b"]), [make_task("b", state="canceled")], [("dependency", "b")]),
        (make_task("a"), [make_task("b", blocks=["a"])], [("dependency", "b")]),
        (make_task("a"), [make_task("b", blocks=["a"], **DONE)], []),
        (make_task("a", depends_on=["b", "b"]), [], [("dependency", "b")]),
        (make_task("a", body="\n## Overview\n"), [], [("criteria", None)]),
        (make_task("a", body="\n## Acceptance Criteria\n\n- no box\n"), [], [("criteria", None)]),
        (make_task("a", body="\n## Notes\n\n- [ ] elsewhere\n"), [], [("criteria", None)]),
        (make_task("a", children=["b"]), [make_task("b")], [("children", None)]),
        (make_task("a"), [make_task("b", parent="a")], [("children", None)]),
        (make_task("a", children=["gone"]), [], []),
        (make_task("a", priority="hihg"), [], [("invalid", None)]),
        (make_task("a"), [make_task("a", path="tasks/00-idea/task-a.md")], [("duplicate-id", None)]),
        (make_task("a", state="idea", blocked="x"), [], [("state", None), ("blocked", None)]),
    ],
)  # fmt: skip
def test_obstacles(task: Task, others: list[Task], expected: list[tuple[str, str | None]]) -> None:
    assert obstacles(task, *others) == expected


@given(backlogs(circles=True, families=True), st.data())
def test_what_columns_call_free_has_no_obstacle(tasks: list[Task], data: st.DataObject) -> None:
    """All that has none is free, but for what may wait for something."""
    more = st.sampled_from([{"priority": "hihg"}, {"body": ""}, {"blocked": " "}, {"state": "idea"}, {}])
    for number, keys in enumerate(data.draw(st.lists(more, max_size=4))):
        task_id = data.draw(st.sampled_from(["t0", "u0", "u1"]))
        tasks.append(make_task(task_id, path=f"tasks/other-{number}.md", **keys))
    backlog = Backlog(tasks)
    startable = {task.id for task in backlog.tasks if not find_obstacles(task, backlog)}
    assert backlog.free == startable - backlog.hindered


def test_obstacles_are_explained_in_words() -> None:
    task = make_task("a", blocked="waits for Bo", depends_on=["b", "c"], body="")
    messages = [each.message for each in find_obstacles(task, Backlog([task, make_task("b", state="idea")]))]
    assert messages == [
        "it is blocked: waits for Bo",
        "it depends on b, which is not done but idea",
        "it depends on c, which does not exist",
        "its Acceptance Criteria hold no checkbox",
    ]


def test_a_task_whose_claim_has_run_out_may_be_in_progress() -> None:
    def codes(task: Task) -> list[str]:
        return [each.code for each in find_obstacles(task, Backlog([task]), lapsed=True)]

    assert codes(make_task("a", state="in-progress")) == []
    assert codes(make_task("a", state="in-progress", blocked="waits")) == ["blocked"]
    assert codes(make_task("a", state="idea")) == ["state"]


def test_long_lists_are_cut_and_reasons_stand_on_one_line() -> None:
    tasks = [make_task(name, parent="a") for name in "bcdef"]
    below = find_obstacles(make_task("a", blocked="waits\n  for Bo\n"), Backlog([make_task("a"), *tasks]))
    assert [each.message for each in below] == [
        "it is blocked: waits for Bo",
        "its work is in 5 tasks (b, c, d, …) below it",
    ]


def test_a_backlog_knows_its_tasks_in_order_whatever_order_they_came_in() -> None:
    tasks = [
        make_task("b", **DONE),
        make_task("a", path="tasks/10-ready/task-a.md", children=["c", "gone"], blocks=["b"]),
        make_task("a", path="tasks/00-idea/task-a.md"),
        make_task("c", parent="b", depends_on=["gone"]),
    ]
    for some in (tasks, tasks[::-1]):
        backlog = Backlog(some)
        assert [task.path for task in backlog.tasks[:2]] == backlog.paths["a"]
        assert backlog.by_id["a"].path == "tasks/00-idea/task-a.md"
        assert dict(backlog.children) == {"a": ["c"]}
        assert backlog.dependencies["b"] == ["a"]
        assert [backlog.is_done(name) for name in ("a", "b", "gone")] == [False, True, False]
