"""Translate a foreign task's keys and words by its source's table; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from taskfiles.basics.instants import parse_instant
from taskfiles.basics.jsontext import json_text
from taskfiles.migrate.foreign import ForeignTask, SourceFinding
from taskfiles.migrate.rows import BLOCKED, OTHER, Row, fold
from taskfiles.task.values import BadValue, check_moment
from taskfiles.text.nodes import Value

Choices = Mapping[tuple[str, str], str]  # a row's name and a folded word of it, to a word of ours


class Met(NamedTuple):
    """A word that a task has in a source, "" for none, and what it is here; None while nothing maps it."""

    row: str
    value: str
    key: str
    word: str | None


@dataclass
class Translated:
    """A foreign task in this format's keys; `extra` are values without a place, by the source's keys.

    `lines` are the lines of keys that name other tasks, by our names of them.
    """

    keys: dict[str, Value] = field(default_factory=dict)
    extra: dict[str, Value] = field(default_factory=dict)
    relations: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    met: list[Met] = field(default_factory=list)
    findings: list[SourceFinding] = field(default_factory=list)


def translate(task: ForeignTask, rows: Mapping[str, Row], choices: Choices, tool: str) -> Translated:
    """Translate one task; `choices` take precedence over the words of the rows."""
    done = Translated(relations={key: list(names) for key, names in task.relations.items()})
    for name, row in rows.items():
        if row.how == "word":
            given = task.words.get(name, task.keys.get(name))
            shown = _show(given)
            ours = find_word(name, row, fold(shown), choices)
            if shown or ours is not None:
                done.met.append(Met(name, shown, row.ours, ours))
            if ours == BLOCKED and row.ours == "state":
                done.keys |= {"state": "ready", "blocked": f"{tool}: {shown}"}
            elif ours is not None:
                done.keys[row.ours] = ours
    for key, value in task.keys.items():
        found = rows.get(key)
        if value is None or value in ("", [], {}) or (found is not None and found.how in {"word", "drop"}):
            continue
        if found is None or not _translate_value(done, task, found, key, value):
            done.extra[key] = value
    done.keys |= task.ours
    return done


def _show(value: Value) -> str:
    """Return a value as a source in YAML or JSON writes it, on one line."""
    if isinstance(value, (bool, list, dict)):
        return json_text(value)
    return "" if value is None else str(value).strip()


def find_word(name: str, row: Row, folded: str, choices: Choices) -> str | None:
    """Return our word for a folded word of a row; None if nothing maps it."""
    found = choices.get((fold(name), folded))
    if found is None:
        found = row.words.get(folded, row.words.get(OTHER)) if folded else row.absent
    return found


def _translate_value(done: Translated, task: ForeignTask, row: Row, key: str, value: Value) -> bool:
    """Translate the value of a key that has a row; return False for a value that has no place there."""
    if isinstance(value, dict) or (isinstance(value, list) and any(map(_is_nested, value))):
        return False
    if row.how == "refs":
        done.relations.setdefault(row.ours, []).extend(_list_texts(value))
        if key in task.lines:
            done.lines[row.ours] = task.lines[key]
        return True
    if row.how == "names":
        found = list(_list_texts(value))
        before = done.keys.get(row.ours)
        known: list[Value] = before if isinstance(before, list) else []
        done.keys[row.ours] = list(dict.fromkeys([*map(str, known), *found]))
        return bool(found)
    if isinstance(value, (list, dict)):
        return False
    if row.how == "text":
        if row.ours in done.keys:
            return False
        done.keys[row.ours] = value if isinstance(value, str) else _show(value)
        return True
    return _translate_moment(done, task, row, key, value)


def _translate_moment(done: Translated, task: ForeignTask, row: Row, key: str, value: Value) -> bool:
    if row.ours in done.keys:
        return False
    text = str(value).strip()
    try:
        check_moment(text)
    except BadValue:
        message = f"`{key}` is “{text}”, which is not a date; it is kept as it is."
        done.findings.append(SourceFinding(task.at(key), "not-a-date", "warning", message))
        return False
    done.keys[row.ours] = normal_moment(text)
    return True


def normal_moment(text: str) -> str:
    """Return an instant with its zone, which is UTC where the text has none; a day as it is.

    >>> normal_moment("2025-06-03 14:05"), normal_moment("2025-06-03")
    ('2025-06-03T14:05:00Z', '2025-06-03')
    >>> normal_moment("2025-06-03T14:05:00+02:00")
    '2025-06-03T14:05:00+02:00'
    """
    if len(text) <= len("2025-06-03"):
        return text
    instant = parse_instant(text)
    has_zone = text[-1] in "zZ" or "+" in text or "-" in text[len("2025-06-03") :]
    return text if has_zone and text[4] == "-" and "T" in text else instant.isoformat().replace("+00:00", "Z")


def _list_texts(value: Value) -> Iterator[str]:
    items = value if isinstance(value, list) else _show(value).split(",")
    for item in items:
        if text := _show(item):
            yield text


def _is_nested(value: Value) -> bool:
    return isinstance(value, (list, dict))
