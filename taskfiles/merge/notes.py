"""Notes that both sides of a merge added: both are kept, in order of time; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from taskfiles.merge.lines import Region, common_lines, is_conflict
from taskfiles.text.sections import NOTES, find_section, split_lines

_DATED = re.compile(r"- \d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z ")
_ITEM = re.compile(r"[-*+] ")


def unite_notes(regions: list[Region], ours: str, theirs: str, newline: str) -> list[Region]:
    """Return regions in which conflicts within Notes are settled: what both sides added stays.

    What one side took out stays out. Dated notes that are new stand in order of time, others ours first.
    """
    within = [_range(text) for text in (ours, theirs)]
    if None in within:
        return regions
    return list(_unite(regions, [each for each in within if each is not None], newline))


def _range(text: str) -> range | None:
    lines = split_lines(text)
    section = find_section(lines, NOTES)
    return None if section is None else range(section.start, section.end)


def _unite(regions: list[Region], within: list[range], newline: str) -> Iterator[Region]:
    at = [0, 0]
    for region in regions:
        sides = [region.ours, region.theirs]
        head = common_lines(*sides)
        while head and any(_continues(side, head) for side in sides):
            head -= 1
        tail = common_lines(*(side[head:][::-1] for side in sides))
        while tail and _continues(sides[0], len(sides[0]) - tail):
            tail -= 1
        inner = [side[head : len(side) - tail] for side in sides]
        spans = [(start + head, start + head + len(part)) for start, part in zip(at, inner, strict=True)]
        inside = all(
            notes.start <= first and last <= notes.stop
            for notes, (first, last) in zip(within, spans, strict=True)
        )
        at = [start + len(side) for start, side in zip(at, sides, strict=True)]
        if not (inside and is_conflict(region)):
            yield region
            continue
        middle = _merge(region.base, inner[0], inner[1], newline)
        whole = [*region.ours[:head], *middle, *region.ours[len(region.ours) - tail :]]
        yield Region(whole, whole, whole)


def _continues(lines: list[str], at: int) -> bool:
    """Return whether a line belongs to the note that the line before it is of."""
    return at < len(lines) and lines[at].startswith("    ")


def _merge(base: list[str], ours: list[str], theirs: list[str], newline: str) -> list[str]:
    known, left, right = (_notes(lines) for lines in (base, ours, theirs))
    kept = [each for each in left if each in right or each not in known]
    added = [each for each in right if each not in left and each not in known]
    new = [each for each in kept if each not in known] + added
    if all(_DATED.match(each) for each in new):
        new.sort()
    result: list[str] = []
    for each in [*(each for each in kept if each in known), *new]:
        if result and not (_ITEM.match(each) and _ITEM.match(result[-1])):
            result.append("")
        result.append(each)
    text = newline.join(result)
    ended = any(lines and lines[-1].endswith(("\n", "\r")) for lines in (ours, theirs))
    return split_lines(text + newline if text and ended else text)


def _notes(lines: list[str]) -> list[str]:
    """Split into items and paragraphs, without blank lines around them."""
    found: list[list[str]] = []
    is_open = False
    for raw in lines:
        line = raw.rstrip("\r\n")
        if not line.strip():
            is_open = False
        elif is_open and not _ITEM.match(line):
            found[-1].append(line)
        elif found and line.startswith("    "):  # a further paragraph of an item
            found[-1] += ["", line]
            is_open = True
        else:
            found.append([line])
            is_open = True
    return ["\n".join(each) for each in found]
