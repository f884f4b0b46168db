"""What to work on, for people: ranked candidates and staged plans."""

from __future__ import annotations

from typing import Any

from taskfiles import Plan
from taskfiles.errors import number_of
from taskfiles_cli.render.console import escape
from taskfiles_cli.render.table import one_line, pad, text_width

_SHOWN = 3  # how many of a list of keys a line names


def render_choice(choice: dict[str, Any], parallel: bool) -> str:
    """Render the answer of `next`: candidates with what counts for them, then who goes together."""
    if not choice["candidates"]:
        return "There is no task to begin.\n"
    width = max(text_width(each["id"]) for each in choice["candidates"])
    lines = []
    for each in choice["candidates"]:
        lines.append(f"{each['rank']:>3}. {pad(each['id'], width)}  {one_line(each['title'])}")
        parts = [f"{reason['reason']} +{reason['points']}" for reason in each["reasons"] if reason["points"]]
        lines.append(f"     {each['score']} points: {', '.join(parts) or 'none'}")
        if (expired := each["expired"]) is not None:
            lines.append(
                f"     in progress; the claim of {escape(expired['by'])} expired at {expired['until']}"
            )
    if parallel:
        lines += ["", f"Together: {', '.join(choice['selected'])}"]
        lines += [
            f"Passed over: {each['id']}, {escape(each['conflict'])} with {each['with']}"
            for each in choice["skipped"]
        ]
    return "\n".join(lines) + "\n"


def render_plan(answer: dict[str, Any], plan: Plan) -> str:
    """Render a plan: its stages, what runs side by side, and what each later task waits for."""
    if not plan.stages:
        return f"{escape(answer['selection_message'])}; there is nothing to plan.\n"
    counts = f"{number_of(answer['workflow_count'], 'task')} in {number_of(answer['stage_count'], 'stage')}"
    lines = [f"{counts}: {escape(answer['selection_message'])}", answer["plan_id"]]
    lines += ["Preview only: not to be run."] if plan.preview else []
    width = max(len(task_id) for task_id in plan.tasks)
    for index, stage in enumerate(plan.stages):
        how = f"{len(stage.ids)} side by side" if stage.run_mode == "parallel" else "one after the other"
        lines += ["", f"Stage {index}" + (f", {how}" if len(stage.ids) > 1 else "")]
        for task_id in stage.ids:
            lines.append(f"  {pad(task_id, width)}  {one_line(str(plan.tasks[task_id].title))}")
            if index:
                lines.append(f"  {pad('', width)}  waits for stage {index - 1}: {_keys(plan.waits[task_id])}")
    return "\n".join(lines) + "\n"


def _keys(keys: Any) -> str:
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    return escape(", ".join(keys[:_SHOWN])) + more if keys else "it is full"
