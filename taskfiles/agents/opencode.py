"""OpenCode: `opencode run --format json`, one event a line.

Seen: 1.18 in November 2026; before that made from `packages/opencode/src/cli/cmd/run.ts` of
anomalyco/opencode (once sst/opencode). What follows:

- A `step_finish` holds the figures of one request to the model. Its `input` leaves out what was read from
  and written to the cache; `reasoning` stands beside `output` and has its price, so that the two are added,
  unless `total` says that it is a part. A step without any figures was cut, and what it took is not known.
- `cost` is 0 where OpenCode knows no price: 0 for tokens that were used is unknown.
- An `error`, or a step that ended with one, is a failure; a step with reason `stop`, and `done`, is an end in
  order. OpenCode exits with 0 after any other last step (`length`; `tool-calls` where a tool was refused).
- Only the session asked for is printed, not those of its subagents: where there was one, no figures are
  read. The request for the session's title is not printed either. No model, provider or version. What a
  resumed session prints is the run's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from taskfiles.agents.kinds import PERMISSION, find_kind
from taskfiles.agents.lines import read_objects
from taskfiles.agents.reading import Facts, Reading, Tally, add_counts, find_count, find_dict
from taskfiles.errors import number_of
from taskfiles.task.values import is_word

_KINDS = frozenset({"step_start", "step_finish", "text", "tool_use", "reasoning", "error", "done"})
_REFUSALS = ("rejected permission", "rule which prevents", "permission denied")


def read(lines: Iterable[bytes]) -> Reading:
    """Read what OpenCode printed."""
    run = _Run()
    for event in read_objects(lines):
        if is_word(event.get("type"), _KINDS) and "sessionID" in event:
            run.take(event)
    return run.facts()


class _Run:
    def __init__(self) -> None:
        self._facts, self._tally = Facts(), Tally()
        self._refused: set[str] = set()
        self._has_helpers = False
        self._is_open = self._is_cut = False
        self._reason: object = None  # of the last step
        self._has_error = False

    def take(self, event: dict[str, Any]) -> None:
        facts, kind, part = self._facts, event["type"], find_dict(event.get("part"))
        facts.session_id = event["sessionID"]
        facts.see(event.get("timestamp"))
        if kind == "step_start":
            self._is_open = True
        elif kind == "step_finish":
            self._is_open = False
            self._take_step(part)
        elif kind == "tool_use":
            self._has_helpers = self._has_helpers or part.get("tool") == "task"
            if _is_refused(find_dict(part.get("state"))):
                self._refused.add(str(part.get("id")))
        elif kind == "error":
            self._is_open = False
            self._fail(event.get("error"))
        elif kind == "done" and not self._has_error:
            facts.failed, self._reason = False, "stop"

    def _take_step(self, part: dict[str, Any]) -> None:
        tokens = find_dict(part.get("tokens"))
        cache = find_dict(tokens.get("cache"))
        figures = {name: tokens.get(name) for name in ("input", "output", "reasoning")}
        named = [*figures.values(), cache.get("read"), cache.get("write")]
        self._reason = part.get("reason")
        self._is_cut = self._is_cut or (not any(map(find_count, named)) and self._reason == "unknown")
        without = add_counts(tokens.get("input"), tokens.get("output"), cache.get("read"), cache.get("write"))
        figures["thought"] = figures["reasoning"]
        if without is not None and find_count(tokens.get("total")) == without:
            del figures["reasoning"]
        figures |= {
            "read": cache.get("read"),
            "write": cache.get("write"),
            "cost": part.get("cost"),
            "steps": 1,
        }
        self._tally.add(figures, part.get("id"))
        if self._reason == "error":
            self._fail(None)

    def _fail(self, error: object) -> None:
        facts, said = self._facts, find_dict(error)
        self._has_error = facts.failed = True
        data = find_dict(said.get("data"))
        facts.reason = data.get("message") or said.get("message") or facts.reason
        if said:
            facts.detail = said.get("name") or facts.detail
            facts.error_type = find_kind(facts.detail, data.get("statusCode"), facts.reason)

    def facts(self) -> Reading:
        facts, sums = self._facts, self._tally.sums
        facts.refused_tools = len(self._refused)
        if not self._has_error and not self._is_open and self._reason is not None:
            self._end()
        if not (self._is_open or self._is_cut or self._has_helpers):
            facts.model_requests = sums.get("steps")
            facts.cache_read_tokens, facts.cache_write_tokens = sums.get("read"), sums.get("write")
            facts.input_tokens = add_counts(
                sums.get("input"), facts.cache_read_tokens, facts.cache_write_tokens
            )
            facts.output_tokens = add_counts(sums.get("output"), sums.get("reasoning"))
            facts.reasoning_tokens = sums.get("thought")
            has_worked = bool(facts.input_tokens or facts.output_tokens)
            facts.cost_usd = sums.get("cost") or (None if has_worked else sums.get("cost"))
        return facts.reading()

    def _end(self) -> None:
        """Judge the last step: only `stop` is an end in order."""
        facts, word = self._facts, self._reason
        facts.failed = word != "stop"
        if not facts.failed:
            return
        facts.is_open, facts.detail = True, word
        facts.reason = f"its last step was no end ({word})"
        if self._refused:
            facts.reason = f"{number_of(len(self._refused), 'tool call')} refused, and {facts.reason}"
        facts.error_type = PERMISSION.value if self._refused else find_kind(word)


def _is_refused(state: dict[str, Any]) -> bool:
    text = state.get("error")
    return (
        state.get("status") == "error" and isinstance(text, str) and any(each in text for each in _REFUSALS)
    )
