"""The checkboxes of a whole body, with their text and section, and how people name one of them."""

from __future__ import annotations

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.unicode import fold
from taskfiles.text.sections import (
    ACCEPTANCE_CRITERIA,
    CHECKBOX,
    find_headings,
    find_section,
    section_key,
    split_lines,
    visible_lines,
)


class Box(NamedTuple):
    """A checkbox: its line and the column of its mark from 0, whether it is ticked, its text.

    `section` is the name of the nearest heading above it, empty without one; `number` counts from 1 the
    boxes of that section.
    """

    line: int
    column: int
    checked: bool
    text: str
    section: str
    number: int


class NoBox(Exception):
    """No one checkbox is meant; the message is the reason."""


def find_boxes(lines: list[str]) -> list[Box]:
    """List the checkboxes of a body outside fenced code and comments, in file order."""
    headings = find_headings(lines)
    found: list[Box] = []
    counts: dict[str, int] = {}
    for number, line in visible_lines(lines):
        if line is None or (box := CHECKBOX.match(line + " ")) is None:
            continue
        section = next((each.title for each in reversed(headings) if each.end <= number), "")
        counts[section] = counts.get(section, 0) + 1
        text = line[box.end() :].strip()
        found.append(Box(number, box.start(1), box[1] != " ", text, section, counts[section]))
    return found


_DIGITS = 9  # of a number of a box; Python converts only so many, and no text has more boxes


def read_number(text: str) -> int | None:
    """Return the number that a text is, as those of boxes; None for any other text."""
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS else None


def find_box(lines: list[str], which: int | str) -> Box:
    """Return the checkbox that a number, `SECTION:N` or a text means.

    A number counts the boxes of Acceptance Criteria, and of the whole body without that section. A text is
    a box's own, or a part that only one box has; case does not count.
    Raises NoBox.
    """
    boxes = find_boxes(lines)
    if isinstance(which, int):
        place = f"{ACCEPTANCE_CRITERIA} holds"
        if find_section(lines, ACCEPTANCE_CRITERIA) is None:
            place, among = "the text holds", boxes
        else:
            among = _within(lines, boxes, ACCEPTANCE_CRITERIA)
        return _pick(among, which, place)
    section, colon, end = which.rpartition(":")
    number = read_number(end)
    if colon and number is not None and find_section(lines, section) is not None:
        return _pick(_within(lines, boxes, section), number, f"{section.strip()} holds")
    wanted = fold(which).strip()
    same = [box for box in boxes if fold(box.text) == wanted]
    found = same or [box for box in boxes if wanted and wanted in fold(box.text)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NoBox("no checkbox has that text")
    raise NoBox(f"{len(found)} checkboxes have that text: {', '.join(map(describe, found))}")


def describe(box: Box) -> str:
    """Return a box as people name it, by its section and number, with its text."""
    return f"{box.section or 'the text'}:{box.number} “{box.text}”"


def set_box(body: str, which: int | str, *, checked: bool) -> tuple[str, Box]:
    """Tick or clear a checkbox; only its mark changes. Return the body and the box as it is then.

    Raises NoBox.
    """
    lines = split_lines(body)
    box = find_box(lines, which)
    if box.checked != checked:
        mark, line = "x" if checked else " ", lines[box.line]
        lines[box.line] = line[: box.column] + mark + line[box.column + 1 :]
    return "".join(lines), box._replace(checked=checked)


def write_box(text: str) -> str:
    """Return a text as an open checkbox, one item of a list.

    >>> write_box("It works,  also on Mondays")
    '- [ ] It works, also on Mondays'
    """
    return f"- [ ] {' '.join(text.split())}"


def is_criterion(box: Box) -> bool:
    """Return whether a box stands directly below Acceptance Criteria."""
    return section_key(box.section) == section_key(ACCEPTANCE_CRITERIA)


def _within(lines: list[str], boxes: list[Box], title: str) -> list[Box]:
    section = find_section(lines, title)
    assert section is not None  # checked by the callers
    return [box for box in boxes if section.start <= box.line < section.end]


def _pick(boxes: list[Box], number: int, place: str) -> Box:
    if not 1 <= number <= len(boxes):
        raise NoBox(f"{place} {len(boxes)}")
    return boxes[number - 1]
