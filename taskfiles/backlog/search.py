"""Tasks that contain some texts, the best first, and the lines in which these stand; pure.

What counts as contained is what `query.searched_texts` compares: the same tasks are found by a filter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, tzinfo
from enum import StrEnum

from taskfiles.backlog.graph import words
from taskfiles.backlog.query import latest_activity
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.basics.unicode import find_folded, fold
from taskfiles.task.task import Task
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED
from taskfiles.text.sections import find_headings, split_lines

LONGEST = 200  # characters of a line that are shown


class Place(StrEnum):
    """Where in a task a text stands, the place that counts most first."""

    TITLE = "title"
    ID = "id"
    LABEL = "label"
    HEADING = "heading"
    BODY = "body"


# A whole word counts one more than a part of one, so that places come before that.
_WEIGHTS = {Place.TITLE: 7, Place.ID: 5, Place.LABEL: 3, Place.HEADING: 3, Place.BODY: 1}


class Needle(NamedTuple):
    """A text that is looked for: folded, and as a pattern of its whole words."""

    text: str
    whole: re.Pattern[str]


class Hit(NamedTuple):
    """A label or a line of the body that contains one of the texts at least, without the blanks around it.

    `line` is its number in the file, from 1, and `section` the heading above it; both are None for a label,
    `section` also before the first heading.
    """

    place: Place
    line: int | None
    section: str | None
    text: str


class Match(NamedTuple):
    """A task that contains all texts; `score` compares it with others that do."""

    task: Task
    score: int


def make_needles(texts: Iterable[str]) -> list[Needle]:
    """Prepare texts to be looked for; each is one needle, whatever blanks it has."""
    return [Needle(text, _whole(text)) for text in dict.fromkeys(map(fold, texts)) if text]


def _whole(text: str) -> re.Pattern[str]:
    before = r"(?<![^\W_])" if text[0].isalnum() else ""
    after = r"(?![^\W_])" if text[-1].isalnum() else ""
    return re.compile(before + re.escape(text) + after)


def match_task(task: Task, needles: Sequence[Needle]) -> Match | None:
    """Return how well a task matches; None unless it contains every needle.

    The best place of each needle counts. The body is read only where a better place does not decide.
    """
    best = [0] * len(needles)
    _weigh(best, needles, Place.TITLE, fold(str(task.title)))
    _weigh(best, needles, Place.ID, fold(task.id))
    for label in words(task, "labels"):
        _weigh(best, needles, Place.LABEL, fold(label))
    if min(best, default=1) <= _WEIGHTS[Place.HEADING]:
        body = task.body
        _weigh(best, needles, Place.BODY, fold(body))
        if all(best):
            for heading in find_headings(split_lines(body)):
                _weigh(best, needles, Place.HEADING, fold(heading.title))
    return Match(task, sum(best)) if all(best) else None


def _weigh(best: list[int], needles: Sequence[Needle], place: Place, text: str) -> None:
    """Raise the best weight of each needle to what it has in a folded text of a place."""
    weight = _WEIGHTS[place]
    for number, needle in enumerate(needles):
        if best[number] <= weight and needle.text in text:
            best[number] = max(best[number], weight + bool(needle.whole.search(text)))


def rank_matches(matches: Iterable[Match], zone: tzinfo = UTC) -> list[Match]:
    """Sort matches: the best first, then open tasks, then what has changed last, then by id."""
    return sorted(matches, key=lambda match: _rank(match, zone))


def _rank(match: Match, zone: tzinfo) -> tuple[int, bool, float, str, str]:
    task = match.task
    last = latest_activity(task, zone)
    return (
        -match.score,
        is_word(task.state, CLOSED),
        -last.timestamp() if last is not None else float("inf"),
        task.id,
        task.path,
    )


def search_tasks(tasks: Iterable[Task], texts: Iterable[str], zone: tzinfo = UTC) -> list[Match]:
    """Find the tasks that contain every one of some texts, in any case, and rank them.

    A text counts most in the title, then in the id, in labels and headings, in the rest of the body; there as
    a whole word more than as a part of one. Equals: what is open first, then what has changed last.
    """
    needles = make_needles(texts)
    found = (match_task(task, needles) for task in tasks)
    return rank_matches((each for each in found if each is not None), zone)


def find_places(task: Task, hits: Iterable[Hit], needles: Sequence[Needle]) -> list[Place]:
    """List the places of a task in which needles stand, in the order in which they count."""
    found = {hit.place for hit in hits}
    found |= {Place.TITLE} if _has_any(str(task.title), needles) else set()
    found |= {Place.ID} if _has_any(task.id, needles) else set()
    return [place for place in Place if place in found]


def find_hits(task: Task, needles: Sequence[Needle]) -> list[Hit]:
    """List the labels of a task and the lines of its body in which needles stand, in their order."""
    labels = (label for label in words(task, "labels") if _has_any(label, needles))
    return [*(Hit(Place.LABEL, None, None, label) for label in labels), *_body_hits(task, needles)]


def _has_any(text: str, needles: Sequence[Needle]) -> bool:
    folded = fold(text)
    return any(needle.text in folded for needle in needles)


def _body_hits(task: Task, needles: Sequence[Needle]) -> Iterator[Hit]:
    body = task.body
    if not _has_any(body, needles):
        return
    lines = split_lines(body)
    headings = find_headings(lines)
    first, at = task.document.body_line, 0
    section: str | None = None
    for number, line in enumerate(lines):
        while at < len(headings) and headings[at].end <= number:
            section, at = headings[at].title, at + 1
        if _has_any(line, needles):
            is_heading = at < len(headings) and headings[at].start <= number
            place = Place.HEADING if is_heading else Place.BODY
            yield Hit(place, first + number, section, line.strip())


def choose_hits(hits: Sequence[Hit], needles: Sequence[Needle], most: int) -> list[Hit]:
    """Choose the lines that say most: those with most needles, in the best place; their order stays."""

    def value(number: int) -> tuple[int, int, int]:
        best = [0] * len(needles)
        _weigh(best, needles, hits[number].place, fold(hits[number].text))
        return -sum(map(bool, best)), -sum(best), number

    return [hits[number] for number in sorted(sorted(range(len(hits)), key=value)[:most])]


def mark(
    text: str, needles: Sequence[Needle], most: int = LONGEST, measure: Callable[[str], int] = len
) -> tuple[str, list[tuple[int, int]]]:
    """Cut a line to a length around the first needle; return it and where in it needles stand, in order."""
    starts = [next(find_folded(text, needle.text), None) for needle in needles]
    first = min((start for start in starts if start is not None), default=(0, 0))
    shown = cut_around(text, first[0], most, measure)
    spans: list[tuple[int, int]] = []
    for start, end in sorted(span for needle in needles for span in find_folded(shown, needle.text)):
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return shown, spans


def cut_around(text: str, at: int, most: int, measure: Callable[[str], int] = len) -> str:
    """Cut a text to a length so that a place in it is shown; an ellipsis stands where something is missing.

    >>> cut_around("one two three four", 8, 12), cut_around("one two", 4, 12)
    ('…wo three f…', 'one two')
    """
    if measure(text) <= most:
        return text
    start = at
    while start > 0 and measure(text[start - 1 : at]) <= most // 4:
        start -= 1
    end, room = start, most - 1 - bool(start)
    while end < len(text) and measure(text[start : end + 1]) <= room:
        end += 1
    while end == len(text) and start > 0 and measure(text[start - 1 :]) <= most - 1:
        start -= 1
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
