"""Generate docs/reference/events.md; `docs/generate.py` calls this."""

from __future__ import annotations

from typing import Any

from schema.outputs import build_schema

from taskfiles.telemetry import completion, outcomes
from taskfiles.telemetry.model import EVENTS, Data, Event

HEAD = """# Events

What the tool did, one JSON object per line. The envelope is [CloudEvents](https://cloudevents.io) 1.0; `data`
contains the keys of every event and the payload of its type. The log is append-only.

Within version 1, only keys may be added, and words of a key that takes one of a few; CI checks this with a
lock file. Readers ignore keys that they don't know. `tasks schema event.TYPE` prints the JSON Schema of a
whole event, `tasks schema payload.TYPE` that of its payload.
"""
COMPLETION = """A completion event's `id` is a UUID, version 5, of the task and its last attempt: however
often it is logged, it is one event. A task without attempts has none.

### Outcomes

`outcome` among the common keys is that of the action; `completion.outcome` is that of the task, from its last
attempt. A given outcome of the attempt overrides its status; without one, `completed` means success, and
`failed` and `abandoned` mean failed. The first matching line counts; any other attempt goes by its outcome.
"""

SUMMARY = """`outcome` is success if every workflow was executed without issues. Otherwise it is
partial if at least one was executed and the plan allows partial success, else failed. A plan
none of whose workflows was started is skipped, with its reason: a preview (`preview_only_guard`) and a plan
without tasks (`empty_plan`) are a success, any other (`nothing_begun`) failed, and `tasks run --plan` exits 1
then. In an executed plan, a workflow that was not started is skipped.

Batch metrics count each plan once, by its `plan_id`: `multi_workflow_count` plans,
`partial_success_count` plans whose last execution was partial, `conflict_count` the keys of
`blocking_conflicts`, each once for a plan and without `depends_on:`, which is an order, not a conflict.
"""


def events_page() -> str:
    """Tell every type of event with all its fields."""
    lines = [HEAD, "| type | when | scope | aggregation | retention |", "| --- | --- | --- | --- | --- |"]
    for name, kind in EVENTS.items():
        texts = (kind.when, kind.scope, kind.aggregation, kind.retention)
        lines.append(f"| [`{name}`](#{anchor(name)}) | {' | '.join(texts)} |")
    lines += ["", "## Envelope", "", *fields(Event.model_json_schema())]
    lines += ["## Keys of every event", "", *fields(Data.model_json_schema())]
    for name, kind in EVENTS.items():
        lines += [f"## {name}", "", f"Logged when {kind.when}.", ""]
        if kind.payload is None:
            lines += ["No further keys.", ""]
            continue
        if name == "task.completion":
            lines += ["The payload stands under `completion`.", ""]
        lines += fields(build_schema(f"payload.{name}"))
        if name == "task.completion":
            lines += [COMPLETION, *outcome_table(), *complexity_tables()]
        if name == "multi_workflow.execution_summary":
            lines.append(SUMMARY)
    return "\n".join(lines).rstrip() + "\n"


def anchor(heading: str) -> str:
    """Name a heading as links do."""
    return heading.replace(".", "")


def fields(schema: dict[str, Any]) -> list[str]:
    """Tell the keys of a schema, those of its parts below their own."""
    rows = ["| field | type | required | meaning |", "| --- | --- | --- | --- |"]
    return [*rows, *_rows(schema, schema.get("$defs", {}), ""), ""]


def _rows(schema: dict[str, Any], parts: dict[str, Any], above: str) -> list[str]:
    rows = []
    for name, key in schema["properties"].items():
        required = "yes" if name in schema.get("required", ()) else "no"
        shown = f"{above}{name}"
        kind, inner, joint = _kind(key, parts)
        rows.append(f"| `{shown}` | {kind} | {required} | {key.get('description', '')} |")
        if inner is not None and above + name != "data":
            rows += _rows(inner, parts, f"{shown}{joint}.")
    return rows


def _kind(key: dict[str, Any], parts: dict[str, Any]) -> tuple[str, dict[str, Any] | None, str]:
    """Name a key's type; gives the part that it holds too, and what stands between the names."""
    if "anyOf" in key:
        kinds = [_kind(arm, parts)[0] for arm in key["anyOf"]]
        return " or ".join(kinds), None, ""
    if "$ref" in key:
        return "object", parts[key["$ref"].rpartition("/")[2]], ""
    if "enum" in key:
        return ", ".join(f"`{word}`" for word in key["enum"]), None, ""
    if "const" in key:
        return f"`{key['const']}`", None, ""
    if key.get("type") == "array":
        kind, inner, _ = _kind(key["items"], parts)
        return f"array of {kind}s" if inner is None else "array of objects", inner, "[]"
    inside = key.get("additionalProperties")
    if isinstance(inside, dict):
        kind, inner, _ = _kind(inside, parts)
        return f"object of {kind}s", inner, ".*"
    return key.get("type", "any"), None, ""


def outcome_table() -> list[str]:
    """Tell the mapping of all vocabularies."""
    rows = [
        "| attempt status | outcome | error_type | completion outcome | workflow status |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in outcomes.TABLE:
        statuses = ", ".join(sorted(row.statuses)) if row.statuses else "any"
        types = "any" if row.error_types is None else ", ".join(sorted(row.error_types)) or "–"
        rows.append(f"| {statuses} | {row.outcome} | {types} | {row.completion} | {row.workflow} |")
    return [*rows, "| no attempt | – | – | no event | skipped |", ""]


def complexity_tables() -> list[str]:
    """Tell how complexity is assessed, and what sizes repositories have."""
    points = {
        "size": [f"{word} {number}" for word, number in completion.SIZE_POINTS.items()],
        "ambiguity": [f"{word} {number}" for word, number in completion.AMBIGUITY_POINTS.items()],
        "touches": [f"{least} or more globs {number}" for least, number in completion.TOUCHES_POINTS[::-1]],
    }
    sums = [f"{word} from {least}" for least, word in completion.COMPLEXITIES[::-1]]
    sizes = [f"| {word} | {least:,} |" for least, word in completion.REPO_SIZES[::-1]]
    return [
        "### Complexity",
        "",
        "Where a task declares none, these points are added up: " + ", ".join(sums) + ".",
        "",
        "| key | points |",
        "| --- | --- |",
        *(f"| `{key}` | {', '.join(words)} |" for key, words in points.items()),
        "",
        "### Size of the repository",
        "",
        "| category | tracked files, from |",
        "| --- | --- |",
        *sizes,
        "",
    ]
