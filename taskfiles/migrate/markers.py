"""The comments with which Backlog.md marks where sections begin and end, dropped from a text; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from taskfiles.text.prose import split_prose
from taskfiles.text.sections import split_lines

# As the tool writes them: a section by its name, criteria, the definition of done, comments.
_MARKER = re.compile(
    r"<!--[ \t]*+(?P<name>SECTION:[A-Z][A-Z0-9_]*+|AC|DOD|COMMENTS?+):(?P<end>BEGIN|END)[ \t]*+-->"
)
_ALONE = re.compile(r" {0,3}\S")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|\Z)")


class Dropped(NamedTuple):
    """A marker that a text does not have any more: its line, from 0, and how it was written.

    `is_alone` says that its other half is missing: a beginning without an end, or the reverse.
    """

    line: int
    marker: str
    is_alone: bool = False


def drop_markers(body: str) -> tuple[str, list[Dropped]]:
    r"""Return a text without markers that have a line of their own, and those that were there.

    Markers in code, in a line with text, in another comment, or in a line that is indented as code stay, and
    so does all else. Where the lines above and below would become one block, a blank line stays between them.

    >>> drop_markers("## Plan\n\n<!-- SECTION:PLAN:BEGIN -->\nText\n<!-- SECTION:PLAN:END -->\n\nMore\n")[0]
    '## Plan\n\nText\n\nMore\n'
    >>> drop_markers("One\n<!-- AC:END -->\n---\n")[0]
    'One\n\n---\n'
    """
    if ":BEGIN" not in body and ":END" not in body:
        return body, []
    lines = split_lines(body)
    marked = _find_marked(body, lines)
    if not marked:
        return body, []
    kept: list[str] = []
    for number, line in enumerate(lines):
        if number not in marked:
            kept.append(line)
        elif number + 1 not in marked:
            below = lines[number + 1] if number + 1 < len(lines) else ""
            if not _parts(kept[-1] if kept else "") and not _parts(below):
                kept.append(line[len(line.rstrip("\r\n")) :])
    return "".join(kept), [*_pair(marked)]


def _parts(line: str) -> bool:
    """Return whether a line keeps what is above and below it apart: a blank one, or a heading."""
    return not line.strip() or _HEADING.match(line.rstrip("\r\n")) is not None


def _find_marked(body: str, lines: list[str]) -> dict[int, list[re.Match[str]]]:
    """Return the lines that have only markers, with these."""
    found: dict[int, list[re.Match[str]]] = {}
    places = {piece.start: piece.end for piece in split_prose(body) if piece.sort == "comment"}
    at = 0
    for number, line in enumerate(lines):
        markers = list(_MARKER.finditer(line)) if _ALONE.match(line) and "<!--" in line else []
        is_marked = markers and not _MARKER.sub("", line).strip()
        if is_marked and all(places.get(at + each.start()) == at + each.end() for each in markers):
            found[number] = markers
        at += len(line)
    return found


def _pair(marked: dict[int, list[re.Match[str]]]) -> Iterator[Dropped]:
    """Yield markers in their order, each end paired with the last beginning of its name."""
    found = [(number, each) for number in sorted(marked) for each in marked[number]]
    opened: dict[str, list[int]] = {}
    alone = set()
    for at, (_, each) in enumerate(found):
        before = opened.setdefault(each["name"], [])
        if each["end"] == "BEGIN":
            before.append(at)
        elif before:
            before.pop()
        else:
            alone.add(at)
    alone |= {at for places in opened.values() for at in places}
    for at, (number, each) in enumerate(found):
        yield Dropped(number, each[0], at in alone)
