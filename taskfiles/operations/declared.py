"""Labels, tracks and milestones: what tasks use and tasks.toml lacks; pure.

A family is reconciled where tasks.toml declares it, be it by an empty table; elsewhere its names are free.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from taskfiles.backlog.graph import words
from taskfiles.task import values
from taskfiles.task.values import is_word
from taskfiles.task.words import CLOSED, Kind

if TYPE_CHECKING:
    from taskfiles.config.model import Config
    from taskfiles.task.task import Task

FAMILIES = ("labels", "tracks", "milestones")
_UNWRITABLE = frozenset(("Cc", "Cs", "Zl", "Zp"))  # controls, half characters, line breaks


class Epic(NamedTuple):
    """An epic, and the track it stands for: the one it names, or the one that has its id."""

    id: str
    path: str
    track: str
    title: object
    is_open: bool


class Usage(NamedTuple):
    """What tasks use, whatever their state: names by family, and the epics by path."""

    names: dict[str, set[str]]
    epics: list[Epic]


class Retitled(NamedTuple):
    """An epic whose title is not the one that tasks.toml gives its track."""

    epic: Epic
    title: str


class Gaps(NamedTuple):
    """What is missing in the families that tasks.toml declares, each list in a fixed order.

    `undeclared` and `unnameable` are names by family: those that a table can be made for, and those that
    none can. `epicless` are tracks without an epic, `retitled` epics with another title than their track.
    """

    undeclared: dict[str, list[str]]
    unnameable: dict[str, list[str]]
    epicless: list[str]
    retitled: list[Retitled]


def survey(tasks: Iterable[Task]) -> Usage:
    """List what tasks use; a value that is no text, or blank, is no name."""
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

    Closed epics count, and keep their titles: they are history. Of several epics of one track only the one
    with its id is meant by the track's title.
    """
    families = [family for family in FAMILIES if family in config.model_fields_set]
    undeclared: dict[str, list[str]] = {}
    unnameable: dict[str, list[str]] = {}
    for family in families:
        for name in sorted(usage.names[family] - getattr(config, family).keys()):
            found = undeclared if is_nameable(family, name) else unnameable
            found.setdefault(family, []).append(name)
    if "tracks" not in families:
        return Gaps(undeclared, unnameable, [], [])
    named = {epic.track for epic in usage.epics}
    tracks = sorted({*config.tracks, *undeclared.get("tracks", ())} - named)
    epicless = [track for track in tracks if is_nameable("tracks", track)]
    return Gaps(undeclared, unnameable, epicless, list(_find_retitled(config, usage.epics)))


def is_nameable(family: str, name: str) -> bool:
    """Tell whether a name can be declared: a track's is an id, which its epic may get; others, a line."""
    if family != "tracks":
        return not any(unicodedata.category(char) in _UNWRITABLE for char in name)
    try:
        values.check_id(name)
    except values.BadValue:
        return False
    return True


def _find_retitled(config: Config, epics: Sequence[Epic]) -> Iterator[Retitled]:
    for track, settings in sorted(config.tracks.items()):
        found = [epic for epic in epics if epic.track == track]
        meant = [epic for epic in found if epic.id == track] or found
        if settings.title is None or len(meant) != 1 or not meant[0].is_open:
            continue
        if meant[0].title != settings.title:
            yield Retitled(meant[0], settings.title)
