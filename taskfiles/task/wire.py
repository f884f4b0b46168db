"""One task as JSON-able values, with what goes with it: findings, changes, a claim."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from taskfiles.basics.instants import format_instant, normalise_instant, parse_instant
from taskfiles.task.attempts import derive_spans
from taskfiles.task.findings import Finding
from taskfiles.task.keys import KEY_ORDER, RESERVED
from taskfiles.task.remembered import Entry, pack
from taskfiles.task.rules.keys import attempt_list, instants
from taskfiles.task.task import Task
from taskfiles.text.nodes import Path

if TYPE_CHECKING:
    from taskfiles.task.claim import Lease


def task_object(task: Task, *, show: bool = False) -> dict[str, Any]:
    """Give a task as `list` shows it: every known key in canonical order, defaults applied, then
    the file's unknown keys, then path, etag and valid; with `show` also body and derived figures.

    Wrong values appear as they stand; a file's own key that the tool reserves appears under `extra`.
    """
    result: dict[str, Any] = {key: json_value(task.get(key)) for key in KEY_ORDER}
    for path, text in instants(task.values):
        _normalise(result, path, text)
    extra: dict[str, Any] = {}
    for key, value in task.values.items():
        if key in RESERVED:
            extra[key] = json_value(value)
        elif key not in result:
            result[key] = json_value(value)
    if extra:
        result["extra"] = extra
    result |= {"path": task.path, "etag": task.etag, "valid": task.valid}
    if show:
        result |= {"body": task.body, "derived": derived_object(task)}
    return result


def make_entry(task: Task, *, check: bool) -> Entry:
    """Take down what an index remembers of a task, with `check` all that its own rules say."""
    errors = tuple(tuple(finding) for finding in task.errors)
    findings = tuple(tuple(finding) for finding in task.findings) if check else None
    row = row_bytes(task)
    state = task.state if isinstance(task.state, str) else ""
    remembered = (errors, findings, task.boxes, task.related, row)
    return Entry((task.id, state, task.etag, pack(task.values), *remembered))


def row_bytes(task: Task) -> bytes:
    """Give a task as `list` writes it in compact JSON."""
    if task.entry is not None:
        return task.entry.row
    return row_text(task_object(task)).encode("utf-8", "backslashreplace")


def row_text(value: Any) -> str:
    """Write a value as compact JSON."""
    import json  # noqa: PLC0415 (nothing of it is needed for people)

    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str)


def derived_object(task: Task) -> dict[str, Any] | None:
    """Give the figures that follow from a task's attempts; None where they can't be computed."""
    if not task.valid or "execution" not in task.values:
        return None
    attempts: list[Any] = attempt_list(task.values)
    spans = [(parse_instant(each["started_at"]), parse_instant(each["ended_at"])) for each in attempts]
    seconds = [each["duration_seconds"] for each in attempts]
    return derive_spans([(*span, n) for span, n in zip(spans, seconds, strict=True)])._asdict()


def changes_object(changes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give a mutation's changes as JSON-able values."""
    return [json_value(change) for change in changes]


def claim_object(lease: Lease, token: str, expired: Lease | None) -> dict[str, Any]:
    """Give a claim that was had, and whose it was before where that one's lease had ended."""
    return {"token": token, **lease_object(lease), "expired": lease_object(expired) if expired else None}


def lease_object(lease: Lease) -> dict[str, Any]:
    """Give what everybody may know of a lease."""
    return {"by": lease.by, "since": format_instant(lease.since), "until": format_instant(lease.until)}


def finding_object(finding: Finding) -> dict[str, Any]:
    """Give a finding with the keys of `tasks validate --output json`."""
    return finding._asdict()


def findings_object(findings: Sequence[Finding], files: int) -> dict[str, Any]:
    """Give the answer of `validate`: a summary, then every finding."""
    counts = {
        name: sum(finding.severity == severity for finding in findings) for name, severity in _SEVERITIES
    }
    return {
        "summary": {"files": files, **counts},
        "findings": [finding_object(finding) for finding in findings],
    }


_SEVERITIES = (("errors", "error"), ("warnings", "warning"), ("hints", "hint"))


def _normalise(result: Any, path: Path, text: str) -> None:
    """Show an instant in UTC; one that is none stays as it stands."""
    for step in path[:-1]:
        result = result[step]
    with suppress(ValueError):
        result[path[-1]] = normalise_instant(text)


def json_value(value: Any) -> Any:
    """Copy a value; numbers that JSON does not know become YAML's words for them."""
    if isinstance(value, dict):
        return {key: json_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [json_value(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    return value
