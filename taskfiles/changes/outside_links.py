"""Links to task files from Markdown files that are no task files: they are named, never written."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from taskfiles.backlog.links import find_links
from taskfiles.basics.named_tuple import NamedTuple
from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store
from taskfiles.task.layout import ENDING, TASKS_DIR
from taskfiles.task.task import Unreadable
from taskfiles.text.sections import split_lines

if TYPE_CHECKING:
    from taskfiles.changes.draft import Change

_MANY = 100  # names that are looked for one by one
_NAMED = 3  # links that a notice names


class OutsideLink(NamedTuple):
    """A link to a task file that is no longer there: where it stands, and where it leads."""

    path: str
    line: int
    target: str


def find_outside_links(store: Store, changes: Sequence[Change]) -> Iterator[OutsideLink]:
    """Yield the links from other Markdown files of the repository to files that changes move or delete.

    Paths are relative to the root; one outside of it begins with `../`.
    """
    gone = {
        change.before.path
        for change in changes
        if change.before is not None and (change.removed or change.after.path != change.before.path)
    }
    if not gone or store.repository is None:
        return
    above = os.path.relpath(store.root, store.repository.top).replace(os.sep, "/")
    for path in _find_files(store, gone):
        try:
            with open(store.reader.file(path), encoding="utf-8") as file:
                lines = split_lines(file.read())
        except (OSError, UnicodeDecodeError):
            continue
        for link in find_links(posixpath.normpath(posixpath.join(above, path)), lines):
            target = posixpath.relpath(link.target, above)
            if target in gone:
                yield OutsideLink(path, link.line + 1, target)


def _find_files(store: Store, gone: Collection[str]) -> Iterator[str]:
    """Yield the Markdown files of the repository that are no task files and hold the name of one of some."""
    from urllib.parse import quote  # noqa: PLC0415 (only a change of places needs it)

    from taskfiles.store.git import run_git  # noqa: PLC0415 (as above)

    names = {os.path.basename(path) for path in gone}
    if len(names) > _MANY:
        names = {name[-len(ENDING) :] for name in names}
    wanted = sorted(names | {quote(os.fsencode(name)) for name in names})
    words = [word for name in wanted for word in ("-e", name)]
    options = ("-z", "-l", "-F", "--untracked", *words)
    try:
        listed = run_git(store.root, "grep", *options, "--", f":(top,icase)*{ENDING}", check=False)
    except TaskfilesError:  # git can't be run: nothing is known
        return
    for path in filter(None, listed.split("\0")):
        if not path.startswith(f"{TASKS_DIR}/") or _is_no_task(store, path):
            yield path


def _is_no_task(store: Store, path: str) -> bool:
    try:
        return store.reader.read(path) is None
    except (Unreadable, FileNotFoundError):
        return False


def report_outside_links(store: Store, changes: Sequence[Change]) -> None:
    """Notify of links from other Markdown files that changes have broken."""
    links = list(find_outside_links(store, changes))
    if links:
        named = ", ".join(f"{each.path}:{each.line}" for each in links[:_NAMED])
        more = f" and {len(links) - _NAMED} more" if len(links) > _NAMED else ""
        store.notice(f"Links to a file that has moved are left as they are: {named}{more}.", "links-broken")
