"""JSON Schemas of what is made of records: figures, alerts, datasets, reports."""

from __future__ import annotations

from typing import Any

from schema.parts import FLAG, MAYBE_COUNT, MAYBE_TEXT, MOMENT, NULL, TEXT, TEXTS, UTC, make_object
from taskfiles.dataset.columns import ATTEMPTS, VERSION, Type
from taskfiles.dataset.manifest import PARTITIONS, Counts
from taskfiles.dataset.recent import SHOWN
from taskfiles.dataset.words import DatasetFormat
from taskfiles.stats.figures import FIGURES, Kind
from taskfiles.stats.flow import Flow
from taskfiles.stats.thresholds import WATCHED, Severity
from taskfiles.task.words import Size
from taskfiles.telemetry.workflows import BatchMetrics


def stats_schema() -> dict[str, Any]:
    """Make the schema of `tasks stats`."""
    count = {"type": "integer", "minimum": 0}
    types: dict[Kind, dict[str, Any]] = {
        Kind.COUNT: count,
        Kind.SUM: {"type": ["number", "null"], "minimum": 0},
        Kind.ORDER: {"type": ["integer", "null"], "minimum": 0},
        Kind.RATE: {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        Kind.RATIO: {"type": ["number", "null"], "minimum": 0},
        Kind.FLAG: FLAG,
        Kind.WORD: TEXT,
    }
    rank = {"type": ["integer", "null"], "minimum": 1}
    key = {"type": "object", "additionalProperties": MAYBE_TEXT}
    group = {"key": key, "rank": rank} | {each.name: types[each.kind] for each in FIGURES}
    totals = {each.name: types[each.kind] for each in FIGURES if each.adds_up}
    instant = {"anyOf": [UTC, NULL]}
    size = {"size": {"enum": list(Size)}, "tasks": count, "median_work_seconds": count, "insufficient": FLAG}
    untried = {
        **dict.fromkeys(("id", "title", "kind", "path"), TEXT),
        "completed_at": {"anyOf": [MOMENT, NULL]},
    }
    milestone: dict[str, Any] = {"name": TEXT, "due": {"type": "string", "format": "date"}, "overdue": FLAG}
    milestone |= {"open": count, "closed": count}
    schema = make_object(
        {
            "by": TEXTS | {"minItems": 1},
            "filter": make_object({"since": instant, "until": instant, "states": TEXTS, "task": MAYBE_TEXT}),
            "groups": {"type": "array", "items": make_object(group)},
            "groups_found": count,
            "totals": make_object(totals) | {"additionalProperties": False},
            "sizes": {"type": "array", "items": make_object(size)},
            "without_telemetry": count,
            "invalid": count,
            "unreadable": count,
            "overdue": count,
            "milestones": {"type": "array", "items": make_object(milestone)},
            "plans": {"anyOf": [make_object(dict.fromkeys(BatchMetrics._fields, count)), NULL]},
            "flow": {"anyOf": [_flow(), NULL]},
        }
    )
    schema["properties"]["tasks_without_telemetry"] = {"type": "array", "items": make_object(untried)}
    return schema


def attempts_schema() -> dict[str, Any]:
    """Make the schema of `tasks attempts`: columns of a dataset, and what only the files have."""
    types: dict[Type, dict[str, Any]] = {
        Type.TEXT: MAYBE_TEXT,
        Type.INSTANT: {"anyOf": [UTC, NULL]},
        Type.INTEGER: MAYBE_COUNT,
        Type.BOOLEAN: {"type": ["boolean", "null"]},
    }
    columns = {column.name: column for column in ATTEMPTS}
    row = {name: types[columns[name].type] | {"description": columns[name].meaning} for name in SHOWN}
    known = ("task_id", "started_at", "ended_at", "status", "outcome", "ending")
    row |= {
        name: (UTC if name.endswith("_at") else TEXT) | {"description": row[name]["description"]}
        for name in known
    }
    row |= {"reviewer": MAYBE_TEXT | {"description": "The reviewer's name."}}
    row |= {"error_reason": MAYBE_TEXT | {"description": "Why it failed, as the file says."}}
    return {"type": "array", "items": make_object(row)}


def _flow() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    aged = {"id": TEXT, "title": TEXT, "state": TEXT, "age_seconds": count}
    week = {"week": {"type": "string", "pattern": r"^\d{4}-W\d{2}$"}, "completed": count, "created": count}
    parts: dict[str, Any] = dict.fromkeys(Flow._fields, MAYBE_COUNT)
    parts |= dict.fromkeys(("completed", "lead_known", "cycle_known", "open", "age_known"), count)
    parts["throughput_per_week"] = {"type": ["number", "null"], "minimum": 0}
    parts["oldest"] = {"type": "array", "items": make_object(aged)}
    parts["weeks"] = {"type": "array", "items": make_object(week)}
    return make_object(parts)


def export_schema() -> dict[str, Any]:
    """Make the schema of `tasks export`."""
    count = {"type": "integer", "minimum": 0}
    optional = {"events", "plans"}
    counts = {name: MAYBE_COUNT if name in optional else count for name in Counts._fields}
    file = {"path": TEXT, "table": TEXT, "rows": count, "bytes": count, "changed": FLAG}
    return make_object(
        {
            "dataset": TEXT,
            "version": {"const": VERSION},
            "format": {"enum": [each.value for each in DatasetFormat]},
            "partition": {"enum": [list(each) for each in PARTITIONS]},
            "changed": FLAG,
            "repositories": {"type": "object", "additionalProperties": make_object(counts)},
            "files": {"type": "array", "items": make_object(file)},
        }
    )


def stats_alerts_schema() -> dict[str, Any]:
    """Make the schema of `tasks stats --alerts`."""
    count = {"type": "integer", "minimum": 0}
    number = {"type": ["number", "null"]}
    instant = {"anyOf": [UTC, NULL]}
    words = {"type": "object", "additionalProperties": MAYBE_TEXT}
    severity = {"enum": list(Severity)}
    metric = {"enum": list(WATCHED)}
    alert = {"alert": TEXT, "metric": metric, "below": number, "above": number, "by": TEXTS, "where": words}
    alert |= {"since": instant, "until": instant, "least": count, "severity": severity}
    alert |= dict.fromkeys(("groups", "fired", "insufficient"), count)
    place = {key: {"type": "integer", "minimum": 1} for key in ("line", "column")}
    found = {"alert": TEXT, "severity": severity, "message": TEXT, "path": TEXT, **place, "hint": TEXT}
    found |= {"key": words, "metric": metric} | dict.fromkeys(
        ("value", "low", "high", "below", "above"), number
    )
    found |= {"n": count, "cases": {"enum": sorted({str(each.cases) for each in WATCHED.values()})}}
    found |= {"least": count, "insufficient": FLAG}
    groups = {"type": "array", "items": make_object(found)}
    return make_object(
        {
            "filter": make_object({"until": instant, "states": TEXTS, "task": MAYBE_TEXT}),
            "alerts": {"type": "array", "items": make_object(alert)},
            "findings": groups,
            "insufficient": groups,
        }
    )


def report_schema() -> dict[str, Any]:
    """Make the schema of `tasks report`."""
    told = {"format": {"enum": ["html", "svg", "png"]}, "charts": TEXTS, "files": TEXTS}
    return make_object({**told, "as_of": MAYBE_TEXT})
