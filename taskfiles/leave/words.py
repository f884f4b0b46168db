"""Our words in the words of another tool, by the table of its source read backwards; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from taskfiles.errors import TaskfilesError
from taskfiles.leave.target import Target
from taskfiles.migrate.choices import Choice
from taskfiles.migrate.rows import BLOCKED, OTHER, Row, fold
from taskfiles.task.words import Priority, Size, State

Words = Mapping[tuple[str, str], str]  # a key and a word of ours, to a folded word there
ABSENT = "none"  # as a choice: the key is left out
_STEPS: dict[str, type[StrEnum]] = {"priority": Priority, "size": Size}


def find_theirs(target: Target, name: str, ours: str, choices: Words) -> str | None:
    """Return the folded word of a row that becomes ours; "" where the key says it by being absent.

    None if there is none. Of words with steps, such as priorities, the nearest is taken; of states never.
    """
    row = target.source.rows[name]
    if (row.ours, ours) in choices:
        return choices[row.ours, ours]
    exact = _find_exact(row, ours, target.only.get(name))
    if exact is not None or row.ours not in _STEPS:
        return exact
    if ours == Priority.NONE:
        return ""
    steps = [str(each) for each in _STEPS[row.ours] if each != Priority.NONE]
    at = steps.index(ours) if ours in steps else None
    if at is None:
        return None
    near = sorted(steps, key=lambda each: abs(steps.index(each) - at))
    found = (_find_exact(row, each, target.only.get(name)) for each in near)
    return next((each for each in found if each), None)


def _find_exact(row: Row, ours: str, only: Sequence[str] | None) -> str | None:
    if row.absent == ours and ours not in row.words.values():
        return ""
    words = (theirs for theirs, mine in row.words.items() if mine == ours)
    return next((each for each in words if each != OTHER and (only is None or each in only)), None)


def find_blocked(target: Target, reason: str) -> str | None:
    """Return the word for a blocked task: the one it came with, else the tool's own; None without one."""
    row = target.source.rows[target.state_row]
    given = reason.removeprefix(f"{target.source.tool}: ")
    if row.words.get(fold(given)) == BLOCKED:
        return fold(given)
    return _find_exact(row, BLOCKED, None)


def read_choices(given: Sequence[Choice], target: Target) -> Words:
    """Return choices of the state's words: our key, our word, theirs. Raises TaskfilesError (bad-value)."""
    found = {}
    for key, ours, theirs in given:
        if key != "state":
            raise _bad_choice(key, "only a state is chosen so", "Write state:WORD=THEIRS.")
        if ours not in set(State):
            words = ", ".join(State)
            raise _bad_choice(ours, "state has no such word", f"It is one of {words}.")
        if not target.knows(target.state_row, theirs) and theirs != ABSENT:
            raise _bad_choice(
                theirs,
                f"{target.source.tool} has no such state",
                f"It is one of {', '.join(list_theirs(target))}.",
            )
        found[key, ours] = "" if theirs == ABSENT else fold(theirs)
    return found


def list_theirs(target: Target) -> list[str]:
    """Return the words of states that a choice may name."""
    row = target.source.rows[target.state_row]
    words = [str(target.spell(each)) for each in target.only.get(target.state_row) or row.words]
    return [*words, ABSENT] if row.absent is not None else words


def _bad_choice(given: str, problem: str, remedy: str) -> TaskfilesError:
    return TaskfilesError("bad-value", option="choices", given=f"“{given}”", problem=problem, remedy=remedy)
