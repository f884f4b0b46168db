"""The scripted server of benchmarks/real_agents: what it tells an agent is what it keeps as the truth."""

from __future__ import annotations

import doctest
import importlib
import json
from typing import Any

import pytest

from benchmarks.real_agents import completions, contents, judge, messages, responses
from benchmarks.real_agents.agent import AGENTS
from benchmarks.real_agents.cell import Run
from benchmarks.real_agents.exchange import Answer, Call, Failure, Request, Told, Truth, Usage, count
from benchmarks.real_agents.scenario import SCENARIOS
from taskfiles.agents.command_line import LINES

DIALECTS: dict[str, Any] = {
    "messages": messages,
    "responses": responses,
    "completions": completions,
    "contents": contents,
}
REQUEST = Request("m", frozenset({"bash"}), "Do it", (), "", True)
TOLD = Usage(fresh=1013, cache_read=14006, cache_write=402, output=301, reasoning=33)


def told(dialect: str, answer: Answer) -> list[dict[str, Any]]:
    text = b"".join(DIALECTS[dialect].write(REQUEST, answer, TOLD, 2)).decode()
    lines = (line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: "))
    return [json.loads(line) for line in lines if line != "[DONE]"]


def find_usage(dialect: str, events: list[dict[str, Any]]) -> tuple[int, int]:
    """Input and output, as an agent has to read them."""
    match dialect:
        case "messages":
            usage = next(event["usage"] for event in events if event["type"] == "message_delta")
            cached = usage["cache_read_input_tokens"] + usage["cache_creation_input_tokens"]
            return usage["input_tokens"] + cached, usage["output_tokens"]
        case "responses":
            usage = events[-1]["response"]["usage"]
            return usage["input_tokens"], usage["output_tokens"]
        case "completions":
            usage = events[-1]["usage"]
            return usage["prompt_tokens"], usage["completion_tokens"]
    usage = events[-1]["usageMetadata"]
    return usage["promptTokenCount"], usage["candidatesTokenCount"] + usage["thoughtsTokenCount"]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("answer", [Answer(), Answer(calls=(Call("bash", {"command": "true"}),))])
def test_an_answer_counts_what_is_kept(dialect: str, answer: Answer) -> None:
    events = told(dialect, answer)
    assert find_usage(dialect, events) == (TOLD.input, TOLD.output)
    assert ("bash" in json.dumps(events)) == bool(answer.calls)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_kind_of_failure_has_a_status_of_its_own(dialect: str) -> None:
    kinds = ("authentication", "rate_limit", "overloaded", "context_overflow")
    failed = [DIALECTS[dialect].fail(Failure(kind)) for kind in kinds]
    assert all(status >= 400 and json.loads(body)["error"] for status, body in failed)
    assert len(set(failed)) == len(kinds)


def test_results_are_those_since_the_user_spoke() -> None:
    result = {"type": "tool_result", "tool_use_id": "t", "content": "made"}
    turn = [
        {"role": "user", "content": "First"},
        {"role": "user", "content": [result]},
        {"role": "user", "content": [{"type": "text", "text": "<system-reminder>Go on</system-reminder>"}]},
    ]
    assert messages.read({"messages": turn}, "").results == ("made",)
    again = messages.read({"messages": [*turn, {"role": "user", "content": "Second"}]}, "")
    assert (again.prompt, again.results) == ("Second", ())


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, judge.Verdict()),
        ({"status": "failed"}, judge.Verdict(wrong=("status is failed, true completed",))),
        ({"model_requests": None}, judge.Verdict(unexplained=("requests",))),
    ],
)
def test_an_attempt_is_compared_with_the_truth(changes: dict[str, Any], verdict: judge.Verdict) -> None:
    agent, usage = AGENTS["codex"], count(0, writes_cache=False)
    attempt = {
        "status": "completed",
        "executor": {"model": agent.model, "provider": agent.provider, "version": agent.version},
        "model_requests": 1,
        "usage": {"input_tokens": 1011, "output_tokens": 101, "reasoning_tokens": 13},
        "cost": {"actual_usd_micros": judge.price(agent, usage), "source": "computed"},
    }
    truth = Truth([Told(agent.model, True, Answer(), usage)])
    assert judge.judge(agent, SCENARIOS["good run"], Run(attempt | changes, truth, ())) == verdict


def test_every_agent_with_a_line_is_looked_at() -> None:
    assert set(AGENTS) == set(LINES)


@pytest.mark.parametrize("module", ["block", "exchange", "judge", "verdicts"])
def test_examples(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"benchmarks.real_agents.{module}"))
    assert (result.failed, result.attempted > 0) == (0, True)
