"""Secrets in an attempt: its texts are scrubbed before they are recorded; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskfiles.task.keytable import PARTS

_LONGEST_PLAIN = 19  # characters; tokens have more, but for those with one of these
_SHORT_TOKENS = ("LTAI", "tskey-", "k_live_", "k_test_", "k_prod_", "xox", "xapp-", "xwfp-")
_KNOWN = frozenset(key for part in PARTS.values() for key in part)
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
    if not isinstance(value, str) or (key in _KNOWN and is_plain(value)):
        return value
    # Most attempts hold names and figures alone, and the rules take as long as all else of a command.
    from taskfiles.basics.secret import scrub_text  # noqa: PLC0415
    from taskfiles.basics.secret_rule import MARK, SECRET_KEYS  # noqa: PLC0415

    return MARK if SECRET_KEYS.search(str(key)) else scrub_text(value)


def is_plain(text: str) -> bool:
    """Return whether a text is one short word of letters, digits, `.`, `_` and `-`, in which no secret fits.

    >>> is_plain("claude-sonnet-4-5"), is_plain("a=b"), is_plain("two words")
    (True, False, False)
    """
    bare = text.replace("-", "").replace(".", "").replace("_", "")
    is_short = len(text) <= _LONGEST_PLAIN and not any(start in text for start in _SHORT_TOKENS)
    return is_short and bare.isalnum() and bare.isascii()
