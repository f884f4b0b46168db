"""Links to task files from Markdown files that are no task files: they are named, never written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from taskfiles.backlog.links import find_links
from taskfiles.errors import TaskfilesError
from taskfiles.store.store import Store
from taskfiles.task.layout import TASKS_DIR
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
    """Yield the links from other Markdown files of the repository to files that changes move or delete."""
    gone = {
        change.before.path
        for change in changes
        if change.before is not None and (change.removed or change.after.path != change.before.path)
    }
    if not gone or store.repository is None:
        return
    from urllib.parse import quote  # noqa: PLC0415 (only a change of places needs it)

    from taskfiles.store.git import run_git  # noqa: PLC0415 (as above)

    names = {os.path.basename(path) for path in gone}
    wanted = (
        [TASKS_DIR] if len(names) > _MANY else sorted(names | {quote(os.fsencode(name)) for name in names})
    )
    words = [word for name in wanted for word in ("-e", name)]
    try:
        listed = run_git(
            store.root,
            "grep",
            "-z",
            "-l",
            "-F",
            "--untracked",
            *words,
            "--",
            "*.md",
            f":!{TASKS_DIR}",
            check=False,
        )
    except TaskfilesError:  # git can't be run: nothing is known
        return
    for path in filter(None, listed.split("\0")):
        with suppress(OSError, UnicodeDecodeError), open(store.reader.file(path), encoding="utf-8") as file:
            for link in find_links(path, split_lines(file.read())):
                if link.target in gone:
                    yield OutsideLink(path, link.line + 1, link.target)


def report_outside_links(store: Store, changes: Sequence[Change]) -> None:
    """Notify of links from other Markdown files that changes have broken."""
    links = list(find_outside_links(store, changes))
    if links:
        named = ", ".join(f"{each.path}:{each.line}" for each in links[:_NAMED])
        more = f" and {len(links) - _NAMED} more" if len(links) > _NAMED else ""
        store.notice(f"Links to a file that has moved are left as they are: {named}{more}.", "links-broken")
