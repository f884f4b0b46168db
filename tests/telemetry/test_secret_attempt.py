"""Attempts of plain names skip the rules for secrets: nothing that a rule finds is among them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from taskfiles.task.keytable import PARTS
from taskfiles.telemetry.secret import scrub_text
from taskfiles.telemetry.secret_attempt import is_plain, scrub_attempt
from taskfiles.telemetry.secret_rule import SECRET_KEYS
from taskfiles.telemetry.secret_token import TOKENS

PREFIXES = st.sampled_from(
    ["", "sk-", "ghp_", "AKIA", "xoxb-", "glpat-", "SK", "dapi", "npm_", "-p", "--token"]
)
WORDS = st.from_regex(r"[A-Za-z0-9._-]{1,19}", fullmatch=True)


@given(PREFIXES, WORDS)
def test_no_rule_finds_a_secret_in_a_plain_word(prefix: str, word: str) -> None:
    text = (prefix + word)[:19]
    if is_plain(text):
        assert scrub_text(text) == text
        assert scrub_attempt({"executor": {"tool": text}}) == {"executor": {"tool": text}}


def test_no_token_is_a_plain_word() -> None:
    assert [token for token in TOKENS if token.compile().fullmatch("a" * 19)] == []


def test_no_known_key_is_that_of_a_secret() -> None:
    assert [key for part in PARTS.values() for key in part if SECRET_KEYS.search(key)] == []


def test_a_key_of_ones_own_is_looked_at() -> None:
    assert scrub_attempt({"api_key": "plain"}) == {"api_key": "[redacted]"}
