"""The text of tasks.toml edited: tomlkit finds the place and quotes, own code keeps every byte; pure.

tomlkit is imported where an edit is made: commands that make none never load it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from itertools import groupby
from typing import TYPE_CHECKING, Any

from taskfiles.text.nodes import same

if TYPE_CHECKING:
    from tomlkit.items import Table

Tables = Sequence[tuple[tuple[str, ...], Mapping[str, Any]]]  # the path of each table, and its keys

_LAYOUT = re.compile(r"""(\s*(?:layout|"layout"|'layout')\s*=\s*)(?:"[^"]*"|'[^']*')""")
_FORMAT = re.compile(r"\s*format\s*=\s*[0-9]+\s*(?:#.*)?$")
_BOM = "\ufeff"  # tomlkit reads it as a part of the first key


class Undeclarable(Exception):
    """The text has no place for a table of that family: an inline table can't be continued elsewhere."""


def declare(data: bytes, family: str, names: Sequence[str]) -> bytes:
    """Add tables for names of one family to a readable tasks.toml, after the family's last table.

    Every byte that was there stays; what is added is one piece. The result is read again and compared.
    Raises Undeclarable.
    """
    return add_tables(data, [((family, name), {}) for name in names])


def add_tables(data: bytes, tables: Tables) -> bytes:
    """Add tables with their keys to a readable tasks.toml; one that is there gets keys or new values.

    A new table comes after the last one of its family, and every byte that was there stays. In a table that
    is there tomlkit makes the edit, which keeps comments. The result is read again and compared.
    Raises Undeclarable.
    """
    text = data.decode()
    mark = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    there = [each for each in tables if _find_table(_read(text), each[0]) is not None]
    for path, keys in there:
        text = _set_keys(text, path, keys)
    new = [each for each in tables if each not in there]
    for family, found in groupby(new, key=lambda each: each[0][0]):
        text = _insert(text, family, list(found))
    return (mark + text).encode()


def _insert(text: str, family: str, tables: Tables) -> str:
    wanted = _merge(text, tables)
    for place in (_find_end(text, family), len(text)):
        if place is not None:
            after = text[:place] + _write_tables(text, place, tables) + text[place:]
            with suppress(tomllib.TOMLDecodeError):
                if same(_read(after), wanted):
                    return after
    raise Undeclarable(family)


def _set_keys(text: str, path: tuple[str, ...], keys: Mapping[str, Any]) -> str:
    """Set keys of a table that is there."""
    import tomlkit  # noqa: PLC0415 (only edits need it)
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415 (as above)

    before, wanted = _read(text), _merge(text, [(path, keys)])
    if same(before, wanted):
        return text
    try:
        document = tomlkit.parse(text)
        table: Any = document
        for name in path:
            table = table[name]
        for key, value in keys.items():
            table[key] = value
        after = document.as_string()
    except (TOMLKitError, RecursionError, TypeError):
        raise Undeclarable(path[0]) from None
    if "\r\n" in text:
        after = re.sub(r"(?<!\r)\n", "\r\n", after)
    with suppress(tomllib.TOMLDecodeError):
        if same(_read(after), wanted) and text.count("#") <= after.count("#"):
            return after
    raise Undeclarable(path[0])


def _merge(text: str, tables: Tables) -> dict[str, Any]:
    """Return the values that a text has with more tables. Raises Undeclarable where something else stands."""
    wanted = _read(text)
    for path, keys in tables:
        table = wanted
        for name in path:
            table = table.setdefault(name, {})
            if not isinstance(table, dict):
                raise Undeclarable(path[0])
        table.update(deepcopy(dict(keys)))
    return wanted


def _find_table(values: Mapping[str, Any], path: Sequence[str]) -> Mapping[str, Any] | None:
    """Return the table at a path; None if there is none."""
    table: Any = values
    for name in path:
        table = table.get(name) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else None


def value_text(value: object) -> str:
    """Return a value as TOML text."""
    import tomlkit  # noqa: PLC0415 (only edits need it)

    return tomlkit.item(value).as_string()


def _read(text: str) -> dict[str, Any]:
    """Read TOML; numbers with a point stay text, so that what is not a number is equal to itself."""
    return tomllib.loads(text, parse_float=str)


def _find_end(text: str, family: str) -> int | None:
    """Find where the last table of a family ends: before the blank lines and comments of what follows.

    tomlkit prints the document as far as there, and that has to be how the text begins. It is not where
    tables of one array stand apart (`[[alerts]]`, `[labels.a]`, `[[alerts]]`): tomlkit gathers them.
    """
    import tomlkit  # noqa: PLC0415 (only edits need it)
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415 (as above)
    from tomlkit.items import Table  # noqa: PLC0415 (as above)

    try:
        document = tomlkit.parse(text)
    except (TOMLKitError, RecursionError):
        return None
    body = document.body
    for number in reversed(range(len(body))):
        key, item = body[number]
        if key is not None and key.key == family and isinstance(item, Table) and not key.is_dotted():
            is_last = number == len(body) - 1
            del body[number + 1 :]
            _cut_end(item, keep_comments=is_last)
            before = document.as_string()
            return len(before) if text.startswith(before) else None
    return None


def _cut_end(table: Table, *, keep_comments: bool) -> None:
    """Cut off the blank lines that end a table, and the comments below them."""
    from tomlkit.items import AoT, Comment, Table, Whitespace  # noqa: PLC0415 (only edits need it)

    body = table.value.body
    key, last = next(((key, item) for key, item in reversed(body) if key is not None), (None, None))
    if isinstance(last, AoT):
        last = last.body[-1]
    if isinstance(last, Table) and key is not None and not key.is_dotted():
        _cut_end(last, keep_comments=keep_comments)
        return
    while body and isinstance(body[-1][1], Comment) and not keep_comments:
        body.pop()
    while body and isinstance(body[-1][1], Whitespace):
        body.pop()


def _write_tables(text: str, place: int, tables: Tables) -> str:
    """Write tables with the blank lines that set them apart; those without keys stand together."""
    import tomlkit  # noqa: PLC0415 (only edits need it)

    newline = "\r\n" if "\r\n" in text else "\n"
    before, after = text[:place], text[place:]
    lead = "" if not before or before.endswith("\n") else newline
    last = before.removesuffix("\n").removesuffix("\r").rpartition("\n")[2].strip()
    if last and (not last.startswith("[") or tables[0][1]):
        lead += newline
    shown = []
    for number, (path, keys) in enumerate(tables):
        apart = newline if number and (keys or tables[number - 1][1]) else ""
        header = f"{apart}[{tomlkit.key(list(path)).as_string()}]{newline}"
        lines = [
            f"{tomlkit.key(key).as_string()} = {value_text(value)}{newline}" for key, value in keys.items()
        ]
        shown.append(header + "".join(lines))
    return lead + "".join(shown) + (newline if after and not after.startswith(("\n", "\r\n")) else "")


def set_layout(data: bytes, layout: str) -> bytes:
    """Set the key `layout` of a readable tasks.toml: its value is replaced, or it follows the key `format`.

    Every other byte stays; the result is read again and compared. Raises Undeclarable.
    """
    text = data.decode()
    mark = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    wanted = {**_read(text), "layout": layout}
    value = value_text(layout)
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    top = next((number for number, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    places = [number for number, line in enumerate(lines[:top]) if _LAYOUT.match(line)]
    after = [number + 1 for number, line in enumerate(lines[:top]) if _FORMAT.match(line)]
    tries = [(number, number + 1, _LAYOUT.sub(rf"\g<1>{value}", lines[number])) for number in places]
    if not places:
        tries = [(number, number, f"layout = {value}{newline}") for number in (*after, 0)]
    for start, end, line in tries:
        lead = newline if start and not lines[start - 1].endswith("\n") else ""
        edited = "".join([*lines[:start], lead, line, *lines[end:]])
        with suppress(tomllib.TOMLDecodeError):
            if same(_read(edited), wanted):
                return (mark + edited).encode()
    raise Undeclarable("layout")
