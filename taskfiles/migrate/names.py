"""The tasks of a source by the names that its texts have for them; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from taskfiles.backlog.links import resolve, write_link

# An id that can be told from a word: letters with a digit, or parts with hyphens; GitHub's number.
_NUMBERED = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9])[A-Za-z0-9_]+(?:[-./][A-Za-z0-9_]+)*|#[0-9]+")
_HYPHENED = re.compile(r"[A-Za-z0-9_]+(?:[-_][A-Za-z0-9_]+)+")
_ENDING = re.compile(r"\.md\Z", re.IGNORECASE)


class Named(NamedTuple):
    """A task as texts may name it: its old id and others that mean it, its file there, its id and file here.

    `file` is empty where a file holds several tasks; `path` is the task's file here, relative to the root.
    `is_gone` says that the source does not have the task any more.
    """

    old_id: str
    others: tuple[str, ...]
    file: str
    id: str
    path: str
    is_gone: bool = False


class Names:
    """Finds the tasks that a source's texts name."""

    def __init__(self, tasks: Iterable[Named]) -> None:
        self._exact: dict[str, Named] = {}
        self._folded: dict[str, Named] = {}
        self._files: dict[str, Named] = {}
        found = list(tasks)
        for each in found:
            self._add(each.old_id, each)
        for each in found:
            for name in each.others:
                if name.casefold() not in self._folded:
                    self._add(name, each)
        several: set[str] = set()
        for each in found:
            for name in {each.file, each.file.rpartition("/")[2]} - {""}:
                if self._files.setdefault(name, each) is not each:
                    several.add(name)
        for name in several:
            del self._files[name]

    def _add(self, name: str, task: Named) -> None:
        self._exact.setdefault(name, task)
        self._folded.setdefault(name.casefold(), task)

    def find(self, name: str) -> Named | None:
        """Return the task of an old id, in any case of letters; of several with one id the first."""
        return self._exact.get(name) or self._folded.get(name.casefold())

    def find_word(self, word: str, above: str = "") -> Named | None:
        """Return the task that a word of a text names; None also for words and numbers like any other.

        Below `above` the siblings of the text's own task come first.

        >>> names = Names([Named(each, (), "", "x", "x.md") for each in ("BACK-5.2", "fix-it", "12", "Fix")])
        >>> [names.find_word(each) is not None for each in ("back-5.2", "fix-it", "Fix-It", "12", "Fix")]
        [True, True, False, False, False]
        """
        task = self.find(f"{above}/{word}") if above else None
        task = task or self.find(word)
        if task is None or _NUMBERED.fullmatch(word):
            return task
        return self._exact.get(word) if _HYPHENED.fullmatch(word) else None

    def find_file(self, destination: str, at: str) -> Named | None:
        """Return the task that a link in a file of the source leads to; None for any other destination.

        The destination is a path from that file or from the top of the source, the name of a file that was
        moved since, or an id.
        """
        target = resolve(at, destination)
        if target is None:
            return None
        from_top = resolve("", destination)
        found = self._files.get(target) or self._files.get(str(from_top))
        if found is None:
            name = target.rpartition("/")[2]
            moved = self._files.get(name)
            is_telling = moved is not None and moved.old_id.casefold() in name.casefold()
            found = moved if is_telling and self.find_word(str(moved and moved.old_id)) else None
        if found is None:  # the file of a task that the source does not have any more
            gone = self.find_word(_ENDING.sub("", target.rpartition("/")[2]).partition(" - ")[0])
            found = gone if gone is not None and gone.is_gone else None
        if found is None and not re.search(r"[?#]", destination):
            found = self.find_word(str(from_top))
        return found

    def find_page(self, target: str) -> Named | None:
        """Return the task that `[[target]]` names: its id, or the name of its file."""
        name = _ENDING.sub("", target.strip())
        return self.find(name) or self._files.get(f"{name.rpartition('/')[2]}.md")


class Texts(NamedTuple):
    """Where the text of a task lies: its file in the source, empty where that has several tasks, and here.

    `above` is what its old id has before the last `/`: the text may name its siblings without it.
    """

    file: str
    path: str
    above: str = ""

    def lead(self, destination: str, task: Named) -> str:
        """Return a link's destination led to a task's file here, in the form that it had."""
        shown = destination
        if destination.strip("<>").startswith("/"):
            shown = destination.replace("/", "", 1)
        return write_link(shown, self.path, task.path)
