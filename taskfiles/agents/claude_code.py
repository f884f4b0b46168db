"""Claude Code: `claude -p --output-format json` (an object, or with --verbose an array) and `stream-json`.

Made from the types of messages that the Claude Agent SDK publishes (0.3 for TypeScript; `message_parser.py`
of claude-agent-sdk-python, 008e361), which go with Claude Code 2.1, and from the page "Track cost and usage"
of its documentation. What follows from them:

- `input_tokens` leaves out what was read from and written to the cache; `modelUsage` is per model and covers
  subagents, as `total_cost_usd` does, while `usage` may not. So the sums of `modelUsage` come first.
- One message of the model is printed in several parts with one id and the usage of the whole.
- A stream that ends before its `result` gives what its messages say. The `output_tokens` in them can be
  those at the beginning of the message, so that they are a lower bound.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from taskfiles.agents.kinds import find_kind
from taskfiles.agents.lines import read_objects
from taskfiles.agents.reading import (
    AGENT_ERROR,
    Facts,
    Reading,
    Tally,
    add_counts,
    find_count,
    find_dict,
    find_number,
)

_PARTS = {
    "input_tokens": "inputTokens",
    "output_tokens": "outputTokens",
    "cache_read_input_tokens": "cacheReadInputTokens",
    "cache_creation_input_tokens": "cacheCreationInputTokens",
}
_ERROR_PREFIX = "error_"
_TYPES = {"during_execution": AGENT_ERROR, "": AGENT_ERROR}


def read(lines: Iterable[bytes]) -> Reading:
    """Read what Claude Code printed."""
    output = _Output()
    for message in read_objects(lines):
        output.take(message)
    return output.facts().reading()


class _Output:
    def __init__(self) -> None:
        self.init: dict[str, Any] = {}
        self.result: dict[str, Any] | None = None
        self.session_id: object = None
        self.model: str | None = None
        self.error: object = None
        self.messages = Tally()
        self.compactions = 0
        self.filled: int | None = None  # tokens in the context of the main agent

    def take(self, message: dict[str, Any]) -> None:
        kind = message.get("type"), message.get("subtype")
        if kind == ("system", "init"):
            self.init = {key: message.get(key) for key in ("model", "claude_code_version")}
        elif kind == ("system", "compact_boundary"):
            self.compactions += 1
            self.filled = None
        elif kind[0] == "assistant" and isinstance(message.get("message"), dict):
            self._take_answer(message)
        elif kind[0] == "result" and {"subtype", "is_error"} & message.keys():
            self.result = message
        else:
            return
        self.session_id = message.get("session_id") or self.session_id

    def _take_answer(self, message: dict[str, Any]) -> None:
        answer, is_main = message["message"], message.get("parent_tool_use_id") is None
        model, usage = answer.get("model"), find_dict(answer.get("usage"))
        self.error = message.get("error") or self.error
        if not isinstance(model, str) or model.startswith("<"):  # <synthetic>: Claude Code's own words
            return
        self.messages.add({name: usage.get(name) for name in _PARTS}, answer.get("id"))
        if is_main:
            self.model = self.model or model
            self.filled = add_counts(_input(usage), usage.get("output_tokens"))

    def facts(self) -> Facts:
        result = self.result or {}
        models = find_dict(result.get("modelUsage"))
        usage = _sum_models(models) or find_dict(result.get("usage")) or self.messages.sums
        model = self.model or self.init.get("model") or _main_model(models)
        facts = Facts(
            model=model,
            version=self.init.get("claude_code_version"),
            session_id=self.session_id,
            turns=result.get("num_turns"),
            input_tokens=_input(usage),
            output_tokens=usage.get("output_tokens"),
            cache_read_tokens=usage.get("cache_read_input_tokens"),
            cache_write_tokens=usage.get("cache_creation_input_tokens"),
            cost_usd=result.get("total_cost_usd"),
            compactions=self.compactions if self.compactions or (self.init and result) else None,
            utilization=self._utilization(models, model),
            duration_ms=result.get("duration_ms"),
        )
        if result:
            self._tell_end(facts, result)
        return facts

    def _utilization(self, models: dict[str, Any], model: object) -> object:
        """How full the context was after the last answer; only a stream holds the answers.

        Usage of a model with a larger window stands under its name with the window's, `claude-x[1m]`.
        """
        used = next((models[name] for name in models if name.partition("[")[0] == model), None)
        window = find_count(find_dict(used).get("contextWindow"))
        return self.filled / window if window and self.filled is not None else None

    def _tell_end(self, facts: Facts, result: dict[str, Any]) -> None:
        subtype = result.get("subtype")
        word = subtype.removeprefix(_ERROR_PREFIX) if isinstance(subtype, str) else ""
        facts.failed = result.get("is_error") is True or word != (subtype or "")
        if not facts.failed:
            return
        errors = result.get("errors")
        told = [text for text in errors if isinstance(text, str)] if isinstance(errors, list) else []
        facts.reason = "; ".join(told) or result.get("result") or word.replace("_", " ")
        if word == "success":  # ended in order, with an error of the service in its answer
            status = result.get("api_error_status")
            fallback = AGENT_ERROR if status is None else "api_error"
            facts.error_type = find_kind(self.error or fallback, status, facts.reason)
        else:
            facts.error_type = _TYPES.get(word, word)


def _input(usage: dict[str, Any]) -> int | None:
    cached = (usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens"))
    return add_counts(usage.get("input_tokens"), *cached)


def _sum_models(models: dict[str, Any]) -> dict[str, Any]:
    """Add up the usage of all models; nothing where one of them has not all figures."""
    tally = Tally()
    for used in models.values():
        figures = {name: find_dict(used).get(other) for name, other in _PARTS.items()}
        if any(find_number(figure) is None for figure in figures.values()):
            return {}
        tally.add(figures)
    return tally.sums


def _main_model(models: dict[str, Any]) -> str | None:
    """The model that wrote the most: small ones only help."""
    written = {name: find_number(find_dict(used).get("outputTokens")) or 0 for name, used in models.items()}
    return max(written, key=lambda name: written[name], default=None)
