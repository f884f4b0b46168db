"""Filters as people write them: names of options with texts, in one text or in a table of settings."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, NoReturn

from taskfiles.basics.commas import split_commas
from taskfiles.basics.instants import UNTIL, WHEN, read_until, read_when
from taskfiles.errors import TaskfilesError
from taskfiles.task.keys import WORDS
from taskfiles.task.synonyms import suggest_key
from taskfiles.task.values import describe
from taskfiles.task.words import ExecutionStatus

ME = "@me"  # among assignees: the caller
# The filters, by the names of the options of `list`, and how their texts are read.
_WORDS = ("state", "kind", "priority", "executor", "size", "ambiguity", "isolation", "status")
_TEXTS = ("assignee", "parent", "model", "tool")
_SWITCHES: dict[str, tuple[str, bool]] = {
    "open": ("open", True),
    "blocked": ("blocked", True),
    "unblocked": ("blocked", False),
    "has-execution": ("has_execution", True),
}
ALONE = (*_SWITCHES, "mine", "overdue")
FILTERS = (*_WORDS, "label", *_TEXTS, *_SWITCHES, "mine", "overdue", "search", "meta", "since", "due-before")


def split_filters(text: str) -> dict[str, Any]:
    """Split a text into names and their texts, as a shell does: `state=ready label=ui open`.

    Raises TaskfilesError (bad-value).

    >>> split_filters("state=ready,idea search='two words' open")
    {'state': ['ready,idea'], 'search': ['two words'], 'open': True}
    """
    found: dict[str, Any] = {}
    try:
        words = shlex.split(text)
    except ValueError:
        _refuse("A filter", f"“{text[:60]}”", "a quote in it has no end", "Close the quote.")
    for word in words:
        name, sign, value = word.removeprefix("--").partition("=")
        name = _check_name(name)
        if not sign and name in ALONE:
            found[name] = True
        elif not sign:
            _refuse(name, "given alone", "a text belongs there", f"Write {name}=TEXT.")
        else:
            found.setdefault(name, []).append(value)
    return found


def read_filters(given: Mapping[str, Any], now: datetime, zone: tzinfo) -> dict[str, Any]:
    """Return the fields of a Filter that names with texts ask for: a text, several, or true for a switch.

    Several texts are an option given several times: labels must all be there, of others any. Commas separate
    within a text. An assignee may be `@me`, which the caller replaces; `mine` is that. Raises TaskfilesError
    (bad-value).
    """
    fields: dict[str, Any] = {}
    for key, value in given.items():
        name = _check_name(key)
        if name in ALONE:
            if not isinstance(value, bool):
                _refuse(
                    name, _show(value), "it is a switch", f"Write `{name}` alone; in a table, true or false."
                )
            if name == "overdue":
                fields |= {"open": True, **_due(fields, now, zone)} if value else {}
            elif name == "mine":
                fields |= {"assignee": [*fields.get("assignee", ()), ME]} if value else {}
            elif value or name in {"blocked", "unblocked"}:
                field, wanted = _SWITCHES[name]
                fields[field] = wanted is value
        else:
            _read_texts(fields, name, _texts(name, value), now, zone)
    return fields


def name_me(fields: Mapping[str, Any], find: Callable[[], str]) -> dict[str, Any]:
    """Return fields of a Filter with the caller's name for `@me`; `find` is asked only where that stands."""
    people = fields.get("assignee")
    if not people or not any(map(is_me, people)):
        return dict(fields)
    return {**fields, "assignee": [find() if is_me(each) else each for each in people]}


def is_me(name: str) -> bool:
    """Return whether a name stands for the caller: `@me`, or `me`, since the sign makes no other name of one.

    >>> is_me("@Me"), is_me("me"), is_me("mel")
    (True, True, False)
    """
    return name.casefold() in {ME, ME.removeprefix("@")}


def _read_texts(fields: dict[str, Any], name: str, texts: Sequence[str], now: datetime, zone: tzinfo) -> None:
    if name == "label":
        fields["labels"] = [split_commas([text]) for text in texts]
    elif name == "search":
        fields["search"] = " ".join(texts)
    elif name == "meta":
        fields["meta"] = [_pair(text) for text in texts]
    elif name == "due-before":
        try:
            fields |= _due(fields, read_until(texts[-1], now, zone), zone)
        except ValueError as bad:
            _refuse(name, f"“{texts[-1]}”", str(bad), f"Write {UNTIL}.")
    elif name == "since":
        try:
            fields |= {"since": read_when(texts[-1], now, zone), "zone": zone}
        except ValueError as bad:
            _refuse(name, f"“{texts[-1]}”", str(bad), f"Write {WHEN}.")
    else:
        parts = split_commas(texts)
        if not parts:
            _refuse(name, "blank", "something belongs there", f"Write {name}=TEXT.")
        kind = WORDS.get(name, ExecutionStatus)
        found = [_word(kind, part) for part in parts] if name in _WORDS else parts
        fields[name] = [*fields.get(name, ()), *found]


def _due(fields: Mapping[str, Any], before: datetime, zone: tzinfo) -> dict[str, Any]:
    """Return the fields of what is due before an instant, and before the one that is asked for already."""
    return {"due_before": min(before, fields.get("due_before", before)), "zone": zone}


def _word(kind: Any, text: str) -> str:
    """Return our word for one in any case and with any hyphen; any other text as it is."""
    folded = text.casefold()
    forms = (folded, folded.replace("_", "-"), folded.replace("-", "_"))
    return next((form for form in forms if form in set(kind)), text)


def _texts(name: str, value: object) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    found = [str(each) for each in texts if isinstance(each, str | int) and not isinstance(each, bool)]
    if not found or len(found) < len(texts):
        remedy = f"Write {name}=TEXT; in a table, text in quotes."
        _refuse(name, _show(value), "it is a text or several", remedy)
    return found


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign or not key:
        _refuse("meta", f"“{text}”", "there is no `=` in it", "Write it as meta=KEY=VALUE.")
    return key, value


def _check_name(given: str) -> str:
    name = given.replace("_", "-").casefold()
    if name not in FILTERS:
        near = suggest_key(name, FILTERS)
        _refuse("A filter", f"“{given}”", "there is no such filter", f"{near}Use {', '.join(FILTERS)}.")
    return name


def _show(value: object) -> str:
    return f"“{value}”" if isinstance(value, str) else describe(value)


def _refuse(what: str, given: str, problem: str, remedy: str) -> NoReturn:
    raise TaskfilesError("bad-value", option=what, given=given, problem=problem, remedy=remedy)
