"""Secrets in an attempt: its texts are scrubbed before they are recorded; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskfiles.telemetry.secret import scrub_text
from taskfiles.telemetry.secret_rule import MARK, SECRET_KEYS

# What others refer to by these very characters; everything else that is text was written by somebody.
_KEPT = frozenset({"id", "session_id", "started_at", "ended_at", "commit", "created_files", "reviewed_at"})


def scrub_attempt(attempt: Mapping[str, Any]) -> dict[str, Any]:
    """Replace what looks like a secret in every text of an attempt, unknown keys included.

    Ids, instants, commits and paths of files stay. Doing it again changes nothing.

    >>> scrub_attempt({"session_id": "s-1", "error_reason": "Bearer abc123", "x": {"api_key": "y"}})
    {'session_id': 's-1', 'error_reason': 'Bearer [redacted]', 'x': {'api_key': '[redacted]'}}
    """
    return {key: item if key in _KEPT else _scrub(item, key) for key, item in attempt.items()}


def _scrub(value: Any, key: object) -> Any:
    if isinstance(value, dict):
        return {name: item if name in _KEPT else _scrub(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_scrub(item, key) for item in value]
    if not isinstance(value, str):
        return value
    return MARK if SECRET_KEYS.search(str(key)) else scrub_text(value)
