"""Use case: the saved filters in `[views]` of tasks/tasks.toml, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from taskfiles.backlog.filter import Filter
from taskfiles.backlog.filter_text import read_filters
from taskfiles.config.model import find_positions, make_config_finding, read_toml
from taskfiles.errors import TaskfilesError
from taskfiles.task.findings import Finding
from taskfiles.task.values import describe
from taskfiles.text.nodes import Path, field_name

_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)  # durations before it are as sound as before now
_EXAMPLE = 'Write its filters below [views.NAME], as in `state = "ready"`.'


def read_views(
    tables: Mapping[str, Any], now: datetime, zone: tzinfo
) -> dict[str, dict[str, Any] | TaskfilesError]:
    """Map the names of views to the fields of a Filter, or to what is wrong with them (bad-value)."""
    return {name: _read(table, now, zone) for name, table in tables.items()}


def check_views(data: bytes) -> list[Finding]:
    """Return the findings of the views in a configuration's bytes.

    What is wrong with all else is for `parse_config` to report.
    """
    read = read_toml(data)
    if isinstance(read, Finding):
        return []
    text, raw = read
    views = raw.get("views", {})
    if not isinstance(views, dict):
        return []
    positions = find_positions(text)
    findings = []
    for name, table in views.items():
        parts: list[tuple[Path, object]] = [(("views", name), table)]
        if isinstance(table, dict):
            parts = [(("views", name, key), {key: value}) for key, value in table.items()]
        findings += [
            make_config_finding("config-value", path, positions, key=field_name(path), **_params(wrong))
            for path, part in parts
            if isinstance(wrong := _read(part, _ANY_TIME, UTC), TaskfilesError)
        ]
    return sorted(findings, key=lambda finding: (finding.line, finding.column))


def _params(wrong: TaskfilesError) -> dict[str, str]:
    """Return how a finding says what a refusal says."""
    _, _, said = wrong.message.partition("can't be ")
    given, _, problem = said.rpartition(": ")
    return {"given": given, "problem": problem.rstrip("."), "remedy": wrong.hint}


def _read(table: object, now: datetime, zone: tzinfo) -> dict[str, Any] | TaskfilesError:
    try:
        if not isinstance(table, dict):
            raise TaskfilesError(
                "bad-value",
                option="A view",
                given=describe(table),
                problem="it is a table of filters",
                remedy=_EXAMPLE,
            )
        fields = read_filters(table, now, zone)
        Filter(**fields)
    except TaskfilesError as wrong:
        return wrong
    return fields
