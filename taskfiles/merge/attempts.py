"""Which recorded attempts of three files are the same, and the order of those of two files; pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from taskfiles.basics.instants import parse_instant
from taskfiles.merge.order import Token, number_equals
from taskfiles.text.nodes import Value
from taskfiles.text.steps import content_key

_CONTENT = "content"


def name_attempts(
    base: Sequence[Value], ours: Sequence[Value], theirs: Sequence[Value]
) -> tuple[list[Token], list[Token], list[Token]]:
    """Name each attempt; the same attempt gets the same name in all three lists.

    An attempt is identified by its id, without one by its content. If it has no id and a side amended it
    since the base (with a review, for example), by its start and tool, if no other attempt has the same.
    """
    names = [number_equals([_identity(attempt) for attempt in side]) for side in (base, ours, theirs)]
    known = [set(side) for side in names]
    found: set[Token] = set()  # names that are already matched to an attempt of the base
    for name, attempt in zip(list(names[0]), base, strict=True):
        if _identity(attempt)[0] != _CONTENT or name in known[1] & known[2]:
            continue
        alike = None  # the same amended version on both sides
        if name not in known[1] | known[2]:
            alike = _find(name, attempt, ours, names[1], known[0] | (known[1] - known[2]) | found)
        ours_now = alike or _find(name, attempt, ours, names[1], known[0] | known[2] | found)
        theirs_now = alike or _find(name, attempt, theirs, names[2], known[0] | known[1] | found)
        if ours_now is not None and theirs_now is not None:
            same = {name, ours_now, theirs_now}
            amended: Token = (("amended", *name), 0)
            found.add(amended)
            names = [[amended if each in same else each for each in side] for side in names]
    return names[0], names[1], names[2]


def _find(
    name: Token, attempt: Value, others: Sequence[Value], names: Sequence[Token], taken: Collection[Token]
) -> Token | None:
    """Find an attempt of the base on one side: unchanged, else the only one with its start and tool."""
    if name in names:
        return name
    wanted = _start_and_tool(attempt)
    found = [
        each
        for each, other in zip(names, others, strict=True)
        if each not in taken and _start_and_tool(other) == wanted
    ]
    return found[0] if len(found) == 1 else None


def _identity(attempt: Value) -> tuple[str, str]:
    given = attempt.get("id") if isinstance(attempt, dict) else None
    return ("id", given.lower()) if isinstance(given, str) else (_CONTENT, content_key(attempt))


def _start_and_tool(attempt: Value) -> Value:
    if not isinstance(attempt, dict):
        return content_key(attempt)
    executor = attempt.get("executor")
    return [attempt.get("started_at"), executor.get("tool") if isinstance(executor, dict) else executor]


def start_rank(attempt: Value) -> tuple[float, str]:
    """Return the sort key of an attempt: its start, then its content; without a start it comes last."""
    started = attempt.get("started_at") if isinstance(attempt, dict) else None
    try:
        moment = parse_instant(str(started)).timestamp()
    except ValueError:
        moment = float("inf")
    return moment, content_key(attempt)
