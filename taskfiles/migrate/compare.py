"""Bring what has changed in a source since the last time into the task here; pure.

A task keeps short digests of what the source said when it was brought in. They are the third side: what
changed there is taken, what changed here stays, what changed on both sides is left and named; but an instant
that every change refreshes is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from taskfiles.basics.digest import hex_digest
from taskfiles.changes.draft import REFRESHED
from taskfiles.text.nodes import Value

_DIGITS = 8
BODY = "body"
_RAW = "raw"  # the body in the source, where another was made of it
_NTH = "nth"  # which of several tasks of a source with one id it is, where it is not the first
_ABSENT = ""


class Merged(NamedTuple):
    """The values after a comparison, the digests to keep, and the keys that both sides changed.

    `is_kept` says that the body has changed here alone, and that the source's would be another by now.
    """

    values: dict[str, Value]
    body: bytes
    base: str
    conflicts: list[str]
    is_kept: bool = False


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


def describe(values: Mapping[str, Value], body: bytes, nth: int = 1, raw: bytes | None = None) -> str:
    """Return the digests of a task as a source gives it: `key=digest`, blanks between.

    `nth` is which of several with its id it is, `raw` the body in the source where another was made of it.
    """
    parts = {key: _digests(value) for key, value in values.items()} | {BODY: _digest(body)}
    parts[_NTH] = str(nth) if nth > 1 else ""
    parts[_RAW] = _digest(raw) if raw is not None else ""
    return _write(parts)


def _write(parts: Mapping[str, str]) -> str:
    """Return digests as a task keeps them; what says the same as the body is left out."""
    shown = {**parts, _RAW: "" if parts.get(_RAW) == parts.get(BODY) else parts.get(_RAW, "")}
    return " ".join(f"{key}={digest}" for key, digest in sorted(shown.items()) if digest)


def find_nth(base: object) -> int:
    """Return which of several tasks with one id it is that these digests are of.

    >>> find_nth(describe({"title": "a"}, b"", 3)), find_nth(None)
    (3, 1)
    """
    parts = base.split() if isinstance(base, str) else []
    found = next((part.partition("=")[2] for part in parts if part.startswith(f"{_NTH}=")), "1")
    return int(found) if found.isascii() and found.isdecimal() else 1


def _same(data: bytes) -> bytes:
    return data


def merge(
    here: Mapping[str, Value],
    body: bytes,
    there: Mapping[str, Value],
    new_body: bytes,
    base: str,
    *,
    raw: bytes | None = None,
    anchor: Callable[[bytes], bytes] = _same,
) -> Merged:
    """Merge what a source says now into what the task is here; `base` are the digests of the last time.

    `raw` is the body in the source where another was made of it. Bodies are compared by what `anchor` returns
    of them, in which links do not depend on where files lie.
    """
    known = dict(part.partition("=")[::2] for part in base.split())
    values, kept, conflicts = dict(here), {}, []
    kept[_NTH] = known.get(_NTH, _ABSENT)
    for key in sorted({*there, *known} - {BODY, _NTH, _RAW}):
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
    old, new = known.get(BODY, _ABSENT), _digest(anchor(new_body))
    here_now = {_digest(body), _digest(anchor(body))}
    old_raw, new_raw = known.get(_RAW, old), _digest(new_body if raw is None else raw)
    kept |= {BODY: new, _RAW: new_raw}
    is_kept = False
    if new != old and new not in here_now:
        if old in here_now:
            body = new_body
        else:
            kept |= {BODY: old, _RAW: old_raw}
            is_kept = new_raw == old_raw
            conflicts += [] if is_kept else [BODY]
    return Merged(values, body, _write(kept), conflicts, is_kept)


def is_another(there: Mapping[str, Value], raw: bytes, base: str) -> bool:
    """Return whether title and text both differ from those of the last time: nothing else tells a task.

    `raw` is the text as the source has it.

    >>> base = describe({"title": "a"}, b"x")
    >>> is_another({"title": "b"}, b"y", base), is_another({"title": "b"}, b"x", base)
    (True, False)
    """
    known = dict(part.partition("=")[::2] for part in base.split())
    same = known.get("title") in {None, _digests(there.get("title"))}
    return not same and known.get(_RAW, known.get(BODY, _ABSENT)) != _digest(raw)


def _merge_lists(ours: Value, theirs: Value, old: str) -> Value:
    """Merge two lists by their items: what is gone there goes here, what is new there comes at the end."""
    mine, other = (each if isinstance(each, list) else [] for each in (ours, theirs))
    before = set(old.split("+"))
    now = {_digest(item) for item in other}
    kept = [item for item in mine if _digest(item) not in before or _digest(item) in now]
    return [*kept, *(item for item in other if _digest(item) not in before and item not in kept)]
