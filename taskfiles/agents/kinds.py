"""What kind of failure a service names: one word of the format for all agents."""

from __future__ import annotations

import re

from taskfiles.agents.reading import find_count, find_word
from taskfiles.task.words import ErrorType

AUTHENTICATION, PERMISSION, RATE_LIMIT = ErrorType.AUTHENTICATION, ErrorType.PERMISSION, ErrorType.RATE_LIMIT
OVERLOADED, SERVER_ERROR, NETWORK = ErrorType.OVERLOADED, ErrorType.SERVER_ERROR, ErrorType.NETWORK
CONTEXT_OVERFLOW, OUTPUT_LIMIT = ErrorType.CONTEXT_OVERFLOW, ErrorType.OUTPUT_LIMIT
REFUSAL, INVALID_INPUT = ErrorType.REFUSAL, ErrorType.INVALID_INPUT
# Every task of the account would meet them.
ACCOUNT = frozenset({AUTHENTICATION, PERMISSION, RATE_LIMIT, ErrorType.BUDGET})
OF_ONE_RUN = frozenset(
    {"max_budget_usd", "budget_exhausted"}
)  # a bound that the agent was given for each run
WORDS = tuple(ErrorType)

_STATUSES = {401: AUTHENTICATION, 402: RATE_LIMIT, 403: PERMISSION, 429: RATE_LIMIT}
_STATUSES |= {503: OVERLOADED, 529: OVERLOADED} | dict.fromkeys((500, 502, 504), SERVER_ERROR)
_REFUSED = dict.fromkeys((400, 404, 413, 422), INVALID_INPUT)  # the sentence knows better, where it says more
_WORDS = {
    "authentication_error": AUTHENTICATION,
    "authentication_failed": AUTHENTICATION,
    "provider_auth_error": AUTHENTICATION,
    "fatal_authentication_error": AUTHENTICATION,
    "billing_error": RATE_LIMIT,
    "rate_limit_error": RATE_LIMIT,
    "rate_limit_exceeded": RATE_LIMIT,
    "insufficient_quota": RATE_LIMIT,
    "budget_exceeded_error": ErrorType.BUDGET,
    "max_budget_usd": ErrorType.BUDGET,
    "budget_exhausted": ErrorType.BUDGET,
    "permission_error": PERMISSION,
    "permission_denied_error": PERMISSION,
    "overloaded_error": OVERLOADED,
    "service_unavailable_error": OVERLOADED,
    "internal_server_error": SERVER_ERROR,
    "api_connection_error": NETWORK,
    "context_overflow_error": CONTEXT_OVERFLOW,
    "context_window_exceeded_error": CONTEXT_OVERFLOW,
    "context_length_exceeded": CONTEXT_OVERFLOW,
    "prompt_too_long": CONTEXT_OVERFLOW,
    "blocking_limit": CONTEXT_OVERFLOW,
    "message_output_length_error": OUTPUT_LIMIT,
    "max_output_tokens": OUTPUT_LIMIT,
    "max_tokens": OUTPUT_LIMIT,
    "length": OUTPUT_LIMIT,
    "content_filter": REFUSAL,
    "content_filter_error": REFUSAL,
    "content_policy_violation_error": REFUSAL,
    "fatal_turn_limited_error": ErrorType.MAX_TURNS,
    "fatal_cancellation_error": ErrorType.CANCELLED,
    "message_aborted_error": ErrorType.CANCELLED,
    "aborted_streaming": ErrorType.CANCELLED,
    "aborted_tools": ErrorType.CANCELLED,
    "fatal_untrusted_workspace_error": PERMISSION,
    "fatal_input_error": INVALID_INPUT,
    "fatal_config_error": ErrorType.PRECONDITION,
    "not_found_error": INVALID_INPUT,
    "api_timeout_error": ErrorType.TIMEOUT,
} | {word.value: word for word in ErrorType if word is not ErrorType.AGENT_ERROR}
_PHRASES = (
    (RATE_LIMIT, ("rate limit", "usage limit", "hit your limit", "reached your limit", "quota")),
    (RATE_LIMIT, ("limit reached", "too many requests", "credit balance", "out of credits")),
    (
        AUTHENTICATION,
        (
            "authenticat",
            "invalid api key",
            "invalid x-api-key",
            "unauthorized",
            "not logged in",
            "auth method",
        ),
    ),
    (AUTHENTICATION, ("/login", "api key expired", "token expired", "token has expired", "key not valid")),
    (PERMISSION, ("forbidden", "trusted directory")),
    (CONTEXT_OVERFLOW, ("context window", "context length", "prompt is too long")),
    (CONTEXT_OVERFLOW, ("maximum number of tokens allowed",)),
    (OUTPUT_LIMIT, ("max_output_tokens", "output token maximum")),
    (REFUSAL, ("content filter", "content_filter")),
    (OVERLOADED, ("overloaded", "at capacity", "high demand")),
    (SERVER_ERROR, ("internal server error", "unexpected server error")),
    (INVALID_INPUT, ("unknown option", "unexpected argument", "unrecognized argument")),
    (NETWORK, ("stream disconnected", "connection refused", "connection reset", "name resolution")),
)
_STATUS = re.compile(r"\b(?:status|error|http|code)(?: code)?[ :=/.0-9]{0,4}[ :=]([45][0-9][0-9])\b")
_MOST = 2000  # characters that are looked at


def find_kind(word: object = None, status: object = None, text: object = None) -> str:
    """Return the kind of a failure that an agent or its service reported; `agent_error` where none is known.

    `status` is HTTP's, `text` the sentence for people; both count where the word is a general one.

    >>> find_kind("api_error", 429), find_kind(text="exceeded retry limit, last status: 401 Unauthorized")
    ('rate_limit', 'authentication')
    >>> find_kind("max_turns", text="limit reached"), find_kind("APIError", text="It broke.")
    ('max_turns', 'agent_error')
    """
    own = find_word(word)
    if own in _WORDS:
        return _WORDS[own].value
    sentence = text[:_MOST].lower() if isinstance(text, str) else ""
    given, found = find_count(status), _STATUS.search(sentence)
    numbers = [number for number in (given, int(found[1]) if found else None) if number is not None]
    kind = (
        next((_STATUSES[number] for number in numbers if number in _STATUSES), None)
        or next((kind for kind, phrases in _PHRASES if any(each in sentence for each in phrases)), None)
        or next((_REFUSED[number] for number in numbers if number in _REFUSED), None)
    )
    return (kind or ErrorType.AGENT_ERROR).value
