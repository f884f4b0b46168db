"""From one state to another: which moves a board offers, and which use case makes each."""

from __future__ import annotations

from taskfiles import Change, Store, Task, complete, move, pickup, release
from taskfiles.task.words import Priority, State

PRIORITIES = tuple(priority.value for priority in Priority)
# One use case each, so that a refusal leaves everything as it was: what takes two steps is made in two.
MOVES: dict[str, tuple[str, ...]] = {
    "idea": ("ready", "canceled"),
    "ready": ("idea", "in-progress", "done", "canceled"),
    "in-progress": ("ready", "done", "canceled"),
    "done": ("ready",),
    "canceled": ("ready", "idea"),
}


def name_action(before: str, after: str) -> str:
    """Return the action, as the event log names it, that brings a task from one state to another."""
    if after == State.IN_PROGRESS:
        return "task.claim"
    if after == State.READY and before == State.IN_PROGRESS:
        return "task.release"
    return "task.complete" if after == State.DONE else "task.move"


def change_state(store: Store, task: Task, state: str, by: str) -> list[Change]:
    """Bring a task, as it was read, to a state in the name of `by`: begun it is claimed, given back released.

    Raises TaskfilesError as the use cases do: claimed, not-ready, incomplete, etag-mismatch and others.
    """
    action = name_action(str(task.state), state)
    if action == "task.claim":
        return pickup(store, task.id, by=by, if_match=task.etag).changes
    if action == "task.release":
        return release(store, task.id, if_match=task.etag).changes
    if action == "task.complete":
        return complete(store, task.id, if_match=task.etag).changes
    return move(store, task.id, state, if_match=task.etag).changes
