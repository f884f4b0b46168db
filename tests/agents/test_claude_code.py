"""Claude Code's output: one object, an array, a stream; whole or broken off."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.stub_agents import RESULT
from taskfiles.agents.claude_code import read
from taskfiles.agents.reading import Reading

INIT = {
    "type": "system",
    "subtype": "init",
    "session_id": "s-1",
    "model": "claude-opus",
    "claude_code_version": "2.1",
}


def read_messages(*messages: Any) -> Reading:
    return read(json.dumps(message).encode() + b"\n" for message in messages)


def answer(message_id: str, parent: str | None = None, **tokens: int) -> dict[str, Any]:
    usage = {"input_tokens": 10, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 0, **tokens}
    return {
        "type": "assistant",
        "session_id": "s-1",
        "parent_tool_use_id": parent,
        "message": {"id": message_id, "model": "claude-opus", "usage": usage},
    }


def result(**more: Any) -> dict[str, Any]:
    return {
        "uuid": "u-1",
        **{key: RESULT[key] for key in ("type", "subtype", "is_error")},
        "session_id": "s-1",
        **more,
    }


def test_input_includes_what_was_read_from_and_written_to_the_cache() -> None:
    found = read_messages(RESULT)
    assert found.attempt["usage"] == {
        "input_tokens": 10_040,
        "output_tokens": 512,
        "cache_read_tokens": 9_000,
        "cache_write_tokens": 1_000,
    }
    assert found.attempt["cost"] == {"actual_usd_micros": 42_100, "source": "reported"}
    assert (found.attempt["turns"], found.duration_seconds, found.failed) == (3, 4, False)


def test_an_array_is_read_as_the_stream_that_it_holds() -> None:
    messages = [INIT, answer("m-1", output_tokens=5), RESULT]
    assert read_messages(messages) == read_messages(*messages)


def test_the_usage_of_all_models_counts_before_that_of_the_main_one() -> None:
    used = {"inputTokens": 1, "outputTokens": 2, "cacheReadInputTokens": 3, "cacheCreationInputTokens": 4}
    both = {"claude-opus": used, "claude-haiku": used}
    found = read_messages(result(usage={"input_tokens": 1, "output_tokens": 2}, modelUsage=both))
    assert found.attempt["usage"]["input_tokens"] == 2 * (1 + 3 + 4)
    del used["outputTokens"]  # not whole any more
    found = read_messages(result(usage={"input_tokens": 1, "output_tokens": 2}, modelUsage=both))
    assert found.attempt["usage"] == {"input_tokens": 1, "output_tokens": 2}


def test_a_message_in_several_parts_counts_once_and_a_stream_that_broke_off_counts() -> None:
    found = read_messages(INIT, answer("m-1", output_tokens=5), answer("m-1", output_tokens=9), answer("m-2"))
    assert found.attempt["usage"] == {"input_tokens": 220, "output_tokens": 9, "cache_read_tokens": 200} | {
        "cache_write_tokens": 0
    }
    assert found.attempt["executor"] == {"model": "claude-opus", "version": "2.1"}
    assert (found.attempt["session_id"], found.failed) == ("s-1", None)


def test_the_context_is_filled_by_the_main_agent_s_last_answer() -> None:
    usage = {"claude-opus[1m]": {"contextWindow": 1_000}}
    stream = [INIT, answer("m-1", output_tokens=90), answer("m-2", "task-1", output_tokens=500)]
    found = read_messages(*stream, result(modelUsage=usage))
    assert found.attempt["context"] == {"compactions": 0, "utilization_final": 0.2}
    compacted = {"type": "system", "subtype": "compact_boundary"}
    found = read_messages(*stream, compacted, result(modelUsage=usage))
    assert found.attempt["context"] == {"compactions": 1}


@pytest.mark.parametrize(
    ("more", "error_type", "reason"),
    [
        ({"subtype": "error_max_turns"}, "max_turns", "max turns"),
        ({"subtype": "error_during_execution", "errors": ["a", 5, "b"]}, "agent_error", "a; b"),
        ({"is_error": True, "result": "No access."}, "agent_error", "No access."),
        ({"is_error": True, "result": "Busy", "api_error_status": 529}, "overloaded", "Busy"),
    ],
)
def test_how_it_failed(more: dict[str, Any], error_type: str, reason: str) -> None:
    found = read_messages(result(**more))
    assert (found.failed, found.error_type, found.reason) == (True, error_type, reason)


def test_its_own_words_are_no_model_s_and_name_the_error() -> None:
    synthetic = answer("m-1", output_tokens=9) | {"error": "rate_limit"}
    synthetic["message"]["model"] = "<synthetic>"
    found = read_messages(synthetic, result(is_error=True, result="Limit reached"))
    assert (found.error_type, "usage" in found.attempt, "executor" in found.attempt) == (
        "rate_limit",
        False,
        False,
    )


def part(kind: str, message_id: str = "", **tokens: int) -> dict[str, Any]:
    event: dict[str, Any] = {"type": kind}
    if kind == "message_start":
        event["message"] = {"id": message_id, "usage": {"input_tokens": 10, "output_tokens": 1}}
    else:
        event["usage"] = tokens
    return {"type": "stream_event", "session_id": "s-1", "parent_tool_use_id": None, "event": event}


def begun(message_id: str) -> dict[str, Any]:
    """An answer's line, printed before its end: the output is what the service says at the beginning."""
    line = answer(message_id, output_tokens=1, cache_read_input_tokens=0)
    line["message"]["stop_reason"] = None
    return line


def test_a_stream_that_broke_off_has_figures_only_where_answers_ends_are_printed() -> None:
    assert "usage" not in read_messages(INIT, begun("m-1")).attempt
    whole = [INIT, part("message_start", "m-1"), begun("m-1"), part("message_delta", output_tokens=101)]
    assert read_messages(*whole).attempt["usage"]["output_tokens"] == 101
    assert "usage" not in read_messages(*whole, part("message_start", "m-2")).attempt


def test_the_context_is_not_known_where_the_last_answers_end_is_not_printed() -> None:
    usage = {"claude-opus": {"contextWindow": 1_000}}
    assert read_messages(INIT, begun("m-1"), result(modelUsage=usage)).attempt["context"] == {
        "compactions": 0
    }


def used(**more: Any) -> dict[str, Any]:
    figures = dict.fromkeys(("inputTokens", "cacheReadInputTokens", "cacheCreationInputTokens"), 5)
    return {**figures, "outputTokens": 2, "costUSD": 0.5, "costBasis": "list", **more}


def test_totals_of_the_session_stand_beside_what_the_run_took() -> None:
    whole, own = {"claude-opus": used(costUSD=2)}, {"claude-opus": used(outputTokens=1)}
    found = read_messages(INIT, result(modelUsage=whole, total_cost_usd=2)).attempt
    assert found["session_totals"] == {"usage": found["usage"], "cost": found["cost"]}
    more = {"modelUsage": whole, "model_usage_since_last_result": own, "total_cost_usd": 2}
    found = read_messages(INIT, result(**more)).attempt
    assert (found["usage"]["output_tokens"], found["cost"]["actual_usd_micros"]) == (1, 500_000)
    totals = found["session_totals"]
    assert (totals["usage"]["output_tokens"], totals["cost"]["actual_usd_micros"]) == (2, 2_000_000)
    assert totals["own_printed"] is True


def test_an_older_release_prints_the_run_s_own() -> None:
    model = used()
    del model["costBasis"]
    found = read_messages(INIT, result(modelUsage={"claude-opus": model}, total_cost_usd=2))
    assert "session_totals" not in found.attempt


def test_a_cost_without_a_price_is_left_out() -> None:
    found = read_messages(result(modelUsage={"claude-quux[1m]": used(costBasis="unknown")}, total_cost_usd=2))
    assert "cost" not in found.attempt
    assert found.attempt["executor"] == {"model": "claude-quux"}


def test_refused_tools_are_counted_once() -> None:
    denied = {"type": "system", "subtype": "permission_denied", "tool_use_id": "t-1", "session_id": "s-1"}
    found = read_messages(
        INIT, denied, result(permission_denials=[{"tool_use_id": "t-1"}, {"tool_use_id": "t-2"}])
    )
    assert (found.refused_tools, found.failed) == (2, False)


@pytest.mark.parametrize(
    ("more", "error_type", "detail"),
    [
        (
            {"terminal_reason": "prompt_too_long", "api_error_status": 400},
            "context_overflow",
            "prompt_too_long",
        ),
        ({"terminal_reason": "blocking_limit"}, "context_overflow", "blocking_limit"),
        ({"api_error": "max_output_tokens"}, "output_limit", "max_output_tokens"),
        ({"stop_reason": "refusal", "terminal_reason": "api_error"}, "refusal", "refusal"),
        ({"api_error_type": "not_found_error", "api_error_status": 404}, "invalid_input", "not_found_error"),
        (
            {
                "api_error_type": "invalid_request_error",
                "api_error_status": 400,
                "result": "Credit balance is too low",
            },
            "rate_limit",
            "invalid_request_error",
        ),
        (
            {"subtype": "error_max_budget_usd", "terminal_reason": "budget_exhausted"},
            "budget",
            "budget_exhausted",
        ),
        (
            {"subtype": "error_during_execution", "terminal_reason": "aborted_streaming"},
            "cancelled",
            "aborted_streaming",
        ),
    ],
)
def test_its_own_word_stands_beside_ours(more: dict[str, Any], error_type: str, detail: str) -> None:
    found = read_messages(result(is_error=True, **more))
    assert (found.error_type, found.detail) == (error_type, detail)


def test_other_output_says_nothing() -> None:
    assert read(
        [b"claude: command not found\n", b'{"type": "assistant"}\n', b'{"type": "result"}\n']
    ).is_empty
