"""Codex's events: the thread's usage so far, how the last turn ended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from taskfiles.agents.codex import read
from taskfiles.agents.reading import Reading

STARTED = {"type": "thread.started", "thread_id": "t-1"}
TURN = {"type": "turn.started"}


def read_events(*events: dict[str, Any]) -> Reading:
    return read(json.dumps(event).encode() + b"\n" for event in events)


def completed(read: int, written: int, cached: int = 0) -> dict[str, Any]:
    usage = {"input_tokens": read, "output_tokens": written, "cached_input_tokens": cached}
    return {"type": "turn.completed", "usage": usage}


FAILED = {"type": "turn.failed", "error": {"message": "stream disconnected"}}
PASSING = {"type": "error", "message": "reconnecting 1/5"}


def test_the_last_usage_is_the_sum_of_the_thread() -> None:
    found = read_events(STARTED, TURN, completed(100, 5, 40), TURN, completed(300, 9, 120))
    usage = {"input_tokens": 300, "output_tokens": 9, "cache_read_tokens": 120}
    assert found.attempt == {
        "session_id": "t-1",
        "turns": 2,
        "usage": usage,
        "session_totals": {"usage": usage},
    }
    assert found.failed is False


@pytest.mark.parametrize(
    "events", [[STARTED, TURN, completed(1, 1), TURN, completed(2, 2)], [TURN, FAILED], [completed(1, 1)]]
)
def test_a_line_that_is_there_twice_counts_once(events: list[dict[str, Any]]) -> None:
    whole = read_events(*events)
    for place, event in enumerate(events):
        assert read_events(*events[: place + 1], event, *events[place + 1 :]) == whole


def test_all_zeros_mean_that_nothing_is_known() -> None:
    assert "usage" not in read_events(STARTED, TURN, completed(0, 0)).attempt
    assert read_events(completed(3, 1), completed(0, 0)).attempt["usage"]["input_tokens"] == 3


@pytest.mark.parametrize(
    ("events", "failed", "reason"),
    [
        ([TURN, PASSING, completed(1, 1)], False, None),
        ([TURN, PASSING], True, "reconnecting 1/5"),
        ([TURN, FAILED], True, "stream disconnected"),
        ([TURN, FAILED, TURN], None, None),
        ([STARTED], None, None),
    ],
)
def test_what_comes_last_says_how_it_ended(
    events: list[dict[str, Any]], failed: bool | None, reason: str | None
) -> None:
    found = read_events(*events)
    assert (found.failed, found.reason) == (failed, reason)
    assert found.error_type == (None if not failed else "network" if events[-1] == FAILED else "agent_error")


SENTENCES = {
    "exceeded retry limit, last status: 429 Too Many Requests": "rate_limit",
    "unexpected status 401 Unauthorized: no, url: http://model.test/v1": "authentication",
    "unexpected status 503 Service Unavailable: The model is overloaded.": "overloaded",
    "We’re currently experiencing high demand, which may cause temporary errors.": "overloaded",
    "Selected model is at capacity. Please try a different model.": "overloaded",
    "Quota exceeded. Check your plan and billing details.": "rate_limit",
    "rate limit exceeded: Rate limit reached. Please try again in 11ms.": "rate_limit",
    "Codex ran out of room in the model's context window. Start a new thread.": "context_overflow",
    "Incomplete response returned, reason: max_output_tokens": "output_limit",
    "Incomplete response returned, reason: content_filter": "refusal",
    "stream disconnected before completion: stream closed before response.completed": "network",
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_its_sentences_have_their_kind(sentence: str) -> None:
    found = read_events(TURN, {"type": "turn.failed", "error": {"message": sentence}})
    assert (found.error_type, found.detail) == (SENTENCES[sentence], None)


def test_commands_that_were_declined_are_counted_once() -> None:
    item = {"type": "item.completed", "item": {"id": "item_1", "status": "declined"}}
    found = read_events(STARTED, TURN, item, item, completed(1, 1))
    assert (found.refused_tools, found.failed) == (1, False)


def spawned(status: str, threads: list[str]) -> dict[str, Any]:
    item = {"id": "item_2", "type": "collab_tool_call", "tool": "spawn_agent", "status": status}
    return {"type": "item.completed", "item": item | {"receiver_thread_ids": threads}}


def test_where_subagents_worked_there_are_no_figures() -> None:
    """A turn's usage is that of its own thread: those of the subagents are missing in it."""
    found = read_events(STARTED, TURN, spawned("completed", ["t-2"]), completed(300, 9))
    assert found.attempt == {"session_id": "t-1", "turns": 1}
    assert found.failed is False
    alone = read_events(STARTED, TURN, spawned("failed", []), completed(300, 9))
    assert alone.attempt["usage"]["input_tokens"] == 300


def test_an_error_of_another_shape_is_somebody_else_s() -> None:
    assert read_events({"type": "error", "message": "x", "severity": "error"}).is_empty


def test_lines_of_older_releases_are_not_read() -> None:
    assert read_events({"id": "0", "msg": {"type": "task_complete"}}, {"type": "item.completed"}).is_empty
