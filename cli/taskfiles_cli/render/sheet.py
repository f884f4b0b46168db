"""One task on a terminal: where it stands, what is set, its attempts a line each, its text as it reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from taskfiles.basics.look import STATES
from taskfiles.errors import number_of
from taskfiles.stats.texts import duration_text
from taskfiles.task.keys import DEFAULTS
from taskfiles.text.sections import find_checkboxes, split_lines
from taskfiles_cli.render.details import amount_text, part_of, reason_text, verdict_text
from taskfiles_cli.render.fitting import Cell, lay_out_cells, line_width
from taskfiles_cli.render.flow import Styled, wrap
from taskfiles_cli.render.lines import Line, Parts, escape
from taskfiles_cli.render.links import link_texts
from taskfiles_cli.render.markdown import render_body
from taskfiles_cli.render.signs import Icons, prefix
from taskfiles_cli.render.table import words

_ABOVE = frozenset({"id", "title", "state", "kind", "priority", "blocked", "claim", "valid"})
_BELOW = frozenset({"body", "derived", "execution", "etag", "path", "extra"})
_LABEL = 16
_STATUS = {"completed": "done", "failed": "error", "abandoned": "warning"}


def render_sheet(task: dict[str, Any], width: int, icons: Icons, *, is_overdue: bool = False) -> list[Line]:
    """Render a task object of `show`; keys with their default are left out."""
    lines: list[Line] = [*wrap([("bold", words(task["title"]))], width), _standing(task, icons)]
    lines += _remarks(task, width, icons)
    if is_overdue:
        lines.append(Parts([("overdue", f"{prefix(icons, 'overdue')}overdue since {words(task['due'])}")]))
    lines.append("")
    lines += [
        line
        for key, value in task.items()
        if key not in _ABOVE | _BELOW and value not in (None, [], {}) and value != DEFAULTS.get(key)
        for number, text in enumerate(link_texts(value) if key == "links" else [value])
        for line in _key("" if number else key, text, width)
    ]
    lines += _key("path", task["path"], width)
    execution = task["execution"]
    attempts = execution.get("attempts") if isinstance(execution, dict) else None
    if isinstance(attempts, list) and attempts:
        lines += ["", Parts([("bold", "Attempts")]), *_attempts(attempts, width, icons)]
    if (figures := task["derived"]) is not None:
        work, wall = figures["total_execution_seconds"], figures["wall_clock_seconds"]
        count = number_of(figures["attempts"], "attempt")
        summary = f"{count}, {duration_text(work)} of work in {duration_text(wall)}"
        lines.append(Parts([("dim", summary)]))
    if task["body"].strip():
        lines += ["", *render_body(task["body"].strip("\r\n"), width, icons)]
    return lines


def _standing(task: dict[str, Any], icons: Icons) -> Line:
    """Say on one line which task it is and where it stands."""
    state = words(task["state"])
    name = state if state in STATES else "error"
    parts: list[Styled] = [("plain", f"{task['id']}  "), (name, f"{prefix(icons, name)}{state}")]
    if (priority := words(task["priority"])) != DEFAULTS["priority"]:
        is_urgent = priority == "urgent"
        text = f"{prefix(icons, 'urgent') if is_urgent else ''}{priority}"
        parts += [("plain", "  "), ("urgent" if is_urgent else "plain", text)]
    parts.append(("plain", f"  {words(task['kind'])}"))
    boxes = find_checkboxes(split_lines(task["body"]))
    if boxes:
        ticked = sum(box.checked for box in boxes)
        parts += [("plain", "  "), ("done" if ticked == len(boxes) else "plain", f"{ticked}/{len(boxes)}")]
    return Parts(parts)


def _remarks(task: dict[str, Any], width: int, icons: Icons) -> Iterator[Line]:
    """Say what matters before anything else: who holds the task, why it can't go on, that it is invalid."""
    if (claim := task["claim"]) is not None:
        whose = " (you)" if claim["mine"] else ""
        text = f"held by {claim['by']}{whose} since {claim['since']}, until {claim['until']}"
        yield from wrap([("claim", f"{prefix(icons, 'claim')}{text}")], width)
    if isinstance(task["blocked"], str) and task["blocked"].strip():
        yield from wrap([("blocked", f"{prefix(icons, 'blocked')}blocked: {task['blocked']}")], width)
    if not task["valid"]:
        yield Parts([("error", f"{prefix(icons, 'error')}invalid; see the warnings")])


def _key(key: str, value: Any, width: int) -> list[Parts]:
    label = escape(key)
    begin: list[Styled] = [("dim", label), ("plain", " " * max(2, _LABEL - len(label)))]
    return wrap([("plain", words(value))], width, begin, [("plain", " " * _LABEL)])


def _attempts(attempts: Sequence[Any], width: int, icons: Icons) -> Iterator[Line]:
    """Render attempts, a line each, with what is known besides below it."""
    rows = [_row(number, attempt, icons) for number, attempt in enumerate(attempts, 1)]
    columns = {str(place): [row[place] for row in rows] for place in range(len(rows[0]))}
    lines = lay_out_cells(columns)[1:]
    is_narrow = any(line_width(line) > width for line in lines)
    if is_narrow:
        lines = lay_out_cells({name: cells for name, cells in columns.items() if name != str(_WHO)})[1:]
    for line, attempt, row in zip(lines, attempts, rows, strict=True):
        yield line
        by = [("by", row[_WHO].text)] if is_narrow else []
        for name, text in (*by, *_rest(attempt)):
            yield from wrap([("plain", text)], width, [("dim", f"   {name}  ")], [("plain", "     ")])


_WHO = 5  # the column of who made an attempt


def _row(number: int, attempt: Any, icons: Icons) -> list[Cell]:
    if not isinstance(attempt, dict):
        return [Cell(f"{number}"), Cell("odd", "error"), *[Cell("")] * 4]
    status = words(attempt.get("status"))
    name = _STATUS.get(status, "warning")
    seconds = attempt.get("duration_seconds")
    executor = part_of(attempt, "executor")
    who = " ".join(str(executor[key]) for key in ("tool", "model") if key in executor)
    return [
        Cell(f"{number}"),
        Cell(f"{prefix(icons, name)}{escape(status)}", name),
        Cell(escape(_took(seconds))),
        Cell(escape(words(attempt.get("started_at"))[:16].replace("T", " "))),
        Cell(amount_text(attempt)),
        Cell(escape(who)),
    ]


def _took(seconds: Any) -> str:
    is_known = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 <= seconds < 10**12
    return duration_text(seconds) if is_known else words(seconds)


def _rest(attempt: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(attempt, dict):
        yield "value", words(attempt)
    else:
        known = {
            "why": reason_text(attempt),
            "failed gates": words(part_of(attempt, "quality_gates").get("failed")),
            "review": verdict_text(attempt),
            "notes": words(attempt.get("notes")),
            "id": words(attempt.get("id")),
        }
        yield from ((name, text) for name, text in known.items() if text not in {"", "-"})
