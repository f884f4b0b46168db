"""Events as models and schemas: examples meet both."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from support.attempts import BARE, DONE, FAILED, FIELDS, payload
from taskfiles.schema.files import list_schemas, read_schema
from taskfiles.telemetry.model import EVENTS

NAMES = [name for name in list_schemas() if name.startswith(("event.", "payload."))]
PUBLISHED = {name: read_schema(name) for name in NAMES}
EXAMPLES = {name: schema["examples"] for name, schema in PUBLISHED.items()}


def errors(name: str, value: object) -> list[str]:
    return [error.json_path for error in Draft202012Validator(PUBLISHED[name]).iter_errors(value)]


def refuses(name: str, value: object) -> bool:
    """Whether the model refuses a value; it and the schema must agree."""
    kind = EVENTS[name.partition(".")[2]]
    model = kind.event if name.startswith("event.") else kind.payload
    assert model is not None
    try:
        model.model_validate(value)
    except ValidationError:
        refused = True
    else:
        refused = False
    assert refused == bool(errors(name, value))
    return refused


def event(name: str) -> dict[str, Any]:
    return copy.deepcopy(EXAMPLES[f"event.{name}"][0])


# Examples


def test_every_event_and_payload_has_a_schema_with_examples() -> None:
    payloads = EVENTS.keys() - {"task.changed"}
    assert {name for name in EVENTS if EVENTS[name].payload is not None} == payloads
    assert set(NAMES) == {f"event.{name}" for name in EVENTS} | {f"payload.{name}" for name in payloads}
    for name in NAMES:
        Draft202012Validator.check_schema(PUBLISHED[name])
        assert PUBLISHED[name]["$id"] == f"urn:taskfiles:schema:v1:{name}"
        assert EXAMPLES[name]


@pytest.mark.parametrize("name", NAMES)
def test_examples_meet_schema_and_model(name: str) -> None:
    for example in EXAMPLES[name]:
        assert not refuses(name, example)


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_holds_its_payload(name: str) -> None:
    """Beside the common keys, but for a completion's: its outcome is the task's, not the action's."""
    data = event(name)["data"]
    if name == "task.completion":
        data = data["completion"]
    if EVENTS[name].payload is not None:
        assert errors(f"payload.{name}", data) == []


def test_a_built_completion_meets_its_schema() -> None:
    assert EXAMPLES["payload.task.completion"][0].keys() == FIELDS
    for made in (payload(BARE), payload(FAILED, DONE, tracked=7, complexity="huge")):
        assert not refuses("payload.task.completion", made)
        told = event("task.completion")
        told["data"]["completion"] = made
        assert not refuses("event.task.completion", told)


# Readers and writers


@pytest.mark.parametrize("name", NAMES)
def test_unknown_keys_are_read(name: str) -> None:
    for example in EXAMPLES[name]:
        later = copy.deepcopy(example)
        for part in parts(later):
            part["x_later"] = {"a": [1]}
        assert not refuses(name, later)


def parts(value: object) -> Iterator[dict[str, Any]]:
    """All mappings in a value."""
    if isinstance(value, dict):
        for inner in list(value.values()):
            yield from parts(inner)
        if "sha256" not in str(value.keys()):
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from parts(item)


@pytest.mark.parametrize("name", NAMES)
def test_a_required_key_that_lacks_is_refused(name: str) -> None:
    for key in PUBLISHED[name].get("required", []):
        (example, *_) = EXAMPLES[name]
        assert refuses(name, {other: value for other, value in example.items() if other != key})


@pytest.mark.parametrize(
    "wrong",
    [
        {"specversion": "1.1"},
        {"id": "7"},
        {"type": "task.changed"},
        {"dataschema": "urn:taskfiles:schema:v1:event.task.changed"},
        {"time": "2026-11-21T05:00:00Z"},
        {"sequence": "1.1"},
        {"subject": None},
        {"causationid": None},
        {"source": "https://example.invalid"},
        {"data": []},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_wrong_envelope_is_refused(wrong: dict[str, Any]) -> None:
    assert refuses("event.attempt.recorded", event("attempt.recorded") | wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "failure"},
        {"outcome": "blocked", "reason": None},
        {"event_type": "task.changed"},
        {"issue_number": "482"},
        {"changes_made": [{"path": "a", "field": "b", "from": 1}]},
        {"completion": None},
        {"truncated": {"changes_made": "many"}},
    ],
)
def test_wrong_data_is_refused(wrong: dict[str, Any]) -> None:
    made = event("task.completion")
    made["data"] |= wrong
    assert refuses("event.task.completion", made)


def test_a_time_that_never_was_is_refused_by_the_model() -> None:
    """JSON Schema sees its form only."""
    made = event("task.changed") | {"time": "2025-02-30T05:00:00.000Z"}
    with pytest.raises(ValidationError):
        EVENTS["task.changed"].event.model_validate(made)
