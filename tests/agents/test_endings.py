"""How each agent's run can end, as `tasks record --from-agent` records it.

The recordings are our own, shortened to the lines that matter, in the shape that the released programs print
(Claude Code 2.1, Codex 0.171, OpenCode 1.18, Gemini CLI 0.61, aider 0.86).
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from support.effort import some
from support.in_process import call
from support.project import Project

RESULT = {"type": "result", "subtype": "success", "is_error": False, "session_id": "s-1", "num_turns": 2}
THREAD = {"type": "thread.started", "thread_id": "s-1"}
TURN = {"type": "turn.started"}
STEP = {"type": "step_finish", "sessionID": "s-1", "timestamp": 1_795_976_000_000}
TOKENS = {"input": 10, "output": 5, "reasoning": 1, "cache": {"read": 0, "write": 0}}
INIT = {"type": "init", "session_id": "s-1", "model": "gemini-pro", "timestamp": "2026-11-29T18:00:00Z"}
AIDER = "Aider v0.86.2\nMain model: gpt-5 with diff edit format\n"


class Case(NamedTuple):
    """What a run printed, its exit code, the files that it made, and what the attempt has to say."""

    out: str
    expected: dict[str, Any]
    code: int | None = 0
    made: tuple[str, ...] = ()
    err: str = ""


def lines(*messages: dict[str, Any]) -> str:
    return "".join(json.dumps(message) + "\n" for message in messages)


def failed(error_type: str, **more: Any) -> dict[str, Any]:
    return {"status": "failed", "error_type": error_type, **more}


def step(reason: str, **more: Any) -> dict[str, Any]:
    return {**STEP, "part": {"id": "p-1", "reason": reason, "tokens": TOKENS, **more}}


def turn_failed(message: str) -> str:
    return lines(THREAD, TURN, {"type": "turn.failed", "error": {"message": message}})


def gemini_error(kind: str, message: str, code: int) -> str:
    """An error as `json` prints it on standard error, after warnings."""
    error = {"session_id": "s-1", "error": {"type": kind, "message": message, "code": code}}
    return "YOLO mode is enabled.\n" + json.dumps(error, indent=2) + "\n"


OK = {"status": "completed"}
DENIED = RESULT | {"permission_denials": [{"tool_use_id": "t-1"}, {"tool_use_id": "t-2"}]}
REJECTED = {
    **STEP,
    "type": "tool_use",
    "part": {"id": "p-0", "state": {"status": "error", "error": "The user rejected permission to use this."}},
}


def claude(**more: Any) -> str:
    return lines(RESULT | {"is_error": True} | more)


CASES: dict[str, dict[str, Case]] = {
    "claude-code": {
        "good run": Case(lines(RESULT), OK, made=("a.txt",)),
        "refused tools": Case(lines(DENIED), failed("permission", outcome="blocked", refused_tools=2)),
        "refused, with a deed": Case(lines(DENIED), OK | {"refused_tools": 2}, made=("a.txt",)),
        "401": Case(
            claude(api_error_status=401, api_error_type="authentication_error", result="Invalid API key"),
            failed("authentication", error_detail="authentication_error", error_reason="Invalid API key"),
            1,
        ),
        "429": Case(claude(api_error_status=429, api_error_type="rate_limit_error"), failed("rate_limit"), 1),
        "overload": Case(
            claude(api_error_status=529, api_error_type="overloaded_error"), failed("overloaded"), 1
        ),
        "server error": Case(
            claude(api_error_status=500, api_error_type="api_error"),
            failed("server_error", error_detail="api_error"),
            1,
        ),
        "context overflow": Case(
            claude(terminal_reason="prompt_too_long", api_error_status=400), failed("context_overflow"), 1
        ),
        "refusal": Case(claude(stop_reason="refusal", terminal_reason="api_error"), failed("refusal"), 1),
        "output limit": Case(claude(api_error="max_output_tokens"), failed("output_limit"), 1),
        "turn limit": Case(claude(subtype="error_max_turns", errors=["Too many"]), failed("max_turns"), 1),
        "budget": Case(
            claude(subtype="error_max_budget_usd", terminal_reason="budget_exhausted"), failed("budget"), 1
        ),
        "killed": Case(
            lines({"type": "system", "subtype": "init", "session_id": "s-1"}), failed("cancelled"), 137
        ),
        "killed, with nothing printed": Case("", failed("cancelled"), 143),
        "interrupted": Case(
            claude(subtype="error_during_execution", terminal_reason="aborted_streaming"), failed("cancelled")
        ),
        "timed out": Case(
            lines({"type": "system", "subtype": "init", "session_id": "s-1"}), failed("timeout"), 124
        ),
        "wrong option": Case(
            "",
            failed("invalid_input", error_reason="error: unknown option '--x'"),
            1,
            err="error: unknown option '--x'\n",
        ),
    },
    "codex": {
        "good run": Case(lines(THREAD, TURN, {"type": "turn.completed"}), OK, made=("a.txt",)),
        "refused tools": Case(
            lines(
                THREAD,
                TURN,
                {"type": "item.completed", "item": {"id": "i", "status": "declined"}},
                {"type": "turn.completed"},
            ),
            failed("permission", outcome="blocked", refused_tools=1),
        ),
        "401": Case(turn_failed("unexpected status 401 Unauthorized: no"), failed("authentication"), 1),
        "429": Case(turn_failed("exceeded retry limit, last status: 429"), failed("rate_limit"), 1),
        "overload": Case(turn_failed("unexpected status 503 Service Unavailable"), failed("overloaded"), 1),
        "context overflow": Case(
            turn_failed("Codex ran out of room in the model's context window."), failed("context_overflow"), 1
        ),
        "output limit": Case(
            turn_failed("Incomplete response returned, reason: max_output_tokens"), failed("output_limit"), 1
        ),
        "refusal": Case(
            turn_failed("Incomplete response returned, reason: content_filter"), failed("refusal"), 1
        ),
        "cut": Case(turn_failed("stream disconnected before completion"), failed("network"), 1),
        "killed": Case(lines(THREAD, TURN), failed("cancelled"), 143),
        "timed out": Case(lines(THREAD, TURN), failed("timeout"), 124),
        "interrupted": Case(
            lines(THREAD, TURN),
            failed("agent_error", error_reason="it ended with exit code 1"),
            1,
            err="WARNING: proceeding, even though an error was seen\n",
        ),
    },
    "opencode": {
        "good run": Case(lines(step("stop")), OK | {"model_requests": 1}, made=("a.txt",)),
        "refused tools": Case(
            lines(REJECTED, step("tool-calls")), failed("permission", outcome="blocked", refused_tools=1)
        ),
        "refused, with a deed": Case(
            lines(REJECTED, step("stop")), OK | {"refused_tools": 1}, made=("a.txt",)
        ),
        "no end, with a deed": Case(lines(step("tool-calls")), failed("agent_error"), made=("a.txt",)),
        "401": Case(
            lines({**STEP, "type": "error", "error": {"name": "APIError", "data": {"statusCode": 401}}}),
            failed("authentication", error_detail="APIError"),
            1,
        ),
        "429": Case(
            lines({**STEP, "type": "error", "error": {"name": "APIError", "data": {"statusCode": 429}}}),
            failed("rate_limit"),
            1,
        ),
        "context overflow": Case(
            lines({**STEP, "type": "error", "error": {"name": "ContextOverflowError"}}),
            failed("context_overflow"),
            1,
        ),
        "refusal": Case(
            lines(step("content-filter"), {**STEP, "type": "error", "error": {"name": "ContentFilterError"}}),
            failed("refusal"),
            1,
        ),
        "output limit": Case(lines(step("length")), failed("output_limit", outcome="blocked")),
        "killed": Case(lines({**STEP, "type": "step_start"}), failed("cancelled"), 143),
        "timed out": Case(lines({**STEP, "type": "step_start"}), failed("timeout"), 124),
    },
    "gemini-cli": {
        "good run": Case(lines({"session_id": "s-1", "response": "Done."}), OK, made=("a.txt",)),
        "refused tools": Case(
            lines(
                {"session_id": "s-1", "response": "", "stats": {"tools": {"totalDecisions": {"reject": 2}}}}
            ),
            failed("permission", outcome="blocked", refused_tools=2),
        ),
        "401": Case(
            "",
            failed("authentication", session_id="s-1", error_reason="API key not valid."),
            144,
            err=gemini_error("Error", '{"error":{"code":400,"message":"API key not valid."}}', 400),
        ),
        "429": Case(
            "",
            failed("rate_limit"),
            1,
            err=gemini_error("Error", '{"error":{"code":429,"message":"No"}}', 429),
        ),
        "context overflow": Case(
            lines(
                INIT,
                {
                    "type": "result",
                    "status": "error",
                    "error": {"type": "unknown", "message": "exceeds the maximum number of tokens allowed"},
                },
            ),
            failed("context_overflow"),
            144,
        ),
        "turn limit": Case(
            "",
            failed("max_turns", error_detail="FatalTurnLimitedError"),
            53,
            err=gemini_error("FatalTurnLimitedError", "Reached max session turns.", 53),
        ),
        "untrusted": Case(
            "",
            failed("permission"),
            55,
            err="Gemini CLI is not running in a trusted directory. To proceed …\n",
        ),
        "killed": Case(lines(INIT), failed("cancelled"), 137),
        "timed out": Case(lines(INIT), failed("timeout"), 124),
    },
    "aider": {
        "good run": Case(f"{AIDER}Tokens: 5 sent, 5 received.\nApplied edit to a.txt\n", OK, made=("a.txt",)),
        "401": Case(
            f"{AIDER}litellm.AuthenticationError: invalid\nThe API provider can't.\n",
            failed("authentication", error_detail="AuthenticationError"),
        ),
        "429": Case(f"{AIDER}litellm.RateLimitError: slow\n", failed("rate_limit")),
        "overload": Case(f"{AIDER}litellm.ServiceUnavailableError: slow\n", failed("overloaded")),
        "server error": Case(f"{AIDER}litellm.InternalServerError: slow\n", failed("server_error")),
        "refusal": Case(f"{AIDER}litellm.ContentPolicyViolationError: no\n", failed("refusal")),
        "context overflow": Case(f"{AIDER}Model gpt-5 has hit a token limit!\n", failed("context_overflow")),
        "killed": Case(AIDER, failed("cancelled"), 143),
        "timed out": Case(AIDER, failed("timeout"), 124),
    },
}


@pytest.fixture
def fix(project: Project) -> Project:
    project.task()
    return project


@pytest.mark.parametrize(
    ("tool", "ending"),
    some([pytest.param(tool, ending) for tool, endings in CASES.items() for ending in endings], 20),
)
def test_an_ending_is_recorded_as_what_it_was(fix: Project, tool: str, ending: str) -> None:
    case = CASES[tool][ending]
    (fix.root / "out").write_text(case.out)
    (fix.root / "err").write_text(case.err)
    words = [word for name in case.made for word in ("--created-file", name)]
    words += [] if case.code is None else ["--exit-code", str(case.code)]
    line = ("record", "fix", "--from-agent", tool, "out", "--agent-stderr", "err", "--duration-seconds", "5")
    done = call(fix, *line, *words, "-o", "json")
    assert done.code == 0, done.err
    (attempt,) = done.json["task"]["execution"]["attempts"]
    assert {key: attempt.get(key) for key in case.expected} == case.expected
    if "error_type" not in case.expected:
        assert not {"error_type", "error_detail", "error_reason"} & attempt.keys()
    warned = "refused" in done.err
    assert warned == ("refused_tools" in case.expected and case.expected["status"] == "completed")
    assert fix.run("validate", "fix", "--output", "json").json["findings"] == []


@pytest.mark.parametrize(
    ("tool", "out", "words", "said"),
    [
        (
            "codex",
            lines(THREAD, TURN),
            (),
            "how it ended, nor how long it took; give --exit-code or --status, and",
        ),
        (
            "codex",
            lines(THREAD, TURN),
            ("--duration-seconds", "5"),
            "how it ended; give --exit-code or --status.",
        ),
        ("opencode", "Done.", ("--exit-code", "0"), "has no machine-readable output of opencode"),
    ],
)
def test_one_refusal_names_all_that_is_missing(
    fix: Project, tool: str, out: str, words: tuple[str, ...], said: str
) -> None:
    done = call(fix, "record", "fix", "--from-agent", tool, "-", *words, "-o", "json", stdin=out)
    assert done.code == 2
    assert said in done.error["message"]


def test_the_times_of_the_output_are_the_attempts(fix: Project) -> None:
    later = step("stop") | {"timestamp": 1_795_976_095_000}
    out = lines({**STEP, "type": "step_start"}, later)
    done = call(fix, "record", "fix", "--from-agent", "opencode", "-", "-o", "json", stdin=out)
    (attempt,) = done.json["task"]["execution"]["attempts"]
    assert (attempt["duration_seconds"], attempt["ended_at"]) == (95, "2026-11-29T18:14:55.000Z")
