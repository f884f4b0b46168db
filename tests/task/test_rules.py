"""Rules of one file, asked by themselves: they need no more than a source, and no value makes them fail."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.backlogs import make_task
from support.project import BODY, INSIGHTS
from support.strategies import VALUES
from taskfiles.task.codes import FINDINGS
from taskfiles.task.keys import KEY_ORDER, key_order
from taskfiles.task.rules import (
    ERROR_RULES,
    OTHER_RULES,
    attempts,
    body,
    file_errors,
    file_warnings,
    keys,
    place,
)
from taskfiles.task.source import Source
from taskfiles.text.document import Document


class Draft(NamedTuple):
    """The least that a source may be: not yet a file, say."""

    values: dict[str, Any]
    text: str = BODY
    path: str = "tasks/10-ready/task-fix.md"

    @property
    def document(self) -> Document:
        return Document(b"---\n", "id: fix\n", b"---\n", self.text.encode())

    @property
    def body(self) -> str:
        return self.text

    @property
    def id(self) -> str:
        return str(self.values["id"])

    @property
    def kind(self) -> Any:
        return self.values.get("kind", "task")

    @property
    def state(self) -> Any:
        return self.values.get("state")


def draft(text: str = BODY, path: str = "tasks/10-ready/task-fix.md", **values: Any) -> Source:
    return Draft({"id": "fix", "title": "Fix", "state": "ready", **values}, text, path)


def tried(*given: dict[str, Any]) -> Source:
    return draft(execution={"attempts": list(given)})


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
    done = draft(BODY + INSIGHTS, "tasks/30-done/2025-11-02 task-fix.md", **finished)
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
        for module in (attempts, body, keys, place)
        for name, rule in vars(module).items()
        if name.startswith("check_")
    }
    assert {*ERROR_RULES} | {*OTHER_RULES} == written
    assert not {*ERROR_RULES} & {*OTHER_RULES}


# Attempts


def test_what_is_wrong_with_one_attempt_hides_nothing_of_the_others() -> None:
    noon, later = "2025-11-02T12:00:00Z", "2025-11-02T12:05:00Z"
    span = {"started_at": noon, "ended_at": later}
    source = tried(span, {"started_at": "soon"}, "no attempt", span | {"duration_seconds": 290})  # type: ignore[arg-type]
    third = ("execution", "attempts", 3)
    assert codes(attempts.check_overlaps, source) == [("attempts-overlap", (*third, "started_at"))]
    assert codes(attempts.check_durations, source) == [("duration-mismatch", (*third, "duration_seconds"))]
    assert codes(attempts.check_order, source) == []


@pytest.mark.parametrize(
    ("status", "outcome", "more", "fits"),
    [
        ("completed", "success", {}, True),
        ("completed", "partial", {}, True),
        ("completed", "failed", {}, False),
        ("completed", "failed", {"error_type": "timeout"}, True),
        ("failed", "failed", {}, True),
        ("failed", "blocked", {}, True),
        ("failed", "success", {}, False),
        ("abandoned", "failed", {}, True),
        ("abandoned", "partial", {}, False),
        ("abandoned", "failed", {"error_type": "timeout"}, True),
        ("ended", "success", {}, True),  # another rule names a wrong word
        ("failed", "lost", {}, True),
    ],
)
def test_status_and_outcome_go_together(status: str, outcome: str, more: dict[str, Any], fits: bool) -> None:
    found = codes(attempts.check_outcomes, tried({"status": status, "outcome": outcome, **more}))
    assert (found == []) is fits


def test_gates_ids_and_files_of_an_attempt() -> None:
    source = tried(
        {"id": "A", "quality_gates": {"run": ["build"], "failed": ["build", "lint", 5]}, "error_type": "a b"},
        {
            "id": "a",
            "created_files": ["b", "a", "/c", 5],
            "usage": {"input_tokens": 1, "cache_read_tokens": 2},
        },
    )
    first, second = (("execution", "attempts", index) for index in (0, 1))
    assert codes(attempts.check_gates, source) == [("gate-not-run", (*first, "quality_gates", "failed", 1))]
    assert codes(attempts.check_ids, source) == [("duplicate-attempt", (*second, "id"))]
    assert codes(attempts.check_error_types, source) == [("not-one-word", (*first, "error_type"))]
    assert codes(attempts.check_cached, source) == [
        ("cache-exceeds-input", (*second, "usage", "input_tokens"))
    ]
    assert codes(attempts.check_created_files, source) == [("foreign-path", (*second, "created_files", 2))]
    assert codes(attempts.check_sorted_files, source) == [
        ("unsorted-files", (*second, "created_files", 1)),
        ("unsorted-files", (*second, "created_files", 2)),
    ]


# Keys, place and body


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


@pytest.mark.parametrize(
    ("path", "values", "found"),
    [
        ("tasks/20-in-progress/task-fix.md", {}, ["wrong-directory"]),
        ("tasks/10-ready/fix.md", {}, ["wrong-name"]),
        ("tasks/task-fix.md", {"kind": "epic"}, ["wrong-directory", "wrong-name"]),
        ("docs/fix.md", {}, []),
        ("tasks/fix.md", {"kind": "bug", "state": "todo"}, []),
    ],
)
def test_a_file_below_tasks_has_its_place(path: str, values: dict[str, Any], found: list[str]) -> None:
    source = draft(BODY, path, **values)
    assert [p.code for rule in (place.check_directory, place.check_name) for p in rule(source)] == found


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
