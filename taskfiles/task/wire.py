"""JSON-able values of one task and of its findings, changes and claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from taskfiles.basics.instants import find_day, format_instant, normalise_instant, parse_instant
from taskfiles.basics.jsontext import json_text, json_value
from taskfiles.task.attempts import attempt_list, derive_spans
from taskfiles.task.findings import Finding
from taskfiles.task.keys import ADDED_KEYS, DEFAULTS, INSTANT_KEYS, KEY_ORDER, RESERVED, SHOW_KEYS
from taskfiles.task.remembered import Entry, Lost, pack
from taskfiles.task.task import Task
from taskfiles.text.nodes import Path

if TYPE_CHECKING:
    from taskfiles.task.claim import Lease

_NONE: Mapping[str, dict[str, Any]] = MappingProxyType({})


def task_object(task: Task, *, show: bool = False, claim: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a task as `list` shows it, with `show` as `show` does.

    Known keys come first, in canonical order and with defaults, then the file's unknown keys, then path,
    etag, valid and the claim, which is not the file's; with `show` also body and derived figures. Invalid
    values appear as they are in the file; keys of the file that the tool reserves appear under `extra`.
    """
    result: dict[str, Any] = {key: json_value(task.get(key)) for key in KEY_ORDER}
    from taskfiles.task.rules.keys import instants  # noqa: PLC0415 (most lists come from the index)

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
    result |= {"path": task.path, "etag": task.etag, "valid": task.valid, "claim": claim}
    if show:
        result |= {"body": task.body, "derived": derived_object(task)}
    return result


def chosen_objects(tasks: Sequence[Task], keys: Sequence[str]) -> list[dict[str, Any]]:
    """Return the chosen keys of each task as `task_object` has them; one that it doesn't have is None.

    Without reading more of the index than these keys.
    """
    if not _WHOLE.isdisjoint(keys):
        show = not set(SHOW_KEYS).isdisjoint(keys)
        found = []
        for task in tasks:
            whole = task_object(task, show=show)
            found.append({key: whole.get(key) for key in keys})
            task.drop_cached()
        return found
    columns = [_shown(tasks, key) for key in keys]
    return [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]


_WHOLE = frozenset({"execution", "extra", *SHOW_KEYS})  # keys that depend on more than their own value


def _shown(tasks: Sequence[Task], key: str) -> list[Any]:
    if key == "claim":  # it is not the file's
        return [None] * len(tasks)
    if key in ADDED_KEYS:
        return [getattr(task, key) for task in tasks]
    from taskfiles.task.columns import read_column, read_ids  # noqa: PLC0415 (one task needs none)

    if key == "id":
        return [*read_ids(tasks)]

    values: list[Any] = read_column(tasks, key)
    if key in INSTANT_KEYS:
        values = [value if value is None else _instant(value) for value in values]
    default = DEFAULTS.get(key)
    if default is None or isinstance(default, str):
        return [
            value if isinstance(value, str) else default if value is None else json_value(value)
            for value in values
        ]
    return [json_value(default if value is None else value) for value in values]


def _instant(value: Any) -> Any:
    if isinstance(value, str) or find_day(value) is not None:
        with suppress(ValueError):
            return normalise_instant(str(value))
    return value


def make_entry(task: Task, *, check: bool) -> Entry:
    """Return the index entry of a task, with `check` including all findings of its own rules."""
    errors = tuple(finding.pack() for finding in task.errors)
    findings = tuple(finding.pack() for finding in task.findings) if check else None
    row = row_bytes(task)
    state = task.state if isinstance(task.state, str) else ""
    return Entry(
        (task.id, state, task.etag, pack(task.values), errors, findings, task.criteria, task.related, row)
    )


def rows_bytes(tasks: Sequence[Task], claims: Mapping[str, dict[str, Any]] = _NONE) -> Iterator[bytes]:
    """Return tasks as `list` writes them in compact JSON; `claims` are by id. Errors are raised at once."""
    from taskfiles.task.columns import find_rows, read_ids  # noqa: PLC0415 (as above)

    found = find_rows(tasks)
    if found is not None:
        table, places = found
        with suppress(Lost):
            lines = table.lines(places)
            if not claims:
                return lines
            ids = read_ids(tasks)
            return (_add_claim(line, claims.get(each)) for line, each in zip(lines, ids, strict=True))
    return iter([row_bytes(task, claims.get(task.id)) for task in tasks])  # a text that has changed: at once


def row_bytes(task: Task, claim: dict[str, Any] | None = None) -> bytes:
    """Return a task as `list` writes it in compact JSON; what the index keeps has no claim."""
    if task.entry is not None:
        with suppress(Lost):
            return _add_claim(task.entry.row, claim)
    return json_text(task_object(task, claim=claim)).encode()


def _add_claim(row: bytes, claim: dict[str, Any] | None) -> bytes:
    return row if claim is None else row.removesuffix(_UNCLAIMED) + json_text(claim).encode() + b"}"


_UNCLAIMED = b"null}"  # the claim is the last key


def derived_object(task: Task) -> dict[str, Any] | None:
    """Return the figures derived from a task's attempts; None if it is invalid or has none."""
    if not task.valid or "execution" not in task.values:
        return None
    attempts: list[Any] = attempt_list(task.values)
    spans = [(parse_instant(each["started_at"]), parse_instant(each["ended_at"])) for each in attempts]
    seconds = [each["duration_seconds"] for each in attempts]
    return derive_spans([(*span, n) for span, n in zip(spans, seconds, strict=True)])._asdict()


def changes_object(changes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a mutation's changes as JSON-able values."""
    return [json_value(change) for change in changes]


def claim_object(lease: Lease, token: str, expired: Lease | None) -> dict[str, Any]:
    """Return a new claim with its token, and the expired claim that it replaces, if any."""
    return {"token": token, **lease_object(lease), "expired": lease_object(expired) if expired else None}


def lease_object(lease: Lease) -> dict[str, Any]:
    """Return the public part of a lease: holder, start and end."""
    return {"by": lease.by, "since": format_instant(lease.since), "until": format_instant(lease.until)}


def finding_object(finding: Finding) -> dict[str, Any]:
    """Return a finding with the keys of `tasks validate --output json`."""
    return finding._asdict()


def findings_object(findings: Sequence[Finding], files: int, rules: int = 0) -> dict[str, Any]:
    """Return the result of `validate`: a summary, the number of changed rules, then every finding."""
    counts = {
        name: sum(finding.severity == severity for finding in findings) for name, severity in _SEVERITIES
    }
    return {
        "summary": {"files": files, **counts},
        "rules": rules,
        "findings": [finding_object(finding) for finding in findings],
    }


_SEVERITIES = (("errors", "error"), ("warnings", "warning"), ("hints", "hint"))


def _normalise(result: Any, path: Path, text: str) -> None:
    """Replace the instant at a path by its UTC form; text that is not an instant stays."""
    for step in path[:-1]:
        result = result[step]
    with suppress(ValueError):
        result[path[-1]] = normalise_instant(text)
