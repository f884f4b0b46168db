"""Gemini CLI's file of a session: `tmp/PROJECT/chats/session-TIME-BEGINNING.jsonl` below its home.

Seen: 0.61 in November 2026; made from `packages/core/src/services/chatRecordingTypes.ts` of
google-gemini/gemini-cli. What follows:

- The first line names the session and the SHA-256 of the project's directory. An answer has a line with model
  and tokens, and is written again when something of it changes.
- `input` includes `cached`; `thoughts` stand beside `output`; `tool` is input of tools beside `input`.
- What was dropped later (`$rewindTo`) was paid for all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from taskfiles.agents.lines import read_objects
from taskfiles.agents.reading import Facts, Tally, add_counts, find_dict, find_number, find_time
from taskfiles.agents.session import SessionFile, make_session_file


def read(lines: Iterable[bytes], since: datetime) -> SessionFile:
    """Read what a session's file says of what happened since an instant."""
    facts, tally, project = Facts(), Tally(), None
    answers: set[str] = set()
    weights: dict[str, Tally] = {}
    for line in read_objects(lines):
        said = find_dict(line.get("$set")) or line
        facts.session_id = said.get("sessionId") or facts.session_id
        project = said.get("projectHash") or project
        facts.see(said.get("lastUpdated"))
        time, name, tokens = find_time(line.get("timestamp")), line.get("id"), find_dict(line.get("tokens"))
        if time is None:
            continue
        facts.see(line.get("timestamp"))
        if line.get("type") != "gemini" or time < since or not tokens or not isinstance(name, str):
            continue
        answers.add(name)
        tally.add(tokens, name)
        if isinstance(line.get("model"), str):
            weights.setdefault(line["model"], Tally()).add({"total": tokens.get("total")}, name)
    sums = tally.sums
    if answers:
        facts.model_requests = len(answers)
        facts.input_tokens = add_counts(sums.get("input"), sums.get("tool"))
        facts.output_tokens = add_counts(sums.get("output"), sums.get("thoughts"))
        facts.reasoning_tokens, facts.cache_read_tokens = sums.get("thoughts"), sums.get("cached")
    main = max(weights, key=lambda each: find_number(weights[each].sums.get("total")) or 0, default=None)
    facts.model = main
    return make_session_file(facts, project=project)
