"""File names and ids: where a task belongs, and which id a title suggests."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.task.layout import CONFIG_NAME, DIRECTORIES, FLAT, STATES, TASKS_DIR
from taskfiles.task.names import (
    CONFIG_PATH,
    MAX_ID,
    RESERVED_IDS,
    expected_name,
    expected_path,
    free_id,
    id_in_path,
    ids_in_name,
    ids_in_path,
    is_task_name,
    lease_name,
    make_id,
    suggest_id,
)
from taskfiles.task.values import check_id
from taskfiles.task.words import Kind, State

IDS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,40}", fullmatch=True)


def test_every_state_has_a_directory_and_they_sort_by_progress() -> None:
    assert list(DIRECTORIES) == list(State)
    assert sorted(DIRECTORIES.values()) == list(DIRECTORIES.values())
    assert f"{TASKS_DIR}/{CONFIG_NAME}" == CONFIG_PATH == "tasks/tasks.toml"


# Names and paths


@given(IDS, st.sampled_from(Kind), st.sampled_from(State))
def test_the_name_that_a_task_gets_carries_its_id(task_id: str, kind: Kind, state: State) -> None:
    task = {"id": task_id, "kind": kind.value, "state": state.value, "completed_at": "2025-11-02T12:00:00Z"}
    path = expected_path(task, STATES)
    assert path == f"{TASKS_DIR}/{DIRECTORIES[state]}/{expected_name(task, STATES)}"
    assert id_in_path(path, STATES) == task_id


@given(IDS, st.sampled_from(Kind), st.sampled_from(State), st.sampled_from(State))
def test_a_flat_path_is_the_same_for_a_whole_life(
    task_id: str, kind: Kind, state: State, later: State
) -> None:
    task = {"id": task_id, "kind": kind.value, "state": state.value, "completed_at": "2025-11-02T12:00:00Z"}
    path = expected_path(task, FLAT)
    assert (
        path
        == f"{TASKS_DIR}/{task_id}.md"
        == expected_path({**task, "state": later.value, "kind": None}, FLAT)
    )
    assert task_id in ids_in_path(path)
    assert id_in_path(path, FLAT) == (None if task_id in RESERVED_IDS else task_id)
    assert expected_path(task, FLAT, "tasks/web/old.md") == f"tasks/web/{task_id}.md"
    assert expected_path(task, FLAT, "docs/old.md") == path


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({}, "task-fix.md"),
        ({"kind": "epic"}, "epic-fix.md"),
        ({"kind": None}, "task-fix.md"),
        ({"state": "done"}, "task-fix.md"),
        ({"state": "done", "completed_at": "soon"}, "task-fix.md"),
        ({"state": "done", "completed_at": 5}, "task-fix.md"),
        ({"state": "done", "completed_at": "2025-11-02T12:00:00Z"}, "2025-11-02 task-fix.md"),
        ({"state": "done", "completed_at": "2025-11-02T23:30:00-01:00"}, "2025-11-03 task-fix.md"),
        ({"state": "canceled", "completed_at": "2025-11-02T12:00:00Z"}, "task-fix.md"),
    ],
)
def test_a_done_task_carries_the_day_of_its_completion_in_utc(more: dict[str, Any], name: str) -> None:
    assert expected_name({"id": "fix", "state": "ready", **more}, STATES) == name
    assert expected_name({"id": "fix", "state": "ready", **more}, FLAT) == "fix.md"


@pytest.mark.parametrize(
    "more",
    [
        {"id": "../../etc/passwd"},
        {"id": "a/b"},
        {"id": "Fix"},
        {"id": ""},
        {"kind": "bug"},
        {"kind": ["task"]},
        {"state": "todo"},
        {"state": ["ready"]},
        {"state": None},
    ],
)
def test_no_value_leads_elsewhere(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\.md"):
        expected_path({"id": "fix", "state": "ready", **more}, STATES)


@pytest.mark.parametrize(
    "more", [{"id": "../../etc/passwd"}, {"id": "a/b"}, {"id": "Fix"}, {"state": "todo"}]
)
def test_no_value_leads_elsewhere_in_a_flat_directory(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\.md"):
        expected_path({"id": "fix", "state": "ready", **more}, FLAT, "tasks/web/fix.md")


@pytest.mark.parametrize(
    "name",
    [
        "Fix.md",
        "task-Fix.md",
        "task-fix.txt",
        "2025-11-2 task-fix.md",
        "README.md",
        "readme.md",
        "con.md",
        ".md",
    ],
)
def test_other_names_carry_no_id(name: str) -> None:
    assert ids_in_name(name) == ids_in_path(f"tasks/{name}") == ()
    assert not is_task_name(f"tasks/{name}")


@given(IDS, IDS)
def test_each_id_has_a_lease_file_of_its_own(one: str, other: str) -> None:
    assert (lease_name(one) == lease_name(other)) == (one == other)


def test_a_very_long_id_has_a_lease_file_too() -> None:
    names = [lease_name("a" * length) for length in (200, 201, 300)]
    assert len({*names}) == 3
    assert all(len(name) < 255 for name in names)
    assert names[1].startswith("_")  # as no id does


# Ids from titles


@pytest.mark.parametrize(
    ("title", "task_id"),
    [
        ("Fix the mobile navbar", "fix-mobile-navbar"),
        ("Fix navbar on phones and tablets", "fix-navbar-phones"),
        ("Don’t panic", "dont-panic"),
        ("Größe ändern", "grosse-andern"),
        ("Исправить меню", "ispravit-menyu"),
        ("The of and", "the-of-and"),
        ("Part A", "part-a"),
        ("Internationalization documentation", "internationalization"),
        ("x" * 40, "x" * MAX_ID),
        ("!?", "task"),
        ("", "task"),
        (None, "task"),
        (5, "task"),
    ],
)
def test_a_title_suggests_an_id(title: object, task_id: str) -> None:
    assert suggest_id(title) == task_id


@given(st.text(max_size=40))
def test_any_title_suggests_an_id_that_new_tasks_may_have(title: str) -> None:
    assert len(check_id(suggest_id(title))) <= MAX_ID


@given(st.text(max_size=30), st.integers(0, 12))
def test_an_id_that_is_made_is_not_taken(title: str, count: int) -> None:
    taken: set[str] = set()
    for _ in range(count + 1):
        made = make_id(title, taken)
        assert made not in taken
        assert len(check_id(made)) <= MAX_ID
        taken.add(made)


def test_a_taken_id_gets_the_next_number_within_the_length() -> None:
    assert free_id("fix", {"fix", "fix-2"}) == "fix-3"
    assert free_id("a" * 24, {"a" * 22 + "-2"}) == "a" * 22 + "-3"
    assert free_id("a" * 21 + "-bc", set()) == "a" * 21 + "-2"
