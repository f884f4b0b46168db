"""File names, directories and ids; pure."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any

from taskfiles.basics.digest import hex_digest
from taskfiles.basics.instants import find_instant
from taskfiles.basics.patterns import lazy
from taskfiles.task.layout import CONFIG_NAME, DIRECTORIES, TASKS_DIR

if TYPE_CHECKING:
    from collections.abc import Container

CONFIG_PATH = f"{TASKS_DIR}/{CONFIG_NAME}"
MAX_ID = 24
# The longest id that can be given: its file, branch, worktree and lease need names of up to 255 bytes.
LONGEST_ID = 200
_LONGEST_FILE_NAME = 255
_STEM = r"(?:\d{4}-\d{2}-\d{2} )?(?:epic|story|task)-(?P<id>[a-z0-9][a-z0-9-]*)"
_NAME = lazy(rf"{_STEM}\.[mM][dD]", re.ASCII)
_OTHER_NAME = lazy(rf"(?P<stem>{_STEM})(?:[.~].*)?", re.ASCII)
_ARTICLES = frozenset(("a", "an", "the", "of", "to", "in", "for", "and", "on", "with", "that", "is"))


def id_in_name(name: str) -> str | None:
    """Return the id in a file name of the usual form; None for any other name.

    >>> id_in_name("2025-11-02 story-execution-telemetry.md")
    'execution-telemetry'
    """
    match = _NAME.fullmatch(name)
    return match["id"] if match else None


def split_name(name: str) -> str | None:
    """Return what stands before the ending, whichever it is, of a file named like a task; None for others.

    >>> split_name("task-fix.markdown")
    'task-fix'
    """
    match = _OTHER_NAME.fullmatch(name)
    return match["stem"] if match else None


def id_in_path(path: str) -> str | None:
    """Return the id in the file name at the end of a path; None for a name of any other form.

    >>> id_in_path("tasks/10-ready/task-fix.md")
    'fix'
    """
    return id_in_name(path.rpartition("/")[2])


def expected_name(values: dict[str, Any]) -> str:
    """Return the file name for a task's values; that of a done task begins with its UTC completion date.

    >>> expected_name({"id": "fix", "kind": "task", "state": "ready"})
    'task-fix.md'
    """
    name = f"{values.get('kind') or 'task'}-{values['id']}.md"
    completed = find_instant(values.get("completed_at"))
    if values.get("state") != "done" or completed is None:
        return name
    return f"{completed.astimezone(UTC).date().isoformat()} {name}"


def expected_path(values: dict[str, Any]) -> str:
    """Return the path, relative to the root, for a task's values.

    Raises ValueError if state, kind or id is invalid, so that no value in a file can make another path.

    >>> expected_path({"id": "fix", "state": "ready"})
    'tasks/10-ready/task-fix.md'
    """
    state, name = values.get("state"), expected_name(values)
    if not isinstance(state, str) or state not in DIRECTORIES or not _NAME.fullmatch(name):
        raise ValueError(name)
    return f"{TASKS_DIR}/{DIRECTORIES[state]}/{name}"


def is_long_name(path: str) -> bool:
    """Return whether the file name at the end of a path is longer than file systems allow."""
    return len(path.rpartition("/")[2].encode(errors="surrogateescape")) > _LONGEST_FILE_NAME


def lease_name(task_id: str) -> str:
    """Return the name of a task's lease file; a long id is hashed, since file names have a maximum length.

    >>> lease_name("fix-navbar")
    'fix-navbar.json'
    """
    if len(task_id) <= LONGEST_ID:
        return f"{task_id}.json"
    return f"_{hex_digest(task_id.encode())}.json"  # no id begins with an underscore


def make_id(title: str, taken: Container[str]) -> str:
    """Return a free id for a title in any language: up to three words, at most 24 characters.

    >>> make_id("Fix the mobile navbar", {"fix-mobile-navbar"})
    'fix-mobile-navbar-2'
    """
    base = suggest_id(title)
    return free_id(base, taken) if base in taken else base


def free_id(task_id: str, taken: Container[str]) -> str:
    """Return an id with the first number appended that makes it free.

    >>> free_id("fix", {"fix", "fix-2"})
    'fix-3'
    """
    number = 2
    while (free := f"{task_id[: MAX_ID - len(f'-{number}')].rstrip('-')}-{number}") in taken:
        number += 1
    return free


def suggest_id(title: object) -> str:
    """Return the id for a title, which may be taken; `task` if the title has no words."""
    text = title if isinstance(title, str) else ""
    if not text.isascii():
        from anyascii import anyascii  # noqa: PLC0415 (large tables that most titles do not need)

        text = anyascii(text)
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", text.lower()))
    significant = [word for word in words if word not in _ARTICLES] or words
    chosen: list[str] = []
    for word in significant[:3]:
        if chosen and len("-".join([*chosen, word])) > MAX_ID:
            break
        chosen.append(word[:MAX_ID])
    return "-".join(chosen) or "task"
