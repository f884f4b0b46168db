"""What `update`, `new` and `metadata set` make of the values that they are given."""

from __future__ import annotations

from typing import Any

import pytest

from support.in_process import call, ok
from support.project import Project
from taskfiles import Update, update

PATH = "tasks/10-ready/task-fix.md"


@pytest.fixture
def fix(project: Project) -> Project:
    """A project with one task, `fix`."""
    project.task("fix", priority="high", labels="[ui]")
    return project


def values_of(project: Project, task_id: str = "fix") -> dict[str, Any]:
    return dict(project.store.get(task_id).values)


def text_of(project: Project) -> str:
    return (project.root / PATH).read_text(encoding="utf-8")


# What clears a key


@pytest.mark.parametrize("key", ["blocked", "completed_at", "milestone", "size", "labels", "x_own"])
def test_null_removes_a_key_whichever_way_it_is_given(fix: Project, key: str) -> None:
    """By --meta, by a JSON patch, from Python, and in a new task."""
    given: dict[str, Any] = {"completed_at": "2025-11-02T12:00:00Z", "size": "xl", "labels": ["a"]}
    for clear in (
        lambda: call(fix, "update", "fix", "--meta", f"{key}=null"),
        lambda: call(fix, "metadata", "set", "fix", stdin=f'{{"{key}": null}}'),
        lambda: update(fix.store, "fix", Update(set={key: None})),
    ):
        update(fix.store, "fix", Update(set={key: given.get(key, "word")}))
        assert key in values_of(fix)
        clear()
        assert key not in values_of(fix)
        assert f"{key}:" not in text_of(fix)
    ok(call(fix, "new", "--title", "Other", "--id", "other", "--meta", f"{key}=null"))
    assert key not in values_of(fix, "other")


def test_a_new_task_has_its_defaults_where_a_key_is_cleared(fix: Project) -> None:
    ok(call(fix, "new", "--title", "Other", "--id", "other", "--meta", "state=null"))
    assert values_of(fix, "other")["state"] == "idea"


def test_a_required_key_is_not_cleared(fix: Project) -> None:
    before = text_of(fix)
    done = call(fix, "update", "fix", "--meta", "state=null", "--output", "json")
    assert (done.code, done.error["code"]) == (1, "edit-invalid")
    assert text_of(fix) == before


def test_the_word_null_can_be_written(fix: Project) -> None:
    ok(call(fix, "update", "fix", "--meta", 'blocked="null"', "--meta", 'x_own="null"'))
    assert (values_of(fix)["blocked"], values_of(fix)["x_own"]) == ("null", "null")


# What a value is


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("fix #12 in the parser", 'x_own: "fix #12 in the parser"'),
        ("1.10", 'x_own: "1.10"'),
        ("1.5", "x_own: 1.5"),
        ("007", 'x_own: "007"'),
        ("2026-12-01", 'x_own: "2026-12-01"'),
        ("yes", 'x_own: "yes"'),
        ("true", "x_own: true"),
        ("[a, 1]", "x_own:\n  - a\n  - 1"),
        ("[WIP] fix", 'x_own: "[WIP] fix"'),
        ("", 'x_own: ""'),
        ("key: value", 'x_own: "key: value"'),
    ],
)
@pytest.mark.parametrize("command", ["update fix", "new --title Other --id other --state ready"])
def test_an_unknown_key_keeps_what_was_typed(fix: Project, command: str, typed: str, line: str) -> None:
    ok(call(fix, *command.split(), "--meta", f"x_own={typed}"))
    task_id = "other" if command.startswith("new") else "fix"
    text = (fix.root / f"tasks/10-ready/task-{task_id}.md").read_text(encoding="utf-8")
    assert f"\n{line}\n" in text


@pytest.mark.parametrize("typed", ["1.10", "fix #12", "2026-12-01", "5", "[a, b]", "null", "yes"])
def test_a_filter_finds_what_was_set_with_the_same_words(fix: Project, typed: str) -> None:
    ok(call(fix, "update", "fix", "--meta", f"x_own={typed}"))
    assert ok(call(fix, "list", "--meta", f"x_own={typed}", "--output", "plain")).out == "fix\n"
