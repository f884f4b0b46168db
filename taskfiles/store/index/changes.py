"""Compare the files below `tasks/` with the index: which ones are new, changed or gone."""

from __future__ import annotations

import os
import stat

from taskfiles.task.layout import TASKS_DIR, is_markdown
from taskfiles.task.remembered import RACY_NS, Key, key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

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
            if task_id in name and f"-{name[:-3]}".endswith(end) and is_markdown(name) and name[0] != "."
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
                differing = self._find_differing(directory, names, descriptor)
            finally:
                os.close(descriptor)
            if not self._take(directory, differing, pending):
                return False
            self._listed[directory] = (moment, names)
        for directory in self.listings.keys() - self._listed.keys():
            self.missing.update(f"{directory}/{name}" for name in self.listings[directory].by_name())
        return True

    def _find_differing(
        self, directory: str, names: list[str], descriptor: int
    ) -> list[tuple[str, os.stat_result]]:
        """Stat an open directory's files; return those whose keys the index doesn't have."""
        listing = self.listings.get(directory)
        keys: Iterable[Key | None]
        if listing is not None and names == listing.names:
            keys = zip(*listing.columns, strict=True)
        else:
            known = listing.by_name() if listing is not None else {}
            self.missing.update(f"{directory}/{name}" for name in known.keys() - set(names))
            keys = map(known.get, names)
        # One at a time: thousands of states kept cost more time than asking for them. Relative to the open
        # directory the system need not resolve the whole path for each file.
        return [
            (name, state)
            for name, key in zip(names, keys, strict=True)
            if key_of(state := os.stat(name, dir_fd=descriptor, follow_symlinks=False)) != key
        ]

    def _take(self, directory: str, differing: list[tuple[str, os.stat_result]], pending: list[str]) -> bool:
        """Note what differs from the index; False if that is anything but files and directories."""
        for name, state in differing:
            if name[0] == ".":
                continue
            if stat.S_ISDIR(state.st_mode):
                pending.append(f"{directory}/{name}")
            elif not stat.S_ISREG(state.st_mode):
                return False
            elif is_markdown(name):
                self.paths[f"{directory}/{name}"] = key_of(state)
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
