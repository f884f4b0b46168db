"""What to work on, for people: ranked candidates and staged plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from taskfiles import Plan
from taskfiles.errors import number_of
from taskfiles_cli.render.cells import pad, text_width
from taskfiles_cli.render.flow import Styled, wrap
from taskfiles_cli.render.lines import Line, Parts, escape, name_some
from taskfiles_cli.render.milestones import due_text
from taskfiles_cli.render.signs import Icons, prefix

_SHOWN = 3  # how many of a list of keys a line names


def render_choice(
    choice: dict[str, Any],
    parallel: bool,
    width: int | None = None,
    icons: Icons = None,
    *,
    filtered: bool = False,
    is_past: Callable[[object], bool] = lambda _: False,
) -> list[Line]:
    """Render the answer of `next`: candidates with what counts for them, then who goes together.

    `width` is that of the terminal, on which lines break between words; `filtered` is whether only some tasks
    were asked for; `is_past` says whether a day is over.
    """
    if not choice["candidates"]:
        return [_NO_CANDIDATE if choice["skipped"] else _NO_MATCH if filtered else _NO_TASK]
    size = max(text_width(escape(each["id"])) for each in choice["candidates"])
    usual = _find_usual([each["reasons"] for each in choice["candidates"]])
    lines: list[Line] = []
    for each in choice["candidates"]:
        lines += _title(each, size, width, icons)
        points = _points(each, usual)
        lines += _flow([("dim", points), *_dues(each, is_past)], width, _HANGING)
        if each["blocked"] is not None:
            lines += _flow([("warning", f"blocked: {each['blocked']}")], width, _HANGING)
        if (expired := each["expired"]) is not None:
            text = f"in progress; the claim of {expired['by']} expired at {expired['until']}"
            lines += _flow([("warning", text)], width, _HANGING)
    if any(points for _, points in usual.values()):
        counted = ", ".join(f"{reason} {points:+}" for reason, points in usual.values() if points)
        lines += _flow([("dim", f"{_USUAL}: {counted}")], width)
    if parallel:
        lines += ["", *_flow([("plain", f"Together: {', '.join(choice['selected'])}")], width)]
        for each in choice["passed_over"]:
            text = f"Passed over: {each['id']}, {each['conflict']} with {each['with']}"
            lines += _flow([("plain", text)], width)
    return lines


_USUAL = "Unless stated otherwise"


def _find_usual(listed: Sequence[Sequence[dict[str, Any]]]) -> dict[str, tuple[str, int]]:
    """Return what most candidates have alike, by the part of the score: it is said once, at the end."""
    found: dict[str, tuple[str, int]] = {}
    by_part: dict[str, list[tuple[str, int]]] = {}
    for reason in (each for reasons in listed for each in reasons):
        by_part.setdefault(reason["part"], []).append((reason["reason"], reason["points"]))
    for part, had in by_part.items():
        most = max(dict.fromkeys(had), key=had.count)
        if len(had) == len(listed) > 1 and 2 * had.count(most) > len(listed):
            found[part] = most
    return found


def _points(each: dict[str, Any], usual: dict[str, tuple[str, int]]) -> str:
    """Say how a score comes about, as far as it differs from what is usual."""
    shown = []
    for reason in each["reasons"]:
        expected = usual.get(reason["part"], ("", 0))
        if (reason["points"] or expected[1]) and expected != (reason["reason"], reason["points"]):
            shown.append(f"{reason['reason']} {reason['points']:+}")
    return f"{each['score']} points" + (f": {', '.join(shown)}" if shown else "")


def _dues(each: dict[str, Any], is_past: Callable[[object], bool]) -> list[Styled]:
    """Say until when a candidate is due, unless its points say that it is overdue, and its milestone."""
    found: list[Styled] = []
    if (due := each.get("due")) is not None and not is_past(due):
        found.append(("dim", f"; due {due}"))
    if (due := each.get("milestone_due")) is not None:
        is_over = is_past(due)
        text = due_text(each["milestone"], due, is_past=is_over)
        found += [("dim", "; milestone "), ("overdue" if is_over else "dim", text)]
    return found


_HANGING: list[Styled] = [("plain", " " * 5)]
_NO_TASK = 'There is no task to begin. `tasks new "Fix the navbar" --state ready` creates one.'
_NO_CANDIDATE = "There is no task to begin."
_NO_MATCH = "No open task matches; `tasks next` without filters shows all."


def _title(each: dict[str, Any], size: int, width: int | None, icons: Icons) -> list[Line]:
    name = escape(each["id"])
    begin: list[Styled] = [("plain", f"{each['rank']:>3}. "), ("bold", name)]
    begin.append(("plain", " " * (size - text_width(name) + 2)))
    text: list[Styled] = [("plain", each["title"])]
    if icons is not None and each["priority"] == "urgent":
        text += [("plain", "  "), ("urgent", f"{prefix(icons, 'urgent')}urgent")]
    return _flow(text, width, begin)


def _flow(text: Sequence[Styled], width: int | None, begin: Sequence[Styled] = ()) -> list[Line]:
    """Return a text as one line, on a terminal as lines of its width; `begin` begins the first one."""
    line = Parts([*begin, *text])
    if width is None or sum(text_width(escape(part)) for _, part in line.parts) <= width:
        return [line]
    return [*wrap(text, width, begin, _HANGING if begin else [])]


def render_plan(answer: dict[str, Any], plan: Plan) -> list[str]:
    """Render a plan: its stages, what runs side by side, and what each later task waits for."""
    if not plan.stages:
        return [f"{answer['selection_message']}; there is nothing to plan."]
    counts = f"{number_of(answer['workflow_count'], 'task')} in {number_of(answer['stage_count'], 'stage')}"
    lines = [f"{counts}: {answer['selection_message']}", answer["plan_id"]]
    lines += ["Preview only: not to be run."] if plan.preview else []
    width = max(text_width(escape(task_id)) for task_id in plan.tasks)
    for index, stage in enumerate(plan.stages):
        how = f"{len(stage.ids)} side by side" if stage.run_mode == "parallel" else "one after the other"
        lines += ["", f"Stage {index}" + (f", {how}" if len(stage.ids) > 1 else "")]
        for task_id in stage.ids:
            lines.append(f"  {pad(escape(task_id), width)}  {plan.tasks[task_id].title}")
            if index:
                lines.append(f"  {pad('', width)}  waits for stage {index - 1}: {_keys(plan.waits[task_id])}")
    return lines


def _keys(keys: Any) -> str:
    return name_some(keys, _SHOWN) if keys else "it is full"
