"""Codex's file of a session: `sessions/YYYY/MM/DD/rollout-TIME-SESSION.jsonl` below its home.

Seen: 0.171 in November 2026. Made from what was seen there and from other readers of these files. What
follows:

- `session_meta` names session, directory, version and provider; `turn_context` the model.
- `token_count` has the tokens so far, and may be there twice. A resumed session goes on in its file; some
  releases begin to count anew then, others go on: what is less than before has begun anew.
- A thread that has started subagents (`spawn_agent`), or goes on with some, counts its own tokens alone; each
  has a file of its own, named by its id.
- `turn_context` names the sandbox, and the output of a command says what that refused: the system's sentence,
  and an exit code that is not 0. The sentence is compared, and not taken.
- `last_token_usage` is what the last request has filled of `model_context_window`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from taskfiles.agents.lines import read_objects
from taskfiles.agents.reading import Facts, find_count, find_dict, find_time
from taskfiles.agents.session import SessionFile, make_session_file
from taskfiles.basics.patterns import lazy
from taskfiles.task.values import is_word

_PARTS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "reasoning_tokens": "reasoning_output_tokens",
    "cache_read_tokens": "cached_input_tokens",
    "cache_write_tokens": "cache_write_input_tokens",
}
_CONFINED = frozenset({"read-only", "workspace-write"})
_OUTPUTS = frozenset({"function_call_output", "custom_tool_call_output"})
_REFUSALS = "Read-only file system", "Operation not permitted"  # of Linux, and of macOS
_ENDED_WELL = "exited with code 0\n"
_TO_SUBAGENTS = frozenset({"send_input", "resume_agent"})
_ID = lazy(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


def read(lines: Iterable[bytes], since: datetime) -> SessionFile:
    """Read what a session's file says of what happened since an instant."""
    run = _Run(since)
    for line in read_objects(lines):
        run.take(line)
    return run.finish()


class _Run:
    def __init__(self, since: datetime) -> None:
        self._since, self._facts = since, Facts()
        self._directory: object = None
        self._before: dict[str, int] = {}
        self._sums: dict[str, int] = {}
        self._totals: dict[str, int] = {}
        self._requests = self._compactions = 0
        self._is_confined = False
        self._refused: set[str] = set()
        self._spawning: set[str] = set()
        self._subagents: set[str] = set()
        self._filled: int | None = None
        self._window: int | None = None

    def take(self, line: dict[str, Any]) -> None:
        facts, kind, payload = self._facts, line.get("type"), find_dict(line.get("payload"))
        facts.see(line.get("timestamp"))
        time = find_time(line.get("timestamp"))
        is_own = time is not None and time >= self._since
        if kind == "session_meta" and facts.session_id is None:  # a copied session repeats the other's
            facts.session_id, self._directory = payload.get("id"), payload.get("cwd")
            facts.provider, facts.version = payload.get("model_provider"), payload.get("cli_version")
        elif kind == "turn_context":
            facts.model = payload.get("model") or facts.model
            self._is_confined = is_word(find_dict(payload.get("sandbox_policy")).get("type"), _CONFINED)
        elif kind == "response_item" and is_own:
            self._take_item(payload)
        elif kind == "compacted" and is_own:
            self._compactions += 1
        elif kind == "event_msg" and payload.get("type") == "token_count":
            self._count(find_dict(payload.get("info")), is_own=is_own)

    def _take_item(self, item: dict[str, Any]) -> None:
        kind, call = item.get("type"), str(item.get("call_id"))
        if kind == "function_call" and item.get("name") == "spawn_agent":
            self._spawning.add(call)
        elif kind == "function_call" and is_word(item.get("name"), _TO_SUBAGENTS):
            self._subagents.update(_ID.findall(str(item.get("arguments"))))
        elif is_word(kind, _OUTPUTS):
            if call in self._spawning:
                self._spawning.remove(call)
                self._subagents.update(_ID.findall(str(item.get("output"))))
            if self._is_confined and _is_refused(item.get("output")):
                self._refused.add(call)

    def _count(self, info: dict[str, Any], *, is_own: bool) -> None:
        said = find_dict(info.get("total_token_usage"))
        found = {name: find_count(said.get(key)) for name, key in _PARTS.items()}
        total = {name: count for name, count in found.items() if count is not None}
        if not total:
            return
        has_begun_anew = total.get("input_tokens", 0) < self._before.get("input_tokens", 0)
        base = {} if has_begun_anew else self._before
        more = {name: count - base.get(name, 0) for name, count in total.items()}
        self._before = total
        for name, count in more.items():
            self._totals[name] = self._totals.get(name, 0) + max(0, count)
        if is_own and any(more.values()):
            self._requests += 1
            for name, count in more.items():
                self._sums[name] = self._sums.get(name, 0) + max(0, count)
            self._filled = find_count(find_dict(info.get("last_token_usage")).get("total_tokens"))
            self._window = find_count(info.get("model_context_window"))

    def finish(self) -> SessionFile:
        facts = self._facts
        facts.refused_tools = len(self._refused)
        if self._requests:
            facts.model_requests = self._requests
            facts.totals, facts.own_printed = Facts(), True
            for name in _PARTS:
                setattr(facts, name, self._sums.get(name))
                setattr(facts.totals, name, self._totals.get(name))
        facts.compactions = self._compactions or None
        if self._filled is not None and self._window:
            facts.utilization = self._filled / self._window
        unknown = {""} if self._spawning else set[str]()  # of a run that was cut
        return make_session_file(facts, directory=self._directory, parts=self._subagents | unknown)


def _is_refused(output: object) -> bool:
    if not isinstance(output, str) or _ENDED_WELL in output:
        return False
    return any(sentence in output for sentence in _REFUSALS)
