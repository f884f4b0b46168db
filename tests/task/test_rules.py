"""Rules of one file, asked by themselves: they need no more than a source, and no value makes them fail."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from support.project import INSIGHTS, TICKED
from support.sources import Draft, draft
from support.strategies import VALUES
from taskfiles.task.codes import FINDINGS
from taskfiles.task.keys import KEY_ORDER, key_order
from taskfiles.task.rules import (
    ERROR_RULES,
    OTHER_RULES,
    attempts,
    body,
    comments,
    file_errors,
    file_warnings,
    keys,
)
from taskfiles.task.source import Source


def codes(rule: Any, source: Source) -> list[Any]:
    return [(problem.code, problem.path) for problem in rule(source)]


ATTEMPT_KEYS = key_order(("execution", "attempts", 0))
ODD = st.one_of(
    VALUES, st.sampled_from(["done", "2025-11-02T12:00:00Z", "2025-11-02T12:00:00", "a b", ["../a"]])
)
ATTEMPTS = st.dictionaries(st.sampled_from([*ATTEMPT_KEYS, "usage", "quality_gates"]), ODD) | ODD


def test_a_sound_source_has_no_problems() -> None:
    assert [*file_errors(draft()), *file_warnings(draft())] == []
    finished = {"state": "done", "commit_message": "x", "completed_at": "2025-11-02T12:00:00Z"}
    done = draft(TICKED + INSIGHTS, "tasks/30-done/2025-11-02 task-fix.md", **finished)
    assert [*file_errors(done), *file_warnings(done)] == []


@given(st.dictionaries(st.sampled_from(KEY_ORDER), ODD), st.lists(ATTEMPTS, max_size=3), st.text(max_size=20))
def test_no_value_makes_a_rule_fail(values: dict[str, Any], given: list[Any], text: str) -> None:
    source = draft(text, **{**values, "id": "fix", "execution": {"attempts": given}})
    severities = [
        {FINDINGS[problem.code].severity for problem in run(source)} for run in (file_errors, file_warnings)
    ]
    assert severities[0] <= {"error"}
    assert severities[1] <= {"warning", "hint"}


def test_every_rule_is_listed_once() -> None:
    written = {
        rule
        for module in (attempts, body, comments, keys)
        for name, rule in vars(module).items()
        if name.startswith("check_")
    }
    assert {*ERROR_RULES} | {*OTHER_RULES} == written
    assert not {*ERROR_RULES} & {*OTHER_RULES}


# Keys and body


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({}, ("state",)),
        ({"commit_message": " "}, ("commit_message",)),
        ({"completed_at": "soon"}, ("state",)),
        ({"completed_at": "2025-10-31T23:59:59Z"}, None),
        ({"completed_at": "2025-11-01T00:00:00Z"}, ("state",)),
        ({"commit_message": "x"}, None),
        ({"state": "ready"}, None),
    ],
)
def test_a_done_task_has_a_commit_message_since_the_format_asks_for_one(values: Any, path: Any) -> None:
    found = codes(keys.check_commit_message, draft(**{"state": "done", **values}))
    assert found == ([] if path is None else [("missing-commit-message", path)])


def test_every_known_instant_is_looked_at_and_no_other() -> None:
    late = {"started_at": "a", "ended_at": "b", "reviewer": {"reviewed_at": "c"}, "x_at": "d"}
    source = draft(created_at="e", x_at="f", updated_at=5, execution={"attempts": [late, "g"]})
    assert sorted(text for _, text in keys.instants(source.values)) == ["a", "b", "c", "e"]
    assert keys.attempt_list({"execution": []}) == keys.attempt_list({"execution": {"attempts": "x"}}) == []


def test_a_body_s_problems_stand_on_its_lines() -> None:
    text = "\n## Acceptance Criteria\n\nNone.\n\n<<<<<<< ours\n"
    lines = {problem.code: problem.body_line for problem in body.check_checkboxes(draft(text))}
    lines |= {problem.code: problem.body_line for problem in body.check_conflicts(draft(text))}
    assert lines == {"missing-checkbox": 1, "conflict-marker": 5}
    missing = [problem.params["heading"] for problem in body.check_headings(draft(text, state="done"))]
    assert missing[:3] == ["## Overview", "## Technical Approach", "## Post-Implementation Insights"]


def test_a_task_is_a_source() -> None:
    task = make_task("fix", labels=[""], state="done")
    same = Draft(task.values, task.body, task.path)
    assert [*file_errors(task)] == [*file_errors(same)]
    assert [*file_warnings(task)] == [*file_warnings(same)]
