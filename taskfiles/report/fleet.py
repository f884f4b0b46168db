"""The material of a report from a dataset: what `report.attempts` makes of files, by an engine of SQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from taskfiles.basics.instants import find_instant, format_instant
from taskfiles.dataset.words import Engine
from taskfiles.fleet.answer import Ask, Connection, Record, instant_text, put_questions
from taskfiles.fleet.measure import connect, gather_dataset
from taskfiles.fleet.place import Dataset
from taskfiles.fleet.selection import Selection
from taskfiles.fleet.sql import conditions, select
from taskfiles.fleet.steady import read_steadily
from taskfiles.report.attempts import DIMENSIONS, make_attempt_material
from taskfiles.report.material import BINS, BOUNDS, AttemptMaterial
from taskfiles.stats.dimensions import Value, order_of
from taskfiles.stats.report import Measured, assemble, report_object

# Of the attempts in scope, as `report.tallies` counts them.
_BIN = " + ".join(f"CASE WHEN duration_seconds >= {bound} THEN 1 ELSE 0 END" for bound in BOUNDS)
DURATIONS = select(["model", f"{_BIN} AS bin", "COUNT(*) AS attempts"], "scoped", ["model", _BIN])
_FIRST = select(
    [
        "model",
        "MIN(position) AS first_position",
        "MIN(CASE WHEN succeeded THEN position END) AS first_success",
    ],
    "scoped",
    ["model", "repo", "task_id"],
)
SUCCESSES = select(
    ["model", "first_success", "COUNT(*) AS tasks"],
    f"({_FIRST}) AS each_task WHERE first_position = 1 AND first_success IS NOT NULL",
    ["model", "first_success"],
)
LATEST = select(["MAX(ended_us) AS latest"], "scoped")


def make_fleet_material(dataset: Dataset, selection: Selection, engine: Engine) -> AttemptMaterial:
    """Count a dataset by `DIMENSIONS`. Raises TaskfilesError (missing-extra, bad-dataset, io)."""
    return read_steadily(dataset, lambda current: _make(current, selection, engine))


def _make(dataset: Dataset, selection: Selection, engine: Engine) -> AttemptMaterial:
    if engine is Engine.PYTHON:
        gathered = gather_dataset(dataset, selection, DIMENSIONS)
        return make_attempt_material(gathered, selection.scope, selection.task)
    unreadable = dataset.count_unreadable(selection.repos)
    with connect(dataset, engine, ("attempts", "tasks", "gates")) as connection:
        return _ask(connection, selection, unreadable)


def _ask(engine: Connection, selection: Selection, unreadable: int) -> AttemptMaterial:
    def measured(*by: str) -> Measured:
        ask = Ask(selection, by, with_untried=by == ("model", "ambiguity"))
        return put_questions(ask, engine, unreadable).measured

    def answer(measured: Measured, *by: str) -> dict[str, Any]:
        return report_object(assemble(measured, selection.scope, by, task=selection.task))

    by_both = measured("model", "ambiguity")
    by_model, by_month = measured("model"), measured("month")
    by_month_and_model = measured("month", "model")
    models = sorted((key[0] for key in by_model.groups), key=lambda model: order_of(("model",), (model,)))
    return AttemptMaterial(
        by_model_and_ambiguity=answer(by_both, "model", "ambiguity"),
        by_model=answer(by_model, "model"),
        by_month=answer(by_month, "month"),
        by_month_and_model=answer(by_month_and_model, "month", "model"),
        durations=_read_durations(models, engine.rows(DURATIONS)),
        attempts_to_success=_read_successes(models, engine.rows(SUCCESSES)),
        gates={row["gate"]: (int(row["run"]), int(row["failed"])) for row in engine.rows(gates(selection))},
        without_telemetry=by_both.untried,
        latest=_find_latest(engine.rows(LATEST), by_both),
    )


def gates(selection: Selection) -> str:
    """Write the statement that counts gates by name: `gate`, `run`, `failed`."""
    wanted = " AND ".join(conditions(selection, "ended_us")) or "TRUE"
    columns = ["gate", "COUNT(*) AS run", "COUNT(*) FILTER (WHERE failed) AS failed"]
    return select(columns, f"gates WHERE {wanted}", ["gate"]) + " ORDER BY gate"


def _read_durations(models: list[Value], rows: Iterable[Record]) -> dict[Value, list[int]]:
    counts = {model: [0] * BINS for model in models}
    for row in rows:
        counts[row["model"]][int(row["bin"])] = int(row["attempts"])
    return counts


def _read_successes(models: list[Value], rows: Iterable[Record]) -> dict[Value, dict[int, int]]:
    found: dict[Value, dict[int, int]] = {model: {} for model in models}
    for row in sorted(rows, key=lambda row: int(row["first_success"])):
        found[row["model"]][int(row["first_success"])] = int(row["tasks"])
    return found


def _find_latest(rows: Iterable[Record], measured: Measured) -> str | None:
    ends = [instant_text(row["latest"]) for row in rows]
    said = [*ends, *(each.completed_at for each in measured.untried)]
    latest = max((instant for text in said if (instant := find_instant(text)) is not None), default=None)
    return None if latest is None else format_instant(latest)
