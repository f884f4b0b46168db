"""Bring what has changed in a source since the last time into the task here; pure.

A task keeps short digests of what the source said when it was brought in. They are the third side: what
changed there is taken, what changed here stays, what changed on both sides is left and named; but an instant
that every change refreshes is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from taskfiles.basics.digest import hex_digest
from taskfiles.changes.draft import REFRESHED
from taskfiles.text.nodes import Value

_DIGITS = 8
BODY = "body"
_NTH = "nth"  # which of several tasks of a source with one id it is, where it is not the first
_ABSENT = ""


class Merged(NamedTuple):
    """The values after a comparison, the digests to keep, and the keys that both sides changed."""

    values: dict[str, Value]
    body: bytes
    base: str
    conflicts: list[str]


def _digest(value: Value | bytes) -> str:
    if value is None or value in ([], {}, ""):
        return _ABSENT
    data = value if isinstance(value, bytes) else repr(value).encode(errors="surrogatepass")
    return hex_digest(data)[:_DIGITS]


def _digests(value: Value) -> str:
    """Return a list's digests, one an item, so that items which people add here can be told apart."""
    if isinstance(value, list):
        return "+".join(_digest(item) for item in value)
    return _digest(value)


def describe(values: Mapping[str, Value], body: bytes, nth: int = 1) -> str:
    """Return the digests of a task as a source gives it: `key=digest`, blanks between.

    `nth` is which of several with its id it is.
    """
    parts = {key: _digests(value) for key, value in values.items()} | {BODY: _digest(body)}
    parts[_NTH] = str(nth) if nth > 1 else ""
    return " ".join(f"{key}={digest}" for key, digest in sorted(parts.items()) if digest)


def find_nth(base: object) -> int:
    """Return which of several tasks with one id it is that these digests are of.

    >>> find_nth(describe({"title": "a"}, b"", 3)), find_nth(None)
    (3, 1)
    """
    parts = base.split() if isinstance(base, str) else []
    found = next((part.partition("=")[2] for part in parts if part.startswith(f"{_NTH}=")), "1")
    return int(found) if found.isascii() and found.isdecimal() else 1


def merge(
    here: Mapping[str, Value], body: bytes, there: Mapping[str, Value], new_body: bytes, base: str
) -> Merged:
    """Merge what a source says now into what the task is here; `base` are the digests of the last time."""
    known = dict(part.partition("=")[::2] for part in base.split())
    values, kept, conflicts = dict(here), {}, []
    kept[_NTH] = known.get(_NTH, _ABSENT)
    for key in sorted({*there, *known} - {BODY, _NTH}):
        old, new, mine = known.get(key, _ABSENT), _digests(there.get(key)), _digests(here.get(key))
        kept[key] = new
        if new in {old, mine}:
            continue
        ours, theirs = here.get(key), there.get(key)
        if mine == old:
            values[key] = theirs
        elif all(each is None or isinstance(each, list) for each in (ours, theirs)):
            values[key] = _merge_lists(ours, theirs, old)
        elif key in REFRESHED:
            continue
        else:
            conflicts.append(key)
            kept[key] = old
        if values.get(key) in (None, [], ""):
            values.pop(key, None)
    old, new, mine = known.get(BODY, _ABSENT), _digest(new_body), _digest(body)
    kept[BODY] = new
    if new not in {old, mine}:
        if mine == old:
            body = new_body
        else:
            conflicts.append(BODY)
            kept[BODY] = old
    text = " ".join(f"{key}={digest}" for key, digest in sorted(kept.items()) if digest)
    return Merged(values, body, text, conflicts)


def is_another(there: Mapping[str, Value], new_body: bytes, base: str) -> bool:
    """Return whether title and text both differ from those of the last time: nothing else tells a task.

    >>> base = describe({"title": "a"}, b"x")
    >>> is_another({"title": "b"}, b"y", base), is_another({"title": "b"}, b"x", base)
    (True, False)
    """
    known = dict(part.partition("=")[::2] for part in base.split())
    same = known.get("title") in {None, _digests(there.get("title"))}
    return not same and known.get(BODY, _ABSENT) != _digest(new_body)


def _merge_lists(ours: Value, theirs: Value, old: str) -> Value:
    """Merge two lists by their items: what is gone there goes here, what is new there comes at the end."""
    mine, other = (each if isinstance(each, list) else [] for each in (ours, theirs))
    before = set(old.split("+"))
    now = {_digest(item) for item in other}
    kept = [item for item in mine if _digest(item) not in before or _digest(item) in now]
    return [*kept, *(item for item in other if _digest(item) not in before and item not in kept)]
