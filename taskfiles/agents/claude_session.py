"""Claude Code's file of a session: `projects/DIRECTORY/SESSION.jsonl`, and `SESSION/subagents/*.jsonl` there.

Seen: 2.1.332 in November 2026. Made from what was seen there and from other readers of these files. What
follows:

- Each line names session, directory and version. An answer of the model has a line for each of its parts,
  with one id and the usage of the whole; the last one has the output's true number.
- A resumed session goes on in its file, a forked one begins with a copy of the older lines.
- Subagents have files of their own. Where one was called and none is there, the figures are not whole.
- Neither a cost nor the size of the context is in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from taskfiles.agents.lines import read_objects
from taskfiles.agents.reading import Facts, Tally, add_counts, find_count, find_dict, find_time
from taskfiles.agents.session import SessionFile, make_session_file
from taskfiles.task.values import is_word

_HELPERS = frozenset({"Task", "Agent"})
_MADE_UP = "<synthetic>"  # the model of what Claude Code itself says


def read(lines: Iterable[bytes], since: datetime) -> SessionFile:
    """Read what a session's files say of what happened since an instant."""
    run = _Run(since)
    for line in read_objects(lines):
        run.take(line)
    return run.finish()


class _Run:
    def __init__(self, since: datetime) -> None:
        self._since, self._facts, self._tally = since, Facts(), Tally()
        self._directory: object = None
        self._answers: set[str] = set()
        self._compactions = 0
        self._has_called = self._has_helpers = False

    def take(self, line: dict[str, Any]) -> None:
        facts = self._facts
        time = find_time(line.get("timestamp"))
        if time is None:
            return
        facts.see(line.get("timestamp"))
        facts.session_id = line.get("sessionId") or facts.session_id
        self._directory = self._directory or line.get("cwd")
        if time < self._since:
            return
        facts.version = line.get("version") or facts.version
        if (line.get("type"), line.get("subtype")) == ("system", "compact_boundary"):
            self._compactions += 1
        if line.get("type") == "assistant":
            self._take_answer(find_dict(line.get("message")), is_helper=line.get("isSidechain") is True)

    def _take_answer(self, message: dict[str, Any], *, is_helper: bool) -> None:
        usage, name = find_dict(message.get("usage")), message.get("id")
        if message.get("model") == _MADE_UP or not usage or not isinstance(name, str):
            return
        self._has_helpers = self._has_helpers or is_helper
        if not is_helper:
            self._facts.model = message.get("model")
            content = message.get("content")
            for part in content if isinstance(content, list) else []:
                said = find_dict(part)
                is_call = said.get("type") == "tool_use" and is_word(said.get("name"), _HELPERS)
                self._has_called = self._has_called or is_call
        self._answers.add(name)
        details = find_dict(usage.get("output_tokens_details"))
        figures = {
            "input": usage.get("input_tokens"),
            "output": usage.get("output_tokens"),
            "read": usage.get("cache_read_input_tokens"),
            "written": usage.get("cache_creation_input_tokens"),
            "hour": find_dict(usage.get("cache_creation")).get("ephemeral_1h_input_tokens"),
            "thought": usage.get("thinking_tokens", details.get("thinking_tokens")),
        }
        self._tally.add(figures, name)

    def finish(self) -> SessionFile:
        facts, sums = self._facts, self._tally.sums
        if self._answers and (self._has_helpers or not self._has_called):
            facts.model_requests = len(self._answers)
            facts.input_tokens = add_counts(sums.get("input"), sums.get("written"), sums.get("read"))
            facts.output_tokens = find_count(sums.get("output"))
            facts.reasoning_tokens = sums.get("thought")
            facts.cache_read_tokens, facts.cache_write_tokens = sums.get("read"), sums.get("written")
            facts.cache_write_1h_tokens = sums.get("hour")
        facts.compactions = self._compactions or None
        return make_session_file(facts, directory=self._directory)
