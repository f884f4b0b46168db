"""The kind of a failure: one word for what services say in many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskfiles.agents.kinds import WORDS, find_kind
from taskfiles.task.values import MAX_INTEGER

SENTENCES = {
    "rate_limit": [
        "You have hit your limit · resets 3am (UTC)",
        "Claude usage limit reached",
        "exceeded retry limit, last status: 429 Too Many Requests",
        "API Error: 429 {}",
        "[API Error: quota exceeded]",
        "Your credit balance is too low",
        "Rate limit exceeded for gpt-5",
    ],
    "authentication": [
        "Invalid API key · Please run /login",
        "Failed to authenticate. API Error: 401 {}",
        "unexpected status 401 Unauthorized",
        "OAuth token has expired",
    ],
    "permission": ["unexpected status 403 Forbidden", "API Error: 403 no"],
    "overloaded": ["API Error: 529 Overloaded", "Overloaded"],
    "server_error": ["API Error: 500 Internal", "HTTP 502", "Unexpected server error. Check logs."],
    "invalid_input": ["unexpected status 404 Not Found", "error: unknown option '--x'"],
    "network": ["stream disconnected before completion"],
    "agent_error": ["It broke.", "line 429 of a.py", "status of 4290 files", ""],
}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in SENTENCES.items() for text in texts]
)
def test_a_sentence_has_its_kind(kind: str, text: str) -> None:
    assert find_kind("api_error", text=text) == kind
    assert find_kind("max_turns", text=text) == "max_turns"


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("authentication_failed", "authentication"),
        ("ProviderAuthError", "authentication"),
        ("rate_limit", "rate_limit"),
        ("billing_error", "rate_limit"),
        ("FatalTurnLimitedError", "max_turns"),
        ("NoSuchThing", "agent_error"),
        (5, "agent_error"),
    ],
)
def test_a_word_of_an_agent_has_its_kind(word: object, kind: str) -> None:
    assert find_kind(word) == kind


@given(st.one_of(st.none(), st.text(), st.integers(-1, 2 * MAX_INTEGER)), st.text(max_size=5000))
def test_whatever_is_printed_has_a_kind(status: object, text: str) -> None:
    assert find_kind("api_error", status, text) in WORDS
