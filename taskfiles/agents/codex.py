"""Codex: `codex exec --json`, one event a line.

Seen: 0.171 in November 2026; before that made from `codex-rs/exec/src/exec_events.rs` of openai/codex. The
lines of older releases, without `thread.started`, are not read. What follows from it:

- `input_tokens` includes `cached_input_tokens`; `output_tokens` includes those of reasoning.
- The usage of a `turn.completed` is the sum of the thread so far, so that the last one counts. A resumed
  thread goes on counting. All zeros mean that Codex was told nothing. A turn that failed has none.
- An `error` may be passing ("reconnecting"): what comes last says how it ended.
- The usage is that of the thread alone: where it has started subagents (`spawn_agent`), theirs is missing.
- A line can be there twice: an end where no turn is open ends nothing, two beginnings in a row are one.
- Model, cost, version, requests and times are not printed, nor what its sandbox refused, but for commands
  that were declined.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from taskfiles.agents.kinds import find_kind
from taskfiles.agents.lines import read_objects
from taskfiles.agents.reading import Facts, Reading, find_dict


def read(lines: Iterable[bytes]) -> Reading:
    """Read what Codex printed."""
    facts = Facts()
    turns, is_open, before = 0, False, None
    declined: set[str] = set()
    has_subagents = False
    for event in read_objects(lines):
        kind = event.get("type")
        if kind == "thread.started":
            facts.session_id = event.get("thread_id")
        elif kind == "turn.started":
            turns, is_open = turns + (before != kind), True
            facts.failed = None
        elif kind == "turn.completed":
            turns, is_open = _end_turn(turns, is_open), False
            facts.failed = False
            _take_usage(facts, find_dict(event.get("usage")))
        elif kind == "turn.failed":
            turns, is_open = _end_turn(turns, is_open), False
            _fail(facts, find_dict(event.get("error")).get("message"))
        elif kind == "error" and event.keys() == {"type", "message"}:
            _fail(facts, event["message"])
        elif kind == "item.completed":
            item = find_dict(event.get("item"))
            has_subagents |= item.get("tool") == "spawn_agent" and bool(item.get("receiver_thread_ids"))
            if item.get("status") == "declined":
                declined.add(str(item.get("id")))
        before = kind
    facts.turns = turns or None
    facts.refused_tools = len(declined)
    if has_subagents:
        _drop_usage(facts)
    return facts.reading()


def _end_turn(turns: int, is_open: bool) -> int:
    """Count a turn whose beginning was not printed; an end that is repeated ends nothing."""
    return turns if is_open or turns else 1


def _fail(facts: Facts, message: object) -> None:
    facts.failed, facts.error_type, facts.reason = True, find_kind(text=message), message


def _take_usage(facts: Facts, usage: dict[str, Any]) -> None:
    if not any(usage.values()):
        return
    facts.totals = Facts()
    for each in (facts, facts.totals):
        each.input_tokens = usage.get("input_tokens")
        each.output_tokens = usage.get("output_tokens")
        each.reasoning_tokens = usage.get("reasoning_output_tokens")
        each.cache_read_tokens = usage.get("cached_input_tokens")
        each.cache_write_tokens = usage.get("cache_write_input_tokens")


def _drop_usage(facts: Facts) -> None:
    facts.totals = None
    facts.input_tokens = facts.output_tokens = facts.reasoning_tokens = None
    facts.cache_read_tokens = facts.cache_write_tokens = None
