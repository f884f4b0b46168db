"""JSON Schemas (2020-12) of the frontmatter, of every output and of events, generated from the models.

The generated files lie in `taskfiles/schemas/`; a test compares them with what this module builds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from typing import Any

from taskfiles.checks import CHECKS
from taskfiles.codes import FINDINGS, SEVERITIES
from taskfiles.dataset.columns import VERSION
from taskfiles.dataset.manifest import PARTITIONS, Counts, Format
from taskfiles.doctor import Status
from taskfiles.errors import ERRORS
from taskfiles.keys import INSTANT_KEYS, KEY_ORDER, NULLABLE
from taskfiles.model import TaskMeta
from taskfiles.ranking import WEIGHTS
from taskfiles.stats.figures import FIGURES, Kind
from taskfiles.stats.thresholds import WATCHED, Gravity
from taskfiles.telemetry.model import EVENTS, event_schema, payload_schema
from taskfiles.telemetry.workflows import BatchMetrics
from taskfiles.words import Size

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NULL = {"type": "null"}
_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_FLAG = {"type": "boolean"}
_MAYBE_TEXT = {"type": ["string", "null"]}
_MAYBE_COUNT = {"type": ["integer", "null"]}
_UTC = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$"}
_LEASE = {"by": _TEXT, "since": _UTC, "until": _UTC}


def _object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An object with these properties, all required, open to those of later minor versions."""
    return {"type": "object", "properties": properties, "required": list(properties), **more}


def _frontmatter() -> dict[str, Any]:
    schema = TaskMeta.model_json_schema()
    for name in NULLABLE:
        schema["properties"][name] = _nullable(schema["properties"][name])
    return schema


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    arms = schema.get(
        "anyOf", [{key: value for key, value in schema.items() if key not in {"default", "title"}}]
    )
    kept: dict[str, Any] = {key: schema[key] for key in ("default", "title") if key in schema}
    return {"anyOf": [*(arm for arm in arms if arm != _NULL), _NULL], **kept}


def _task() -> dict[str, Any]:
    meta = _frontmatter()
    known = {name: _nullable(schema) for name, schema in meta["properties"].items()}
    known |= {name: {"anyOf": [_UTC, _NULL]} for name in INSTANT_KEYS}
    known |= {name: meta["properties"][name] for name in ("id", "title", "state")}
    added = {"path": _TEXT, "etag": _TEXT, "valid": _FLAG}
    schema = _object({**{name: {} for name in KEY_ORDER}, **added, "id": known["id"]})
    schema["properties"]["extra"] = {
        "type": "object",
        "description": "The file's own keys of reserved names.",
    }
    schema["if"] = {"properties": {"valid": {"const": True}}}
    schema["then"] = {"properties": known}
    return schema | {"$defs": meta["$defs"]}


def _list() -> dict[str, Any]:
    task = _task()
    return {"type": "array", "items": {"$ref": "#/$defs/Task"}, "$defs": task.pop("$defs") | {"Task": task}}


def _show() -> dict[str, Any]:
    task = _task()
    figures = {"attempts": {"type": "integer"}, "retry_count": {"type": "integer"}}
    seconds = ("total_execution_seconds", "wall_clock_seconds", "active_seconds", "idle_seconds")
    derived = _object(figures | {name: {"type": "number", "minimum": 0} for name in seconds})
    task["properties"] |= {"body": _TEXT, "derived": {"anyOf": [derived, _NULL]}}
    task["required"] += ["body", "derived"]
    return task


def _mutation() -> dict[str, Any]:
    task = _task()
    changes = _object({"path": _TEXT, "field": _TEXT, "from": {}, "to": {}})
    reference = {"$ref": "#/$defs/Task"}
    place = _object({"target": _TEXT, "path": _TEXT, "line": {"type": "integer", "minimum": 1}})
    schema = _object(
        {
            "action": _TEXT,
            "outcome": {"enum": ["success", "partial", "blocked", "failed"]},
            "reason": _MAYBE_TEXT,
            "changed": _FLAG,
            "dry_run": _FLAG,
            "run_id": {"type": "string", "format": "uuid"},
            "applied_rules": {"type": "array", "items": _TEXT},
            "changes_made": {"type": "array", "items": changes},
            "task": {"anyOf": [reference, _NULL]},
        }
    )
    schema["properties"] |= {
        "attempt_id": _MAYBE_TEXT,
        "attempt_ids": {"type": "array", "items": _TEXT},
        "tasks": {"type": "array", "items": reference},
        "undone": {"type": "array", "items": _object(dict.fromkeys(("run_id", "action", "time"), _TEXT))},
        "removed": {
            "type": "array",
            "items": _object({"id": _TEXT, "path": _TEXT, "git": {"enum": ["same", "older", "none"]}}),
        },
        "settled": _TEXTS,
        "insights": {"type": "object", "additionalProperties": _TEXT},
        "kept": {
            "type": "array",
            "items": _object({"id": _TEXT, "path": _TEXT, "references": {"type": "array", "items": place}}),
        },
        "diff": _TEXT,
        "released": {"anyOf": [_object(_LEASE), _NULL]},
    }
    return schema | {"$defs": task.pop("$defs") | {"Task": task}}


def _tree() -> dict[str, Any]:
    names = {"type": "array", "items": _TEXT}
    node = _object(
        {
            "id": _TEXT,
            "title": {},
            "kind": {},
            "state": {},
            "parent": _MAYBE_TEXT,
            "path": _TEXT,
            "valid": _FLAG,
        }
        | {"children": {"type": "array", "items": {"$ref": "#/$defs/Node"}}, "missing": names}
    )
    node["properties"]["ancestors"] = names
    top = {"allOf": [{"$ref": "#/$defs/Node"}, {"required": ["ancestors"]}]}
    return {"type": "array", "items": top, "$defs": {"Node": node}}


def _pickup() -> dict[str, Any]:
    schema = _mutation()
    reference = {"$ref": "#/$defs/Task"}
    shown = {"allOf": [reference, _object({"body": _TEXT, "derived": {"type": ["object", "null"]}})]}
    others = {"type": "array", "items": reference}
    claim = _object({"token": _TEXT, **_LEASE, "expired": {"anyOf": [_object(_LEASE), _NULL]}})
    added = {
        "claim": {"anyOf": [claim, _NULL]},
        "context": _object({"target": shown, "ancestors": others, "children": others}),
    }
    schema["properties"] |= added
    schema["required"] += added
    return schema


def _validate() -> dict[str, Any]:
    place = {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}}
    finding = _object(
        {
            "code": {"enum": sorted(FINDINGS)},
            "severity": {"enum": list(SEVERITIES)},
            "message": _TEXT,
            "path": _TEXT,
        }
        | place
        | {"field": _MAYBE_TEXT, "hint": _TEXT}
    )
    count = {"type": "integer", "minimum": 0}
    summary = _object(dict.fromkeys(("files", "errors", "warnings", "hints"), count))
    return _object({"summary": summary, "findings": {"type": "array", "items": finding}})


def _next() -> dict[str, Any]:
    number = {"type": "integer"}
    ids = {"type": "array", "items": _TEXT}
    reason = _object({"part": {"enum": list(WEIGHTS)}, "points": number, "reason": _TEXT})
    texts = dict.fromkeys(("id", "title", "priority", "size", "executor", "path"), _TEXT)
    candidate = _object(
        {"rank": {"type": "integer", "minimum": 1}}
        | texts
        | {"score": number, "reasons": {"type": "array", "items": reason}}
        | {"expired": {"anyOf": [_object(_LEASE), _NULL]}}
    )
    skipped = _object({"id": _TEXT, "conflict": _TEXT, "with": _TEXT})
    arrays = {
        "candidates": {"type": "array", "items": candidate},
        "selected": ids,
        "skipped": {"type": "array", "items": skipped},
    }
    return _object(arrays)


def _plan() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    ids = {"type": "array", "items": _TEXT}
    stage = _object(
        {
            "index": count,
            "run_mode": {"enum": ["sequential", "parallel"]},
            "workflows": ids | {"minItems": 1},
            "blocking_conflicts": ids,
        }
    )
    schema = _object(
        {
            "plan_id": {"type": "string", "pattern": "^multiwf-[0-9a-f]{32}$"},
            "issue_number": _MAYBE_COUNT,
            "batch_id": _MAYBE_TEXT,
            "stage_count": count,
            "workflow_count": count,
            "allow_partial_success": _FLAG,
            "preview_only": _FLAG,
            "selection_reason": _TEXT,
            "selection_message": _TEXT,
            "stages": {"type": "array", "items": stage},
        }
    )
    schema["properties"]["overall_timeout_seconds"] = {"type": "integer", "minimum": 1}
    return schema


def _stats() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    types: dict[Kind, dict[str, Any]] = {
        Kind.COUNT: count,
        Kind.SUM: {"type": ["number", "null"], "minimum": 0},
        Kind.ORDER: {"type": ["integer", "null"], "minimum": 0},
        Kind.RATE: {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        Kind.RATIO: {"type": ["number", "null"], "minimum": 0},
        Kind.FLAG: _FLAG,
        Kind.WORD: _TEXT,
    }
    rank = {"type": ["integer", "null"], "minimum": 1}
    key = {"type": "object", "additionalProperties": _MAYBE_TEXT}
    group = {"key": key, "rank": rank} | {each.name: types[each.kind] for each in FIGURES}
    totals = {each.name: types[each.kind] for each in FIGURES if each.adds_up}
    instant = {"anyOf": [_UTC, _NULL]}
    size = {"size": {"enum": list(Size)}, "tasks": count, "median_work_seconds": count, "insufficient": _FLAG}
    untold = {**dict.fromkeys(("id", "title", "kind", "path"), _TEXT), "completed_at": instant}
    schema = _object(
        {
            "by": _TEXTS | {"minItems": 1},
            "filter": _object({"since": instant, "until": instant, "states": _TEXTS, "task": _MAYBE_TEXT}),
            "groups": {"type": "array", "items": _object(group)},
            "groups_found": count,
            "totals": _object(totals) | {"additionalProperties": False},
            "sizes": {"type": "array", "items": _object(size)},
            "without_telemetry": count,
            "invalid": count,
            "unreadable": count,
            "plans": {"anyOf": [_object(dict.fromkeys(BatchMetrics._fields, count)), _NULL]},
        }
    )
    schema["properties"]["tasks_without_telemetry"] = {"type": "array", "items": _object(untold)}
    return schema


def _export() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    optional = {"events", "plans"}
    counts = {name: _MAYBE_COUNT if name in optional else count for name in Counts._fields}
    file = {"path": _TEXT, "table": _TEXT, "rows": count, "bytes": count, "changed": _FLAG}
    return _object(
        {
            "dataset": _TEXT,
            "version": {"const": VERSION},
            "format": {"enum": [each.value for each in Format]},
            "partition": {"enum": [list(each) for each in PARTITIONS]},
            "changed": _FLAG,
            "repositories": {"type": "object", "additionalProperties": _object(counts)},
            "files": {"type": "array", "items": _object(file)},
        }
    )


def _stats_alerts() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    number = {"type": ["number", "null"]}
    instant = {"anyOf": [_UTC, _NULL]}
    words = {"type": "object", "additionalProperties": _MAYBE_TEXT}
    severity = {"enum": list(Gravity)}
    metric = {"enum": list(WATCHED)}
    alert = {"alert": _TEXT, "metric": metric, "below": number, "above": number, "by": _TEXTS, "where": words}
    alert |= {"since": instant, "until": instant, "least": count, "severity": severity}
    alert |= dict.fromkeys(("groups", "fired", "insufficient"), count)
    place = {key: {"type": "integer", "minimum": 1} for key in ("line", "column")}
    found = {"alert": _TEXT, "severity": severity, "message": _TEXT, "path": _TEXT, **place, "hint": _TEXT}
    found |= {"key": words, "metric": metric} | dict.fromkeys(
        ("value", "low", "high", "below", "above"), number
    )
    found |= {"n": count, "cases": {"enum": sorted({str(each.cases) for each in WATCHED.values()})}}
    found |= {"least": count, "insufficient": _FLAG}
    groups = {"type": "array", "items": _object(found)}
    return _object(
        {
            "filter": _object({"until": instant, "states": _TEXTS, "task": _MAYBE_TEXT}),
            "alerts": {"type": "array", "items": _object(alert)},
            "findings": groups,
            "insufficient": groups,
        }
    )


def _help() -> dict[str, Any]:
    parameter = {
        "name": _TEXT,
        "type": {"enum": ["text", "path", "integer", "number", "flag", "choice"]},
        "choices": {"anyOf": [_TEXTS, _NULL]},
        "default": {},
        "required": _FLAG,
        "repeatable": _FLAG,
        "help": _MAYBE_TEXT,
    }
    option = {
        "aliases": _TEXTS,
        "negation": _MAYBE_TEXT,
        "metavar": _MAYBE_TEXT,
        "values": {"type": "integer", "minimum": 0},
        "minimum": {"type": ["number", "null"]},
    }
    command = {
        "name": _TEXT,
        "aliases": _TEXTS,
        "summary": _TEXT,
        "description": _TEXT,
        "arguments": {"type": "array", "items": _object(parameter)},
        "options": {"type": "array", "items": _object(parameter | option)},
        "output_schema": {"enum": [*SCHEMAS, None]},
    }
    described = {"name": _TEXT, "description": _TEXT}
    exit_code = {"exit": {"type": "integer"}, "meaning": _TEXT, "errors": _TEXTS}
    return _object(
        {
            "program": _TEXT,
            "version": _TEXT,
            "commands": {"type": "array", "items": _object(command)},
            "topics": {"type": "array", "items": _object({"topic": _TEXT, "description": _TEXT})},
            "exit_codes": {"type": "array", "items": _object(exit_code)},
            "schemas": {"type": "array", "items": _object(described)},
        }
    )


def _doctor() -> dict[str, Any]:
    result = {
        "check": {"enum": list(CHECKS)},
        "status": {"enum": list(Status)},
        "message": _TEXT,
        "hint": _MAYBE_TEXT,
        "path": _MAYBE_TEXT,
        "line": _MAYBE_COUNT,
        "fixable": _FLAG,
    }
    count = {"type": "integer", "minimum": 0}
    summary = _object(dict.fromkeys(("checks", "wrong", "fixed"), count))
    return _object({"summary": summary, "results": {"type": "array", "items": _object(result)}})


def _telemetry_push() -> dict[str, Any]:
    sink = {
        "sink": _TEXT,
        "events": {"type": "integer", "minimum": 0},
        "damaged": {"type": "integer", "minimum": 0},
        "problem": _MAYBE_TEXT,
        "note": _MAYBE_TEXT,
        "outcome": {"enum": ["success", "failed"]},
    }
    return _object({"dry_run": _FLAG, "sinks": {"type": "array", "items": _object(sink)}})


def _telemetry_compact() -> dict[str, Any]:
    day = {
        "day": {"type": "string", "format": "date"},
        "events": {"type": "integer", "minimum": 0},
        "files": {"type": "integer", "minimum": 1},
        "outcome": {"enum": ["archived", "deleted", "kept", "failed"]},
        "reason": _MAYBE_TEXT,
    }
    archives = {"dry_run": _FLAG, "archive": _MAYBE_TEXT, "days": {"type": "array", "items": _object(day)}}
    return _object(archives)


def _report() -> dict[str, Any]:
    told = {"format": {"enum": ["html", "svg", "png"]}, "charts": _TEXTS, "files": _TEXTS}
    return _object({**told, "as_of": _MAYBE_TEXT})


def _run() -> dict[str, Any]:
    schema = _mutation()
    attempt = {"allOf": [{"$ref": "#/$defs/ExecutionAttempt"}, _object({"log": _TEXT})]}
    problem = _object({"code": {"enum": sorted(ERRORS)}, "message": _TEXT})
    added = {
        "attempts": {"type": "array", "items": attempt, "minItems": 1},
        "exit_code": {"type": ["integer", "null"]},
        "problems": {"type": "array", "items": problem},
    }
    schema["properties"] |= added
    schema["required"] += added
    return schema


def _run_plan() -> dict[str, Any]:
    run = _run()
    shared = run.pop("$defs") | {"Run": run}
    summary = payload_schema("multi_workflow.execution_summary")
    summary.pop("examples")
    shared |= summary.pop("$defs") | {"Summary": summary, "Plan": _plan()}
    schema = _object(
        {
            "plan": {"$ref": "#/$defs/Plan"},
            "summary": {"anyOf": [{"$ref": "#/$defs/Summary"}, _NULL]},
            "runs": {"type": "array", "items": {"$ref": "#/$defs/Run"}},
            "branch": _MAYBE_TEXT,
            "problems": _TEXTS,
        }
    )
    return schema | {"$defs": shared}


def _error() -> dict[str, Any]:
    error = {"code": {"enum": sorted(ERRORS)}, "message": _TEXT, "hint": _TEXT, "path": _MAYBE_TEXT}
    error |= {"line": _MAYBE_COUNT, "column": _MAYBE_COUNT, "details": {"type": "object"}}
    return _object({"error": _object(error)})


def _warning() -> dict[str, Any]:
    warning = {
        "code": _TEXT,
        "message": _TEXT,
        "path": _MAYBE_TEXT,
        "line": _MAYBE_COUNT,
        "column": _MAYBE_COUNT,
    }
    return _object({"warning": _object(warning)})


SCHEMAS: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "frontmatter": ("The frontmatter of a task file.", _frontmatter),
    "task": ("A task object, as it stands in every output.", _task),
    "list": ("`tasks list --output json`.", _list),
    "show": ("`tasks show ID --output json`.", _show),
    "tree": ("`tasks tree --output json`.", _tree),
    "mutation": ("What every command that writes answers.", _mutation),
    "pickup": ("What `tasks pickup` answers: a mutation with the claim and the task's context.", _pickup),
    "validate": ("`tasks validate --output json`.", _validate),
    "next": ("`tasks next --output json`.", _next),
    "plan": ("`tasks plan --output json`.", _plan),
    "stats": ("`tasks stats --output json`.", _stats),
    "export": ("`tasks export --output json`.", _export),
    "stats-alerts": ("`tasks stats --alerts --output json`.", _stats_alerts),
    "report": ("`tasks report --output json`, where it wrote files.", _report),
    "run": ("What `tasks run` answers: a mutation with the attempts; with --loop a list of these.", _run),
    "run-plan": ("What `tasks run --plan` answers.", _run_plan),
    "help": ("`tasks help --output json`: the contract of all commands.", _help),
    "doctor": ("`tasks doctor --output json`.", _doctor),
    "telemetry-push": ("`tasks telemetry push --output json`.", _telemetry_push),
    "telemetry-compact": ("`tasks telemetry compact --output json`.", _telemetry_compact),
    "error": ("An error on standard error, in JSON mode.", _error),
    "warning": ("A warning on standard error, in JSON mode.", _warning),
    **{
        f"event.{name}": (f"An event: {kind.when}.", partial(event_schema, name))
        for name, kind in EVENTS.items()
    },
    **{
        f"payload.{name}": (
            f"What `{name}` tells beside what every event does.",
            partial(payload_schema, name),
        )
        for name, kind in EVENTS.items()
        if kind.payload
    },
}


def build_schema(name: str) -> dict[str, Any]:
    """Build a schema from the models."""
    description, build = SCHEMAS[name]
    schema = build()
    schema.pop("description", None)
    return {
        "$schema": DIALECT,
        "$id": f"urn:taskfiles:schema:v1:{name}",
        "description": description,
        **schema,
    }


def read_schema(name: str) -> dict[str, Any]:
    """Read a schema as it is published in the package."""
    text = (files("taskfiles") / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
