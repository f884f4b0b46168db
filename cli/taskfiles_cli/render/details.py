"""One task for people: its keys, its attempts, its body."""

from __future__ import annotations

from itertools import chain, count
from typing import Any

from taskfiles.text.checkboxes import find_boxes, is_criterion
from taskfiles.text.sections import split_lines as text_lines
from taskfiles_cli.render.cells import pad
from taskfiles_cli.render.lines import escape, split_lines
from taskfiles_cli.render.links import link_texts
from taskfiles_cli.render.table import words

_OWN = frozenset({"body", "derived", "execution", "id", "title", "etag", "path", "valid", "extra", "claim"})
_LABEL_WIDTH = 18


def render_details(task: dict[str, Any]) -> list[str]:
    """Render a task object of `show`: what is set, then attempts and derived figures, then the body."""
    lines = [f"{task['id']}: {task['title']}", ""]
    for key, value in task.items():
        if key not in _OWN and value not in (None, [], {}):
            texts = [*link_texts(value)] if key == "links" else [value]
            lines += [line("" if number else key, text) for number, text in enumerate(texts)]
    lines.append(line("path", task["path"]))
    if (claim := task["claim"]) is not None:
        whose = ", yours" if claim["mine"] else ""
        lines.append(line("claim", f"{claim['by']} since {claim['since']}, until {claim['until']}{whose}"))
    if not task["valid"]:
        lines.append(line("valid", "no; see the warnings"))
    execution = task["execution"]
    attempts = execution.get("attempts") if isinstance(execution, dict) else None
    if isinstance(attempts, list) and attempts:
        lines += ["", "Attempts", *chain.from_iterable(map(_attempt, count(1), attempts))]
    if task["derived"]:
        figures = task["derived"]
        lines.append(
            f"  retries {figures['retry_count']}, work {figures['total_execution_seconds']} s, "
            f"wall {figures['wall_clock_seconds']} s, idle {figures['idle_seconds']} s"
        )
    if task["body"].strip():
        lines += ["", *_numbered(task["body"].strip("\r\n"))]
    return lines


def _numbered(body: str) -> list[str]:
    """Split a body into lines; checkboxes get the number by which `update --check` knows them."""
    lines = split_lines(body)
    for box in find_boxes(text_lines(body)):
        name = "" if is_criterion(box) else f"{box.section}:"
        lines[box.line] += f"  #{name}{box.number}"
    return lines


def line(key: str, value: Any, width: int = _LABEL_WIDTH) -> str:
    """Render one key with its value."""
    return f"  {pad(escape(key), width)}{words(value)}"


def _attempt(number: int, attempt: Any) -> list[str]:
    """Render an attempt: what came of it on the first line, then what is known beside it."""
    if not isinstance(attempt, dict):
        return [f"  {number}. {words(attempt)}"]
    executor = part_of(attempt, "executor")
    who = " ".join(str(executor[key]) for key in ("tool", "model") if key in executor)
    status = words(attempt.get("status")) + (f" ({attempt['outcome']})" if "outcome" in attempt else "")
    head = (
        f"{status} in {words(attempt.get('duration_seconds'))} s, {words(attempt.get('started_at'))}, {who}"
    )
    rest = {
        "id": attempt.get("id"),
        "why": reason_text(attempt),
        "failed gates": words(part_of(attempt, "quality_gates").get("failed")),
        "cost": amount_text(attempt),
        "review": verdict_text(attempt),
        "notes": attempt.get("notes"),
    }
    known = [
        f"     {pad(key, _LABEL_WIDTH - 3)}{value}"
        for key, value in rest.items()
        if value not in (None, "", "-")
    ]
    return [f"  {number}. {head}", *known]


def reason_text(attempt: dict[str, Any]) -> str:
    """Say why an attempt failed; empty where that is not known."""
    return ": ".join(str(attempt[key]) for key in ("error_type", "error_reason") if key in attempt)


def verdict_text(attempt: dict[str, Any]) -> str:
    """Say who approved or rejected an attempt; empty without a review."""
    reviewer = part_of(attempt, "reviewer")
    verdict = "approved" if reviewer.get("approved") is True else "rejected"
    return f"{verdict} by {words(reviewer.get('name'))}" if reviewer else ""


def amount_text(attempt: dict[str, Any]) -> str:
    """Return what an attempt cost, in dollars; empty where that is not known."""
    micros = part_of(attempt, "cost").get("actual_usd_micros")
    if isinstance(micros, bool) or not isinstance(micros, int) or not 0 <= micros < 10**18:
        return ""
    whole, rest = divmod(micros, 1_000_000)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".") + " USD"


def part_of(attempt: dict[str, Any], key: str) -> dict[str, Any]:
    """Return a mapping of an attempt; an empty one where it has none."""
    part = attempt.get(key)
    return part if isinstance(part, dict) else {}
