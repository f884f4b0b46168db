"""Secrets in text: how they are recognised, and what stands in their place; pure.

The rules err towards taking out too much of a text and leave alone what people and programs refer to:
task ids, UUIDs, commit hashes, model names. What no rule knows stays: a short password in a sentence, say.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from string import ascii_lowercase, ascii_uppercase, digits

from taskfiles.basics.patterns import lazy
from taskfiles.basics.secret_option import scrub_commands
from taskfiles.basics.secret_rule import LARGE, MARK, NAMED, scrub_urls
from taskfiles.basics.secret_token import TOKENS

_TOKENS = [(token, token.compile()) for token in TOKENS]
_LONG_WORD = lazy(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_KINDS = str.maketrans(ascii_lowercase + ascii_uppercase + digits, "a" * 26 + "A" * 26 + "0" * 10)
_FEWEST, _SHARE = 2, 0.3
_SHORT = 100  # characters of a text that is likely to come again


def scrub_text(text: str) -> str:
    """Replace what looks like a secret in a text, in time proportional to it; doing it again changes nothing.

    >>> scrub_text("cloned https://ada:hunter2@example.com/repo.git with password=swordfish")
    'cloned https://example.com/repo.git with password=[redacted]'
    >>> scrub_text("task fix-navbar at 5e884898da28047151d0e56f8dc6292773603d0d")
    'task fix-navbar at 5e884898da28047151d0e56f8dc6292773603d0d'
    """
    return _scrub_short(text) if len(text) <= _SHORT else _scrub(text)


@lru_cache(maxsize=4096)
def _scrub_short(text: str) -> str:
    """Scrub what events have over and over: keys, words, ids and names."""
    return _scrub(text)


def _scrub(text: str) -> str:
    for rule in LARGE:
        text = rule.scrub(text)
    text = scrub_urls(text)
    for token, pattern in _TOKENS:
        if token.is_possible(text):
            text = pattern.sub(MARK, text)
    for rule in NAMED:
        text = rule.scrub(text)
    text = scrub_commands(text)
    return _LONG_WORD.sub(lambda found: MARK if looks_random(found[0]) else found[0], text)


def looks_random(word: str) -> bool:
    """Return whether a long word has small and capital letters and digits in no order, as keys do.

    Words that people make keep each kind together: about one neighbour in five is of another kind, against
    three in five of a random key. Hexadecimal digits of one case, and so hashes and UUIDs, are none.

    >>> looks_random("Qwen3-Coder-480B-A35B-Instruct"), looks_random("wJalrXUtnFEMIK7MDENGbPxRfiCYz")
    (False, True)
    """
    kinds = word.translate(_KINDS)
    if min(kinds.count("a"), kinds.count("A")) < _FEWEST or "0" not in kinds:
        return False
    changes = sum(one != other and {one, other} <= set("aA0") for one, other in pairwise(kinds))
    return changes >= _SHARE * len(kinds)
