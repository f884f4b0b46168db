"""The typed frontmatter: what it keeps, what it reads as, and the one error that pydantic itself adds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from support.model_problems import model_problems
from taskfiles.task.keys import DEFAULTS, KEY_ORDER
from taskfiles.task.model import ExecutionAttempt, Link, TaskMeta
from taskfiles.task.words import ExecutionStatus, Kind, Priority, State

SOUND = {"id": "fix", "title": "Fix", "state": "ready"}
TRIED = {
    "started_at": "2025-11-02T12:00:00Z",
    "ended_at": "2025-11-02T13:02:00+01:00",
    "duration_seconds": 120,
    "status": "failed",
    "executor": {"tool": "t"},
}


def test_a_frontmatter_is_typed_and_has_its_defaults() -> None:
    meta = TaskMeta.model_validate(
        SOUND | {"kind": None, "labels": None, "created_at": "2025-11-02T13:00:00+01:00"}
    )
    assert (meta.state, meta.kind, meta.priority) == (State.READY, Kind.TASK, Priority.NORMAL)
    assert meta.labels == []
    assert meta.created_at == datetime(2025, 11, 2, 12, tzinfo=UTC)
    absent = TaskMeta.model_validate(SOUND).model_dump()
    assert {key: absent[key] for key in DEFAULTS} == DEFAULTS
    assert list(absent) == list(KEY_ORDER)


def test_unknown_keys_are_kept_at_every_depth() -> None:
    attempt = TRIED | {"x_a": 1, "executor": {"tool": "t", "x_b": [2]}}
    meta = TaskMeta.model_validate(SOUND | {"x_c": None, "execution": {"attempts": [attempt]}})
    assert meta.execution is not None
    kept = meta.execution.attempts[0]
    assert (meta.model_extra, kept.model_extra, kept.executor.model_extra) == (
        {"x_c": None},
        {"x_a": 1},
        {"x_b": [2]},
    )


def test_a_frontmatter_can_not_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        TaskMeta.model_validate(SOUND).title = "Other"


def test_python_values_of_the_right_type_are_taken() -> None:
    noon = datetime(2025, 11, 2, 12, tzinfo=UTC)
    given = TRIED | {"started_at": noon, "status": ExecutionStatus.FAILED}
    attempt = ExecutionAttempt.model_validate(given)
    assert (attempt.started_at, attempt.status) == (noon, ExecutionStatus.FAILED)
    assert TaskMeta.model_validate(SOUND | {"links": [Link(type="linear", key="A-1")]}).links[0].key == "A-1"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("model", "value", "problem"),
    [
        (TaskMeta, SOUND, None),
        (TaskMeta, [], ("wrong-type", ())),
        (TaskMeta, SOUND | {"title": 5}, ("wrong-type", ("title",))),
        (TaskMeta, {"id": "fix", "state": "ready"}, ("missing-key", ("title",))),
        (TaskMeta, SOUND | {"labels": "ui"}, ("wrong-type", ("labels",))),
        (ExecutionAttempt, TRIED | {"notes": None}, ("null-value", ("notes",))),
        (
            ExecutionAttempt,
            TRIED | {"ended_at": "2025-11-02T11:00:00Z"},
            ("ended-before-started", ("ended_at",)),
        ),
        (Link, {"type": "linear"}, ("missing-key", ("key",))),
        (Link, {"type": "linear", "key": "\udcff"}, ("wrong-type", ("key",))),
    ],
)
def test_every_problem_has_its_code_and_path(model: Any, value: object, problem: Any) -> None:
    found = [(code, path) for code, path, _ in model_problems(model, value)]
    assert found == ([] if problem is None else [problem])


def test_the_schema_allows_absence_and_not_null_within_an_attempt() -> None:
    properties = ExecutionAttempt.model_json_schema()["properties"]
    assert properties["notes"]["type"] == "string"
    assert "default" not in properties["notes"]
    assert TaskMeta.model_json_schema()["properties"]["blocked"]["anyOf"][1] == {"type": "null"}
