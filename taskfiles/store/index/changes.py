"""Compare the files below `tasks/` with the index: which ones are new, changed or gone."""

from __future__ import annotations

import os
import stat
from _operator import attrgetter  # `operator` itself imports more

from taskfiles.task.layout import TASKS_DIR, is_markdown
from taskfiles.task.remembered import KEY_FIELDS, RACY_NS, Key, key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from taskfiles.store.index.reading import Listing


class Changes:
    """The differences between the files below `tasks/` and the index: `paths` with keys, and `missing`."""

    def __init__(self, root: str, listings: dict[str, Listing]) -> None:
        self.root, self.listings = root, listings
        self.paths: dict[str, Key] = {}
        self.missing: set[str] = set()
        self._listed: dict[str, tuple[int, list[str]]] = {}

    @property
    def gone(self) -> set[str]:
        """The paths of which nothing that the base holds is true any more."""
        return self.missing | self.paths.keys()

    def named_after(self, task_id: str) -> list[str]:
        """Return the paths of the listed Markdown files whose names are an id or end with it."""
        end = f"-{task_id}"
        return [
            f"{directory}/{name}"
            for directory, (_, names) in self._listed.items()
            for name in names
            if f"-{name[:-3]}".endswith(end) and is_markdown(name) and name[0] != "."
        ]

    def find(self) -> bool:
        """List and stat all files; False for a link or device. Raises OSError."""
        pending = [TASKS_DIR]
        if os.path.islink(os.path.join(self.root, TASKS_DIR)):
            return False
        while pending:
            directory = pending.pop()
            place = os.path.join(self.root, directory)
            descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
            try:
                moment = os.fstat(descriptor).st_mtime_ns
                names = os.listdir(descriptor)
                # Relative to the open directory: the system need not resolve the whole path for each file.
                states = [os.stat(name, dir_fd=descriptor, follow_symlinks=False) for name in names]
            finally:
                os.close(descriptor)
            if not self._compare(directory, names, states, pending):
                return False
            self._listed[directory] = (moment, names)
        for directory in self.listings.keys() - self._listed.keys():
            self.missing.update(f"{directory}/{name}" for name in self.listings[directory].by_name())
        return True

    def _compare(
        self, directory: str, names: list[str], states: list[os.stat_result], pending: list[str]
    ) -> bool:
        """Compare a directory with the index; False if it contains anything but files and directories."""
        listing = self.listings.get(directory)
        known: dict[str, Key] = {}
        if listing is not None and names == listing.names:
            # Whole columns at once, since this runs for every file.
            other = _find_differences(listing.columns, _columns_of(states))
            names, states = [names[n] for n in other], [states[n] for n in other]
        elif listing is not None:
            known = listing.by_name()
        unseen = set(known)
        for name, state in zip(names, states, strict=True):
            unseen.discard(name)
            key: Key = key_of(state)
            if known.get(name) == key or name[0] == ".":
                continue
            if stat.S_ISDIR(state.st_mode):
                pending.append(f"{directory}/{name}")
            elif not stat.S_ISREG(state.st_mode):
                return False
            elif is_markdown(name):
                self.paths[f"{directory}/{name}"] = key
        self.missing.update(f"{directory}/{name}" for name in unseen)
        return True

    def is_unchanged(self, started_ns: int) -> bool:
        """Return whether directories have the same names: by their times if old, else by listing them."""
        try:
            return all(self._is_same(place, *seen, started_ns) for place, seen in self._listed.items())
        except OSError:
            return False

    def _is_same(self, directory: str, moment: int, names: list[str], started_ns: int) -> bool:
        place = os.path.join(self.root, directory)
        if moment <= started_ns - RACY_NS and os.stat(place).st_mtime_ns == moment:
            return True
        # A file that is replaced, by way of a hidden one, changes the time and no name.
        return _shown(os.listdir(place)) == _shown(names)


def _shown(names: list[str]) -> set[str]:
    return {name for name in names if name[0] != "."}


def _columns_of(states: list[os.stat_result]) -> list[list[int]]:
    return [list(map(attrgetter(field), states)) for field in KEY_FIELDS]


def _find_differences(known: list[list[int]], seen: list[list[int]]) -> list[int]:
    found: set[int] = set()
    for left, right in zip(known, seen, strict=True):
        if left != right:
            found.update(n for n, (old, new) in enumerate(zip(left, right, strict=True)) if old != new)
    return sorted(found)
