"""What a reader of the log passed over: the first places, and how many there are."""

from __future__ import annotations

from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import number_of

_NAMED = 3


class Place(NamedTuple):
    """A line of the log that holds no event, or an entry that is not a file (`line` is None)."""

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


class Skipped:
    """Gathers what a reader passes over."""

    def __init__(self) -> None:
        self._lines: list[Place] = []
        self._entries: list[Place] = []
        self._count = 0

    def add_line(self, path: str, line: int) -> None:
        """Add a line that holds no event."""
        self._count += 1
        if len(self._lines) < _NAMED:
            self._lines.append(Place(path, line))

    def add_entry(self, path: str) -> None:
        """Add an entry that is named like a file of the log and is none."""
        self._entries.append(Place(path))

    @property
    def count(self) -> int:
        """How many lines and entries were passed over."""
        return self._count + len(self._entries)

    @property
    def entries(self) -> list[Place]:
        """The entries that are no file."""
        return self._entries

    def sentences(self) -> list[str]:
        """Say what was passed over, a sentence for lines and one for entries."""
        found = []
        if self._count:
            what = f"{number_of(self._count, 'line')} of the event log can't be read and {_are(self._count)}"
            found.append(f"{what} left out: {_list(self._lines, self._count)}.")
        if self._entries:
            count = len(self._entries)
            what = f"{number_of(count, 'entry') if count == 1 else f'{count} entries'} of the event log"
            found.append(f"{what} {_are(count)} no regular file: {_list(self._entries[:_NAMED], count)}.")
        return found


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _list(places: list[Place], count: int) -> str:
    more = f" and {count - len(places)} more" if count > len(places) else ""
    return f"{', '.join(map(str, places))}{more}"
