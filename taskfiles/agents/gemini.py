"""Gemini CLI: `gemini --output-format json` and `stream-json`.

Made from `packages/core/src/output/types.ts` and `stream-json-formatter.ts` (04fbf50) and
`telemetry/uiTelemetry.ts` (024891a) of google-gemini/gemini-cli, as of 2026; the release can't be told from
those files, `json` came with 0.6. What follows from them:

- `prompt`, and `input_tokens` of a stream, include `cached`. `thoughts` stand beside `candidates` and are
  priced as output. A stream prints no thoughts: what its total has beyond input and output is taken for them.
- Several models may take part; the one with the most tokens is named.
- With `json` an error is printed on standard error; it is read where both streams went into one file.
- Cost and version are not printed; the length of the run only in a stream.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from taskfiles.agents.kinds import find_kind
from taskfiles.agents.lines import read_objects
from taskfiles.agents.reading import Facts, Reading, Tally, add_counts, find_count, find_dict, find_number
from taskfiles.task.values import is_word

_ENDS = frozenset({"success", "error"})


def read(lines: Iterable[bytes]) -> Reading:
    """Read what Gemini CLI printed."""
    facts = Facts()
    for event in read_objects(lines):
        kind = event.get("type")
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
    facts.reason = error.get("message") or facts.reason
    facts.error_type = find_kind(error.get("type"), error.get("code"), facts.reason) if failed else None


def _take_stream_stats(facts: Facts, stats: dict[str, Any]) -> None:
    facts.input_tokens, facts.cache_read_tokens = stats.get("input_tokens"), stats.get("cached")
    told, total = find_count(stats.get("output_tokens")), find_count(stats.get("total_tokens"))
    read = find_count(facts.input_tokens)
    if told is not None and total is not None and read is not None:
        told = max(told, total - read)
    facts.output_tokens = told
    facts.duration_ms = stats.get("duration_ms")
    facts.model = _main_model(find_dict(stats.get("models"))) or facts.model


def _take_stats(facts: Facts, stats: dict[str, Any]) -> None:
    models, tally = find_dict(stats.get("models")), Tally()
    for used in models.values():
        tally.add(find_dict(find_dict(used).get("tokens")))
    sums = tally.sums
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
