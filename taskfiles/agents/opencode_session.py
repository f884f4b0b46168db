"""OpenCode's record of a session, as `opencode export SESSION` prints it: one JSON object.

Seen: 1.18 in November 2026; made from the types of sessions and messages that OpenCode publishes. What
follows:

- `info` names session, directory and version; each answer its model and provider.
- `step-finish` parts of an answer have tokens and cost as `run --format json` prints them.
- A resumed session goes on in its record. Subagents have sessions of their own: where one was called, the
  figures are not whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from taskfiles.agents.lines import read_objects
from taskfiles.agents.reading import Facts, Tally, add_counts, find_count, find_dict, find_time
from taskfiles.agents.session import SessionFile, make_session_file


def read(lines: Iterable[bytes], since: datetime) -> SessionFile:
    """Read what a session's record says of what happened since an instant."""
    facts = Facts()
    directory: object = None
    for value in read_objects(lines):
        info, messages = find_dict(value.get("info")), value.get("messages")
        if not isinstance(messages, list):
            continue
        facts.session_id, facts.version, directory = (
            info.get("id"),
            info.get("version"),
            info.get("directory"),
        )
        facts.see(find_dict(info.get("time")).get("updated"))
        _take_messages(facts, messages, since)
    return make_session_file(facts, directory=directory)


def _take_messages(facts: Facts, messages: list[Any], since: datetime) -> None:
    tally, has_helpers = Tally(), False
    for each in messages:
        info, parts = find_dict(find_dict(each).get("info")), find_dict(each).get("parts")
        times = find_dict(info.get("time"))
        facts.see(times.get("completed"))
        began = find_time(times.get("created"))
        if info.get("role") != "assistant" or began is None or began < since:
            continue
        facts.model, facts.provider = info.get("modelID"), info.get("providerID")
        for part in map(find_dict, parts if isinstance(parts, list) else []):
            has_helpers = has_helpers or (part.get("type"), part.get("tool")) == ("tool", "task")
            if part.get("type") == "step-finish":
                tally.add(_figures(part), part.get("id"))
    sums = tally.sums
    if not has_helpers and sums:
        facts.model_requests = sums.get("steps")
        facts.cache_read_tokens, facts.cache_write_tokens = sums.get("read"), sums.get("write")
        facts.input_tokens = add_counts(sums.get("input"), sums.get("read"), sums.get("write"))
        facts.output_tokens = add_counts(sums.get("output"), sums.get("reasoning"))
        facts.reasoning_tokens = sums.get("thought")
        facts.cost_usd = sums.get("cost") or None  # 0 is that of a model without a price


def _figures(part: dict[str, Any]) -> dict[str, object]:
    tokens = find_dict(part.get("tokens"))
    cache = find_dict(tokens.get("cache"))
    figures = {name: tokens.get(name) for name in ("input", "output", "reasoning")}
    figures |= {"thought": tokens.get("reasoning"), "steps": 1, "cost": part.get("cost")}
    figures |= {"read": cache.get("read"), "write": cache.get("write")}
    whole = add_counts(tokens.get("input"), tokens.get("output"), cache.get("read"), cache.get("write"))
    if whole is not None and find_count(tokens.get("total")) == whole:  # reasoning is a part of the output
        del figures["reasoning"]
    return figures
