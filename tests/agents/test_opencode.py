"""OpenCode's events: figures of each request added up, and how the last one ended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from taskfiles.agents.opencode import read
from taskfiles.agents.reading import Reading


def read_events(*events: dict[str, Any]) -> Reading:
    return read(json.dumps({"sessionID": "s-1", **event}).encode() + b"\n" for event in events)


def step(part_id: str = "p-1", reason: str = "stop", cost: float = 0.01, **tokens: Any) -> dict[str, Any]:
    known = {"input": 10, "output": 5, "reasoning": 0, "cache": {"read": 100, "write": 20}, **tokens}
    return {"type": "step_finish", "part": {"id": part_id, "reason": reason, "cost": cost, "tokens": known}}


def test_the_figures_of_each_request_are_added_up_once() -> None:
    found = read_events(step("p-1", "tool-calls"), step("p-2"), step("p-2"))
    assert found.attempt == {
        "session_id": "s-1",
        "model_requests": 2,
        "usage": {
            "input_tokens": 260,
            "output_tokens": 10,
            "reasoning_tokens": 0,
            "cache_read_tokens": 200,
            "cache_write_tokens": 40,
        },
        "cost": {"actual_usd_micros": 20_000, "source": "reported"},
    }
    assert found.failed is False


@pytest.mark.parametrize(("total", "output"), [(None, 12), (142, 12), (135, 5)])
def test_reasoning_is_output_unless_the_total_says_that_it_is_a_part_of_it(
    total: int | None, output: int
) -> None:
    found = read_events(step(reasoning=7, total=total))
    assert found.attempt["usage"]["output_tokens"] == output


def test_no_price_for_tokens_that_were_used_is_unknown() -> None:
    assert "cost" not in read_events(step(cost=0)).attempt
    idle = step(cost=0, input=0, output=0, cache={"read": 0, "write": 0})
    assert read_events(idle).attempt["cost"]["actual_usd_micros"] == 0


REFUSED: dict[str, Any] = {
    "type": "tool_use",
    "part": {
        "id": "p-0",
        "state": {"status": "error", "error": "The user rejected permission to use this specific tool call."},
    },
}
ERROR = {"type": "error", "error": {"name": "ProviderAuthError", "data": {"message": "No key"}}}


@pytest.mark.parametrize(
    ("events", "failed", "error_type", "reason"),
    [
        ([step("p-1", "tool-calls"), {"type": "step_start"}], None, None, None),
        (
            [step("p-1", "tool-calls")],
            True,
            "agent_error",
            "its last step was no end (tool-calls)",
        ),
        ([step("p-1", "length")], True, "output_limit", "its last step was no end (length)"),
        (
            [REFUSED, step("p-1", "tool-calls")],
            True,
            "permission",
            "1 tool call refused, and its last step was no end (tool-calls)",
        ),
        ([REFUSED, step("p-1")], False, None, None),
        ([step("p-1", "tool-calls"), {"type": "done"}], False, None, None),
        ([step("p-1", "error")], True, "agent_error", None),
        ([ERROR, step("p-1"), {"type": "done"}], True, "authentication", "No key"),
        ([ERROR, {"type": "error", "error": "odd"}], True, "authentication", "No key"),
    ],
)
def test_how_it_ended(
    events: list[dict[str, Any]], failed: bool | None, error_type: str | None, reason: str | None
) -> None:
    found = read_events(*events)
    assert (found.failed, found.error_type, found.reason) == (failed, error_type, reason)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "step_start"},
        {"type": "tool_use", "part": {"tool": "task", "state": {"status": "completed"}}},
        step("p-2", "unknown", 0, input=0, output=0, cache={"read": 0, "write": 0}),
    ],
)
def test_figures_that_are_not_whole_are_left_out(event: dict[str, Any]) -> None:
    """A step that never ended, a subagent, which is not printed, an answer that was cut."""
    assert read_events(step("p-1", "tool-calls"), event).attempt == {"session_id": "s-1"}


def test_the_times_of_events_are_the_run_s() -> None:
    found = read_events(
        {"type": "step_start", "timestamp": 1_795_976_000_000}, step() | {"timestamp": 1_795_976_095_000}
    )
    assert (found.duration_seconds, found.ended_at) == (95, "2026-11-29T18:14:55.000Z")


def test_events_of_no_session_or_no_kind_are_somebody_else_s() -> None:
    assert read([b'{"type": "done"}\n', b'{"type": ["done"], "sessionID": "s"}\n']).is_empty
    assert read_events({"type": "result"}).is_empty
