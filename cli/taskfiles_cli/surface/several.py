"""One change of several marked tasks: all of it or nothing, with the refusals of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from taskfiles import Change, Draft, Store, Task, TaskfilesError, Update, move_all, update_all
from taskfiles.operations.update import apply_update
from taskfiles_cli.surface.fields import read_changes
from taskfiles_cli.surface.moves import MOVES
from taskfiles_cli.surface.seen import seen

_NAMED = 3  # tasks in a sentence


class Mark(NamedTuple):
    """A marked task, with what was seen of what is to change in it, and the version that it was seen in."""

    id: str
    expect: Mapping[str, Any]
    etag: str


class Refused(Exception):
    """Nothing was written; `refusals` are all reasons, each a sentence about one task."""

    def __init__(self, refusals: Sequence[TaskfilesError], count: int) -> None:
        which = f"{len(refusals)} of {count} refuse" if count > 1 else "it refuses"
        super().__init__(f"Nothing was changed: {which}.")
        self.refusals, self.count = refusals, count


def name_action_of(values: Mapping[str, Any]) -> str:
    """Return the action of such a change, as the event log names it."""
    if "state" not in values:
        return "task.update"
    return "task.complete" if values["state"] == "done" else "task.move"


def change_all(
    store: Store, marks: Sequence[Mark], values: Mapping[str, Any], read: Callable[[Store, str], Task]
) -> tuple[list[Change], str]:
    """Make one change in all marked tasks; gives what was done, and a sentence.

    `values` are texts by the names of `fields`, and `state` beside them; `read` reads a task.
    Raises Refused, and TaskfilesError where it is about no task, such as for a value that no key takes.
    """
    state = None if values.get("state") is None else str(values["state"])
    texts = {name: text for name, text in values.items() if name != "state"}
    wanted = read_changes(store, texts)
    if not marks or (state is None and wanted == Update()):
        remedy = "Mark cards, and choose what is to change in them."
        raise TaskfilesError(
            "bad-value", option="change", given="nothing", problem="there is nothing to do", remedy=remedy
        )
    if state is not None and wanted.parent is not None:
        remedy = "Change the parent first, then the state."
        raise TaskfilesError(
            "bad-value", option="parent", given="changed", problem="the state changes, too", remedy=remedy
        )
    with store.locks.store():
        refusals: list[TaskfilesError] = []
        sound: dict[str, str] = {}  # the version that each was found in
        for mark in marks:
            try:
                sound[mark.id] = _check(read(store, mark.id), mark, state)
            except TaskfilesError as error:
                refusals.append(error)
        try:
            changes = _change(store, sound, state, wanted, dry_run=bool(refusals)) if sound else []
        except TaskfilesError as error:
            refusals += [error, *error.others]
    if refusals:
        raise Refused(refusals, len(marks))
    return changes, _say([mark.id for mark in marks], state, texts)


def _change(
    store: Store, etags: Mapping[str, str], state: str | None, wanted: Update, *, dry_run: bool
) -> list[Change]:
    if state is None:
        return update_all(store, [*etags], wanted, if_match=etags, dry_run=dry_run).changes

    def also(draft: Draft) -> None:
        apply_update(draft, wanted)

    return move_all(store, [*etags], state, also=also, if_match=etags, dry_run=dry_run).changes


def _check(task: Task, mark: Mark, state: str | None) -> str:
    """Return the etag of a task that may change as it was marked. Raises TaskfilesError (bad-value)."""
    if task.etag != mark.etag:
        for key, value in mark.expect.items():
            if (now := seen(task, key)) != value:
                problem = f"another has changed it meanwhile: its {key} was {value} and is {now}"
                raise _refuse(task.id, problem, "Look at it, then mark it again.")
    if state is not None and state != task.state and state not in MOVES.get(str(task.state), ()):
        ways = ", ".join(MOVES.get(str(task.state), ())) or "nowhere"
        problem = f"a board leads from {task.state} to {ways}"
        raise _refuse(task.id, problem, "Remove its mark.")
    return task.etag


def _refuse(task_id: str, problem: str, remedy: str) -> TaskfilesError:
    return TaskfilesError("bad-value", option=task_id, given="changed", problem=problem, remedy=remedy)


def _say(ids: Sequence[str], state: str | None, texts: Mapping[str, Any]) -> str:
    done = [state] if state is not None else []
    for name, text in texts.items():
        kind, _, key = name.partition(":")
        sign = {"add": "+", "remove": "-"}.get(kind, "")
        done.append(f"{key} {sign}{text}" if str(text).strip() else f"no {key}")
    named = ", ".join(ids[:_NAMED]) + (f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else "")
    return f"{named}: {', '.join(done)}"
