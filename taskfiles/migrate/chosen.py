"""What tasks.toml keeps of a source: words in `[migrate.SOURCE.KEY]`, options in `[migrate.SOURCE]`; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from taskfiles.config.model import find_positions, make_config_finding, read_toml
from taskfiles.errors import TaskfilesError
from taskfiles.migrate.choices import Choice, list_words
from taskfiles.migrate.foreign import Care, Setting
from taskfiles.migrate.registry import MODULES, load_source
from taskfiles.migrate.rows import Row, fold
from taskfiles.migrate.settings import MIGRATE
from taskfiles.migrate.shape import OPTIONS, list_options
from taskfiles.task.findings import Finding
from taskfiles.task.values import describe, suggest
from taskfiles.text.nodes import Path, field_name

_Problem = tuple[Path, str, str, str]  # the path, the value as shown, the problem, the remedy


def read_chosen(raw: Mapping[str, Any], source: str) -> list[Choice]:
    """Return the choices of a source in a configuration in which `check_chosen` finds nothing wrong."""
    tables = raw.get(MIGRATE, {}).get(source, {})
    words = {key: table for key, table in tables.items() if isinstance(table, dict)}
    return [(key, theirs, ours) for key, table in words.items() for theirs, ours in table.items()]


def read_options(raw: Mapping[str, Any], source: str, care: Care) -> Care:
    """Return a care with the options that a configuration keeps for a source, in which nothing is wrong.

    >>> read_options({"migrate": {"backlog": {"drop_markers": True}}}, "backlog", Care(repair=True)).markers
    True
    """
    table = raw.get(MIGRATE, {}).get(source, {})
    kept = {attribute: True for name, attribute in OPTIONS.items() if table.get(name) is True}
    return care._replace(**kept)


def keep_options(care: Care, source: str) -> list[Setting]:
    """Return the table that keeps the options of a care, so that the next migration knows them."""
    kept = dict.fromkeys(list_options(care), True)
    name = ", ".join(f"--{each.replace('_', '-')}" for each in kept)
    return [Setting(name, (MIGRATE, source), kept)] if kept else []


def keep_chosen(choices: Sequence[Choice], source: str, rows: Mapping[str, Row]) -> list[Setting]:
    """Return the tables that keep choices, so that the next migration knows them."""
    tables: dict[str, dict[str, str]] = {}
    for name, theirs, ours in choices:
        key = next(key for key in rows if fold(key) == fold(name))
        tables.setdefault(key, {})[theirs] = ours
    return [Setting("--map", (MIGRATE, source, key), words) for key, words in tables.items()]


def check_chosen(data: bytes) -> list[Finding]:
    """Return the findings of `[migrate]` in a configuration's bytes, in the order of lines."""
    read = read_toml(data)
    if isinstance(read, Finding):
        return []
    text, raw = read
    positions = find_positions(text)
    found = [
        make_config_finding(
            "config-value", path, positions, key=field_name(path), given=given, problem=problem, remedy=remedy
        )
        for path, given, problem, remedy in _problems(raw.get(MIGRATE, {}), (MIGRATE,), 3)
    ]
    return sorted(found, key=lambda finding: (finding.line, finding.column))


def _problems(value: object, path: Path, depth: int) -> Iterator[_Problem]:
    """Find what is neither an option nor a table of tables of words, and words that a key does not take."""
    if depth:
        if not isinstance(value, dict):
            remedy = 'Write it as a table: [migrate.backlog.status], and below `"In Review" = "in-progress"`.'
            yield path, describe(value), "it should be a table", remedy
            return
        for name, inner in value.items():
            if (
                depth == 2 and name in OPTIONS and not isinstance(inner, dict)
            ):  # a key there may have that name
                if not isinstance(inner, bool):
                    remedy = "Write true or false, without quotes."
                    yield (*path, name), describe(inner), "it should be true or false", remedy
                continue
            yield from _problems(inner, (*path, name), depth - 1)
        return
    words = _list_words(str(path[1]), str(path[2]))
    if words is not None and value not in words:
        shown = f'"{value}"' if isinstance(value, str) else describe(value)
        near = suggest(value, words) if isinstance(value, str) else ""
        yield path, shown, "it is not a word of that key", near or f"It is one of {', '.join(words)}."


def _list_words(source: str, key: str) -> list[str] | None:
    """Return the words of ours that a key of a source may become; None of one that is not known here."""
    try:
        rows = load_source(source).rows if source in MODULES else {}
    except TaskfilesError:
        return None
    row = next((row for name, row in rows.items() if fold(name) == fold(key) and row.how == "word"), None)
    return list_words(row.ours) if row is not None else None
