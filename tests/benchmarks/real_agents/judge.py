"""What was recorded, compared field by field with what is true."""

from __future__ import annotations

from typing import NamedTuple

from .agent import REFUSED, Agent
from .cell import Run
from .exchange import Json, Usage
from .scenario import Scenario

_CUT = "killed", "run killed", "timed out"
_LATE = "printed with the result, or with the first answer, only"
_UNSAID = "neither printed nor kept"
# Why a field is empty, or, with `=` after its name, another one: by agent, scenario and field; * is any.
REASONS: dict[tuple[str, str, str], str] = {
    ("*", "run killed", "files"): "who would have looked at the work tree was killed",
    ("claude", "401", "provider"): _LATE,
    **{("claude", scenario, "provider"): _LATE for scenario in _CUT},
    ("gemini", "*", "provider"): _UNSAID,
    ("gemini", "subagent", "requests"): "its file leaves subagents out",
    ("gemini", "*", "version"): _UNSAID,
    **{
        ("opencode", "subagent", field): "its figures leave subagents out"
        for field in ("requests", "input", "output", "cache_read", "reasoning", "cost")
    },
    **{
        ("aider", "*", field): "it prints its own estimate, rounded, and not of all requests"
        for field in ("requests", "input", "output", "reasoning", "cost", "cost=", "source=")
    },
    ("aider", "*", "provider"): "a part of the model's name",
    **{
        (agent, scenario, field): _UNSAID
        for agent, scenario in (
            ("codex", "refusal"),
            ("gemini", "refusal"),
            ("gemini", "output limit"),
            ("aider", "refusal"),
        )
        for field in ("status=", "error_type=")
    },
}


class Verdict(NamedTuple):
    """Fields of one attempt: wrong ones, and empty ones with and without a reason, in words.

    `always` has the fields that are empty, or a guess, in every attempt of the agent, each with the reason.
    """

    wrong: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()
    always: tuple[tuple[str, str], ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong, or empty without a reason."""
        return not (self.wrong or self.unexplained)

    @property
    def word(self) -> str:
        """Right, wrong or empty: the worst of it."""
        return "WRONG" if self.wrong else "EMPTY" if self.unexplained else "empty" if self.empty else "right"


def judge(agent: Agent, scenario: Scenario, run: Run) -> Verdict:
    """Compare an attempt with the truth."""
    recorded, true = read_attempt(run.attempt), find_truth(agent, scenario, run)
    wrong, unexplained, always = list[str](), list[str](), list[tuple[str, str]]()
    reasons: dict[str, list[str]] = {}
    for field, value in true.items():
        if recorded.get(field) == value or (field == "source" and "cost" not in recorded):
            continue
        is_other = field in recorded
        if not (is_other or value):
            continue  # nothing is none
        said = f"{field} is {recorded[field]}, true {value}" if is_other else field
        found = find_reason(agent.name, scenario.name, f"{field}=" if is_other else field)
        if found is None:
            (wrong if is_other else unexplained).append(said)
        elif found.is_always:
            always.append((field, found.text))
        else:
            reasons.setdefault(found.text, []).append(said)
    empty = tuple(f"{', '.join(fields)}: {reason}" for reason, fields in reasons.items())
    return Verdict(tuple(wrong), empty, tuple(unexplained), tuple(always))


class Reason(NamedTuple):
    """Why a field is as it is, in one scenario or in all."""

    text: str
    is_always: bool


def find_reason(agent: str, scenario: str, field: str) -> Reason | None:
    """Find why a field is as it is; None where nobody knows.

    >>> find_reason("codex", "run killed", "files").text
    'who would have looked at the work tree was killed'
    """
    for by in (agent, "*"):
        for when in (scenario, "*"):
            if (text := REASONS.get((by, when, field))) is not None:
                return Reason(text, when == "*")
    return None


def read_attempt(attempt: Json) -> dict[str, object]:
    """Take the fields that are compared out of an attempt; what it lacks is left out.

    >>> read_attempt({"status": "failed", "usage": {"output_tokens": 5}, "executor": {}})
    {'status': 'failed', 'error_type': None, 'output': 5}
    """
    usage, executor = attempt.get("usage", {}), attempt["executor"]
    found = {
        "status": attempt["status"],
        "error_type": attempt.get("error_type"),
        "input": usage.get("input_tokens"),
        "output": usage.get("output_tokens"),
        "cache_read": usage.get("cache_read_tokens"),
        "cache_write": usage.get("cache_write_tokens"),
        "reasoning": usage.get("reasoning_tokens"),
        "requests": attempt.get("model_requests"),
        "cost": attempt.get("cost", {}).get("actual_usd_micros"),
        "source": attempt.get("cost", {}).get("source"),
        "refused": attempt.get("refused_tools"),
        "model": executor.get("model"),
        "provider": executor.get("provider"),
        "version": executor.get("version"),
        "files": tuple(sorted(attempt.get("created_files", []))) or None,
    }
    return {key: value for key, value in found.items() if value is not None or key == "error_type"}


def find_truth(agent: Agent, scenario: Scenario, run: Run) -> dict[str, object]:
    """Say what has to be recorded."""
    main_only = not agent.counts_all
    usage = run.truth.figures(main_only=main_only)
    true: dict[str, object] = {
        "status": scenario.true_status,
        "error_type": scenario.error_type,
        "model": agent.recorded_model,
        "provider": agent.provider,
        "version": agent.version,
        "files": run.made,
        "requests": run.truth.answers(main_only=main_only),
        "input": usage.input,
        "output": usage.output,
        "cache_read": usage.cache_read,
        "cost": price(agent, usage),
        "source": "reported" if agent.prints_cost(is_cut=scenario.is_cut) else "computed",
    }
    if agent.tool == "claude-code":
        true["cache_write"] = usage.cache_write
    else:
        true["reasoning"] = usage.reasoning
    if scenario.name == REFUSED:
        true["refused"] = run.truth.calls()
    return true


def price(agent: Agent, usage: Usage) -> int:
    """Compute the cost in micro-dollars."""
    counts = usage.fresh, usage.cache_read, usage.cache_write, usage.output
    return round(sum(count * each for count, each in zip(counts, agent.price, strict=True)) / 1_000_000)
