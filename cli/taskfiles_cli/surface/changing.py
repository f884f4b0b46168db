"""What boards ask for where keys of one or several tasks are to change; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from taskfiles import Task
from taskfiles.task.keys import WORDS

_NAMED = 2  # tasks in a title


class Field(NamedTuple):
    """A choice: how it is called, what is asked for, and its words where only these will do."""

    label: str
    asked: str = ""
    words: tuple[str, ...] = ()


def _words(key: str) -> Field:
    return Field(key, words=tuple(word.value for word in WORDS[key]))


# By the names of the fields of a form, as `surface.fields` reads them; `own` is any other key.
FIELDS = {
    "key:priority": _words("priority"),
    "add:labels": Field("add labels", "labels to add, commas between"),
    "add:assignees": Field("add assignees", "names to add, commas between"),
    "remove:labels": Field("remove labels", "labels to remove, commas between"),
    "remove:assignees": Field("remove assignees", "names to remove, commas between"),
    "key:milestone": Field("milestone", "the milestone; nothing removes it"),
    "key:due": Field("due", "until when: 2025-11-02; nothing removes it"),
    "key:size": _words("size"),
    "own": Field("another key", "KEY=VALUE; without a value the key is removed"),
}


def name_chosen(tasks: Sequence[Task]) -> str:
    """Name tasks in a title: a few by id, more by their number."""
    return ", ".join(task.id for task in tasks) if len(tasks) <= _NAMED else f"{len(tasks)} tasks"
