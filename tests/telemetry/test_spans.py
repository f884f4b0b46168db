"""Attempts as spans, events as log records and CloudEvents: read by the libraries of those who made them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from support.event_spool import event
from support.otlp_receiver import decode_logs, decode_traces, spans_of
from support.paths import REPOSITORY
from taskfiles.telemetry.spans import (
    ATTRIBUTES,
    SCHEMA_URL,
    SEMANTIC_CONVENTIONS,
    Tried,
    attempts_of,
    log_payload,
    span_id,
    trace_id,
    trace_payload,
    traceparent,
)

ID = "0199c6f2-0000-7000-8000-000000000001"
ATTEMPT: dict[str, Any] = {
    "id": ID,
    "started_at": "2025-11-02T15:03:00.000Z",
    "ended_at": "2025-11-02T15:05:00.250Z",
    "duration_seconds": 120,
    "status": "failed",
    "outcome": "failed",
    "error_type": "gate_failed",
    "error_reason": "TypeError: …",
    "executor": {
        "tool": "claude-code",
        "model": "claude-sonnet-4-20250514",
        "provider": "anthropic",
        "version": "2.1.0",
        "planner": {"tool": "planner", "model": "m-1"},
    },
    "session_id": "s-1",
    "exit_code": 0,
    "turns": 4,
    "commit": {"base": "abc", "head": "def"},
    "usage": {
        "input_tokens": 5_000_000_000,
        "output_tokens": 34,
        "cache_read_tokens": 3,
        "cache_write_tokens": 4,
        "estimated_input_tokens": 5,
        "estimated_output_tokens": 6,
    },
    "cost": {"actual_usd_micros": 7, "estimated_usd_micros": 8, "source": "reported"},
    "quality_gates": {"run": ["build", "lint"], "failed": ["lint"], "durations_ms": {"build": 900}},
    "context": {"compactions": 1, "rotations": 2, "utilization_final": 0.5},
    "reviewer": {"name": "Ada", "approved": False, "reviewed_at": "2025-11-02T16:00:00Z"},
}


def spans(*attempts: dict[str, Any]) -> list[Any]:
    payload = trace_payload([Tried("ada/app", "fix", each) for each in attempts], "0.1.0")
    return spans_of(decode_traces(json.loads(json.dumps(payload, allow_nan=False))))


def values(item: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in item.attributes}


def test_an_attempt_is_a_span_and_its_gates_are_below_it() -> None:
    root, build, lint = spans(ATTEMPT)
    assert root.name == "invoke_agent claude-code"
    assert root.trace_id.hex() == trace_id("ada/app", "fix") == build.trace_id.hex()
    assert root.span_id.hex() == span_id(ID)
    assert root.parent_span_id == b""
    assert (root.kind, root.status.code, root.status.message) == (1, 2, "TypeError: …")
    assert root.end_time_unix_nano - root.start_time_unix_nano == 120_250_000_000
    assert root.start_time_unix_nano == 1_762_095_780_000_000_000
    assert (build.name, lint.name) == ("quality_gate build", "quality_gate lint")
    assert {build.parent_span_id, lint.parent_span_id} == {root.span_id}
    assert build.end_time_unix_nano - build.start_time_unix_nano == 900_000_000
    assert build.end_time_unix_nano == lint.start_time_unix_nano == root.end_time_unix_nano
    assert (build.status.code, lint.status.code) == (1, 2)
    assert values(lint)["cicd.pipeline.task.run.result"] == "failure"


def test_every_mapped_attribute_arrives_with_its_type() -> None:
    (root, *_) = spans(ATTEMPT)
    found = values(root)
    assert set(found) == {*ATTRIBUTES, "gen_ai.operation.name", "taskfiles.task.id"}
    assert found["gen_ai.operation.name"] == "invoke_agent"
    assert found["gen_ai.usage.input_tokens"] == 5_000_000_000
    assert found["gen_ai.usage.cache_creation.input_tokens"] == 4
    assert found["taskfiles.context.utilization_final"] == 0.5
    assert found["taskfiles.reviewer.approved"] is False


def test_what_is_unknown_is_left_out() -> None:
    bare = {
        "id": ID,
        "started_at": ATTEMPT["started_at"],
        "ended_at": ATTEMPT["ended_at"],
        "status": "completed",
    }
    (root,) = spans(bare)
    assert root.name == "invoke_agent"
    assert root.status.code == 1
    assert set(values(root)) == {
        "gen_ai.operation.name",
        "taskfiles.task.id",
        "taskfiles.attempt.id",
        "taskfiles.attempt.status",
    }


def test_the_same_attempt_gives_the_same_spans() -> None:
    assert spans(ATTEMPT) == spans(ATTEMPT)
    assert traceparent("ada/app", "fix", ID) == f"00-{trace_id('ada/app', 'fix')}-{span_id(ID)}-01"
    others = {span_id(ID), span_id(ID, "build"), span_id(ID, "lint"), span_id(ID.replace("1", "2"))}
    assert len(others) == 4
    assert trace_id("ada/app", "fix") != trace_id("ada/other", "fix")


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"status": "completed"}, 1),
        ({"status": "completed", "outcome": "partial"}, 1),
        ({"status": "failed"}, 2),
        ({"status": "abandoned"}, 2),
        ({"status": "failed", "outcome": "blocked"}, 2),
        ({"status": "failed", "outcome": "success"}, 1),
    ],
)
def test_an_outcome_decides_over_the_status(given_: dict[str, str], code: int) -> None:
    times = {"id": ID, "started_at": ATTEMPT["started_at"], "ended_at": ATTEMPT["ended_at"]}
    assert spans({**times, **given_})[0].status.code == code


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    """An attempt some of whose values are anything; those that are read are most likely to be."""
    attempt = json.loads(json.dumps(ATTEMPT))
    for name in draw(st.lists(st.sampled_from(sorted(ATTEMPT)), max_size=6)):
        attempt[name] = draw(JSON)
    for name in draw(st.lists(st.sampled_from(["run", "failed", "durations_ms"]), max_size=2)):
        if isinstance(attempt.get("quality_gates"), dict):
            attempt["quality_gates"][name] = draw(JSON)
    return attempt


@given(broken())
def test_whatever_stands_in_a_file_is_otlp_or_left_out(attempt: dict[str, Any]) -> None:
    for span in spans(attempt):
        assert span.start_time_unix_nano <= span.end_time_unix_nano
        assert len(span.trace_id) == 16
        assert len(span.span_id) == 8


@given(st.dictionaries(st.sampled_from(["id", "source", "type", "subject", "time", "data"]), JSON))
def test_whatever_stands_in_the_log_is_a_record(value: dict[str, Any]) -> None:
    payload = log_payload([value], "0.1.0")
    decode_logs(json.loads(json.dumps(payload, allow_nan=False)))


def test_an_event_is_a_log_record_of_its_tasks_trace() -> None:
    told = event(1, kind="attempt.recorded", attempt_id=ID, outcome="blocked", reason="claimed")
    payload = log_payload([told], "0.1.0")
    (resource,) = decode_logs(json.loads(json.dumps(payload))).resource_logs
    assert {pair.key: pair.value.string_value for pair in resource.resource.attributes} == {
        "service.name": "tasks",
        "service.version": "0.1.0",
        "vcs.repository.name": "ada/app",
    }
    assert resource.schema_url == SCHEMA_URL
    assert SEMANTIC_CONVENTIONS in SCHEMA_URL
    (scope,) = resource.scope_logs
    (record,) = scope.log_records
    assert record.event_name == "attempt.recorded"
    assert record.severity_number == 13
    assert record.trace_id.hex() == trace_id("ada/app", "fix")
    assert record.span_id.hex() == span_id(ID)
    assert json.loads(record.body.string_value) == told
    assert values(record)["cloudevents.event_id"] == told["id"]
    assert values(record)["taskfiles.outcome"] == "blocked"


def test_an_attempt_that_several_events_name_is_one_span() -> None:
    told = [
        event(1, kind="attempt.recorded", attempt_ids=[ID, "gone"]),
        event(2, kind="attempt.reviewed", attempt_id=ID),
        event(3),
    ]
    found = attempts_of(told, lambda task, attempt: ATTEMPT if (task, attempt) == ("fix", ID) else None)
    assert found == [Tried("ada/app", "fix", ATTEMPT)]


def test_the_page_for_operators_names_the_mapping() -> None:
    page = REPOSITORY / "docs/how-to/operate-telemetry.md"
    if not page.is_file():
        pytest.skip("the tests run without the repository's docs")
    text = page.read_text(encoding="utf-8")
    assert SEMANTIC_CONVENTIONS in text
    for name, place in ATTRIBUTES.items():
        assert f"| `{name}` | `{place}` |" in text


# CloudEvents


def test_events_are_cloud_events_to_the_sdk() -> None:
    told = {**event(1), "causationid": ID}
    body = json.dumps(told).encode()
    message = HTTPMessage(headers={"content-type": "application/cloudevents+json"}, body=body)
    read = from_structured_event(message, JSONFormat())
    assert isinstance(read, CloudEvent)
    assert (read.get_id(), read.get_type(), read.get_source()) == (told["id"], told["type"], told["source"])
    assert read.get_subject() == "fix"
    assert read.get_dataschema() == told["dataschema"]
    assert read.get_datacontenttype() == "application/json"
    assert read.get_time() is not None
    assert read.get_data() == told["data"]
    assert {name: read.get_extension(name) for name in ("correlationid", "causationid", "sequence")} == {
        name: told[name] for name in ("correlationid", "causationid", "sequence")
    }
