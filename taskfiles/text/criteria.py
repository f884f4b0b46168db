"""How many acceptance criteria a body has, and how many are met, without splitting it into lines."""

from __future__ import annotations

from functools import lru_cache

from taskfiles.basics.patterns import lazy
from taskfiles.basics.unicode import fold
from taskfiles.text.sections import (
    ACCEPTANCE_CRITERIA,
    find_checkboxes,
    find_headings,
    section_key,
    split_lines,
)

_HIDING = ("```", "~~~", "<!--", "\r")  # what can begin fenced code or a comment, and another end of lines
# A heading and its number signs, or else a line that may underline one.
_MARKED = lazy(r"\n( {0,3}(#{1,6})(?=[ \t\n]|\Z)[^\n]*)|\n {0,3}(?:=+|-+)[ \t]*(?=\n|\Z)")
_BOX = lazy(r"\n[^\S\n]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[([ xX])\](?=\s|\Z)")


class _Doubt(Exception):
    """The body has more than visible lines and headings with number signs."""


def count_criteria(body: str) -> tuple[int, int]:
    r"""Return how many of the checkboxes in the acceptance criteria are ticked, and how many there are.

    They are those that `find_checkboxes` lists, which is asked where a body is not of the usual form.

    >>> count_criteria("## Acceptance Criteria\n\n- [x] One\n- [ ] Two\n\n## Notes\n\n- [ ] Three\n")
    (1, 2)
    """
    try:
        marks: list[str] = _BOX.findall(_read_criteria(body))
    except _Doubt:
        boxes = find_checkboxes(split_lines(body))
        return sum(box.checked for box in boxes), len(boxes)
    return len(marks) - marks.count(" "), len(marks)


def _read_criteria(body: str) -> str:
    """Return the acceptance criteria with the line end before each line. Raises _Doubt."""
    if any(sign in body for sign in _HIDING):
        raise _Doubt
    text = "\n" + body
    begin, level = -1, 0
    for marked in _MARKED.finditer(text):
        line, signs = marked.groups()
        if line is None:
            raise _Doubt
        if begin >= 0:
            if len(signs) <= level:
                return text[begin : marked.start()]
        elif _is_criteria(line):
            begin, level = marked.end(), len(signs)
    return text[begin:] if begin >= 0 else ""


@lru_cache(maxsize=1024)  # the tasks of a project have much the same headings
def _is_criteria(line: str) -> bool:
    """Return whether a heading is that of the acceptance criteria. Raises _Doubt if it is nearly that."""
    (heading,) = find_headings([line])
    if fold(heading.title) == fold(ACCEPTANCE_CRITERIA):
        return True
    if section_key(heading.title) == section_key(ACCEPTANCE_CRITERIA):
        raise _Doubt  # a later one may have the very name
    return False
