"""Recordings of released agents, each compared field by field with what the model's server had answered.

They are outside of the repository, in `agents` of the directory that TASKS_CORPUS names; without it there are
none. A field that an agent doesn't print is absent; no field is another than the truth.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from support.in_process import call
from support.project import Project
from taskfiles.task.words import ErrorType

PLACE = Path(os.environ.get("TASKS_CORPUS") or "/nonexistent") / "agents"
MANIFESTS = sorted(PLACE.glob("*/*/manifest.json"))
CASES = [
    (manifest.parent, name, scenario | {"tool": read["tool"], "version": read["version"]})
    for manifest in MANIFESTS
    for read in [json.loads(manifest.read_bytes())]
    for name, scenario in read["scenarios"].items()
]
pytestmark = pytest.mark.skipif(not CASES, reason="TASKS_CORPUS names no recordings of agents")

# By what the server did: the kind of failure. None: no failure by itself.
KINDS: dict[str, str] = {
    "err401": "authentication",
    "mid-err401": "authentication",
    "err404": "invalid_input",
    "err429": "rate_limit",
    "credit": "rate_limit",
    "failquota": "rate_limit",
    "failrate": "rate_limit",
    "err500": "server_error",
    "mid-err500": "server_error",
    "err503": "overloaded",
    "err529": "overloaded",
    "failover": "overloaded",
    "ctxlong": "context_overflow",
    "mid-ctxlong": "context_overflow",
    "failctx": "context_overflow",
    "maxtokens": "output_limit",
    "refusal": "refusal",
    "loop": "max_turns",
}
# What an agent prints in other words, or not at all; everything else is exact.
OTHER_KINDS: dict[tuple[str, str], str | None] = {
    ("codex", "json-500"): "overloaded",  # it says “high demand” of every 500
    ("codex", "json-mid500"): "overloaded",
    ("codex", "json-cut"): "network",
    ("codex", "json-int"): "agent_error",  # exit code 1 without a word
    ("codex", "json-badflag"): "invalid_input",
    ("claude-code", "json-badflag"): "invalid_input",
    ("claude-code", "json-budget"): "budget",
    ("claude-code", "json-denied"): "permission",
    ("claude-code", "stream-denied"): "permission",
    ("claude-code", "stream-compact2"): "context_overflow",
    ("claude-code", "stream-int"): "cancelled",
    ("claude-code", "stream-noverbose"): "agent_error",
    ("opencode", "json-denied"): "permission",
    ("opencode", "json-nomodel"): "server_error",  # its own server's, it says
    ("gemini-cli", "json-refusal"): None,  # nothing of it is printed
    ("gemini-cli", "stream-maxtokens"): None,
    ("gemini-cli", "json-untrusted"): "permission",
}
PROVIDERS = {"claude-code": "anthropic"}
OWN = {"aider": {".gitignore"}}


def kind_of(name: str, scenario: dict[str, Any]) -> str | None:
    if scenario["timed_out"]:
        return "timeout"
    key = (scenario["tool"], name)
    if key in OTHER_KINDS:
        return OTHER_KINDS[key]
    if scenario["signal"] is not None:
        return "cancelled"
    return KINDS.get(scenario["server"])


def true_figures(scenario: dict[str, Any]) -> dict[str, int]:
    """Tokens in our words; what is printed is the main agent's where a title or router was asked besides."""
    tool, truth = scenario["tool"], scenario["truth"]
    figures = scenario.get("truth_this_run") or truth["all" if tool in {"gemini-cli", "codex"} else "main"]
    thoughts = figures.get("reasoning")
    if thoughts is None and tool != "claude-code":  # the first run of the session had those of a good run
        thoughts = truth["main"]["reasoning"] - 69
    found = {
        "input_tokens": figures["input_incl_cache"],
        "output_tokens": figures["output"],
        "cache_read_tokens": figures["cache_read"],
        "cache_write_tokens": figures["cache_write"],
    }
    if thoughts is not None:
        found["reasoning_tokens"] = thoughts
        if tool == "gemini-cli":
            found["output_tokens"] += thoughts
    return found


@pytest.fixture
def fix(project: Project) -> Project:
    project.task()
    return project


def record(fix: Project, place: Path, name: str, scenario: dict[str, Any]) -> Any:
    words = ["record", "fix", "--from-agent", scenario["tool"], str(place / f"{name}.out")]
    words += [
        "--agent-stderr",
        str(place / f"{name}.err"),
        "--duration-seconds",
        str(round(scenario["seconds"])),
    ]
    code = scenario["exit_code"]
    if scenario["timed_out"]:
        words += ["--status", "failed", "--error-type", "timeout"]
    else:
        words += ["--exit-code", str(code if code >= 0 else 128 - code)]
    for made in sorted(set(scenario["created"]) - OWN.get(scenario["tool"], set())):
        words += ["--created-file", made]
    return call(fix, *words, "-o", "json")


@pytest.mark.parametrize(
    ("place", "name", "scenario"),
    CASES,
    ids=[f"{place.parent.name}/{place.name}/{name}" for place, name, _ in CASES],
)
def test_a_recording_is_recorded_as_it_was(
    fix: Project, place: Path, name: str, scenario: dict[str, Any]
) -> None:
    done = record(fix, place, name, scenario)
    tool, truth = scenario["tool"], scenario["truth"]
    if name == "text-ok":  # without the format for machines
        assert done.error["code"] == "no-agent-output"
        return
    assert done.code == 0, done.err
    (attempt,) = done.json["task"]["execution"]["attempts"]

    kind = kind_of(name, scenario)
    assert (attempt["status"], attempt.get("error_type")) == ("failed" if kind else "completed", kind)
    assert kind is None or kind in list(ErrorType)
    assert "SERVERECHO" not in json.dumps(attempt)
    assert attempt.get("created_files", []) == sorted(set(scenario["created"]) - OWN.get(tool, set()))

    executor = attempt["executor"]
    assert executor.get("version") in {None, scenario["version"]}
    assert executor.get("provider") in {None, PROVIDERS.get(tool)}
    named = executor.get("model")
    plain = None if named is None else named.removeprefix("openai/")
    assert plain is None or not truth["models"] or plain in truth["models"]

    usage = {key: value for key, value in attempt.get("usage", {}).items() if key != "cache_write_1h_tokens"}
    totals = attempt.get("session_totals", {}).get("usage", {})
    if name in {"json-continue", "json-resume"} and tool in {"claude-code", "codex"}:
        # The first run of the session is not recorded: the session's totals are both runs'.
        truth_of_both = true_figures({**scenario, "truth_this_run": None})
        assert totals == {key: truth_of_both[key] for key in totals}
    elif name in {"stream-cut", "stream-int"}:  # of the answer that was cut the server's end never came
        assert usage["input_tokens"] == true_figures(scenario)["input_tokens"]
    elif name == "stream-slashcompact":  # the second run of two: what the first took is json-ok's
        assert usage["input_tokens"] == truth["all"]["input_incl_cache"] - 30_494
        assert totals["input_tokens"] == truth["all"]["input_incl_cache"]
    else:
        true = true_figures(scenario)
        assert usage == {key: true[key] for key in usage if key in true}

    requests = attempt.get("model_requests")
    if "truth_this_run" not in scenario:
        asked = truth["main_requests"] + (truth["aux_requests"] if tool == "gemini-cli" else 0)
        assert requests in {None, asked}
    cost = attempt.get("cost", {})
    assert cost.get("source") in {None, "estimated" if tool == "aider" else "reported"}
    assert "actual_usd_micros" not in cost or name != "json-unknownmodel"
    refused = {"json-denied": {"claude-code": 2, "opencode": 1}, "stream-denied": {"claude-code": 2}}
    assert attempt.get("refused_tools") == refused.get(name, {}).get(tool)
    filled = attempt.get("context", {}).get("utilization_final")
    assert filled is None or filled == pytest.approx(18_368 / 200_000, abs=1e-4)  # that of the last answer


def test_there_is_a_recording_for_each_ending() -> None:
    assert len(CASES) >= 124
    assert {scenario["tool"] for _, _, scenario in CASES} == {
        "aider",
        "claude-code",
        "codex",
        "gemini-cli",
        "opencode",
    }
