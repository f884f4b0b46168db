"""What an agent's own file of a session says, and how it completes what the agent printed; pure.

Agents keep files for themselves, with everything that was said. Only figures and names are taken out of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from typing import Any, NamedTuple

from taskfiles.agents.reading import Facts
from taskfiles.task.attempts import merge_attempt
from taskfiles.task.sessions import FIGURES

_FIGURES = frozenset({"model_requests", "usage", "session_totals"})
_NAMES = ("model", "provider", "version")
_TOKENS = frozenset({"input_tokens", "output_tokens"})


class SessionFile(NamedTuple):
    """What a file says: whose session it is, in which directory, when it ends, and what is taken of it.

    `project` is the SHA-256 of the directory where the file names no directory itself. `attempt` holds keys
    of an attempt. `parts` are the sessions of subagents whose figures are in files of their own.
    """

    session_id: object
    directory: object
    project: object
    last_at: datetime | None
    attempt: dict[str, Any]
    parts: frozenset[str] = frozenset()


def make_session_file(
    facts: Facts, *, directory: object = None, project: object = None, parts: Set[str] = frozenset()
) -> SessionFile:
    """Make it from what a reader has found; `facts.session_id` and the times are the file's."""
    read = facts.reading().attempt
    taken = ("executor", "model_requests", "refused_tools", "usage", "cost", "session_totals", "context")
    attempt = {key: read[key] for key in taken if key in read}
    return SessionFile(facts.session_id, directory, project, facts.last_at, attempt, frozenset(parts))


def add_parts(found: SessionFile, parts: Iterable[SessionFile]) -> SessionFile:
    """Add the figures of subagents' sessions; there are none where one is missing, or has another model.

    The totals stay those of the session itself, by which it is known how a later attempt goes on.
    """
    attempts = {part.session_id: part.attempt for part in parts if not part.parts}
    whole = [found.attempt, *attempts.values()]
    kept = {key: value for key, value in found.attempt.items() if key not in _FIGURES}
    models = {attempt.get("executor", {}).get("model") for attempt in whole}
    if not attempts.keys() >= found.parts or len(models) > 1 or "usage" not in found.attempt:
        return found._replace(attempt=kept)
    usages = [attempt["usage"] for attempt in whole if "usage" in attempt]
    names = [name for name in usages[0] if all(name in usage for usage in usages)]
    figures = {"usage": {name: sum(usage[name] for usage in usages) for name in names}}
    requests = sum(attempt.get("model_requests", 0) for attempt in whole)
    totals = {key: found.attempt[key] for key in ("session_totals",) if key in found.attempt}
    refused = sum(attempt.get("refused_tools", 0) for attempt in whole)
    more = {"refused_tools": refused} if refused else {}
    return found._replace(attempt=kept | {"model_requests": requests} | more | figures | totals)


def add_session(printed: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Complete what was printed by what a session's file says; what was printed stays.

    Tokens, and a cost, are of one source: they are taken together, where input or output was not printed.

    >>> add_session({"usage": {"input_tokens": 1}}, {"usage": {"input_tokens": 7, "output_tokens": 2}})
    {'usage': {'input_tokens': 7, 'output_tokens': 2}}
    >>> add_session({"executor": {"model": "a"}}, {"executor": {"model": "b", "provider": "c"}})
    {'executor': {'model': 'a', 'provider': 'c'}}
    """
    known = dict(printed)
    added: dict[str, Any] = {
        key: found[key] for key in ("model_requests", "refused_tools", "context") if key in found
    }
    names = {name: value for name, value in found.get("executor", {}).items() if name in _NAMES}
    added |= {"executor": names} if names else {}
    usage = printed.get("usage") or {}
    if not usage.keys() >= _TOKENS and found.get("usage", {}).keys() >= _TOKENS:
        added |= {key: found[key] for key in ("usage", "session_totals") if key in found}
        known["usage"] = {key: value for key, value in usage.items() if key not in FIGURES}
    if "actual_usd_micros" not in printed.get("cost", {}) and "cost" in found:
        added["cost"] = found["cost"]
    return merge_attempt(added, {key: value for key, value in known.items() if value != {}})
