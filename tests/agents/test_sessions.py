"""Files of sessions, read: what is taken of each, what is left, and what of it completes what was printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.project import NOON
from support.session_files import EXPECTED, MADE, SECRET, SESSION, answer, codex, text_of
from taskfiles.agents import claude_session, codex_session, gemini_session, opencode_session
from taskfiles.agents.session import SessionFile, add_parts, add_session
from taskfiles.task.keys import attempt_problems

READERS: dict[str, Callable[[Iterable[bytes], datetime], SessionFile]] = {
    "codex": codex_session.read,
    "claude-code": claude_session.read,
    "gemini-cli": gemini_session.read,
    "opencode": opencode_session.read,
}
TREE = "/work/tree"
MINIMAL = {
    "started_at": "2025-11-02T15:03:00Z",
    "ended_at": "2025-11-02T15:05:00Z",
    "duration_seconds": 120,
    "status": "failed",
    "executor": {"tool": "any"},
}


def read(tool: str, lines: list[dict[str, Any]], since: datetime = NOON) -> SessionFile:
    return READERS[tool](text_of(lines).encode().splitlines(keepends=True), since)


@pytest.mark.parametrize("tool", MADE)
def test_figures_and_names_are_taken_and_nothing_else(tool: str) -> None:
    found = read(tool, MADE[tool](TREE, NOON).lines)
    assert found.attempt == EXPECTED[tool]
    assert found.session_id == SESSION
    assert SECRET not in repr(found)


@pytest.mark.parametrize("tool", MADE)
def test_what_was_before_counts_for_another_attempt(tool: str) -> None:
    """A session that goes on has all in one file: the second attempt has its own two requests only."""
    first, second = MADE[tool](TREE, NOON), MADE[tool](TREE, NOON + timedelta(hours=1))
    lines = _go_on(tool, first.lines, second.lines)
    found = read(tool, lines, NOON + timedelta(minutes=30))
    assert found.attempt["usage"] == EXPECTED[tool]["usage"]
    assert read(tool, lines).attempt["usage"]["input_tokens"] == 2 * found.attempt["usage"]["input_tokens"]


def _go_on(tool: str, first: list[dict[str, Any]], second: list[dict[str, Any]]) -> list[dict[str, Any]]:
    text = json.dumps(second)
    for old, new in (
        ("msg_", "next_"),
        ('"g1"', '"h1"'),
        ('"g2"', '"h2"'),
        ('"p1"', '"q1"'),
        ('"p2"', '"q2"'),
    ):
        text = text.replace(old, new)
    again = json.loads(text)
    if tool == "opencode":
        (one,), (other,) = first, again
        return [other | {"messages": one["messages"] + other["messages"]}]
    return [*first, *again]


def test_a_codex_session_that_goes_on_counting_gives_the_difference() -> None:
    lines = MADE["codex"](TREE, NOON).lines
    more = json.loads(json.dumps(lines[-1]))
    more["timestamp"] = "2025-11-02T13:00:00.000Z"
    more["payload"]["info"]["total_token_usage"] |= {"input_tokens": 62055, "output_tokens": 700}
    found = read("codex", [*lines, more], NOON + timedelta(minutes=30)).attempt
    assert (found["usage"]["input_tokens"], found["usage"]["output_tokens"]) == (34018, 97)
    assert found["session_totals"]["usage"]["input_tokens"] == 62055
    assert found["model_requests"] == 1


def test_a_session_whose_subagents_are_not_there_has_no_figures() -> None:
    lines = MADE["claude-code"](TREE, NOON).lines
    call = lines[-1] | {"message": answer("msg_3", 5, tool="Task")}
    assert "usage" not in read("claude-code", [*lines, call]).attempt
    helper = lines[-1] | {"message": answer("msg_4", 7), "isSidechain": True}
    assert read("claude-code", [*lines, call, helper]).attempt["usage"]["output_tokens"] == 603 + 5 + 7
    exported = MADE["opencode"](TREE, NOON).lines
    exported[0]["messages"][1]["parts"].append({"type": "tool", "tool": "task"})
    assert "usage" not in read("opencode", exported).attempt


def confined(how: str, *outputs: tuple[str, str]) -> SessionFile:
    """A session of Codex in a sandbox, whose commands gave these outputs, each with the id of its call."""
    start, context, *rest = MADE["codex"](TREE, NOON).lines
    context = context | {"payload": context["payload"] | {"sandbox_policy": {"type": how}}}
    given = [
        rest[0] | {"payload": {"type": "function_call_output", "call_id": name, "output": output}}
        for name, output in outputs
    ]
    return read("codex", [start, context, *given, *rest])


DENIED = "Process exited with code 1\nOutput:\nbash: line 1: made.txt: Read-only file system\n"


@pytest.mark.parametrize("how", ["read-only", "workspace-write"])
def test_what_the_sandbox_of_codex_refused_is_counted(how: str) -> None:
    found = confined(
        how, ("a", DENIED), ("a", DENIED), ("b", DENIED.replace("Read-only file system", "denied"))
    )
    assert found.attempt["refused_tools"] == 1
    assert found.attempt["usage"] == EXPECTED["codex"]["usage"]


def test_what_no_sandbox_refused_is_not_counted() -> None:
    assert "refused_tools" not in confined("danger-full-access", ("a", DENIED)).attempt
    assert "refused_tools" not in confined("read-only", ("a", DENIED.replace("code 1", "code 0"))).attempt
    lines = confined("read-only", ("a", DENIED))
    assert lines.attempt["executor"] == EXPECTED["codex"]["executor"]


PART = "0199c6f2-bbbb-7000-8000-00000000000c"


def delegating(*payloads: dict[str, Any]) -> SessionFile:
    """A session of Codex with these items in it."""
    start, *rest = MADE["codex"](TREE, NOON).lines
    items = [rest[0] | {"type": "response_item", "payload": payload} for payload in payloads]
    return read("codex", [start, *items, *rest])


def call(name: str, **arguments: str) -> dict[str, Any]:
    return {"type": "function_call", "name": name, "call_id": "a", "arguments": json.dumps(arguments)}


def ended(output: str) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": "a", "output": output}


SPAWNED = call("spawn_agent", message=SECRET), ended(f'{{"agent_id": "{PART}"}}')


@pytest.mark.parametrize(
    "payloads", [SPAWNED, [call("send_input", target=PART)], [call("resume_agent", id=PART)]]
)
def test_figures_of_subagents_of_codex_are_added(payloads: Iterable[dict[str, Any]]) -> None:
    found = delegating(*payloads)
    assert found.parts == {PART}
    part = read("codex", codex(TREE, NOON, PART).lines)
    whole = add_parts(found, [part]).attempt
    assert whole["usage"] == {name: 2 * count for name, count in EXPECTED["codex"]["usage"].items()}
    assert whole["model_requests"] == 4
    others = {
        key: value for key, value in EXPECTED["codex"].items() if key not in {"usage", "model_requests"}
    }
    assert {key: value for key, value in whole.items() if key not in {"usage", "model_requests"}} == others


def test_without_a_subagent_of_codex_there_are_no_figures() -> None:
    """One whose file is missing, that had some of its own or another model, or was just being started."""
    alone = {key: EXPECTED["codex"][key] for key in ("executor", "context")}
    part = read("codex", codex(TREE, NOON, PART).lines)
    other = part._replace(attempt=part.attempt | {"executor": {"model": "gpt-5-mini"}})
    for parts in ([], [part._replace(parts=frozenset({"x"}))], [other]):
        assert add_parts(delegating(*SPAWNED), parts).attempt == alone
    assert add_parts(delegating(SPAWNED[0]), []).attempt == alone


def test_a_subagent_that_could_not_be_started_is_none() -> None:
    found = delegating(SPAWNED[0], ended("spawn failed: agent thread limit reached"))
    assert (found.parts, found.attempt) == (frozenset(), EXPECTED["codex"])


def test_what_was_printed_stays() -> None:
    printed = {
        "executor": {"tool": "codex", "model": "gpt-5"},
        "usage": {"input_tokens": 3, "output_tokens": 2, "estimated_input_tokens": 9},
        "session_totals": {"usage": {"input_tokens": 3}},
        "cost": {"actual_usd_micros": 5},
        "context": {"compactions": 1},
        "model_requests": 1,
    }
    found = add_session(printed, EXPECTED["codex"] | {"cost": {"actual_usd_micros": 7}})
    assert found.pop("executor") == {
        "tool": "codex",
        "model": "gpt-5",
        "provider": "openai",
        "version": "0.171.0",
    }
    assert found.pop("context") == {"utilization_final": 0.05, "compactions": 1}
    assert found == {key: printed[key] for key in found}


def test_tokens_are_of_one_source() -> None:
    printed = {"usage": {"input_tokens": 3, "reasoning_tokens": 1, "estimated_input_tokens": 9}}
    found = add_session(printed, EXPECTED["claude-code"])
    assert found["usage"] == EXPECTED["claude-code"]["usage"] | {"estimated_input_tokens": 9}


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(SESSION)
NAMES = """type payload id cwd timestamp sessionId message usage content info messages parts tokens total
cache total_token_usage last_token_usage model_context_window input_tokens output_tokens time created updated
role isSidechain projectHash $set lastUpdated model"""
KEYS = st.sampled_from(NAMES.split())
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


@pytest.mark.parametrize("tool", READERS)
@given(st.lists(st.dictionaries(KEYS, values, max_size=6), max_size=6), st.data())
def test_whatever_a_file_holds_is_read_without_an_error(
    tool: str, lines: list[dict[str, Any]], data: st.DataObject
) -> None:
    known = MADE[tool](TREE, NOON).lines
    for line in known:
        if data.draw(st.booleans()):
            line[data.draw(KEYS)] = data.draw(values)
    found = read(tool, [*known, *lines])
    assert not attempt_problems(add_session(MINIMAL, found.attempt))
    assert found.attempt.keys() <= EXPECTED["codex"].keys() | {"cost"}
