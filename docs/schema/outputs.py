"""JSON Schemas (2020-12) of the frontmatter, of every output and of events, generated from the models.

The generated files lie in `taskfiles/schema/published/`, their names and descriptions in `index.json`
beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, get_args

from schema.analysis import attempts_schema, export_schema, report_schema, stats_alerts_schema, stats_schema
from schema.examples import EXAMPLES
from schema.parts import FLAG, MAYBE_COUNT, MAYBE_TEXT, MOMENT, NULL, TEXT, TEXTS, UTC, make_object
from taskfiles.backlog.ranking import WEIGHTS
from taskfiles.backlog.search import Place
from taskfiles.doctor.check import Status
from taskfiles.doctor.checks import CHECKS
from taskfiles.errors import ERRORS
from taskfiles.leave.tool import Tool
from taskfiles.task.codes import FINDINGS, Severity
from taskfiles.task.keys import INSTANT_KEYS, KEY_ORDER, PARTS, ROOT
from taskfiles.task.model import TaskMeta
from taskfiles.telemetry.model import EVENTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LEASE = {"by": TEXT, "since": UTC, "until": UTC}
_CLAIM = {"anyOf": [make_object({**_LEASE, "mine": FLAG}), NULL]}


def _frontmatter() -> dict[str, Any]:
    schema = TaskMeta.model_json_schema()
    for name, key in PARTS[ROOT].items():
        if key.nullable:
            schema["properties"][name] = _nullable(schema["properties"][name])
    return schema


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    arms = schema.get(
        "anyOf", [{key: value for key, value in schema.items() if key not in {"default", "title"}}]
    )
    kept: dict[str, Any] = {key: schema[key] for key in ("default", "title") if key in schema}
    return {"anyOf": [*(arm for arm in arms if arm != NULL), NULL], **kept}


def _task() -> dict[str, Any]:
    meta = _frontmatter()
    known = {name: _nullable(schema) for name, schema in meta["properties"].items()}
    known |= {name: {"anyOf": [MOMENT, NULL]} for name in INSTANT_KEYS}
    known |= {name: meta["properties"][name] for name in ("id", "title", "state")}
    added = {"path": TEXT, "etag": TEXT, "valid": FLAG, "claim": _CLAIM}
    schema = make_object({**{name: {} for name in KEY_ORDER}, **added, "id": known["id"]})
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
    derived = make_object(figures | {name: {"type": "number", "minimum": 0} for name in seconds})
    task["properties"] |= {"body": TEXT, "derived": {"anyOf": [derived, NULL]}, "milestone_due": MAYBE_TEXT}
    task["required"] += ["body", "derived", "milestone_due"]
    return task


COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}


def _mutation() -> dict[str, Any]:
    task = _task()
    changes = make_object({"path": TEXT, "field": TEXT, "from": {}, "to": {}})
    reference = {"$ref": "#/$defs/Task"}
    place = make_object({"target": TEXT, "path": TEXT, "line": {"type": "integer", "minimum": 1}})
    box = make_object(
        {"section": TEXT, "number": {"type": "integer", "minimum": 1}, "text": TEXT, "checked": FLAG}
    )
    box["properties"]["id"] = {"type": "string", "description": "The task's, where several change."}
    schema = make_object(
        {
            "action": TEXT,
            "outcome": {"enum": ["success", "partial", "blocked", "failed"]},
            "reason": MAYBE_TEXT,
            "changed": FLAG,
            "dry_run": FLAG,
            "run_id": {"type": "string", "format": "uuid"},
            "applied_rules": {"type": "array", "items": TEXT},
            "changes_made": {"type": "array", "items": changes},
            "task": {"anyOf": [reference, NULL]},
        }
    )
    schema["properties"] |= {
        "attempt_id": MAYBE_TEXT,
        "attempt_ids": {"type": "array", "items": TEXT},
        "tasks": {"type": "array", "items": reference},
        "undone": {"type": "array", "items": make_object(dict.fromkeys(("run_id", "action", "time"), TEXT))},
        "committed": {"type": "array", "items": make_object({"path": TEXT, "commit": TEXT})},
        "removed": {
            "type": "array",
            "items": make_object(
                {"id": TEXT, "path": TEXT, "git": {"enum": ["same", "older", "none"]}, "children": TEXTS}
            ),
        },
        "leaving": make_object(
            {
                **dict.fromkeys(("tasks", "attempts", "newer"), COUNT),
                "cost_usd_micros": MAYBE_COUNT,
                "exported_at": MAYBE_TEXT,
                "dataset": MAYBE_TEXT,
            }
        ),
        "settled": TEXTS,
        "boxes": {"type": "array", "items": box},
        "waiting": TEXTS,
        "insights": {"type": "object", "additionalProperties": TEXT},
        "kept": {
            "type": "array",
            "items": make_object({"id": TEXT, "path": TEXT, "references": {"type": "array", "items": place}}),
        },
        "diff": TEXT,
        "stage": TEXT,
        "released": {"anyOf": [make_object(_LEASE), NULL]},
    }
    return schema | {"$defs": task.pop("$defs") | {"Task": task}}


def _log() -> dict[str, Any]:
    change = make_object({"field": TEXT, "from": {}, "to": {}})
    change["properties"]["item"] = {"type": "string", "description": "The text of a box."}
    entry = make_object(
        {
            "time": UTC,
            "by": MAYBE_TEXT,
            "source": {"enum": ["commit", "journal", "file"]},
            "commit": MAYBE_TEXT,
            "subject": MAYBE_TEXT,
            "action": MAYBE_TEXT,
            "run_id": MAYBE_TEXT,
            "id": TEXT,
            "path": TEXT,
            "changes": {"type": "array", "items": change},
        }
    )
    return {"type": "array", "items": entry}


def _search() -> dict[str, Any]:
    where: dict[str, Any] = {"enum": [str(place) for place in Place]}
    span = {"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2}
    line = make_object(
        {
            "place": where,
            "line": {"type": ["integer", "null"], "minimum": 1, "description": "Of the file; null in keys."},
            "section": {"type": ["string", "null"], "description": "The heading above it."},
            "text": TEXT,
            "spans": {
                "type": "array",
                "items": span,
                "description": "Where in the text matches begin and end.",
            },
        }
    )
    row = make_object(
        {
            "id": TEXT,
            "title": {},
            "state": {},
            "priority": {},
            "path": TEXT,
            "score": {"type": "integer", "minimum": 1, "description": "Comparable within one answer."},
            "places": {"type": "array", "items": where, "minItems": 1},
            "lines": {"type": "array", "items": line},
            "more": {**COUNT, "description": "Lines that match besides these."},
        }
    )
    return {"type": "array", "items": row}


def _migrate() -> dict[str, Any]:
    number = {"type": "integer", "minimum": 1}
    word = make_object({"key": TEXT, "value": TEXT, "to": TEXT, "word": MAYBE_TEXT, "count": COUNT})
    unplaced = make_object({"key": TEXT, "kept_as": TEXT, "count": number})
    finding = make_object(
        {
            "path": TEXT,
            "line": number,
            "column": number,
            "code": TEXT,
            "severity": {"enum": ["error", "warning"]},
            "message": TEXT,
        }
    )
    setting = make_object({"name": TEXT, "table": TEXTS, "values": {"type": "object"}})
    moved = {"old": TEXT, "id": TEXT, "state": TEXT, "outcome": {"enum": ["new", "changed", "same"]}}
    schema = make_object(
        {
            "action": TEXT,
            "outcome": {"enum": ["success", "partial", "blocked", "failed"]},
            "reason": MAYBE_TEXT,
            "changed": FLAG,
            "dry_run": FLAG,
            "run_id": {"type": "string", "format": "uuid"},
            "directory": TEXT,
            "source": TEXT,
            "tool": TEXT,
            "guessed": FLAG,
            "others": TEXTS,
            "counts": make_object(dict.fromkeys(("new", "changed", "same"), COUNT)),
            "states": {"type": "object", "additionalProperties": number},
            "words": {"type": "array", "items": word},
            "unplaced": {"type": "array", "items": unplaced},
            "settings": {"type": "array", "items": setting},
            "idle": TEXTS,
            "options": TEXTS,
            "references": {
                "type": "array",
                "items": make_object({"path": TEXT, "line": number, "id": TEXT, "old": TEXT, "new": TEXT}),
            },
            "in_code": COUNT,
            "markers": {
                "type": "array",
                "items": make_object({"path": TEXT, "line": number, "id": TEXT, "marker": TEXT}),
            },
            "findings": {"type": "array", "items": finding},
            "ids": {"type": "array", "items": make_object(moved)},
        }
    )
    schema["properties"]["stage"] = TEXT
    return schema


def _migrate_verify() -> dict[str, Any]:
    number = {"type": "integer", "minimum": 1}
    place = {"path": TEXT, "line": number, "column": number}
    difference = {**place, "old": TEXT, "id": MAYBE_TEXT, "key": TEXT, "source": {}, "here": {}}
    return make_object(
        {
            "directory": TEXT,
            "source": TEXT,
            "tool": TEXT,
            "guessed": FLAG,
            "options": TEXTS,
            "verified": FLAG,
            "tasks": COUNT,
            "states": {
                "type": "array",
                "items": make_object({"there": TEXT, "here": TEXT, "count": number}),
            },
            "differences": {"type": "array", "items": make_object(difference)},
            "gone": TEXTS,
        }
    )


def _export_to() -> dict[str, Any]:
    number = {"type": "integer", "minimum": 1}
    word = {"key": TEXT, "value": TEXT, "to": TEXT, "word": MAYBE_TEXT, "back": TEXTS, "count": number}
    counted = make_object({"key": TEXT, "count": number})
    return make_object(
        {
            "directory": TEXT,
            "dry_run": FLAG,
            "format": {"enum": [each.value for each in Tool]},
            "tool": TEXT,
            "tasks": COUNT,
            "back": COUNT,
            "states": {"type": "object", "additionalProperties": number},
            "words": {"type": "array", "items": make_object(word)},
            "unplaced": {"type": "array", "items": counted},
            "added": {"type": "array", "items": counted},
            "files": {"type": "array", "items": make_object({"path": TEXT, "bytes": COUNT})},
            "ids": {"type": "array", "items": make_object({"id": TEXT, "there": TEXT})},
        }
    )


def _tree() -> dict[str, Any]:
    names = {"type": "array", "items": TEXT}
    count = {"type": "integer", "minimum": 0}
    node = make_object(
        {
            "id": TEXT,
            "title": {},
            "kind": {},
            "state": {},
            "due": {},
            "milestone": {},
            "parent": MAYBE_TEXT,
            "path": TEXT,
            "valid": FLAG,
            "matches": FLAG,
            "progress": make_object({"closed": count, "total": count}),
            "milestone_due": MAYBE_TEXT,
        }
        | {"children": {"type": "array", "items": {"$ref": "#/$defs/Node"}}, "missing": names}
    )
    node["properties"]["ancestors"] = names
    top = {"allOf": [{"$ref": "#/$defs/Node"}, {"required": ["ancestors"]}]}
    return {"type": "array", "items": top, "$defs": {"Node": node}}


def _pickup() -> dict[str, Any]:
    schema = _mutation()
    reference = {"$ref": "#/$defs/Task"}
    shown = {"allOf": [reference, make_object({"body": TEXT, "derived": {"type": ["object", "null"]}})]}
    others = {"type": "array", "items": reference}
    claim = make_object({"token": TEXT, **_LEASE, "expired": {"anyOf": [make_object(_LEASE), NULL]}})
    added = {
        "claim": {"anyOf": [claim, NULL]},
        "context": make_object({"ancestors": others, "children": others}),
        "task": {"anyOf": [shown, NULL]},
    }
    schema["properties"] |= added
    schema["required"] += [key for key in added if key not in schema["required"]]
    return schema


def _validate() -> dict[str, Any]:
    place = {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}}
    finding = make_object(
        {
            "code": {"oneOf": [_rule(code) for code in sorted(FINDINGS)]},
            "severity": {
                "enum": list(get_args(Severity)),
                "description": "The built-in one, or what `[rules]` in tasks.toml makes of it.",
            },
            "message": TEXT,
            "path": TEXT,
        }
        | place
        | {"field": MAYBE_TEXT, "hint": TEXT}
    )
    count = {"type": "integer", "minimum": 0}
    summary = make_object(dict.fromkeys(("files", "errors", "warnings", "hints"), count))
    rules = count | {"description": "How many rules the project's tasks.toml changed, for this answer alone."}
    return make_object({"summary": summary, "rules": rules, "findings": {"type": "array", "items": finding}})


def _rule(code: str) -> dict[str, Any]:
    spec = FINDINGS[code]
    return {"const": code, "description": f"{spec.severity.capitalize()}. {spec.why}"}


def _next() -> dict[str, Any]:
    number = {"type": "integer"}
    ids = {"type": "array", "items": TEXT}
    reason = make_object({"part": {"enum": list(WEIGHTS)}, "points": number, "reason": TEXT})
    texts = dict.fromkeys(("id", "title", "priority", "size", "executor", "path"), TEXT)
    candidate = make_object(
        {"rank": {"type": "integer", "minimum": 1}}
        | texts
        | dict.fromkeys(("due", "milestone", "milestone_due"), MAYBE_TEXT)
        | {"score": number, "reasons": {"type": "array", "items": reason}}
        | {"claim": _CLAIM, "blocked": MAYBE_TEXT}
        | {"expired": {"anyOf": [make_object(_LEASE), NULL]}}
    )
    passed = make_object({"id": TEXT, "conflict": TEXT, "with": TEXT})
    skipped = make_object({"code": TEXT, "count": {"type": "integer", "minimum": 1}, "ids": ids})
    arrays = {
        "candidates": {"type": "array", "items": candidate},
        "selected": ids,
        "passed_over": {"type": "array", "items": passed},
        "skipped": {"type": "array", "items": skipped},
    }
    return make_object(arrays)


def _plan() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    ids = {"type": "array", "items": TEXT}
    stage = make_object(
        {
            "index": count,
            "run_mode": {"enum": ["sequential", "parallel"]},
            "workflows": ids | {"minItems": 1},
            "blocking_conflicts": ids,
        }
    )
    schema = make_object(
        {
            "plan_id": {"type": "string", "pattern": "^multiwf-[0-9a-f]{32}$"},
            "issue_number": MAYBE_COUNT,
            "batch_id": MAYBE_TEXT,
            "stage_count": count,
            "workflow_count": count,
            "allow_partial_success": FLAG,
            "preview_only": FLAG,
            "selection_reason": TEXT,
            "selection_message": TEXT,
            "stages": {"type": "array", "items": stage},
        }
    )
    schema["properties"]["overall_timeout_seconds"] = {"type": "integer", "minimum": 1}
    return schema


def _help() -> dict[str, Any]:
    parameter = {
        "name": TEXT,
        "type": {"enum": ["text", "path", "integer", "number", "flag", "choice"]},
        "choices": {"anyOf": [TEXTS, NULL]},
        "default": {},
        "required": FLAG,
        "repeatable": FLAG,
        "help": MAYBE_TEXT,
    }
    option = {
        "aliases": TEXTS,
        "negation": MAYBE_TEXT,
        "metavar": MAYBE_TEXT,
        "values": {"type": "integer", "minimum": 0},
        "minimum": {"type": ["number", "null"]},
    }
    command = {
        "name": TEXT,
        "aliases": TEXTS,
        "summary": TEXT,
        "description": TEXT,
        "arguments": {"type": "array", "items": make_object(parameter)},
        "options": {"type": "array", "items": make_object(parameter | option)},
        "output_schema": {"enum": [*SCHEMAS, None]},
    }
    described = {"name": TEXT, "description": TEXT}
    exit_code = {"exit": {"type": "integer"}, "meaning": TEXT, "errors": TEXTS}
    return make_object(
        {
            "program": TEXT,
            "version": TEXT,
            "commands": {"type": "array", "items": make_object(command)},
            "topics": {"type": "array", "items": make_object({"topic": TEXT, "description": TEXT})},
            "exit_codes": {"type": "array", "items": make_object(exit_code)},
            "schemas": {"type": "array", "items": make_object(described)},
        }
    )


def _doctor() -> dict[str, Any]:
    result = {
        "check": {"enum": list(CHECKS)},
        "status": {"enum": list(Status)},
        "message": TEXT,
        "hint": MAYBE_TEXT,
        "path": MAYBE_TEXT,
        "line": MAYBE_COUNT,
        "fixable": FLAG,
    }
    count = {"type": "integer", "minimum": 0}
    summary = make_object(dict.fromkeys(("checks", "wrong", "fixed"), count))
    return make_object({"summary": summary, "results": {"type": "array", "items": make_object(result)}})


def _telemetry_push() -> dict[str, Any]:
    sink = {
        "sink": TEXT,
        "events": {"type": "integer", "minimum": 0},
        "damaged": {"type": "integer", "minimum": 0},
        "problem": MAYBE_TEXT,
        "note": MAYBE_TEXT,
        "refused": {"type": "integer", "minimum": 0},
        "outcome": {"enum": ["success", "failed"]},
    }
    return make_object({"dry_run": FLAG, "sinks": {"type": "array", "items": make_object(sink)}})


def _telemetry_compact() -> dict[str, Any]:
    day = {
        "day": {"type": "string", "format": "date"},
        "events": {"type": "integer", "minimum": 0},
        "files": {"type": "integer", "minimum": 1},
        "outcome": {"enum": ["archived", "deleted", "kept", "failed"]},
        "reason": MAYBE_TEXT,
    }
    archives = {"dry_run": FLAG, "archive": MAYBE_TEXT, "days": {"type": "array", "items": make_object(day)}}
    return make_object(archives)


def _run() -> dict[str, Any]:
    schema = _mutation()
    attempt = {"allOf": [{"$ref": "#/$defs/ExecutionAttempt"}, make_object({"log": TEXT})]}
    problem = make_object({"code": {"enum": sorted(ERRORS)}, "message": TEXT})
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
    summary = _payload("multi_workflow.execution_summary")
    summary.pop("examples")
    shared |= summary.pop("$defs") | {"Summary": summary, "Plan": _plan()}
    schema = make_object(
        {
            "plan": {"$ref": "#/$defs/Plan"},
            "summary": {"anyOf": [{"$ref": "#/$defs/Summary"}, NULL]},
            "runs": {"type": "array", "items": {"$ref": "#/$defs/Run"}},
            "branch": MAYBE_TEXT,
            "problems": TEXTS,
        }
    )
    return schema | {"$defs": shared}


def _error() -> dict[str, Any]:
    error = {"code": {"enum": sorted(ERRORS)}, "message": TEXT, "hint": TEXT, "path": MAYBE_TEXT}
    error |= {"line": MAYBE_COUNT, "column": MAYBE_COUNT, "details": {"type": "object"}}
    return make_object({"error": make_object(error)})


def _warning() -> dict[str, Any]:
    warning = {
        "code": TEXT,
        "message": TEXT,
        "path": MAYBE_TEXT,
        "line": MAYBE_COUNT,
        "column": MAYBE_COUNT,
    }
    made = make_object(warning)
    made["properties"]["count"] = {"type": "integer", "minimum": 1}
    return make_object({"warning": made})


def _event(name: str) -> dict[str, Any]:
    return EVENTS[name].event.model_json_schema() | {"examples": EXAMPLES[f"event.{name}"]}


def _payload(name: str) -> dict[str, Any]:
    payload = EVENTS[name].payload
    assert payload is not None
    return payload.model_json_schema() | {"examples": EXAMPLES[f"payload.{name}"]}


SCHEMAS: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "frontmatter": ("The frontmatter of a task file.", _frontmatter),
    "task": ("A task object, as it stands in every output.", _task),
    "list": ("`tasks list --output json`.", _list),
    "search": ("`tasks search TEXT --output json`.", _search),
    "show": ("`tasks show ID --output json`.", _show),
    "tree": ("`tasks tree --output json`.", _tree),
    "log": ("`tasks log --output json`.", _log),
    "migrate": ("`tasks migrate --output json`.", _migrate),
    "migrate-verify": ("`tasks migrate --verify --output json`.", _migrate_verify),
    "mutation": ("What every command that writes answers.", _mutation),
    "pickup": ("What `tasks pickup` answers: a mutation with the claim and the task's context.", _pickup),
    "validate": ("`tasks validate --output json`.", _validate),
    "next": ("`tasks next --output json`.", _next),
    "plan": ("`tasks plan --output json`.", _plan),
    "stats": ("`tasks stats --output json`.", stats_schema),
    "attempts": ("`tasks attempts --output json`.", attempts_schema),
    "export": ("`tasks export --output json`.", export_schema),
    "export-to": ("`tasks export --to --output json`.", _export_to),
    "stats-alerts": ("`tasks stats --alerts --output json`.", stats_alerts_schema),
    "report": ("`tasks report --output json`, where it wrote files.", report_schema),
    "run": ("What `tasks run` answers: a mutation with the attempts; with --loop a list of these.", _run),
    "run-plan": ("What `tasks run --plan` answers.", _run_plan),
    "help": ("`tasks help --output json`: the contract of all commands.", _help),
    "doctor": ("`tasks doctor --output json`.", _doctor),
    "telemetry-push": ("`tasks telemetry push --output json`.", _telemetry_push),
    "telemetry-compact": ("`tasks telemetry compact --output json`.", _telemetry_compact),
    "error": ("An error on standard error, in JSON mode.", _error),
    "warning": ("A warning on standard error, in JSON mode.", _warning),
    **{f"event.{name}": (f"An event: {kind.when}.", partial(_event, name)) for name, kind in EVENTS.items()},
    **{
        f"payload.{name}": (
            f"Keys of `{name}` besides those of every event.",
            partial(_payload, name),
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
