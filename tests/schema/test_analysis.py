"""Schemas of what is made of records: they name the figures, alerts and files that the library has."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from taskfiles.dataset.manifest import PARTITIONS, Counts
from taskfiles.dataset.words import DatasetFormat
from taskfiles.stats.figures import FIGURES, Figure, Kind
from taskfiles.stats.thresholds import WATCHED
from taskfiles.task.words import Size

builder = pytest.importorskip("schema.analysis", reason="the tests run without the repository's docs")
export_schema = builder.export_schema
report_schema = builder.report_schema
stats_alerts_schema = builder.stats_alerts_schema
stats_schema = builder.stats_schema


def item(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """The properties of the objects in an array of a schema."""
    properties: dict[str, Any] = schema["properties"][name]["items"]["properties"]
    return properties


@pytest.mark.parametrize("build", [stats_schema, export_schema, stats_alerts_schema, report_schema])
def test_each_is_a_schema_of_an_object(build: Any) -> None:
    schema = build()
    Draft202012Validator.check_schema(schema)
    assert (schema["type"], "additionalProperties" in schema) == ("object", False)
    assert not Draft202012Validator(schema).is_valid({})


def test_every_figure_stands_in_a_group_and_sums_in_the_totals() -> None:
    schema = stats_schema()
    assert list(item(schema, "groups")) == ["key", "rank", *(each.name for each in FIGURES)]
    totals = schema["properties"]["totals"]
    assert list(totals["properties"]) == [each.name for each in FIGURES if each.adds_up]
    assert totals["additionalProperties"] is False
    assert item(schema, "sizes")["size"]["enum"] == list(Size)


def test_tasks_without_attempts_are_listed_where_that_is_asked_for() -> None:
    schema = stats_schema()
    assert "tasks_without_telemetry" in schema["properties"]
    assert "tasks_without_telemetry" not in schema["required"]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_a_figure_takes_the_values_of_its_kind(figure: Figure) -> None:
    validator = Draft202012Validator(item(stats_schema(), "groups")[figure.name])
    expected: dict[Kind, list[object]] = {
        Kind.COUNT: [0, 5],
        Kind.SUM: [None, 0, 5, 0.5, 1.5],
        Kind.ORDER: [None, 0, 5],
        Kind.RATE: [None, 0, 0.5],
        Kind.RATIO: [None, 0, 5, 0.5, 1.5],
        Kind.FLAG: [True],
        Kind.WORD: ["word"],
    }
    values = [None, 0, 5, 0.5, 1.5, -1, True, "word"]
    assert [value for value in values if validator.is_valid(value)] == expected[figure.kind]


def test_an_alert_watches_a_known_figure() -> None:
    schema = stats_alerts_schema()
    for name in ("alerts", "findings", "insufficient"):
        assert item(schema, name)["metric"]["enum"] == list(WATCHED)
    assert item(schema, "findings") == item(schema, "insufficient")


def test_an_export_counts_rows_of_each_table_and_may_lack_two() -> None:
    schema = export_schema()["properties"]
    counts = schema["repositories"]["additionalProperties"]["properties"]
    assert list(counts) == list(Counts._fields)
    assert {name for name, each in counts.items() if "null" in each["type"]} == {"events", "plans"}
    assert schema["format"]["enum"] == [each.value for each in DatasetFormat]
    assert [tuple(each) for each in schema["partition"]["enum"]] == list(PARTITIONS)


@pytest.mark.parametrize(("kind", "fits"), [("html", True), ("png", True), ("pdf", False)])
def test_a_report_names_its_charts_and_files(kind: str, fits: bool) -> None:
    made = {"format": kind, "charts": ["cost"], "files": ["report.html"], "as_of": None}
    assert Draft202012Validator(report_schema()).is_valid(made) is fits
