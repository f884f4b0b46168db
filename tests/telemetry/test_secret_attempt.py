"""Attempts of plain names skip the rules for secrets: nothing that a rule finds is among them."""

from __future__ import annotations

import re
from re import _parser as parser  # type: ignore[attr-defined]  # it alone knows the width of a pattern

from hypothesis import given
from hypothesis import strategies as st

from taskfiles.basics.secret import scrub_text
from taskfiles.basics.secret_rule import SECRET_KEYS
from taskfiles.basics.secret_token import TOKENS
from taskfiles.task.keytable import PARTS
from taskfiles.telemetry.secret_attempt import is_plain, scrub_attempt

PREFIXES = st.sampled_from(
    [
        "",
        "sk-",
        "ghp_",
        "AKIA",
        "xoxb-",
        "LTAI",
        "sk_live_",
        "tskey-",
        "glpat-",
        "SK",
        "dapi",
        "npm_",
        "-p",
        "--token",
    ]
)
WORDS = st.from_regex(r"[A-Za-z0-9._-]{1,19}", fullmatch=True)


@given(PREFIXES, WORDS)
def test_no_rule_finds_a_secret_in_a_plain_word(prefix: str, word: str) -> None:
    text = (prefix + word)[:19]
    if is_plain(text):
        assert scrub_text(text) == text
        assert scrub_attempt({"executor": {"tool": text}}) == {"executor": {"tool": text}}


def test_no_token_is_a_plain_word() -> None:
    """By the least that each pattern matches, whatever the characters."""
    short = {
        start: least
        for token in TOKENS
        for start in token.starts
        if (least := _least(f"(?:{token.before}){re.escape(start)}(?:{token.rest})")) < 20
    }
    assert short
    assert [start for start, least in short.items() if is_plain(f"{start}{'0' * (least - len(start))}")] == []


def _least(pattern: str) -> int:
    """The number of characters that a pattern needs at least."""
    least, _ = parser.parse(pattern).getwidth()
    return int(least)


def test_no_known_key_is_that_of_a_secret() -> None:
    assert [key for part in PARTS.values() for key in part if SECRET_KEYS.search(key)] == []


def test_a_key_of_ones_own_is_looked_at() -> None:
    assert scrub_attempt({"api_key": "plain"}) == {"api_key": "[redacted]"}
