"""Tasks that a person names by the beginning of an id: which commands take one, and what they say."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, TypeVar

from taskfiles import TaskfilesError
from taskfiles_cli.render.console import is_terminal

if TYPE_CHECKING:
    from taskfiles_cli.command.session import Session

T = TypeVar("T")
# Who takes the beginning of an id: a command that only reads, one that changes what a person at a terminal
# names, one that must not guess.
READING, TYPED, NEVER = "reading", "typed", "never"


def is_taken(session: Session, takes: str) -> bool:
    """Return whether a command takes beginnings here and now; what programs read is never guessed."""
    if takes == NEVER or session.console.is_machine:
        return False
    return takes == READING or is_typed()


def is_typed() -> bool:
    """Return whether a person has typed the command, and sees what it says beside its answer."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def read_with(
    session: Session, given: dict[str, Any], names: Collection[str], call: Callable[[dict[str, Any]], T]
) -> T:
    """Return what a call that only reads returns; where it finds no task, of the ids that begin as given."""
    try:
        return call(given)
    except TaskfilesError as error:
        if error.code != "no-such-task" or not session.has_store or not is_taken(session, READING):
            raise
        longer = find_longer(session, given, names)
        if not longer:
            raise
    return call(given | longer)


def find_longer(session: Session, given: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return the parameters of `names` whose texts are the beginnings of one id each, with these ids.

    What is an id already is none. Each is said on standard error.
    """
    found: dict[str, Any] = {}
    for name in names:
        value = given.get(name)
        texts = value if isinstance(value, list) else [value]
        ids = [_longer(session, text) if isinstance(text, str) else text for text in texts]
        if ids != texts:
            found[name] = ids if isinstance(value, list) else ids[0]
            for text, task_id in zip(texts, ids, strict=True):
                if text != task_id:
                    session.console.note(f"{text} → {task_id}")
    return found


def _longer(session: Session, text: str) -> str:
    """Return the one id that begins with a text, or the text."""
    from taskfiles.backlog.snapshot import find_beginning  # noqa: PLC0415 (most names are ids)

    store = session.store
    try:
        if store.has(text):
            return text
        ids = store.with_snapshot(lambda snapshot: find_beginning(text, snapshot))
    except (TaskfilesError, OSError):  # the command says so, of the name as it was given
        return text
    return ids[0] if len(ids) == 1 else text
