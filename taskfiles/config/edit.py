"""The text of tasks.toml edited: tomlkit finds the place and quotes, own code keeps every byte; pure.

tomlkit is imported where an edit is made: commands that make none never load it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from taskfiles.text.nodes import same

if TYPE_CHECKING:
    from tomlkit.items import Table

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
    text = data.decode()
    mark = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    wanted = _read(text)
    wanted[family] = {**wanted.get(family, {}), **{name: {} for name in names}}
    for place in (_find_end(text, family), len(text)):
        if place is not None:
            after = text[:place] + _tables(text, place, family, names) + text[place:]
            try:
                if same(_read(after), wanted):
                    return (mark + after).encode()
            except tomllib.TOMLDecodeError:
                continue
    raise Undeclarable(family)


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


def _tables(text: str, place: int, family: str, names: Sequence[str]) -> str:
    """Write the tables, each as its header, with the blank lines that set them apart."""
    import tomlkit  # noqa: PLC0415 (only edits need it)

    newline = "\r\n" if "\r\n" in text else "\n"
    before, after = text[:place], text[place:]
    lead = "" if not before or before.endswith("\n") else newline
    last = before.removesuffix("\n").removesuffix("\r").rpartition("\n")[2].strip()
    if last and not last.startswith("["):
        lead += newline
    tables = "".join(f"[{tomlkit.key([family, name]).as_string()}]{newline}" for name in names)
    return lead + tables + (newline if after and not after.startswith(("\n", "\r\n")) else "")


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
