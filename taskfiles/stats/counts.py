"""Figures that count tasks, attempts, gates and reviews; whole numbers, each defined by its function."""

from __future__ import annotations

from collections.abc import Sequence

from taskfiles.stats.groups import Group
from taskfiles.stats.rows import AttemptRow, Ending
from taskfiles.stats.wilson import add_known, nearest_rank


def tasks(group: Group) -> int:
    """Tasks with at least one attempt in the group."""
    return sum(1 for _ in group.tasks)


def attempts(group: Group) -> int:
    """Attempts in the group."""
    return len(group.attempts)


def successes(group: Group) -> int:
    """Tasks whose last attempt in the group, last in the file, succeeded and was not rejected."""
    return sum(rows[-1].succeeded for rows in group.tasks)


def first_attempts(group: Group) -> int:
    """Tasks whose first attempt of all is in the group: those that began in it."""
    return sum(1 for _ in group.begun)


def first_attempt_successes(group: Group) -> int:
    """Tasks whose first attempt of all is in the group, succeeded and was not rejected."""
    return _within(group, 1)


def success_within_2(group: Group) -> int:
    """Tasks that began in the group and succeeded in it with one of their first two attempts."""
    return _within(group, 2)


def success_within_3(group: Group) -> int:
    """Tasks that began in the group and succeeded in it with one of their first three attempts."""
    return _within(group, 3)


def success_within_5(group: Group) -> int:
    """Tasks that began in the group and succeeded in it with one of their first five attempts."""
    return _within(group, 5)


def attempts_to_success_median(group: Group) -> int | None:
    """The median, by nearest rank, of the number of the first successful attempt, counted in the file.

    Over the tasks that began in the group and succeeded in it; null where there is none.
    """
    return nearest_rank(first_successes(group), 50)


def attempts_to_success_max(group: Group) -> int | None:
    """The greatest of the same numbers."""
    return max(first_successes(group), default=None)


def reviewed(group: Group) -> int:
    """Tasks whose last attempt in the group has a reviewer's verdict."""
    return sum(rows[-1].approved is not None for rows in group.tasks)


def accepted(group: Group) -> int:
    """Tasks whose last attempt in the group was approved by its reviewer."""
    return sum(rows[-1].approved is True for rows in group.tasks)


def reviews_approved(group: Group) -> int:
    """Attempts that their reviewer approved."""
    return group.known("approved").count(True)


def reviews_rejected(group: Group) -> int:
    """Attempts that their reviewer rejected."""
    return group.known("approved").count(False)


def attempts_succeeded(group: Group) -> int:
    """Attempts with outcome success, whatever a reviewer said."""
    return _ended(group, Ending.SUCCEEDED)


def attempts_partial(group: Group) -> int:
    """Attempts with outcome partial."""
    return _ended(group, Ending.PARTIAL)


def attempts_blocked(group: Group) -> int:
    """Attempts with outcome blocked."""
    return _ended(group, Ending.BLOCKED)


def attempts_failed(group: Group) -> int:
    """Attempts with outcome failed that were neither timed out nor abandoned."""
    return _ended(group, Ending.FAILED)


def attempts_timed_out(group: Group) -> int:
    """Attempts with outcome failed and error type timeout, whatever their status."""
    return _ended(group, Ending.TIMED_OUT)


def attempts_abandoned(group: Group) -> int:
    """Attempts with status abandoned and outcome failed that were not timed out."""
    return _ended(group, Ending.ABANDONED)


def gated_attempts(group: Group) -> int:
    """Attempts in which at least one gate was run."""
    return sum(map(bool, group.known("gates_run")))


def gate_failed_attempts(group: Group) -> int:
    """Attempts in which at least one gate failed."""
    return sum(map(bool, group.known("gates_failed")))


def gates_run(group: Group) -> int | None:
    """Gates that were run, over the attempts that have gates; null where none does."""
    return add_known(group.known("gates_run"))


def gates_failed(group: Group) -> int | None:
    """Gates that failed, over the attempts that have gates; null where none does."""
    return add_known(group.known("gates_failed"))


def _ended(group: Group, ending: Ending) -> int:
    return group.known("ending").count(ending)


def _within(group: Group, limit: int) -> int:
    return sum(number <= limit for number in first_successes(group))


def first_successes(group: Group) -> list[int]:
    """Return the number of the first successful attempt of each task that began here and succeeded here."""
    return group.keep("first_successes", _first_successes)


def _first_successes(group: Group) -> list[int]:
    numbers = (_first_success(rows) for rows in group.begun)
    return [number for number in numbers if number is not None]


def _first_success(rows: Sequence[AttemptRow]) -> int | None:
    return next((row.position for row in rows if row.succeeded), None)
