"""The payloads of events: what each type takes, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from taskfiles.schema.files import read_schema
from taskfiles.telemetry.payloads import (
    Decision,
    ExecutionSummary,
    PlanCreated,
    Record,
    SinkFailure,
    SinkWrite,
    TaskCompletion,
    Utc,
    Uuid,
)

(COMPLETION,) = read_schema("payload.task.completion")["examples"]
(PLAN_CREATED,) = read_schema("payload.multi_workflow.plan_created")["examples"]
EXECUTED, SKIPPED = read_schema("payload.multi_workflow.execution_summary")["examples"]


@pytest.mark.parametrize(
    ("payload", "example"),
    [
        (TaskCompletion, COMPLETION),
        (PlanCreated, PLAN_CREATED),
        (ExecutionSummary, EXECUTED),
        (ExecutionSummary, SKIPPED),
    ],
)
def test_the_published_examples_are_taken_and_so_are_keys_of_later_versions(
    payload: type[Record], example: dict[str, Any]
) -> None:
    read = payload.model_validate({**example, "added_later": 5})
    assert read.model_dump(exclude_unset=True) == {**example, "added_later": 5}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("complexity", None),
        ("complexity_source", "guessed"),
        ("task_duration_ms", -1),
        ("task_duration_ms", "585000"),
        ("attempts", 0),
        ("cost_known_attempts", 1.0),
        ("context_utilization_final", 1.01),
        ("quality_gates_run", "build"),
        ("outcome", "failed"),
        ("repo_size_category", "vast"),
    ],
)
def test_a_completion_refuses_what_it_does_not_mean(key: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        TaskCompletion.model_validate({**COMPLETION, key: value})
    assert {error["loc"][0] for error in refused.value.errors()} == {key}


@pytest.mark.parametrize("key", [key for key in COMPLETION if key != "ambiguity"])  # which is newer
def test_a_completion_says_everything_be_it_unknown(key: str) -> None:
    with pytest.raises(ValidationError):
        TaskCompletion.model_validate({name: value for name, value in COMPLETION.items() if name != key})


@pytest.mark.parametrize("plan_id", ["multiwf-1", "6e1f3f6a15c54f3a8366d77ba47cbe1d", "multiwf-" + "G" * 32])
def test_the_id_of_a_plan_is_derived_and_no_other(plan_id: str) -> None:
    with pytest.raises(ValidationError):
        PlanCreated.model_validate({**PLAN_CREATED, "plan_id": plan_id})


def test_what_may_be_left_out_of_a_plan_is_not_made_up() -> None:
    needed = {key: value for key, value in PLAN_CREATED.items() if not key.startswith(("selection", "issue"))}
    read = PlanCreated.model_validate(needed)
    assert (read.selection_reason, read.overall_timeout_seconds) == (None, None)
    assert read.model_dump(exclude_unset=True) == needed


def test_a_decision_names_its_rule_and_a_sink_its_records() -> None:
    assert Decision.model_validate({"rule": "claimed", "decision": "refused"}).rule == "claimed"
    assert SinkWrite.model_validate({"sink": "git:events", "records": 0}).records == 0
    for payload, given in ((Decision, {"rule": "claimed"}), (SinkFailure, {"sink": "x", "dropped": -1})):
        with pytest.raises(ValidationError):
            payload.model_validate(given)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2026-11-21T07:05:22.564Z", True),
        ("2026-11-21T07:05:22Z", False),
        ("2026-11-21T07:05:22.564+00:00", False),
        ("2026-02-30T07:05:22.564Z", False),
    ],
)
def test_instants_are_in_utc_with_milliseconds_and_exist(text: str, is_one: bool) -> None:
    assert is_valid(Utc, text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("0199c6f2-0000-7000-8000-000000000001", True),
        ("0199C6F2-0000-7000-8000-000000000001", False),
        ("0199c6f2000070008000000000000001", False),
    ],
)
def test_ids_are_written_in_one_way(text: str, is_one: bool) -> None:
    assert is_valid(Uuid, text) is is_one


def is_valid(kind: Any, text: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return False
    return True
