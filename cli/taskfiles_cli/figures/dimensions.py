"""The dimensions that figures are grouped by, as they are given."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from taskfiles import TaskfilesError
from taskfiles.stats.dimensions import is_own
from taskfiles.stats.rows import Gathered
from taskfiles.task.keys import KEY_ORDER
from taskfiles.task.values import suggest


def check_dimensions(names: Sequence[str], known: Sequence[str], unknown: Collection[str]) -> None:
    """Refuse the first of those that nothing has, and nothing at all; `known` are there anyway.

    Raises TaskfilesError (bad-value).
    """
    for name in names or ("",):
        if not name or name in unknown:
            remedy = f"{suggest(name, [*known, *KEY_ORDER])}Use {', '.join(known)} or a key that tasks have."
            problem = "it is not a known field" if name else "it names nothing"
            raise TaskfilesError(
                "bad-value", option="--by", given=f"“{name}”", problem=problem, remedy=remedy
            )


def find_unknown(names: Sequence[str], gathered: Gathered) -> list[str]:
    """List the names that are no dimension, and no key of any task."""
    return [name for name in names if is_own(name) and name not in gathered.keys]
