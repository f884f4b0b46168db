"""Words of states, and the signs that stand beside them; pure."""

from __future__ import annotations

from taskfiles import SIGNS
from taskfiles_cli.render.lines import escape


def sign_of(word: str) -> str:
    """Return the name under which a word's sign is known, that of hints for any other word."""
    return word if word in SIGNS else "hint"


def word_of(word: str) -> str:
    """Return a state's word as people read it, whatever the file has.

    >>> word_of("in-progress"), word_of("odd")
    ('in progress', 'odd')
    """
    return SIGNS[word].word if word in SIGNS else escape(word)
