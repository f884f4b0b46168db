"""The prompt that an agent gets, and the places in its command that stand for parts of the task."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from taskfiles import Task
from taskfiles.backlog.family import Context
from taskfiles.run.prompt import PLACEHOLDERS, fill_in, make_prompt, wants_file

FIX = make_task(
    "fix", title="Fix the navbar", body="\nIt is too wide.\n\n## Acceptance Criteria\n\n- [ ] Fits\n"
)


def context(ancestors: list[Task] | None = None, children: list[Task] | None = None) -> Context:
    return Context(FIX, ancestors or [], children or [])


def headings(prompt: str) -> list[str]:
    return [line.lstrip("# ") for line in prompt.splitlines() if line.startswith("# ")]


def test_a_prompt_has_title_place_body_and_advice() -> None:
    prompt = make_prompt(context())
    assert prompt.startswith(
        "# Fix the navbar\n\nTask `fix`, kept in `tasks/10-ready/task-fix.md`.\n\nIt is too wide.\n\n"
    )
    assert headings(prompt) == ["Fix the navbar", "How to work on it"]
    assert "`tasks update fix --check N`" in prompt
    assert prompt.endswith(".\n")
    assert "\n\n\n" not in prompt


def test_what_is_above_and_below_is_named() -> None:
    above, below = make_task("ui", kind="epic", title="The page"), make_task("css", title="The style")
    prompt = make_prompt(context([above], [below]))
    assert headings(prompt)[1:3] == ["What it is part of", "What is below it"]
    assert "- ui (epic): The page\n" in prompt
    assert "- css (ready): The style\n" in prompt


def test_an_agent_whose_task_is_completed_after_it_is_asked_for_what_that_needs() -> None:
    assert "commit_message" not in make_prompt(context())
    prompt = make_prompt(context(), complete=True)
    assert "`tasks update fix --meta commit_message=TEXT`" in prompt
    assert "Post-Implementation Insights" in prompt


def test_what_was_wrong_before_comes_last() -> None:
    prompt = make_prompt(context(), feedback="It ended partial.\n")
    assert headings(prompt)[-1] == "What was wrong with the attempt before"
    assert prompt.endswith("\n\nIt ended partial.\n")


@pytest.mark.parametrize(
    ("word", "filled"),
    [
        ("{id}", "fix"),
        ("--task={id}:{path}", "--task=fix:a.md"),
        ("{ID} {} {id", "{ID} {} {id"),
        ("${id}", "$fix"),
        ("{{id}}", "{fix}"),
        ("{prompt_file}", "{prompt_file}"),
        ("{title}", "{id} & more"),
    ],
)
def test_only_known_places_are_filled_and_what_is_put_in_is_not_looked_at(word: str, filled: str) -> None:
    values = {"id": "fix", "path": "a.md", "title": "{id} & more"}
    assert fill_in(["agent", word], values) == ["agent", filled]


@given(st.lists(st.text(st.characters(exclude_characters="{}")), max_size=4))
def test_a_command_without_braces_stays_as_it_is(command: list[str]) -> None:
    values: dict[str, Any] = dict.fromkeys(PLACEHOLDERS, "x")
    assert fill_in(command, values) == command
    assert not wants_file(command)


def test_the_prompt_s_file_is_made_where_a_command_names_it() -> None:
    assert wants_file(["agent", "--read={prompt_file}"])
    assert not wants_file(["agent", "prompt_file", "{id}"])
