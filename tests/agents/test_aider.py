"""The lines that aider prints for people: rounded figures of each message, the cost of the session."""

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
        "usage": {"input_tokens": 1_002_300, "output_tokens": 12_212},
        "cost": {"actual_usd_micros": 1_120_000, "source": "reported"},
    }
    assert (found.failed, found.duration_seconds) == (None, None)


@pytest.mark.parametrize(
    ("tokens", "whole"),
    [
        ("10k sent, 2k cache write, 3k cache hit", 10_000),
        ("2k sent, 1k cache write, 3k cache hit", 5_000),
        ("2k sent, 2k cache hit", 2_000),
    ],
)
def test_hits_are_added_where_they_can_not_be_part_of_what_was_sent(tokens: str, whole: int) -> None:
    usage = read_text(f"Tokens: {tokens}, 5 received.").attempt["usage"]
    assert usage["input_tokens"] == whole
    assert usage["cache_read_tokens"] == (3_000 if "3k" in tokens else 2_000)


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
