"""What kind of failure a service names: one word for all agents, from its status and its sentence."""

from __future__ import annotations

import re

from taskfiles.agents.reading import AGENT_ERROR, find_count, find_word

AUTHENTICATION, PERMISSION, RATE_LIMIT = "authentication", "permission", "rate_limit"
OVERLOADED, SERVER_ERROR = "overloaded", "server_error"
ACCOUNT = frozenset({AUTHENTICATION, PERMISSION, RATE_LIMIT})  # every task of the account would meet them

_STATUSES = {401: AUTHENTICATION, 402: RATE_LIMIT, 403: PERMISSION, 429: RATE_LIMIT}
_STATUSES |= {503: OVERLOADED, 529: OVERLOADED} | dict.fromkeys((500, 502, 504), SERVER_ERROR)
_WORDS = {
    "authentication_error": AUTHENTICATION,
    "authentication_failed": AUTHENTICATION,
    "provider_auth_error": AUTHENTICATION,
    "fatal_authentication_error": AUTHENTICATION,
    "billing_error": RATE_LIMIT,
    "rate_limit_error": RATE_LIMIT,
    "insufficient_quota": RATE_LIMIT,
    "permission_error": PERMISSION,
    "overloaded_error": OVERLOADED,
}
_GENERAL = frozenset({None, AGENT_ERROR, "api_error", "error", "unknown", "unknown_error"})
_PHRASES = (
    (RATE_LIMIT, ("rate limit", "usage limit", "hit your limit", "reached your limit", "quota")),
    (RATE_LIMIT, ("limit reached", "too many requests", "credit balance", "out of credits")),
    (
        AUTHENTICATION,
        ("authenticat", "invalid api key", "invalid x-api-key", "unauthorized", "not logged in"),
    ),
    (AUTHENTICATION, ("/login", "api key expired", "token expired", "token has expired")),
    (PERMISSION, ("forbidden",)),
    (OVERLOADED, ("overloaded",)),
)
_STATUS = re.compile(r"\b(?:status|error|http|code)(?: code)?[ :=/.0-9]{0,4}[ :=]([45][0-9][0-9])\b")
_MOST = 2000  # characters that are looked at


def find_kind(word: object = None, status: object = None, text: object = None) -> str | None:
    """Return the kind of a failure that an agent's service reported; its own word where none is known.

    `status` is HTTP's, `text` the sentence for people; both count where the word is a general one.

    >>> find_kind("api_error", 429), find_kind(text="exceeded retry limit, last status: 401 Unauthorized")
    ('rate_limit', 'authentication')
    >>> find_kind("max_turns", text="limit reached"), find_kind("APIError", text="It broke.")
    ('max_turns', 'api_error')
    """
    own = find_word(word)
    if own in _WORDS:
        return _WORDS[own]
    if own not in _GENERAL:
        return own
    sentence = text[:_MOST].lower() if isinstance(text, str) else ""
    number = find_count(status)
    found = _STATUS.search(sentence)
    return (
        _STATUSES.get(-1 if number is None else number)
        or (_STATUSES.get(int(found[1])) if found else None)
        or next((kind for kind, phrases in _PHRASES if any(each in sentence for each in phrases)), None)
        or own
    )
