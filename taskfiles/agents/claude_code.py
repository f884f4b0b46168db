"""Claude Code: `claude -p --output-format json` (an object, or with --verbose an array) and `stream-json`.

Seen: 2.1.197 and 2.1.332 in November 2026; before that made from the types of messages that the Claude Agent
SDK publishes. What follows from it:

- `input_tokens` leaves out what was read from and written to the cache; `modelUsage` is per model and covers
  subagents, as `total_cost_usd` does, while `usage` may not. So the sums of `modelUsage` come first.
- `modelUsage` and `total_cost_usd` are the session's, runs before this one included, where the models'
  entries have a `costBasis` (2.1.332; not 2.1.197, which prints the run's own). In a stream
  `model_usage_since_last_result` is the run's own.
- `costBasis` says `unknown` where Claude Code knows no price: its cost is a guess then.
- One message of the model is printed in several parts with one id and the usage of the whole, but for the
  output: `assistant` lines have what the service says at the beginning of an answer (1, say). So a stream
  that ends before its `result` has no figures, unless --include-partial-messages prints the answers' ends.
- An answer that was cut is not printed: how many requests there were is known only where the answers' input
  adds up to the result's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from taskfiles.agents.kinds import find_kind
from taskfiles.agents.lines import read_objects
from taskfiles.agents.reading import Facts, Reading, Tally, add_counts, find_count, find_dict, find_number

_PARTS = {
    "input_tokens": "inputTokens",
    "output_tokens": "outputTokens",
    "cache_read_input_tokens": "cacheReadInputTokens",
    "cache_creation_input_tokens": "cacheCreationInputTokens",
}
_MORE = {"thinking_tokens": "thinkingTokens", "hour_tokens": "cacheCreationEphemeral1hInputTokens"}
_ERROR_PREFIX = "error_"
_ENDS = frozenset({None, "api_error", "completed"})  # reasons of an end that say nothing more
_PROVIDERS = {"firstParty": "anthropic"}


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
        self.since: dict[object, dict[str, Any]] = {}  # own usage by model, of each result
        self.session_id: object = None
        self.model: str | None = None
        self.error: object = None
        self.messages = Tally()
        self.answers: set[str] = set()
        self.ends: set[str] = set()  # answers whose end was printed
        self.open: dict[object, str] = {}
        self.denied: set[object] = set()
        self.compactions, self.compacting = 0, False
        self.filled: int | None = None  # tokens in the context of the main agent
        self.seen = Facts()

    def take(self, message: dict[str, Any]) -> None:
        kind = message.get("type"), message.get("subtype")
        if kind == ("system", "init"):
            self.init = {key: message.get(key) for key in ("model", "claude_code_version")}
        elif kind == ("system", "compact_boundary"):
            self.compactions += 1
            self.filled = None
        elif kind == ("system", "status"):
            self.compacting = self.compacting or message.get("status") == "compacting"
        elif kind == ("system", "permission_denied"):
            self.denied.add(str(message.get("tool_use_id")))
        elif kind[0] == "assistant" and isinstance(message.get("message"), dict):
            self._take_answer(message)
        elif kind[0] == "stream_event" and isinstance(message.get("event"), dict):
            self._take_part(message)
        elif kind[0] == "result" and {"subtype", "is_error"} & message.keys():
            self.result = message
            self.since[str(message.get("uuid"))] = find_dict(message.get("model_usage_since_last_result"))
        elif kind[0] != "user":
            return
        self.seen.see(message.get("timestamp"))
        if kind[0] != "user":
            self.session_id = message.get("session_id") or self.session_id

    def _take_answer(self, message: dict[str, Any]) -> None:
        answer, is_main = message["message"], message.get("parent_tool_use_id") is None
        model, usage = answer.get("model"), find_dict(answer.get("usage"))
        self.error = message.get("error") or self.error
        if not isinstance(model, str) or model.startswith("<"):  # <synthetic>: Claude Code's own words
            return
        self._count(answer.get("id"), usage)
        if answer.get("stop_reason", "") is not None and isinstance(answer.get("id"), str):
            self.ends.add(answer["id"])
        if is_main:
            self.model = self.model or model
            if answer.get("id") not in self.open.values():  # whose parts say more
                self._fill(answer.get("id"), usage)

    def _take_part(self, message: dict[str, Any]) -> None:
        """Take a part of an answer, as --include-partial-messages prints them."""
        event, agent = message["event"], str(message.get("parent_tool_use_id"))
        begun = find_dict(event.get("message")).get("id")
        if event.get("type") == "message_start" and isinstance(begun, str):
            self.open[agent] = begun
            self._count(begun, find_dict(find_dict(event.get("message")).get("usage")))
        elif event.get("type") == "message_delta" and agent in self.open:
            usage = find_dict(event.get("usage"))
            self._count(self.open[agent], usage)
            self.ends.add(self.open[agent])
            if message.get("parent_tool_use_id") is None:
                self._fill(self.open[agent], usage)

    def _count(self, name: object, usage: dict[str, Any]) -> None:
        if isinstance(name, str):
            self.answers.add(name)
        self.messages.add({part: usage.get(part) for part in _PARTS}, name)

    def _fill(self, name: object, usage: dict[str, Any]) -> None:
        """Note how full the main agent's context is, where the end of the answer was printed."""
        has_ended = not isinstance(name, str) or name in self.ends
        self.filled = add_counts(_input(usage), usage.get("output_tokens")) if has_ended else None

    def facts(self) -> Facts:
        result = self.result or {}
        models = find_dict(result.get("modelUsage"))
        own = self._own_usage()
        is_whole = bool(self.answers) and self.answers == self.ends
        usage = _sum_models(own) or _sum_models(models) or find_dict(result.get("usage"))
        if not result and is_whole:
            usage = self.messages.sums
        model = self.model or self.init.get("model") or _main_model(models)
        facts = self.seen
        facts.model, facts.provider = model, _provider(models)
        facts.version, facts.session_id = self.init.get("claude_code_version"), self.session_id
        facts.turns = result.get("num_turns")
        facts.refused_tools = len(self.denied | _denials(result)) if result or self.denied else None
        _take_usage(facts, usage)
        facts.model_requests = self._requests(usage)
        facts.cost_usd = result.get("total_cost_usd") if _is_priced(models) else None
        if own and _is_priced(own):
            costs = [find_number(find_dict(used).get("costUSD")) for used in own.values()]
            if None not in costs:
                facts.cost_usd = sum(cost for cost in costs if cost is not None)
        facts.totals = self._totals(models, result)
        facts.own_printed = bool(own)
        facts.compactions = self.compactions if self.compactions or (self.init and result) else None
        facts.utilization = self._utilization(models, model)
        facts.duration_ms = result.get("duration_ms")
        if result:
            self._take_end(facts, result)
        return facts

    def _own_usage(self) -> dict[str, Any]:
        """Usage by model of this run alone, over all its results."""
        return {
            f"{number}/{model}": used
            for number, since in enumerate(self.since.values())
            for model, used in since.items()
        }

    def _totals(self, models: dict[str, Any], result: dict[str, Any]) -> Facts | None:
        """Find the session's totals; an older release prints the run's own."""
        if models and not any("costBasis" in find_dict(used) for used in models.values()):
            return None
        totals = Facts(cost_usd=result.get("total_cost_usd") if _is_priced(models) else None)
        _take_usage(totals, _sum_models(models))
        return totals

    def _requests(self, usage: dict[str, Any]) -> int | None:
        """Count the answers, where they are all that the model was asked for."""
        is_all = _input(self.messages.sums) == _input(usage) and not (self.compacting or self.compactions)
        return len(self.answers) if self.answers and is_all else None

    def _utilization(self, models: dict[str, Any], model: object) -> object:
        """How full the context was after the last answer; only a stream holds the answers.

        Usage of a model with a larger window stands under its name with the window's, `claude-x[1m]`. The
        output of an `assistant` line is not the answer's: it is left out where its end was not printed.
        """
        used = next((models[name] for name in models if _plain(name) == model), None)
        window = find_count(find_dict(used).get("contextWindow"))
        return self.filled / window if window and self.filled is not None else None

    def _take_end(self, facts: Facts, result: dict[str, Any]) -> None:
        subtype = result.get("subtype")
        word = subtype.removeprefix(_ERROR_PREFIX) if isinstance(subtype, str) else ""
        facts.failed = result.get("is_error") is True or word != (subtype or "")
        if not facts.failed:
            return
        errors = result.get("errors")
        texts = [text for text in errors if isinstance(text, str)] if isinstance(errors, list) else []
        facts.reason = "; ".join(texts) or result.get("result") or word.replace("_", " ")
        status, terminal = result.get("api_error_status"), result.get("terminal_reason")
        own = result.get("api_error") or (terminal if terminal not in _ENDS else None)
        own = own or ("refusal" if result.get("stop_reason") == "refusal" else None)
        if own is None and word not in {"success", "during_execution", ""}:
            own = word
        own = own or result.get("api_error_type") or self.error or (None if status is None else "api_error")
        facts.detail = own
        facts.error_type = find_kind(own, status, facts.reason)


def _denials(result: dict[str, Any]) -> set[object]:
    denials = result.get("permission_denials")
    found = enumerate(denials) if isinstance(denials, list) else ()
    return {str(find_dict(each).get("tool_use_id", number)) for number, each in found}


def _take_usage(facts: Facts, usage: dict[str, Any]) -> None:
    facts.input_tokens, facts.output_tokens = _input(usage), usage.get("output_tokens")
    facts.cache_read_tokens = usage.get("cache_read_input_tokens")
    facts.cache_write_tokens = usage.get("cache_creation_input_tokens")
    details = find_dict(usage.get("output_tokens_details"))
    written = find_dict(usage.get("cache_creation"))
    facts.reasoning_tokens = usage.get("thinking_tokens", details.get("thinking_tokens"))
    facts.cache_write_1h_tokens = usage.get("hour_tokens", written.get("ephemeral_1h_input_tokens"))


def _input(usage: dict[str, Any]) -> int | None:
    cached = (usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens"))
    return add_counts(usage.get("input_tokens"), *cached)


def _sum_models(models: dict[str, Any]) -> dict[str, Any]:
    """Add up the usage of all models; nothing where one of them has not all figures."""
    tally = Tally()
    for used in models.values():
        entry = find_dict(used)
        figures = {name: entry.get(other) for name, other in _PARTS.items()}
        if any(find_number(figure) is None for figure in figures.values()):
            return {}
        tally.add(figures | {name: entry.get(other) for name, other in _MORE.items()})
    return tally.sums


def _is_priced(models: dict[str, Any]) -> bool:
    return all(find_dict(used).get("costBasis") != "unknown" for used in models.values())


def _provider(models: dict[str, Any]) -> object:
    named = {str(find_dict(used).get("provider")) for used in models.values()}
    name = named.pop() if len(named) == 1 else "None"
    return None if name == "None" else _PROVIDERS.get(name, name)


def _main_model(models: dict[str, Any]) -> str | None:
    """The model that wrote the most: small ones only help."""
    written = {name: find_number(find_dict(used).get("outputTokens")) or 0 for name, used in models.items()}
    name = max(written, key=lambda name: written[name], default=None)
    return None if name is None else _plain(name)


def _plain(name: str) -> str:
    return name.partition("[")[0]
