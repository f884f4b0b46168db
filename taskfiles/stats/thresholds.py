"""`[[alerts]]` of tasks/tasks.toml: read, with everything that is wrong with each; pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from taskfiles.basics.instants import parse_duration
from taskfiles.config.model import (
    Count,
    Duration,
    Positions,
    Table,
    Text,
    Words,
    find_positions,
    make_config_finding,
    read_table,
    read_toml,
)
from taskfiles.stats.dimensions import BY
from taskfiles.stats.figures import FIGURES, Kind
from taskfiles.stats.wilson import LEAST
from taskfiles.task import values
from taskfiles.task.findings import Finding
from taskfiles.task.model import checked
from taskfiles.text.nodes import Path, field_name

WATCHED = {figure.name: figure for figure in FIGURES if figure.cases is not None}
_BOUNDS = ("below", "above")


class Severity(StrEnum):
    """How grave it is when an alert fires: an error makes the exit code 1."""

    ERROR = "error"
    WARNING = "warning"


def _check_threshold(value: object) -> int | float:
    if isinstance(value, float) and not math.isfinite(value):
        raise values.BadValue("wrong-type", found=str(value), wanted="a number", remedy="Write it as in 0.8.")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        remedy = "Write it without quotes, as in 0.8."
        raise values.BadValue("wrong-type", found=values.describe(value), wanted="a number", remedy=remedy)
    return value


Threshold = Annotated[int | float, checked(_check_threshold)]
Grave = Annotated[Severity, checked(lambda value: values.check_word(Severity, value))]


class AlertSettings(Table):
    """One of `[[alerts]]` as it is written."""

    name: Text | None = None
    metric: Text
    below: Threshold | None = None
    above: Threshold | None = None
    by: Words = Field(default_factory=lambda: list(BY))
    where: dict[str, Text] = Field(default_factory=dict)
    window: Duration | None = None
    least: Count = LEAST
    severity: Grave = Severity.ERROR


class Alert(NamedTuple):
    """A threshold for one figure of each group; exactly one of `below` and `above` is given.

    `label` is its name, or its place where it has none; `window` is in seconds, None for all attempts.
    `line` and `column` are where it begins in tasks/tasks.toml, `by_place` where its dimensions stand.
    """

    label: str
    name: str | None
    metric: str
    below: float | None
    above: float | None
    by: tuple[str, ...]
    where: dict[str, str]
    window: float | None
    least: int
    severity: Severity
    line: int
    column: int
    by_place: tuple[int, int]


def read_alerts(data: bytes) -> tuple[list[Alert], list[Finding]]:
    """Read the alerts of a configuration's bytes; what is wrong with any is a finding, and it is left out.

    What is wrong with all else is for `parse_config` to report.
    """
    read = read_toml(data)
    if isinstance(read, Finding):
        return [], []
    text, raw = read
    tables = raw.get("alerts", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        return [], []
    positions = find_positions(text)
    alerts, findings = [], []
    names: dict[str, int] = {}
    for number, table in enumerate(tables):
        settings, wrong = read_table(AlertSettings, table, positions, ("alerts", number))
        wrong += [_finding(number, problem, positions) for problem in _problems(table, number, names)]
        findings += wrong
        if settings is not None and not any(finding.severity == "error" for finding in wrong):
            alerts.append(_make(settings, number, positions))
    return alerts, sorted(findings, key=lambda finding: (finding.line, finding.column))


class _Problem(NamedTuple):
    at: Path  # within the alert; empty for the alert itself
    given: str
    problem: str
    remedy: str


def _finding(number: int, problem: _Problem, positions: Positions) -> Finding:
    at, given, says, remedy = problem
    path: Path = ("alerts", number, *at)
    named = {"key": field_name(path), "given": given, "problem": says, "remedy": remedy}
    return make_config_finding("config-value", path, positions, **named)


def _problems(table: dict[str, Any], number: int, names: dict[str, int]) -> Iterator[_Problem]:
    """Find what the type of a setting doesn't say; a value of a wrong type has been reported already."""
    yield from _of_name(table.get("name"), number, names)
    yield from _of_metric(table.get("metric"))
    yield from _of_bounds(table)
    yield from _of_groups(table.get("by", list(BY)), table.get("where", {}))
    yield from _of_window(table.get("window"))


def _of_name(name: object, number: int, names: dict[str, int]) -> Iterator[_Problem]:
    if isinstance(name, str) and names.setdefault(name, number) != number:
        problem = f"alerts[{names[name]}] has that name"
        yield _Problem(("name",), f'"{name}"', problem, "Give it another name, or none.")


def _of_metric(metric: object) -> Iterator[_Problem]:
    if not isinstance(metric, str) or not metric.strip() or metric in WATCHED:
        return
    figure = next((figure for figure in FIGURES if figure.name == metric), None)
    problem = "it is not a figure" if figure is None else f"it is a {figure.kind}, and no number"
    remedy = f"{values.suggest(metric, list(WATCHED))}docs/reference/metrics.md lists the figures."
    yield _Problem(("metric",), f'"{metric}"', problem, remedy)


def _of_bounds(table: dict[str, Any]) -> Iterator[_Problem]:
    given = [name for name in _BOUNDS if name in table]
    remedy = "Give one of `below` and `above`."
    if len(given) != 1:
        shown, problem = (
            ("with two thresholds", "a figure is below one or above one")
            if given
            else ("without a threshold", "it would never fire")
        )
        yield _Problem((), shown, problem, remedy)
    figure = WATCHED.get(table["metric"]) if isinstance(table.get("metric"), str) else None
    if figure is None or figure.kind is not Kind.RATE:
        return
    for name in given:
        value = table[name]
        if not isinstance(value, bool) and isinstance(value, (int, float)) and (value < 0 or value > 1):
            yield _Problem((name,), values.describe(value), "a rate is from 0 to 1", "Write 60 % as 0.6.")


def _of_groups(by: object, where: object) -> Iterator[_Problem]:
    if not isinstance(by, list) or not isinstance(where, dict):
        return
    known = [name for name in by if isinstance(name, str)]
    for name in where:
        if name not in known:
            remedy = f"{values.suggest(name, known)}Add it to `by`."
            yield _Problem(("where", name), "given", "the groups are not by it", remedy)


def _of_window(window: object) -> Iterator[_Problem]:
    if isinstance(window, str):
        with suppress(ValueError):
            if parse_duration(window) == 0:
                remedy = "Name a length of time, as 30d, or leave it out for all attempts."
                yield _Problem(("window",), f'"{window}"', "no attempt ends in no time at all", remedy)


def _make(settings: AlertSettings, number: int, positions: Positions) -> Alert:
    at = ("alerts", number)
    line, _, column = positions.get(at) or positions.get(("alerts",), (1, 1, 1))
    by_line, _, by_column = positions.get((*at, "by"), (line, column, column))
    return Alert(
        label=settings.name or field_name(at),
        name=settings.name,
        metric=settings.metric,
        below=settings.below,
        above=settings.above,
        by=tuple(dict.fromkeys(settings.by)),
        where=settings.where,
        window=settings.window,
        least=settings.least,
        severity=settings.severity,
        line=line,
        column=column,
        by_place=(by_line, by_column),
    )
