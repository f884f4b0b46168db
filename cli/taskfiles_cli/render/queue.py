"""What to work on, for people: ranked candidates and staged plans."""

from __future__ import annotations

from typing import Any

from taskfiles import Plan
from taskfiles.errors import number_of
from taskfiles_cli.render.cells import pad, text_width
from taskfiles_cli.render.lines import escape, name_some

_SHOWN = 3  # how many of a list of keys a line names


def render_choice(choice: dict[str, Any], parallel: bool) -> list[str]:
    """Render the answer of `next`: candidates with what counts for them, then who goes together."""
    if not choice["candidates"]:
        return ["There is no task to begin."]
    width = max(text_width(escape(each["id"])) for each in choice["candidates"])
    lines = []
    for each in choice["candidates"]:
        lines.append(f"{each['rank']:>3}. {pad(escape(each['id']), width)}  {each['title']}")
        parts = [f"{reason['reason']} +{reason['points']}" for reason in each["reasons"] if reason["points"]]
        lines.append(f"     {each['score']} points: {', '.join(parts) or 'none'}")
        if (expired := each["expired"]) is not None:
            lines.append(f"     in progress; the claim of {expired['by']} expired at {expired['until']}")
    if parallel:
        lines += ["", f"Together: {', '.join(choice['selected'])}"]
        lines += [
            f"Passed over: {each['id']}, {each['conflict']} with {each['with']}"
            for each in choice["passed_over"]
        ]
    return lines


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
