"""What engines answer, as what was measured; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from taskfiles.dataset.flatten import micros_text
from taskfiles.fleet.definitions import IN_MICROS, MEASURED
from taskfiles.fleet.selection import is_own
from taskfiles.fleet.statement import EVERYTHING, GROUP, SIZE
from taskfiles.stats.amounts import seconds_of
from taskfiles.stats.groups import SizeNorm
from taskfiles.stats.report import Measured
from taskfiles.stats.rows import Untold

Record = Mapping[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Answer(NamedTuple):
    """What was measured, and the dimensions that are keys which some task has."""

    measured: Measured
    keys: frozenset[str]


def read_answer(
    counted: Iterable[Record], tasks: Record, untold: Iterable[Record], by: Sequence[str], unreadable: int
) -> Answer:
    """Read the rows of `count_attempts`, the one of `count_tasks` and those of `list_untold`.

    Numbers may come as any kind that is whole.
    """
    groups: dict[tuple[str | None, ...], dict[str, Any]] = {}
    everything: dict[str, Any] = {}
    norms: dict[str, SizeNorm] = {}
    for record in counted:
        if record["part"] == SIZE:
            norms[record["size"]] = SizeNorm(int(record["tasks"]), int(record["duration_p50"]))
        elif record["part"] == EVERYTHING:
            everything = _figures(record)
        elif record["part"] == GROUP:
            groups[tuple(record[f"k{number}"] for number in range(len(by)))] = _figures(record)
    listed = sorted(
        Untold(each["task_id"], each["title"], each["kind"], each["path"], _instant(each["completed_us"]))
        for each in untold
    )
    measured = Measured(
        groups=groups,
        everything=everything,
        norms=norms,
        untold=listed,
        without_telemetry=int(tasks["without_telemetry"]),
        invalid=int(tasks["invalid"]),
        unreadable=unreadable,
    )
    keys = {name for number, name in enumerate(by) if is_own(name) and tasks[f"n{number}"]}
    return Answer(measured, frozenset(keys))


def _figures(record: Record) -> dict[str, Any]:
    return {name: _figure(name, record[name]) for name in MEASURED}


def _figure(name: str, value: Any) -> int | float | None:
    if value is None:
        return None
    return seconds_of(int(value)) if name in IN_MICROS else int(value)


def _instant(micros: Any) -> str | None:
    return None if micros is None else micros_text(_EPOCH + timedelta(microseconds=int(micros)))
