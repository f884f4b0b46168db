"""Attempts for people, a line each: who worked on what, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from taskfiles.basics.instants import parse_instant
from taskfiles.errors import number_of
from taskfiles.stats.texts import dollars_text, duration_text, tokens_text
from taskfiles_cli.render.cells import least_width, text_width
from taskfiles_cli.render.fitting import Cell, lay_out_cells, shorten
from taskfiles_cli.render.flow import reflow
from taskfiles_cli.render.lines import Line, Painted, escape
from taskfiles_cli.render.signs import Icons, prefix
from taskfiles_cli.render.table import GAP

NO_ATTEMPTS = "No attempts. `tasks record ID` records one, `tasks run ID` makes one."
# The sign of each ending, of `look`.
_SIGNS = {"succeeded": "done", "failed": "error", "timed_out": "error"}
_OTHER_SIGN = "warning"
# What a narrow terminal doesn't show, in this order; what stays gives way to the least width that names need.
_DROPPED = ("TOKENS", "TOOL", "REVIEW", "TIME", "COST", "MODEL")
_FLEXIBLE = {"MODEL": 12, "REVIEW": 10, "TASK": 12, "RESULT": 10}


def render_attempts(
    rows: Sequence[Mapping[str, Any]],
    found: Sequence[Mapping[str, Any]],
    total: int,
    zone: tzinfo,
    *,
    width: int | None = None,
    icons: Icons = None,
) -> list[Line]:
    """Render attempts as a table, times in `zone`, and below it what all that were found add up to."""
    if not found:
        if not total:
            return [NO_ATTEMPTS]
        return [f"No attempt matches. `tasks attempts` shows {_all_of(total)}."]
    columns: dict[str, Sequence[Cell]] = {
        "ENDED": [Cell(_moment(row["ended_at"], zone)) for row in rows],
        "TASK": [Cell(escape(row["task_id"])) for row in rows],
        "RESULT": [_result(row, icons) for row in rows],
        "TIME": [Cell(duration_text(row["duration_seconds"])) for row in rows],
        "COST": [Cell(_cost(row["cost_usd_micros"])) for row in rows],
        "MODEL": [Cell(escape(row["model"] or "")) for row in rows],
        "TOOL": [Cell(escape(row["tool"] or "")) for row in rows],
        "TOKENS": [Cell(_tokens(row)) for row in rows],
        "REVIEW": [_review(row) for row in rows],
    }
    columns = {name: cells for name, cells in columns.items() if any(cell.text for cell in cells)}
    remarks = [*_remarks(rows, found)]
    if width is not None:
        fitted = _fit(columns, width)
        missing = [name for name in columns if name not in fitted]
        remarks += [f"No room for {', '.join(missing)}."] if missing else []
        columns = fitted
    table = lay_out_cells(columns) if rows else []
    return [*table, *(part for remark in remarks for part in reflow(Painted("", "dim", remark), width))]


def _all_of(total: int) -> str:
    return f"all {number_of(total, 'attempt')}" if total > 1 else "the only one"


def _moment(text: str, zone: tzinfo) -> str:
    return parse_instant(text).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _result(row: Mapping[str, Any], icons: Icons) -> Cell:
    ending = row["ending"]
    sign = _SIGNS.get(ending, _OTHER_SIGN)
    why = row["error_type"] if ending not in {"succeeded", "timed_out"} else None
    text = ending.replace("_", " ") + (f": {escape(why)}" if why else "")
    return Cell(prefix(icons, sign) + text, sign)


def _cost(micros: int | None) -> str:
    return "" if micros is None else f"${dollars_text(micros)}"


def _tokens(row: Mapping[str, Any]) -> str:
    """Write the tokens read and written: 12.3k in, 456 out."""
    known = ((row["input_tokens"], "in"), (row["output_tokens"], "out"))
    return ", ".join(f"{tokens_text(number)} {way}" for number, way in known if number is not None)


def _review(row: Mapping[str, Any]) -> Cell:
    if row["approved"] is None:
        return Cell("")
    verdict, sign = ("approved", "done") if row["approved"] else ("rejected", "error")
    return Cell(f"{verdict} by {escape(row['reviewer'])}" if row["reviewer"] else verdict, sign)


def _remarks(rows: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]) -> list[str]:
    known = [row["cost_usd_micros"] for row in found if row["cost_usd_micros"] is not None]
    work = duration_text(sum(row["duration_seconds"] for row in found))
    cost = "no cost known" if not known else f"cost ${dollars_text(sum(known))}"
    some = f" ({len(known)}/{len(found)})" if 0 < len(known) < len(found) else ""
    whole = f"Together: {number_of(len(found), 'attempt')}, {work} of work, {cost}{some}."
    left = len(found) - len(rows)
    return [whole, *([f"{number_of(left, 'more attempt')} not shown: --limit {len(found)}"] if left else [])]


def _fit(columns: Mapping[str, Sequence[Cell]], width: int) -> dict[str, Sequence[Cell]]:
    """Choose the columns that a terminal has room for, and narrow those whose texts may be cut."""
    sizes = {name: max(text_width(name), _natural(cells)) for name, cells in columns.items()}
    least = {name: min(sizes[name], _least(name, columns[name], sizes[name])) for name in columns}

    def needed(widths: Mapping[str, int]) -> int:
        return sum(widths.values()) + GAP * (len(widths) - 1)

    for name in _DROPPED:
        if needed(least) <= width:
            break
        least.pop(name, None)
    sizes = {name: sizes[name] for name in least}
    for name in _FLEXIBLE:  # the first gives way first
        if name in sizes and (over := needed(sizes) - width) > 0:
            sizes[name] = max(least[name], sizes[name] - over)
    if (over := needed(sizes) - width) > 0:  # a terminal too narrow for ids that differ
        sizes["TASK"] = max(1, sizes["TASK"] - over)
    return {name: shorten(columns[name], size, name) for name, size in sizes.items()}


def _natural(cells: Sequence[Cell]) -> int:
    return max((text_width(cell.text) for cell in cells), default=0)


def _least(name: str, cells: Sequence[Cell], size: int) -> int:
    """Return the columns in which texts can be read and differ."""
    if name not in _FLEXIBLE:
        return size
    return max(text_width(name), least_width(list({cell.text for cell in cells}), _FLEXIBLE[name]))
