"""OpenCode: `opencode run --format json`, one event a line.

Made from `packages/opencode/src/cli/cmd/run.ts` (00f9806) and the session's accounting of usage in
anomalyco/opencode (once sst/opencode), as of 2026; the release can't be told from those files. What follows:

- A `step_finish` holds the figures of one request to the model. Its `input` leaves out what was read from
  and written to the cache; `reasoning` stands beside `output` and has its price, so that the two are added,
  unless `total` says that it is a part.
- `cost` is 0 where OpenCode knows no price: 0 for tokens that were used is unknown.
- An `error`, or a step that ended with one, is a failure; a step with reason `stop`, and `done`, is an end in
  order.
- Only the session asked for is printed, not those of its subagents; no model, provider or version.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from taskfiles.agents.kinds import find_kind
from taskfiles.agents.lines import read_objects
from taskfiles.agents.reading import Facts, Reading, Tally, add_counts, find_count, find_dict
from taskfiles.task.values import is_word

_KINDS = frozenset({"step_start", "step_finish", "text", "tool_use", "reasoning", "error", "done"})


def read(lines: Iterable[bytes]) -> Reading:
    """Read what OpenCode printed."""
    facts, tally = Facts(), Tally()
    for event in read_objects(lines):
        kind = event.get("type")
        if not is_word(kind, _KINDS) or "sessionID" not in event:
            continue
        facts.session_id = event["sessionID"]
        if kind == "step_finish":
            _take_step(facts, tally, find_dict(event.get("part")))
        elif kind == "error":
            _fail(facts, event.get("error"))
        elif kind == "done" and not facts.failed:
            facts.failed = False
    sums = tally.sums
    facts.turns = sums.get("steps")
    facts.cache_read_tokens, facts.cache_write_tokens = sums.get("read"), sums.get("write")
    facts.input_tokens = add_counts(sums.get("input"), facts.cache_read_tokens, facts.cache_write_tokens)
    facts.output_tokens = add_counts(sums.get("output"), sums.get("reasoning"))
    has_worked = bool(facts.input_tokens or facts.output_tokens)
    facts.cost_usd = sums.get("cost") or (None if has_worked else sums.get("cost"))
    return facts.reading()


def _take_step(facts: Facts, tally: Tally, part: dict[str, Any]) -> None:
    tokens = find_dict(part.get("tokens"))
    cache = find_dict(tokens.get("cache"))
    figures = {name: tokens.get(name) for name in ("input", "output", "reasoning")}
    without = add_counts(tokens.get("input"), tokens.get("output"), cache.get("read"), cache.get("write"))
    if without is not None and find_count(tokens.get("total")) == without:
        del figures["reasoning"]
    figures |= {"read": cache.get("read"), "write": cache.get("write"), "cost": part.get("cost"), "steps": 1}
    tally.add(figures, part.get("id"))
    reason = part.get("reason")
    if reason == "error":
        _fail(facts, None)
    elif not facts.failed:
        facts.failed = False if reason == "stop" else None


def _fail(facts: Facts, error: object) -> None:
    told = find_dict(error)
    facts.failed = True
    data = find_dict(told.get("data"))
    facts.reason = data.get("message") or told.get("message") or facts.reason
    if told:
        word = told.get("name") or facts.error_type
        facts.error_type = find_kind(word, data.get("statusCode"), facts.reason)
