"""The difference of two values, as the elementary steps that lead from one to the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.text.nodes import Path, Value, field_name, same


class Step(NamedTuple):
    """One elementary change: `set` a value in place, `insert` a key, `remove` a key or item.

    `extend` inserts a list of items before the item at the path, or at the end.
    """

    verb: Literal["set", "insert", "extend", "remove"]
    path: Path
    value: Value = None


def find_steps(old: Value, new: Value, path: Path = ()) -> Iterator[Step]:
    """Yield the steps from old to new; each index is right once the steps before it are applied.

    >>> list(find_steps({"a": [1, 2]}, {"a": [2], "b": 3}))
    [Step(verb='remove', path=('a', 0), value=None), Step(verb='insert', path=('b',), value=3)]
    """
    if same(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict) and old and new and old.keys() & new.keys():
        for key in old:
            if key not in new:
                yield Step("remove", (*path, key))
            else:
                yield from find_steps(old[key], new[key], (*path, key))
        yield from (Step("insert", (*path, key), new[key]) for key in new if key not in old)
    elif isinstance(old, list) and isinstance(new, list) and new and (old or all(map(_is_scalar, new))):
        yield from _list_steps(old, new, path)
    else:
        yield Step("set", path, new)


def _is_scalar(value: Value) -> bool:
    return not isinstance(value, (list, dict))


def _list_steps(old: list[Value], new: list[Value], path: Path) -> Iterator[Step]:
    """Align the items and work from the end, so that earlier indices stay valid."""
    for i1, i2, j1, j2 in reversed(_differing_runs(old, new)):
        paired = min(i2 - i1, j2 - j1)
        for index in reversed(range(i1 + paired, i2)):
            yield Step("remove", (*path, index))
        if j2 - j1 > paired:
            yield Step("extend", (*path, i1 + paired), new[j1 + paired : j2])
        for offset in reversed(range(paired)):
            yield from find_steps(old[i1 + offset], new[j1 + offset], (*path, i1 + offset))


def _differing_runs(old: list[Value], new: list[Value]) -> list[tuple[int, int, int, int]]:
    head = 0
    while head < min(len(old), len(new)) and same(old[head], new[head]):
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and same(old[-1 - tail], new[-1 - tail]):
        tail += 1
    old_end, new_end = len(old) - tail, len(new) - tail
    if min(old_end, new_end) - head <= 0 or old_end - head == new_end - head == 1:
        return [(head, old_end, head, new_end)]
    import difflib  # noqa: PLC0415 (only lists changed in several places need it)

    before, after = (
        [content_key(value) for value in part] for part in (old[head:old_end], new[head:new_end])
    )
    runs = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(head + i1, head + i2, head + j1, head + j2) for tag, i1, i2, j1, j2 in runs if tag != "equal"]


def content_key(value: Value) -> str:
    """Return text that is equal for equal values and only for those."""
    import json  # noqa: PLC0415 (only lists that change need it)

    return json.dumps(value, sort_keys=True)


def list_changes(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    """List changes as `{field, from, to}`, for people and events; fields are dotted paths.

    A list of words is one change; a list of mappings changes item by item.
    """
    return [
        {"field": field_name(path), "from": before, "to": after}
        for path, before, after in _changes(old, new, ())
    ]


def _changes(old: Value, new: Value, path: Path) -> Iterator[tuple[Path, Value, Value]]:
    if same(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _changes(old.get(key), new.get(key), (*path, key))
    elif (
        isinstance(old, list)
        and isinstance(new, list)
        and any(isinstance(item, dict) for item in [*old, *new])
    ):
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else None
            yield from _changes(before, new[index] if index < len(new) else None, (*path, index))
    else:
        yield path, old, new
