"""Gemini CLI's output: one object or a stream, thoughts counted as output."""

from __future__ import annotations

import json
from typing import Any

import pytest

from taskfiles.agents.gemini import read
from taskfiles.agents.reading import Reading


def read_events(*events: dict[str, Any]) -> Reading:
    return read(json.dumps(event).encode() + b"\n" for event in events)


def model(total: int, **tokens: int) -> dict[str, Any]:
    return {"tokens": {"total": total, **tokens}}


def test_one_object_has_all_models_and_names_the_one_with_most_tokens() -> None:
    models = {
        "gemini-flash": model(20, prompt=10, candidates=2, cached=4, thoughts=1, tool=3),
        "gemini-pro": model(200, prompt=100, candidates=20, cached=40, thoughts=10, tool=0),
    }
    found = read_events({"session_id": "s-1", "response": "Done.", "stats": {"models": models}})
    assert found.attempt == {
        "executor": {"model": "gemini-pro"},
        "session_id": "s-1",
        "usage": {
            "input_tokens": 113,
            "output_tokens": 33,
            "reasoning_tokens": 11,
            "cache_read_tokens": 44,
        },
    }
    assert (found.failed, found.duration_seconds) == (False, None)


def stream(**stats: Any) -> Reading:
    return read_events(
        {"type": "init", "session_id": "s-1", "model": "gemini-pro"},
        {"type": "result", "status": "success", "stats": stats},
    )


@pytest.mark.parametrize(("total", "output"), [(130, 30), (120, 20), (90, 20), (None, 20)])
def test_what_a_stream_s_total_has_beyond_are_thoughts(total: int | None, output: int) -> None:
    found = stream(input_tokens=100, output_tokens=20, total_tokens=total, cached=40, duration_ms=2_600)
    thoughts = {} if total is None else {"reasoning_tokens": output - 20}
    assert found.attempt["usage"] == {
        "input_tokens": 100,
        "output_tokens": output,
        "cache_read_tokens": 40,
        **thoughts,
    }
    assert (found.duration_seconds, found.failed) == (3, False)


def test_a_stream_that_breaks_off_says_nothing_of_its_end() -> None:
    found = read_events({"type": "init", "session_id": "s-1", "model": "gemini-pro"})
    assert found.attempt == {"executor": {"model": "gemini-pro"}, "session_id": "s-1"}
    assert found.failed is None


def test_the_model_that_did_the_work_is_named_where_a_stream_says_so() -> None:
    used = {"gemini-flash": {"total_tokens": 5}, "gemini-ultra": {"total_tokens": 50}, "odd": None}
    assert stream(models=used).attempt["executor"] == {"model": "gemini-ultra"}


@pytest.mark.parametrize(
    ("events", "error_type", "reason"),
    [
        (
            [{"error": {"type": "FatalTurnLimitedError", "message": "Too long"}}],
            "max_turns",
            "Too long",
        ),
        (
            [
                {
                    "type": "result",
                    "status": "error",
                    "error": {
                        "type": "unknown",
                        "message": '[API Error: {"error":{"code":400,"message":"API key not valid."}}]',
                    },
                }
            ],
            "authentication",
            "API key not valid.",
        ),
        (
            [
                {"type": "error", "severity": "error", "message": "Loop detected"},
                {"type": "error", "severity": "warning", "message": "slow"},
                {"type": "result", "status": "error", "error": {}},
            ],
            "agent_error",
            "Loop detected",
        ),
    ],
)
def test_how_it_failed(events: list[dict[str, Any]], error_type: str, reason: str) -> None:
    found = read_events(*events)
    assert (found.failed, found.error_type, found.reason) == (True, error_type, reason)


def test_a_failed_stream_took_the_time_that_was_seen_to_pass() -> None:
    """Gemini CLI prints a duration of 0 then."""
    found = read_events(
        {"type": "init", "timestamp": "2026-11-29T18:40:30.221Z", "session_id": "s-1"},
        {
            "type": "result",
            "timestamp": "2026-11-29T18:40:42.221Z",
            "status": "error",
            "stats": {"duration_ms": 0},
        },
    )
    assert (found.duration_seconds, found.ended_at) == (12, "2026-11-29T18:40:42.221Z")


def test_requests_and_rejected_calls_are_counted() -> None:
    stats = {
        "models": {"a": {"api": {"totalRequests": 3}}, "b": {"api": {"totalRequests": 1}}},
        "tools": {"totalDecisions": {"accept": 2, "reject": 1}},
    }
    found = read_events({"session_id": "s-1", "response": "Done.", "stats": stats})
    assert (found.attempt["model_requests"], found.refused_tools) == (4, 1)


def test_other_objects_say_nothing() -> None:
    others: list[dict[str, Any]] = [
        {"response": 5},
        {"stats": []},
        {"type": "result", "status": "odd"},
        {"type": "message"},
    ]
    assert read_events(*others).is_empty
