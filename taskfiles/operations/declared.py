"""Labels, tracks and milestones that tasks use and tasks.toml lacks; pure.

A family is reconciled if tasks.toml declares it, even by an empty table; otherwise its names are free.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from taskfiles.backlog.graph import words
from taskfiles.task import values
from taskfiles.task.names import LONGEST_ID
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED, Kind

if TYPE_CHECKING:
    from taskfiles.config.model import Config
    from taskfiles.task.task import Task

FAMILIES = ("labels", "tracks", "milestones")
_UNWRITABLE = frozenset(("Cc", "Cs", "Zl", "Zp"))  # controls, surrogates, line breaks


class Epic(NamedTuple):
    """An epic and its track: the one that it names, or else the one with its id."""

    id: str
    path: str
    track: str
    title: object
    is_open: bool


class Usage(NamedTuple):
    """Names that tasks in any state use, by family, and the epics sorted by path."""

    names: dict[str, set[str]]
    epics: list[Epic]


class Retitled(NamedTuple):
    """An epic whose title differs from that of its track in tasks.toml; `title` is the track's."""

    epic: Epic
    title: str


class Gaps(NamedTuple):
    """Differences between the families that tasks.toml declares and the tasks, in a fixed order.

    `undeclared` and `undeclarable` are missing names by family: those that a table can be added for, and
    those that none can. `epicless` are tracks without an epic, `retitled` epics with another title than
    their track.
    """

    undeclared: dict[str, list[str]]
    undeclarable: dict[str, list[str]]
    epicless: list[str]
    retitled: list[Retitled]


def survey(tasks: Iterable[Task]) -> Usage:
    """Return what tasks use; a value that is not text, or is blank, is no name."""
    names: dict[str, set[str]] = {family: set() for family in FAMILIES}
    epics = []
    for task in tasks:
        names["labels"].update(label for label in words(task, "labels") if label.strip())
        track, milestone = (_text(task.values.get(key)) for key in ("track", "milestone"))
        names["tracks"].update([track] if track else [])
        names["milestones"].update([milestone] if milestone else [])
        if task.kind == Kind.EPIC:
            is_open = not is_word(task.state, CLOSED)
            epics.append(Epic(task.id, task.path, track or task.id, task.title, is_open))
    return Usage(names, sorted(epics, key=lambda epic: epic.path))


def _text(value: object) -> str:
    return value if isinstance(value, str) and value.strip() else ""


def find_gaps(config: Config, usage: Usage) -> Gaps:
    """Compare what tasks use with what tasks.toml declares, and its tracks with their epics.

    Closed epics count, and keep their titles: they are history. If a track has several epics, its title
    applies only to the one with its id.
    """
    families = [family for family in FAMILIES if family in config.model_fields_set]
    undeclared: dict[str, list[str]] = {}
    undeclarable: dict[str, list[str]] = {}
    for family in families:
        for name in sorted(usage.names[family] - getattr(config, family).keys()):
            found = undeclared if is_declarable(family, name) else undeclarable
            found.setdefault(family, []).append(name)
    if "tracks" not in families:
        return Gaps(undeclared, undeclarable, [], [])
    named = {epic.track for epic in usage.epics}
    tracks = sorted({*config.tracks, *undeclared.get("tracks", ())} - named)
    epicless = [track for track in tracks if is_declarable("tracks", track)]
    return Gaps(undeclared, undeclarable, epicless, list(_find_retitled(config, usage.epics)))


def is_declarable(family: str, name: str) -> bool:
    """Return whether a name can be declared: a track's must be an id, for its epic; others, one line."""
    if family != "tracks":
        return not any(unicodedata.category(char) in _UNWRITABLE for char in name)
    try:
        return len(values.check_id(name)) <= LONGEST_ID
    except values.BadValue:
        return False


def _find_retitled(config: Config, epics: Sequence[Epic]) -> Iterator[Retitled]:
    for track, settings in sorted(config.tracks.items()):
        found = [epic for epic in epics if epic.track == track]
        meant = [epic for epic in found if epic.id == track] or found
        if settings.title is None or len(meant) != 1 or not meant[0].is_open:
            continue
        if meant[0].title != settings.title:
            yield Retitled(meant[0], settings.title)
