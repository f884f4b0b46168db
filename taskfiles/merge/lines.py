"""Three-way merge of text by lines (diff3); ticked boxes are merged line by line; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from taskfiles.text.matching import match_lines
from taskfiles.text.sections import CHECKBOX, split_lines


class Markers(NamedTuple):
    """How a conflict is marked: the labels of both sides, and the number of characters of a marker."""

    ours: str = "ours"
    theirs: str = "theirs"
    size: int = 7


DEFAULT_MARKERS = Markers()


class Region(NamedTuple):
    """Corresponding lines of the three texts."""

    base: list[str]
    ours: list[str]
    theirs: list[str]


Settle = Callable[[Region], list[str]]


def cut_texts(base: str, ours: str, theirs: str) -> list[Region]:
    """Split three texts into regions at the lines that all of them have, with boxes ticked or not."""
    return list(_regions(*(split_lines(text) for text in (base, ours, theirs))))


def merge_regions(regions: Iterable[Region], settle: Settle) -> str:
    """Merge regions; `settle` returns the lines of a region that both sides changed differently.

    >>> merge_regions(cut_texts("a\\nb\\nc\\n", "A\\nb\\nc\\n", "a\\nb\\nC\\n"), prefer_ours)
    'A\\nb\\nC\\n'
    """
    result: list[str] = []
    for region in regions:
        chosen = _choose(region)
        result += settle(region) if chosen is None else chosen
    return "".join(result)


def prefer_ours(region: Region) -> list[str]:
    """Settle a conflict with our lines; if all versions have equally many, each line is decided alone."""
    same_size = len(region.base) == len(region.ours) == len(region.theirs)
    return _line_by_line(region) if same_size else region.ours


def prefer_both(region: Region) -> list[str]:
    """Settle lines that both sides added after the same lines: keep both, ours first."""
    return _keep_both(region, region.ours, region.theirs)


def prefer_both_swapped(region: Region) -> list[str]:
    """Settle as `prefer_both` does, with theirs first."""
    return _keep_both(region, region.theirs, region.ours)


def _keep_both(region: Region, first: list[str], second: list[str]) -> list[str]:
    size = len(region.base)
    if min(len(first), len(second)) < size:
        return region.ours
    head = _line_by_line(Region(region.base, region.ours[:size], region.theirs[:size]))
    start = size + common_lines(first[size:], second[size:])
    return [*head, *_ended(first[size:]), *second[start:]]


def _line_by_line(region: Region) -> list[str]:
    return [
        theirs if ours == base else ours
        for base, ours, theirs in zip(region.base, region.ours, region.theirs, strict=True)
    ]


def mark(markers: Markers, newline: str) -> Settle:
    """Return the function that puts conflict markers around the lines in which the two sides differ."""

    def settle(region: Region) -> list[str]:
        ours, theirs = region.ours, region.theirs
        head = common_lines(ours, theirs)
        tail = common_lines(ours[head:][::-1], theirs[head:][::-1])
        hunk = hunk_lines(ours[head : len(ours) - tail], theirs[head : len(theirs) - tail], markers, newline)
        return [*ours[:head], *hunk, *ours[len(ours) - tail :]]

    return settle


def mark_differences(ours: str, theirs: str, markers: Markers, newline: str) -> str:
    """Put conflict markers around all lines in which two texts differ."""
    left, right = split_lines(ours), split_lines(theirs)
    result: list[str] = []
    at_left = at_right = 0
    for start, to, size in _matches(left, right):
        if at_left < start or at_right < to:
            result += hunk_lines(left[at_left:start], right[at_right:to], markers, newline)
        result += left[start : start + size]
        at_left, at_right = start + size, to + size
    return "".join(result)


def hunk_lines(ours: list[str], theirs: list[str], markers: Markers, newline: str) -> list[str]:
    """Return the lines of one conflict; a marker is on a line of its own even after an unfinished line."""
    sign = [char * markers.size for char in "<=>"]
    return [
        f"{sign[0]} {markers.ours}{newline}",
        *_ended(ours, newline),
        sign[1] + newline,
        *_ended(theirs, newline),
        f"{sign[2]} {markers.theirs}{newline}",
    ]


class Clash(NamedTuple):
    """A conflict: the index of its first line in either text."""

    ours: int
    theirs: int


def find_clashes(base: str, ours: str, theirs: str) -> list[Clash]:
    """List the conflicts that `merge_regions` passes to its `settle`.

    >>> find_clashes("a\\nb\\n", "a\\nB\\n", "new\\na\\nother\\n")
    [Clash(ours=1, theirs=2)]
    """
    found: list[Clash] = []
    at_ours = at_theirs = 0
    for region in cut_texts(base, ours, theirs):
        if _choose(region) is None:
            head = common_lines(region.ours, region.theirs)
            found.append(Clash(at_ours + head, at_theirs + head))
        at_ours, at_theirs = at_ours + len(region.ours), at_theirs + len(region.theirs)
    return found


def shared_lines(ours: str, theirs: str) -> str:
    """Return the lines that two texts have in common; a box is ticked if both tick it.

    It is the base of a merge without a known ancestor: lines that only one side has count as added.
    """
    left, right = split_lines(ours), split_lines(theirs)
    plain = [[_untick(line) for line in lines] for lines in (left, right)]
    result: list[str] = []
    for start, to, size in _matches(*plain):
        for one, other in zip(left[start : start + size], right[to : to + size], strict=True):
            result.append(one if one == other else _untick(one))
    return "".join(result)


def _ended(lines: list[str], newline: str = "\n") -> list[str]:
    if not lines or lines[-1].endswith(("\n", "\r")):
        return lines
    return [*lines[:-1], lines[-1] + newline]


def common_lines(left: Sequence[str], right: Sequence[str]) -> int:
    """Count the equal lines at the beginning of two texts."""
    short = min(len(left), len(right))
    return next((number for number in range(short) if left[number] != right[number]), short)


def is_conflict(region: Region) -> bool:
    """Return whether both sides changed a region, and differently."""
    return _choose(region) is None


def _choose(region: Region) -> list[str] | None:
    """Return the lines of a region that one side changed, or both in the same way; None for a conflict."""
    base, ours, theirs = region
    if ours in (base, theirs):
        return theirs
    if theirs == base:
        return ours
    if len(base) == len(ours) == len(theirs) == 1 and _untick(ours[0]) == _untick(theirs[0]):
        return [max(ours[0], theirs[0])]  # both ticked it, one with `x`, one with `X`
    return None


def _untick(line: str) -> str:
    box = CHECKBOX.match(line + " ")
    return line if box is None else f"{line[: box.start(1)]} {line[box.end(1) :]}"


def _regions(base: list[str], ours: list[str], theirs: list[str]) -> Iterator[Region]:
    at_base = at_ours = at_theirs = 0
    plain = [[_untick(line) for line in lines] for lines in (base, ours, theirs)]
    for start, end, to_ours, to_theirs in _shared(_matches(plain[0], plain[1]), _matches(plain[0], plain[2])):
        yield Region(base[at_base:start], ours[at_ours:to_ours], theirs[at_theirs:to_theirs])
        for offset in range(end - start):
            yield Region([base[start + offset]], [ours[to_ours + offset]], [theirs[to_theirs + offset]])
        at_base, at_ours, at_theirs = end, to_ours + end - start, to_theirs + end - start
    yield Region(base[at_base:], ours[at_ours:], theirs[at_theirs:])


Block = tuple[int, int, int]  # its start in the base, its start in the other text, its length


def _matches(base: list[str], other: list[str]) -> list[Block]:
    """List the runs of equal lines; the slow matcher sees only the lines between equal ends."""
    head = common_lines(base, other)
    tail = common_lines(base[head:][::-1], other[head:][::-1])
    middle = base[head : len(base) - tail], other[head : len(other) - tail]
    blocks = match_lines(*middle).get_matching_blocks()
    inner = [(head + block.a, head + block.b, block.size) for block in blocks]
    return [(0, 0, head), *inner, (len(base) - tail, len(other) - tail, tail)]


def _shared(ours: list[Block], theirs: list[Block]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the runs that both lists share: start and end in the base, then the start on either side."""
    left = right = 0
    while left < len(ours) and right < len(theirs):
        (base_a, to_a, size_a), (base_b, to_b, size_b) = ours[left], theirs[right]
        start, end = max(base_a, base_b), min(base_a + size_a, base_b + size_b)
        if start < end:
            yield start, end, to_a + start - base_a, to_b + start - base_b
        if base_a + size_a < base_b + size_b:
            left += 1
        else:
            right += 1
