"""File names, directories and ids; pure."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any

from taskfiles.basics.digest import hex_digest
from taskfiles.basics.instants import find_instant
from taskfiles.basics.patterns import lazy
from taskfiles.task.layout import CONFIG_NAME, DIRECTORIES, FLAT, TASKS_DIR

if TYPE_CHECKING:
    from collections.abc import Container

CONFIG_PATH = f"{TASKS_DIR}/{CONFIG_NAME}"
MAX_ID = 24
# The longest id that can be given: its file, branch, worktree and lease need names of up to 255 bytes.
LONGEST_ID = 200
_LONGEST_FILE_NAME = 255
_STEM = r"(?:\d{4}-\d{2}-\d{2} )?(?:epic|story|task)-(?P<id>[a-z0-9][a-z0-9-]*)"
_STATES_NAME = lazy(rf"{_STEM}\.[mM][dD]", re.ASCII)
_FLAT_NAME = lazy(r"(?P<id>[a-z0-9][a-z0-9-]*)\.[mM][dD]", re.ASCII)
_OTHER_NAME = lazy(rf"(?P<stem>{_STEM})(?:[.~].*)?", re.ASCII)
# Files that usually stand in a directory of Markdown, and names that Windows keeps for devices.
RESERVED_IDS = frozenset(
    ["readme", "index", "agents", "claude", "gemini", "changelog", "contributing", "license", "security"]
    + ["con", "prn", "aux", "nul"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in range(10)]
)
_ARTICLES = frozenset(("a", "an", "the", "of", "to", "in", "for", "and", "on", "with", "that", "is"))


def ids_in_name(name: str) -> tuple[str, ...]:
    """Return the ids that a file name may stand for, in either layout; empty for a name of no task.

    >>> ids_in_name("fix.md"), ids_in_name("2025-11-02 story-fix.md"), ids_in_name("README.md")
    (('fix',), ('fix',), ())
    >>> ids_in_name("task-fix.md")
    ('fix', 'task-fix')
    """
    found = [match["id"] for pattern in (_STATES_NAME, _FLAT_NAME) if (match := pattern.fullmatch(name))]
    return tuple(task_id for task_id in found if task_id not in RESERVED_IDS or name != f"{task_id}.md")


def split_name(name: str) -> str | None:
    """Return what stands before the ending, whichever it is, of a file named like a task; None for others.

    >>> split_name("task-fix.markdown")
    'task-fix'
    """
    match = _OTHER_NAME.fullmatch(name)
    return match["stem"] if match else None


def ids_in_path(path: str) -> tuple[str, ...]:
    """Return the ids that the file name at the end of a path may stand for.

    >>> ids_in_path("tasks/10-ready/story-fix.md")
    ('fix', 'story-fix')
    """
    return ids_in_name(path.rpartition("/")[2])


def id_in_path(path: str, layout: str) -> str | None:
    """Return the id that the file name at the end of a path stands for under a layout; None without one.

    >>> id_in_path("tasks/task-fix.md", "states"), id_in_path("tasks/task-fix.md", "flat")
    ('fix', 'task-fix')
    """
    if layout == FLAT:
        return next(reversed(ids_in_path(path)), None)
    match = _STATES_NAME.fullmatch(path.rpartition("/")[2])
    return match["id"] if match else None


def is_task_name(path: str, layout: str = FLAT) -> bool:
    """Return whether a path is named like a task's under a layout, so that it must be one.

    Names of the other layout count under flat. A name that is an id alone counts directly in `tasks/`:
    elsewhere it may be a note of people's.

    >>> [is_task_name(f"tasks/{path}") for path in ("fix.md", "docs/task-fix.md", "docs/fix.md", "README.md")]
    [True, True, False, False]
    >>> is_task_name("tasks/fix.md", "states")
    False
    """
    above, _, name = path.rpartition("/")
    is_id_alone = layout == FLAT and above == TASKS_DIR and bool(ids_in_name(name))
    return is_id_alone or bool(_STATES_NAME.fullmatch(name))


def expected_name(values: dict[str, Any], layout: str) -> str:
    """Return the file name for a task's values.

    With a directory for each state the kind comes first, and before it a done task's UTC completion date.

    >>> expected_name({"id": "fix", "kind": "story", "state": "ready"}, "states")
    'story-fix.md'
    >>> expected_name({"id": "fix", "kind": "story", "state": "ready"}, "flat")
    'fix.md'
    """
    if layout == FLAT:
        return f"{values['id']}.md"
    name = f"{values.get('kind') or 'task'}-{values['id']}.md"
    completed = find_instant(values.get("completed_at"))
    if values.get("state") != "done" or completed is None:
        return name
    return f"{completed.astimezone(UTC).date().isoformat()} {name}"


def expected_path(values: dict[str, Any], layout: str, path: str = "") -> str:
    """Return the path, relative to the root, for a task's values; `path` is where its file is.

    A flat file stays in its directory. Raises ValueError if state, kind or id is invalid, so that no value
    in a file can make another path.

    >>> expected_path({"id": "fix", "state": "ready"}, "states")
    'tasks/10-ready/task-fix.md'
    >>> expected_path({"id": "fix", "state": "ready"}, "flat", "tasks/web/old.md")
    'tasks/web/fix.md'
    """
    state, name = values.get("state"), expected_name(values, layout)
    if not isinstance(state, str) or state not in DIRECTORIES:
        raise ValueError(name)
    if layout == FLAT:
        if not _FLAT_NAME.fullmatch(name):
            raise ValueError(name)
        directory = path.rpartition("/")[0]
        return f"{directory if directory.startswith(TASKS_DIR + '/') else TASKS_DIR}/{name}"
    if not _STATES_NAME.fullmatch(name):
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
    ends_in_a = words[1:] and words[-1] == "a"  # which is a name, as in “Part A”
    significant = [word for word in words if word not in _ARTICLES] or words
    if ends_in_a and significant is not words:
        significant.append("a")
    chosen: list[str] = []
    for word in significant[:3]:
        if chosen and len("-".join([*chosen, word])) > MAX_ID:
            break
        chosen.append(word[:MAX_ID])
    return "-".join(chosen) or "task"
