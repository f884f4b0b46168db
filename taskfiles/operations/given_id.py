"""Check of an id that a caller gives to a task, before anything is read or written."""

from __future__ import annotations

from taskfiles.errors import TaskfilesError
from taskfiles.task.names import LONGEST_ID
from taskfiles.task.values import BadValue, check_id

_FORM = "Use small letters, digits and hyphens, with a letter or digit first"


def check_given_id(task_id: str, option: str) -> None:
    """Raise TaskfilesError (bad-value) for an id that no task can be given; `option` is the argument's name.

    A file, a branch and a worktree are named after it, so that it can't be of any length.
    """
    try:
        check_id(task_id)
    except BadValue:
        problem, remedy = "it is not an id", f"{_FORM}, {LONGEST_ID} characters at most."
        raise TaskfilesError(
            "bad-value", option=option, given=f"“{task_id[:60]}”", problem=problem, remedy=remedy
        ) from None
    if len(task_id) > LONGEST_ID:
        problem = f"it has {len(task_id)} characters, and a file can't be named after it"
        remedy = f"Give an id of {LONGEST_ID} characters at most."
        raise TaskfilesError(
            "bad-value", option=option, given=f"“{task_id[:40]}…”", problem=problem, remedy=remedy
        )
