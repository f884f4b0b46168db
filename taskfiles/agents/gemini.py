"""Gemini CLI: `gemini --output-format json` and `stream-json`.

Seen: 0.61 in November 2026; before that made from `packages/core/src/output/types.ts` and
`stream-json-formatter.ts` of google-gemini/gemini-cli. What follows:

- `prompt`, and `input_tokens` of a stream, include `cached`. `thoughts` stand beside `candidates` and are
  priced as output. A stream prints no thoughts: what its total has beyond input and output is taken for them.
- Several models may take part; the one with the most tokens is named.
- With `json` an error is printed on standard error, and the figures are lost.
- Cost and version are not printed; the length of the run only in a stream, where 0 is that of a failed one.
- Without --yolo no tool that writes is offered, of which nothing is printed. What a resumed session prints is
  the run's own. That an answer was refused or cut is not printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from taskfiles.agents.kinds import find_kind
from taskfiles.agents.lines import read_objects
from taskfiles.agents.reading import (
    Facts,
    Reading,
    Tally,
    add_counts,
    find_count,
    find_dict,
    find_number,
    find_word,
)
from taskfiles.task.values import is_word

_NO_WORDS = frozenset({"error", "unknown"})
_TIMED = frozenset({"init", "message", "tool_use", "tool_result", "result"})
_ENDS = frozenset({"success", "error"})


def read(lines: Iterable[bytes]) -> Reading:
    """Read what Gemini CLI printed."""
    facts = Facts()
    for event in read_objects(lines):
        kind = event.get("type")
        if is_word(kind, _TIMED):
            facts.see(event.get("timestamp"))
        if kind == "init":
            facts.session_id, facts.model = event.get("session_id"), event.get("model")
        elif kind == "error" and event.get("severity") == "error":
            facts.reason = event.get("message")
        elif kind == "result" and is_word(event.get("status"), _ENDS):
            _take_end(facts, event, failed=event["status"] == "error")
            _take_stream_stats(facts, find_dict(event.get("stats")))
        elif "type" not in event and _is_whole(event):
            facts.session_id = event.get("session_id") or facts.session_id
            _take_end(facts, event, failed=isinstance(event.get("error"), dict))
            _take_stats(facts, find_dict(event.get("stats")))
    return facts.reading()


def _is_whole(event: dict[str, Any]) -> bool:
    """Tell the one object of `json` from others that may stand in a log."""
    return isinstance(event.get("response"), str) or any(
        isinstance(event.get(key), dict) for key in ("stats", "error")
    )


def _take_end(facts: Facts, event: dict[str, Any], *, failed: bool) -> None:
    error = find_dict(event.get("error"))
    facts.failed = failed
    message, status = _unwrap(error.get("message"))
    facts.reason = message or facts.reason
    if failed:
        facts.detail = error.get("type") if find_word(error.get("type")) not in _NO_WORDS else None
        facts.error_type = find_kind(error.get("type"), status or error.get("code"), facts.reason)


def _unwrap(message: object) -> tuple[object, object]:
    """Take message and status out of the service's own error, which may stand as JSON in the message."""
    text = message if isinstance(message, str) else ""
    text = text.removeprefix("[API Error: ").removesuffix("]")
    for found in read_objects([text.encode("utf-8", "replace")]):
        inner = find_dict(found.get("error"))
        if isinstance(inner.get("message"), str):
            return inner["message"], inner.get("code")
    return message, None


def _take_stream_stats(facts: Facts, stats: dict[str, Any]) -> None:
    facts.input_tokens, facts.cache_read_tokens = stats.get("input_tokens"), stats.get("cached")
    told, total = find_count(stats.get("output_tokens")), find_count(stats.get("total_tokens"))
    read = find_count(facts.input_tokens)
    if told is not None and total is not None and read is not None:
        told = max(told, total - read)
        facts.reasoning_tokens = told - (find_count(stats.get("output_tokens")) or 0)
    facts.output_tokens = told
    facts.duration_ms = stats.get("duration_ms")
    facts.model = _main_model(find_dict(stats.get("models"))) or facts.model


def _take_stats(facts: Facts, stats: dict[str, Any]) -> None:
    models, tally = find_dict(stats.get("models")), Tally()
    requests: list[int | None] = []
    for used in models.values():
        tally.add(find_dict(find_dict(used).get("tokens")))
        requests.append(find_count(find_dict(find_dict(used).get("api")).get("totalRequests")))
    sums = tally.sums
    facts.model_requests = add_counts(*requests) if requests else None
    decisions = find_dict(find_dict(stats.get("tools")).get("totalDecisions"))
    facts.refused_tools = decisions.get("reject")
    facts.reasoning_tokens = sums.get("thoughts")
    facts.input_tokens = add_counts(sums.get("prompt"), sums.get("tool"))
    facts.output_tokens = add_counts(sums.get("candidates"), sums.get("thoughts"))
    facts.cache_read_tokens = sums.get("cached")
    facts.model = _main_model(models) or facts.model


def _main_model(models: dict[str, Any]) -> str | None:
    def weight(name: str) -> object:
        used = find_dict(models[name])
        total = find_dict(used.get("tokens")).get("total", used.get("total_tokens"))
        return find_number(total) or 0

    return max(models, key=weight, default=None)  # type: ignore[arg-type]  # numbers, which can be compared
