"""Match the equal lines of two texts in bounded work, whatever is repeated in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from difflib import SequenceMatcher

# Pairs of equal lines to look at: so many for each line, and some for short texts.
_PAIRS, _FEW_PAIRS = 40, 200_000


def match_lines(old: Sequence[str], new: Sequence[str]) -> SequenceMatcher[str]:
    """Return a matcher of two texts' lines.

    Lines that both texts repeat too often are no place to begin a match at, for it would take time with the
    square of their number; they still belong to a match that begins beside them.
    """
    from difflib import SequenceMatcher  # noqa: PLC0415 (most commands compare no texts)

    frequent = _frequent_lines(old, new)
    return SequenceMatcher(frequent.__contains__ if frequent else None, old, new)


def _frequent_lines(old: Sequence[str], new: Sequence[str]) -> set[str]:
    limit = _FEW_PAIRS + _PAIRS * (len(old) + len(new))
    if len(old) * len(new) <= limit:
        return set()
    in_old, in_new = Counter(old), Counter(new)
    pairs = {line: count * in_new[line] for line, count in in_old.items() if line in in_new}
    seen = 0
    frequent = set()
    for line in sorted(pairs, key=lambda line: (pairs[line], line)):
        seen += pairs[line]
        if seen > limit:
            frequent.add(line)
    return frequent
