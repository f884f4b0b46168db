"""What leaves the figures with deleted tasks: their attempts, and whether a dataset has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from taskfiles import Task
from taskfiles.basics.instants import format_instant, parse_instant
from taskfiles.dataset.history import LastExport, find_last_export
from taskfiles.errors import number_of
from taskfiles.task.attempts import attempt_list


class Leaving(NamedTuple):
    """Attempts that leave the figures; `newer` ended after the last export, if there was one."""

    tasks: int
    attempts: int
    newer: int
    cost_usd_micros: int | None
    last: LastExport | None

    def object(self) -> dict[str, Any]:
        """Return the value for JSON."""
        last = self.last
        return {
            "tasks": self.tasks,
            "attempts": self.attempts,
            "newer": self.newer,
            "cost_usd_micros": self.cost_usd_micros,
            "exported_at": format_instant(last.at) if last else None,
            "dataset": last.dataset if last else None,
        }

    def sentence(self, *, would: bool) -> str:
        """Say what leaves, and whether it was exported."""
        cost = "" if self.cost_usd_micros is None else f", ${self.cost_usd_micros / 1_000_000:.2f} of cost"
        verb = "would leave" if would else "left"
        what = f"{number_of(self.attempts, 'attempt')} of {number_of(self.tasks, 'task')}{cost} {verb}"
        if self.last is None:
            return f"{what} the figures of the files, and this clone was never exported."
        when = f"last exported {format_instant(self.last.at)} to {self.last.dataset}"
        if not self.newer:
            return f"{what} the figures of the files; they were {when}, and stay there."
        return (
            f"{what} the figures of the files; {when}: {self.newer} of them are newer and are nowhere else."
        )


def find_leaving(tasks: Sequence[Task], state: str | None) -> Leaving | None:
    """Count what leaves with tasks; None where they have no attempts. `state` is the clone's directory."""
    listed: list[Any] = [each for task in tasks for each in attempt_list(task.values)]
    attempts: list[dict[str, Any]] = [each for each in listed if isinstance(each, dict)]
    if not attempts:
        return None
    last = find_last_export(state)
    costs = [each["cost"].get("actual_usd_micros") for each in attempts if isinstance(each.get("cost"), dict)]
    known = [cost for cost in costs if isinstance(cost, int) and not isinstance(cost, bool)]
    newer = sum(last is None or not _is_before(each.get("ended_at"), last) for each in attempts)
    with_attempts = sum(bool(attempt_list(task.values)) for task in tasks)
    return Leaving(with_attempts, len(attempts), newer, sum(known) if known else None, last)


def _is_before(instant: object, last: LastExport) -> bool:
    try:
        return parse_instant(str(instant)) < last.at
    except ValueError:
        return False
