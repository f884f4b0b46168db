"""A warning, once in each clone, where .gitattributes asks for the merge driver and git does not know it."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from taskfiles.errors import TaskfilesError
from taskfiles.task.layout import TASKS_DIR

if TYPE_CHECKING:
    from taskfiles import Store
    from taskfiles_cli.render.console import Console

_MARK = "driver-looked-at"  # in the state of the clone: what was found is not looked at again
_ATTRIBUTE = b"merge=tasks"
_SECTION = b'[merge "tasks"]'
_MOST = 1 << 20  # bytes of a file of attributes or settings


def warn_of_driver(console: Console, store: Store) -> None:
    """Warn at the first write if task files ask for a driver that this clone has not set up.

    Git is asked once at most, and only where a file of attributes asks for the driver.
    """
    common, place = store.common, store.journal
    if common is None or place is None or os.path.exists(mark := os.path.join(place, _MARK)):
        return
    top = store.top or store.reader.root
    names = {
        os.path.join(above, ".gitattributes")
        for above in (top, store.reader.root, store.reader.file(TASKS_DIR))
    }
    if not any(_ATTRIBUTE in _read(name) for name in sorted(names)):
        return  # which may change with the next pull
    is_known = _SECTION in _read(os.path.join(common, "config")) or _is_complete(store)
    try:
        with open(mark, "x", encoding="utf-8"):
            pass
    except OSError:  # another command was faster, or nothing can be kept here: it would be said each time
        return
    if not is_known:
        message = (
            "This clone has not set up the merge driver that .gitattributes asks for: git merges by lines."
        )
        console.warn(
            f"{message} `tasks init --merge-driver` sets it up.",
            code="no-merge-driver",
            path=".gitattributes",
        )


def _is_complete(store: Store) -> bool:
    from taskfiles.merge.driver import driver_status  # noqa: PLC0415 (asked once in a clone)

    with suppress(TaskfilesError):
        status = driver_status(store.root)
        return status.is_complete or not status.has_attribute
    return True


def _read(path: str) -> bytes:
    with suppress(OSError), open(path, "rb") as file:
        return file.read(_MOST)
    return b""
