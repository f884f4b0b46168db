"""Tasks are in the order of their ids, however they come."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from taskfiles import Task
from taskfiles.task.order import sort_by_id


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"))))
def test_tasks_are_sorted_by_id_then_path(names: list[tuple[str, str]]) -> None:
    tasks = [_at(task_id, f"tasks/{name}.md") for task_id, name in names]
    found = [(task.id, task.path) for task in sort_by_id(iter(tasks))]
    assert found == sorted((task.id, task.path) for task in tasks)


def test_what_is_sorted_stays_another_list() -> None:
    tasks = [_at("a", "tasks/a.md"), _at("b", "tasks/b.md")]
    found = sort_by_id(tasks)
    assert found == tasks
    assert found is not tasks


def _at(task_id: str, path: str) -> Task:
    task = make_task(task_id)
    task.path = path
    return task
