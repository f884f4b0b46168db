"""Attempts as spans and events as log records, in OTLP/JSON; pure.

A task is a trace; an attempt is a root span `invoke_agent` of it, and each of its quality gates a child span.
Every event, of whatever type, is a log record of its task's trace; span events are not used, which
OpenTelemetry has deprecated. All ids are derived, so that exporting twice gives the same ones.
Names follow OpenTelemetry's semantic conventions for GenAI agents, version 1.41.0 (status: development);
what they have no name for stands under `taskfiles.`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from math import isfinite
from typing import Any, NamedTuple

from taskfiles.basics.digest import hex_digest
from taskfiles.basics.instants import parse_instant
from taskfiles.basics.jsontext import json_text
from taskfiles.telemetry.redact import cut_text

SEMANTIC_CONVENTIONS = "1.41.0"
SCHEMA_URL = f"https://opentelemetry.io/schemas/{SEMANTIC_CONVENTIONS}"
SCOPE = "taskfiles"
INTERNAL = 1  # the kind of a span whose work is done on this machine
_OK, _ERROR = 1, 2
_NAMED = 3  # attempts in a message
_SEVERITIES = {"success": 9, "partial": 13, "blocked": 13, "failed": 17}  # INFO, WARN, WARN, ERROR

# A span's attribute, and where an attempt has it. The one mapping; docs/how-to/operate-telemetry.md shows it.
ATTRIBUTES: dict[str, str] = {
    "gen_ai.agent.name": "executor.tool",
    "gen_ai.agent.version": "executor.version",
    "gen_ai.provider.name": "executor.provider",
    "gen_ai.request.model": "executor.model",
    "gen_ai.conversation.id": "session_id",
    "gen_ai.usage.input_tokens": "usage.input_tokens",
    "gen_ai.usage.output_tokens": "usage.output_tokens",
    "gen_ai.usage.cache_read.input_tokens": "usage.cache_read_tokens",
    "gen_ai.usage.cache_creation.input_tokens": "usage.cache_write_tokens",
    "error.type": "error_type",
    "process.exit.code": "exit_code",
    "vcs.ref.base.revision": "commit.base",
    "vcs.ref.head.revision": "commit.head",
    "taskfiles.attempt.id": "id",
    "taskfiles.attempt.status": "status",
    "taskfiles.attempt.outcome": "outcome",
    "taskfiles.attempt.turns": "turns",
    "taskfiles.planner.tool": "executor.planner.tool",
    "taskfiles.planner.model": "executor.planner.model",
    "taskfiles.usage.estimated_input_tokens": "usage.estimated_input_tokens",
    "taskfiles.usage.estimated_output_tokens": "usage.estimated_output_tokens",
    "taskfiles.cost.actual_usd_micros": "cost.actual_usd_micros",
    "taskfiles.cost.estimated_usd_micros": "cost.estimated_usd_micros",
    "taskfiles.cost.source": "cost.source",
    "taskfiles.context.compactions": "context.compactions",
    "taskfiles.context.rotations": "context.rotations",
    "taskfiles.context.utilization_final": "context.utilization_final",
    "taskfiles.reviewer.approved": "reviewer.approved",
}
# A log record's attribute, and where an event has it.
EVENT_ATTRIBUTES: dict[str, str] = {
    "cloudevents.event_id": "id",
    "cloudevents.event_source": "source",
    "cloudevents.event_spec_version": "specversion",
    "cloudevents.event_type": "type",
    "cloudevents.event_subject": "subject",
    "taskfiles.run.id": "correlationid",
    "taskfiles.action": "data.action",
    "taskfiles.outcome": "data.outcome",
}


class Tried(NamedTuple):
    """An attempt at a task: the repository as its events name it, the task's id, the attempt as JSON."""

    repo: str
    task_id: str
    attempt: Mapping[str, Any]


def trace_id(repo: str, task_id: str) -> str:
    """Derive the trace of a task: 32 hexadecimal digits.

    >>> trace_id("ada/app", "fix")
    'a864e70bd46bc6c5aa07389ebe4c37f4'
    """
    return hex_digest(f"trace\0{repo}\0{task_id}".encode("utf-8", "surrogatepass"))[:32]


def span_id(attempt_id: str, gate: str = "") -> str:
    """Derive the span of an attempt, or of a gate of it: 16 hexadecimal digits."""
    return hex_digest(f"span\0{attempt_id.lower()}\0{gate}".encode("utf-8", "surrogatepass"))[:16]


def traceparent(repo: str, task_id: str, attempt_id: str) -> str:
    """Return the W3C trace context under which the work of an attempt is done."""
    return f"00-{trace_id(repo, task_id)}-{span_id(attempt_id)}-01"


def trace_payload(tried: Iterable[Tried], version: str) -> dict[str, Any]:
    """Build the body of an OTLP/JSON request for `/v1/traces`; `version` is the library's.

    An attempt without id or readable times can't be a span and is left out: see `find_spanless`.
    """
    spans = [(each.repo, span) for each in tried for span in _spans(each)]
    return {"resourceSpans": _resources(spans, "scopeSpans", "spans", version)}


def find_spanless(tried: Iterable[Tried]) -> list[Tried]:
    """List the attempts that can't be spans: without an id, or with times outside of 1970 to 2262."""
    return [each for each in tried if not _spans(each)]


def describe_spanless(spanless: Sequence[Tried]) -> str:
    """Say in a clause why attempts are no spans, and name three; the others are counted."""
    listed = ", ".join(f"{each.attempt.get('id') or 'one'} of {each.task_id}" for each in spanless[:_NAMED])
    more = f" and {len(spanless) - _NAMED} more" if len(spanless) > _NAMED else ""
    return f"a span needs an id and times between 1970 and 2262: {listed}{more}"


def log_payload(events: Iterable[Mapping[str, Any]], version: str) -> dict[str, Any]:
    """Build the body of an OTLP/JSON request for `/v1/logs`."""
    records = [(_text_at(event, "data.repo"), _log_record(event)) for event in events]
    return {"resourceLogs": _resources(records, "scopeLogs", "logRecords", version)}


def _resources(
    found: Sequence[tuple[str, dict[str, Any]]], scopes: str, items: str, version: str
) -> list[dict[str, Any]]:
    scope = {"name": SCOPE, "version": version}
    return [
        {
            "resource": {
                "attributes": _attributes(
                    {"service.name": "tasks", "service.version": version, "vcs.repository.name": repo or None}
                )
            },
            scopes: [{"scope": scope, items: [item for _, item in group], "schemaUrl": SCHEMA_URL}],
            "schemaUrl": SCHEMA_URL,
        }
        for repo, group in groupby(sorted(found, key=_repo), key=_repo)
    ]


def _repo(pair: tuple[str, Any]) -> str:
    return pair[0]


def _spans(tried: Tried) -> list[dict[str, Any]]:
    attempt = tried.attempt
    attempt_id, start, end = (
        attempt.get("id"),
        _nanos(attempt.get("started_at")),
        _nanos(attempt.get("ended_at")),
    )
    if not isinstance(attempt_id, str) or start is None or end is None:
        return []
    trace = trace_id(tried.repo, tried.task_id)
    tool = _at(attempt, "executor.tool")
    own = {
        "gen_ai.operation.name": "invoke_agent",
        "taskfiles.task.id": tried.task_id,
        **{name: _at(attempt, place) for name, place in ATTRIBUTES.items()},
    }
    span = {
        "traceId": trace,
        "spanId": span_id(attempt_id),
        "name": f"invoke_agent {_whole(tool)}" if isinstance(tool, str) else "invoke_agent",
        "kind": INTERNAL,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(max(start, end)),
        "attributes": _attributes(own),
        "status": _status(attempt),
    }
    return [span, *_gates(attempt, attempt_id, trace, start, max(start, end))]


def _status(attempt: Mapping[str, Any]) -> dict[str, Any]:
    outcome, status = attempt.get("outcome"), attempt.get("status")
    # Tuples, for what stands in a file need not be a word, nor hashable.
    if outcome in ("failed", "blocked") or (outcome is None and status in ("failed", "abandoned")):
        reason = attempt.get("error_reason") or attempt.get("error_type") or ""
        return {"code": _ERROR, "message": _whole(cut_text(str(reason)))}
    return {"code": _OK}


def _gates(
    attempt: Mapping[str, Any], attempt_id: str, trace: str, start: int, end: int
) -> list[dict[str, Any]]:
    """Lay the gates one after the other so that the last ends with the attempt: only durations are known."""
    gates, durations = _at(attempt, "quality_gates.run"), _at(attempt, "quality_gates.durations_ms")
    failed = _at(attempt, "quality_gates.failed")
    spans: list[dict[str, Any]] = []
    names = [_whole(name) for name in gates if isinstance(name, str)] if isinstance(gates, list) else []
    for name in reversed(names):
        known = durations.get(name) if isinstance(durations, dict) else None
        taken = known if isinstance(known, int) else 0
        has_failed = isinstance(failed, list) and name in failed
        begin = max(start, end - taken * 1_000_000)
        own = {
            "cicd.pipeline.task.name": name,
            "cicd.pipeline.task.run.result": "failure" if has_failed else "success",
            "taskfiles.gate.duration_ms": known,
        }
        spans.append(
            {
                "traceId": trace,
                "spanId": span_id(attempt_id, name),
                "parentSpanId": span_id(attempt_id),
                "name": f"quality_gate {name}",
                "kind": INTERNAL,
                "startTimeUnixNano": str(begin),
                "endTimeUnixNano": str(end),
                "attributes": _attributes(own),
                "status": {"code": _ERROR if has_failed else _OK},
            }
        )
        end = begin
    return spans[::-1]


def _log_record(event: Mapping[str, Any]) -> dict[str, Any]:
    subject, attempt = event.get("subject"), _at(event, "data.attempt_id")
    record: dict[str, Any] = {
        "timeUnixNano": str(_nanos(event.get("time")) or 0),
        "severityNumber": _SEVERITIES.get(_text_at(event, "data.outcome"), 9),
        "eventName": _text_at(event, "type"),
        "body": {"stringValue": json_text(event)},
        "attributes": _attributes({name: _at(event, place) for name, place in EVENT_ATTRIBUTES.items()}),
    }
    if isinstance(subject, str):
        record["traceId"] = trace_id(_text_at(event, "data.repo"), subject)
        if isinstance(attempt, str):
            record["spanId"] = span_id(attempt)
    return record


def _attributes(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write attributes; 64-bit integers are text in OTLP/JSON. What is unknown is left out, never 0."""
    found = []
    for name, value in values.items():
        if isinstance(value, bool):
            found.append({"key": name, "value": {"boolValue": value}})
        elif isinstance(value, int) and -(2**63) <= value < 2**63:
            found.append({"key": name, "value": {"intValue": str(value)}})
        elif isinstance(value, float) and isfinite(value):
            found.append({"key": name, "value": {"doubleValue": value}})
        elif isinstance(value, str):
            found.append({"key": name, "value": {"stringValue": _whole(value)}})
    return found


def _whole(text: str) -> str:
    """Return a text without halves of surrogate pairs, which protocol buffers refuse."""
    return text.encode("utf-8", "replace").decode()


def _at(value: Any, place: str) -> Any:
    for name in place.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _text_at(value: Any, place: str) -> str:
    found = _at(value, place)
    return _whole(found) if isinstance(found, str) else ""


def _nanos(text: object) -> int | None:
    """Read an instant as nanoseconds since 1970; None where it is none, or earlier."""
    if not isinstance(text, str):
        return None
    try:
        since = parse_instant(text) - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    nanos = (since.days * 86400 + since.seconds) * 1_000_000_000 + since.microseconds * 1000
    return nanos if 0 <= nanos < 2**63 else None


FindAttempt = Callable[[str, str], Mapping[str, Any] | None]


def attempts_of(events: Iterable[Mapping[str, Any]], find: FindAttempt) -> list[Tried]:
    """Find the attempts of events, each once; `find` is asked by task and attempt id.

    The task file is the record: an attempt that is no longer there has no span.
    """
    found: dict[tuple[str, str], Tried] = {}
    for event in events:
        task_id, repo = event.get("subject"), _text_at(event, "data.repo")
        ids = _at(event, "data.attempt_ids")
        named = [_at(event, "data.attempt_id"), *(ids if isinstance(ids, list) else [])]
        for attempt_id in dict.fromkeys(each for each in named if isinstance(each, str)):
            if not isinstance(task_id, str) or (task_id, attempt_id) in found:
                continue
            attempt = find(task_id, attempt_id)
            if attempt is not None:
                found[task_id, attempt_id] = Tried(repo, task_id, attempt)
    return list(found.values())
