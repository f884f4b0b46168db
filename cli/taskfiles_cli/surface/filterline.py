"""The filter line: the words of `tasks list` in one line of text, as `state:ready label:ui login`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from taskfiles import Filter, TaskfilesError
from taskfiles.backlog.filter_text import FILTERS, ME, name_me, read_filters
from taskfiles.operations.views import read_views
from taskfiles.task.values import suggest

_WORD = re.compile(r'(?:[^\s"]|"[^"]*(?:"|\Z))+')
_KEY = re.compile(r"([A-Za-z][A-Za-z-]*):(?!//)(.+)", re.DOTALL)
_SWITCHES = ("blocked", "open", "overdue", "mine", "has-execution")
KEYS = (*(name for name in FILTERS if name not in {"search", "unblocked"}), "view")
_YES = {"yes": True, "true": True, "no": False, "false": False}


class Line(NamedTuple):
    """A filter line as it was read: its conditions, and the text that is looked for, empty without one."""

    wanted: Filter
    text: str


class Saved(NamedTuple):
    """What a line can name besides: the views of tasks.toml by name, or why they can't be read; and `me`."""

    views: Mapping[str, Any] | TaskfilesError
    me: str = ME


_NOTHING = Saved({})


def read_line(text: str, now: datetime, zone: tzinfo = UTC, saved: Saved = _NOTHING) -> Line:
    """Read a filter line.

    `key:value` is a condition, named as the options of `tasks list` are; commas stand between several
    values, any of which will do, and a key given twice must match twice. `view:NAME` are the filters of a
    saved view, which a condition of the line replaces. Everything else is one text that id, title, labels
    or body must contain. Quotes keep blanks, commas and colons together.
    Raises TaskfilesError (bad-value, bad-config) for a key, a word or a view that does not exist.

    >>> read_line('label:ui,"to do" log in', datetime(2025, 1, 1, tzinfo=UTC))
    Line(wanted=Filter(labels=[{'to do', 'ui'}], search='log in'), text='log in')
    """
    given: dict[str, Any] = {}
    rest: list[str] = []
    for word in _WORD.findall(text):
        match = _KEY.fullmatch(word)
        if match is None:
            rest.append(word.replace('"', ""))
            continue
        key = match[1].casefold()
        if key not in KEYS:
            remedy = f"{suggest(key, KEYS)}Its keys are {', '.join(KEYS)}; quotes make a text of a word."
            raise _refuse(word, "there is no such key", remedy)
        if key in _SWITCHES:
            is_on = _read_switch(key, match[2])
            given["blocked" if key == "blocked" and is_on else "unblocked" if key == "blocked" else key] = (
                True
            )
        else:
            value = match[2].replace('"', "") if key in {"meta", "since", "due-before", "view"} else match[2]
            given.setdefault(key, []).append(value)
    if search := " ".join(rest):
        given["search"] = search
    names = given.pop("view", ())
    fields = _read_view(names[-1], saved.views, now, zone) if names else {}
    fields |= read_filters(given, now, zone)
    wanted = Filter(**name_me(fields, lambda: saved.me))
    return Line(wanted, str(fields.get("search", "")))


def _read_view(
    name: str, views: Mapping[str, Any] | TaskfilesError, now: datetime, zone: tzinfo
) -> dict[str, Any]:
    if isinstance(views, TaskfilesError):
        raise views
    if name not in views:
        there = f"tasks/tasks.toml has {', '.join(views)}." if views else "Write it below [views.NAME]."
        raise _refuse(f"view:{name}", "there is no such view", f"{suggest(name, list(views))}{there}")
    found = read_views({name: views[name]}, now, zone)[name]
    if isinstance(found, TaskfilesError):
        raise found
    return found


def _read_switch(key: str, text: str) -> bool:
    found = _YES.get(text.casefold())
    if found is None or (found is False and key != "blocked"):
        words = "yes or no" if key == "blocked" else "yes"
        raise _refuse(f"{key}:{text}", f"{key} is {words}", f"Write {key}:yes, or leave it out.")
    return found


def _refuse(given: str, problem: str, remedy: str) -> TaskfilesError:
    return TaskfilesError(
        "bad-value", option="The filter", given=f"“{given}”", problem=problem, remedy=remedy
    )


def add_word(text: str, key: str, value: str) -> str:
    """Return a filter line with one more condition, unless it is there.

    >>> add_word("login", "label", "to do"), add_word("label:ui", "label", "ui")
    ('login label:"to do"', 'label:ui')
    """
    word = f"{key}:{quote(value)}"
    return text if word in _WORD.findall(text) else f"{text} {word}".strip()


def quote(value: str) -> str:
    """Return a value as it is written in a filter line; what quotes can't hold is left out of it."""
    plain = value.replace('"', "")
    return plain if plain and not re.search(r"[\s,:']", plain) else f'"{plain}"'
