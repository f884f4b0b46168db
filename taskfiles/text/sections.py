"""Find and edit the sections and checkboxes of a task's body, line by line and without loss."""

from __future__ import annotations

from collections.abc import Iterator

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.patterns import lazy
from taskfiles.basics.unicode import fold

ACCEPTANCE_CRITERIA = "Acceptance Criteria"
INSIGHTS = "Post-Implementation Insights"
CRITERION_TO_WRITE = "- [ ] Say what must be true when this is done"  # the template's, for people to replace
SECTIONS = ("Overview", ACCEPTANCE_CRITERIA, "Technical Approach")
INSIGHT_SECTIONS = ("Changelog", "Decisions", "Technical Changes")
NOTES = "Notes"
OLDER_NAMES = {"Architecture": "Technical Changes"}
KNOWN = (*SECTIONS, INSIGHTS, *INSIGHT_SECTIONS)

_LINE = lazy(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
_HEADING = lazy(r" {0,3}(#{1,6})(?=[ \t]|\Z)")
_UNDERLINE = lazy(r" {0,3}(=+|-+)[ \t]*\Z")
_FENCE = lazy(r" {0,3}(`{3,}(?=[^`]*\Z)|~{3,})(.*)\Z")
CHECKBOX = lazy(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]+\[([ xX])\](?=\s)")
_CONTAINER = lazy(r" {0,3}(?:>|(?:[-*+]|1[.)])[ \t]+\S)")  # a quote or list item, even within a paragraph
_EMPTY_ITEM = lazy(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]|\Z)")  # only outside a paragraph
_MARKER = lazy(r" {0,3}(?:>[ ]?|(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|\Z))")  # of one quote or list item
_PARAGRAPH = lazy(r" {0,3}(?![ \t]|<)\S")
_COMMENT = lazy(r" {0,3}<!--")
_CONFLICT = lazy(r"(?:<{7,}|>{7,})(?: |\Z)")
_ITEM = lazy(r" *(?:[-*+]|\d{1,9}[.)])[ \t]")
_IGNORED = str.maketrans("_-", "  ")
_NONE, _INSIDE = -1, -2  # no paragraph; in a quote or list item, where an underline makes no heading


class Heading(NamedTuple):
    """A heading: its level 1-6, its text, and its lines (from 0, end excluded)."""

    level: int
    title: str
    start: int
    end: int


class Section(NamedTuple):
    """A section: its heading, and its content from line `start` to `end` (excluded), subsections included."""

    heading: Heading
    start: int
    end: int


class BadSection(Exception):
    """A text that can't be a section's content; the message is the reason."""


def split_lines(body: str) -> list[str]:
    """Split into lines that keep their line ends."""
    return _LINE.findall(body)


def find_headings(lines: list[str]) -> list[Heading]:
    """List the headings, `# …` and underlined ones, outside fenced code and HTML comments."""
    found: list[Heading] = []
    paragraph = _NONE  # the line where the current paragraph began
    for number, line in visible_lines(lines):
        if line is None:
            paragraph = _NONE
        elif heading := _read_heading(line):
            found.append(Heading(*heading, number, number + 1))
            paragraph = _NONE
        elif paragraph >= 0 and (under := _UNDERLINE.match(line)):
            title = " ".join(part.strip() for part in lines[paragraph:number])
            found.append(Heading(1 if under[1][0] == "=" else 2, title, paragraph, number + 1))
            paragraph = _NONE
        elif not line.strip() or _is_rule(line):
            paragraph = _NONE
        elif _CONTAINER.match(line) or (paragraph < 0 and _EMPTY_ITEM.match(line)):
            paragraph = _INSIDE if _is_text(_without_markers(line)) else _NONE
        elif paragraph == _NONE and _PARAGRAPH.match(line):
            paragraph = number
    return found


def _read_heading(line: str) -> tuple[int, str] | None:
    """Return level and title of a line that is a heading with number signs; None for any other.

    No regular expression for the whole: it would try every blank of a long line as the end of the title.
    """
    opening = _HEADING.match(line)
    if opening is None:
        return None
    title = line[opening.end() :].strip(" \t")
    before = title.rstrip("#")
    if not before or before.endswith((" ", "\t")):  # a closing run of signs, with a blank before it
        title = before
    return len(opening[1]), title.strip()


def _is_text(inner: str) -> bool:
    """Return whether a line of a quote or list item is text, which the lines below may continue."""
    return bool(inner.strip()) and not (_HEADING.match(inner) or _is_rule(inner) or _FENCE.match(inner))


def _without_markers(line: str) -> str:
    at = 0
    while marker := _MARKER.match(line, at):
        at = marker.end()
    return line[at:]


def _is_rule(line: str) -> bool:
    """Return whether a line is a thematic break: three or more of `*`, `-` or `_`, and blanks."""
    text = line.lstrip(" ")
    if text[:1] not in {"*", "-", "_"} or len(line) - len(text) > 3:
        return False
    signs = text.replace(" ", "").replace("\t", "")
    return len(signs) > 2 and not signs.strip(text[0])


def find_conflict(body: str) -> int | None:
    """Return the line, from 0, of the first merge conflict marker outside fenced code; None if there is none.

    A marker stands in the first column, so that indented code has none.
    """
    if "<<<<<<<" not in body and ">>>>>>>" not in body:
        return None
    lines = visible_lines(split_lines(body), comments=True)
    return next((number for number, line in lines if line is not None and _CONFLICT.match(line)), None)


def visible_lines(lines: list[str], *, comments: bool = False) -> Iterator[tuple[int, str | None]]:
    """Yield each line's number and text; None within fenced code and, without `comments`, HTML comments."""
    closing = ""
    for number, raw in enumerate(lines):
        line = raw.rstrip("\r\n")
        if closing:
            is_comment = closing == "-->"
            ended = "-->" in line if is_comment else _closes(line, closing)
            closing = "" if ended else closing
            yield number, line if is_comment and comments else None
        elif opening := _FENCE.match(line):
            closing = opening[1]
            yield number, None
        elif comment := _COMMENT.match(line):
            closing = "" if "-->" in line[comment.end() :] else "-->"
            yield number, line if comments else None
        else:
            yield number, line


def _closes(line: str, fence: str) -> bool:
    text = line.strip(" \t")
    return len(text) >= len(fence) and not text.strip(fence[0]) and not line.startswith("    ")


def section_key(title: str) -> str:
    """Return the form in which names of sections are compared: without case, `_`, `-`, blanks, a last colon.

    >>> section_key("Acceptance_criteria:") == section_key("acceptance-Criteria")
    True
    """
    key = fold(title).strip().removesuffix(":")
    return "".join(key.translate(_IGNORED).split()) or key


def find_section(lines: list[str], title: str) -> Section | None:
    """Find a section by its heading, the same name first, then one that is equal by `section_key`.

    A title of today also finds its older name.
    """
    headings = find_headings(lines)
    names = [title, *(old for old, new in OLDER_NAMES.items() if section_key(new) == section_key(title))]
    for key in (fold, section_key):
        for name in map(key, names):
            for index, heading in enumerate(headings):
                if key(heading.title) == name:
                    following = (h.start for h in headings[index + 1 :] if h.level <= heading.level)
                    return Section(heading, heading.end, next(following, len(lines)))
    return None


def read_section(body: str, title: str) -> str | None:
    """Return a section's text without the blank lines around it; None if there is no such section."""
    lines = split_lines(body)
    section = find_section(lines, title)
    return None if section is None else "".join(_trim(lines[section.start : section.end])).rstrip()


def _trim(lines: list[str]) -> list[str]:
    """Remove the blank lines at both ends; the indentation of the first line is content."""
    full = [number for number, line in enumerate(lines) if line.strip()]
    return lines[full[0] : full[-1] + 1] if full else []


def canonical_title(title: str) -> str:
    """Return the format's own spelling of a section's name; another name as it is.

    >>> canonical_title("acceptance_criteria"), canonical_title("Notes:")
    ('Acceptance Criteria', 'Notes:')
    """
    return next((known for known in KNOWN if section_key(known) == section_key(title)), title)


def append_section(body: str, title: str, text: str, newline: str = "\n") -> str:
    """Add a text to the end of a section, or add the section; otherwise as `write_section`.

    Items of one list follow each other; a blank line comes before any other text.
    """
    old = read_section(body, title)
    new = "".join(_trim(split_lines(text))).rstrip()
    if not old or not new:
        return write_section(body, title, new, newline) if new else body
    last = split_lines(old)[-1]
    is_list = _ITEM.match(new) and (_ITEM.match(last) or last.startswith("  "))  # which is of an item
    return write_section(body, title, f"{old}{newline}{'' if is_list else newline}{new}", newline)


def write_section(body: str, title: str, text: str, newline: str = "\n") -> str:
    """Replace a section's content, or add the section in canonical order; no other line changes.

    A first line that repeats the section's heading is dropped. Raises BadSection for a text that
    would end the section early or absorb the text after it.
    """
    title = canonical_title(title)
    lines = split_lines(body)
    section = find_section(lines, title)
    level = section.heading.level if section else 3 if title in INSIGHT_SECTIONS else 2
    content = _content(text, title, level, newline)
    if section is None:
        if level == 3 and find_section(lines, INSIGHTS) is None:
            lines = split_lines(_add_section(lines, INSIGHTS, 2, [], newline))
        return _add_section(lines, title, level, content, newline)
    if _same_text(lines[section.start : section.end], content):
        return body
    before, after = lines[: section.start], lines[section.end :]
    middle = [newline, *content] if content else []
    if after:
        middle.append(newline)
    elif lines and not lines[-1].endswith(("\n", "\r")) and middle:
        middle[-1] = middle[-1].rstrip("\r\n")
    if middle and before and not before[-1].endswith(("\n", "\r")):
        before[-1] += newline
    result = "".join([*before, *middle, *after])
    _check(result, section.heading.title, content, [h.title for h in find_headings(after)])
    return result


def _content(text: str, title: str, level: int, newline: str) -> list[str]:
    lines = _trim([line.rstrip("\r\n") for line in split_lines(text)])
    first = _read_heading(lines[0]) if lines else None
    if first and section_key(first[1]) == section_key(title):
        lines = _trim(lines[1:])
    for heading in find_headings(lines):
        if heading.level <= level:
            raise BadSection(f"its heading “{heading.title}” would begin a section of its own")
    return [line + newline for line in lines]


def _add_section(lines: list[str], title: str, level: int, content: list[str], newline: str) -> str:
    at = _place(lines, title, level)
    before, after = lines[:at], lines[at:]
    if before and not before[-1].endswith(("\n", "\r")):
        before[-1] += newline
    block = ["#" * level + " " + title + newline]
    block += [newline, *content] if content else []
    if any(line.strip() for line in before) and before[-1].strip():
        block.insert(0, newline)
    if not before:
        block.insert(0, newline)
    if after:
        block.append(newline)
    result = "".join([*before, *block, *after])
    _check(result, title, content, [h.title for h in find_headings(after)])
    return result


def _place(lines: list[str], title: str, level: int) -> int:
    """Return the line for a new section: that of the first section that comes later in canonical order."""
    order = [section_key(name) for name in KNOWN]
    if level == 3:
        parent = find_section(lines, INSIGHTS)
        assert parent is not None  # write_section adds it
        low, high = parent.start, parent.end
    else:
        low, high = 0, len(lines)
    if section_key(title) in order:
        later = order[order.index(section_key(title)) + 1 :]
        for heading in find_headings(lines):
            if low <= heading.start < high and heading.level == level and section_key(heading.title) in later:
                return heading.start
    return high


def _check(result: str, title: str, content: list[str], following: list[str]) -> None:
    lines = split_lines(result)
    section = find_section(lines, title)
    stored = [] if section is None else lines[section.start : section.end]
    after = [] if section is None else [h.title for h in find_headings(lines) if h.start >= section.end]
    if section is None or not _same_text(stored, content) or after != following:
        raise BadSection("a code fence in it, or in the section before it, is not closed")


def _same_text(left: list[str], right: list[str]) -> bool:
    """Return whether texts are the same but for blank lines around them and for their line ends."""
    one, other = ("\n".join(line.rstrip("\r\n") for line in _trim(lines)) for lines in (left, right))
    return one.rstrip() == other.rstrip()


class Checkbox(NamedTuple):
    """A checkbox: its line from 0, the column of its mark, and whether it is ticked."""

    line: int
    column: int
    checked: bool


def find_checkboxes(lines: list[str]) -> list[Checkbox]:
    """List the checkboxes of Acceptance Criteria outside fenced code, in file order."""
    section = find_section(lines, ACCEPTANCE_CRITERIA)
    if section is None:
        return []
    return [
        Checkbox(number, box.start(1), box[1] != " ")
        for number, line in visible_lines(lines)
        if line is not None and section.start <= number < section.end and (box := CHECKBOX.match(line + " "))
    ]


def tick_checkbox(body: str, number: int, *, checked: bool) -> str:
    """Tick or clear the checkbox with a number, from 1; only its mark changes.

    Raises IndexError, with the count, if there are fewer.
    """
    lines = split_lines(body)
    boxes = find_checkboxes(lines)
    if not 1 <= number <= len(boxes):
        raise IndexError(len(boxes))
    line, column, now = boxes[number - 1]
    if now != checked:
        mark = "x" if checked else " "
        lines[line] = lines[line][:column] + mark + lines[line][column + 1 :]
    return "".join(lines)
