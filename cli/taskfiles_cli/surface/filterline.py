"""The filter line: the words of `tasks list` in one line of text, as `state:ready label:ui login`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from taskfiles import Filter, TaskfilesError
from taskfiles.basics.commas import split_commas
from taskfiles.task.values import suggest
from taskfiles.task.words import ExecutionStatus
from taskfiles_cli.line.values import parse_words, read_criteria, read_when

_WORD = re.compile(r'(?:[^\s"]|"[^"]*(?:"|\Z))+')
_KEY = re.compile(r"([A-Za-z][A-Za-z-]*):(?!//)(.+)", re.DOTALL)
_WORDS = ("state", "kind", "priority", "executor", "size", "ambiguity", "isolation")
_TEXTS = ("label", "assignee", "parent", "meta", "status", "model", "tool", "since")
_SWITCHES = ("blocked", "open", "has-execution")
KEYS = (*_WORDS, *_TEXTS, *_SWITCHES)
_YES = {"yes": True, "true": True, "no": False, "false": False}


class Line(NamedTuple):
    """A filter line as it was read: its conditions, and the text that is looked for, empty without one."""

    wanted: Filter
    text: str


def read_line(text: str, now: datetime, zone: tzinfo = UTC) -> Line:
    """Read a filter line.

    `key:value` is a condition, named as the options of `tasks list` are; commas stand between several
    values, any of which will do, and a key given twice must match twice. Everything else is one text that
    id, title or body must contain. Quotes keep blanks, commas and colons together.
    Raises TaskfilesError (bad-value) for a key or a word that does not exist.

    >>> read_line('label:ui,"to do" log in', datetime(2025, 1, 1, tzinfo=UTC))
    Line(wanted=Filter(labels=[{'to do', 'ui'}], search='log in'), text='log in')
    """
    given: dict[str, list[str]] = {}
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
        given.setdefault(key, []).append(match[2])
    search = " ".join(rest)
    return Line(_make_filter(given, search, now, zone), search)


def _make_filter(given: dict[str, list[str]], search: str, now: datetime, zone: tzinfo) -> Filter:
    criteria = read_criteria(
        {key: given[key] for key in _WORDS if key in given},
        label=given.get("label"),
        assignee=given.get("assignee"),
        parent=given.get("parent"),
        search=search,
        meta=[item.replace('"', "") for item in given.get("meta", ())],
    )
    more: dict[str, Any] = {
        key: split_commas(given[key]) or None for key in ("model", "tool") if key in given
    }
    if "status" in given:
        more["status"] = parse_words("status", ExecutionStatus, given["status"])
    if "since" in given:
        more |= {"since": read_when("since", given["since"][-1].replace('"', ""), now, zone), "zone": zone}
    for key in _SWITCHES:
        if key in given:
            more[key.replace("-", "_")] = _read_switch(key, given[key][-1])
    return Filter(**criteria, **more)


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
