"""Three-way merge of frontmatter values: scalars, lists, mappings, recorded attempts; pure.

A merge has two results, which differ only in conflicts: in one they are settled as ours, in the other as
theirs.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple, TypeAlias

from taskfiles.basics.instants import find_instant
from taskfiles.basics.unicode import normal
from taskfiles.merge.attempts import name_attempts, start_rank
from taskfiles.merge.order import merge_order, number_equals
from taskfiles.text.nodes import Path, Value, same
from taskfiles.text.steps import content_key


class Absence(Enum):
    """A key that a mapping does not have; null is something else."""

    ABSENT = "absent"


ABSENT: Final = Absence.ABSENT
Side: TypeAlias = "Value | Absence"

EXECUTION: Path = ("execution",)
ATTEMPTS: Path = ("execution", "attempts")
COMPLETED: Path = ("completed_at",)
LATEST: frozenset[Path] = frozenset({("updated_at",), ("last_activity_at",), COMPLETED})


class Merged(NamedTuple):
    """A merged value with its conflicts settled as either side, and their paths."""

    ours: Side
    theirs: Side
    conflicts: list[Path]


def merge_frontmatter(
    base: dict[str, Value], ours: dict[str, Value], theirs: dict[str, Value]
) -> tuple[dict[str, Value], dict[str, Value], list[Path]]:
    """Merge three frontmatters; return the result settled as ours, as theirs, and the conflicts.

    >>> merge_frontmatter({"a": 1, "b": [1]}, {"a": 2, "b": [1, 2]}, {"a": 3, "b": []})
    ({'a': 2, 'b': [2]}, {'a': 3, 'b': [2]}, [('a',)])
    """
    merged = _merge_mapping(base, ours, theirs, ())
    assert isinstance(merged.ours, dict)
    assert isinstance(merged.theirs, dict)
    return merged.ours, merged.theirs, merged.conflicts


def _merge_value(base: Side, ours: Side, theirs: Side, path: Path) -> Merged:
    """Merge one value; some paths have rules of their own."""
    if _same(ours, theirs):
        return _settled(ours)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _merge_mapping(base if isinstance(base, dict) else {}, ours, theirs, path)
    if path in {EXECUTION, ATTEMPTS}:
        if path == ATTEMPTS and isinstance(ours, list) and isinstance(theirs, list):
            return _merge_attempts(base if isinstance(base, list) else [], ours, theirs)
        if _is_nothing(ours) or _is_nothing(theirs):  # no attempt is ever dropped
            return _settled(theirs if _is_nothing(ours) else ours)
    if _same(base, ours):
        return _settled(theirs)
    if _same(base, theirs):
        return _settled(ours)
    if isinstance(ours, str) and isinstance(theirs, str) and normal(ours) == normal(theirs):
        return _settled(ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return _settled(_merge_list(base if isinstance(base, list) else [], ours, theirs))
    if isinstance(base, list) and (merged := _merge_removal(base, ours, theirs)) is not None:
        return merged
    if path in LATEST and (latest := _latest(ours, theirs, path)) is not None:
        return _settled(latest)
    return Merged(ours, theirs, [path])


def _settled(value: Side) -> Merged:
    return Merged(value, value, [])


def _same(left: Side, right: Side) -> bool:
    if isinstance(left, Absence) or isinstance(right, Absence):
        return left is right
    return same(left, right)


def _is_nothing(value: Side) -> bool:
    return value is None or value is ABSENT


def _merge_mapping(
    base: dict[str, Value], ours: dict[str, Value], theirs: dict[str, Value], path: Path
) -> Merged:
    left: dict[str, Value] = {}
    right: dict[str, Value] = {}
    conflicts: list[Path] = []
    for key in [*ours, *(key for key in theirs if key not in ours)]:
        inner = (*path, key)
        merged = _merge_value(base.get(key, ABSENT), ours.get(key, ABSENT), theirs.get(key, ABSENT), inner)
        if not isinstance(merged.ours, Absence):
            left[key] = merged.ours
        if not isinstance(merged.theirs, Absence):
            right[key] = merged.theirs
        conflicts += merged.conflicts
    return Merged(left, right, conflicts)


def _latest(ours: Side, theirs: Side, path: Path) -> str | None:
    """Return the later of two instants; None if the later one does not decide.

    An instant that only one side still has is kept; not `completed_at`, since the later side does not decide
    whether a task is completed.
    """
    given = [side for side in (ours, theirs) if isinstance(side, str)]
    others = sum(not isinstance(side, str) for side in (ours, theirs) if not _is_nothing(side))
    if others or (path == COMPLETED and len(given) < 2):
        return None
    dated = [(instant, text) for text in given if (instant := find_instant(text)) is not None]
    return max(dated)[1] if dated and len(dated) == len(given) else None


def _merge_removal(base: list[Value], ours: Side, theirs: Side) -> Merged | None:
    """Merge a list that one side removed and the other changed; None for anything else.

    A list without its key, or null, counts as empty: what the other side added remains.
    """
    for gone, kept in ((ours, theirs), (theirs, ours)):
        if _is_nothing(gone) and isinstance(kept, list):
            return _settled(_merge_list(base, [], kept) or gone)
    return None


def _merge_list(base: list[Value], ours: list[Value], theirs: list[Value]) -> list[Value]:
    """Return the items that neither side removed and those that either added; sorted lists stay sorted."""
    names = [number_equals([_name(item) for item in side]) for side in (base, ours, theirs)]
    before, mine, yours = (
        dict(zip(tokens, side, strict=True)) for tokens, side in zip(names, (base, ours, theirs), strict=True)
    )
    # What is equal in another form of Unicode is one item, in the form of who has changed it.
    items = yours | {
        name: item for name, item in mine.items() if name not in yours or item != before.get(name)
    }
    removed = set(names[0]) - (set(names[1]) & set(names[2]))
    ranked = _is_sorted(ours) and _is_sorted(theirs)
    order = merge_order(*names, rank=(lambda name: str(items[name])) if ranked else None)
    return [items[name] for name in order if name not in removed]


def _name(item: Value) -> str:
    return content_key(normal(item) if isinstance(item, str) else item)


def _is_sorted(items: list[Value]) -> bool:
    texts = [item for item in items if isinstance(item, str)]
    return len(texts) == len(items) and texts == sorted(texts)


def _merge_attempts(base: list[Value], ours: list[Value], theirs: list[Value]) -> Merged:
    """Merge recorded attempts: none is ever dropped, and those on both sides are merged field by field.

    Attempts that both sides added are ordered by their start.
    """
    names = name_attempts(base, ours, theirs)
    before, mine, yours = (
        dict(zip(tokens, attempts, strict=True))
        for tokens, attempts in zip(names, (base, ours, theirs), strict=True)
    )
    either = yours | mine
    left: list[Value] = []
    right: list[Value] = []
    conflicts: list[Path] = []
    for index, name in enumerate(merge_order(*names, rank=lambda name: start_rank(either[name]))):
        merged = _settled(either[name])
        if name in mine and name in yours:
            inner = (*ATTEMPTS, index)
            merged = _merge_value(before.get(name, ABSENT), mine[name], yours[name], inner)
        assert not isinstance(merged.ours, Absence)
        assert not isinstance(merged.theirs, Absence)
        left.append(merged.ours)
        right.append(merged.theirs)
        conflicts += merged.conflicts
    return Merged(left, right, conflicts)
