"""The lines that aider prints for people: answers, errors, the cost of the session as an estimate."""

from __future__ import annotations

import pytest

from taskfiles.agents.aider import read
from taskfiles.agents.reading import Reading


def read_text(*lines: str) -> Reading:
    return read(line.encode() + b"\n" for line in lines)


def test_what_is_announced_and_reported_is_read() -> None:
    found = read_text(
        "Aider v0.86.1",
        "Main model: gpt-5 with diff edit format, 32k think tokens",
        "Tokens: 2.3k sent, 212 received. Cost: $0.02 message, $0.02 session.",
        "> Tokens: 1M sent, 12k received. Cost: $1.10 message, $1.12 session.",
    )
    assert found.attempt == {
        "executor": {"model": "gpt-5", "version": "0.86.1"},
        "turns": 2,
        "cost": {"actual_usd_micros": 1_120_000, "source": "estimated"},
    }
    assert (found.failed, found.duration_seconds) == (None, None)


@pytest.mark.parametrize(
    ("lines", "error_type", "detail"),
    [
        (["litellm.AuthenticationError: OpenAIException - invalid"], "authentication", "AuthenticationError"),
        (["litellm.RateLimitError: slow down"], "rate_limit", "RateLimitError"),
        (["litellm.ContextWindowExceededError: long"], "context_overflow", "ContextWindowExceededError"),
        (["litellm.InternalServerError: oops"], "server_error", "InternalServerError"),
        (["litellm.APIConnectionError: no way"], "network", "APIConnectionError"),
        (["litellm.BadRequestError: hm"], "agent_error", "BadRequestError"),
        (["litellm.Timeout: late"], "timeout", "Timeout"),
        (["Model gpt-5 has hit a token limit!"], "context_overflow", None),
        (["Model gpt-5 has hit a token limit!", "Output tokens: ~0 of 16,384"], "context_overflow", None),
        (["Model gpt-5 has hit a token limit!", "Output tokens: ~2 of 16,384"], "output_limit", None),
        (
            [
                "Model gpt-5 has hit a token limit!",
                "Output tokens: ~9 of 8 -- possibly exceeded output limit!",
            ],
            "output_limit",
            None,
        ),
    ],
)
def test_an_error_is_a_failure(lines: list[str], error_type: str, detail: str | None) -> None:
    found = read_text("Aider v0.86.1", *lines, "The API provider is not able to authenticate you.")
    assert (found.failed, found.error_type, found.detail) == (True, error_type, detail)


def test_a_sentence_over_two_lines_is_one_reason() -> None:
    found = read_text("litellm.APIError: it is", "broken.", "The API provider is down.")
    assert found.reason == "litellm.APIError: it is broken."


@pytest.mark.parametrize(
    "answer", ["Tokens: 5 sent, 5 received.", "Applied edit to a.py", "Commit 1f0c2ab Fix"]
)
def test_an_answer_after_an_error_ends_it(answer: str) -> None:
    assert read_text("litellm.APIError: busy", "Retrying in 0.2 seconds...", answer).failed is None


def test_a_request_that_hit_a_limit_has_no_cost() -> None:
    found = read_text(
        "Tokens: 2.6k sent, 0 received. Cost: $0.0064 message, $0.0064 session.",
        "Model gpt-5 has hit a token limit!",
    )
    assert found.attempt == {}
    assert found.failed is True


def test_colours_are_no_part_of_a_line() -> None:
    found = read_text("\x1b[38;2;0;136;255mModel: sonnet with whole edit format\x1b[0m")
    assert found.attempt == {"executor": {"model": "sonnet"}}


@pytest.mark.parametrize(
    "line",
    [
        "I used Aider v0.86.1",
        "Tokens: lots sent, 5 received.",
        "Tokens: 5 sent",
        "Cost: $0.02 message",
        "Tokens: 5 sent, 5 received." + " " * 2000,
    ],
)
def test_other_lines_say_nothing(line: str) -> None:
    assert read_text(line).is_empty
