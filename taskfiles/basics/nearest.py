"""The known word that is nearest to a mistyped one."""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles.basics.unicode import fold


def find_nearest(word: str, known: Sequence[str], least: float = 0.7) -> str | None:
    """Return the known word that is most like a given one, in any case; None if none is near.

    `least` is how much of the two has to be equal, as a part of both.

    >>> find_nearest("Hihg", ["low", "high"]), find_nearest("blue", ["low", "high"])
    ('high', None)
    """
    import difflib  # noqa: PLC0415 (only mistakes need it)

    folded = fold(word.strip()).replace(" ", "-").replace("_", "-")
    by_fold = {fold(name).replace("_", "-"): name for name in known}
    near = difflib.get_close_matches(folded, by_fold, 1, least)
    return by_fold[near[0]] if near else None
